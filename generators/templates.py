"""The wording of the families: `generators/wording/<family>.toml`, read, checked and ready to be filled.

A wording file is text and nothing else; which template a row takes and what fills it is the family's business. Its form:

    [slots]                                # what the templates of each view are filled with
    draw = ["objects", "value"]
    "draw.favourite" = ["name"]            # templates of the view with `use = "favourite"`; without this line, as `draw`
    literal = ["counted"]
    ask = ["value"]

    [[draw]]                               # the views are draw, literal and ask
    id = "d01"                             # unique in the file, never used again for another text
    text = "Draw as many {objects} as {value}."
    held_out = true                        # optional, false unless said: a wording that training never shows
    use = "favourite"                      # optional, "" unless said: the group of the view that the template belongs to

    [phrases]                              # free lists of text, taken by name: phrases["step_add"]
    step_add = ["adding {b}"]
    [phrases.rule]                         # a table within it puts its name in front: phrases["rule.letter"]
    letter = ["the letter {symbol}"]

What is checked, all at once: every template uses each slot declared for it exactly once and no other; it begins with a capital
or a slot and ends in `.`, `?` or `!`; no blanks at an end or in a row; ids are unique, and so are texts whatever their case and
punctuation; every group (a view and a use) has a seen and a held-out template. Phrases of one list have the same slots.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

from unisandbox.errors import Violation, WordingError
from unisandbox.generators.template_rules import bare, phrase_faults, template_faults

VIEWS = ("draw", "literal", "ask")
ENTRY_TYPES: Mapping[str, type] = {"id": str, "text": str, "held_out": bool, "use": str}
TYPE_WORDS = {str: "text", bool: "true or false"}


@dataclass(frozen=True)
class Template:
    """One text with `{slots}`; a `held_out` one is kept for tests, `use` names its group within the view."""

    id: str
    text: str
    held_out: bool = False
    use: str = ""


@dataclass(frozen=True)
class Wording:
    """All templates and phrases of a family, in the order of its file."""

    family: str
    draw: tuple[Template, ...]
    literal: tuple[Template, ...]
    ask: tuple[Template, ...]
    phrases: Mapping[str, tuple[str, ...]]

    def draw_templates(self, held_out: bool, use: str = "") -> tuple[Template, ...]:
        """Return the held-out or the seen templates of `draw`, in file order; see `templates` for errors."""
        return self.templates("draw", held_out, use)

    def literal_templates(self, held_out: bool, use: str = "") -> tuple[Template, ...]:
        """Return the held-out or the seen templates of `literal`, in file order; see `templates` for errors."""
        return self.templates("literal", held_out, use)

    def ask_templates(self, held_out: bool, use: str = "") -> tuple[Template, ...]:
        """Return the held-out or the seen templates of `ask`, in file order; see `templates` for errors."""
        return self.templates("ask", held_out, use)

    def templates(self, view: str, held_out: bool, use: str = "") -> tuple[Template, ...]:
        """Return the held-out or the seen templates of a group, in file order and never none.

        Raises:
            WordingError: The file has no such view or use.
        """
        try:
            return self._groups[view, held_out, use]
        except KeyError:
            groups = sorted({f"{view} {use}".strip() for view, _, use in self._groups})
            found = Violation(
                f"wording/{self.family}.toml",
                f"no templates for {view} {use}".strip(),
                " | ".join(groups),
                "add them or ask for another use",
            )
            raise WordingError(found) from None

    @cached_property
    def _groups(self) -> Mapping[tuple[str, bool, str], tuple[Template, ...]]:
        groups: dict[tuple[str, bool, str], list[Template]] = {}
        for view in VIEWS:
            for template in getattr(self, view):
                groups.setdefault((view, template.held_out, template.use), []).append(template)
        return {group: tuple(templates) for group, templates in groups.items()}


def fill(template: Template, **slots: str) -> str:
    """Return the text of a template with its slots filled; a slot left out is a `KeyError`.

    >>> fill(Template("d01", "Draw as many {objects} as {value}."), objects="apples", value="8 / 4")
    'Draw as many apples as 8 / 4.'
    """
    return template.text.format(**slots)


@lru_cache
def families_worded() -> tuple[str, ...]:
    """Return the families that have a wording file, sorted."""
    names = (entry.name for entry in resources.files("unisandbox.generators").joinpath("wording").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@lru_cache
def wording(family: str) -> Wording:
    """Return the checked wording of a family.

    Raises:
        WordingError: There is no such file, or it breaks a rule of this module: everything found, at once.
    """
    if family not in families_worded():
        near = get_close_matches(family, families_worded(), n=1)
        fix = f"did you mean {near[0]}?" if near else "add the file"
        raise WordingError(Violation(f"wording/{family}.toml", "no such file", " | ".join(families_worded()), fix))
    file = resources.files("unisandbox.generators").joinpath("wording", f"{family}.toml")
    return read_wording(family, file.read_text(encoding="utf-8"))


def read_wording(family: str, text: str) -> Wording:
    """Return the wording that a TOML text holds.

    Raises:
        WordingError: The text is no TOML, or breaks a rule of this module: everything found, at once.
    """
    where = f"wording/{family}.toml"
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WordingError(Violation(where, f"no TOML ({error})", "TOML", "correct the file")) from error
    found = list(_unknown(where, raw, ("slots", "phrases", *VIEWS)))
    slots = _slot_lists(where, raw.get("slots", {}), found)
    views = {view: _templates(where, view, raw.get(view, []), found) for view in VIEWS}
    made = Wording(family, **views, phrases=_phrases(f"{where}: phrases", raw.get("phrases", {}), found))
    for view, templates in views.items():
        for template in templates:
            declared = slots.get(f"{view}.{template.use}", slots.get(view, ()))
            found.extend(template_faults(f"{where}: {view} {template.id}", template.text, declared))
        found.extend(_group_faults(f"{where}: {view}", templates))
    found.extend(_repeats(where, made))
    for name, texts in made.phrases.items():
        found.extend(phrase_faults(f"{where}: phrases {name}", texts))
    if found:
        raise WordingError(found)
    return made


def _unknown(where: str, table: Mapping[str, Any], known: Iterable[str]) -> Iterator[Violation]:
    """Yield a violation for every key that is not known, naming the nearest."""
    known = list(known)
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            yield Violation(where, f"key {key}", " | ".join(known), f"did you mean {near[0]}?" if near else "remove it")


def _slot_lists(where: str, raw: Any, found: list[Violation]) -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    for name, slots in (raw if isinstance(raw, dict) else {"": raw}).items():
        if name.partition(".")[0] in VIEWS and _is_text_list(slots):
            lists[name] = tuple(slots)
        else:
            found.append(Violation(f"{where}: slots", f"{name} = {slots!r}", 'draw = ["a", "b"]', "name a view, list its slots"))
    return lists


def _templates(where: str, view: str, raw: Any, found: list[Violation]) -> tuple[Template, ...]:
    """Return the entries of a view that have the right form; say what is wrong with the others."""
    made = []
    for number, entry in enumerate(raw if isinstance(raw, list) else [raw], start=1):
        place = f"{where}: {view} entry {number}"
        wrong = list(_entry_faults(place, entry))
        found.extend(wrong)
        if not wrong:
            made.append(Template(**entry))
    return tuple(made)


def _entry_faults(place: str, entry: Any) -> Iterator[Violation]:
    if not isinstance(entry, dict):
        yield Violation(place, repr(entry), "a table with id and text", "write [[view]] above it")
        return
    yield from _unknown(place, entry, ENTRY_TYPES)
    for key, kind in ENTRY_TYPES.items():
        if key not in entry and key in ("id", "text"):
            yield Violation(place, f"no {key}", "an id and a text", f"add {key}")
        elif key in entry and not isinstance(entry[key], kind):
            yield Violation(place, f"{key} = {entry[key]!r}", TYPE_WORDS[kind], "correct the value")


def _phrases(where: str, raw: Any, found: list[Violation], prefix: str = "") -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    for name, value in (raw if isinstance(raw, dict) else {"": raw}).items():
        if isinstance(value, dict):
            lists.update(_phrases(where, value, found, f"{prefix}{name}."))
        elif _is_text_list(value):
            lists[f"{prefix}{name}"] = tuple(value)
        else:
            found.append(Violation(where, f"{prefix}{name} = {value!r}", "a list of texts, not empty", "correct the value"))
    return lists


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) for text in value)


def _group_faults(place: str, templates: tuple[Template, ...]) -> Iterator[Violation]:
    if not templates:
        yield Violation(place, "no templates", "at least two, one of them held out", "write some")
    for use in dict.fromkeys(template.use for template in templates):
        sides = {template.held_out for template in templates if template.use == use}
        for held_out, side in ((True, "held-out"), (False, "seen")):
            if held_out not in sides:
                yield Violation(f"{place} {use}".strip(), f"no {side} template", "at least one of each side", f"add a {side} one")


def _repeats(where: str, made: Wording) -> Iterator[Violation]:
    ids: dict[str, str] = {}
    texts: dict[tuple[str, str, str], str] = {}
    for view in VIEWS:
        for template in getattr(made, view):
            place = f"{where}: {view} {template.id}"
            if template.id in ids:
                yield Violation(place, f"id {template.id} twice", "an id of its own", "rename one")
            ids[template.id] = place
            same = texts.setdefault((view, template.use, bare(template.text)), template.id)
            if same != template.id:
                yield Violation(place, f"the text of {same}", "a text of its own", "reword or remove it")
