"""Audits what lies at a path: a release folder by all checks, our items by their solvers, other people's files as questions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unisandbox.errors import DataError, Violation
from unisandbox.generators.audit_folder import refuse_unlike
from unisandbox.generators.audit_items import Report, audit_items, silent
from unisandbox.generators.checks.base import FAIL, PASS, Published, Result
from unisandbox.generators.checks.catalogue import CHECKS, SOLVED, all_rules
from unisandbox.generators.checks.held_out import against_release
from unisandbox.generators.engines import run
from unisandbox.generators.findings import RULES as FINDING_RULES
from unisandbox.generators.findings import FileAudit
from unisandbox.generators.foreign import audit_files
from unisandbox.generators.foreign_questions import rows_of
from unisandbox.generators.registry import FAMILIES
from unisandbox.schemas.manifest import FILE_NAME, read_manifest
from unisandbox.schemas.parquet import read_rows
from unisandbox.schemas.validate import check_rows

MOST_NAMED = 5


@dataclass(frozen=True)
class Audited:
    """What an audit found: findings about single items by file, and (of a release folder) a result for each check and scope."""

    files: tuple[FileAudit, ...]
    results: tuple[Result, ...] = ()


@dataclass(frozen=True)
class Job:
    """A piece of the audit of a release folder: the items of a file, a kind of check, or the comparison with another release."""

    folder: Path
    path: str = ""
    check: str = ""
    against: Path | None = None

    @property
    def text(self) -> str:
        """The job in a progress bar."""
        return self.path or self.check or f"against {self.against}"


def audit(
    paths: Sequence[Path],
    *,
    workers: int = 1,
    only: Sequence[str] = (),
    against: Path | None = None,
    report: Report = silent,
) -> Audited:
    """Return the audit of a release folder, of a Parquet or JSONL file of our items, or of foreign files given together.

    Args:
        paths: One path, or several foreign files: what several files say of one thing is compared.
        workers: Processes to use for a release folder.
        only: Names of rules to look at; all where there are none.
        against: Another release folder: editions of one line share no item.
        report: Told of each piece that is done: its name, how many are done, of how many.

    Raises:
        DataError: A path holds nothing that can be audited, or a folder is not what its manifest says.
    """
    _refuse_unknown(only)
    first = paths[0]
    if len(paths) == 1 and first.is_dir() and (first / FILE_NAME).exists():
        audited = _audit_release(first, workers, only, against, report)
        if not audited.files and not audited.results:
            raise _nothing_looked_at(first, only, "rules that apply to this release")
        return audited
    if against is not None:
        raise DataError(Violation("--against", str(first), "a release folder", "give the folder of a release"))
    if only and not {SOLVED, *FINDING_RULES} & {*only}:
        raise _nothing_looked_at(first, only, "rules about single items")
    return Audited(tuple(_only(one, only) for one in _audit_files(paths, report)))


def _audit_files(paths: Sequence[Path], report: Report) -> Iterable[FileAudit]:
    first = paths[0]
    if len(paths) == 1 and first.is_dir():
        return _audit_parquet(first, report)
    if len(paths) == 1 and first.suffix == ".parquet":
        return [audit_items(first.name, read_rows(first, "item"), first.parent.parent, {})]
    own = _own_items(first) if len(paths) == 1 else None
    return [own] if own else audit_files(paths)


def _nothing_looked_at(path: Path, only: Sequence[str], allowed: str) -> DataError:
    found = f"only {', '.join(only)}"
    return DataError(Violation(str(path), found, allowed, "name others: `unisandbox audit --list` has them all"))


def _own_items(path: Path) -> FileAudit | None:
    """Return the audit of a file of our own items in JSON lines, or None for other people's questions: those have no `draw`."""
    rows = rows_of(path)
    first = next(rows, None)
    if first is None or "draw" not in first[1]:
        return None
    items = [first[1], *(row for _, row in rows)]
    broken = check_rows(items, "item", where=lambda index, _: f"{path}: line {index + 1}")
    if broken:
        raise DataError(broken)
    return audit_items(path.name, items, path.parent, {})


