"""Finds what a sentence wants drawn: the noun phrase beside the number, from the words around it alone.

A phrase ends at a word that cannot belong to it. Where the end cannot be told for sure there is no phrase, which is never wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unisandbox.generators.solvers.math_context import AMOUNTS, PICTURES, listed
from unisandbox.generators.vocabulary import noun_of_word

LEADING = frozenset({"a", "an", "some", "different", "several", "any"})
PRONOUNS = frozenset({"operations", "steps", "dozen"})
SHOWING = frozenset({"draw", "paint", "sketch", "show", "shows", "depict", "use", "only", "some", "contains", "containing"})
PICTURE_LINKS = frozenset({"of", "with", "is"})
SINGULAR_ENDINGS = frozenset({"ss", "us", "is"})  # glass, bus, tennis
LONGEST = 6


def phrase_at(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """Return the noun phrase that begins at an index, and the index behind it; None if there is none for sure.

    >>> phrase_at(["pieces", "of", "cake", "as", "3", "."], 0)
    ('pieces of cake', 3)
    """
    while words[at] in LEADING:
        at += 1
    end = at
    while _goes_on(words[end]):
        if end > at and _is_plural(words[end - 1]) and noun_of_word(" ".join(words[at : end + 1])) is None:
            if words[end].endswith(("ing", "ed")):
                break
            return None
        end += 1
    if end > at and noun_of_word(" ".join(words[at : end + 1])):
        end += 1  # "watering can": a word that else ends a phrase is part of this one
    if end == at or words[at] in PRONOUNS:
        return None
    if words[end] == "of" and words[end - 1] not in listed("no_objects") and _goes_on(words[end + 1]):
        end += 2
        if _goes_on(words[end]):
            return None
    return None if end - at > LONGEST else (" ".join(words[at:end]), end)


def counted_phrase(words: Sequence[str], start: int, end: int) -> str | None:
    """Return the phrase that the arithmetic between two indexes counts, if a word outside it says so; else None."""
    phrases = {found[0] for at in _places(words) if not start <= at < end and (found := phrase_at(words, at))}
    if not phrases and ("their" in words or "them" in words or "many" in words):
        introduced = {found[0] for at in _introduced(words[:start]) if (found := phrase_at(words, at))}
        phrases = introduced - listed("no_objects")
    return phrases.pop() if len(phrases) == 1 else None


def _goes_on(word: str) -> bool:
    return word[0].isalpha() and word[-1] != "(" and word not in listed("ends_of_phrases")


def _is_plural(word: str) -> bool:
    return word[-1] == "s" and word[-2:] not in SINGULAR_ENDINGS and word not in ("sports", "christmas")


def _places(words: Sequence[str]) -> Iterator[int]:
    """Yield where a phrase may begin: behind "as many", "that many", "number of"."""
    if "many" in words:
        for at, word in enumerate(words):
            if word == "many" and words[at - 1] in ("as", "that", "this", "so"):
                yield at + 1
    if not AMOUNTS.isdisjoint(words):
        for at, word in enumerate(words):
            if word == "of" and words[at - 1] in AMOUNTS:
                yield at + 1


def _introduced(words: Sequence[str]) -> Iterator[int]:
    """Yield where a phrase may begin that a later word points back to: behind "draw", "a picture of", "the motif is"."""
    for at, word in enumerate(words[:-1], start=1):
        if word in SHOWING or (word in PICTURE_LINKS and at > 1 and words[at - 2] in PICTURES):
            yield at
