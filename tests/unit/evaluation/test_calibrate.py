"""A judge's rates come out as they were planted, and a file of them is believed only for the judge that it is of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from unisandbox.errors import DataError
from unisandbox.evaluation.calibrate import calibrated, calibration_document, read_calibration, write_calibration
from unisandbox.evaluation.intake import Picture, take_in
from unisandbox.evaluation.items import scored_items
from unisandbox.evaluation.known_pictures import KnownPicture, ReadPicture, read_pictures, rendered
from unisandbox.evaluation.protocol import Fault, JudgeRequest, Reading
from unisandbox.evaluation.released import Words
from unisandbox.evaluation.run import questions_of
from unisandbox.schemas.validate import check_rows

WRONG_EVERY = 5  # of the pictures that a planted judge sees, by their digest


class Knowing:
    """A judge that is told what pictures show, and miscounts some."""

    blind = True
    batch = 3

    def __init__(self, shows: Mapping[str, Mapping[str, str]], *, errs: bool = False, fails: bool = False) -> None:
        self.shows, self.errs, self.fails = shows, errs, fails

    def identity(self) -> Mapping[str, Any]:
        return {"kind": "knowing", "errs": self.errs}

    def read(self, requests: Sequence[JudgeRequest]) -> Sequence[Reading | Fault]:
        return [self.read_one(request) for request in requests]

    def read_one(self, request: JudgeRequest) -> Reading | Fault:
        assert request.prompt is None
        assert request.gold is None
        if self.fails:
            return Fault("bad_reply", "nothing")
        name = hashlib.sha256(request.picture).hexdigest()
        answers = dict(self.shows[name])
        if self.errs and "count" in answers and int(name, 16) % WRONG_EVERY == 0:
            answers["count"] = str(int(answers["count"]) + 1)
        return Reading(answers)

    def close(self) -> None:
        pass


def digest_of(known: KnownPicture) -> str:
    found = take_in(known.content)
    assert isinstance(found, Picture)
    return found.sha256


@pytest.fixture(scope="module")
def known(scored_release: Path) -> list[KnownPicture]:
    return list(rendered(scored_items(scored_release, families=["math", "mapping"]).items))


@pytest.fixture(scope="module")
def shows(known: list[KnownPicture]) -> dict[str, Mapping[str, str]]:
    return {digest_of(one): one.shows for one in known}


def read_by(judge: Knowing, known: list[KnownPicture], release: Path, workers: int = 1) -> list[ReadPicture]:
    return list(read_pictures(judge, known, questions_of(Words(release)), workers))


def rates_of(source: Mapping[str, Any], by: str, family: str | None) -> Mapping[str, Any]:
    (found,) = [one for one in source["rates"] if (one["by"], one["family"]) == (by, family)]
    return {name: (found[name]["value"], found[name]["pictures"]) for name in ("sensitivity", "specificity")}


def test_references_are_right_and_foils_are_wrong(known: list[KnownPicture], shows: dict[str, Any], scored_release: Path) -> None:
    source = calibrated(read_by(Knowing(shows), known, scored_release, workers=4), "rendered")
    assert rates_of(source, "all", None) == {"sensitivity": (1.0, 36), "specificity": (1.0, 60)}
    assert rates_of(source, "family", "mapping") == {"sensitivity": (1.0, 12), "specificity": (1.0, 12)}
    assert all(true == read for table in source["confusion"] for true, read, _ in table["cells"])
    assert sum(cell[2] for table in source["confusion"] for cell in table["cells"] if table["question"] == "count") == len(known)


def test_a_judge_that_miscounts_is_found_out(known: list[KnownPicture], shows: dict[str, Any], scored_release: Path) -> None:
    read = read_by(Knowing(shows, errs=True), known, scored_release)
    missed = sum(one.picture.is_right and not one.seen_right for one in read)
    assert 0 < missed < 36
    source = calibrated(read, "rendered")
    assert rates_of(source, "all", None)["sensitivity"] == (pytest.approx(1 - missed / 36), 36)
    counts = [cell for table in source["confusion"] if table["question"] == "count" for cell in table["cells"]]
    errors = sum(cell[2] for cell in counts if int(cell[1]) == int(cell[0]) + 1)
    assert errors == sum(int(digest_of(one), 16) % WRONG_EVERY == 0 for one in known) > 0


def test_pictures_that_the_judge_fails_on_are_in_no_rate(
    known: list[KnownPicture], shows: dict[str, Any], scored_release: Path
) -> None:
    source = calibrated(read_by(Knowing(shows, fails=True), known, scored_release), "rendered")
    assert source["faults"] == {"bad_reply": len(known)}
    assert rates_of(source, "all", None) == {"sensitivity": (None, 0), "specificity": (None, 0)}


def written(path: Path, sources: Sequence[Mapping[str, Any]]) -> Path:
    judge = {"uri": "knowing", "identity": {}, "sha256": "a" * 64}
    release = {"name": "hand", "version": "0.1.0", "digest": "d"}
    document = calibration_document(judge, release, sources, None)
    assert check_rows([document], "calibration") == []
    write_calibration(path, document)
    return path


def test_a_file_gives_back_its_rates_and_labels_before_rendered_pictures(
    tmp_path: Path, known: list[KnownPicture], shows: dict[str, Any], scored_release: Path
) -> None:
    read = read_by(Knowing(shows, errs=True), known, scored_release)
    both = [calibrated(read, "rendered"), calibrated(read[:30], "labelled")]
    path = written(tmp_path / "calibration.json", both)
    found = read_calibration(path, "a" * 64)
    assert found.source == "labelled"
    assert found.overall.sensitivity.pictures + found.overall.specificity.pictures == 30
    assert found.quality.calibration == found.overall
    assert read_calibration(written(tmp_path / "one.json", both[:1])).families.keys() == {"math", "mapping"}


def test_a_calibration_of_another_judge_is_refused(
    tmp_path: Path, known: list[KnownPicture], shows: dict[str, Any], scored_release: Path
) -> None:
    path = written(tmp_path / "calibration.json", [calibrated(read_by(Knowing(shows), known[:6], scored_release), "rendered")])
    with pytest.raises(DataError, match=r"a calibration of knowing .*calibrate the judge of the run"):
        read_calibration(path, "b" * 64)


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"format": 2}), "null"])
def test_what_is_no_calibration_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "calibration.json").write_text(text)
    with pytest.raises(DataError):
        read_calibration(tmp_path / "calibration.json")
    with pytest.raises(DataError, match="no file"):
        read_calibration(tmp_path / "absent.json")
