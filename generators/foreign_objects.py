"""Compares names of objects as files write them: singular or plural, with article or quotes; and the number with its noun."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from unisandbox.generators.vocabulary import noun_of_word

ARTICLE = re.compile(r"^(?:an?|the|some)\s+", re.IGNORECASE)
DECORATION = " \t\r\n\"'“”‘’`*.!"
PAIRS = ("pair", "pairs")
NOTHING = frozenset({"n/a", "na", "nan", "undefined", "none", "null", "nil", "nothing", "unknown", "unanswerable", "-", "?"})
IRREGULAR = {  # plural -> singular, where the ending is of no help
    "children": "child", "people": "person", "men": "man", "women": "woman", "feet": "foot", "teeth": "tooth", "geese": "goose",
    "mice": "mouse", "oxen": "ox", "dice": "die", "cacti": "cactus", "fungi": "fungus", "snowmen": "snowman",
    "firemen": "fireman", "policemen": "policeman",
}  # fmt: skip
ENDINGS = (("ies", "y"), ("ves", "f"), ("ves", "fe"), ("es", ""), ("s", ""))
ONE_FORM = frozenset(  # the same for one and many, or only told in pairs
    {
        "sheep", "fish", "deer", "moose", "series", "species", "aircraft", "squid", "shrimp", "scissors", "glasses", "pants",
        "jeans", "shorts", "trousers", "binoculars", "pliers", "headphones", "sunglasses", "goggles", "tongs", "tweezers",
        "pajamas", "pyjamas", "earphones", "leggings", "tights", "salmon", "bison", "headquarters", "lens", "means",
        "iris", "tennis", "rhinoceros", "gas", "canvas", "atlas",
    }
)  # fmt: skip
SINGULAR_ENDINGS = ("ss", "us")  # glass, bus


@lru_cache(maxsize=4096)
def object_forms(text: str) -> frozenset[str]:
    """Return the forms in which an object may be named: bare of article and quotes, in the singular and as it stands.

    >>> sorted(object_forms("The scarves."))
    ['scarf', 'scarfe', 'scarv', 'scarve', 'scarves']
    """
    plain = ARTICLE.sub("", text.lower().strip(DECORATION))
    pair, _, inner = plain.partition(" of ")
    if inner:  # "pairs of socks", "cup of tea": the plural stands in front
        every = {plain, *(f"{form} of {inner}" for form in object_forms(pair))}
        return frozenset({*every, *(object_forms(inner) if pair in PAIRS else ())})
    front, space, last = plain.rpartition(" ")
    listed = noun_of_word(plain)
    cut = {last[: -len(end)] + put for end, put in ENDINGS if last.endswith(end) and len(last) > len(end) + 1}
    forms = {plain, *(f"{front}{space}{word}" for word in (*cut, IRREGULAR.get(last, last)))}
    return frozenset({*forms, listed.name} if listed else forms)


def is_nothing(gold: str) -> bool:
    """Return whether a gold says that there is none: "N/A", "undefined"."""
    return gold.lower().strip(DECORATION) in NOTHING


def disagreement(number: Fraction, noun: str, asked: str | None) -> str | None:
    """Return the form of a noun that a number asks for, if for sure it is another than the one that stands there.

    Args:
        number: The number before the noun.
        noun: The noun as it stands, in lower case.
        asked: The noun of the question, which stands in the plural, where it is known.

    >>> disagreement(Fraction(2), "dog", "dogs"), disagreement(Fraction(1), "apples", None)
    ('dogs', 'apple')
    >>> disagreement(Fraction(3), "sheep", None) is None
    True
    """
    if noun.rpartition(" ")[2] in ONE_FORM or " of " in noun:
        return None
    listed = noun_of_word(noun)
    if listed and listed.name != listed.plural:
        wanted = listed.name if number == 1 else listed.plural
        return wanted if noun != wanted else None
    if asked is None or asked == asked.rstrip("s") or asked.endswith(SINGULAR_ENDINGS):
        return None
    if number == 1:
        return _singular(noun) if noun == asked else None
    return asked if noun != asked and noun in object_forms(asked) else None


def _singular(plural: str) -> str:
    """Return the likeliest singular of a regular plural, for a message."""
    if plural.endswith("ies") and len(plural) > len("ties"):
        return plural[:-3] + "y"
    return plural[:-2] if plural.endswith(("ches", "shes", "xes", "sses")) else plural[:-1]
