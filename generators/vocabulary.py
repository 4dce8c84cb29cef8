"""The things that prompts speak of: objects with their plurals and categories, symbols for rules, and numbers in words.

The lists are files in `generators/lists/` (`SOURCES.md` there says where each is from, and what was left out). A list is checked
as a whole when it is first read, so whatever comes out of here is spelled, countable and told apart.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from typing import NamedTuple, TypeVar

from unisandbox.errors import InputError, Violation, WordingError
from unisandbox.generators.vocabulary_rules import VOCABULARIES, category_faults, noun_faults, symbol_faults

ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
MOST_IN_WORDS = 100
LATEST_VOCABULARY = VOCABULARIES[-1]


class Noun(NamedTuple):
    """A countable object: its words, its leaf category, the emoji that shows one of it or "", and its near twin there or "".

    `since` is the first vocabulary that has it: a release names its vocabulary, so that new objects change no old release.
    """

    name: str
    plural: str
    article: str
    category: str
    emoji: str
    hard_pair: str
    since: str


class Category(NamedTuple):
    """A kind of objects: its name in the lists, the words for one and many, and the wider category or "" at the top."""

    name: str
    singular: str
    plural: str
    article: str
    within: str


class Symbol(NamedTuple):
    """A character that a rule gives a meaning; `kind` is `letter`, `digit` or `mark`."""

    text: str
    kind: str


Row = TypeVar("Row", Noun, Category, Symbol)


@lru_cache
def nouns(vocabulary: int = LATEST_VOCABULARY) -> tuple[Noun, ...]:
    """Return the objects of a vocabulary (all by default), sorted by category and name.

    Raises:
        WordingError: The list breaks its rules: everything found, at once.

    >>> len(nouns(1)) < len(nouns()) == len(nouns(2))
    True
    """
    every = _every_noun()
    return tuple(noun for noun in every if int(noun.since) <= vocabulary)


@lru_cache
def categories() -> tuple[Category, ...]:
    """Return all categories in file order, the generic ones included; see `nouns` for errors."""
    return read_categories(_list_file("categories.csv"))


@lru_cache
def symbols(kind: str | None = None) -> tuple[Symbol, ...]:
    """Return the symbols of a kind (`letter`, `digit`, `mark`) or all, in file order; see `nouns` for errors."""
    every = read_symbols(_list_file("symbols.csv"))
    return tuple(symbol for symbol in every if kind in (None, symbol.kind))


def noun(name: str) -> Noun:
    """Return the object of this name (singular).

    Raises:
        InputError: There is none; the message has the nearest name.

    >>> noun("mouse").plural
    'mice'
    """
    return _named(name, _nouns_by_name(), "object")


def noun_of_word(word: str) -> Noun | None:
    """Return the object that a word names in the singular or plural, or None.

    >>> noun_of_word("mice") == noun_of_word("mouse") == noun("mouse")
    True
    """
    return _nouns_by_word().get(word)


def category(name: str) -> Category:
    """Return the category of this name; errors as for `noun`.

    >>> category("clothing").singular
    'piece of clothing'
    """
    return _named(name, _categories_by_name(), "category")


@lru_cache
def nouns_in(name: str) -> tuple[Noun, ...]:
    """Return the objects of a category and of the categories within it, sorted by category and name.

    >>> {"dog", "owl", "snail"} <= {noun.name for noun in nouns_in("animal")}
    True
    """
    wanted = category(name).name
    return tuple(found for found in nouns() if wanted in _line_of(found.category))


@lru_cache
def generic_words() -> tuple[Category, ...]:
    """Return the categories that fit every object: `object` first, then its other words."""
    return tuple(found for found in categories() if not found.within)


def category_of(nouns: Sequence[Noun]) -> str:
    """Return the name of the narrowest category that fits all of these objects; at least one object.

    >>> category_of([noun("apple"), noun("pear")]), category_of([noun("dog"), noun("owl")])
    ('fruit', 'animal')
    >>> category_of([noun("dog"), noun("bus")])
    'object'
    """
    return _common(tuple([one.category for one in nouns]))


def with_article(noun: Noun) -> str:
    """Return the singular with its article.

    >>> with_article(noun("apple"))
    'an apple'
    """
    return f"{noun.article} {noun.name}"


def counted(noun: Noun, n: int) -> str:
    """Return the number in digits with the noun in the form that it asks for.

    >>> counted(noun("goose"), 3), counted(noun("goose"), 1)
    ('3 geese', '1 goose')
    """
    return f"{n} {noun.name if n == 1 else noun.plural}"


@lru_cache
def number_word(n: int) -> str:
    """Return a whole number from 0 to 100 in words; any other is a `ValueError`.

    >>> number_word(21)
    'twenty-one'
    """
    if not 0 <= n <= MOST_IN_WORDS:
        raise ValueError(f"{n} is not between 0 and {MOST_IN_WORDS}")
    if n == MOST_IN_WORDS:
        return "one hundred"
    if n < len(ONES):
        return ONES[n]
    tens, ones = divmod(n, 10)
    return f"{TENS[tens]}-{ONES[ones]}" if ones else TENS[tens]


def read_nouns(text: str, categories: Sequence[Category]) -> tuple[Noun, ...]:
    """Return the objects of a CSV text; `WordingError` with everything that breaks the rules."""
    rows, found = _rows("lists/objects.csv", text, Noun)
    return _checked(rows, [*found, *noun_faults("lists/objects.csv", rows, categories)])


def read_categories(text: str) -> tuple[Category, ...]:
    """Return the categories of a CSV text; `WordingError` with everything that breaks the rules."""
    rows, found = _rows("lists/categories.csv", text, Category)
    return _checked(rows, [*found, *category_faults("lists/categories.csv", rows)])


def read_symbols(text: str) -> tuple[Symbol, ...]:
    """Return the symbols of a CSV text; `WordingError` with everything that breaks the rules."""
    rows, found = _rows("lists/symbols.csv", text, Symbol)
    return _checked(rows, [*found, *symbol_faults("lists/symbols.csv", rows)])


@lru_cache
def _every_noun() -> tuple[Noun, ...]:
    return read_nouns(_list_file("objects.csv"), categories())


def _list_file(name: str) -> str:
    return resources.files("unisandbox.generators").joinpath("lists", name).read_text(encoding="utf-8")


def _rows(where: str, text: str, kind: type[Row]) -> tuple[list[Row], list[Violation]]:
    """Return the rows that have as many cells as the header, and a violation for every other."""
    head, *lines = list(csv.reader(io.StringIO(text))) or [[]]
    columns = list(kind._fields)
    if head != columns:
        return [], [Violation(f"{where}: line 1", ",".join(head), ",".join(columns), "write this header")]
    rows, found = [], []
    for number, cells in enumerate(lines, start=2):
        if len(cells) == len(columns):
            rows.append(kind(*cells))
        else:
            found.append(Violation(f"{where}: line {number}", f"{len(cells)} cells", str(len(columns)), "fill the line"))
    return rows, found


def _checked(rows: list[Row], found: list[Violation]) -> tuple[Row, ...]:
    if found:
        raise WordingError(found)
    return tuple(rows)


@lru_cache
def _nouns_by_name() -> Mapping[str, Noun]:
    return {found.name: found for found in nouns()}


@lru_cache
def _nouns_by_word() -> Mapping[str, Noun]:
    return {word: found for found in nouns() for word in (found.name, found.plural)}


@lru_cache
def _categories_by_name() -> Mapping[str, Category]:
    return {found.name: found for found in categories()}


@lru_cache(maxsize=2**16)
def _common(names: tuple[str, ...]) -> str:
    lines = [_line_of(name) for name in names]
    return next(name for name in lines[0] if all(name in line for line in lines))


@lru_cache
def _line_of(name: str) -> tuple[str, ...]:
    """Return a category and those around it, narrowest first."""
    within = category(name).within
    return (name, *_line_of(within)) if within else (name,)


Named = TypeVar("Named", Noun, Category)


def _named(name: str, known: Mapping[str, Named], what: str) -> Named:
    try:
        return known[name]
    except KeyError:
        near = get_close_matches(name, known, n=1)
        fix = f"did you mean {near[0]}?" if near else f"take one of lists/{'objects' if what == 'object' else 'categories'}.csv"
        raise InputError(Violation(f"{what} {name}", "no such name", f"{len(known)} names", fix)) from None
