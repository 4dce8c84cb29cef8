"""Tells questions that ask for more, less or something else than what a symbol stands for: those are not answered."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from unisandbox.generators.solvers.mapping_lexicon import ARTICLES, GENERIC, KINDS, PREPOSITIONS, TRIGGERS, UNDOING
from unisandbox.generators.solvers.mapping_predicates import is_verb
from unisandbox.generators.solvers.mapping_rules import read_rule

TWISTED = re.compile(
    r"\b(?:not|never|other than|anything but|everything but|rather than|excluding|besides|apart from|or|either|if|whenever"
    r"|every time|each time|when (?:you|we|i) (?:see|read|meet|find|spot))\b|n['’]t\b"
    r"|\b(?:one|two|three|four|five|six|\d+|single|first|second|third|last|next) (?:steps?|hops?|times)\b"
    r"|\b(?:one|single|first|second|last|next) rule\b"
    r"|\b(?:letter|symbol|number|digit|character|one|comes) (?:right |just |immediately )?"
    r"(?:after|before|following|preceding|next to)\b",
    re.IGNORECASE,
)
HARMLESS = re.compile(  # "do not draw the symbol itself", ", not the letter A"
    r"(?:\bdo not|\bdon['’]t|\b(?:and|but) not|, not) (?:(?:draw|show|include|write|add|use|depict|display|render) )*"
    r"(?:(?:the|any|a) )?(?:explain|texts?|words?|letters?|symbols?|rules?|characters?|numbers?|it)\b",
    re.IGNORECASE,
)
INVERSE = re.compile(r"\b[Ww](?:hat|hich) (?:symbols?|letters?|numbers?|digits?|characters?|signs?|rules?) [a-z]{2}")
WITHIN = re.compile(r",? (?:where|given(?: that)?|if|since|because) |, (?=\S+ ?(?:=|->|→|:))")
NAMING = re.compile(r"(\S+) (?:(?:as|like) )?an? ")
BEFORE_SYMBOLS = ARTICLES | KINDS
OPEN_NOUNS = frozenset({"which", "what", "certain", "whom"})  # "A stands for which object?"
ORDER = re.compile(r"(?:please )?[a-z]+ an? ([a-z]+) (?:for|on|at|upon) ", re.IGNORECASE)


def undoes(words: Sequence[str]) -> str | None:
    """Return the first word, in small letters, that may change what the rules say, or None.

    >>> undoes(["ignore", "the", "rules"])
    'ignore'
    """
    return next((word for word in words if word.startswith(UNDOING)), None)


def doubt(sentence: str, words: Collection[str], named: Sequence[str]) -> str | None:
    """Return why a question about a symbol cannot be answered for sure, or None.

    Args:
        sentence: The question.
        words: Its words in small letters.
        named: The symbols that it names.

    >>> doubt("Draw anything but A", ["draw", "anything", "but"], ["A"])
    "'anything but' leaves open what is asked"
    """
    twisted = None
    if not TRIGGERS.isdisjoint(words):
        twisted = TWISTED.search(HARMLESS.sub("", sentence))
    if twisted is None and ("what" in words or "which" in words):
        twisted = INVERSE.search(sentence)
    if twisted is not None:
        return f"{twisted[0]!r} leaves open what is asked"
    if _is_order(sentence, named) or (OPEN_NOUNS.isdisjoint(words) and _begins_as_rule(sentence.split(maxsplit=4), named)):
        return "may be a rule or a question"
    return "a rule within a question" if any(map(_states, _tails(sentence, named))) else None


def _begins_as_rule(words: Sequence[str], named: Sequence[str]) -> bool:
    """Return whether a sentence starts with a symbol and a verb, as in "The letter A is …"."""
    for word, following in pairwise(words):
        if word in named:
            return is_verb(following)
        if word.lower() not in BEFORE_SYMBOLS:
            return False
    return False


def _is_order(sentence: str, named: Sequence[str]) -> bool:
    """Return whether a sentence may order what a symbol is: "Draw an apple for #", "Draw # as an apple"."""
    order = ORDER.match(sentence)
    if order is not None and order[1].lower() not in GENERIC:
        return True
    naming = NAMING.search(sentence)
    return naming is not None and naming[1] in named


def _tails(sentence: str, named: Sequence[str]) -> Iterator[str]:
    """Yield the parts of a question that may be rules: what stands from a symbol on, and what stands between commas."""
    for symbol in named:
        place = f" {sentence}".find(f" {symbol} ")
        tail = sentence[place:]
        words = tail.split(maxsplit=2)
        if place >= 0 and len(words) == 3 and is_verb(words[1]):
            yield tail
            if "," in tail:
                yield tail[: tail.index(",")]
    if WITHIN.search(sentence):
        yield from filter(None, WITHIN.split(sentence))


def _states(tail: str) -> bool:
    if tail.rpartition(" ")[2] in PREPOSITIONS:
        return False
    rule = read_rule(tail)
    return rule is not None and rule.value.name.lower() not in GENERIC and rule.key.symbol
