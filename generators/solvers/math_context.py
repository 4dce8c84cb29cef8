"""Judges the words around arithmetic: whether any of them could change what was read, which then counts as not understood."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

from unisandbox.generators.solvers.arithmetic import DIGITS
from unisandbox.generators.solvers.arithmetic_words import END, FOLDS, FUNCTIONS, MULTIPLES, NUMBERS, POSTFIXES, RESULT_WORDS
from unisandbox.generators.solvers.reading import UnreadableError

SIGNS = frozenset("+*/%^√∛²³<>|~\\")
PUNCTUATION = frozenset(".,:;?()\"'“”‘’—=") | {END}
SENTENCE_ENDS = frozenset({".", "?", "!", ":", ";", END})
CLAUSE_ENDS = SENTENCE_ENDS | {","}
QUANTIFIERS = frozenset({"more", "less", "fewer"})
QUANTIFIERS_MAY_FOLLOW = frozenset({"no", "nothing", "nor", "any", "without"})
NEGATIONS = frozenset({"not", "never", "don't", "don’t", "cannot", "no", "without", "nor"})
ONE_MAY_FOLLOW = frozenset({"which", "this", "that", "no", "any"})
AMOUNTS = frozenset({"number", "quantity", "amount", "count", "total"})
PICTURES = frozenset(
    {"picture", "image", "drawing", "painting", "photo", "photograph", "illustration", "scene", "sketch", "motif"}
)
LEAD_INS = frozenset({"a", "an", "following", "positive", "principal"})
PAIRS = {  # words that change a quantity if one of these follows
    "round": frozenset({"it", "down", "up", "off", "to", "result", "that"}),
    **dict.fromkeys(("third", "fifth", "tenth"), frozenset({"of"})),
}
ADDED = frozenset({"a", "an", "another", "some"})
LEFT = frozenset({"left", "remains", "remain", "leaves"})
DIVIDING = frozenset({"divided", "divide", "dividing", "/"})
CLOSED_BY = {")": "(", "]": "[", "}": "{"}


@lru_cache
def listed(name: str) -> frozenset[str]:
    """Return the words of one list of `lists/math_words.toml`."""
    return _lists()[name]


@lru_cache
def signals() -> frozenset[str]:
    """Return all words that must not be left over."""
    return listed("signals") | SIGNS | {*NUMBERS, *FUNCTIONS, *POSTFIXES, *MULTIPLES, *FOLDS} - {"total"}


def refuse_leftovers(words: Sequence[str]) -> None:
    """Refuse words outside the arithmetic if one of them is a number, an operator, or something that changes a quantity.

    Raises:
        UnreadableError: One is.
    """
    for at in _doubtful(words):
        word = words[at]
        if word in QUANTIFIERS:
            fine = at and words[at - 1] in QUANTIFIERS_MAY_FOLLOW and words[at + 1 : at + 2] != ["than"]
        else:
            fine = word == "one" and at and words[at - 1] in ONE_MAY_FOLLOW
        if not fine:
            raise UnreadableError(f"'{word}' stands outside the arithmetic that was read")


def check_before(words: Sequence[str], start: int, strict: bool) -> None:
    """Refuse arithmetic that begins at an index if the words before it could change its value.

    Args:
        words: The words of the text.
        start: Where the arithmetic begins.
        strict: Whether only well-known words may stand before it, since others could belong to it: "the digit sum of 23".

    Raises:
        UnreadableError: They could.
    """
    while start and words[start - 1] in LEAD_INS:
        start -= 1
    before = words[start - 1] if start else END
    earlier = words[start - 2] if start > 1 else END
    if not _leads_to_value(before, earlier):
        raise UnreadableError(f"'{earlier.strip()} {before.strip()}' before the arithmetic")
    if strict and before[0].isalpha() and before not in listed("before_a_value") and earlier not in CLAUSE_ENDS:
        raise UnreadableError(f"'{before}' before '{words[start]}'")
    if not NEGATIONS.isdisjoint(words[:start]):
        _refuse_negation(words[:start])
    if not LEFT.isdisjoint(words[:start]) and not DIVIDING.isdisjoint(words[start:]):
        raise UnreadableError("what is left of a division may be its remainder")


def check_after(words: Sequence[str], start: int, end: int) -> bool:
    """Return whether a counted noun stands behind arithmetic; refuse punctuation there that could change the value.

    Raises:
        UnreadableError: It could.
    """
    after, last = words[end], words[end - 1]
    if after == "!" and (last[-1] in DIGITS or last in CLOSED_BY):
        raise UnreadableError("'!' may be a factorial or the end of the sentence")
    if after == "=" and words[end + 1] not in ("?", ".", END):
        raise UnreadableError("'=' after the arithmetic")
    if after == "and" and words[end + 1] in ADDED:
        raise UnreadableError(f"'and {words[end + 1]}' after the arithmetic may ask for something besides")
    if (after in CLOSED_BY and CLOSED_BY[after] not in words[:start]) or (words[start - 1] == "(" and ")" not in words[end:]):
        raise UnreadableError("a bracket without its other half")
    return not (after in PUNCTUATION or after == "!" or after in listed("after_the_value"))


def _leads_to_value(before: str, earlier: str) -> bool:
    if before == "of":
        return earlier in RESULT_WORDS or earlier in AMOUNTS or earlier in PICTURES or earlier in listed("before_of")
    if before == "to":
        return earlier in listed("before_to")
    if before[0].isalpha():
        return before not in listed("hedges") and before[-1] != "("
    return before in PUNCTUATION


def _doubtful(words: Sequence[str]) -> list[int]:
    """Return where words stand that may change a quantity."""
    found = []
    if not (signals().isdisjoint(words) and QUANTIFIERS.isdisjoint(words)):
        found += [at for at, word in enumerate(words) if word in signals() or word in QUANTIFIERS]
    if not PAIRS.keys().isdisjoint(words):
        found += [at for at, word in enumerate(words[:-1]) if words[at + 1] in PAIRS.get(word, ())]
    return found + [at for at, word in enumerate(words) if word[0] in DIGITS]


def _refuse_negation(words: Sequence[str]) -> None:
    for word in reversed(words):
        if word in CLAUSE_ENDS:
            return
        if word in NEGATIONS:
            raise UnreadableError(f"'{word}' before the arithmetic")


@lru_cache
def _lists() -> dict[str, frozenset[str]]:
    text = resources.files("unisandbox.generators").joinpath("lists", "math_words.toml").read_text(encoding="utf-8")
    return {name: frozenset(words.split()) for name, words in tomllib.loads(text).items()}
