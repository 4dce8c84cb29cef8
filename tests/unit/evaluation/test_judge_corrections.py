"""An accuracy is corrected for its judge by what is known of the judge, and by nothing else; what is missing is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import made_runs
import numpy as np
import pytest
from typer.testing import CliRunner

from unisandbox.cli import app
from unisandbox.errors import DataError
from unisandbox.evaluation.corrections import calibration
from unisandbox.evaluation.judge_corrections import counts_table
from unisandbox.evaluation.label_sample import read_sample, write_sample
from unisandbox.evaluation.labels import COLUMNS, Label, run_labels
from unisandbox.evaluation.outcomes import CORRECT, WRONG
from unisandbox.evaluation.plan import Plan
from unisandbox.evaluation.protocol import ASK, LITERAL, NORMAL
from unisandbox.evaluation.quality import Quality
from unisandbox.evaluation.results import read_results, results_of
from unisandbox.evaluation.run import Ran, score
from unisandbox.evaluation.verdicts import right_answers
from unisandbox.schemas.validate import check_rows

EXACT = counts_table([[str(number), str(number), 50] for number in range(1, 21)])


def block(quality: Quality, samples: list[Any], arm: str = NORMAL, by: str = "family") -> dict[str, Any]:
    found = results_of(made_runs.record(), samples, quality=quality)
    assert check_rows([found], "results") == []
    part = next(part for part in found["parts"] if part["by"] == by)
    told: dict[str, Any] = part["arms"][arm]
    return told


def drawn(chosen: list[Any], said: dict[str, bool]) -> list[Any]:
    """Return a run of one arm in which the judge is right about an item where `said` is its verdict."""
    return [made_runs.sample(one, NORMAL, outcome=CORRECT if said[one.id] else WRONG) for one in chosen]


def test_counts_are_corrected_by_the_table_of_what_the_judge_counts() -> None:
    chosen = made_runs.items(60, levels=(1,), clusters=20)
    half = drawn(chosen, {one.id: made_runs.half(one, NORMAL) for one in chosen})
    exact = block(Quality(counts={"math": EXACT}), half)
    assert exact["corrected_counts"]["value"] == pytest.approx(0.5)
    nine_as_target = EXACT.copy()
    for target in (2, 3, 4):
        nine_as_target[target, 9] = 50 / 3  # every second picture of nine is read as what was asked for, by chance
    lenient = block(Quality(counts={"math": nine_as_target}), half)
    assert lenient["corrected_counts"]["value"] < 0.5


def test_what_a_correction_lacks_is_told_and_none_is_made_up() -> None:
    chosen = made_runs.items(40, levels=(1,), clusters=20)
    half = [*drawn(chosen, {one.id: made_runs.half(one, NORMAL) for one in chosen}), made_runs.sample(chosen[0], ASK)]
    nothing = block(Quality(), half)
    assert [nothing[name] for name in ("corrected", "corrected_counts", "by_labels")] == [None] * 3
    assert nothing["corrected_reason"] == "the judge was not calibrated"
    assert nothing["corrected_counts_reason"] == "the judge was not calibrated on counts"
    assert nothing["by_labels_reason"] == "no picture was labelled by people"
    elsewhere = block(Quality(counts={"mapping": EXACT}), half)
    assert elsewhere["corrected_counts_reason"] == "the calibration has no counts of math"
    assert (
        block(Quality(counts={"math": EXACT}), half, by="all")["corrected_counts_reason"] == "families have tables of their own"
    )
    assert block(Quality(labels={(chosen[0].id, NORMAL, 0): True}), half, ASK)["by_labels_reason"].startswith(
        "answers are matched"
    )
    two_mixed = np.zeros((22, 22))
    two_mixed[2, :] = 40
    assert "mixed up" in block(Quality(counts={"math": two_mixed}), half)["corrected_counts_reason"]


def test_labels_of_people_mend_a_lenient_judge() -> None:
    chosen = made_runs.items(200, levels=(1,), clusters=40)
    truth = {one.id: int(one.id[-3:]) % 10 < 4 for one in chosen}
    seen = {name: right or int(name[-3:]) % 10 == 9 for name, right in truth.items()}  # it takes one picture in six for right
    labels = {(one.id, NORMAL, 0): truth[one.id] for one in chosen if int(one.id[-4:]) % 3 == 0}
    found = block(Quality(labels=labels), drawn(chosen, seen))
    assert found["accuracy"]["value"] == pytest.approx(0.5)
    assert found["by_labels"]["interval"][0] < 0.4 < found["by_labels"]["interval"][1]
    assert abs(found["by_labels"]["value"] - 0.4) < 0.03
    assert found["by_labels"]["method"].startswith("ppi++")


def test_rates_labels_and_counts_stand_side_by_side() -> None:
    chosen = made_runs.items(60, levels=(1,), clusters=20)
    half = drawn(chosen, {one.id: made_runs.half(one, NORMAL) for one in chosen})
    known = calibration([1] * 100 + [0] * 100, [1] * 90 + [0] * 10 + [0] * 95 + [1] * 5)
    labels = {(one.id, NORMAL, 0): made_runs.half(one, NORMAL) for one in chosen[::3]}
    found = block(Quality(calibration=known, counts={"math": EXACT}, labels=labels), half)
    assert None not in (found["corrected"], found["corrected_counts"], found["by_labels"])


@pytest.fixture(scope="module")
def run(scored_release: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    folder = tmp_path_factory.mktemp("mended")
    (folder / "truth.toml").write_text("normal = 0.5\nliteral = 0.5\n")
    plan = Plan(
        data=scored_release, out=folder / "run", model=f"scripted:{folder / 'truth.toml'}", judge="scripted:exact", canary=False
    )
    return score(plan, lambda _: None), folder / "run"


def test_report_takes_the_csv_of_the_label_page(run: tuple[Ran, Path], scored_release: Path, tmp_path: Path) -> None:
    ran, folder = run
    sample = write_sample(ran, folder, scored_release, tmp_path / "label", 40)
    there = {(one.item.id, one.arm): one for one in ran.joined.samples}
    lines = [",".join(COLUMNS)]
    for one in sample["pictures"]:
        drawn_one = there[one["about"]["item"], one["about"]["arm"]]
        lines += [f"{sample['sha256'][:16]},Ada,1,{one['name']},{name},{answer}" for name, answer in drawn_one.read.items()]
    (tmp_path / "label" / "ada.csv").write_text("\n".join(lines) + "\n")
    done = CliRunner().invoke(app, ["report", str(folder), "--labels", str(tmp_path / "label" / "ada.csv")])
    assert done.exit_code == 0, done.output
    results = read_results(folder)
    assert results["judge_quality"]["labels"] == 40
    whole = results["parts"][0]["arms"]
    assert any(whole[arm]["by_labels"] or "stratum" in whole[arm]["by_labels_reason"] for arm in (LITERAL, NORMAL))
    assert "people labelled 40 pictures" in (folder / "report.html").read_text()


def test_labels_of_another_run_are_refused(run: tuple[Ran, Path], scored_release: Path, tmp_path: Path) -> None:
    ran, folder = run
    write_sample(ran, folder, scored_release, tmp_path, 10)
    asked = read_sample(tmp_path / "sample.json")
    with pytest.raises(DataError, match="pictures of another run"):
        run_labels(asked, [Label("Ada", "0001", "count", "3")], made_runs.samples(made_runs.items(4), made_runs.half))


def test_pictures_about_which_people_differ_have_no_label(run: tuple[Ran, Path], scored_release: Path, tmp_path: Path) -> None:
    ran, folder = run
    asked = write_sample(ran, folder, scored_release, tmp_path, 10)
    first = asked["pictures"][0]
    item = next(one.item for one in ran.joined.samples if one.item.id == first["about"]["item"])
    right = [Label("Ada", first["name"], name, answer) for name, answer in right_answers(item.target).items()]
    place = (first["about"]["item"], first["about"]["arm"], first["about"]["sample"])
    assert run_labels(asked, right, ran.joined.samples) == {place: True}
    name = first["questions"][0]["name"]
    other = next(choice for choice in first["questions"][0]["choices"] if choice != right_answers(item.target)[name])
    assert run_labels(asked, [*right, Label("Bo", first["name"], name, other)], ran.joined.samples) == {}
