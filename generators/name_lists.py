"""What coined names must not be found in: wordfreq's words, Faker's person names in every locale, and our own vocabulary.

The lists are read one at a time and let go again: the names are few and the words are millions.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from unisandbox.generators.names import CONSONANTS, PATTERN, SYLLABLES, VOWELS, is_name, plain

PERSON = "faker.providers.person"
# attributes of Faker's person providers that hold names or titles; the others are formats and codes
PERSON_LISTS = re.compile(r"name|prefix|suffix|title", re.IGNORECASE)
_NAME_LINE = re.compile(f"^{PATTERN}$", re.MULTILINE)
_LONG = "cv" * SYLLABLES[1]  # the shape of a long name: consonants and vowels
_NEARLY_LONG = re.compile(f"^.{{{len(_LONG) - 1},{len(_LONG) + 1}}}$", re.MULTILINE)
_SHAPES = str.maketrans({letter: kind for kind, letters in (("c", CONSONANTS), ("v", VOWELS)) for letter in letters})
_OTHER = re.compile(f"[^{CONSONANTS}{VOWELS}]")


class WordList(NamedTuple):
    """One list of words: where it comes from, and its words one a line, without case and accents."""

    where: str
    lines: str


class Collision(NamedTuple):
    """A coined name, and the word of a list that it is, or is one edit from."""

    name: str
    where: str
    word: str


def word_lists() -> Iterator[WordList]:
    """Yield every list that a name must not be found in; each is read when it is asked for."""
    yield from frequency_lists()
    yield from person_lists()
    yield vocabulary_list()


def collisions(names: Iterable[str], lists: Iterable[WordList] | None = None, least_edits: int = 1) -> list[Collision]:
    """Return where names are found in real word and name lists, sorted; none is the promise of a build.

    Args:
        names: Coined names, in whatever case.
        lists: The lists to look in; all of `word_lists()` unless given.
        least_edits: 1 finds the names themselves, 2 also what is one edit from them.
    """
    wanted = around(names) if least_edits == 2 else {plain(name): [name] for name in names}
    found: set[Collision] = set()
    for words in word_lists() if lists is None else lists:
        held = filter(wanted.__contains__, words.lines.split("\n"))
        found.update(Collision(name, words.where, word) for word in held for name in wanted[word])
    return sorted(found)


def neighbours(name: str) -> set[str]:
    """Return a name, in small letters, and every text that one letter (a to z) more, less or changed makes of it.

    >>> len(neighbours("tovika")), {"tovika", "tovik", "tovikan", "novika"} <= neighbours("Tovika")
    (333, True)
    """
    name = name.lower()
    parts = [(name[:place], name[place:]) for place in range(len(name) + 1)]
    shorter = {left + right[1:] for left, right in parts if right}
    changed = {left + letter + right[1:] for left, right in parts if right for letter in string.ascii_lowercase}
    longer = {left + letter + right for left, right in parts for letter in string.ascii_lowercase}
    return shorter | changed | longer


def around(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the names that a text is or is one edit from, by that text.

    Looking listed words up here reads the lists once: comparing each word with each name would take hours.
    """
    found: dict[str, list[str]] = {}
    for name in names:
        for text in neighbours(name):
            found.setdefault(text, []).append(name)
    return found


def listed_names() -> list[str]:
    """Return every name of the space that a list holds, in small letters and sorted."""
    return sorted({word for words in word_lists() for word in _NAME_LINE.findall(words.lines) if is_name(word)})


def near_listed_names(lists: Iterable[WordList] | None = None) -> list[str]:
    """Return every long name that is one edit from a word of a list and is none itself, in small letters and sorted.

    Args:
        lists: The lists to look in; all of `word_lists()` unless given.
    """
    near: set[str] = set()
    listed: set[str] = set()
    for words in word_lists() if lists is None else lists:
        nearly_long = _NEARLY_LONG.findall(words.lines)
        listed.update(nearly_long)
        for word in nearly_long:
            near.update(word[:start] + letter + word[end:] for start, end, letters in _mends(_shape(word)) for letter in letters)
    return sorted(name for name in near - listed if is_name(name))


def _shape(word: str) -> str:
    return _OTHER.sub("-", word).translate(_SHAPES)


@lru_cache(maxsize=4096)
def _mends(shape: str) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    """Return the single edits that give a word the shape of a long name: from where to where it is cut, and what may stand there.

    >>> _mends("vcvcvcv"), _mends("cvcvcvcvv")[0]
    (((0, 0, ('b', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 't', 'v', 'z')),), (7, 8, ('',)))
    """
    kinds = {"": ("",), "c": tuple(CONSONANTS), "v": tuple(VOWELS)}
    cuts = [(start, end) for start in range(len(shape) + 1) for end in (start, start + 1) if end <= len(shape)]
    return tuple(
        (start, end, letters)
        for start, end in cuts
        for kind, letters in kinds.items()
        if shape[:start] + kind + shape[end:] == _LONG
    )


def frequency_lists() -> Iterator[WordList]:
    """Yield wordfreq's lists, the large one of a language where it has two (the small one lies inside it)."""
    import wordfreq  # heavy, and needed once a build

    for language, path in sorted(wordfreq.available_languages("best").items()):
        for bucket in wordfreq.read_cBpack(path):
            if bucket:
                yield WordList(f"wordfreq {language}", plain("\n".join(bucket)))


def person_lists() -> Iterator[WordList]:
    """Yield the person names of every Faker locale, split at blanks and hyphens."""
    from faker.config import AVAILABLE_LOCALES
    from faker.utils.loading import list_module

    known = set(list_module(import_module(PERSON)))
    for locale in sorted(known & set(AVAILABLE_LOCALES)):
        provider = import_module(f"{PERSON}.{locale}").Provider
        words = {word for text in _texts_of(provider) for word in re.split(r"[^\w'’]+", plain(text)) if word}
        yield WordList(f"Faker {locale}", "\n".join(sorted(words)))


def _texts_of(provider: type) -> Iterator[str]:
    for name in dir(provider):
        if PERSON_LISTS.search(name) and not name.startswith("__"):
            yield from _texts_in(getattr(provider, name))


def _texts_in(value: Any) -> Iterator[str]:
    """Yield the texts in a nest of lists, tuples, sets and dictionaries, keys of dictionaries as well (weights are values)."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts_in(list(value))
        yield from _texts_in(list(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from _texts_in(part)


def vocabulary_list() -> WordList:
    """Return the words of our own objects, singular and plural."""
    from unisandbox.generators.vocabulary import nouns

    texts = (word for noun in nouns() for text in (noun.name, noun.plural) for word in plain(text).split())
    return WordList("vocabulary", "\n".join(sorted(set(texts))))
