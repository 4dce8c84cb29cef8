"""Proves items: solves each view again from its words and compares with what the item claims.

A prover is made once for a config, with the documents that its release publishes, and then asked item by item. It sees what a
reader of the release sees; nothing of the families.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from unisandbox.generators.families.base import Attribute, Factors, Item, Target, TargetObject
from unisandbox.generators.findings import Finding
from unisandbox.generators.solvers import mapping, math
from unisandbox.generators.solvers.reading import NoTargetError, UnreadableError, UnsolvableError
from unisandbox.generators.vocabulary import counted, noun

Documents = Iterable[Iterable[str]]
Prover = Callable[[Item], list[Finding]]

RULE_OF_ERROR: Mapping[type[Exception], tuple[str, str]] = {
    UnreadableError: ("unparsed", "words that the solver reads"),
    UnsolvableError: ("unsolvable", "exactly one answer"),
    NoTargetError: ("no-target", "a sentence that asks for something"),
}
FAMILY_FIX = "mend the family or its wording"


def item_of(row: Mapping[str, Any]) -> Item:
    """Return a row read from a file as an item."""
    objects = tuple(
        TargetObject(one["name"], one["count"], tuple(Attribute(**attribute) for attribute in one["attributes"]))
        for one in row["target"]["objects"]
    )
    factors = Factors(**{name: tuple(value) if isinstance(value, list) else value for name, value in row["factors"].items()})
    nested = {"choices": tuple(row["choices"]), "target": Target(row["target"]["kind"], objects), "factors": factors}
    return Item(**{**row, **nested})


def finding(rule: str, item: Item, field: str, found: str, allowed: str) -> Finding:
    """Return a finding about one of our own items."""
    return Finding(rule, item.id, field, found, allowed, FAMILY_FIX)


def prove(item: Item, field: str, check: Callable[[Item], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield the findings of a check, or the rule that its solver's error stands for."""
    try:
        yield from check(item)
    except tuple(RULE_OF_ERROR) as error:
        rule, allowed = RULE_OF_ERROR[type(error)]
        yield finding(rule, item, field, str(error), allowed)


def math_prover(_: Documents) -> Prover:
    """Return the prover of `math` items."""

    def proved(item: Item) -> list[Finding]:
        return [
            *prove(item, "draw", _math_draw),
            *prove(item, "ask", _math_ask),
            *prove(item, "literal", _math_literal),
            *_claims(item),
        ]

    return proved


def mapping_prover(_: Documents) -> Prover:
    """Return the prover of `mapping` items."""

    def proved(item: Item) -> list[Finding]:
        return [*prove(item, "draw", _mapping_draw), *prove(item, "ask", _mapping_ask), *_mapping_literal(item), *_claims(item)]

    return proved


def _math_draw(item: Item) -> Iterator[Finding]:
    solved = math.solve(item.draw)
    (shown,) = item.target.objects
    if str(solved.value) != item.answer:
        yield finding("wrong-gold", item, "draw", f"answer {item.answer}", f"{solved.value}, as solved")
    if solved.operations != item.level:
        yield finding("wrong-depth", item, "draw", f"level {item.level}", f"{solved.operations} operations, as read")
    if solved.noun != noun(shown.name).plural or str(shown.count) != item.answer:
        yield finding("wrong-target", item, "target", f"{shown.count} {shown.name}", f"{item.answer} {solved.noun}")


def _math_ask(item: Item) -> Iterator[Finding]:
    solved = math.solve(item.ask)
    if str(solved.value) != item.answer:
        yield finding("wrong-gold", item, "ask", f"answer {item.answer}", f"{solved.value}, as solved")


def _math_literal(item: Item) -> Iterator[Finding]:
    (shown,) = item.target.objects
    wanted = counted(noun(shown.name), shown.count)
    if f" {wanted}" not in item.literal or str(math.solve(item.literal).value) != item.answer:
        yield finding("wrong-literal", item, "literal", item.literal, f"{wanted} named outright")


def _mapping_draw(item: Item) -> Iterator[Finding]:
    (shown,) = item.target.objects
    solved = mapping.solve(item.draw)
    if solved.answer != item.answer:
        yield finding("wrong-gold", item, "draw", f"answer {item.answer}", f"{solved.answer}, as solved")
    if solved.hops != item.level:
        yield finding("wrong-depth", item, "draw", f"level {item.level}", f"{solved.hops} hops, as read")
    if (shown.name, shown.count) != (item.answer, 1):
        yield finding("wrong-target", item, "target", f"{shown.count} {shown.name}", f"1 {item.answer}")


def _mapping_ask(item: Item) -> Iterator[Finding]:
    solved = mapping.solve(item.ask)
    if solved.answer != item.answer:
        yield finding("wrong-gold", item, "ask", f"answer {item.answer}", f"{solved.answer}, as solved")


def _mapping_literal(item: Item) -> Iterator[Finding]:
    named = noun(item.answer)
    if f"{named.article} {named.name}" not in item.literal.lower():
        yield finding("wrong-literal", item, "literal", item.literal, f"{named.article} {named.name} named outright")


def _claims(item: Item) -> Iterator[Finding]:
    """Yield what is wrong between answer, choices, trace and target."""
    (shown,) = item.target.objects
    end = f"The answer is {item.answer}. The picture shows {counted(noun(shown.name), shown.count)}."
    if not item.trace.endswith(end):
        yield finding("wrong-trace", item, "trace", f"…{item.trace[-len(end) :]}", f"…{end}")
    if item.choices.count(item.answer) != 1:
        yield finding("wrong-gold", item, "choices", str(list(item.choices)), f"{item.answer} once")
    if item.chance * len(item.choices) != 1:
        yield finding("wrong-chance", item, "chance", str(item.chance), f"1 of {len(item.choices)} choices")
