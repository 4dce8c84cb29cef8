"""What stands on the two sides of a rule: a symbol ("the letter A", "* symbol", "#") or an object ("a teddy bear").

The form decides, not a list of names. A word without any mark is left open, since "red" may be a symbol of one text and an object
of another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from unisandbox.generators.solvers.mapping_lexicon import (
    ARTICLES,
    CATEGORIES,
    HEAD_NOUNS,
    KINDS,
    NOT_OF_OBJECTS,
    NUMBER_WORDS,
    OF_NOUNS,
    WORD_KINDS,
)

QUOTED = "\ue000"  # stands before a token that was quoted; a private character, so no text holds it
WORD = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*['’]?|[^\W\d_](?:-[^\W\d_]+)+")
PLAIN = re.compile(r"[a-z]+(?:-[a-z]+)*")
ENDS_IN_MARK = re.compile(r"[^\W_].*[.,;:!?]|[.,;:!?]\S*[^\W_]|.{2,}[.,;:!?]")
LONGEST = 7  # words


class Thing(NamedTuple):
    """One side of a rule. `symbol`: its form says so; else it is an object, or a symbol if a rule reads it.

    `alias` is the last word of what may be a kind and a symbol or a whole object: "letter opener".
    """

    name: str
    symbol: bool
    alias: str = ""


class Rule(NamedTuple):
    """What a sentence says: `key` leads to `value`; `both_ways` if its words would also hold the other way round."""

    key: Thing
    value: Thing
    both_ways: bool = False


def thing(words: Sequence[str]) -> Thing | None:
    """Return the symbol or object that words name as a whole, or None.

    >>> thing(["the", "letter", "A"]), thing(["a", "teddy", "bear"])
    (Thing(name='A', symbol=True, alias=''), Thing(name='teddy bear', symbol=False, alias=''))
    >>> thing(["stands", "for"]) is None
    True
    """
    count = len(words)
    if count == 1:
        return _token(words[0])
    if not 1 < count <= LONGEST:
        return None
    article = words[0].lower() if words[0].lower() in ARTICLES else ""
    rest = words[1:] if article else words
    if len(rest) > 1 and (rest[-2].lower() in KINDS or rest[-2].lower() in WORD_KINDS):
        return _after_kind(article, rest[:-2], rest[-2], rest[-1])
    if len(rest) == 2 and rest[1].lower() in KINDS:
        found = _token(rest[0])
        if found is not None and (found.symbol or rest[0][0] == QUOTED):
            return Thing(found.name, True)
    found = _token(rest[0]) if len(rest) == 1 else None
    if found is not None and (not found.symbol or rest[0][0] == QUOTED or article in ("the", "each", "every")):
        return found
    if article == "the" and rest[0].lower() in CATEGORIES:
        return _token(rest[1]) if len(rest) == 2 and rest[1][0] == QUOTED else None
    return _object(rest, head=article in ("a", "an") or len(rest) > 1)


def is_symbol_form(token: str) -> bool:
    """Return whether a token can only be a symbol: a number, a mark, a single letter, or a short mixture.

    >>> [token for token in ("A", "10", "**", "A1", "TV", "zib", "t-shirt") if is_symbol_form(token)]
    ['A', '10', '**', 'A1']
    """
    if len(token) == 1 or token.isdigit():
        return True
    letters = sum(map(str.isalpha, token))
    return len(token) <= 4 and (letters == 0 or (letters < len(token) and any(map(str.isdigit, token))))


def _token(token: str) -> Thing | None:
    if token[0] == QUOTED:
        return Thing(token[1:], is_symbol_form(token[1:])) if len(token) > 1 else None
    if is_symbol_form(token):
        return None if ENDS_IN_MARK.fullmatch(token) else Thing(token, True)
    return None if token.lower() in NOT_OF_OBJECTS or not WORD.fullmatch(token) else Thing(token, False)


def _after_kind(article: str, before: Sequence[str], kind: str, token: str) -> Thing | None:
    """Return the symbol of "the letter A", "symbol Alpha", "the word zib"; or an object like "a letter opener"."""
    if len(before) > 2 or not all(PLAIN.fullmatch(word.lower()) and word.lower() not in NOT_OF_OBJECTS for word in before):
        return None
    low, name = kind.lower(), token.removeprefix(QUOTED)
    if low in ("number", "digit", "numeral"):
        name = NUMBER_WORDS.get(name.lower(), name)
    if is_symbol_form(name):
        return None if ENDS_IN_MARK.fullmatch(name) and token[0] != QUOTED else Thing(name, True)
    if (name.lower() in NOT_OF_OBJECTS and name.lower() not in HEAD_NOUNS) or not WORD.fullmatch(name):
        return None
    if token[0] == QUOTED or (low in KINDS and name[0].isupper()) or (low in WORD_KINDS and article == "the"):
        return Thing(name, low in KINDS)
    return Thing(" ".join([*before, kind, name]), False, alias=name)


def _object(words: Sequence[str], *, head: bool) -> Thing | None:
    """Return an object of several words; `head`: its last word may be one that elsewhere has another role ("a watering can")."""
    for place, word in enumerate(words):
        low, last = word.lower(), place == len(words) - 1
        if not WORD.fullmatch(word):
            return None
        if low == "of" and (last or not (place and _holds(words[place - 1]))):
            return None
        if low in NOT_OF_OBJECTS and not (last and head and low in HEAD_NOUNS):
            return None
    return Thing(" ".join(words), False)


def _holds(word: str) -> bool:
    low = word.lower()
    return low in OF_NOUNS or low.removesuffix("s") in OF_NOUNS or low.removesuffix("es") in OF_NOUNS
