"""People label pictures without being told what was wanted, and only what is a label of the sample is read as one."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from unisandbox.errors import DataError
from unisandbox.evaluation.label_page import label_page, write_label_page
from unisandbox.evaluation.label_sample import chosen, items_of, read_sample, write_sample
from unisandbox.evaluation.labels import COLUMNS, Label, labelled_pictures, labels_document, majorities, read_labels
from unisandbox.evaluation.plan import Plan
from unisandbox.evaluation.run import Ran, score

SAMPLE_SIZE = 20


@pytest.fixture(scope="module")
def run(scored_release: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    folder = tmp_path_factory.mktemp("labelled")
    (folder / "truth.toml").write_text("normal = 0.5\n")
    plan = Plan(
        data=scored_release, out=folder / "run", model=f"scripted:{folder / 'truth.toml'}", judge="scripted:exact", canary=False
    )
    return score(plan, lambda _: None), folder / "run"


@pytest.fixture
def sample(run: tuple[Ran, Path], scored_release: Path, tmp_path: Path) -> dict[str, Any]:
    return write_sample(*run, scored_release, tmp_path / "label", SAMPLE_SIZE)


def right_lines(sample: dict[str, Any], release: Path, labeller: str = "Ada") -> list[dict[str, str]]:
    """Return the labels of somebody who always says the first choice."""
    assert items_of(sample, release)
    return [
        dict(zip(COLUMNS, (sample["sha256"][:16], labeller, "1", one["name"], each["name"], each["choices"][0]), strict=True))
        for one in sample["pictures"]
        for each in one["questions"]
    ]


def as_csv(path: Path, lines: list[dict[str, str]]) -> Path:
    path.write_text("\n".join([",".join(COLUMNS), *(",".join(line.values()) for line in lines)]) + "\n")
    return path


def test_a_sample_is_the_same_each_time_and_takes_strata_in_proportion(run: tuple[Ran, Path]) -> None:
    samples = run[0].joined.samples
    found = chosen(samples, SAMPLE_SIZE)
    assert found == chosen(samples[::-1], SAMPLE_SIZE)
    assert len(found) == SAMPLE_SIZE
    with_picture = [one for one in samples if one.picture]
    there, taken = (Counter((one.outcome, one.item.family) for one in some) for some in (with_picture, found))
    assert len(there) > 3
    for stratum, count in there.items():
        assert abs(taken[stratum] - SAMPLE_SIZE * count / len(with_picture)) < 1
    assert len(chosen(samples, 10**6)) == len(with_picture)


def test_the_page_tells_neither_target_nor_verdict_and_asks_no_server(sample: dict[str, Any], tmp_path: Path) -> None:
    page = write_label_page(sample, tmp_path / "label").read_text()
    data = json.loads(re.findall(r'id="data">(.*?)</script>', page)[0])
    assert [sorted(one) for one in data["pictures"]] == [["file", "name", "questions"]] * SAMPLE_SIZE
    assert not re.search(r"https?://|@import|url\(", page)
    for one in sample["pictures"]:
        assert one["about"]["item"] not in page
        assert (tmp_path / "label" / one["file"]).is_file()


def test_what_a_choice_says_is_never_markup(sample: dict[str, Any]) -> None:
    sample["pictures"][0]["questions"][0]["choices"][0] = "</script><script>alert(1)</script>"
    assert "<script>alert" not in label_page(sample)


def test_another_sample_is_never_written_over_one_that_may_be_labelled(
    sample: dict[str, Any], run: tuple[Ran, Path], scored_release: Path, tmp_path: Path
) -> None:
    assert (
        write_sample(*run, scored_release, tmp_path / "label", SAMPLE_SIZE)
        == sample
        == read_sample(tmp_path / "label" / "sample.json")
    )
    with pytest.raises(DataError, match="another sample"):
        write_sample(*run, scored_release, tmp_path / "label", SAMPLE_SIZE - 1)


def test_labels_come_back_as_what_pictures_show(sample: dict[str, Any], scored_release: Path, tmp_path: Path) -> None:
    lines = right_lines(sample, scored_release)
    lines[0]["answer"] = "cannot tell"
    labels = read_labels([as_csv(tmp_path / "a.csv", lines)], sample)
    known = labelled_pictures(sample, labels, items_of(sample, scored_release), tmp_path / "label")
    assert len(known) == SAMPLE_SIZE - 1
    assert all(set(one.shows) for one in known)
    told = labels_document(sample, labels, known)
    assert (told["labellers"], told["undecided"], told["alpha"]) == (["Ada, pass 1"], 1, None)


def test_a_tie_decides_nothing() -> None:
    labels = [Label("a", "1", "count", "2"), Label("b", "1", "count", "3"), Label("a", "1", "object", "cannot tell")]
    assert majorities(labels) == {("1", "count"): None, ("1", "object"): None}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("sample", "0123456789abcdef"),
        ("labeller", " "),
        ("pass", "4"),
        ("picture", "9999"),
        ("question", "colour"),
        ("answer", "a thing that is no choice"),
    ],
)
def test_a_malformed_line_is_named(sample: dict[str, Any], scored_release: Path, tmp_path: Path, column: str, value: str) -> None:
    lines = right_lines(sample, scored_release)
    lines[1][column] = value
    lines[3][column] = value
    path = as_csv(tmp_path / "a.csv", lines)
    with pytest.raises(DataError) as caught:
        read_labels([path], sample)
    assert [re.match(r".*: line (\d+)", one.where)[1] for one in caught.value.violations] == ["3", "5"]  # type: ignore[index]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", ",".join(COLUMNS) + "\n", ",".join(COLUMNS) + "\n1,2\n", "\0\0", '"'])
def test_what_is_no_file_of_labels_is_refused(sample: dict[str, Any], tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(DataError):
        read_labels([tmp_path / "a.csv"], sample)


def test_one_who_labels_a_picture_twice_is_asked_to_decide(sample: dict[str, Any], scored_release: Path, tmp_path: Path) -> None:
    paths = [as_csv(tmp_path / name, right_lines(sample, scored_release)) for name in ("a.csv", "b.csv")]
    with pytest.raises(DataError, match=r"b.csv: line 2: found Ada, pass 1 on .* as .*a.csv: line 2 has it"):
        read_labels(paths, sample)
