from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from unisandbox.errors import DataError
from unisandbox.schemas.arrow import mappings, table
from unisandbox.schemas.canonical import lines
from unisandbox.schemas.content import BATCH, ContentHash, content_sha256
from unisandbox.schemas.declarations import ROW_NAMES
from unisandbox.schemas.parquet import read_rows, write_parquet
from unisandbox.schemas.pixels import pixel_sha256
from unisandbox.schemas.rows import values_of

EXAMPLES = {
    "item": "item_mapping",
    "pictured_item": "pictured_item_math",
    "document": "document_profile",
    "entity": "entity",
    "noun": "noun",
}


def test_the_digest_of_an_entity_is_that_of_one_line_of_json(example: Any) -> None:
    line = (
        '["world_0/017","Zorelin Vasko",0,"heldout",[["hair_colour","red"],["favourite_fruit","pear"]],'
        '[["friend","world_0/044"]],"baker","Oulu","unisandbox canary 6f3c0a52-6c27-4f3f-8f51-0d2d6d7a2c11"]\n'
    )
    assert content_sha256([example("entity")], "entity") == hashlib.sha256(line.encode()).hexdigest()


def test_no_rows_have_the_digest_of_nothing() -> None:
    assert content_sha256([], "item") == hashlib.sha256(b"").hexdigest()
    assert content_sha256(table([], "item"), "item") == hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize("name", ROW_NAMES)
def test_tuples_mappings_tables_and_files_have_one_digest(name: str, example: Any, tmp_path: Path) -> None:
    row = example(EXAMPLES[name])
    rows = [values_of(row, name), values_of({**row, "canary": 'a "quoted" \\ ünï\ncode\x7f'}, name)]
    made = table(rows, name)
    write_parquet(made, tmp_path / "rows.parquet", name)
    digests = {
        content_sha256(rows, name),
        content_sha256(made, name),
        content_sha256(mappings(made, name), name),
        content_sha256(read_rows(tmp_path / "rows.parquet", name), name),
    }
    assert len(digests) == 1


def test_the_digest_does_not_depend_on_how_rows_are_cut(numbered_items: Any) -> None:
    rows = numbered_items(BATCH + 3)
    whole, cut = ContentHash("item"), ContentHash("item")
    whole.update(table(rows, "item"))
    cut.update(rows[:1])
    cut.update(table(rows, "item").slice(1, 5))
    cut.update([])
    cut.update(rows[6:])
    assert whole.hexdigest() == cut.hexdigest()


def test_a_whole_number_in_a_column_of_floats_counts_as_the_float(example: Any) -> None:
    row = {**example("item_math"), "chance": 1}
    as_float = {**row, "chance": 1.0}
    assert content_sha256([row], "item") == content_sha256([as_float], "item")
    assert content_sha256([values_of(row, "item")], "item") == content_sha256(table([values_of(row, "item")], "item"), "item")


@pytest.mark.parametrize("column", ["id", "level", "chance", "choices", "target", "factors"])
def test_any_change_changes_the_digest(column: str, example: Any) -> None:
    row = example("item_math")
    other = {**example("item_knowledge"), "level": 3}
    assert content_sha256([{**row, column: other[column]}], "item") != content_sha256([row], "item")


def test_the_order_of_keys_in_a_mapping_does_not_matter(example: Any) -> None:
    row = example("item_math")
    turned = dict(reversed(row.items())) | {"target": dict(reversed(row["target"].items()))}
    assert content_sha256([turned], "item") == content_sha256([row], "item")


def with_sprite(example: Any, png: bytes, path: str | None = None) -> tuple[Any, ...]:
    values = values_of(example("noun"), "noun")
    return (*values[:5], (png, path), *values[6:])


def test_a_picture_counts_by_what_it_shows_and_by_its_name(example: Any, png: Any) -> None:
    small, large = (with_sprite(example, png(colour="red", compress_level=level)) for level in (9, 0))
    assert small != large
    assert content_sha256([small], "noun") == content_sha256([large], "noun")
    assert content_sha256([with_sprite(example, png(colour="blue"))], "noun") != content_sha256([small], "noun")
    assert content_sha256([with_sprite(example, png(colour="red"), "a.png")], "noun") != content_sha256([small], "noun")


def test_the_line_of_a_picture_holds_its_digest_and_path_and_no_picture_is_null(example: Any, png: Any) -> None:
    drawn = png(colour="red")
    item = values_of(example("item_math"), "item")
    foils = (("one_more", item[13], (drawn, "a.png")), ("one_fewer", item[13], None))
    rows = [(*item, (drawn, None), foils), (*item, None, ())]
    first, second = lines(rows, "pictured_item")
    (plain,) = lines([item], "item")
    target, digest = json.dumps(item[13], separators=(",", ":")), pixel_sha256(drawn)
    assert first == f'{plain[:-1]},["{digest}",null],[["one_more",{target},["{digest}","a.png"]],["one_fewer",{target},null]]]'
    assert second == f"{plain[:-1]},null,[]]"


@pytest.mark.parametrize("broken", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
def test_a_picture_that_does_not_decode_has_no_digest(example: Any, broken: bytes) -> None:
    row = with_sprite(example, broken)
    for rows in ([row], table([row], "noun")):
        with pytest.raises(DataError, match=r"picture: found .* bytes that are no PNG"):
            content_sha256(rows, "noun")
