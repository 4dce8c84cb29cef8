from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_runs import half, items, record, sample, samples
from opened_page import Opened
from PIL import Image

from unisandbox.evaluation.arms import Way
from unisandbox.evaluation.corrections import calibration
from unisandbox.evaluation.images import ImageStore
from unisandbox.evaluation.outcomes import GENERATION_ERROR, JUDGE_ERROR, Sample
from unisandbox.evaluation.protocol import ARMS, ASK, LITERAL, NORMAL, THINK, Fault
from unisandbox.evaluation.quality import Quality
from unisandbox.evaluation.report.page import page, write_page
from unisandbox.evaluation.results import results_of, write_results
from unisandbox.evaluation.run_folder import Party, Record
from unisandbox.evaluation.sample_rows import sample_rows

Open = Callable[..., Opened]
EVIL = '</script><script>window.broken=1</script><img src=x onerror="window.broken=1"><b>bold</b> \' " & \u2028 \ud83c <!--'
REFERENCE = "references/one.png"


def written(folder: Path, done: Sequence[Sample], about: Record | None = None) -> Path:
    rows = sample_rows(done, "m", {done[0].item.id: REFERENCE})
    results = results_of(about or record(), done)
    write_results(folder, results, rows)
    return write_page(folder, results, rows)


def png(colour: tuple[int, int, int]) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(sink, "PNG")
    return sink.getvalue()


