"""What the scoring commands show: how far a run is, and its figures in short."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

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

TOO_MANY_ERRORS: Final = 3
PLAIN_EVERY_S: Final = 10.0  # where there is no terminal to draw a bar on
NOTHING: Final = "–"
PAGE: Final = "report.html"
SAMPLES: Final = "samples.jsonl"  # written with the page
NOBODY_READS: Final = ("baseline:noise",)  # all of it is an error, and that is what it is there to show


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


def written(folder: Path, ran: Ran, quality: Quality | None = None, *, anew: bool = False) -> Path | None:
    """Return the page of a run, written again where it would say something else; None where nothing is finished.

    Args:
        folder: The run folder.
        ran: The run as it stands.
        quality: What is known of the judge; the accuracies are then corrected too.
        anew: Write it even where it is up to date.
    """
    from unisandbox.evaluation.report.files import write_report

    page = folder / PAGE
    if not any(sample.outcome for sample in ran.joined.samples):
        return None
    if not anew and quality is None and _is_current(page, folder, ran):
        return page
    return write_report(folder, ran.record, ran.joined, quality).page


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


def _is_current(page: Path, folder: Path, ran: Ran) -> bool:
    """Return whether a page was written after the ledgers, of this record and these versions, without a correction."""
    from unisandbox.evaluation.results import RESULTS, run_document

    try:
        told = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
        written_ns, ledgers = page.stat().st_mtime_ns, [one for one in sorted(folder.glob("*.jsonl")) if one.name != SAMPLES]
        known, run = told["judge_quality"], json.loads(json.dumps(run_document(ran.record)))
        return (
            all(one.stat().st_mtime_ns <= written_ns for one in ledgers)
            and (known["calibration"], known["labels"], known["canary"]) == (None, None, dict(ran.record.canary) or None)
            and (told["n_samples"], told["unfinished"]) == (len(ran.joined.samples), ran.joined.unfinished)
            and bool(told["run"] == run)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def shown(
    runs: Sequence[tuple[Path, Ran]],
    max_error_rate: float,
    *,
    as_json: bool,
    pages: Mapping[Path, Path | None] = MappingProxyType({}),
) -> int:
    """Print the figures of runs and return the exit code: 3 where an arm of one has too many errors, else 0."""
    from unisandbox.evaluation.outcomes import error_rates

    too_many: list[str] = []
    documents = []
    for folder, ran in runs:
        rates = error_rates(ran.joined.samples)
        if ran.record.model.uri not in NOBODY_READS:
            too_many += [f"{folder}: {arm}: {rate:.1%}" for arm, rate in rates.items() if rate > max_error_rate]
        page = pages.get(folder)
        lines = _lines(folder, ran, has_results=page is not None)
        if as_json:
            documents.append(_document(folder, ran, rates, lines) | {"report": str(page) if page else None})
        else:
            _print(folder, ran, lines)
            typer.echo(str(page or folder))
    if as_json:
        print_json({"runs": documents})
    for line in too_many:
        print_error(f"{line} of the samples have no verdict; at most {max_error_rate:.1%} allowed; see --retry-errors")
    return TOO_MANY_ERRORS if too_many else 0


def _told(progress: Progress) -> str:
    counts = " ".join(f"{name} {count}" for name, count in sorted(progress.counts.items()))
    return f"{progress.per_second:.1f}/s {counts}".strip()


def _lines(folder: Path, ran: Ran, *, has_results: bool) -> list[Line]:
    """Return the table of a run: from its results where they are written, which are the figures of its page too."""
    from unisandbox.evaluation.results import RESULTS
    from unisandbox.evaluation.summary import figures_told, summary

    told = figures_told(json.loads((folder / RESULTS).read_text(encoding="utf-8"))) if has_results else None
    return summary(ran.joined.samples, ran.record.way.arms, told)


def _document(folder: Path, ran: Ran, rates: Mapping[str, float], lines: Sequence[Line]) -> dict[str, Any]:
    """Return a run in short for machines."""
    record, (_, unfinished) = ran
    return {
        "folder": str(folder),
        "model": record.model.uri,
        "judge": record.judge.uri if record.judge else None,
        "outcomes": _outcomes(ran),
        "faults": _faults(ran),
        "unfinished": unfinished,
        "error_rates": dict(rates),
        "absent": dict(record.absent),
        "stopping": record.stopping,
        "model_facts": dict(record.model.facts),
        "upstream": upstream_of(folder, ran),
        "accuracy": [_line_document(line) for line in lines],
    }


def _line_document(line: Line) -> dict[str, Any]:
    figures = {arm: _figure_document(figure) for arm, figure in line.figures.items()}
    return {"family": line.family, "level": line.level, "items": line.items, "chance": line.chance, **figures}


def _figure_document(figure: Figure | None) -> dict[str, Any] | None:
    return None if figure is None else {"value": figure.value, "low": figure.low, "high": figure.high, "judged": figure.judged}


def _outcomes(ran: Ran) -> dict[str, dict[str, int]]:
    """Return how many samples of each arm have each outcome."""
    counts: dict[str, Counter[str]] = {}
    for sample in ran.joined.samples:
        counts.setdefault(sample.arm, Counter())[sample.outcome] += 1
    return {arm: dict(sorted(each.items())) for arm, each in counts.items()}


def _faults(ran: Ran) -> dict[str, dict[str, dict[str, int]]]:
    """Return how many faults of each kind there were, by arm and outcome."""
    counts: dict[str, dict[str, Counter[str]]] = {}
    for sample in ran.joined.samples:
        if sample.fault:
            counts.setdefault(sample.arm, {}).setdefault(sample.outcome, Counter())[sample.fault.kind] += 1
    return {arm: {name: dict(sorted(each.items())) for name, each in sorted(kinds.items())} for arm, kinds in counts.items()}


def _outcome_lines(ran: Ran) -> Iterator[str]:
    """Yield the outcomes of each arm, errors with their kinds."""
    faults = _faults(ran)
    for arm, counts in _outcomes(ran).items():
        told = []
        for name, count in counts.items():
            kinds = ", ".join(f"{number} {kind}" for kind, number in faults.get(arm, {}).get(name, {}).items())
            told.append(f"{count} {name}{f' ({kinds})' if kinds else ''}")
        yield f"{arm}: {', '.join(told)}"


def _print(folder: Path, ran: Ran, lines: Sequence[Line]) -> None:
    record, (_, unfinished) = ran
    arms = record.way.arms
    cells = [
        (line.family, line.level, line.items, f"{line.chance:.1%}", *(_cell(line.figures[arm]) for arm in arms)) for line in lines
    ]
    read_by = f", read by {record.judge.uri}" if record.judge else ""
    print_table(
        f"{record.model.uri}{read_by}", ("family", "level", "items", "chance", *arms), cells, ("level", "items", "chance", *arms)
    )
    for told in _outcome_lines(ran):
        typer.echo(told)
    for arm, why in record.absent.items():
        typer.echo(f"{arm}: not asked, {why}")
    if theirs := upstream_of(folder, ran):
        print_upstream(theirs)
    for told in folder_lines(record.model.facts):
        typer.echo(told)
    if unfinished:
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
