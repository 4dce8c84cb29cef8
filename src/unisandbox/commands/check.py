"""`validate`, `audit`: what is wrong with files, ours or anybody's."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from unisandbox.commands.audit_tables import print_findings, print_results
from unisandbox.commands.base import FOUND_SOMETHING, MOST_PRINTED, Json, command
from unisandbox.commands.hub import here
from unisandbox.errors import InputError, Violation
from unisandbox.terminal import bar, print_error, print_json, print_table

if TYPE_CHECKING:
    from unisandbox.generators.audit import Audited

PATHS = "Release folder, Parquet file, anybody's JSONL files, or org/name@vX.Y.Z, which is read and gets no audit.json."


@command
def validate(
    path: Annotated[Path, typer.Argument(help="Release folder, Parquet file, JSONL file of items, or org/name@vX.Y.Z.")],
    as_json: Json = False,
) -> None:
    """Check files against the manifest and every row against its schema.

    Example: unisandbox validate build/unisandbox-0.2.0
    """
    from unisandbox.schemas.paths import check_path

    folder = here(path, quiet=as_json)
    with bar("files", quiet=as_json) as shown:
        checked = check_path(folder, shown.step)
    violations = [asdict(violation) for violation in checked.violations]
    if as_json:
        print_json({"path": str(path), "files": checked.files, "rows": checked.rows, "violations": violations})
    else:
        for line in [str(violation) for violation in checked.violations][:MOST_PRINTED]:
            print_error(line)
        typer.echo(f"{path}: {checked.files} files, {checked.rows} rows, {len(violations)} violations")
    raise typer.Exit(FOUND_SOMETHING if violations else 0)


@command
def audit(
    paths: Annotated[list[Path] | None, typer.Argument(help=PATHS)] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="Another release of the line, a folder or org/name@vX.Y.Z, to compare with.")
    ] = None,
    only: Annotated[str, typer.Option("--only", help="Rules to look at, by name, with commas between.")] = "",
    fail_on: Annotated[str, typer.Option("--fail-on", help="proof, any, or rules by name: what makes the exit code 1.")] = "any",
    workers: Annotated[int, typer.Option("--workers", min=0, help="Processes; 0 means one a core.")] = 0,
    every: Annotated[bool, typer.Option("--all", help="Print every result, not one line a rule.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List every rule with its source, and stop.")] = False,
    as_json: Json = False,
) -> None:
    """Prove what a release promises, or say what is wrong with anybody's questions.

    Example: unisandbox audit build/unisandbox-0.2.0
    """
    from unisandbox.generators.audit import audit as audit_paths

    _refuse_unknown(_names(fail_on))
    if listed:
        _print_rules(as_json=as_json)
        return
    if not paths:
        raise InputError(Violation("audit", "no path", "a release folder, or files", "name one, or use --list"))
    folders = [here(path, quiet=as_json) for path in paths]
    other = here(against, quiet=as_json) if against else None
    with bar("audit", quiet=as_json) as shown:
        audited = audit_paths(
            folders, workers=workers or os.cpu_count() or 1, only=_names(only), against=other, report=shown.step
        )
    if as_json:
        _print_json(folders, audited)
    else:
        print_results(audited.results, every=every)
        print_findings(audited.files)
    if audited.results and not only and not against and folders == paths:  # a published release stays as it is
        _write(paths[0], audited, quiet=as_json)
    raise typer.Exit(FOUND_SOMETHING if _fails(audited, _names(fail_on)) else 0)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _refuse_unknown(fail_on: list[str]) -> None:
    from unisandbox.generators.checks.base import SEVERITIES
    from unisandbox.generators.checks.catalogue import all_rules

    known = {"any", *SEVERITIES, *(rule.name for rule in all_rules())}
    unknown = sorted(set(fail_on) - known)
    if unknown or not fail_on:
        fix = "`unisandbox audit --list` has all rules"
        raise InputError(Violation("--fail-on", repr(name), "any, proof, judgement, or rules", fix) for name in unknown or [""])


def _write(folder: Path, audited: Audited, *, quiet: bool) -> None:
    """Write audit.json into the folder; one that nobody may write into keeps its audit on the screen."""
    from unisandbox.generators.audit_report import write_report

    try:
        path = write_report(folder, audited)
    except OSError as error:
        print_error(f"{folder}: audit.json was not written: {error.strerror}; check the permissions, or use --json")
    else:
        if not quiet:
            typer.echo(f"written: {path}")


def _fails(audited: Audited, on: list[str]) -> bool:
    """Return whether something was found that the caller wants to hear of: failed results, and findings."""
    told = [(one.rule, one.severity) for one in audited.results if one.verdict == "fail"]
    told += [(finding.rule, finding.severity) for one in audited.files for finding in one.findings]
    return any("any" in on or severity in on or rule in on for rule, severity in told)


def _print_rules(*, as_json: bool) -> None:
    from unisandbox.generators.checks.catalogue import all_rules

    if as_json:
        print_json([asdict(rule) for rule in all_rules()])
        return
    lines = [(rule.name, rule.severity, rule.says, rule.source) for rule in all_rules()]
    print_table("rules of an audit", ("rule", "severity", "what it says", "source"), lines)


def _print_json(paths: list[Path], audited: Audited) -> None:
    if audited.results:
        from unisandbox.generators.audit_report import document
        from unisandbox.schemas.manifest import read_manifest

        print_json(document(audited, read_manifest(paths[0])))
        return
    reports = [one.as_json() for one in audited.files]
    print_json(reports[0] if len(reports) == 1 else reports)
