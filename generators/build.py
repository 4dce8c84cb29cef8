"""Builds a release folder: shards first, each whole or absent; then the checks across shards; the manifest last.

A folder with a manifest is complete. What is done is recorded beside the data, so that a killed build goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from unisandbox.errors import DataError, InterruptedBuildError, RowError, Violation
from unisandbox.generators.engines import run
from unisandbox.generators.folder import BuildFolder
from unisandbox.generators.manifests import facts_of, manifest_of
from unisandbox.generators.plan import SHARD_ROWS, ShardPlan, cost, plan
from unisandbox.generators.release import Release
from unisandbox.generators.shards import MOST_VIOLATIONS, ShardJob, make_shard
from unisandbox.generators.sprites import check_art
from unisandbox.generators.uniqueness import check_uniqueness
from unisandbox.generators.vocabulary import nouns
from unisandbox.schemas.manifest import Manifest, Shard, read_manifest, write_manifest


@dataclass(frozen=True)
class ShardDone:
    """Progress of a build: a shard stands; `reused` if it stood before."""

    shard: Shard
    reused: bool
    done: int
    of: int


@dataclass(frozen=True)
class Built:
    """What a build left: the manifest, or None while shards of other machines are missing."""

    manifest: Manifest | None
    made: int
    reused: int
    missing: int


@dataclass(frozen=True)
class Machine:
    """Which shards a call makes: number 1 of 3 makes the first, the fourth, the seventh, …"""

    number: int = 1
    of: int = 1

    def mine(self, shards: tuple[ShardPlan, ...]) -> tuple[ShardPlan, ...]:
        """Return the shards that this machine makes."""
        return shards[self.number - 1 :: self.of]


ALONE = Machine()
Report = Callable[[ShardDone], None]
Finish = Callable[[Path, Manifest], None]


def silent(_done: ShardDone) -> None:
    """Report nothing."""


def no_card(_path: Path, _manifest: Manifest) -> None:
    """Write nothing for people."""


def build(
    release: Release,
    path: Path,
    *,
    workers: int = 1,
    machine: Machine = ALONE,
    shard_rows: int = SHARD_ROWS,
    report: Report = silent,
    finish: Finish = no_card,
) -> Built:
    """Build a release in a folder, or go on with it, or find it complete.

    Args:
        release: What to build.
        path: The folder; it is empty or absent, or holds this release in part or whole.
        workers: Processes to use.
        machine: Which shards this call makes; the call that finds all shards done completes the folder.
        shard_rows: Rows of a shard at most.
        report: Told of each shard that stands.
        finish: Writes what people read (the card) once the data stands, before the manifest.

    Raises:
        CapacityError: The release asks for more rows than there are.
        RowError: Rows break a rule; the folder has no manifest then.
        DataError: The folder holds something else.
        InterruptedBuildError: Ctrl-C; what is done stays.
    """
    shards, folder = plan(release, shard_rows), BuildFolder(path, release)
    folder.refuse_other_content()
    _refuse_other_art(release)
    done = folder.standing(shards)
    for number, shard in enumerate(done.values(), start=1):
        report(ShardDone(shard, True, number, len(shards)))
    reused = len(done)
    if folder.is_complete and reused == len(shards) and read_manifest(path).release is not None:  # 0.1.0 did not write it
        return Built(read_manifest(path), 0, reused, 0)
    folder.open()
    todo = [shard for shard in machine.mine(shards) if shard.path not in done]
    todo.sort(key=lambda shard: cost(release, shard), reverse=True)  # else a dear one may keep one worker busy at the end
    try:
        for shard in _made(folder, todo, workers):
            done[shard.path] = shard
            report(ShardDone(shard, False, len(done), len(shards)))
        done = folder.standing(shards) if machine.of > 1 else done  # others may have been at work in the same folder
        missing = len(shards) - len(done)
        manifest = None if missing else _completed(folder, [done[shard.path] for shard in shards], finish)
    except KeyboardInterrupt:
        raise InterruptedBuildError(f"stopped with {len(done)} of {len(shards)} shards done; run it again to go on") from None
    return Built(manifest, len(todo), reused, missing)


def _made(folder: BuildFolder, todo: list[ShardPlan], workers: int) -> Iterator[Shard]:
    """Yield each shard once it stands and is recorded; the first bad rows stop the build, those of other shards told along."""
    violations: list[Violation] = []
    for result in run(make_shard, [ShardJob(folder.release, shard, folder.path) for shard in todo], workers):
        if isinstance(result, Shard):
            folder.record(result)
            yield result
            continue
        violations += result
        if len(violations) >= MOST_VIOLATIONS:
            break
    if violations:
        raise RowError(violations)


def _completed(folder: BuildFolder, shards: list[Shard], finish: Finish) -> Manifest:
    """Return the manifest of a folder in which all shards stand, written once the checks across shards have passed."""
    release = folder.release
    folder.refuse_strangers(shards)
    violations = check_uniqueness(release, folder.path, shards)
    if violations:
        raise RowError(violations)
    manifest = replace(manifest_of(release, folder.path, shards, facts_of(release)), seals=folder.seals())
    finish(folder.path, manifest)
    write_manifest(folder.path, manifest)
    folder.close()
    return manifest


def _refuse_other_art(release: Release) -> None:
    """Check, before hours of work, that the art has a sprite for every object."""
    if release.is_pictured:
        wrong = check_art(release.look.art, [noun.name for noun in nouns(release.vocabulary)])
        if wrong:
            raise DataError(wrong)
