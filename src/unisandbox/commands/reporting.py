"""`compare`: two runs on the same items; `export-scores`: the scores of a run for other tools."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unisandbox.commands.base import Json, command
from unisandbox.errors import InputError, Violation
from unisandbox.terminal import print_json, print_table

if TYPE_CHECKING:
    from unisandbox.evaluation.compare import Comparison, Line
    from unisandbox.evaluation.metrics import Figure

NUMBERS = ("items", "A", "B", "B − A", "80% power")
NOTHING = "–"
REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


class Form(StrEnum):
    """What scores can be exported to."""

    eval_results = "eval-results"
    lm_eval = "lm-eval"


@command
def compare(
    first: Annotated[Path, typer.Argument(help="Folder of a run, A.")],
    second: Annotated[Path, typer.Argument(help="Folder of another run, B.")],
    as_json: Json = False,
) -> None:
    """Compare two runs arm by arm on the items that both asked.

    Example: unisandbox compare build/scores/unisandbox-0.2.0/baseline-oracle build/scores/unisandbox-0.2.0/baseline-literal
    """
    from unisandbox.evaluation.compare import compared

    found = compared(first, second)
    if as_json:
        print_json(_document(found))
    else:
        _print(found)


@command
def export_scores(
    run: Annotated[Path, typer.Argument(help="Folder of a run.")],
    to: Annotated[Form, typer.Option("--to", help="eval-results (the Hub's YAML) or lm-eval (JSON).")],
    repo: Annotated[
        str | None, typer.Option("--repo", help="Where the release is on the Hub, org/name; eval-results needs it.")
    ] = None,
    revision: Annotated[str | None, typer.Option("--revision", help="Commit of the release's tag on the Hub.")] = None,
    source_url: Annotated[str | None, typer.Option("--source-url", help="Where the report can be read.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; standard output otherwise.")] = None,
) -> None:
    """Write the scores of a run as the Hub's .eval_results or as lm-evaluation-harness does.

    Example: unisandbox export-scores build/scores/unisandbox-0.2.0/baseline-oracle --to eval-results --repo org/name
    """
    from unisandbox.evaluation.exports import eval_results, lm_eval
    from unisandbox.evaluation.results import read_results
    from unisandbox.schemas.files import replacing

    if to is Form.eval_results and (repo is None or not REPO.fullmatch(repo)):
        found = "none" if repo is None else repr(repo)
        raise InputError(Violation("--repo", found, "org/name", "name the repository of the release"))
    results = read_results(run)
    if to is Form.eval_results and repo is not None:
        text = eval_results(results, repo, revision=revision, source_url=source_url)
    else:
        text = f"{json.dumps(lm_eval(results), indent=2, ensure_ascii=False)}\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    with replacing(out) as sink:
        sink.write(text.encode())
    typer.echo(f"written: {out}")


def _document(found: Comparison) -> dict[str, Any]:
    sides = zip("AB", found[:2], strict=True)
    runs = {name: {"folder": str(run.folder), "model": run.model, "judge": run.judge} for name, run in sides}
    lines = [asdict(line) for line in found.lines]
    return {**runs, "unmatched": found.unmatched._asdict(), "difference": "B - A", "lines": lines}


def _print(found: Comparison) -> None:
    print_table("A and B, 95% intervals, difference in points", ("family", "arm", *NUMBERS), map(_cells, found.lines), NUMBERS)
    for name, run in zip("AB", found[:2], strict=True):
        typer.echo(f"{name}: {run.model}, pictures read by {run.judge or 'nobody'}: {run.folder}")
    if found.first.judge != found.second.judge:
        typer.echo("the two runs have different judges: a difference may be theirs")
    left = found.unmatched
    apart = f"{left.only_first} items only in A, {left.only_second} only in B"
    typer.echo(f"not compared: {apart}, {left.changed} of one id that ask or want another thing")
    for line in found.lines:
        if line.reason:
            typer.echo(f"{line.family or 'all'}, {line.arm}: {line.reason}")


def _cells(line: Line) -> tuple[str, ...]:
    seen = NOTHING if line.smallest_seen is None else f"{100 * line.smallest_seen:.1f}"
    items = f"{line.items:,}"
    return (line.family or "all", line.arm, items, _share(line.first), _share(line.second), _points(line.difference), seen)


def _share(figure: Figure | None) -> str:
    if figure is None:
        return NOTHING
    ends = "" if figure.low is None or figure.high is None else f" ({100 * figure.low:.1f}–{100 * figure.high:.1f})"
    return f"{figure.value:.1%}{ends}"


def _points(figure: Figure | None) -> str:
    if figure is None:
        return NOTHING
    ends = "" if figure.low is None or figure.high is None else f" ({100 * figure.low:+.1f} to {100 * figure.high:+.1f})"
    return f"{100 * figure.value:+.1f}{ends}".replace("+0.0 ", "0.0 ")
