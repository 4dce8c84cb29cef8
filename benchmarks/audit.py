"""Prints what the checks of an audit cost on a million training rows and a tenth as many test rows, and what solving again costs.

    python benchmarks/audit.py --rows 1000000 --json benchmarks/results/audit.json

Each kind of check runs in a fresh process, which reads the files itself: CPU seconds (of all threads), wall seconds and peak RSS
are of that process. Then all kinds run together as `unisandbox audit` runs them, on two processes: RSS is the peak of their sum.
The rows are made on the spot and without proof, which is not part of the figures.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import platform
import resource
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from unisandbox import __version__
from unisandbox.generators.audit import audit
from unisandbox.generators.audit_items import audit_items
from unisandbox.generators.checks.base import FAIL, Published
from unisandbox.generators.checks.catalogue import CHECKS
from unisandbox.generators.engines import run
from unisandbox.generators.plan import plan, rows_of_shard
from unisandbox.generators.release import Release
from unisandbox.generators.release_file import parse_release
from unisandbox.generators.shards import CHUNK_ROWS, ShardJob
from unisandbox.schemas.arrow import table
from unisandbox.schemas.content import ContentHash
from unisandbox.schemas.files import file_sha256
from unisandbox.schemas.manifest import Manifest, Shard, read_manifest, write_manifest
from unisandbox.schemas.parquet import open_writer, read_rows

WORKERS = 2
MOST_WALL_S, MOST_RSS_MIB = 60, 1907  # 2 GB
SAMPLED_EVERY_S = 0.02
SOLVED_ROWS = 20_000
TEXT = """
name = "bench"
version = "0.0.0"
line = "bench-audit"
seed = 1
editions = 1
vocabulary = 2
canary = "bench"

[math]
answers = [2, 7]
unreached_answers = 0
splits.train = {{levels = [1, 2, 3], rows = {train}}}
splits.test = {{levels = [1, 2, 3], rows = {test}, held_out = ["key"]}}

