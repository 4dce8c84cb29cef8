"""The tables of an audit: a line for each rule and what it looked at, and the findings about single items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from unisandbox.commands.base import MOST_PRINTED
from unisandbox.terminal import print_error, print_table

if TYPE_CHECKING:
    from unisandbox.generators.checks.base import Result
    from unisandbox.generators.findings import FileAudit

FIRST_NAME = re.compile(r"(?:data/)?\w*")  # of a scope: the config that was looked at
COLUMNS = ("check", "scope", "figure", "allowed", "verdict")


def print_results(results: Sequence[Result], *, every: bool) -> None:
    """Print a line for each rule, with what failed or came nearest to it in full; or a line for each result."""
    if not results:
        return
    lines = [_line(one) for one in results] if every else [line for rule in _by_rule(results) for line in _folded(rule)]
    print_table("audit", COLUMNS, lines)
    verdicts = [sum(one.verdict == verdict for one in results) for verdict in ("pass", "fail", "note")]
    typer.echo(f"{len(results)} results: {verdicts[0]} pass, {verdicts[1]} fail, {verdicts[2]} are told and not judged")


def print_findings(files: Iterable[FileAudit]) -> None:
    """Print what is wrong with single items, and the figures of foreign files."""
    files = list(files)
    findings = [finding for one in files for finding in one.findings]
    if findings:
        columns = ("rule", "severity", "item", "field", "found", "allowed")
        lines = [(f.rule, f.severity, f.item, f.field, f.found, f.allowed) for f in findings[:MOST_PRINTED]]
        print_table("findings", columns, lines)
    if len(findings) > MOST_PRINTED:
        print_error(f"… and {len(findings) - MOST_PRINTED} more; --json has them all")
    for one in files:
        if one.figures:
            typer.echo(f"{one.file}: {'; '.join(_figures(one))}")
    proofs = sum(finding.severity == "proof" for finding in findings)
    typer.echo(f"{sum(one.items for one in files):,} items, {len(findings)} findings ({proofs} proof)")


def _by_rule(results: Sequence[Result]) -> Iterator[list[Result]]:
    """Yield the results of each rule and family, in the order in which they first come."""
    together: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        together.setdefault((one.rule, _first_name(one.scope)), []).append(one)
    yield from together.values()


def _first_name(scope: str) -> str:
    found = FIRST_NAME.match(scope)
    return found[0] if found else ""


def _folded(results: list[Result]) -> Iterator[tuple[str, ...]]:
    """Yield the lines of one rule: each that failed, and one for all others."""
    failed = [one for one in results if one.verdict == "fail"]
    yield from (_line(one) for one in failed)
    rest = [one for one in results if one.verdict != "fail"]
    if len(rest) == 1:
        yield _line(rest[0])
    elif rest:
        nearest = max(rest, key=lambda one: (one.verdict == "pass", one.value or 0.0))
        verdicts = "/".join(dict.fromkeys(one.verdict for one in rest))
        scope = f"{len(rest)} scopes, {sum(one.n for one in rest):,} cases; highest: {nearest.scope}"
        yield (nearest.rule, scope, nearest.figure, nearest.allowed, verdicts)


def _line(one: Result) -> tuple[str, ...]:
    shown = f"\n{'; '.join(one.examples)}" if one.examples and one.verdict == "fail" else ""
    return (one.rule, f"{one.scope}{shown}", one.figure, one.allowed, one.verdict)


def _figures(one: FileAudit) -> Iterator[str]:
    for name, value in one.figures.items():
        if not isinstance(value, dict):
            yield f"{name} {value}"
        elif value:
            inner = ", ".join(f"{key} {shown}" for key, shown in value.items() if not isinstance(shown, dict | list))
            yield f"{name}: {inner}"
