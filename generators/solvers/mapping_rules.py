"""Reads one sentence as a rule of `mapping`: which symbol leads to what.

A rule is a left thing, a verb phrase and a right thing. Every way to cut the sentence is tried, and a rule is read only if no two
cuts disagree. Plain sentences take a short way: what their verb phrase does is read once, on symbols that stand for all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from unisandbox.generators.solvers import mapping_lexicon as lexicon
from unisandbox.generators.solvers.mapping_forms import condition, nominals, notations
from unisandbox.generators.solvers.mapping_predicates import is_adverb, is_verb, predicate
from unisandbox.generators.solvers.mapping_things import QUOTED, Rule, Thing, thing

LONGEST = 20  # words of a rule
LONGEST_LEFT = 8
SIDE = r"(?:(?:(?:[Tt]he )?(?:[Ll]etter|[Nn]umber|[Ss]ymbol) )?([^\sa-z\ue000])|[Aa]n? ([a-z]{2,}(?: [a-z]{2,})?))"
PLAIN = re.compile(rf"{SIDE} ((?:[a-z]+s)(?: [a-z]+)*?) {SIDE}")
EXAMPLES = ("#", "an apple")  # stand for any symbol and any object while a verb phrase is read


def read_rule(sentence: str) -> Rule | None:
    """Return the rule that a sentence states as a whole, or None if it is none, or could be two.

    >>> read_rule("An apple is represented by the letter A").key.name
    'A'
    >>> read_rule("Draw what A means") is None
    True
    """
    match = PLAIN.fullmatch(sentence)
    if match is not None:
        rule = _plain(*match.groups())
        if rule is not None and not sentence.startswith("A "):
            return rule
    words = sentence.split()
    if len(words) > LONGEST or not lexicon.OPEN.isdisjoint([word.lower() for word in words]):
        return None
    found = dict.fromkeys(_cuts(words)) or dict.fromkeys(nominals(words)) or dict.fromkeys(notations(sentence))
    return next(iter(found)) if len(found) == 1 else None


def read_condition(sentence: str) -> Rule | None:
    """Return the rule of "If you see #, think of an apple", or None.

    >>> read_condition("If you see #, it stands for an apple").value.name
    'apple'
    """
    if not lexicon.OPEN.isdisjoint(sentence.lower().split()):
        return None
    found = condition(sentence)
    if found is None or isinstance(found, Rule):
        return found
    rule = read_rule(f"{QUOTED}{found[0]} {found[1]}")
    return rule if rule is not None and rule.key.name == found[0] else None


def _plain(symbol: str | None, noun: str | None, verb: str, other: str | None, other_noun: str | None) -> Rule | None:
    """Return the rule of a sentence that is a symbol or object, a verb phrase, and another one; None if that is not sure."""
    direction = _direction(verb, noun is None, other_noun is None)
    if direction is None:
        return None
    left = Thing(symbol, True) if symbol else _noun(noun or "")
    right = Thing(other, True) if other else _noun(other_noun or "")
    if left is None or right is None:
        return None
    return Rule(left, right, direction[1]) if direction[0] else Rule(right, left, direction[1])


@lru_cache(maxsize=1024)
def _direction(verb: str, left_is_symbol: bool, right_is_symbol: bool) -> tuple[bool, bool] | None:
    """Return whether a verb phrase leads from left to right, and whether it holds both ways; None if it is no verb phrase."""
    left, right = EXAMPLES[not left_is_symbol], "@" if right_is_symbol else "a pear"
    if not lexicon.OPEN.isdisjoint(verb.split()):
        return None
    found = list(dict.fromkeys(_cuts(f"{left} {verb} {right}".split())))
    if len(found) != 1:
        return None
    forward = found[0].key.name in ("#", "apple")
    names = {found[0].key.name, found[0].value.name}
    return (forward, found[0].both_ways) if names == {left.split()[-1], right.split()[-1]} else None


@lru_cache(maxsize=4096)
def _noun(words: str) -> Thing | None:
    return thing(["a", *words.split()])


def _cuts(words: Sequence[str]) -> Iterator[Rule]:
    """Yield the rules of all ways to cut words before a verb."""
    for place in range(1, min(len(words) - 1, LONGEST_LEFT)):
        if not is_verb(words[place]):
            continue
        end = place
        while end > 1 and is_adverb(words[end - 1]) and (end > 2 or words[0] not in ("A", "a")):  # "A butterfly is …"
            end -= 1
        left = thing(words[:end])
        found = None if left is None else predicate(left, words[place:])
        if found is not None:
            yield found
            if left is not None and left.symbol and (place > 1 or words[0].lower() != "a"):
                return  # only words may be cut twice: "A bus means 7"
