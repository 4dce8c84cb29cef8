from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from unisandbox.schemas.arrow import table
from unisandbox.schemas.checks import check_table
from unisandbox.schemas.declarations import NAMES, ROW_NAMES
from unisandbox.schemas.rows import values_of
from unisandbox.schemas.validate import check_rows

EXAMPLES = Path(__file__).resolve().parents[3] / "schemas" / "examples"
VALID = sorted((EXAMPLES / "valid").glob("*.json"))
INVALID = sorted((EXAMPLES / "invalid").glob("*.json"))
NOT_IN_A_COLUMN = {  # Arrow refuses these before any check, or never sees what is wrong
    "item_column_missing",
    "item_column_unknown",
    "item_foil_without_target",
    "item_level_as_text",
    "pictured_item_foils_missing",
    "pictured_item_picture_not_base64",
}


def declared(path: Path) -> str:
    return next(name for name in NAMES if path.stem.startswith(name))


def row_of(path: Path) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return row


def test_each_declaration_has_examples_of_both_kinds() -> None:
    assert {declared(path) for path in VALID} == {declared(path) for path in INVALID} == set(NAMES)
    assert {path.stem for path in INVALID} == {path.stem for path in (EXAMPLES / "invalid").glob("*.txt")}


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_example_is_accepted(path: Path) -> None:
    assert check_rows([row_of(path)], declared(path)) == []


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_example_is_refused_in_these_words(path: Path) -> None:
    said = [str(violation) for violation in check_rows([row_of(path)], declared(path))]
    assert said == path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert said


@pytest.mark.parametrize(
    "path",
    [path for path in VALID + INVALID if declared(path) in ROW_NAMES and path.stem not in NOT_IN_A_COLUMN],
    ids=lambda path: path.stem,
)
def test_a_table_of_the_example_is_judged_in_the_same_words(path: Path) -> None:
    name, row = declared(path), row_of(path)
    if isinstance(row.get("chance"), int):
        row["chance"] = float(row["chance"])  # as the column holds it
    assert check_table(table([values_of(row, name)], name), name) == check_rows([row], name)


def test_an_item_may_have_pictures_and_a_pictured_item_must() -> None:
    plain, pictured = (row_of(EXAMPLES / "valid" / f"{stem}.json") for stem in ("item_math", "pictured_item_math"))
    assert check_rows([plain, pictured], "item") == check_rows([pictured], "pictured_item") == []
    missing = [str(violation).partition(":")[2] for violation in check_rows([plain], "pictured_item")]
    assert missing == [f" {column}: found nothing; allowed: a value; add the field" for column in ("foils", "image")]
