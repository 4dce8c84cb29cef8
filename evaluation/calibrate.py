"""How often a judge is right, from pictures of known truth: rates of each family and count, and what it takes for what.

Rates on rendered pictures hold for generated ones as far as the two look alike, which is an assumption; labels of people on a
run's own pictures need no such assumption, and are used in place of the rendered ones where there are any.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.clustered import Counts
from unisandbox.evaluation.corrections import Calibration, Rate, calibration
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.judge_corrections import counts_table
from unisandbox.evaluation.known_pictures import ReadPicture
from unisandbox.evaluation.parts import count_of
from unisandbox.evaluation.quality import Quality
from unisandbox.schemas.files import replacing
from unisandbox.schemas.validate import check_rows

FORMAT: Final = 1
ALL: Final = "all"
RENDERED: Final = "rendered"
LABELLED: Final = "labelled"
SOURCES: Final = {RENDERED: "reference pictures and foils of the release", LABELLED: "pictures of a run that people labelled"}
COUNT: Final = "count"


@dataclass(frozen=True, slots=True)
class KnownJudge:
    """A judge's rates as a file holds them: the source, the digest of its identity, rates of all and of each family, counts."""

    source: str
    judge: str
    overall: Calibration
    families: Mapping[str, Calibration]
    counts: Mapping[str, Counts]

    @property
    def quality(self) -> Quality:
        """What results say of the judge."""
        return Quality(calibration=self.overall, families=self.families, counts=self.counts, source=SOURCES[self.source])


def calibrated(read: Sequence[ReadPicture], source: str) -> dict[str, Any]:
    """Return one source of a calibration: rates over all, by family and by count, and confusion of each question.

    Pictures of one item may be misread together, so items are the clusters. A picture that the judge failed on is in no rate; how
    many there are is in `faults`.

    Args:
        read: Pictures of known truth as the judge read them.
        source: One of `SOURCES`.

    Raises:
        DataError: There is no picture.
    """
    if not read:
        fix = "name a release that is built with pictures"
        raise DataError(Violation("calibration", "no pictures of known truth", "one or more", fix))
    faults = Counter(one.fault.kind for one in read if one.fault)
    seen = [one for one in read if one.seen_right is not None]
    return {
        "source": source,
        "about": SOURCES[source],
        "pictures": len(read),
        "faults": dict(sorted(faults.items())),
        "rates": _rates(seen),
        "confusion": _confusion(seen),
    }


def calibration_document(
    judge: Mapping[str, Any], release: Mapping[str, Any], sources: Sequence[Mapping[str, Any]], labels: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return what `calibration.schema.json` declares.

    Args:
        judge: `uri`, `identity` and `sha256`.
        release: `name`, `version` and `digest`.
        sources: What `calibrated` returned.
        labels: About the people's labels, where there are any.
    """
    named = {key: release[key] for key in ("name", "version", "digest")}
    told = dict(labels) if labels is not None else None
    return {"format": FORMAT, "judge": dict(judge), "release": named, "sources": list(sources), "labels": told}


def write_calibration(path: Path, document: Mapping[str, Any]) -> None:
    """Write a calibration file."""
    with replacing(path) as sink:
        sink.write(f"{json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)}\n".encode())


def read_calibration(path: Path, judge: str | None = None) -> KnownJudge:
    """Return the rates that a file holds: of labelled pictures where there are any, else of rendered ones.

    Args:
        path: A `calibration.json`.
        judge: Digest of the identity of the judge whose verdicts are to be corrected; None not to look.

    Raises:
        DataError: No file, not as `calibration.schema.json` declares, or of another judge.
    """
    fix = "make it with `unisandbox calibrate`"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(Violation(str(path), "no file", "a calibration", fix)) from None
    except (ValueError, OSError) as error:
        raise DataError(Violation(str(path), f"no JSON: {error}", "a calibration", fix)) from None
    wrong = check_rows([document], "calibration", where=lambda *_: str(path))
    if wrong:
        raise DataError(wrong)
    known = document["judge"]["sha256"]
    if judge is not None and known != judge:
        found = f"a calibration of {document['judge']['uri']} ({known[:12]})"
        fix = "calibrate the judge of the run, with the same arguments"
        raise DataError(Violation(str(path), found, f"one of the judge of the run ({judge[:12]})", fix))
    source = sorted(document["sources"], key=lambda one: one["source"] != LABELLED)[0]
    rates = {(one["by"], one["family"]): _calibration(one) for one in source["rates"] if one["by"] in (ALL, "family")}
    families = {family: rate for (by, family), rate in rates.items() if by == "family"}
    tables = {one["family"]: counts_table(one["cells"]) for one in source["confusion"] if one["question"] == COUNT}
    return KnownJudge(source["source"], known, rates[ALL, None], families, tables)


def _rates(seen: Sequence[ReadPicture]) -> list[dict[str, Any]]:
    """Return the rates over all, of each family, and of each count that items of a family want."""
    found = [_rate(ALL, None, ALL, seen)]
    for family in sorted({one.picture.item.family for one in seen}):
        ours = [one for one in seen if one.picture.item.family == family]
        found.append(_rate("family", family, family, ours))
        by_count = _grouped(ours, count_of)
        if len(by_count) > 1:
            found += [_rate(COUNT, family, count, by_count[count]) for count in sorted(by_count, key=int)]
    return found


def _grouped(seen: Sequence[ReadPicture], values: Callable[[Item], Sequence[str]]) -> dict[str, list[ReadPicture]]:
    groups: dict[str, list[ReadPicture]] = {}
    for one in seen:
        for value in values(one.picture.item):
            groups.setdefault(value, []).append(one)
    return groups


def _rate(by: str, family: str | None, value: str, seen: Sequence[ReadPicture]) -> dict[str, Any]:
    found = calibration(
        [one.picture.is_right for one in seen], [bool(one.seen_right) for one in seen], [one.picture.item.id for one in seen]
    )
    rates = {"sensitivity": asdict(found.sensitivity), "specificity": asdict(found.specificity)}
    return {"by": by, "family": family, "value": value, **rates}


def _calibration(rates: Mapping[str, Any]) -> Calibration:
    return Calibration(Rate(**rates["sensitivity"]), Rate(**rates["specificity"]))


def _confusion(seen: Sequence[ReadPicture]) -> list[dict[str, Any]]:
    """Return how often each true answer was read as each other, of each family and question, as [true, read, pictures]."""
    cells: Counter[tuple[str, str, str, str]] = Counter()
    for one in seen:
        for question, true in one.picture.shows.items():
            if question in one.answers:
                cells[one.picture.item.family, question, true, one.answers[question]] += 1
    tables: dict[tuple[str, str], list[list[Any]]] = {}
    for (family, question, true, read), count in sorted(cells.items(), key=lambda cell: _order(*cell[0])):
        tables.setdefault((family, question), []).append([true, read, count])
    return [{"family": family, "question": question, "cells": table} for (family, question), table in tables.items()]


def _order(family: str, question: str, true: str, read: str) -> tuple[str, str, tuple[int, str], tuple[int, str]]:
    return family, question, _number(true), _number(read)


def _number(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdecimal() else (1 << 30, text)
