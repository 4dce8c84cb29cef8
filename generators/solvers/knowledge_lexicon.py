"""The words that sentences about characters are made of, and what each means: the lexicon of the solver of `knowledge`.

Written from the published value sets, without a look at how worlds are drawn. A word or a pair of words is either a value by
itself ("beanie", "top hat"), a value of whatever the clause is about ("red"), or a cue ("shirt").
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from unisandbox.generators.vocabulary import nouns, nouns_in

RELATIONS = frozenset({"friend", "neighbour", "teacher"})
ARTICLES = frozenset({"a", "an", "the"})
FILLER = frozenset({"occupation", "lives", "home"})  # sentences with these state nothing that is asked
COLOURS = frozenset({"black", "brown", "blond", "red", "white", "blue", "green", "purple", "yellow", "pink"})
PEOPLE = frozenset({"person", "child", "adult", "portrait"})  # words of texts that show somebody, not something
CATEGORIES = ("fruit", "flower", "animal", "vehicle")

# what a clause is about; hair alone is about the style, with a colour or the word colour about the colour
CUES: Mapping[str, str] = {
    "hair": "hair_style",
    "hairstyle": "hair_style",
    "age": "age_group",
    "old": "age_group",
    "glasses": "glasses",
    "eyewear": "glasses",
    "nose": "glasses",
    "hat": "hat",
    "head": "hat",
    "headwear": "hat",
    "shirt": "shirt_colour",
    "shirts": "shirt_colour",
    **{word: f"favourite_{category}" for category in CATEGORIES for word in (category, f"{category}s")},
}

# values that say what they are of; articles are left out before words are paired
VALUES: Mapping[str, tuple[str, str]] = {
    "short hair": ("hair_style", "short"),
    "long straight": ("hair_style", "long"),
    "curly hair": ("hair_style", "curly"),
    "braids": ("hair_style", "braids"),
    "bun": ("hair_style", "bun"),
    "ponytail": ("hair_style", "ponytail"),
    "child": ("age_group", "child"),
    "adult": ("age_group", "adult"),
    "elderly": ("age_group", "elderly"),
    "no glasses": ("glasses", "none"),
    "without glasses": ("glasses", "none"),
    "round glasses": ("glasses", "round"),
    "square glasses": ("glasses", "square"),
    "sunglasses": ("glasses", "sunglasses"),
    "no hat": ("hat", "none"),
    "without hat": ("hat", "none"),
    "cap": ("hat", "cap"),
    "beanie": ("hat", "beanie"),
    "top hat": ("hat", "top hat"),
    "straw hat": ("hat", "straw hat"),
    "party hat": ("hat", "party hat"),
}


@lru_cache
def objects() -> Mapping[str, frozenset[str]]:
    """Return the favourites that each object of the vocabulary can be, by its name: an apple can be a favourite fruit."""
    found: dict[str, frozenset[str]] = {noun.name: frozenset() for noun in nouns()}
    for category in CATEGORIES:
        for noun in nouns_in(category):
            found[noun.name] |= {f"favourite_{category}"}
    return found
