"""Audits other people's benchmark files: solves every question again, and looks for what else a benchmark should not hold.

Files that are given together are read together: duplicates and contradictions are found across them. What the solvers cannot
read for sure is a finding of its own: nothing passes in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from unisandbox.errors import DataError, Violation
from unisandbox.generators.findings import RULES, FileAudit, Finding
from unisandbox.generators.foreign_checks import Placed, of_all, of_file, of_questions
from unisandbox.generators.foreign_facts import characters, contradictions
from unisandbox.generators.foreign_figures import figures_of, shortcuts
from unisandbox.generators.foreign_questions import questions_of, rows_of
from unisandbox.generators.foreign_solved import Checked, about_characters, check

Rows = Iterable[tuple[int, Mapping[str, Any]]]


def audit_file(path: Path) -> FileAudit:
    """Return the audit of a foreign JSONL or JSON file; `items` counts questions, so a row with two sides counts twice.

    Raises:
        DataError: The file is malformed, or holds no questions.
    """
    return audit_files([path])[0]


def audit_files(paths: Sequence[Path]) -> list[FileAudit]:
    """Return the audits of foreign files in their order; what needs several files is told of the later one.

    Raises:
        DataError: A file is malformed or holds no questions, or one is given twice.
    """
    twice = [path for path, count in Counter(path.resolve() for path in paths).items() if count > 1]
    if twice:
        raise DataError(Violation(str(path), "the same file twice", "each file once", "name it once") for path in twice)
    return _audits([(path, rows_of(path)) for path in paths])


def audit_questions(path: Path, rows: Rows) -> FileAudit:
    """Return the audit of rows that were read from a file, each with its line number; raises as `audit_file` does."""
    return _audits([(path, rows)])[0]


def _audits(files: Sequence[tuple[Path, Rows]]) -> list[FileAudit]:
    labels = _labels([path for path, _ in files])
    every = [
        [check(question) for number, row in rows for question in questions_of(path, label, number, row)]
        for label, (path, rows) in zip(labels, files, strict=True)
    ]
    known = characters(one.fact for checked in every for one in checked if one.fact)
    every = [[about_characters(one, known) if known else one for one in checked] for checked in every]
    pooled = [one for checked in every for one in checked]
    together = sorted([*of_all(pooled), *_facts(pooled)], key=lambda placed: placed[0])
    audits, start = [], 0
    for label, (path, _), checked in zip(labels, files, every, strict=True):
        end = start + len(checked)
        across = [(place - start, finding) for place, finding in together if start <= place < end]
        audits.append(_audit(label, path, checked, across))
        start = end
    return audits


def _audit(label: str, path: Path, checked: Sequence[Checked], across: Sequence[Placed]) -> FileAudit:
    placed = [*of_questions(checked), *of_file(checked, path.stem), *across]
    figures = figures_of(checked)
    found = [finding for _, finding in sorted(placed, key=lambda one: one[0])]
    found += shortcuts(label, figures)
    return FileAudit(path.name, len(checked), tuple(found), {**figures, "rules": _counts(found)})


def _counts(findings: Iterable[Finding]) -> dict[str, int]:
    counts = Counter(finding.rule for finding in findings)
    return {rule: counts[rule] for rule in RULES if counts[rule]}


def _facts(pooled: Sequence[Checked]) -> Iterator[Placed]:
    places = {id(one.question): place for place, one in enumerate(pooled)}
    for question, finding in contradictions([(one.question, one.fact) for one in pooled if one.fact]):
        yield places[id(question)], finding


def _labels(paths: Sequence[Path]) -> list[str]:
    """Return the names that items begin with: the stems of the files, with the folder before those that are not alone."""
    counts = Counter(path.stem for path in paths)
    return [path.stem if counts[path.stem] == 1 else str(path.with_suffix("")) for path in paths]