def _refuse_unknown(only: Sequence[str]) -> None:
    known = {rule.name for rule in all_rules()}
    unknown = sorted(set(only) - known)
    if unknown:
        fix = "`unisandbox audit --list` has them all"
        raise DataError(Violation("rule", repr(name), f"one of {len(known)} rules", fix) for name in unknown)


def _only(one: FileAudit, only: Sequence[str]) -> FileAudit:
    """Return the findings of the rules that are asked for; all of them where what is solved again is asked for."""
    if not only or SOLVED in only:
        return one
    return replace(one, findings=tuple(finding for finding in one.findings if finding.rule in only))


def _audit_parquet(folder: Path, report: Report) -> Iterable[FileAudit]:
    """Yield the audit of every Parquet file of items in a folder without a manifest."""
    files = [path for path in sorted(folder.rglob("*.parquet")) if path.parent.name in FAMILIES]
    if not files:
        allowed = f"{FILE_NAME}, or Parquet files in folders named {' | '.join(FAMILIES)}"
        raise DataError(Violation(str(folder), "neither", allowed, "give a release folder, or single files"))
    solvers: dict[str, Any] = {}
    for done, path in enumerate(files, start=1):
        name = path.relative_to(folder).as_posix()
        yield audit_items(name, read_rows(path, "item"), path.parent.parent, solvers)
        report(name, done, len(files))


def _audit_release(folder: Path, workers: int, only: Sequence[str], against: Path | None, report: Report) -> Audited:
    refuse_unlike(folder, against)
    _SOLVERS.clear()  # of another release
    jobs = _jobs(folder, only, against)
    done: dict[Job, FileAudit | list[Result]] = {}
    for job, found in run(_worked, jobs, workers):
        done[job] = found
        report(job.text, len(done), len(jobs))
    ordered = [done[job] for job in sorted(done, key=jobs.index)]
    items = [one for one in ordered if isinstance(one, FileAudit)]
    results = [result for one in ordered if not isinstance(one, FileAudit) for result in one]
    solved = [_solved(one) for one in items] if not only or SOLVED in only else []
    return Audited(
        tuple(_only(one, only) for one in items), (*solved, *(result for result in results if not only or result.rule in only))
    )


def _jobs(folder: Path, only: Sequence[str], against: Path | None) -> list[Job]:
    """Return the pieces of an audit, the checks that take longest first."""
    asked = [name for name, (rules, _) in CHECKS.items() if not only or any(rule.name in only for rule in rules)]
    of_items = not only or bool(set(only) - {rule.name for rules, _ in CHECKS.values() for rule in rules})
    shards = [shard for shard in read_manifest(folder).shards if shard.config in FAMILIES] if of_items else []
    shards.sort(key=lambda shard: -shard.rows)
    others = [Job(folder, against=against)] if against else []
    return [*(Job(folder, check=name) for name in asked), *others, *(Job(folder, path=shard.path) for shard in shards)]


def _worked(job: Job) -> tuple[Job, FileAudit | list[Result]]:
    """Return what a job found; in a process of its own if there are several."""
    if job.path:
        return job, audit_items(job.path, read_rows(job.folder / job.path, "item"), job.folder / "data", _SOLVERS)
    published = Published(job.folder)
    if job.against:
        return job, list(against_release(published, Published(job.against)))
    checks: tuple[Callable[[Published], Iterable[Result]], ...] = CHECKS[job.check][1]
    return job, list(itertools.chain.from_iterable(check(published) for check in checks))


_SOLVERS: dict[str, Any] = {}  # of this process: a solver of `knowledge` reads its whole corpus first


def _solved(one: FileAudit) -> Result:
    named = tuple(f"{finding.item}: {finding.rule}" for finding in one.findings[:MOST_NAMED])
    wrong = len({finding.item for finding in one.findings})
    figure, verdict = f"{wrong:,} of {one.items:,}", FAIL if wrong else PASS
    return Result(
        rule=SOLVED, scope=one.file, figure=figure, allowed="0", verdict=verdict, n=one.items, value=float(wrong), examples=named
    )
