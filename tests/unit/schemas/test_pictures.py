from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from unisandbox.schemas.arrow import table
from unisandbox.schemas.parquet import write_parquet
from unisandbox.schemas.paths import check_path
from unisandbox.schemas.pictures import check_pictures
from unisandbox.schemas.rows import values_of

CUT = base64.b64encode(b"\x89PNG\r\n\x1a\nabc").decode()
SAID = "found 11 bytes that are no PNG; allowed: a PNG that can be decoded; make or download the picture again"


def said(path: Path) -> tuple[int, list[str]]:
    checked = check_path(path, lambda *_: None)
    return checked.rows, [str(violation) for violation in checked.violations]


@pytest.fixture
def broken(example: Any) -> dict[str, Any]:
    row: dict[str, Any] = example("pictured_item_math")
    row["image"]["bytes"] = row["foils"][1]["image"]["bytes"] = CUT
    return row


def test_each_picture_that_does_not_decode_is_named(example: Any, broken: dict[str, Any]) -> None:
    found = [str(violation) for violation in check_pictures([example("pictured_item_math"), broken], "pictured_item")]
    assert found == [f"math/2/train/000123: {place}: {SAID}" for place in ("image.bytes", "foils[1].image.bytes")]


@pytest.mark.parametrize(
    "change", [{"image": None, "foils": None}, {"image": 5, "foils": "none"}, {"image": {"bytes": "*"}, "foils": [None, 7]}]
)
def test_what_is_no_picture_at_all_is_left_to_the_other_checks(example: Any, change: dict[str, Any]) -> None:
    row = {**example("pictured_item_math"), **change}
    assert check_pictures([row, {}], "pictured_item") == []


@pytest.mark.parametrize("name", ["pictured_item", "noun"])
def test_a_file_with_pictures_is_recognised_and_accepted(name: str, example: Any, tmp_path: Path) -> None:
    stems = {"pictured_item": "pictured_item_math", "noun": "noun"}
    write_parquet(table([values_of(example(stems[name]), name)], name), tmp_path / "a.parquet", name)
    assert said(tmp_path / "a.parquet") == (1, [])


def test_a_file_with_a_picture_that_does_not_decode_is_refused(broken: dict[str, Any], tmp_path: Path) -> None:
    write_parquet(table([values_of(broken, "pictured_item")], "pictured_item"), tmp_path / "a.parquet", "pictured_item")
    places = ("image.bytes", "foils[1].image.bytes")
    assert said(tmp_path / "a.parquet") == (1, [f"a.parquet: math/2/train/000123: {place}: {SAID}" for place in places])


def test_lines_of_items_may_have_pictures_that_decode(example: Any, broken: dict[str, Any], tmp_path: Path) -> None:
    rows = [example("item_math"), example("pictured_item_knowledge")]
    (tmp_path / "good.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (tmp_path / "bad.jsonl").write_text("\n".join(map(json.dumps, [*rows, broken])), encoding="utf-8")
    assert said(tmp_path / "good.jsonl") == (2, [])
    places = ("image.bytes", "foils[1].image.bytes")
    assert said(tmp_path / "bad.jsonl") == (3, [f"bad.jsonl: line 3: {place}: {SAID}" for place in places])
