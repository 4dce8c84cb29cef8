"""Answers `math` prompts from their words alone: one arithmetic phrase is found, read and computed exactly.

The one idea: exactly one phrase of a prompt has a value, and it is read whole. A number, an operator or a word that could change
a value and stands outside that phrase means that the prompt was not understood, and that is an error, never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from unisandbox.generators.solvers.arithmetic import DIGITS
from unisandbox.generators.solvers.arithmetic_operations import Number
from unisandbox.generators.solvers.arithmetic_steps import Steps
from unisandbox.generators.solvers.arithmetic_words import ANCHORS, END, FOLDS, SOFT_ANCHORS
from unisandbox.generators.solvers.base import Documents, Solution, Solver
from unisandbox.generators.solvers.math_context import ONE_MAY_FOLLOW, check_after, check_before, listed, refuse_leftovers
from unisandbox.generators.solvers.math_nouns import counted_phrase, phrase_at
from unisandbox.generators.solvers.reading import UnreadableError
from unisandbox.generators.vocabulary import noun_of_word

# digits with what hangs on them ("3rd", "1,000"), words with a bracket that hangs on them ("sqrt("), single signs
WORD = re.compile(r"\d+(?:\.\d+|(?:,\d{3})+(?!\d))?(?:[^\W²³]\w*)?|[^\W\d_]\w*(?:['’-]\w+)*\(?|[^\s\w]|\w")
SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "∕": "/", "⁄": "/"})
KNOWN_SIGNS = frozenset("√∛²³")
NUMERAL_KINDS = frozenset({"No", "Nl", "Nd", "Sm"})
LEFT_OUT = frozenset({"the", "exactly", "precisely", "just", "simply", "please", "2d", "3d", "4k", "8k", "hd"})
NAMED = frozenset({*FOLDS, "remainder", "square", "cube", "cubic", "root", "half", "floor", "ceiling"})
ADDING = frozenset({"add", "adding"})  # "8 / 4, and add 2 pears" adds no numbers
OTHER_THINGS = frozenset({"a", "an", "some", "another", "one"})
LONGEST_TEXT = 5000


class Solved(NamedTuple):
    """What a prompt says: the exact value, the phrase of what is counted (lower case) or None, and the operations read."""

    value: Fraction
    noun: str | None
    operations: int


class Span(NamedTuple):
    """An arithmetic phrase of a text: its words are those from `start` to before `end`."""

    start: int
    end: int
    value: Number
    operations: int


def solver(_: Documents) -> Solver:
    """Return the solver of `math` items; it needs no documents."""

    def solution(text: str) -> Solution:
        found = solve(text)
        named = noun_of_word(found.noun) if found.noun else None
        return Solution(str(found.value), f"{found.value} {named.name}" if named else None, found.operations)

    return Solver(solution, lambda text: str(solution(text).picture))


def solve(text: str) -> Solved:
    """Return what a `draw`, `ask` or `literal` prompt says.

    Raises:
        UnreadableError: The words cannot be read for sure, or what they say has no exact value.

    >>> solve("Draw as many teddy bears as the sum of 3 and five, divided by 2.")
    Solved(value=Fraction(4, 1), noun='teddy bears', operations=2)
    """
    words = words_of(text)
    start, end, value, operations = find_span(words)
    refuse_leftovers(words[:start])
    refuse_leftovers(words[end:])
    check_before(words, start, strict=not operations or words[start] in NAMED)
    noun = counted_phrase(words, start, end)
    if check_after(words, start, end):
        noun = _noun_behind(words, start, end, noun)
    if noun is None and not operations and words[start - 1] != "draw":
        raise UnreadableError("a number, and nothing that is counted")
    return Solved(Fraction(value), noun, operations)


def words_of(text: str) -> list[str]:
    """Return the words and signs of a text in lower case, without those that change nothing, and `END` behind them.

    Raises:
        UnreadableError: A number is written in a way that has several meanings.
    """
    if len(text) > LONGEST_TEXT:
        raise UnreadableError(f"{len(text)} characters")
    if not text.isascii():
        text = text.translate(SIGNS)
        for sign in text:
            if sign > "\x7f" and sign not in KNOWN_SIGNS and unicodedata.category(sign) in NUMERAL_KINDS:
                raise UnreadableError(f"the sign {sign}")
    words = WORD.findall(text.lower().replace("**", "^"))
    return [word for word in words if word not in LEFT_OUT] + [END] * 4


def find_span(words: Sequence[str]) -> Span:
    """Return the first arithmetic phrase.

    Raises:
        UnreadableError: There is none, or it is not read to its end, or it has several readings.
    """
    for at, word in enumerate(words):
        if (word[0] in DIGITS or word in ANCHORS) and not (word == "one" and at and words[at - 1] in ONE_MAY_FOLLOW):
            try:
                return _read(words, at)
            except UnreadableError:
                if word not in SOFT_ANCHORS:
                    raise
    raise UnreadableError("no arithmetic")


def _read(words: Sequence[str], at: int) -> Span:
    """Return the phrase that begins at an index; where it has two readings, the only one that is a count of things."""
    spans: list[Span] = []
    faults: list[UnreadableError] = []
    for greedy in (False, True):
        reader = Steps(words, at, greedy)
        try:
            value = reader.sequence()
            spans.append(Span(at, reader.at, value, reader.operations))
        except UnreadableError as error:
            faults.append(error)
        if not reader.ambiguous:
            break
    if not spans:
        raise faults[0]
    longest = max(span.end for span in spans)
    spans = [span for span in spans if span.end == longest]
    if len({span.value for span in spans}) > 1:
        spans = [span for span in spans if span.value > 0 and Fraction(span.value).denominator == 1]
        if len(spans) != 1:
            raise UnreadableError(f"'{' '.join(words[at:longest])}' can be read in two ways")
    return spans[0]


def _noun_behind(words: Sequence[str], start: int, end: int, noun: str | None) -> str:
    """Return the counted phrase behind arithmetic; another one, or one of several, is refused."""
    found = phrase_at(words, end)
    if found is None or noun not in (None, found[0]) or not ADDING.isdisjoint(words[start:end]):
        raise UnreadableError(f"'{words[end]}' after the arithmetic")
    phrase, end = found
    follows = words[end + 1]
    if words[end] in ("and", "or") and follows not in listed("ends_of_phrases"):
        raise UnreadableError(f"'{words[end]} {follows.strip()}' after '{phrase}'")
    if words[end] == "," and follows in OTHER_THINGS:
        raise UnreadableError(f"', {follows}' after '{phrase}'")
    return phrase
