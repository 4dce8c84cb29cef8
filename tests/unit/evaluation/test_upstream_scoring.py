"""UniSandbox's own files are scored by its rules, and what their wrong golds leave is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from unisandbox.cli import app
from unisandbox.errors import DataError
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.outcomes import CORRECT, JUDGE_ERROR, WRONG, Sample
from unisandbox.evaluation.protocol import NORMAL
from unisandbox.evaluation.spelled import spelled_picture
from unisandbox.evaluation.upstream import ceiling, upstream_score
from unisandbox.evaluation.upstream_files import upstream_items
from unisandbox.evaluation.verdicts import compared
from unisandbox.generators.foreign import audit_file

UPSTREAM = Path(__file__).resolve().parents[4] / "shared" / "upstream"
RULES = "Rule 1: The symbol A represents apples. Rule 2: The symbol B represents knives. Please generate the object of"
MATH = [
    {"Question": "Generate as many apples as the result of 8 / 4.", "Answer": "2 apples.", "id": "1"},
    {"Question": "Generate as many knives as the result of 6 - 2.", "Answer": "three knives", "id": "2"},
    {"Question": "Generate as many apples as the result of 7 / 3.", "Answer": "2 apples.", "id": "3"},
]
MAPPING = [
    {"ID": "1", "Question_A": f"{RULES} symbol A.", "Answer": "Apples"},
    {"ID": "1", "Question_B": f"{RULES} symbol B.", "Answer": "Knives"},
    {
        "ID": "2",
        "Question_A": f"{RULES} symbol B.",
        "Question_B": f"{RULES} symbol A.",
        "Answer_A": "Knives",
        "Answer_B": "apple",
    },
]


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def as_drawn(items: tuple[Item, ...], outcomes: list[str]) -> list[Sample]:
    pairs = zip(items, outcomes, strict=True)
    return [Sample(item=item, arm=NORMAL, sample=0, prompt=item.draw, seed=1, outcome=outcome) for item, outcome in pairs]


def test_a_math_row_wants_an_exact_count_of_an_exact_type(tmp_path: Path, scored_release: Path) -> None:
    items = upstream_items(written(tmp_path / "math_1.jsonl", MATH), scored_release).items
    assert [item.id for item in items] == ["math_1/1", "math_1/2", "math_1/3"]
    assert [(one["name"], one["count"]) for item in items for one in item.target["objects"]] == [
        ("apple", 2),
        ("knife", 3),
        ("apple", 2),
    ]
    assert compared({"object": "apple", "count": "2"}, items[0].target).correct
    assert not compared({"object": "apple", "count": "3"}, items[0].target).correct
    score = upstream_score(items, as_drawn(items, [CORRECT, WRONG, JUDGE_ERROR]), NORMAL)
    assert (score.right, score.rows, score.without_verdict) == (1, 3, 1)
    assert score.accuracy == pytest.approx(1 / 3)


def test_score_takes_a_file_and_a_folder_in_its_layout(tmp_path: Path, scored_release: Path) -> None:
    questions = written(tmp_path / "math_1.jsonl", MATH)
    folder = tmp_path / "pictures" / "normal" / "math_1"
    folder.mkdir(parents=True)
    item = upstream_items(questions, scored_release).items[0]
    wanted = {"kind": "objects", "shows": item.target, "wanted": item.target, "for": [item.id]}
    (folder / "1.png").write_bytes(spelled_picture(wanted, 64))
    asked = ("score", "--items", questions, "--model", f"folder:{tmp_path / 'pictures'}", "--judge", "scripted:exact")
    places = ("--no-canary", "--data", scored_release, "--out", tmp_path / "run")
    done = CliRunner().invoke(app, list(map(str, (*asked, *places))), env={"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "160"})
    assert done.exit_code == 3, done.output  # two of three pictures are missing
    assert "draw/normal: 1 correct, 2 generation_error (2 missing)" in done.stdout
    assert "2 of 3 rows have a wrong gold or no answer" in done.stdout
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "One who is always right gets at most 33.3% of this file: 2 of 3 rows have a wrong gold or no answer" in page
    kept = json.loads((tmp_path / "run" / "upstream.json").read_text())
    assert kept["arms"]["draw/normal"]["upstream"]["right"] == 1


def test_a_mapping_row_counts_only_if_both_pictures_are_right_whatever_the_number(tmp_path: Path, scored_release: Path) -> None:
    items = upstream_items(written(tmp_path / "mapping1.jsonl", MAPPING), scored_release).items
    assert [item.id for item in items] == ["mapping1/1_A", "mapping1/1_B", "mapping1/2_A", "mapping1/2_B"]
    assert compared({"object": "apple", "count": "7"}, items[0].target).correct
    assert not compared({"object": "knife", "count": "1"}, items[0].target).correct
    score = upstream_score(items, as_drawn(items, [CORRECT, CORRECT, CORRECT, WRONG]), NORMAL)
    assert (score.right, score.rows) == (1, 2)


def test_a_row_without_a_picture_counts_as_wrong(tmp_path: Path, scored_release: Path) -> None:
    items = upstream_items(written(tmp_path / "math_1.jsonl", MATH), scored_release).items
    score = upstream_score(items, as_drawn(items[:1], [CORRECT]), NORMAL)
    assert (score.right, score.rows, score.without_verdict) == (1, 3, 2)


def test_wrong_golds_lower_what_a_perfect_reader_gets(tmp_path: Path, scored_release: Path) -> None:
    path = written(tmp_path / "math_1.jsonl", MATH)
    findings = [(one.rule, one.item) for one in audit_file(path).findings]
    left = ceiling(upstream_items(path, scored_release).items, findings)
    assert (left.other_gold, left.no_answer, left.spoilt) == (1, 1, ("math_1/2", "math_1/3"))
    assert left.highest == pytest.approx(1 / 3)


def test_one_wrong_side_spoils_its_row(tmp_path: Path, scored_release: Path) -> None:
    items = upstream_items(written(tmp_path / "mapping1.jsonl", MAPPING), scored_release).items
    left = ceiling(items, [("wrong-gold", "mapping1/1_B"), ("glyph-target", "mapping1/2_A"), ("unparsed", "mapping1/2_B")])
    assert (left.rows, left.spoilt_rows, left.other_gold, left.unknown, left.highest) == (2, 1, 1, 1, 0.5)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"id": "1", "Question": "Draw.", "Answer": "Person: tall; blond"}, "Person"),
        ({"id": "1", "Answer": "2 cups"}, "keys"),
        ({"Question": "Draw.", "Answer": "2 cups"}, "keys"),
        ({"id": "1", "Question": "Draw."}, "no text"),
        ({"id": "1", "Question": "Draw.", "Answer": 2}, "no text"),
    ],
)
def test_a_row_of_another_kind_is_refused(tmp_path: Path, scored_release: Path, row: dict[str, str], found: str) -> None:
    with pytest.raises(DataError) as caught:
        upstream_items(written(tmp_path / "math_1.jsonl", [row]), scored_release)
    (violation,) = caught.value.violations
    assert found in violation.found
    assert "line 1" in violation.where


@pytest.mark.skipif(not UPSTREAM.is_dir(), reason="UniSandbox's files are not here")
@pytest.mark.parametrize(
    ("name", "rows", "spoilt"), [("math_1", 100, 0), ("math_2", 100, 12), ("mapping1", 100, None), ("mapping2", 100, 6)]
)
def test_the_published_files_have_these_ceilings(scored_release: Path, name: str, rows: int, spoilt: int | None) -> None:
    path = UPSTREAM / f"{name}.jsonl"
    left = ceiling(upstream_items(path, scored_release).items, [(one.rule, one.item) for one in audit_file(path).findings])
    assert left.rows == rows
    assert spoilt is None or left.spoilt_rows == spoilt
