"""Draws a private split from the space of a published one: which rows, only a secret salt decides.

Rows come from the upper half of the twin's space, beyond all that is published, in an order that a pseudo-random function of the
salt gives. So whoever has the salt can draw them again, and whoever sealed them could not choose; without the salt nothing tells
which they are. A row is passed over if its key stands in any published split of its config, or was drawn before.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from unisandbox.errors import CapacityError, Shortage
from unisandbox.generators.families.base import Family, Item, Part
from unisandbox.generators.release import Config, Release, Split
from unisandbox.generators.rows import rows
from unisandbox.generators.uniqueness import Digests, digest, digests
from unisandbox.schemas.manifest import Manifest

SALT_BYTES: Final = 32
SCHEME: Final = 1  # rises when other rows would be drawn with the same salt, or the same rows hashed otherwise
ORDER: Final = b"unisandbox seal 1 order\0"
FIRST_ITEMS: Final = 512  # of the twin: what is dealt in turn, they have all of
MOST_IN_VAIN: Final = 5_000  # groups in a row of which none can be taken: beyond, there are hardly any left


class DrawnLevel(NamedTuple):
    """The rows of one level: whole groups by their first indexes, in order; the range they are from; about how many fit in it."""

    level: int
    starts: tuple[int, ...]
    first: int
    end: int
    candidates: int


class DrawnSplit(NamedTuple):
    """A sealed split of a config; `split.twin` is the published one from whose space it is drawn."""

    config: Config
    split: Split
    levels: tuple[DrawnLevel, ...]


class Group(NamedTuple):
    """Items that stand together: index of the first, digests of their keys, what is dealt in turn."""

    start: int
    keys: tuple[int, ...]
    dealt: Mapping[str, str]


@dataclass
class Taken:
    """The keys that no further row may have: those that are published, sorted, and those drawn so far."""

    published: Digests
    drawn: set[int] = field(default_factory=set)

    def is_published(self, group: Group) -> bool:
        """Return whether a key of the group is published."""
        keys = np.array(group.keys, np.uint64)
        places = np.minimum(np.searchsorted(self.published, keys), len(self.published) - 1)
        return bool(len(self.published)) and bool((self.published[places] == keys).any())

    def is_drawn(self, group: Group) -> bool:
        """Return whether a key of the group was drawn before."""
        return not self.drawn.isdisjoint(group.keys)


@dataclass
class Turns:
    """How often each thing that is dealt in turn was drawn; all of one kind stay equally many, ±1."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, family: Family, items: Sequence[Item]) -> Turns:
        """Return turns in which everything that these items have was drawn no time."""
        turns = cls()
        for item in items:
            for kind, value in family.dealt(item).items():
                turns.counts.setdefault(kind, {})[value] = 0
        return turns

    def fits(self, group: Group) -> bool:
        """Return whether it is the turn of all that a group has."""
        return all(
            not (counts := self.counts.get(kind, {})) or counts.get(value, 0) == min(counts.values())
            for kind, value in group.dealt.items()
        )

    def take(self, group: Group) -> None:
        """Count a group as drawn."""
        for kind, value in group.dealt.items():
            counts = self.counts.setdefault(kind, {})
            counts[value] = counts.get(value, 0) + 1


def new_salt() -> bytes:
    """Return 32 random bytes of the operating system.

    All other randomness comes from `draws.py`, where everybody can repeat it; this alone must be what nobody can.
    """
    return os.urandom(SALT_BYTES)


def secret_order(key: bytes, size: int) -> Iterator[int]:
    """Yield 0 … size - 1 in an order that only the key tells: a Fisher-Yates shuffle by HMAC-SHA256, made as far as it is read.

    Not a `Bijection`: that is no cipher, and single rows that are opened would tell of the others.

    >>> sorted(secret_order(b"key", 5)), list(secret_order(b"key", 5)) == list(secret_order(b"key", 5))
    ([0, 1, 2, 3, 4], True)
    """
    moved: dict[int, int] = {}
    for place in range(size):
        word = hmac.digest(key, place.to_bytes(8, "big"), "sha256")
        other = place + int.from_bytes(word, "big") % (size - place)
        yield moved.get(other, other)
        moved[other] = moved.pop(place, place)


