"""`report`: the figures and the page of a run as it stands; `merge`: the shards of one run as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unisandbox.commands.base import Json, command
from unisandbox.commands.hub import here
from unisandbox.commands.score import Calibrated, MaxErrorRate, RunFolder
from unisandbox.commands.score_shown import judge_quality, shown, written
from unisandbox.errors import InputError, Violation

Labels = Annotated[
    list[Path] | None, typer.Option("--labels", help="CSV of people who labelled pictures of this run, may be repeated.")
]
SampleFile = Annotated[
    Path | None, typer.Option("--sample", help="sample.json of the labels, if it is not beside the first CSV.")
]


@command
def report(
    run: RunFolder,
    data: Annotated[Path | None, typer.Option("--data", help="Release folder, if it no longer is where the run read it.")] = None,
    max_error_rate: MaxErrorRate = 0.02,
    calibration: Calibrated = None,
    labels: Labels = None,
    sample: SampleFile = None,
    as_json: Json = False,
) -> None:
    """Print the figures of a run as it stands and write its page, without asking anybody.

    Example: unisandbox report build/scores/unisandbox-0.2.0/baseline-oracle
    """
    from unisandbox.evaluation.run import reported

    if sample and not labels:
        raise InputError(Violation("--sample", str(sample), "with --labels", "name the CSV files too"))
    ran = reported(run, here(data, quiet=as_json) if data else None)
    quality = judge_quality(ran, calibration, labels or (), sample)
    results = {run: written(run, ran, quality, anew=True)}
    raise typer.Exit(shown([(run, ran)], max_error_rate, as_json=as_json, results=results))


@command
def merge(
    runs: Annotated[list[Path], typer.Argument(help="Run folders of the shards.")],
    out: Annotated[Path, typer.Option("--out", help="New folder for the whole run.")],
    max_error_rate: MaxErrorRate = 0.02,
    as_json: Json = False,
) -> None:
    """Join the shards of one run into one folder, and print the figures of the whole.

    Example: unisandbox merge run-1 run-2 run-3 --out run
    """
    from unisandbox.evaluation.merge import merged
    from unisandbox.evaluation.run import reported

    merged(runs, out)
    ran = reported(out)
    raise typer.Exit(shown([(out, ran)], max_error_rate, as_json=as_json, results={out: written(out, ran)}))
