"""What the scoring commands show: how far a run is, and its figures in short."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import typer

from unisandbox.commands.folder_shown import folder_lines
from unisandbox.commands.upstream_scoring import print_upstream, upstream_of
from unisandbox.terminal import bar, print_error, print_json, print_table

if TYPE_CHECKING:
    from unisandbox.evaluation.metrics import Figure
    from unisandbox.evaluation.progress import Progress
    from unisandbox.evaluation.quality import Quality
    from unisandbox.evaluation.run import Ran
    from unisandbox.evaluation.summary import Line

Results = Mapping[str, Any]

TOO_MANY_ERRORS: Final = 3
PLAIN_EVERY_S: Final = 10.0  # where there is no terminal to draw a bar on
NOTHING: Final = "–"
NO_RESULTS: Final[Results] = {"parts": []}  # of a run without a finished sample
NOBODY_READS: Final = ("baseline:noise",)  # all of it is an error, and that is what it is there to show


class Written(NamedTuple):
    """The page of a run, None where it gets none; its results; and both scores of a run on a file of UniSandbox."""

    page: Path | None
    results: Results
    upstream: dict[str, Any] | None


@contextmanager
def telling(what: str, *, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Yield what shows how far a run is: a bar on a terminal, a line now and then elsewhere, nothing if quiet."""
    every_s, last_s = 0.0 if sys.stderr.isatty() else PLAIN_EVERY_S, time.monotonic()
    told_to_wait = False
    with bar(what, quiet=quiet) as shown_bar:

        def tell(progress: Progress) -> None:
            nonlocal last_s, told_to_wait
            if progress.stopping and not told_to_wait:
                told_to_wait = True
                print_error("stopping once what is being drawn is done; Ctrl-C again to leave it")
            if time.monotonic() - last_s >= every_s:
                last_s = time.monotonic()
                shown_bar.step(_told(progress), progress.done, progress.total)

        yield tell


def written(folder: Path, ran: Ran, quality: Quality | None = None, *, anew: bool = False) -> Written | None:
    """Return the page and results of a run, written again where they would say something else; None where nothing is finished.

    Args:
        folder: The run folder.
        ran: The run as it stands.
        quality: What is known of the judge; the accuracies are then corrected too.
        anew: Write them even where they are up to date.
    """
    from unisandbox.evaluation.finished import current_results

    current = None if anew or quality else current_results(folder, ran.record)
    if current is not None:
        from unisandbox.evaluation.run_folder import PAGE

        return Written(folder / PAGE, current, upstream_of(folder, ran))
    if not ran.joined.samples:
        return None
    from unisandbox.evaluation.report.files import write_report

    theirs = upstream_of(folder, ran)
    return Written(*write_report(folder, ran.record, ran.joined, quality, theirs), theirs)


def measured(folder: Path, ran: Ran) -> Written | None:
    """Return the results of a run that gets no page; None where nothing is finished."""
    from unisandbox.evaluation.results import results_of

    samples, unfinished = ran.joined
    if not samples:
        return None
    return Written(None, results_of(ran.record, samples, unfinished=unfinished), upstream_of(folder, ran))


def judge_quality(ran: Ran, calibration: Path | None, labels: Sequence[Path] = (), sample: Path | None = None) -> Quality | None:
    """Return what files say of the judge of a run; None where there are none.

    Args:
        ran: The run.
        calibration: Rates of the judge, from `unisandbox calibrate`.
        labels: CSV files of people who labelled pictures of this run.
        sample: The sample that they labelled; `sample.json` beside the first of them otherwise.

    Raises:
        DataError: A file that is none of these, or of another judge or run.
    """
    from unisandbox.evaluation.calibrate import read_calibration
    from unisandbox.evaluation.label_sample import read_sample
    from unisandbox.evaluation.labels import read_labels, run_labels
    from unisandbox.evaluation.quality import Quality

    judge = ran.record.judge
    known = read_calibration(calibration, judge.sha256 if judge else None).quality if calibration else None
    if not labels:
        return known
    asked = read_sample(sample or labels[0].parent / "sample.json")
    return replace(known or Quality(), labels=run_labels(asked, read_labels(labels, asked), ran.joined.samples))


def shown(
    runs: Sequence[tuple[Path, Ran]],
    max_error_rate: float,
    *,
    as_json: bool,
    results: Mapping[Path, Written | None],
) -> int:
    """Print the figures of runs and return the exit code: 3 where an arm of one has too many errors, else 0."""
    too_many: list[str] = []
    documents = []
    for folder, ran in runs:
        page, told, theirs = results[folder] or Written(None, NO_RESULTS, None)
        rates = _error_rates(told)
        if ran.record.model.uri not in NOBODY_READS:
            too_many += [f"{folder}: {arm}: {rate:.1%}" for arm, rate in rates.items() if rate > max_error_rate]
        if as_json:
            documents.append(_document(folder, ran, told, rates) | {"upstream": theirs, "report": str(page) if page else None})
        else:
            _print(ran, told, theirs)
            typer.echo(str(page or folder))
    if as_json:
        print_json({"runs": documents})
    for line in too_many:
        print_error(f"{line} of the samples have no verdict; at most {max_error_rate:.1%} allowed; see --retry-errors")
    return TOO_MANY_ERRORS if too_many else 0


