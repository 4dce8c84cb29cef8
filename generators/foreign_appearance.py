"""Reads how a character looks from a list or from prose: age, gender, hair and origin, each as what it may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

YEARS = re.compile(r"\b\d+[- ]years?[- ]old\b")
COLOURS: Mapping[str, str] = {
    **{word: word for word in ("black", "brown", "blond", "red", "white", "gray", "silver", "blue", "green", "pink", "purple")},
    "blonde": "blond", "golden": "blond", "grey": "gray", "brunette": "brown", "ginger": "red", "auburn": "red",
}  # fmt: skip
STYLES = ("long", "short", "curly", "straight", "wavy", "dark", "light", "braided", "messy", "shoulder-length", "bright", "and")
OF_HAIR = "|".join((*COLOURS, *STYLES))
HAIR = re.compile(rf"\b((?:(?:{OF_HAIR})[ ,-]+)+)hair(?:ed)?\b|\bhair(?:[ ]colou?r)?(?::|[ ]is)?[ ]+((?:(?:{OF_HAIR})\b[ ,]*)+)")
WORDS: Mapping[str, Mapping[str, str]] = {  # slot -> value -> words
    "gender": {"female": "female woman women girl lady", "male": "male man men boy gentleman"},
    "age": {
        "kid": "kid child boy girl toddler children",
        "young": "young teen teenager teenage youth",
        "mid-age": "mid-age mid-aged middle-age middle-aged midage adult",
        "old": "old elderly senior elder",
    },
    "ethnicity": {
        "african": "african black",
        "asian": "asian chinese japanese korean indian",
        "indian": "indian",
        "caucasian": "caucasian white european",
        "hispanic": "hispanic latino latina",
        "indigenous": "indigenous native",
        "middle eastern": "middle-eastern arab arabic",
    },
}
JOINED: Mapping[str, str] = {
    words: words.replace(" ", "-") for words in ("middle aged", "mid aged", "middle age", "mid age", "middle eastern")
}
GROWN = frozenset({"woman", "man", "lady", "gentleman", "women", "men"})
SLOTS = ("hair", *WORDS)
GREY_AREA = frozenset({frozenset({"young", "kid"}), frozenset({"young", "mid-age"})})  # both may be said of one person


def appearance(text: str) -> dict[str, frozenset[str]]:
    """Return what a text says of age, gender, hair and ethnicity; what it does not say is absent.

    >>> sorted(appearance("African/Indigenous; long black hair; kid; female"))
    ['age', 'ethnicity', 'gender', 'hair']
    """
    low = YEARS.sub(" ", text.lower())
    for parted, joined in JOINED.items():
        low = low.replace(parted, joined)
    hair = frozenset(
        COLOURS[word] for match in HAIR.findall(low) for word in re.findall("[a-z]+", " ".join(match)) if word in COLOURS
    )
    words = re.findall(r"[a-z]+(?:-[a-z]+)*", HAIR.sub(" ", low))
    found = {"hair": hair | ({"bald"} if "bald" in words else frozenset())}
    for slot, of_word in _values().items():
        found[slot] = frozenset(value for told in words for value in of_word.get(told, ()))
    if not found["age"] and not GROWN.isdisjoint(words):
        found["age"] = frozenset({"young", "mid-age", "old"})
    return {slot: values for slot, values in found.items() if values}


@lru_cache
def _values() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return by slot and word the values that the word says."""
    return {
        slot: {
            word: frozenset(value for value, words in values.items() if word in words.split())
            for word in " ".join(values.values()).split()
        }
        for slot, values in WORDS.items()
    }
