"""Solves a million rows of each family again and counts the findings; nothing is written but the figures.

    python benchmarks/prove.py --rows 1000000 --workers 2

The rows are spread over the splits and levels of the default release's options, from as many editions as it takes.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import time
from dataclasses import dataclass, replace

from unisandbox.generators.engines import run
from unisandbox.generators.proof import prove
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release import Config, Release
from unisandbox.generators.release_file import read_release
from unisandbox.generators.rows import rows
from unisandbox.generators.shards import solver_of

EDITIONS = 20  # more rows than one edition of the smallest parts holds


@dataclass(frozen=True)
class Job:
    """So many rows of every split and level of a family, from one edition."""

    family: str
    edition: int
    rows_a_part: int


@dataclass(frozen=True)
class Proved:
    """What came of a job: rows, findings with the first of them, and the CPU-seconds of rows and proofs."""

    family: str
    rows: int
    findings: int
    first: str
    cpu_s: float


def editions_of(edition: int) -> Release:
    """Return the default release as one of many editions; every edition has worlds and items of its own."""
    return replace(read_release("0.1.0"), editions=64, edition=edition)


def prove_job(job: Job) -> Proved:
    """Return the outcome of a job."""
    gc.disable()
    release = editions_of(job.edition)
    config = next(config for config in release.configs if config.family == job.family)
    solver, started, count, found = solver_of(release, job.family), time.process_time(), 0, []
    for split in config.splits:
        for level in split.levels:
            part = release.part(config, split, level)
            for item in rows(config.options, part, 0, min(job.rows_a_part, len(config.options.space(part)))):
                count += 1
                found += prove(item, solver)
    gc.enable()
    return Proved(job.family, count, len(found), str(found[0]) if found else "", time.process_time() - started)


def jobs_of(config: Config, total: int) -> list[Job]:
    """Return the jobs that make up at least so many rows of a family: small parts give all they hold, the others more."""
    release = editions_of(0)
    held = [len(config.options.space(release.part(config, split, level))) for split in config.splits for level in split.levels]
    wanted = -(-total // EDITIONS)
    if wanted > sum(held):
        raise SystemExit(f"{config.family}: {EDITIONS} editions hold {EDITIONS * sum(held)} rows; ask for no more")
    a_part = next(count for count in itertools.count(2, 2) if sum(min(count, have) for have in held) >= wanted)
    return [Job(config.family, edition, a_part) for edition in range(EDITIONS)]


def main() -> None:
    """Prove and print; the exit status is 1 where there is a finding."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of each family")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--family", choices=tuple(FAMILIES), action="append", help="only this family")
    arguments = parser.parse_args()
    findings = 0
    for config in read_release("0.1.0").configs:
        if config.family in (arguments.family or FAMILIES):
            done = list(run(prove_job, jobs_of(config, arguments.rows), arguments.workers))
            count, seconds = sum(one.rows for one in done), sum(one.cpu_s for one in done)
            found = sum(one.findings for one in done)
            findings += found
            print(
                f"{config.family}: {count:,} rows, {found} findings, {count / seconds:,.0f} rows/CPU-s made and proved",
                flush=True,
            )
            print(next((one.first for one in done if one.first), "no finding"), flush=True)
    raise SystemExit(1 if findings else 0)


if __name__ == "__main__":
    main()
