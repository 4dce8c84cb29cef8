"""What people saw in pictures: the CSV files that the label page gives, and the majority of several people."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.agreement import krippendorff_alpha
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.known_pictures import KnownPicture
from unisandbox.evaluation.outcomes import Sample
from unisandbox.evaluation.quality import Place
from unisandbox.evaluation.scores import NothingJudgedError
from unisandbox.evaluation.verdicts import compared

COLUMNS: Final = ("sample", "labeller", "pass", "picture", "question", "answer")
CANNOT_TELL: Final = "cannot tell"
PASSES: Final = 3
LARGEST_FILE_BYTES: Final = 64 * 2**20
FIX: Final = "mend the line, or download the file from the page again"
Asked = tuple[str, str]  # picture and question


@dataclass(frozen=True, slots=True)
class Label:
    """One answer of one person: `rater` is a name with a pass."""

    rater: str
    picture: str
    question: str
    answer: str


def read_labels(paths: Sequence[Path], sample: Mapping[str, Any]) -> list[Label]:
    """Return the labels of CSV files, in their order.

    Args:
        paths: As the label page gave them.
        sample: The sample that they are of.

    Raises:
        DataError: A file that cannot be read, or lines that are no label of the sample: all of them.
    """
    choices = {(one["name"], each["name"]): each["choices"] for one in sample["pictures"] for each in one["questions"]}
    found, wrong, seen = list[Label](), list[Violation](), dict[tuple[str, str, str], str]()
    for path in paths:
        for number, row in _lines(path):
            where = f"{path}: line {number}"
            faults = list(_faults(where, row, choices, sample["sha256"]))
            if not faults:
                label = Label(f"{row['labeller'].strip()}, pass {row['pass']}", row["picture"], row["question"], row["answer"])
                key = (label.rater, label.picture, label.question)
                if key in seen:
                    told = f"{label.rater} on {label.picture}, {label.question}, as {seen[key]} has it"
                    faults = [Violation(where, told, "one answer each", "remove one of the two lines")]
                seen.setdefault(key, where)
                found.append(label)
            wrong += faults
    if wrong:
        raise DataError(wrong)
    if not found:
        raise DataError(Violation(", ".join(map(str, paths)), "no label", "one or more", "label pictures on the page first"))
    return found


def majorities(labels: Sequence[Label]) -> dict[Asked, str | None]:
    """Return the answer that most people gave to each question about each picture; None where two are as frequent, or none is.

    >>> majorities([Label("a", "1", "count", "2"), Label("b", "1", "count", "3"), Label("c", "1", "count", "3")])
    {('1', 'count'): '3'}
    """
    votes: dict[Asked, Counter[str]] = {}
    for label in labels:
        place = votes.setdefault((label.picture, label.question), Counter())
        if label.answer != CANNOT_TELL:
            place[label.answer] += 1
    return {place: _most(counts) for place, counts in votes.items()}


def labelled_pictures(
    sample: Mapping[str, Any], labels: Sequence[Label], items: Mapping[str, Item], folder: Path
) -> list[KnownPicture]:
    """Return the pictures of a sample about which people agree, with what they saw; the others are left out.

    Args:
        sample: From `sample.json`.
        labels: Of people.
        items: By id, at least those of the sample.
        folder: Where the pictures of the sample stand.

    Raises:
        DataError: A picture is gone, or its item is not in the release.
    """
    agreed = majorities(labels)
    known = []
    for one in sample["pictures"]:
        seen = {each["name"]: agreed.get((one["name"], each["name"])) for each in one["questions"]}
        shows = {name: answer for name, answer in seen.items() if answer is not None}
        if len(shows) < len(seen):
            continue
        item, path = items.get(one["about"]["item"]), folder / one["file"]
        if item is None or not path.is_file():
            found = f"no item {one['about']['item']}" if item is None else "no file"
            raise DataError(
                Violation(str(path), found, "the pictures and the release of the sample", "check --data and the folder")
            )
        known.append(KnownPicture(item, "labelled", path.read_bytes(), shows, compared(shows, item.target).correct))
    return known


def run_labels(sample: Mapping[str, Any], labels: Sequence[Label], samples: Iterable[Sample]) -> dict[Place, bool]:
    """Return whether people say that a picture of a run is right, by item, arm and sample; of pictures about which they agree.

    Args:
        sample: From `sample.json`.
        labels: Of people.
        samples: Of the run that the sample was drawn from.

    Raises:
        DataError: The sample is of another run: not one of its pictures is in this one.
    """
    there = {(one.item.id, one.arm, one.sample): one for one in samples if one.picture}
    agreed, found, known = majorities(labels), dict[Place, bool](), 0
    for one in sample["pictures"]:
        about = one["about"]
        place = (about["item"], about["arm"], about["sample"])
        ours = there.get(place)
        if ours is None or ours.picture != about["sha256"]:
            continue
        known += 1
        seen = {each["name"]: agreed.get((one["name"], each["name"])) for each in one["questions"]}
        if all(answer is not None for answer in seen.values()):
            found[place] = compared({name: str(answer) for name, answer in seen.items()}, ours.item.target).correct
    if not known:
        fix = "give the labels of pictures of this run, which `unisandbox label` took from it"
        raise DataError(Violation("--labels", "pictures of another run", "pictures of this run", fix))
    return found


def labels_document(sample: Mapping[str, Any], labels: Sequence[Label], known: Sequence[KnownPicture]) -> dict[str, Any]:
    """Return what a calibration file says of the labels: who, how many pictures, and how far they agree."""
    raters = sorted({label.rater for label in labels})
    given = {(label.picture, label.question, label.rater): label.answer for label in labels if label.answer != CANNOT_TELL}
    places = sorted({(label.picture, label.question) for label in labels})
    try:
        alpha = krippendorff_alpha([[given.get((*place, rater)) for rater in raters] for place in places]).value
    except NothingJudgedError:
        alpha = None
    return {"labellers": raters, "pictures": len(known), "undecided": len(sample["pictures"]) - len(known), "alpha": alpha}


def _most(counts: Counter[str]) -> str | None:
    first = counts.most_common(2)
    return first[0][0] if first and (len(first) == 1 or first[0][1] > first[1][1]) else None


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise csv.Error(f"{path.stat().st_size // 10**6} MB")
        with open(path, encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source, strict=True)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                found = f"no column {', '.join(missing)}"
                raise DataError(Violation(f"{path}: line 1", found, ", ".join(COLUMNS), "take the file that the page gave"))
            for row in reader:
                yield reader.line_num, row
    except FileNotFoundError:
        raise DataError(Violation(str(path), "no file", "the CSV that the page gave", "check the path")) from None
    except (UnicodeDecodeError, csv.Error, IsADirectoryError) as error:
        raise DataError(Violation(str(path), str(error), "a CSV in UTF-8", "download it from the page again")) from None


def _faults(where: str, row: Mapping[str, Any], choices: Mapping[Asked, Sequence[str]], sha256: str) -> Iterator[Violation]:
    if None in row or None in row.values():
        yield Violation(where, "another number of cells", f"{len(COLUMNS)}, as in line 1", FIX)
        return
    if row["sample"] != sha256[:16]:
        yield Violation(f"{where}: sample", repr(row["sample"])[:40], sha256[:16], "give the labels of this sample alone")
        return
    if not row["labeller"].strip() or not row["labeller"].isprintable():
        yield Violation(f"{where}: labeller", repr(row["labeller"])[:40], "a name", FIX)
    if row["pass"] not in map(str, range(1, PASSES + 1)):
        yield Violation(f"{where}: pass", repr(row["pass"])[:40], f"1 to {PASSES}", FIX)
    place = (row["picture"], row["question"])
    if place not in choices:
        yield Violation(f"{where}: picture, question", repr(place)[:80], "a question about a picture of the sample", FIX)
    elif row["answer"] not in (*choices[place], CANNOT_TELL):
        allowed = f"one of the {len(choices[place])} choices, or {CANNOT_TELL!r}"
        yield Violation(f"{where}: answer", repr(row["answer"])[:40], allowed, FIX)
