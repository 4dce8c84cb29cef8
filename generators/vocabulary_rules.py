"""The rules that the word lists keep: complete, spelled by the book, and nothing that can be taken for something else.

Every function yields all that is wrong with a whole list. `vocabulary.py` reads the lists and raises what is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from unisandbox.errors import Violation

ARTICLE_EXCEPTIONS = {"hourglass": "an"}  # by sound, where the first letter misleads
KINDS = ("letter", "digit", "mark")
MAY_BE_EMPTY = ("within", "hard_pair", "emoji")
VOCABULARIES = (1, 2)  # 2 adds the objects that have no emoji


class _Cells(Protocol):
    """A row of a list, by column."""

    def _asdict(self) -> dict[str, str]: ...


class _NamedRow(_Cells, Protocol):
    @property
    def name(self) -> str: ...


class _NounRow(_NamedRow, Protocol):
    @property
    def plural(self) -> str: ...
    @property
    def article(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def emoji(self) -> str: ...
    @property
    def hard_pair(self) -> str: ...
    @property
    def since(self) -> str: ...


class _CategoryRow(_NamedRow, Protocol):
    @property
    def singular(self) -> str: ...
    @property
    def plural(self) -> str: ...
    @property
    def article(self) -> str: ...
    @property
    def within(self) -> str: ...


class _SymbolRow(_Cells, Protocol):
    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...


def noun_faults(where: str, rows: Sequence[_NounRow], categories: Sequence[_CategoryRow]) -> Iterator[Violation]:
    """Yield what is wrong with the objects: cells, plurals, articles, categories, twins, order, names that overlap."""
    known = [category.name for category in categories]
    for row in rows:
        place = f"{where}: {row.name}"
        yield from _word_faults(place, row, row.name, row.plural, row.article)
        if row.category not in known:
            yield Violation(place, f"category {row.category}", " | ".join(known), "correct it or add the category")
        known_since = [str(number) for number in VOCABULARIES]
        if row.since not in known_since:
            yield Violation(place, f"since {row.since!r}", " | ".join(known_since), "name the first vocabulary that has it")
    yield from _repeats(where, "word", [word for row in rows for word in (row.name, row.plural)])
    yield from _repeats(where, "emoji", [row.emoji for row in rows if row.emoji])
    yield from _pair_faults(where, rows)
    yield from _overlaps(where, rows, categories)
    order = [(row.category, row.name) for row in rows]
    if order != sorted(order):
        first = next(here for here, right in zip(order, sorted(order), strict=True) if here != right)
        yield Violation(where, f"{first[1]} out of place", "sorted by category, then name", "sort the list")


def category_faults(where: str, rows: Sequence[_CategoryRow]) -> Iterator[Violation]:
    """Yield what is wrong with the categories: cells, plurals, articles, names said twice, a wider one that is not there."""
    known = [row.name for row in rows]
    for row in rows:
        place = f"{where}: {row.name}"
        yield from _word_faults(place, row, row.singular, row.plural, row.article)
        if row.within and row.within not in known[: known.index(row.name)] + known[known.index(row.name) + 1 :]:
            yield Violation(place, f"within {row.within}", " | ".join(known), "name another category")
    yield from _repeats(where, "name", known)
    yield from _repeats(where, "word", [word for row in rows for word in (row.singular, row.plural)])
    yield from _circles(where, rows)


def symbol_faults(where: str, rows: Sequence[_SymbolRow]) -> Iterator[Violation]:
    """Yield what is wrong with the symbols: longer than a character, said twice, or of a kind that they are not."""
    for row in rows:
        if len(row.text) != 1:
            yield Violation(where, f"symbol {row.text!r}", "one character", "correct it")
        elif row.kind != _kind(row.text):
            yield Violation(f"{where}: {row.text}", f"kind {row.kind}", _kind(row.text), "correct it")
    yield from _repeats(where, "symbol", [row.text for row in rows])


def _kind(text: str) -> str:
    if text.isdigit():
        return "digit"
    return "letter" if text.isalpha() else "mark"


def _word_faults(place: str, row: _Cells, singular: str, plural: str, article: str) -> Iterator[Violation]:
    for column, cell in row._asdict().items():
        if cell != cell.strip() or (not cell and column not in MAY_BE_EMPTY):
            yield Violation(place, f"{column} {cell!r}", "text without blanks around it", "correct the cell")
    if singular == plural:
        yield Violation(place, f"plural {plural}", "a plural that differs from the singular", "correct it or leave the noun out")
    right = ARTICLE_EXCEPTIONS.get(singular, "an" if singular[:1] in tuple("aeiou") else "a")
    if article != right:
        yield Violation(place, f"article {article}", right, "correct it, or list the word among the exceptions")


def _repeats(where: str, what: str, words: Iterable[str]) -> Iterator[Violation]:
    for word, times in sorted(Counter(words).items()):
        if times > 1:
            yield Violation(where, f"{what} {word} {times} times", "once", "remove or rename the others")


def _pair_faults(where: str, rows: Sequence[_NounRow]) -> Iterator[Violation]:
    by_name = {row.name: row for row in rows}
    for row in rows:
        twin = by_name.get(row.hard_pair)
        if row.hard_pair and (twin is None or twin is row or (twin.hard_pair, twin.category) != (row.name, row.category)):
            yield Violation(
                f"{where}: {row.name}", f"hard_pair {row.hard_pair}", "another of its category that names it too", "correct it"
            )


def _overlaps(where: str, rows: Sequence[_NounRow], categories: Sequence[_CategoryRow]) -> Iterator[Violation]:
    """Yield every name with a word that is itself a name: a reader of `teddy bears` would find bears."""
    names = {word: row.name for row in rows for word in (row.name, row.plural)}
    texts = [row.name for row in rows] + [word for row in categories for word in (row.singular, row.plural)]
    for text in texts:
        for word in text.split():
            if word in names and names[word] != text:
                yield Violation(f"{where}: {text}", f"the object {word} in it", "no name within another", "rename or remove one")
    for row in categories:
        if row.singular in names:
            yield Violation(f"{where}: {row.singular}", "an object and a category", "one of them", "rename or remove one")


def _circles(where: str, rows: Sequence[_CategoryRow]) -> Iterator[Violation]:
    wider = {row.name: row.within for row in rows}
    for row in rows:
        steps, at = 0, row.name
        while wider.get(at) and steps <= len(rows):
            steps, at = steps + 1, wider[at]
        if steps > len(rows):
            yield Violation(f"{where}: {row.name}", f"within {row.within}, and back", "a way up to a generic word", "correct it")
