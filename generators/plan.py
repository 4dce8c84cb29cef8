"""What a release builds, shard by shard: names and contents are a pure function of the release and the shard size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from unisandbox.errors import CapacityError, Shortage
from unisandbox.generators.pictures import NONE, Pictures, pictures_an_item
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release import Config, Release, Split
from unisandbox.generators.rows import rows
from unisandbox.generators.tables import Table
from unisandbox.generators.vocabulary_table import vocabulary_table

PICTURED = "pictured_item"
DATA, PRIVATE = "data", "private"  # the folders of what is published, and of what never is
SHARD_ROWS = 2**16
PICTURED_SHARD_ROWS = 2**9  # with four pictures of 7 kB a row, 14 MB a file; small, so that workers share them out evenly
ROWS_A_PICTURE = 10  # what a picture costs, in rows without one


@dataclass(frozen=True)
class Segment:
    """Rows of one level, from `start`; tables that are not made of levels have one segment of level 0."""

    level: int
    start: int
    count: int


@dataclass(frozen=True)
class ShardPlan:
    """One Parquet file of a release before it is built."""

    config: str
    split: str
    schema: str
    number: int
    of: int
    segments: tuple[Segment, ...]
    top: str = DATA

    @property
    def path(self) -> str:
        """The file's place in the release folder."""
        return f"{self.top}/{self.config}/{self.split}-{self.number:05d}-of-{self.of:05d}.parquet"

    @property
    def rows(self) -> int:
        """Rows that the file holds."""
        return sum(segment.count for segment in self.segments)


def plan(release: Release, shard_rows: int = SHARD_ROWS) -> tuple[ShardPlan, ...]:
    """Return all shards of a release, in the order of its file.

    Raises:
        CapacityError: Splits ask for more rows than their spaces hold.
    """
    shortages = [shortage for config in release.configs for shortage in _shortages(release, config)]
    if shortages:
        raise CapacityError(*shortages)
    shards: list[ShardPlan] = []
    for config in release.configs:
        for split in config.splits:
            segments = [Segment(level, 0, count) for level, count in zip(split.levels, split.rows, strict=True)]
            shards += shards_of_split(release, config, split, segments, shard_rows)
        shards += _shards_of_tables(tables(release, config), shard_rows)
    return (*shards, *_shards_of_tables(release_tables(release), shard_rows))


def shards_of_split(
    release: Release, config: Config, split: Split, segments: Sequence[Segment], shard_rows: int = SHARD_ROWS, top: str = DATA
) -> list[ShardPlan]:
    """Return the shards that hold these segments of a split, in order, beneath the folder `top`."""
    most = shard_rows if release.images_of(split) == NONE else min(shard_rows, PICTURED_SHARD_ROWS)
    return [replace(shard, top=top) for shard in _cut(config.family, split.name, schema_of_items(release), segments, most)]


def plan_of_tables(release: Release, shard_rows: int = SHARD_ROWS) -> tuple[ShardPlan, ...]:
    """Return the shards of everything that a release holds beside its items, in order."""
    published = [*(table for config in release.configs for table in tables(release, config)), *release_tables(release)]
    return tuple(_shards_of_tables(published, shard_rows))


def schema_of_items(release: Release) -> str:
    """Return the schema of all items of a release."""
    return PICTURED if release.is_pictured else "item"


def _shards_of_tables(published: Sequence[Table], shard_rows: int) -> list[ShardPlan]:
    every = [(table, [Segment(0, 0, table.rows)]) for table in published]
    return [shard for one, segments in every for shard in _cut(one.config, one.split, one.schema, segments, shard_rows)]


def release_tables(release: Release) -> Sequence[Table]:
    """Return the tables that belong to no family: with pictures, the vocabulary and its sprites."""
    return (vocabulary_table(release.vocabulary, release.look, release.canary),) if release.is_pictured else ()


def tables(release: Release, config: Config) -> Sequence[Table]:
    """Return the tables that a family publishes beside its items."""
    return FAMILIES[config.family].tables(release.part(config, config.splits[0], config.splits[0].levels[0]), config.options)


def rows_of_shard(release: Release, shard: ShardPlan) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a shard in order, in the column order of its schema."""
    for config in release.configs:
        if config.family == shard.config:
            split = next(split for split in config.splits if split.name == shard.split)
            for segment in shard.segments:
                yield from rows(config.options, release.part(config, split, segment.level), segment.start, segment.count)
    published = [*(table for config in release.configs for table in tables(release, config)), *release_tables(release)]
    for table in published:
        if (table.config, table.split) == (shard.config, shard.split):
            for segment in shard.segments:
                yield from table.make(segment.start, segment.count)


def cost(release: Release, shard: ShardPlan) -> int:
    """Return about what a shard costs to make, in rows without pictures."""
    every = (split for config in release.configs if config.family == shard.config for split in config.splits)
    images = next((release.images_of(split) for split in every if split.name == shard.split), NONE)
    return shard.rows * (1 + ROWS_A_PICTURE * pictures_an_item(images))


def pictures_of_shard(release: Release, shard: ShardPlan) -> Mapping[int, Pictures]:
    """Return what draws the pictures of a shard's items, by level; nothing for a release without pictures."""
    if shard.schema != PICTURED:
        return {}
    config = next(config for config in release.configs if config.family == shard.config)
    split = next(split for split in config.splits if split.name == shard.split)
    return {segment.level: release.pictures(config, split, segment.level) for segment in shard.segments}


def _shortages(release: Release, config: Config) -> Iterator[Shortage]:
    for split in config.splits:
        for level, want in zip(split.levels, split.rows, strict=True):
            have = len(config.options.space(release.part(config, split, level)))
            if want > have:
                where = f"{release.where}: {config.family}.splits.{split.name}.rows, level {level}"
                yield Shortage(where, have, want)


def _cut(config: str, split: str, schema: str, segments: Sequence[Segment], shard_rows: int) -> list[ShardPlan]:
    """Return segments in order, cut into shards of at most `shard_rows` rows."""
    files: list[list[Segment]] = [[]]
    room = shard_rows
    for segment in segments:
        start, left = segment.start, segment.count
        while left:
            if not room:
                files.append([])
                room = shard_rows
            taken = min(left, room)
            files[-1].append(Segment(segment.level, start, taken))
            start, left, room = start + taken, left - taken, room - taken
    return [ShardPlan(config, split, schema, i, len(files), tuple(parts)) for i, parts in enumerate(files)]
