"""The numbers of a card, counted in the Parquet files: how many items each split has at each level, and their guess rate."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from unisandbox.cards.metadata import item_configs, splits_by_config
from unisandbox.cards.promises import held_out, pictures
from unisandbox.errors import DataError, Violation
from unisandbox.schemas.manifest import Manifest, Shard


@dataclass(frozen=True, slots=True)
class Level:
    """The items of a split at one level: how many, and the mean of their `chance`, 0 to 1."""

    rows: int
    guess_rate: float


@dataclass(frozen=True, slots=True)
class Split:
    """A split of items: its levels in ascending order, the axes that it holds out and which pictures it has, where told."""

    config: str
    name: str
    levels: Mapping[int, Level]
    held_out: tuple[str, ...]
    pictures: str

    @property
    def rows(self) -> int:
        """How many items there are at all levels."""
        return sum(level.rows for level in self.levels.values())


def item_splits(folder: Path, manifest: Manifest) -> tuple[Split, ...]:
    """Return the splits of items of a release, in the order of its manifest.

    Raises:
        DataError: A file is absent or damaged, or holds another number of rows than the manifest says; or the manifest tells of
            the splits in a form that cannot be read.
    """
    by_config, axes, shown = splits_by_config(manifest.shards), held_out(manifest), pictures(manifest)
    return tuple(
        Split(config, split, _levels(folder, shards), axes.get((config, split), ()), shown.get(f"{config}/{split}", "none"))
        for config in item_configs(manifest)
        for split, shards in by_config[config].items()
    )


def other_rows(manifest: Manifest) -> dict[tuple[str, str], int]:
    """Return the rows of each config and split that holds no items."""
    items = item_configs(manifest)
    return {
        (config, split): sum(shard.rows for shard in shards)
        for config, splits in splits_by_config(manifest.shards).items()
        if config not in items
        for split, shards in splits.items()
    }


def _levels(folder: Path, shards: Iterable[Shard]) -> dict[int, Level]:
    """Return the levels of a split. Equal chances are counted, then summed once: the mean does not depend on the shards."""
    from unisandbox.schemas.parquet import read_tables

    counts: dict[int, Counter[float]] = {}
    for shard in shards:
        rows = 0
        for table in read_tables(folder / shard.path, "item", ["level", "chance"]):
            rows += table.num_rows
            for one in table.group_by(["level", "chance"]).aggregate([([], "count_all")]).to_pylist():
                counts.setdefault(one["level"], Counter())[one["chance"]] += one["count_all"]
        if rows != shard.rows:
            fix = "build or download the folder again"
            raise DataError(Violation(str(folder / shard.path), f"{rows} rows", f"{shard.rows} rows, as the manifest says", fix))
    return {level: _level(counts[level]) for level in sorted(counts)}


def _level(chances: Mapping[float, int]) -> Level:
    rows = sum(chances.values())
    return Level(rows, math.fsum(chance * count for chance, count in chances.items()) / rows)
