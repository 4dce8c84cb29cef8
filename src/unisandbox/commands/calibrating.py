"""`label`: a page on which people say what pictures show; `calibrate`: how often a judge is right on pictures of known truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unisandbox.commands.base import Json, command
from unisandbox.commands.hub import here
from unisandbox.commands.score import DATA, Data, JudgeArguments, JudgeUri, Workers
from unisandbox.errors import DataError, InputError, Violation
from unisandbox.terminal import bar, print_json, print_table

if TYPE_CHECKING:
    from unisandbox.evaluation.judges.registry import Opened
    from unisandbox.evaluation.known_pictures import KnownPicture, ReadPicture

NUMBERS = ("right pictures", "read as right", "wrong pictures", "read as wrong")
EVERY = 100  # pictures between two steps of the bar
OUT = Path("calibration.json")


@command
def label(
    run: Annotated[Path, typer.Argument(help="Folder of a run.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the page and its pictures.")] = Path("label"),
    n: Annotated[int, typer.Option("--n", min=1, help="Pictures at most.")] = 200,
    data: Annotated[Path | None, typer.Option("--data", help="Release folder, if it no longer is where the run read it.")] = None,
    as_json: Json = False,
) -> None:
    """Write a page on which people say what pictures of a run show, without being told what was wanted.

    Example: unisandbox label build/scores/unisandbox-0.2.0/baseline-oracle --n 200 --out label
    """
    from unisandbox.evaluation.label_page import write_label_page
    from unisandbox.evaluation.label_sample import write_sample
    from unisandbox.evaluation.run import reported

    folder = here(data, quiet=as_json) if data else None
    ran = reported(run, folder)
    sample = write_sample(ran, run, folder or Path(ran.record.data), out, n)
    page = write_label_page(sample, out)
    if as_json:
        print_json({"page": str(page), "pictures": len(sample["pictures"]), "sample": sample["sha256"]})
        return
    typer.echo(f"{len(sample['pictures'])} pictures: open {page} in a browser; keep sample.json from those who label")


@command
def calibrate(
    judge: JudgeUri = "sprites",
    judge_arg: JudgeArguments = None,
    judge_workers: Workers = None,
    data: Data = DATA,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Items at most, each with its reference picture and foils.")] = 300,
    labels: Annotated[list[Path] | None, typer.Option("--labels", help="CSV of a labeller, may be repeated.")] = None,
    sample: Annotated[
        Path | None, typer.Option("--sample", help="sample.json of the labels, if it is not beside the first CSV.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="File to write.")] = OUT,
    as_json: Json = False,
) -> None:
    """Say how often a judge is right on pictures of known truth: reference pictures and foils, and pictures that people labelled.

    Example: unisandbox calibrate --judge sprites --data build/unisandbox-0.2.0 --out calibration.json
    """
    from unisandbox.evaluation.calibrate import calibration_document, write_calibration
    from unisandbox.evaluation.identity import digest
    from unisandbox.evaluation.items import scored_items
    from unisandbox.evaluation.judges.registry import open_judge
    from unisandbox.evaluation.known_pictures import rendered
    from unisandbox.evaluation.models.registry import arguments_of
    from unisandbox.evaluation.released import released

    if sample and not labels:
        raise InputError(Violation("--sample", str(sample), "with --labels", "name the CSV files too"))
    folder = here(data, quiet=as_json)
    opened = open_judge(judge, folder, arguments_of(judge_arg or (), "--judge-arg"))
    with closing(opened.judge):
        people = _people(folder, labels, sample or labels[0].parent / "sample.json") if labels else None
        items = scored_items(folder, limit=limit).items
        read = Reading(opened, folder, judge_workers or opened.workers, quiet=as_json)
        sources = [read.source("rendered", rendered(items), sum(1 + len(item.foils) for item in items))]
        if people:
            sources.append(read.source("labelled", people[0], len(people[0])))
        identity = dict(opened.judge.identity())
    party = {"uri": judge, "identity": identity, "sha256": digest(identity)}
    document = calibration_document(party, asdict(released(folder)), sources, people[1] if people else None)
    write_calibration(out, document)
    if as_json:
        print_json(document)
    else:
        _print(document, out)


def _people(folder: Path, labels: list[Path], sample: Path) -> tuple[list[KnownPicture], dict[str, Any]]:
    """Return the pictures about which people agree, and what is said of their labels."""
    from unisandbox.evaluation.label_sample import items_of, read_sample
    from unisandbox.evaluation.labels import labelled_pictures, labels_document, read_labels
    from unisandbox.evaluation.released import released

    asked = read_sample(sample)
    if asked["release"]["digest"] != released(folder).digest:
        found, allowed = "another release", f"{asked['release']['name']} {asked['release']['version']}, of the labelled run"
        raise DataError(Violation(str(folder), found, allowed, "name the release of the run with --data"))
    found_labels = read_labels(labels, asked)
    known = labelled_pictures(asked, found_labels, items_of(asked, folder), sample.parent)
    if not known:
        fix = "let somebody label more, or decide where they differ"
        raise DataError(
            Violation(", ".join(map(str, labels)), "no picture with a majority for every question", "one or more", fix)
        )
    return known, labels_document(asked, found_labels, known)


@dataclass(frozen=True, slots=True)
class Reading:
    """A judge that reads pictures of known truth: with how many threads, and whether a bar is shown."""

    opened: Opened
    release: Path
    workers: int
    quiet: bool

    def source(self, name: str, known: Iterable[KnownPicture], count: int) -> dict[str, Any]:
        """Return one source of a calibration from some pictures, of which there are `count` at most."""
        from unisandbox.evaluation.calibrate import calibrated
        from unisandbox.evaluation.known_pictures import read_pictures
        from unisandbox.evaluation.released import Words
        from unisandbox.evaluation.run import questions_of

        read: list[ReadPicture] = []
        with bar(f"{name} pictures", quiet=self.quiet) as shown:
            for one in read_pictures(self.opened.judge, known, questions_of(Words(self.release)), self.workers):
                read.append(one)
                if len(read) % EVERY == 0:
                    shown.step("read", len(read), count)
        return calibrated(read, name)


def _print(document: Mapping[str, Any], out: Path) -> None:
    for source in document["sources"]:
        lines = [_line(rates) for rates in source["rates"]]
        print_table(f"{document['judge']['uri']} on {source['about']}", ("family", "by", *NUMBERS), lines, NUMBERS)
        if source["faults"]:
            failed = ", ".join(f"{count} {kind}" for kind, count in source["faults"].items())
            typer.echo(f"no reading of {sum(source['faults'].values())} of {source['pictures']} pictures: {failed}")
    if people := document["labels"]:
        alpha = "cannot be told" if people["alpha"] is None else f"{people['alpha']:.3f}"
        told = f"{people['pictures']} pictures labelled by {'; '.join(people['labellers'])}"
        typer.echo(f"{told}; {people['undecided']} left out without a majority; Krippendorff's alpha {alpha}")
    typer.echo(f"written: {out}")


def _line(rates: Mapping[str, Any]) -> tuple[str, ...]:
    by = f"{rates['by']} {rates['value']}" if rates["by"] == "count" else rates["by"]
    cells = [
        cell
        for name in ("sensitivity", "specificity")
        for cell in (f"{rates[name]['pictures']:,.0f}", _share(rates[name]["value"]))
    ]
    return (rates["family"] or "all", by, *cells)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