[knowledge] # as in 0.2.0: its corpus and its names are what two kinds of check are about
characters = 200
exposures = 20
least_name_edits = 2
splits.train = {{levels = [1, 2], rows = 1000}}
splits.test = {{levels = [1, 2], rows = [1000, 500], held_out = ["key", "entity"]}}
"""


@dataclass(frozen=True)
class Measured:
    """One path: what it looked at and what it cost; `rows` is 0 where rows are not what counts."""

    path: str
    cpu_s: float
    wall_s: float
    peak_rss_mib: float
    results: int
    failed: int
    rows: int = 0


def release_of(rows: int) -> Release:
    """Return a release of three levels of `math`, with so many training rows in all, beside a small `knowledge`."""
    return parse_release(TEXT.format(train=rows // 3, test=rows // 30), where="bench")


def made(job: ShardJob) -> Shard:
    """Return a shard whose rows were written as they came, without a check."""
    planned, path = job.shard, job.folder / job.shard.path
    content, rows = ContentHash(planned.schema), rows_of_shard(job.release, planned)
    with open_writer(path, planned.schema) as writer:
        while chunk := list(itertools.islice(rows, CHUNK_ROWS)):
            written = table(chunk, planned.schema)
            content.update(written)
            writer.write(written)
    sizes = (planned.rows, path.stat().st_size, file_sha256(path), content.hexdigest())
    return Shard(planned.config, planned.split, planned.path, *sizes)


def write_release(release: Release, folder: Path) -> None:
    """Write all shards and the manifest of a release."""
    jobs = [ShardJob(release, shard, folder) for shard in plan(release)]
    shards = {shard.path: shard for shard in run(made, jobs, WORKERS)}
    named = {key: getattr(release, key) for key in ("name", "version", "line", "seed", "edition", "fingerprint", "canary")}
    told = json.loads(json.dumps(release.canonical()))
    write_manifest(folder, Manifest(**named, shards=tuple(shards[job.shard.path] for job in jobs), release=told))


def check(folder: Path, kind: str) -> Measured:
    """Return what one kind of check costs in this process."""

    def work() -> tuple[int, int]:
        published = Published(folder)
        results = [result for one in CHECKS[kind][1] for result in one(published)]
        return len(results), sum(result.verdict == FAIL for result in results)

    return timed(kind, work)


def solve(folder: Path) -> Measured:
    """Return what solving test rows of `math` again costs in this process: rows of every level, as many of each."""
    (shard, *_) = (one for one in read_manifest(folder).shards if (one.config, one.split) == ("math", "test"))
    every = list(read_rows(folder / shard.path, "item"))
    rows = every[:: max(len(every) // SOLVED_ROWS, 1)]
    return timed("solving again", lambda: (1, len(audit_items("test", rows, folder, {}).findings)), len(rows))


def timed(path: str, work: Callable[[], tuple[int, int]], rows: int = 0) -> Measured:
    """Return what a piece of work costs; it returns how many results it has and how many of them failed."""
    wall, cpu = time.perf_counter(), time.process_time()
    results, failed = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    rss_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(path, round(cpu, 2), round(wall, 2), round(rss_mib), results, failed, rows)


def together(folder: Path) -> Measured:
    """Return what all checks cost as the command runs them, without solving again."""
    rules = [rule.name for rules, _ in CHECKS.values() for rule in rules]
    before, wall = cpu_s_of_all(), time.perf_counter()
    with PeakRss() as peak:
        results = audit([folder], workers=WORKERS, only=rules).results
    cost = (round(cpu_s_of_all() - before, 2), round(time.perf_counter() - wall, 2), round(peak.mib))
    return Measured(f"all checks, {WORKERS} processes", *cost, len(results), sum(one.verdict == FAIL for one in results))


def cpu_s_of_all() -> float:
    """Return the CPU seconds of this process and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class PeakRss:
    """Watches what this process and its children hold in memory together; Linux alone says so."""

    mib = 0.0

    def __enter__(self) -> PeakRss:
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._sample, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watch.join()

    def _sample(self) -> None:
        while not self._ended.wait(SAMPLED_EVERY_S):
            pids = [os.getpid(), *(child.pid for child in multiprocessing.active_children())]
            self.mib = max(self.mib, sum(rss_mib(pid) for pid in pids if pid))


def rss_mib(pid: int) -> float:
    """Return what a process holds in memory, in MiB; 0 for one that has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 2**20


def measured(folder: Path) -> Iterator[Measured]:
    """Yield every kind of check and solving again, each in a fresh process, then all checks together."""
    for work in (*(partial(check, folder, kind) for kind in CHECKS), partial(solve, folder)):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
            yield fresh.submit(work).result()
    yield together(folder)


def main() -> None:
    """Measure and print; write the figures where --json says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="training rows of math; test rows are a tenth")
    parser.add_argument("--json", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, unisandbox {__version__}"
    print(machine)
    with TemporaryDirectory() as name:
        release, folder = release_of(arguments.rows), Path(name) / "release"
        write_release(release, folder)
        counts = {f"{one.family}/{split.name}": sum(split.rows) for one in release.configs for split in one.splits}
        print(", ".join(f"{split} {count:,} rows" for split, count in counts.items()), flush=True)
        found = []
        for one in measured(folder):
            found.append(one)
            cost = f"{one.cpu_s:>8.2f} CPU-s {one.wall_s:>8.2f} s {one.peak_rss_mib:>7,.0f} MiB"
            told = f"{one.rows / one.cpu_s:,.0f} rows/CPU-s" if one.rows else f"{one.results} results, {one.failed} failed"
            print(f"{one.path:<26}{cost}   {told}", flush=True)
    is_met = found[-1].wall_s < MOST_WALL_S and found[-1].peak_rss_mib < MOST_RSS_MIB
    print(f"goal of under {MOST_WALL_S} s and {MOST_RSS_MIB:,} MiB: {'met' if is_met else 'missed'}")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        document = {"machine": machine, "rows": counts, "measured": [asdict(one) for one in found]}
        arguments.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
