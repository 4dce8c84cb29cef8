"""Prints rows per CPU-second of the row path, beside reasoning-gym and the write-only ceiling, all in one run.

    python benchmarks/build.py --rows 50000 --json benchmarks/results/build.json

Ratios are what to read: CPU-seconds differ by machine and by what else it does, the ratios of one run much less.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import reasoning_gym

from unisandbox import __version__
from unisandbox.generators.families.base import Item, Part
from unisandbox.generators.plan import plan
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release import Config, Release, Split
from unisandbox.generators.rows import rows
from unisandbox.generators.shards import CHUNK_ROWS, ShardJob, make_shard
from unisandbox.schemas.arrow import table
from unisandbox.schemas.manifest import Shard
from unisandbox.schemas.parquet import open_writer, write_parquet

REPEATS = 3
REASONING_GYM_ROWS = 20_000  # its dearest rows decide its mean, and the first of them come after 10,000


@dataclass(frozen=True)
class Measured:
    """One path: rows written and the CPU-seconds of the best of some repeats."""

    path: str
    rows: int
    cpu_s: float

    @property
    def rows_per_cpu_s(self) -> float:
        """Rows a CPU-second."""
        return self.rows / self.cpu_s


def best_cpu_s(work: Callable[[], None]) -> float:
    """Return the CPU-seconds of the fastest of some runs."""
    found = []
    for _ in range(REPEATS):
        gc.collect()
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


def release_of(family: str, level: int, count: int) -> Release:
    """Return a release of one train split of one level."""
    splits = (Split(name="train", levels=(level,), rows=(count,)),)
    config = Config(family=family, options=FAMILIES[family].options(), splits=splits)
    return Release(name="bench", version="0.0.0", line="bench", seed=1, editions=1, canary="bench", configs=(config,))


def part_of(release: Release, level: int) -> Part:
    """Return the only part of such a release."""
    (config,) = release.configs
    return release.part(config, config.splits[0], level)


def write_rows(release: Release, level: int, count: int, folder: Path) -> None:
    """Write rows to Parquet as they are made, without a check."""
    (config,) = release.configs
    made = rows(config.options, part_of(release, level), 0, count)
    gc.disable()  # as the build does
    with open_writer(folder / "rows.parquet", "item") as writer:
        while chunk := [item for _, item in zip(range(CHUNK_ROWS), made, strict=False)]:
            writer.write(table(chunk, "item"))
    gc.enable()


def build_shards(release: Release, folder: Path) -> None:
    """Make all shards as a build does: solver, schema, content digest, file digest."""
    for shard in plan(release):
        made = make_shard(ShardJob(release, shard, folder))
        if not isinstance(made, Shard):
            raise SystemExit(f"rows are wrong: {made[0]}")


def items_of(release: Release, level: int, count: int) -> list[Item]:
    """Return items in memory."""
    (config,) = release.configs
    return list(rows(config.options, part_of(release, level), 0, count))


def measured(count: int, folder: Path) -> Iterator[Measured]:
    """Yield every path, the yardsticks first."""
    yield Measured("reasoning-gym basic_arithmetic -> JSONL", REASONING_GYM_ROWS, best_cpu_s(lambda: reasoning_gym_jsonl(folder)))
    ceiling = table(items_of(release_of("math", 1, count), 1, count), "item")
    seconds = best_cpu_s(lambda: write_parquet(ceiling, folder / "ceiling.parquet", "item"))
    yield Measured("write-only ceiling, math", count, seconds)
    for family, level in (("math", 1), ("math", 2), ("math", 3), ("mapping", 1), ("mapping", 2), ("mapping", 3)):
        release = release_of(family, level, count)
        seconds = best_cpu_s(lambda release=release, level=level: write_rows(release, level, count, folder))  # type: ignore[misc]
        yield Measured(f"row path -> Parquet, {family} level {level}", count, seconds)
    for family, level in (("math", 1), ("mapping", 2)):
        release = release_of(family, level, count)
        seconds = best_cpu_s(lambda release=release: build_shards(release, folder))  # type: ignore[misc]
        yield Measured(f"with all checks and digests, {family} level {level}", count, seconds)


def reasoning_gym_jsonl(folder: Path) -> None:
    """Write reasoning-gym's arithmetic with its default options as JSON lines."""
    made = reasoning_gym.create_dataset("basic_arithmetic", size=REASONING_GYM_ROWS, seed=42)
    with open(folder / "reasoning_gym.jsonl", "w", encoding="utf-8") as sink:
        for row in made:
            sink.write(json.dumps(row) + "\n")


def main() -> None:
    """Measure and print; write the figures where --json says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=50_000, help="rows of each path")
    parser.add_argument("--json", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, unisandbox {__version__}"
    print(machine)
    with TemporaryDirectory() as name:
        found = []
        for one in measured(arguments.rows, Path(name)):
            found.append(one)
            ratio = one.rows_per_cpu_s / found[0].rows_per_cpu_s
            print(f"{one.path:<52} {one.rows_per_cpu_s:>12,.0f} rows/CPU-s {ratio:>8.1f} x reasoning-gym", flush=True)
    if arguments.json:
        figures = [{"path": one.path, "rows": one.rows, "rows_per_cpu_s": round(one.rows_per_cpu_s)} for one in found]
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps({"machine": machine, "measured": figures}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