def right(one: Any, arm: str, number: int) -> bool:
    return arm in (ASK, LITERAL) or (arm == THINK and half(one, arm, number))


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A run of 48 items of two families, with pictures, thoughts, words and errors, some of them hostile."""
    store = ImageStore(tmp_path / "images")
    pictures = [store.put(png((10 * place, 90, 200))) for place in range(8)]
    done = []
    for place, one in enumerate(samples(items(12, families=("mapping", "math")), right)):
        kept = replace(one, picture=pictures[place % 8]) if one.arm != ASK else one
        thought = f"{EVIL} I think of {one.item.answer}." if one.arm == THINK else None
        done.append(
            replace(
                kept, thought=thought, thought_tokens=9 if thought else None, words=("<i>words</i>",) if one.arm != ASK else ()
            )
        )
    first = done[0].item
    done[0] = replace(done[0], answer=EVIL, prompt=EVIL)
    done[1] = sample(first, LITERAL, outcome=GENERATION_ERROR, fault=Fault("refused", EVIL), picture=None, read={}, words=())
    done[2] = sample(
        first, NORMAL, outcome=JUDGE_ERROR, fault=Fault("bad_reply", "prose"), picture=pictures[0], read={}, words=(EVIL,)
    )
    (tmp_path / "references").mkdir()
    (tmp_path / REFERENCE).write_bytes(png((1, 2, 3)))
    model = Party(uri=f"file:{EVIL}", identity={"name": EVIL}, sha256="2" * 64)
    return written(tmp_path, done, record(model=model))


def test_it_renders_from_disk_without_a_word_on_the_console_and_asks_nobody(report: Path, opened: Open) -> None:
    seen = opened(report)
    for place in ("figures", "levels", "transfer", "factors", "outcomes", "judge", "gallery", "repeat"):
        seen.page.locator(f"#{place}").scroll_into_view_if_needed()
        assert seen.page.locator(f"#{place}").is_visible()
    seen.page.wait_for_timeout(300)
    assert seen.said == []
    assert seen.asked
    assert {address.partition(":")[0] for address in seen.asked} <= {"file", "data"}
    assert seen.page.locator("svg.plot").count() == 2
    assert seen.page.locator(".figures").first.locator("tbody tr").count() == 10
    assert seen.page.locator(".mosaic").count() == 2


def test_no_text_of_a_model_or_judge_becomes_a_part_of_the_page(report: Path, opened: Open) -> None:
    seen = opened(report)
    for fold in seen.page.locator(".card details").all()[:12]:
        fold.evaluate("node => { node.open = true; }")
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate("window.broken") is None
    assert seen.page.locator("script").count() == 2
    assert seen.page.locator("b:text('bold')").count() == 0
    assert seen.page.locator("i:text('words')").count() == 0
    assert "<b>bold</b>" in seen.page.locator("h1").inner_text()
    assert "<b>bold</b>" in seen.page.locator(".card").first.inner_text()
    assert seen.said == []


def test_the_page_runs_its_own_script_alone_and_loads_nothing_from_elsewhere(report: Path, opened: Open) -> None:
    seen = opened(report)
    seen.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.broken = 1'; document.body.append(s);"
        " const i = new Image(); i.src = 'http://127.0.0.1:9/x.png'; document.body.append(i); }"
    )
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate("window.broken") is None
    assert seen.failed == [("http://127.0.0.1:9/x.png", "csp")]
    assert any("Content Security Policy" in line for line in seen.said)


def test_filters_choose_cards_and_say_how_many_fit(report: Path, opened: Open) -> None:
    seen = opened(report)
    assert seen.found == "48 of 48 items"
    seen.choose("family", "math")
    assert seen.found == "24 of 48 items"
    seen.choose("level", "2")
    assert seen.found == "12 of 48 items"
    assert all(name.startswith("math/2/") for name in seen.shown)
    seen.choose("arm", THINK)
    seen.choose("outcome", "correct")
    assert seen.found == "6 of 48 items"
    assert seen.page.locator(".card .sample").count() == 6
    assert set(seen.page.locator(".card .badge").all_inner_texts()) == {"✓ correct"}
    seen.page.locator("#filters button[type=reset]").click()
    seen.wait_until_found("48 of")


def test_search_finds_an_id_and_words_and_says_when_nothing_fits(report: Path, opened: Open) -> None:
    seen = opened(report)
    search = seen.page.locator("#filters input[name=text]")
    search.fill("math/2/test/000007")
    seen.wait_until_found("1 of")
    assert seen.shown == ["math/2/test/000007"]
    search.fill("no such words")
    seen.wait_until_found("0 of")
    assert "none fits" in seen.found
    assert seen.shown == []
    assert seen.said == []


def test_errors_refusals_and_their_messages_can_be_found(report: Path, opened: Open) -> None:
    seen = opened(report)
    seen.choose("outcome", "error")
    assert seen.found == "1 of 48 items"
    assert "prose" in seen.page.locator(".card").inner_text()
    seen.choose("outcome", "refused")
    seen.choose("arm", LITERAL)
    assert seen.page.locator(".badge").all_inner_texts() == ["! refused"]


def test_a_part_of_the_transfer_picture_shows_its_samples(report: Path, opened: Open) -> None:
    seen = opened(report)
    seen.page.locator(".mosaic.think button.rest").first.click()
    assert seen.found == "24 of 48 items"
    seen.choose("arm", THINK)
    assert set(seen.page.locator(".card .badge").all_inner_texts()) == {"✗ wrong"}


def test_the_address_keeps_what_is_chosen(report: Path, opened: Open) -> None:
    seen = opened(report)
    seen.choose("family", "mapping")
    seen.page.locator("[data-pager] button:has-text('Next')").first.click()
    fragment = seen.page.evaluate("location.hash")
    again = opened(report, fragment=fragment)
    assert again.found == "24 of 48 items"
    assert again.shown == seen.shown
    assert "page 2 of 3" in again.page.locator("[data-pager]").first.inner_text()


def test_a_card_shows_prompt_target_picture_reference_reading_words_and_thought(report: Path, opened: Open) -> None:
    seen = opened(report)
    card = seen.page.locator(".card").nth(1)
    text = card.inner_text()
    for said in (
        "Draw 2 apples. (answer: 2)",
        "ask: What is 2 + 0?",
        "draw: Draw as many apples as 2 + 0.",
        "object: apple, count: 2",
        "81%",
    ):
        assert said in text
    card.locator("summary:has-text('thought, 9 tokens')").click()
    assert "I think of 2." in card.inner_text()
    first = seen.page.locator(".card img.picture").first
    assert first.get_attribute("src") == REFERENCE
    assert first.get_attribute("loading") == "lazy"
    first.scroll_into_view_if_needed()
    seen.page.wait_for_timeout(300)
    assert first.evaluate("node => node.naturalWidth") == 32


def test_a_picture_that_is_gone_is_said_to_be_gone(tmp_path: Path, opened: Open) -> None:
    seen = opened(written(tmp_path, samples(items(4, levels=(1,)), half)))
    seen.page.locator(".card").first.scroll_into_view_if_needed()
    seen.page.locator(".card .gone").first.wait_for()
    assert "not beside the page" in seen.page.locator(".card .gone").first.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_without_scrolling_sideways(report: Path, opened: Open, scheme: str) -> None:
    seen = opened(report, width=390, scheme=scheme)
    for fold in seen.page.locator("details").all():
        fold.evaluate("node => { node.open = true; }")
    assert seen.page.evaluate("document.documentElement.scrollWidth") == 390


def test_text_stands_out_from_its_ground_in_both_schemes(report: Path, opened: Open) -> None:
    worst = {}
    for scheme in ("light", "dark"):
        seen = opened(report, scheme=scheme)
        worst[scheme] = min(seen.page.evaluate(CONTRASTS).items(), key=lambda one: one[1])
    assert all(ratio >= 4.5 for _, ratio in worst.values()), worst  # WCAG 2.2, success criterion 1.4.3


def test_everything_that_can_be_pressed_has_a_name_and_takes_the_keyboard(report: Path, opened: Open) -> None:
    seen = opened(report)
    nameless = seen.page.evaluate(NAMELESS)
    assert nameless == []
    assert seen.page.evaluate("[...document.querySelectorAll('img, svg')].every(n => n.alt || n.ariaLabel || n.ariaHidden)")
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.className") == "skip"


def test_ten_thousand_items_stay_usable(tmp_path: Path, opened: Open) -> None:
    chosen = items(5000, levels=(1, 2))
    done = [
        replace(one, thought=f"I work it out: {one.item.answer}.") if one.arm == THINK else one for one in samples(chosen, right)
    ]
    path = written(tmp_path, done)
    seen = opened(path)
    assert seen.found == "10,000 of 10,000 items"
    assert path.stat().st_size < 15_000_000
    counts = []
    for value in ("", NORMAL, THINK, ""):
        seen.choose("arm", value)
        counts.append(seen.page.evaluate("document.querySelectorAll('*').length"))
    seen.page.locator("#filters input[name=text]").fill("004321")
    seen.wait_until_found("2 of")
    assert max(counts) < 4000
    assert seen.said == [] or all("ERR_FILE_NOT_FOUND" in line for line in seen.said)  # these runs have no picture files


def test_a_run_with_one_arm_one_family_and_no_judge_has_a_page_too(tmp_path: Path, opened: Open) -> None:
    about = record(way=Way((ASK,)), judge=None, absent=dict.fromkeys(ARMS[1:], "the model makes no pictures"))
    seen = opened(written(tmp_path, samples(items(6, clusters=1, levels=(1,)), half, arms=(ASK,)), about))
    assert "the model makes no pictures" in seen.page.locator("main").inner_text()
    assert "nobody yet" in seen.page.locator("header.top").inner_text()
    assert seen.page.locator("#transfer").count() == 0
    assert "no interval" in seen.page.locator(".figures").first.inner_text()
    assert seen.said == []


def test_what_is_known_of_the_judge_is_shown(tmp_path: Path, opened: Open) -> None:
    tried = {"pictures": 60, "shares": {"count": 0.9833}, "faults": 0, "failed": []}
    known = calibration([1] * 100 + [0] * 100, [1] * 90 + [0] * 10 + [0] * 95 + [1] * 5)
    done = samples(items(20), half)
    quality = Quality(calibration=known, source="reference pictures")
    results = results_of(record(canary={"before": tried, "after": tried, "changed": 0}), done, quality=quality)
    results["judge_quality"]["agreement"] = {"object": {"alpha": 0.87, "pictures": 40, "pairs": []}}
    seen = opened(write_page(tmp_path, results, sample_rows(done, "m")))
    text = seen.page.locator("section[aria-labelledby=judge]").inner_text()
    for said in (
        "before: pictures 60, count 0.983, faults 0",
        "sensitivity 90.0% (n 100)",
        "object: alpha 0.870, pictures 40",
        "52.9%",
    ):
        assert said in text


def test_the_same_run_gives_the_same_page() -> None:
    done = samples(items(6), half)
    results, rows = results_of(record(), done), sample_rows(done, "m")
    assert page(results, rows) == page(results, rows)


NAMELESS = """
() => [...document.querySelectorAll('button, a[href], select, input, summary')]
  .filter((node) => node.checkVisibility())
  .filter((node) => !(node.innerText || node.ariaLabel || node.title || node.labels?.length || node.querySelector('img')?.alt))
  .map((node) => node.outerHTML.slice(0, 80))
"""
CONTRASTS = """
() => {
  const parse = (text) => { const [r, g, b, a] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a ?? 1]; };
  const over = (above, below) => [0, 1, 2].map((i) => above[i] * above[3] + below[i] * (1 - above[3]));
  const linear = (part) => part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (node) => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) layers.push(parse(getComputedStyle(one).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const found = {};
  for (const node of document.querySelectorAll('main *, .top *')) {
    const hasText = [...node.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    if (!hasText || !node.checkVisibility() || node.closest('.sr, svg, button:disabled, option')) continue;
    const below = ground(node), text = over(parse(getComputedStyle(node).color), below);
    const [more, less] = [light(text), light(below)].sort((a, b) => b - a);
    const name = `${node.tagName} ${node.className}`;
    found[name] = Math.min(found[name] ?? 99, (more + 0.05) / (less + 0.05));
  }
  return found;
}
"""