def _told(progress: Progress) -> str:
    counts = " ".join(f"{name} {count}" for name, count in sorted(progress.counts.items()))
    return f"{progress.per_second:.1f}/s {counts}".strip()


def _unfinished(ran: Ran, told: Results) -> int:
    """Return how many samples of a run are not finished."""
    return ran.joined.unfinished if told is NO_RESULTS else int(told["unfinished"])


def _document(folder: Path, ran: Ran, told: Results, rates: Mapping[str, float]) -> dict[str, Any]:
    """Return a run in short for machines."""
    from unisandbox.evaluation.summary import summary

    record = ran.record
    return {
        "folder": str(folder),
        "model": record.model.uri,
        "judge": record.judge.uri if record.judge else None,
        "outcomes": _outcomes(told),
        "faults": _faults(told),
        "unfinished": _unfinished(ran, told),
        "error_rates": dict(rates),
        "absent": dict(record.absent),
        "stopping": record.stopping,
        "model_facts": dict(record.model.facts),
        "accuracy": [_line_document(line) for line in summary(told)],
    }


def _line_document(line: Line) -> dict[str, Any]:
    figures = {arm: _figure_document(figure) for arm, figure in line.figures.items()}
    return {"family": line.family, "level": line.level, "items": line.items, "chance": line.chance, **figures}


def _figure_document(figure: Figure | None) -> dict[str, Any] | None:
    return None if figure is None else {"value": figure.value, "low": figure.low, "high": figure.high, "judged": figure.judged}


def _blocks(told: Results) -> dict[str, Mapping[str, Any]]:
    """Return what is said of all items in each arm that something was tried in."""
    everything = [part for part in told["parts"] if part["by"] == "all"]
    return {arm: block for part in everything for arm, block in part["arms"].items() if block and block["n_samples"]}


def _error_rates(told: Results) -> dict[str, float]:
    """Return the share of samples of each arm that have no verdict."""
    return {arm: 1 - block["judged"] / block["n_samples"] for arm, block in _blocks(told).items()}


def _outcomes(told: Results) -> dict[str, dict[str, int]]:
    """Return how many samples of each arm have each outcome, of those that occur."""
    blocks = _blocks(told).items()
    return {arm: {name: count for name, count in sorted(block["outcomes"].items()) if count} for arm, block in blocks}


def _faults(told: Results) -> dict[str, dict[str, dict[str, int]]]:
    """Return how many faults of each kind there were, by arm and outcome."""
    found = {arm: {name: kinds for name, kinds in block["faults"].items() if kinds} for arm, block in _blocks(told).items()}
    return {arm: faults for arm, faults in found.items() if faults}


def _outcome_lines(told: Results) -> Iterator[str]:
    """Yield the outcomes of each arm, errors with their kinds."""
    faults = _faults(told)
    for arm, counts in _outcomes(told).items():
        parts = []
        for name, count in counts.items():
            kinds = ", ".join(f"{number} {kind}" for kind, number in faults.get(arm, {}).get(name, {}).items())
            parts.append(f"{count} {name}{f' ({kinds})' if kinds else ''}")
        yield f"{arm}: {', '.join(parts)}"


def _print(ran: Ran, told: Results, theirs: dict[str, Any] | None) -> None:
    from unisandbox.evaluation.summary import summary

    record = ran.record
    arms = record.way.arms
    cells = [
        (
            line.family,
            line.level,
            line.items,
            NOTHING if line.chance is None else f"{line.chance:.1%}",
            *(_cell(line.figures.get(arm)) for arm in arms),
        )
        for line in summary(told)
    ]
    read_by = f", read by {record.judge.uri}" if record.judge else ""
    numbers = ("level", "items", "chance", *arms)
    print_table(f"{record.model.uri}{read_by}", ("family", *numbers), cells, numbers)
    for line in _outcome_lines(told):
        typer.echo(line)
    for arm, why in record.absent.items():
        typer.echo(f"{arm}: not asked, {why}")
    if theirs:
        print_upstream(theirs)
    for line in folder_lines(record.model.facts):
        typer.echo(line)
    if unfinished := _unfinished(ran, told):
        typer.echo(f"{unfinished} not finished")
    if record.stopping:
        typer.echo(_stopped(record.stopping))


def _stopped(stopping: Mapping[str, Any]) -> str:
    widths = ", ".join(f"{arm} ±{NOTHING if width is None else f'{width:.1%}'}" for arm, width in stopping["half_widths"].items())
    end = "reached" if stopping["reached"] else "not reached"
    return f"half-width {stopping['wanted']:.1%} {end} after {stopping['items']} items: {widths}"


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return NOTHING
    interval = "" if figure.low is None or figure.high is None else f" ({100 * figure.low:.1f}–{100 * figure.high:.1f})"
    return f"{figure.value:.1%}{interval}"
