"""Coined names: short words of fixed patterns that no list of real words or names holds.

A name is consonant-vowel three or four times (`Tovika`, `Bodukavi`), and its last consonant is a check letter over all the
others, as in a book number. Changing one letter breaks the check or the pattern, one letter more or less gives a length that no
name has: any two names differ by at least two edits, over the whole space, with nothing compared. Which names a world gets is
decided by a keyed bijection of its own range of positions, so no two worlds of a release line share a name.

A release may ask that names are two edits from every listed word as well. Then all are long: of the short ones, seven in eight
are one edit from some word, of the long ones one in fourteen.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import numpy as np

from unisandbox.errors import CapacityError, Shortage
from unisandbox.generators.draws import stream_key
from unisandbox.generators.spaces import Bijection

CONSONANTS = "bdfgklmnprtvz"  # 13, a prime: every weight of the check is invertible
VOWELS = "aeiou"
SYLLABLES = (3, 4)
SPACES = tuple(len(CONSONANTS) ** (n - 1) * len(VOWELS) ** n for n in SYLLABLES)  # names of 6 and of 8 letters
SPACE = sum(SPACES)
FIRST_LONG = 2 * SPACES[0]  # from this position on all names are long
PATTERN = f"(?:[{CONSONANTS}][{VOWELS}]){{3,4}}"
REFUSING = ("refused_names", "near_names", "refused_parts")  # what a candidate is refused by, in this order
# letters that mean something unfortunate, or name a people, in a language that many readers know
REFUSED_PARTS = (
    "anal", "arab", "dago", "fag", "fuk", "gipo", "kaka", "kike", "mong", "nazi", "niga", "nigo", "nude", "pedo", "pene", "pipi",
    "pupu", "puta", "tite", "zigan",
)  # fmt: skip

_ACCENTED = re.compile("[\u00aa-\u036f\u1d00-\u1eff\uff01-\uff5e]")  # Latin beyond ASCII, marks, full-width letters
_MARKS = re.compile("[\u0300-\u036f]+")
_UNDIVIDED = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe"}  # letters Unicode keeps whole


class CoinedNames(NamedTuple):
    """Names in drawn order, how many candidates were looked at to find them, and how many each list refused: (list, count)."""

    names: tuple[str, ...]
    tried: int
    refused_by_list: tuple[tuple[str, int], ...]

    @property
    def refused(self) -> int:
        """How many candidates were refused."""
        return sum(count for _, count in self.refused_by_list)

    @property
    def refused_share(self) -> float:
        """Share of the candidates that were refused, 0 to 1."""
        return self.refused / self.tried if self.tried else 0.0


def plain(text: str) -> str:
    """Return a text as names are compared: small letters, and those of Latin script without accents.

    >>> plain("Čeněk Øre")
    'cenek ore'
    """
    folded = text.casefold()
    if not _ACCENTED.search(folded):  # most text of other scripts: nothing to take apart, and millions of words to go
        return folded
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", folded))
    for letter, spelled in _UNDIVIDED.items():
        bare = bare.replace(letter, spelled)
    return bare


def _check_letter(letters: list[int]) -> int:
    """Return the number of the last consonant: a sum with the weights 1, 2, 3, … over all other letters, by place."""
    return sum(weight * letter for weight, letter in enumerate(letters, start=1)) % len(CONSONANTS)


def spell(rank: int) -> str:
    """Return the name at this rank, 0 to SPACE - 1, capitalised.

    >>> spell(0), spell(SPACE - 1), len({spell(rank) for rank in range(SPACES[0])})
    ('Bababa', 'Zuzuzufu', 21125)
    """
    syllables, rank = (SYLLABLES[0], rank) if rank < SPACES[0] else (SYLLABLES[1], rank - SPACES[0])
    free: list[int] = []
    for size in [len(CONSONANTS), len(VOWELS)] * (syllables - 1) + [len(VOWELS)]:
        rank, letter = divmod(rank, size)
        free.append(letter)
    letters = [*free[:-1], _check_letter(free), free[-1]]
    return "".join((CONSONANTS, VOWELS)[place % 2][letter] for place, letter in enumerate(letters)).capitalize()


def is_name(word: str) -> bool:
    """Return whether a word, in whatever case, is a name of the space: it has the pattern and the right check letter.

    >>> is_name("Bababa"), is_name("Babaca"), is_name("Bababi")
    (True, False, False)
    """
    low = word.lower()
    if not re.fullmatch(PATTERN, low):
        return False
    letters = [(VOWELS if place % 2 else CONSONANTS).index(letter) for place, letter in enumerate(low)]
    check = letters.pop(-2)
    return check == _check_letter(letters)


@lru_cache
def refused_names() -> frozenset[str]:
    """Return the names of the space that real word and name lists hold, in small letters (found by `tools/refuse_names.py`)."""
    return _names_in("refused_names.txt")


@lru_cache
def near_names() -> frozenset[str]:
    """Return the long names that are one edit from a listed word and not listed, in small letters (by the same tool)."""
    return _names_in("near_names.txt")


def _names_in(file: str) -> frozenset[str]:
    text = resources.files("unisandbox.generators").joinpath("lists", file).read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def refusing_list(name: str, least_edits: int = 1) -> str | None:
    """Return which list forbids to give a name of the space to a character, the first of `REFUSING`; None if none does.

    Args:
        name: A name of the space, in whatever case.
        least_edits: Edits that a name is away from every listed word: 1, or 2 for a long name.
    """
    low = name.lower()
    if low in refused_names():
        return "refused_names"
    if least_edits == 2 and low in near_names():
        return "near_names"
    return "refused_parts" if any(part in low for part in REFUSED_PARTS) else None


def coined_names(line: str, seed: int, world: int, count: int, least_edits: int = 1) -> CoinedNames:
    """Return `count` names for a world of a release line; worlds of one line share none.

    Short and long names alternate while there are short ones, unless names are two edits from every listed word: then all are
    long. A world may try twice as many candidates as it needs.

    Args:
        line: The release line.
        seed: The seed of the release.
        world: Number of the world in its line, 0 up: a range of positions, so all worlds of a line have the same `count`.
        count: Names wanted.
        least_edits: Edits that each name is away from every listed word, 1 or 2; one value for all worlds of a line.

    Raises:
        CapacityError: The line's names end before this world has its own.
    """
    reach = 2 * count
    first = world * reach + (FIRST_LONG if least_edits == 2 else 0)
    positions = np.arange(first, min(first + reach, SPACE), dtype=np.int64)
    names: list[str] = []
    refused = dict.fromkeys(REFUSING, 0)
    for rank in _ranks(line, seed, positions).tolist():
        if len(names) == count:
            break
        name = spell(rank)
        by = refusing_list(name, least_edits)
        if by is None:
            names.append(name)
        else:
            refused[by] += 1
    if len(names) < count:
        raise CapacityError(Shortage(f"names of world {world}", have=len(names), want=count))
    return CoinedNames(tuple(names), len(names) + sum(refused.values()), tuple(refused.items()))


def _ranks(
    line: str, seed: int, positions: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the rank of the name at each position: even ones short, odd ones long, until the short ones are used up."""
    short, long = (Bijection(size, stream_key(line, seed, "names", size)) for size in SPACES)
    is_short = (positions < FIRST_LONG) & (positions % 2 == 0)
    places = np.where(positions < FIRST_LONG, positions // 2, positions - SPACES[0])
    ranks = np.empty_like(places)
    ranks[is_short] = short.many(places[is_short])
    ranks[~is_short] = SPACES[0] + long.many(places[~is_short])
    return ranks
