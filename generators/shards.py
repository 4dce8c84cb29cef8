"""Makes one shard: rows, their proof, their schema, the file, its digests."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from unisandbox.errors import Violation
from unisandbox.generators.families.base import Item
from unisandbox.generators.findings import Finding
from unisandbox.generators.plan import PICTURED, ShardPlan, pictures_of_shard, rows_of_shard, tables
from unisandbox.generators.proof import prove
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release import Release
from unisandbox.generators.solvers.base import Solver
from unisandbox.schemas.arrow import table
from unisandbox.schemas.checks import check_table
from unisandbox.schemas.content import ContentHash
from unisandbox.schemas.files import file_sha256, remove_unfinished
from unisandbox.schemas.manifest import Shard
from unisandbox.schemas.parquet import open_writer
from unisandbox.schemas.rows import columns

CHUNK_ROWS = 4096
PICTURED_CHUNK_ROWS = 256  # rows that are in memory at once: with four pictures each, 8 MB
PICTURED_ROWS = (PICTURED, "noun")
MOST_VIOLATIONS = 20  # enough to see what is wrong; the build stops anyway


@dataclass(frozen=True)
class ShardJob:
    """A shard to be made in a folder."""

    release: Release
    shard: ShardPlan
    folder: Path


class BadRowsError(Exception):
    """Rows of a shard break a rule; caught where the file is written, so that no file is left."""

    def __init__(self, violations: list[Violation]) -> None:
        self.violations = violations
        super().__init__(f"{len(violations)} violations")


def make_shard(job: ShardJob) -> Shard | list[Violation]:
    """Return the entry of a shard whose file stands in the folder, or what is wrong with its rows: then there is no file."""
    path = job.folder / job.shard.path
    remove_unfinished(path)
    content = ContentHash(job.shard.schema)
    gc.disable()  # rows are trees of tuples without cycles; looking for some among them costs a third of the time
    try:
        with open_writer(path, job.shard.schema) as writer:
            for chunk in proved_chunks(job.release, job.shard):
                made = table(_with_pictures(chunk, job), job.shard.schema)
                _refuse(check_table(made, job.shard.schema), job.shard)
                content.update(made)
                writer.write(made)
    except BadRowsError as error:
        return error.violations
    finally:
        gc.enable()
    return Shard(
        config=job.shard.config,
        split=job.shard.split,
        path=job.shard.path,
        rows=job.shard.rows,
        size_bytes=path.stat().st_size,
        sha256=file_sha256(path),
        content_sha256=content.hexdigest(),
    )


def proved_chunks(release: Release, shard: ShardPlan) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows of a shard, some thousands at a time, each item proved by its solver.

    Raises:
        BadRowsError: The first rows that are not proved.
    """
    solver = solver_of(release, shard.config) if shard.schema in ("item", PICTURED) else None
    made = rows_of_shard(release, shard)
    while chunk := list(itertools.islice(made, PICTURED_CHUNK_ROWS if shard.schema in PICTURED_ROWS else CHUNK_ROWS)):
        if solver:
            found = itertools.chain.from_iterable(prove(item, solver) for item in chunk if isinstance(item, Item))
            _refuse([violation(one) for one in itertools.islice(found, MOST_VIOLATIONS)], shard)
        yield chunk


def _with_pictures(chunk: list[tuple[Any, ...]], job: ShardJob) -> list[tuple[Any, ...]]:
    """Return rows with the cells of their pictures, where their schema has them."""
    by_level = pictures_of_shard(job.release, job.shard)
    if not by_level:
        return chunk
    return [(*item, *by_level[item.level].cells(item)) for item in chunk if isinstance(item, Item)]


@lru_cache(maxsize=4)
def solver_of(release: Release, family: str) -> Solver:
    """Return the solver of a family's items, who has read the documents that the release publishes for it."""
    config = next(config for config in release.configs if config.family == family)
    published = (one for one in tables(release, config) if one.schema == "document")
    documents = (row for one in published for row in one.make(0, one.rows))
    place = columns("document").index("messages")
    return FAMILIES[family].solver(tuple(content for _, content in document[place]) for document in documents)


def violation(found: Finding) -> Violation:
    """Return a finding about an item as a violation of a build."""
    return Violation(f"{found.item}: {found.field}", f"{found.rule}: {found.found}", found.allowed, found.fix)


def _refuse(violations: list[Violation], shard: ShardPlan) -> None:
    if violations:
        named = [Violation(f"{shard.path}: {one.where}", one.found, one.allowed, one.fix) for one in violations]
        raise BadRowsError(named[:MOST_VIOLATIONS])
