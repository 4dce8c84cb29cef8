"""Reads of a prompt only what it names first: an object with a number, or what a portrait shows. It infers nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from unisandbox.evaluation.numerals import numbers_of

WORDS: Final = re.compile(r"\d+|[^\W\d]+")
PERSON: Final = frozenset(["person", "people", "portrait", "face", "likeness", "adult", "child", "elderly"])
NOTHING: Final = "none"

Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class Named:
    """What is named first: an object and how many, or the value of an attribute; an empty name where nothing is."""

    name: str
    count: int = 1
    attribute: str = ""


class Literal:
    """Knows the words of a release.

    Args:
        plurals: Object -> plural.
        values: Attribute of characters -> its values.

    >>> literal = Literal({"apple": "apples", "fig": "figs"}, {"hat": ("cap", "none"), "hair_colour": ("red",)})
    >>> literal.named_first("Draw 3 figs.")
    Named(name='fig', count=3, attribute='')
    >>> literal.named_first("Paint a person with red hair.")
    Named(name='red', count=1, attribute='hair_colour')
    """

    def __init__(self, plurals: Mapping[str, str], values: Mapping[str, Sequence[str]]) -> None:
        self._nouns = {_phrase(form): name for name, plural in plurals.items() for form in (name, plural)}
        self._shown = {_phrase(phrase): shown for phrase, shown in _phrases(values)}

    def named_first(self, prompt: str) -> Named:
        """Return the value named first where the prompt is about a person, else the object and the number named first."""
        words = WORDS.findall(prompt.casefold())
        if not PERSON.isdisjoint(words) and (found := _first(words, self._shown)):
            attribute, value = found
            return Named(value, attribute=attribute)
        numbers = numbers_of([word for word in words if word != "one"])
        return Named(_first(words, self._nouns) or "", int(numbers[0][0]) if numbers else 1)

    def first_choice(self, prompt: str, choices: Sequence[str]) -> str:
        """Return the choice that a question names first; the first of all where it names none."""
        words = WORDS.findall(prompt.casefold())
        return _first(words, {_phrase(choice): choice for choice in choices}) or choices[0]


def _phrase(text: str) -> str:
    return " ".join(WORDS.findall(text.casefold()))


def _first(words: Sequence[str], phrases: Mapping[str, Meaning]) -> Meaning | None:
    """Return what the phrase stands for that begins first, the longest of several; None where none occurs."""
    longest = max((len(phrase.split()) for phrase in phrases), default=0)
    for start in range(len(words)):
        for length in range(longest, 0, -1):
            if found := phrases.get(" ".join(words[start : start + length])):
                return found
    return None


def _phrases(values: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield ways to say each value: with its noun, and alone where no other attribute has it."""
    everywhere = [value for several in values.values() for value in several]
    for attribute, several in values.items():
        noun = attribute.partition("_")[0]  # hair_colour -> hair
        for value in several:
            if value == NOTHING:
                yield from ((f"{without} {noun}", (attribute, value)) for without in ("no", "without", "without a"))
                continue
            yield f"{value} {noun}", (attribute, value)
            if everywhere.count(value) == 1:
                yield value, (attribute, value)
