"""Reads splits of a built release, after it has proved that their files are those that the manifest names.

A score is only worth something beside the exact data that it was measured on, so nothing is read from a file that was cut short,
edited or taken from another version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.collection import collection_paused
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.selection import evenly
from unisandbox.schemas.manifest import Manifest, Shard, read_manifest, shard_violations
from unisandbox.schemas.parquet import read_rows

FOILS_WITHOUT_PICTURES: Final = ("foils.list.element.change", "foils.list.element.target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What scoring needs of an item: the columns of `item.schema.json` but for pictures, trace, key and canary.

    Attributes:
        choices: All answers of `ask` that are allowed, the right one included.
        chance: What the best blind guesser scores.
        target: What a right picture shows, in the form of the column: `kind` and `objects`.
        foils: The near misses, each with `change` and `target`; empty where the release has none.
        config: The config that the row was read from.
        file: Path of the Parquet file; its pictures are read when somebody wants them (`pictures.py`).
        row: Which row of the file, from 0.
    """

    id: str
    family: str
    level: int
    split: str
    group: str
    cluster: str
    draw: str
    literal: str
    ask: str
    answer: str
    choices: tuple[str, ...]
    chance: float
    target: Mapping[str, Any]
    factors: Mapping[str, Any]
    foils: tuple[Mapping[str, Any], ...] = ()
    config: str = ""
    file: Path = Path()
    row: int = 0


class ItemSet(NamedTuple):
    """The items of one run in the order of work, from which splits they are, and the sha256 of all that is asked of a model."""

    items: tuple[Item, ...]
    sources: tuple[str, ...]
    sha256: str


def scored_items(
    folder: Path,
    splits: Sequence[str] = ("test",),
    *,
    limit: int | None = None,
    families: Sequence[str] = (),
    levels: Sequence[int] = (),
) -> ItemSet:
    """Return the items to score, in whole groups, families, levels and splits taking turns, so that any beginning is balanced.

    Args:
        folder: A built release.
        splits: Names of splits; each is taken from every config of items that has it.
        limit: How many items at most; groups stay whole, so it may be a few less.
        families: Only these; all where it is empty.
        levels: Only these; all where it is empty.

    Raises:
        DataError: As `read_items`; a split, family or level that the release does not have; or not even one group fits.
    """
    manifest = read_manifest(folder)
    chosen = [shard for shard in _item_shards(manifest) if shard.split in splits]
    _refuse_unknown(folder, "split", splits, sorted({shard.split for shard in _item_shards(manifest)}))
    _refuse_changed(folder, chosen)
    with collection_paused():
        found = [item for shard in chosen for item in _items(folder, shard)]
    _refuse_unknown(folder, "family", families, sorted({item.family for item in found}))
    _refuse_unknown(folder, "level", levels, sorted({item.level for item in found}))
    wanted = [item for item in found if item.family in (families or (item.family,)) and item.level in (levels or (item.level,))]
    items = evenly(wanted, limit)
    if not items:
        raise DataError(Violation(str(folder), "no item left", "one group or more", "choose other families, levels or a limit"))
    sources = tuple(sorted({f"{item.config}/{item.split}" for item in items}))
    return ItemSet(items, sources, items_sha256(items))


def items_sha256(items: Iterable[Item]) -> str:
    """Return the sha256 of what is asked and what is right, in whichever order the items come."""
    said = (
        (item.id, item.draw, item.literal, item.ask, item.answer, item.choices, item.target, item.group, item.cluster)
        for item in items
    )
    return digest(sorted(said, key=itemgetter(0)))


def read_items(folder: Path, config: str, split: str) -> Iterator[dict[str, Any]]:
    """Return the items of a split in the order of its files; all files are checked before the first item is given out.

    Args:
        folder: A built release: the folder that holds `manifest.json`.
        config: A config of items, e.g. `math`.
        split: One of its splits, e.g. `test_deeper`.

    Raises:
        DataError: The manifest is absent or malformed, it does not name the split, or a file is not the one that it names.
    """
    shards = _shards(read_manifest(folder), folder, config, split)
    _refuse_changed(folder, shards)
    return (row for shard in shards for row in read_rows(folder / shard.path, "item"))


def read_config(folder: Path, config: str, name: str, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Return all rows of a config that holds no items, e.g. `vocabulary` with rows of `noun`; none where the release lacks it.

    Args:
        folder: A built release.
        config: Name of the config.
        name: The declaration of its rows.
        columns: Which columns to read; all where it is None.

    Raises:
        DataError: The manifest is absent or malformed, or a file is not the one that it names.
    """
    shards = sorted((one for one in read_manifest(folder).shards if one.config == config), key=lambda one: one.path)
    _refuse_changed(folder, shards)
    return [row for shard in shards for row in read_rows(folder / shard.path, name, columns)]


def _items(folder: Path, shard: Shard) -> Iterator[Item]:
    import pyarrow.parquet as pq

    path = folder / shard.path
    with pq.ParquetFile(path) as file:
        there = file.schema_arrow.names
        plain = [field.name for field in fields(Item) if field.name in there and field.name != "foils"]
        table = file.read(columns=[*plain, *(FOILS_WITHOUT_PICTURES if "foils" in there else ())])
    for number, row in enumerate(table.to_pylist()):
        row["choices"], row["foils"] = tuple(row["choices"]), tuple(row.get("foils") or ())
        yield Item(**row, config=shard.config, file=path, row=number)


def _item_shards(manifest: Manifest) -> list[Shard]:
    """Return the files of items: a config of items is named as its family is, and only such have a test split."""
    others = {"vocabulary", "entities", "knowledge_corpus"}
    return sorted((shard for shard in manifest.shards if shard.config not in others), key=lambda shard: shard.path)


def _shards(manifest: Manifest, folder: Path, config: str, split: str) -> list[Shard]:
    shards = [shard for shard in manifest.shards if (shard.config, shard.split) == (config, split)]
    if not shards:
        known = sorted({f"{shard.config}/{shard.split}" for shard in manifest.shards})
        raise DataError(Violation(str(folder), f"no {config}/{split}", ", ".join(known), "name a split that the release has"))
    return sorted(shards, key=lambda shard: shard.path)


def _refuse_changed(folder: Path, shards: Iterable[Shard]) -> None:
    if wrong := [violation for shard in shards for violation in shard_violations(folder, shard)]:
        raise DataError(wrong)


def _refuse_unknown(folder: Path, what: str, wanted: Sequence[str] | Sequence[int], known: Sequence[str] | Sequence[int]) -> None:
    there = ", ".join(map(str, known))
    if unknown := [name for name in wanted if name not in known]:
        raise DataError(Violation(str(folder), f"no {what} {name}", there, f"name a {what} that is there") for name in unknown)
