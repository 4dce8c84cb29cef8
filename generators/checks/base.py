"""What every check of an audit gives and gets: results in one form, and a release folder as its files tell it.

A check is a function from `Published` to results. It reads columns, never pictures, and never the code that made the rows; what
the release promises stands in the manifest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from unisandbox.errors import DataError, Violation
from unisandbox.schemas.manifest import Manifest, read_manifest

PASS, FAIL, NOTE = VERDICTS = ("pass", "fail", "note")
PROOF, JUDGEMENT = SEVERITIES = ("proof", "judgement")
CONFIDENCE = 0.99
MOST_EXAMPLES = 5
TRAIN, VALIDATION = "train", "validation"
MAY_BE_NULL = ("factors.direction", "factors.style", "factors.expression", "attribute", "value")


@dataclass(frozen=True, kw_only=True)
class Result:
    """One line of an audit.

    Attributes:
        rule: Name of the rule, as `audit --list` has it.
        scope: What was looked at, e.g. `mapping/test, level 2`.
        figure: What was found, for people, e.g. `0 of 1,500`.
        allowed: What the rule allows, for people, e.g. `0`.
        verdict: `pass`, `fail`, or `note` for a figure that is told and not judged.
        severity: `proof` where the figure settles it, `judgement` where a person decides.
        n: Rows, keys or cases that the figure is of.
        value: The figure as a number, where it is one.
        interval: Its interval of 99%, where it is an estimate.
        examples: Ids or texts that show what was found; at most five.
    """

    rule: str
    scope: str
    figure: str
    allowed: str
    verdict: str
    severity: str = PROOF
    n: int = 0
    value: float | None = None
    interval: tuple[float, float] | None = None
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A rule of an audit: its name, what it says in one line, and where it comes from."""

    name: str
    says: str
    source: str
    severity: str = PROOF


@dataclass(frozen=True)
class Promise:
    """What a release promises of one split of items: levels, rows of each, and the axes on which it shares nothing with train."""

    config: str
    split: str
    levels: tuple[int, ...]
    held_out: tuple[str, ...]


class Published:
    """A release folder, as read from its manifest and its Parquet files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest; raises `DataError` where there is none that can be read."""
        return read_manifest(self.folder)

    @cached_property
    def release(self) -> Mapping[str, Any]:
        """The release as its manifest tells it: options of the families, splits, hold-outs.

        Raises:
            DataError: The manifest tells nothing of it.
        """
        told = self.manifest.release
        if not told:
            found = "a manifest without `release`"
            fix = "build the release again with this version"
            raise DataError(Violation(str(self.folder / "manifest.json"), found, "what the release promises", fix))
        return told

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        """What is promised of each split of items, in the order of the release."""
        try:
            return tuple(
                Promise(config["family"], split["name"], tuple(split["levels"]), tuple(split["held_out"]))
                for config in self.release["configs"]
                for split in config["splits"]
            )
        except (KeyError, TypeError) as error:
            where = f"{self.folder / 'manifest.json'}: release"
            raise DataError(
                Violation(where, f"a form that cannot be read ({error})", "a release in canonical form", "build it again")
            ) from None

    def options(self, family: str) -> Mapping[str, Any]:
        """Return the options of a family."""
        options: Mapping[str, Any] = next(config["options"] for config in self.release["configs"] if config["family"] == family)
        return options

    @property
    def families(self) -> tuple[str, ...]:
        """The configs that hold items, in the order of the release."""
        return tuple(dict.fromkeys(promise.config for promise in self.promises))

    def splits(self, config: str) -> tuple[str, ...]:
        """Return the splits of a config, in the order of the manifest."""
        return tuple(dict.fromkeys(shard.split for shard in self.manifest.shards if shard.config == config))

    def table(self, config: str, split: str, columns: Sequence[str]) -> pa.Table:
        """Return columns of a split, all files in order; a nested one as `factors.objects`, under that name.

        Raises:
            DataError: A file is absent or damaged, or lacks a column.
        """
        paths = [self.folder / shard.path for shard in self.manifest.shards if (shard.config, shard.split) == (config, split)]
        return pa.concat_tables(_read(path, columns) for path in paths)

    def levels(self, config: str, split: str, columns: Sequence[str]) -> Iterator[tuple[int, pa.Table]]:
        """Yield the levels of a split with their rows, lowest first; `columns` need not name `level`."""
        every = self.table(config, split, ["level", *(column for column in columns if column != "level")])
        at = every.column("level").to_numpy()
        for level in sorted(set(at.tolist())):
            yield level, every.filter(pa.array(at == level))


Checking = Callable[[Published], Iterable[Result]]


def proportion_interval(hits: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the Wilson interval of a share (Wilson 1927): it holds for shares near 0 and 1 too; n is at least 1.

    >>> low, high = proportion_interval(50, 100)
    >>> round(low, 3), round(high, 3)
    (0.375, 0.625)
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, spread = hits / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def shared(rule: str, scope: str, hits: int, n: int, examples: Sequence[str] = ()) -> Result:
    """Return the result of a rule that allows nothing to be shared, or found: `0 of n` passes."""
    verdict = FAIL if hits else PASS
    shown = tuple(examples[:MOST_EXAMPLES])
    return Result(
        rule=rule, scope=scope, figure=f"{hits:,} of {n:,}", allowed="0", verdict=verdict, n=n, value=float(hits), examples=shown
    )


def _read(path: Path, columns: Sequence[str]) -> pa.Table:
    try:
        with pq.ParquetFile(path) as file:  # `read_table` would name a nested column by its leaf alone
            table = file.read(columns=list(columns))
    except (OSError, pa.ArrowException) as error:
        first_line = str(error).partition("\n")[0]
        raise DataError(Violation(str(path), first_line, "a Parquet file", "build or download it again")) from None
    found = {column: _column(table, column, path) for column in columns}
    for column, values in found.items():
        if values.null_count and column not in MAY_BE_NULL:
            where, allowed = f"{path}: {column}", "a value in every row"
            raise DataError(
                Violation(where, f"nothing in {values.null_count:,} rows", allowed, "`unisandbox validate` names them")
            )
    return pa.table(found)


def _column(table: pa.Table, name: str, path: Path) -> pa.ChunkedArray:
    """Return a column by its dotted name."""
    first, *rest = name.split(".")
    if first not in table.column_names:
        raise DataError(Violation(str(path), f"no column {name}", "the columns of an item", "build or download it again"))
    column = table.column(first)
    for member in rest:
        column = pa.chunked_array([chunk.field(member) for chunk in column.chunks], column.type.field(member).type)
    return column
