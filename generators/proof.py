"""Proves items: solves each view again from its words and compares with what the item claims.

A reader of the release sees texts and documents, and so do the solvers; nothing here knows how an item was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from unisandbox.generators.families.base import Attribute, Factors, Item, Target, TargetObject
from unisandbox.generators.findings import Finding
from unisandbox.generators.solvers.base import Solver
from unisandbox.generators.solvers.knowledge import picture_text
from unisandbox.generators.solvers.reading import NoTargetError, UnreadableError, UnsolvableError
from unisandbox.generators.vocabulary import counted, noun, noun_of_word

RULE_OF_ERROR: Mapping[type[Exception], tuple[str, str]] = {
    UnreadableError: ("unparsed", "words that the solver reads"),
    UnsolvableError: ("unsolvable", "exactly one answer"),
    NoTargetError: ("no-target", "a sentence that asks for something"),
}
FIX = "mend the family or its wording"


def item_of(row: Mapping[str, Any]) -> Item:
    """Return a row read from a file as an item."""
    objects = tuple(
        TargetObject(one["name"], one["count"], tuple(Attribute(**attribute) for attribute in one["attributes"]))
        for one in row["target"]["objects"]
    )
    chosen: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row["factors"].items()}
    nested = {"choices": tuple(row["choices"]), "target": Target(row["target"]["kind"], objects), "factors": Factors(**chosen)}
    return Item(**{**row, **nested})


def target_text(target: Target) -> str:
    """Return a target as solvers name it: `3 apple`, or `portrait hair_colour=red`."""
    if target.kind == "portrait":
        return "portrait " + " ".join(f"{one.name}={one.value}" for shown in target.objects for one in shown.attributes)
    return " ".join(f"{shown.count} {shown.name}" for shown in target.objects)


def prove(item: Item, solver: Solver) -> list[Finding]:
    """Return what is wrong with an item: a view that gives another answer, a target that is not the answer's, a contradiction."""
    found: list[Finding] = []
    wanted = target_text(item.target)
    for view in ("draw", "ask"):
        solved = _tried(item, view, solver.solve, found)
        if solved is None:
            continue
        if solved.answer != item.answer:
            found.append(_finding("wrong-gold", item, view, f"answer {item.answer}", f"{solved.answer}, as solved"))
        if view == "draw" and solved.picture != wanted:
            found.append(_finding("wrong-target", item, "target", wanted, f"{solved.picture or 'no picture'}, as solved"))
        if solved.steps not in (None, item.level):
            found.append(_finding("wrong-depth", item, view, f"level {item.level}", f"{solved.steps} steps, as read"))
    named = _tried(item, "literal", solver.picture, found)
    if named not in (None, wanted):
        found.append(_finding("wrong-literal", item, "literal", item.literal, f"{wanted} named outright"))
    return [*found, *_contradictions(item)]


def _tried(item: Item, view: str, read: Callable[[str], Any], found: list[Finding]) -> Any:
    """Return what is read from a view, or None and a finding."""
    try:
        return read(getattr(item, view))
    except tuple(RULE_OF_ERROR) as error:
        rule, allowed = RULE_OF_ERROR[type(error)]
        found.append(_finding(rule, item, view, str(error), allowed))
        return None


def _contradictions(item: Item) -> Iterator[Finding]:
    """Yield what does not fit together in the item itself: answer, choices, chance, trace and target."""
    end = f" The answer is {item.answer}. The picture shows "
    _, told, shown = item.trace.rpartition(end)
    if not told or not shown.endswith(".") or not _tells(item.target, shown):
        yield _finding("wrong-trace", item, "trace", f"…{item.trace[-80:]}", f"…{end.strip()} {target_text(item.target)}.")
    if item.choices.count(item.answer) != 1:
        yield _finding("wrong-choices", item, "choices", " | ".join(item.choices), f"{item.answer} once")
    if item.chance != 1 / len(item.choices):
        yield _finding("wrong-chance", item, "chance", str(item.chance), f"1 of {len(item.choices)} choices")


def _tells(target: Target, shown: str) -> bool:
    """Return whether the end of a trace names the target."""
    if target.kind == "portrait":
        return picture_text(f"Draw {shown}") == target_text(target)
    named = [noun_of_word(one.name) for one in target.objects]
    if None in named:
        return False
    return shown == f"{' and '.join(counted(noun(one.name), one.count) for one in target.objects)}."


def _finding(rule: str, item: Item, field: str, found: str, allowed: str) -> Finding:
    return Finding(rule, item.id, field, found, allowed, FIX)
