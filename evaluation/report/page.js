"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { arms, outcomes, items, samples, texts } = data;
  const text = (place) => (place === null ? "" : texts[place]);
  const HEX = /^[0-9a-f]{64}$/;

  // A sample is a list in the file; here it gets names. A card is one item and sample number, with what each arm made of it.
  const cards = new Map();
  for (const one of samples) {
    const [item, arm, number, outcome, prompt, picture, thought, tokens, truncated, reply, reading, words, probability, kind, message, seed] = one;
    const key = `${item}/${number}`;
    if (!cards.has(key)) {
      const [id, family, level, split, literal, answer, reference] = items[item];
      cards.set(key, {
        id, number, family: text(family), level: text(level), split: text(split), literal: text(literal), answer: text(answer),
        reference: text(reference), arms: new Array(arms.length).fill(null),
      });
    }
    cards.get(key).arms[arm] = { outcome, prompt, picture, thought, tokens, truncated, reply, reading, words, probability, kind, message, seed };
  }
  const all = [...cards.values()];
  const present = arms.map((_, arm) => arm).filter((arm) => all.some((card) => card.arms[arm]));
  const several = all.some((card) => card.number > 0);

  const form = document.getElementById("filters");
  const list = document.getElementById("cards");
  const found = document.getElementById("found");
  const each = document.getElementById("each");
  const pagers = [...document.querySelectorAll("[data-pager]")];
  const SIDE_BY_SIDE = 10, ONE_ARM = 36;
  let page = 0;

  const make = (tag, className, content) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (content !== undefined) node.textContent = content;
    return node;
  };
  const option = (select, value, label) => {
    const node = make("option", "", label);
    node.value = value;
    select.append(node);
  };
  const fill = (select, any, values) => {
    option(select, "", any);
    for (const [value, label] of values) option(select, value, label);
    if (values.length < 2 && select.closest("label") && select.name !== "arm" && select.name !== "outcome") select.closest("label").hidden = true;
  };
  const distinct = (of) => [...new Set(all.map(of))].sort((a, b) => a.localeCompare(b, "en", { numeric: true })).map((one) => [one, one]);
  const states = [
    ...outcomes.map((one, place) => [one.id, one.name, (sample) => sample.outcome === place]),
    ["error", "any error", (sample) => sample.outcome > 1],
    ["refused", "refused", (sample) => text(sample.kind) === "refused"],
    ["truncated", "truncated", (sample) => Boolean(sample.truncated)],
  ];
  const isIn = Object.fromEntries(states.map(([id, , test]) => [id, test]));
  const choices = states.map(([id, name]) => [id, name]);

  fill(form.elements.family, "all", distinct((card) => card.family));
  fill(form.elements.level, "all", distinct((card) => card.level));
  fill(form.elements.split, "all", distinct((card) => card.split));
  fill(form.elements.arm, "all, side by side", present.map((arm) => [arms[arm].id, arms[arm].name]));
  fill(form.elements.outcome, "all", choices);
  for (const arm of present) {
    const label = make("label", "", `${arms[arm].name} `);
    const select = document.createElement("select");
    select.name = `is:${arms[arm].id}`;
    fill(select, "any", choices);
    label.append(select);
    each.append(label);
  }

  const value = (name) => form.elements[name].value;
  const shown = () => (value("arm") ? present.filter((arm) => arms[arm].id === value("arm")) : present);

  function chosen() {
    const of = shown();
    const [family, level, split, outcome] = ["family", "level", "split", "outcome"].map(value);
    const wanted = value("text").trim().toLowerCase();
    const conditions = present.map((arm) => [arm, value(`is:${arms[arm].id}`)]).filter(([, state]) => state);
    return all.filter((card) =>
      (!family || card.family === family) && (!level || card.level === level) && (!split || card.split === split) &&
      of.some((arm) => card.arms[arm] && (!outcome || isIn[outcome](card.arms[arm]))) &&
      conditions.every(([arm, state]) => card.arms[arm] && isIn[state](card.arms[arm])) &&
      (!wanted || says(card, of, wanted)));
  }

  function says(card, of, wanted) {
    if (card.id.toLowerCase().includes(wanted) || card.literal.toLowerCase().includes(wanted)) return true;
    return of.some((arm) => card.arms[arm] && ["prompt", "reply", "thought", "words", "reading"].some(
      (name) => text(card.arms[arm][name]).toLowerCase().includes(wanted)));
  }

  function picture(path, said) {
    const link = make("a");
    link.href = path;
    const node = make("img", "picture");
    node.loading = "lazy";
    node.decoding = "async";
    node.width = node.height = 384;
    node.alt = said;
    node.addEventListener("error", () => link.replaceWith(make("div", "gone", "the file of this picture is not beside the page")));
    node.src = path;
    link.append(node);
    return link;
  }

  function labelled(name, content) {
    const node = make("p");
    node.append(make("span", "label", name), content);
    return node;
  }

  function folded(name, content) {
    const node = make("details");
    node.append(make("summary", "", name), make("blockquote", "", content));
    return node;
  }

  function badge(sample) {
    const refused = text(sample.kind) === "refused";
    const name = refused ? "refused" : outcomes[sample.outcome].name;
    const sign = ["✓ ", "✗ "][sample.outcome] ?? "! ";
    return make("span", `badge ${outcomes[sample.outcome].id}`, sign + name);
  }

  function sampleNode(card, arm) {
    const node = make("div", `sample ${arms[arm].css}`), sample = card.arms[arm], head = make("h4");
    head.append(make("span", "name", arms[arm].name));
    node.append(head);
    if (!sample) {
      node.append(make("p", "flag", "not done"));
      return node;
    }
    head.title = `seed ${sample.seed}`;
    head.append(badge(sample));
    const read = text(sample.reading);
    if (sample.picture && HEX.test(sample.picture)) {
      const path = `images/${sample.picture.slice(0, 2)}/${sample.picture}.png`;
      node.append(picture(path, `${card.id}, ${arms[arm].name}${read ? `: the judge reads ${read}` : ""}`));
    } else if (arms[arm].id !== "ask") {
      node.append(make("div", "gone", "no picture"));
    }
    if (sample.reply !== null) node.append(make("blockquote", "", text(sample.reply)));
    if (read) {
      node.append(labelled("judge reads", read));
      if (sample.probability !== null) node.append(labelled("its probability of the target", `${(100 * sample.probability).toFixed(0)}%`));
    }
    if (sample.message !== null) node.append(labelled(text(sample.kind).replaceAll("_", " "), text(sample.message)));
    if (sample.truncated) node.append(make("p", "flag", "cut short at the limit of tokens"));
    if (sample.thought !== null) node.append(folded(sample.tokens === null ? "thought" : `thought, ${sample.tokens} tokens`, text(sample.thought)));
    if (sample.words !== null) node.append(folded("judge's words", text(sample.words)));
    return node;
  }

  function prompts(card, of) {
    const told = new Map();
    for (const arm of of) {
      const sample = card.arms[arm];
      if (sample && arms[arm].id !== "literal") told.set(text(sample.prompt), arms[arm].id === "ask" ? "ask" : "draw");
    }
    return [...told].map(([prompt, view]) => make("p", "asked", `${view}: ${prompt}`));
  }

  function cardNode(card, of) {
    const node = make("article", "card"), head = make("header"), wanted = make("div", "wanted"), words = make("div");
    const place = [card.family, `level ${card.level}`, card.split, ...(several ? [`sample ${card.number}`] : [])].join(" · ");
    head.append(make("h3", "", card.id), make("span", "quiet", place));
    if (card.reference) {
      const thumb = make("div", "thumb");
      thumb.append(picture(card.reference.split("/").map(encodeURIComponent).join("/"), "reference picture"));
      wanted.append(thumb);
    }
    words.append(make("p", "", `${card.literal} (answer: ${card.answer})`), ...prompts(card, of));
    wanted.append(words);
    const row = make("div", "arms");
    row.append(...of.map((arm) => sampleNode(card, arm)));
    node.append(head, wanted, row);
    return node;
  }

  function turn(hits, pages) {
    const told = `${hits.length.toLocaleString("en")} of ${all.length.toLocaleString("en")} ${several ? "samples" : "items"}`;
    found.textContent = hits.length ? told : `${told}: none fits; clear a filter`;
    for (const pager of pagers) {
      const [back, on] = [make("button", "", "Previous"), make("button", "", "Next")];
      back.type = on.type = "button";
      back.disabled = page === 0;
      on.disabled = page >= pages - 1;
      back.addEventListener("click", () => go(page - 1, pager));
      on.addEventListener("click", () => go(page + 1, pager));
      pager.replaceChildren(back, make("span", "quiet", `page ${page + 1} of ${pages}`), on);
      pager.hidden = pages < 2;
    }
  }

  function go(to, pager) {
    page = to;
    render();
    if (pager !== pagers[0]) document.getElementById("filters").scrollIntoView({ block: "start" });
    pager.querySelector("button:not(:disabled)")?.focus({ preventScroll: true });
  }

  function render() {
    const hits = chosen(), of = shown(), size = of.length > 1 ? SIDE_BY_SIDE : ONE_ARM;
    const pages = Math.max(1, Math.ceil(hits.length / size));
    page = Math.min(page, pages - 1);
    list.classList.toggle("one", of.length === 1);
    list.replaceChildren(...hits.slice(page * size, (page + 1) * size).map((card) => cardNode(card, of)));
    turn(hits, pages);
    remember();
  }

  // The filters stand in the address, so that what is shown can be bookmarked and sent on beside the folder.
  const fields = () => [...form.elements].filter((one) => one.name);
  function remember() {
    const said = new URLSearchParams(fields().filter((one) => one.value).map((one) => [one.name, one.value]));
    if (page) said.set("page", String(page + 1));
    const address = String(said);
    if (address || location.hash.includes("=")) history.replaceState(null, "", address ? `#${address}` : "#gallery");
  }
  function recall() {
    if (!location.hash.includes("=")) return;
    const said = new URLSearchParams(location.hash.slice(1));
    for (const one of fields()) one.value = said.get(one.name) ?? "";
    for (const one of fields()) if (one.selectedIndex === -1) one.selectedIndex = 0;
    page = Math.max(0, (parseInt(said.get("page") ?? "1", 10) || 1) - 1);
    if ([...said.keys()].some((name) => name.startsWith("is:"))) form.querySelector(".more").open = true;
    form.scrollIntoView({ block: "start" });
  }

  let waiting = 0;
  const again = () => { page = 0; render(); };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", again);
  form.elements.text.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(again, 150); });
  form.addEventListener("reset", () => setTimeout(again, 0));
  window.addEventListener("hashchange", () => { if (location.hash.includes("=")) { recall(); render(); } });
  for (const button of document.querySelectorAll("[data-jump]")) {
    button.addEventListener("click", () => {
      const wanted = JSON.parse(button.dataset.jump);
      for (const one of fields()) one.value = "";
      for (const [arm, verdict] of Object.entries(wanted)) form.elements[`is:${arm}`].value = verdict === "right" ? "correct" : "wrong";
      form.querySelector(".more").open = true;
      page = 0;
      render();
      document.getElementById("gallery").scrollIntoView({ block: "start" });
      found.tabIndex = -1;
      found.focus({ preventScroll: true });
    });
  }
  recall();
  render();
})();
