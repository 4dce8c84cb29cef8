"""Which objects training may name: a declared share of every category is kept for tests, the same in every edition of a line."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from unisandbox.errors import Violation
from unisandbox.generators.draws import draws_of
from unisandbox.generators.families.base import Part
from unisandbox.generators.vocabulary import LATEST_VOCABULARY, Noun, nouns

Nouns = tuple[Noun, ...]

LARGEST_SHARE = 0.45  # two such shares leave train a tenth


class Shares(Protocol):
    """Options that keep shares of keys and objects out of train."""

    @property
    def validation_share(self) -> float:
        """Share of the keys kept for validation."""
        ...

    @property
    def test_share(self) -> float:
        """Share of the keys kept for tests."""
        ...

    @property
    def novel_objects_share(self) -> float:
        """Share of the objects kept for tests."""
        ...


def share_faults(options: Shares) -> list[Violation]:
    """Return what is wrong with the shares of a family's options."""
    found = []
    for name in ("validation_share", "test_share", "novel_objects_share"):
        share = getattr(options, name)
        if not 0 < share <= LARGEST_SHARE:
            found.append(Violation(name, str(share), f"above 0, at most {LARGEST_SHARE}", "mend the share"))
    return found


@lru_cache(maxsize=64)
def namable(part: Part, novel_share: float) -> Nouns:
    """Return the objects that a part may name or show: those kept back where it holds objects out, else those of training."""
    seen, novel = divided_nouns(part.line, novel_share, part.vocabulary)
    return novel if "object" in part.held_out else seen


@lru_cache(maxsize=16)
def divided_nouns(line: str, novel_share: float, vocabulary: int = LATEST_VOCABULARY) -> tuple[Nouns, Nouns]:
    """Return the nouns that training names and those kept for tests of novel objects, each in vocabulary order.

    Args:
        line: The release line; every edition of a line divides the vocabulary alike.
        novel_share: Share of each category to keep back, 0 to 1; a category of two or more gives at least one if it is above 0.
        vocabulary: The vocabulary of the release.
    """
    by_category: dict[str, list[Noun]] = {}
    every = nouns(vocabulary)
    for noun in every:
        by_category.setdefault(noun.category, []).append(noun)
    novel: set[str] = set()
    for category in sorted(by_category):
        members = by_category[category]
        kept = max(round(len(members) * novel_share), 1) if novel_share and len(members) > 1 else 0
        draws = draws_of("novel objects", line, category, count=len(members) + 1)
        novel.update(noun.name for noun in draws.sample(members, kept))
    return tuple(noun for noun in every if noun.name not in novel), tuple(noun for noun in every if noun.name in novel)
