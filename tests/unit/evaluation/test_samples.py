from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from unisandbox.errors import DataError
from unisandbox.evaluation.samples import read_samples

SAMPLE: dict[str, Any] = {
    "id": "math/1/test/000000",
    "family": "math",
    "level": 1,
    "split": "test",
    "group": "math/1/test/000000",
    "cluster": "math/d01",
    "model": "folder:images",
    "arm": "ask",
    "correct": True,
}


def written(folder: Path, *rows: Any) -> Path:
    path = folder / "samples.jsonl"
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8")
    return path


def test_samples_are_read_with_whatever_else_a_scorer_wrote(tmp_path: Path) -> None:
    rows = [SAMPLE, {**SAMPLE, "arm": "draw/normal", "correct": None, "verdicts": [{"judge": "exact", "said": "two apples"}]}]
    found = read_samples(written(tmp_path, *rows))
    assert (found.model, found.rows) == ("folder:images", tuple(rows))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{key: SAMPLE[key] for key in SAMPLE if key != "cluster"}], "line 1: cluster: found nothing; allowed: a value"),
        ([SAMPLE, "", {**SAMPLE, "arm": "literal", "correct": 1}], "line 3: correct: found 1; allowed: true or false or null"),
        ([{**SAMPLE, "level": 0}], "line 1: level: found 0; allowed: at least 1"),
        ([SAMPLE, "not JSON", SAMPLE], "line 2: found 'not JSON'"),
        ([SAMPLE, "[1]"], "line 2: found a JSON list; allowed: a JSON object"),
        ([SAMPLE, '{"id": "ma'], "line 2: found"),
        ([SAMPLE, {**SAMPLE, "level": 2}], "line 2: found math/1/test/000000 in arm ask, as in line 1; allowed: each item once"),
        ([SAMPLE, {**SAMPLE, "arm": "literal", "model": "tiny"}], "line 2: found model 'tiny'; allowed: 'folder:images' alone"),
        ([""], "found an empty file"),
    ],
)
def test_what_is_no_file_of_samples_is_refused_in_one_message(rows: list[Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_samples(written(tmp_path, *rows))
    assert message in str(caught.value)
    assert len(caught.value.violations) == 1


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="found no such file; allowed: a JSONL file of samples; check the path"):
        read_samples(tmp_path / "samples.jsonl")


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_samples(written(tmp_path, {**SAMPLE, "arm": ""}, {**SAMPLE, "correct": "yes"}))
    assert [violation.where.rpartition("samples.jsonl: ")[2] for violation in caught.value.violations] == [
        "line 1: arm",
        "line 2: correct",
    ]
