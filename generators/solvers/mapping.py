"""Answers `mapping` prompts from their words alone: reads the rules and the question, then follows rule after rule to an object.

A text is answered only if every sentence of it was understood; what cannot be read, what has no answer, and what asks nothing are
errors of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from unisandbox.generators.solvers.base import Documents, Solution, Solver
from unisandbox.generators.solvers.knowledge import picture_text
from unisandbox.generators.solvers.mapping_lexicon import ACRONYMS, MARK_NAMES, NUMBER_WORDS
from unisandbox.generators.solvers.mapping_query import LOOKALIKES, asked, key_name, name
from unisandbox.generators.solvers.mapping_statements import statements
from unisandbox.generators.solvers.mapping_things import Rule, Thing
from unisandbox.generators.solvers.reading import UnreadableError, UnsolvableError

EMOJI = 0x1F000
CAPITALS = re.compile("[A-Z]{2,3}s?")


class Resolved(NamedTuple):
    """The object at the end, as the rules word it, without its article; and how many rules lead there."""

    answer: str
    hops: int


def solver(_: Documents) -> Solver:
    """Return the solver of `mapping` items; it needs no documents."""

    def solution(text: str) -> Solution:
        found = solve(text)
        return Solution(found.answer, f"1 {found.answer}", found.hops)

    return Solver(solution, picture_text)


def solve(text: str) -> Resolved:
    """Return the object that follows from the rules of a `draw` or `ask` text.

    Raises:
        UnreadableError: The words cannot be read for sure.
        NoTargetError: There are rules, but no sentence asks about a symbol.
        UnsolvableError: No object, or more than one, follows from the rules.

    >>> solve("Rule 1: The symbol # stands for an apple. Rule 2: A means #. Draw the object that the letter A stands for.")
    Resolved(answer='apple', hops=2)
    """
    try:
        return _solve(text)
    except UnreadableError:
        if "\n" not in text:
            raise
    return _solve(" ".join(text.split()))  # the lines were no sentences


def _solve(text: str) -> Resolved:
    rules, others = statements(text)
    if not rules:
        raise UnreadableError(f"no sentence reads as a rule: {others[0] if others else 'there is none'}")
    symbol = asked(others, rules)
    return _follow(symbol, _directed(rules, symbol))


def _directed(rules: Sequence[Rule], symbol: str) -> dict[str, list[Rule]]:
    """Return the rules by what they read, each in the direction that leads to objects.

    Raises:
        UnreadableError: A rule reads an object as a symbol, as far as its words say.
    """
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        key, value, both_ways = rule
        turned = value.symbol and not key.symbol and not _is_read(key_name(key), symbol, rules)
        if turned and not both_ways:
            raise UnreadableError(f"{key.name} seems to be an object, and {value.name} its symbol")
        found.setdefault(key_name(value if turned else key), []).append(Rule(value, key, True) if turned else rule)
    return found


def _is_read(word: str, symbol: str, rules: Iterable[Rule]) -> bool:
    """Return whether a word is a symbol of a text: something leads to it, or it or a word like it is asked about."""
    return any(key_name(rule.value) == word or (not rule.key.symbol and key_name(rule.key) == symbol) for rule in rules)


def _follow(symbol: str, rules: Mapping[str, Sequence[Rule]]) -> Resolved:
    """Return the object that a symbol leads to, by the shortest way.

    Raises:
        UnsolvableError: There is no way, or two ways with different ends, or a way in a circle.
        UnreadableError: A rule that holds both ways might lead on, or the end may be a symbol.
    """
    ends: dict[str, Resolved] = {}
    ways: list[tuple[str, ...]] = [(symbol,)]
    seen = {symbol}
    for way in ways:
        if way[-1] not in rules:
            raise _dead_end(way, rules)
        for rule in rules[way[-1]]:
            alias = key_name(rule.value)
            following = alias if alias in rules else name(rule.value.name)
            if following in way:
                raise UnsolvableError(f"the rules lead in a circle: {' > '.join((*way, following))}")
            if following not in rules and not rule.value.symbol:
                ends.setdefault(following.lower(), _end(symbol, rule.value, len(way)))
            elif following not in seen:
                seen.add(following)
                ways.append((*way, following))
    if len(ends) > 1:
        raise _several_ends(symbol, ends.values(), rules)
    return next(iter(ends.values()))


def _several_ends(symbol: str, ends: Iterable[Resolved], rules: Mapping[str, Sequence[Rule]]) -> Exception:
    if any(len(found) > 1 and any(rule.both_ways for rule in found) for found in rules.values()):
        return UnreadableError(f"one of the rules of {symbol} may be no rule")  # "The letter A is blue."
    return UnsolvableError(f"{symbol} leads to {' and '.join(end.answer for end in ends)}")


def _end(symbol: str, value: Thing, hops: int) -> Resolved:
    """Return an object at the end of a way.

    Raises:
        UnreadableError: It may be a symbol without a rule.
    """
    first = value.name.split()[0].lower()
    looks = CAPITALS.fullmatch(value.name) is not None and value.name not in ACRONYMS
    looks |= first in MARK_NAMES or value.name.lower() in NUMBER_WORDS
    if looks or (value.name.istitle() and len(symbol) > 2 and " " not in value.name):
        raise UnreadableError(f"{value.name} may be an object or a symbol without a rule")
    return Resolved(value.name, hops)


def _dead_end(way: Sequence[str], rules: Mapping[str, Sequence[Rule]]) -> Exception:
    """Return the error of a symbol without a rule, as far as it can be told that it has none."""
    last = way[-1]
    for key, found in rules.items():
        if key not in way and any(rule.both_ways and name(rule.value.name) == last for rule in found):
            return UnreadableError(f"{key} and {last}: the rule may hold both ways")
    if len(last) == 1 and last.swapcase() in rules:
        return UnreadableError(f"{last} may be {last.swapcase()}")
    if last == "a":
        return UnreadableError("a may be a symbol or an article")
    if any(ord(mark) >= EMOJI for mark in last):
        return UnreadableError(f"{last} may be an object or a symbol")
    if any(name(rule.value.name) == last and not rule.value.symbol for found in rules.values() for rule in found):
        return UnreadableError(f"asks about {last}, which seems to be an object")
    words = [key for key in rules if len(key) > 3 and not key.isdigit()]
    if words and (not last.isalnum() or last in LOOKALIKES):
        return UnreadableError(f"{words[0]} may be a name of {last}")
    return UnsolvableError(f"no rule says what {last} stands for ({' > '.join(way)})")
