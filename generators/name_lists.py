"""What coined names must not be found in: wordfreq's words, Faker's person names in every locale, and our own vocabulary.

The lists are read one at a time and let go again: the names are few and the words are millions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

from unisandbox.generators.names import PATTERN, is_name, plain

PERSON = "faker.providers.person"
# attributes of Faker's person providers that hold names or titles; the others are formats and codes
PERSON_LISTS = re.compile(r"name|prefix|suffix|title", re.IGNORECASE)
_NAME_LINE = re.compile(f"^{PATTERN}$", re.MULTILINE)


class WordList(NamedTuple):
    """One list of words: where it comes from, and its words one a line, without case and accents."""

    where: str
    lines: str


class Collision(NamedTuple):
    """A coined name that a list holds."""

    name: str
    where: str


def word_lists() -> Iterator[WordList]:
    """Yield every list that a name must not be found in; each is read when it is asked for."""
    yield from frequency_lists()
    yield from person_lists()
    yield vocabulary_list()


def collisions(names: Iterable[str], lists: Iterable[WordList] | None = None) -> list[Collision]:
    """Return where names are found in real word and name lists, sorted; none is the promise of a build.

    Args:
        names: Coined names, in whatever case.
        lists: The lists to look in; all of `word_lists()` unless given.
    """
    wanted = {plain(name): name for name in names}
    found: set[Collision] = set()
    for words in word_lists() if lists is None else lists:
        found.update(Collision(wanted[word], words.where) for word in _NAME_LINE.findall(words.lines) if word in wanted)
    return sorted(found)


def listed_names() -> list[str]:
    """Return every name of the space that a list holds, in small letters and sorted."""
    return sorted({word for words in word_lists() for word in _NAME_LINE.findall(words.lines) if is_name(word)})


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
