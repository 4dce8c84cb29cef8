"""Objects that one word can be said of: a picture of a sandal may pass for a shoe, so it is no near miss of one."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from unisandbox.generators.vocabulary import Noun, noun


def may_pass_for(one: Noun, other: Noun) -> bool:
    """Return whether a picture of the one may be taken for the other, and be right: its hard pair, or of its kind.

    >>> may_pass_for(noun("shoe"), noun("sandal")), may_pass_for(noun("shoe"), noun("hat"))
    (True, False)
    """
    return other.name == one.hard_pair or other.name in alike().get(one.name, ())


@lru_cache
def alike() -> Mapping[str, frozenset[str]]:
    """Return, for each object of `lists/alike.csv`, those that are a kind of it or that it is a kind of; both ways.

    Raises:
        InputError: The list names something that is no object.
    """
    text = resources.files("unisandbox.generators").joinpath("lists", "alike.csv").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        one, other = noun(row["name"]).name, noun(row["other"]).name
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {name: frozenset(others) for name, others in found.items()}