def reserved(family: Family, part: Part, published_rows: int) -> range:
    """Return the indexes of a part that are kept for sealed rows: the upper half, whole groups, beyond what is published."""
    size, whole = family.group_size, len(family.space(part))
    first = -(-max(published_rows, whole // 2) // size) * size
    return range(first, max(whole // size * size, first))


def published_keys(folder: Path, manifest: Manifest, config: str) -> Digests:
    """Return the digests of the keys that stand in any published split of a config, sorted, each once."""
    parts = [digests(folder, shard, "key") for shard in manifest.shards if shard.config == config]
    return np.unique(np.concatenate(parts)) if parts else np.array([], np.uint64)


def draw_splits(
    release: Release, splits: Sequence[tuple[Config, Split]], published: Mapping[str, Digests], salt: bytes
) -> tuple[DrawnSplit, ...]:
    """Return the rows of sealed splits, in the order of the splits and their levels.

    Args:
        release: The published release.
        splits: The sealed splits, each with its twin's name, its levels and the rows of each.
        published: `published_keys` of each config.
        salt: The secret that decides; 32 bytes.

    Raises:
        CapacityError: Fewer rows are left than are asked for.
    """
    taken = {config: Taken(keys) for config, keys in published.items()}
    found, shortages = [], list[Shortage]()
    for config, split in splits:
        twin = next(one for one in config.splits if one.name == split.twin)
        levels = []
        for level, want in zip(split.levels, split.rows, strict=True):
            part = release.part(config, split, level)
            span = reserved(config.options, part, twin.rows[twin.levels.index(level)])
            have, drawn = len(span), None
            if want <= have:
                drawn = _draw_level(config.options, part, span, want, taken[config.family], salt)
                have = len(drawn.starts) * config.options.group_size
            if have < want:
                where = f"{config.family}/{split.twin}, level {level}: rows whose key no published split has"
                shortages.append(Shortage(where, have, want, _fix(config, split, level)))
            elif drawn:
                levels.append(drawn)
        found.append(DrawnSplit(config, split, tuple(levels)))
    if shortages:
        raise CapacityError(*shortages)
    return tuple(found)


def _fix(config: Config, split: Split, level: int) -> str:
    others = ",".join(str(other) for other in split.levels if other != level)
    name = f": --split {config.family}/{split.twin}:{others}" if others else ""
    return f"ask for fewer rows, or leave the level out{name}"


def _draw_level(family: Family, part: Part, span: range, want: int, taken: Taken, salt: bytes) -> DrawnLevel:
    """Return rows of a level, as many as are wanted or can be had."""
    size = family.group_size
    groups, wanted = len(span) // size, want // size
    key = hmac.digest(salt, ORDER + f"{part.family}/{part.drawn_as}/{part.level}".encode(), "sha256")
    turns = Turns.of(family, list(rows(family, part, 0, min(FIRST_ITEMS // size * size, span.start))))
    waiting, starts = list[Group](), list[int]()
    tried = free = in_vain = 0
    for number in secret_order(key, groups):
        if len(starts) == wanted or in_vain == MOST_IN_VAIN:
            break
        group = _group(family, part, span.start + number * size)
        tried, in_vain = tried + 1, in_vain + 1
        if taken.is_published(group):
            continue
        free += 1
        waiting.append(group)
        if turns.fits(group):  # else nothing has changed for those that wait
            found = [one.start for one in _in_turn(waiting, turns, taken, wanted - len(starts))]
            starts += found
            in_vain = 0 if found else in_vain
    return DrawnLevel(part.level, tuple(starts), span.start, span.stop, len(span) * free // max(tried, 1))


def _in_turn(waiting: list[Group], turns: Turns, taken: Taken, most: int) -> Iterator[Group]:
    """Take out of the waiting groups, and yield, those whose turn it is, first come, first served."""
    for _ in range(most):
        waiting[:] = [group for group in waiting if not taken.is_drawn(group)]
        place = next((place for place, group in enumerate(waiting) if turns.fits(group)), None)
        if place is None:
            return
        group = waiting.pop(place)
        turns.take(group)
        taken.drawn.update(group.keys)
        yield group


def _group(family: Family, part: Part, start: int) -> Group:
    items = list(rows(family, part, start, family.group_size))
    return Group(start, tuple(digest(item.key) for item in items), family.dealt(items[0]))
