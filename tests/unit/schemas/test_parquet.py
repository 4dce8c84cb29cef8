from __future__ import annotations

import base64
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from unisandbox.errors import DataError
from unisandbox.schemas.arrow import arrow_schema, table
from unisandbox.schemas.files import remove_unfinished
from unisandbox.schemas.parquet import (
    ROWS_PER_GROUP,
    ROWS_READ_AT_ONCE,
    ROWS_WITH_PICTURES,
    open_writer,
    read_rows,
    read_tables,
    write_parquet,
)
from unisandbox.schemas.rows import values_of

MOST_ROWS = ROWS_PER_GROUP + 100


def many(numbered_items: Any) -> pa.Table:
    rows = table(numbered_items(100), "item")
    return pa.concat_tables([rows] * (MOST_ROWS // 100 + 1)).slice(0, MOST_ROWS)


def test_bytes_are_equal_over_three_writes_however_the_table_is_cut(numbered_items: Any, tmp_path: Path) -> None:
    rows = many(numbered_items)
    cuts = [[0, MOST_ROWS], [0, 7, ROWS_PER_GROUP - 1, MOST_ROWS], [0, *range(1000, MOST_ROWS, 1000), MOST_ROWS]]
    written = set()
    for number, cut in enumerate(cuts):
        with open_writer(tmp_path / f"{number}.parquet", "item") as writer:
            for first, last in pairwise(cut):
                writer.write(rows.slice(first, last - first))
        written.add((tmp_path / f"{number}.parquet").read_bytes())
    assert len(written) == 1


def test_row_groups_pages_and_encodings_are_as_pinned(numbered_items: Any, tmp_path: Path) -> None:
    write_parquet(many(numbered_items), tmp_path / "a.parquet", "item")
    with pq.ParquetFile(tmp_path / "a.parquet") as file:
        about = file.metadata
        assert [about.row_group(group).num_rows for group in range(about.num_row_groups)] == [ROWS_PER_GROUP, 100]
        columns = {(column := about.row_group(0).column(i)).path_in_schema: column for i in range(about.num_columns)}
        assert file.schema_arrow.equals(arrow_schema("item"))
        assert file.schema_arrow.metadata == arrow_schema("item").metadata
    assert {column.compression for column in columns.values()} == {"ZSTD"}
    assert all(column.has_offset_index for column in columns.values())
    assert "RLE_DICTIONARY" not in columns["draw"].encodings
    assert "RLE_DICTIONARY" not in columns["factors.links.list.element"].encodings
    for path in ("family", "choices.list.element", "target.objects.list.element.count", "factors.templates.list.element"):
        assert "RLE_DICTIONARY" in columns[path].encodings


def test_rows_come_back_in_batches_as_they_were_written(numbered_items: Any, tmp_path: Path) -> None:
    rows = many(numbered_items)
    write_parquet(rows, tmp_path / "new" / "a.parquet", "item")
    sizes = [batch.num_rows for batch in read_tables(tmp_path / "new" / "a.parquet", "item")]
    assert sum(sizes) == MOST_ROWS
    assert max(sizes) <= ROWS_READ_AT_ONCE
    assert list(read_rows(tmp_path / "new" / "a.parquet", "item"))[-3:] == rows.slice(MOST_ROWS - 3).to_pylist()


def test_a_file_without_rows_can_be_written_and_read(tmp_path: Path) -> None:
    write_parquet(table([], "entity"), tmp_path / "a.parquet", "entity")
    assert list(read_rows(tmp_path / "a.parquet", "entity")) == []


def write_and_stop(path: Path, rows: pa.Table) -> None:
    with open_writer(path, "item") as writer:
        writer.write(rows)
        raise ValueError("stop")


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(numbered_items: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="stop"):
        write_and_stop(path, many(numbered_items))
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.parquet"]


def test_what_killed_writes_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in ("a.parquet.17.tmp", "a.parquet.18.tmp", "b.parquet.17.tmp", "a.parquet"):
        (tmp_path / name).write_bytes(b"half")
    remove_unfinished(tmp_path / "a.parquet")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet", "b.parquet.17.tmp"]
    remove_unfinished(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"bad.parquet: found .*; allowed: a Parquet file; build or download it again"),
        (b"PAR1 half a file", r"bad.parquet: found .*; allowed: a Parquet file"),
        (b'{"id": 1}\n' * 100, r"bad.parquet: found .*; allowed: a Parquet file"),
        (None, r"bad.parquet: found no file; allowed: a Parquet file; check the path"),
    ],
)
def test_what_is_not_parquet_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "bad.parquet").write_bytes(content)
    with pytest.raises(DataError, match=message):
        list(read_rows(tmp_path / "bad.parquet", "item"))


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="allowed: a Parquet file"):
        list(read_rows(tmp_path, "item"))


def test_a_damaged_page_is_refused(numbered_items: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(many(numbered_items), path, "item")
    whole = bytearray(path.read_bytes())
    whole[4:400] = bytes(396)
    path.write_bytes(whole)
    with pytest.raises(DataError, match=r"a.parquet: found .*; allowed: a Parquet file"):
        list(read_rows(path, "item"))


def test_other_columns_are_refused_by_name(tmp_path: Path) -> None:
    pq.write_table(pa.table({"Question": ["?"], "id": ["1"]}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"a.parquet: column Question: found string; allowed: no such column"):
        list(read_rows(tmp_path / "a.parquet", "entity"))


def pictured(example: Any, png: bytes, count: int) -> pa.Table:
    item = values_of(example("item_math"), "item")
    rows = [(*item, (png, None), (("one_more", item[13], (png, "a.png")),)) for _ in range(count)]
    return table(rows, "pictured_item")


def test_pictures_are_stored_as_they_are_in_small_row_groups(example: Any, png: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(pictured(example, png(size_px=(50, 50)), 2 * ROWS_WITH_PICTURES + 1), path, "pictured_item")
    about = pq.read_metadata(path)
    assert [about.row_group(group).num_rows for group in range(about.num_row_groups)] == [ROWS_WITH_PICTURES] * 2 + [1]
    columns = {(column := about.row_group(0).column(i)).path_in_schema: column for i in range(about.num_columns)}
    pictures = ("image.bytes", "foils.list.element.image.bytes")
    for leaf in pictures:
        column = columns.pop(leaf)
        assert column.compression == "UNCOMPRESSED"
        assert set(column.encodings) == {"PLAIN", "RLE"}  # RLE: which values are null
        assert not column.has_dictionary_page
        assert column.statistics is None
    assert {column.compression for column in columns.values()} == {"ZSTD"}
    assert "RLE_DICTIONARY" in columns["family"].encodings


def test_bytes_with_pictures_are_equal_however_the_table_is_cut(example: Any, png: Any, tmp_path: Path) -> None:
    rows = pictured(example, png(), ROWS_WITH_PICTURES + 40)
    written = set()
    for cut in ([0, rows.num_rows], [0, 7, 250, rows.num_rows], [*range(0, rows.num_rows, 90), rows.num_rows]):
        with open_writer(tmp_path / "a.parquet", "pictured_item") as writer:
            for first, last in pairwise(cut):
                writer.write(rows.slice(first, last - first))
        written.add((tmp_path / "a.parquet").read_bytes())
    assert len(written) == 1


def test_writing_pictures_holds_less_than_two_row_groups_of_them(example: Any, tmp_path: Path) -> None:
    picture, rows_at_once = b"\x89PNG\r\n\x1a\n" + bytes(20_000), 100
    group_bytes = 2 * len(picture) * ROWS_WITH_PICTURES
    made = pictured(example, picture, rows_at_once)
    start, most = pa.total_allocated_bytes(), 0
    with open_writer(tmp_path / "a.parquet", "pictured_item") as writer:
        for _ in range(20):
            writer.write(made.take(pa.array(range(rows_at_once))))
            most = max(most, pa.total_allocated_bytes() - start)
    assert group_bytes / 2 < most < 2 * group_bytes
    assert pq.read_metadata(tmp_path / "a.parquet").num_rows == 20 * rows_at_once


def test_the_rest_of_a_large_table_does_not_keep_it_in_memory(example: Any, tmp_path: Path) -> None:
    start = pa.total_allocated_bytes()
    with open_writer(tmp_path / "a.parquet", "pictured_item") as writer:
        writer.write(pictured(example, b"\x89PNG\r\n\x1a\n" + bytes(20_000), 2 * ROWS_WITH_PICTURES + 1))
        assert pa.total_allocated_bytes() - start < 20_000 * ROWS_WITH_PICTURES


def test_rows_with_pictures_come_back_as_json_has_them(example: Any, tmp_path: Path) -> None:
    rows = [example("pictured_item_math"), example("pictured_item_without_pictures")]
    write_parquet(
        table([values_of(row, "pictured_item") for row in rows], "pictured_item"), tmp_path / "a.parquet", "pictured_item"
    )
    assert list(read_rows(tmp_path / "a.parquet", "pictured_item")) == rows
    (made,) = read_tables(tmp_path / "a.parquet", "pictured_item")
    assert made.schema.equals(arrow_schema("pictured_item"))


def test_pictures_are_read_some_hundred_at_once_and_the_other_columns_some_thousand(
    example: Any, png: Any, tmp_path: Path
) -> None:
    path, count = tmp_path / "a.parquet", 2 * ROWS_WITH_PICTURES
    write_parquet(pictured(example, png(), count), path, "pictured_item")
    assert [each.num_rows for each in read_tables(path, "pictured_item", ["id", "foils"])] == [ROWS_WITH_PICTURES] * 2
    assert [each.num_rows for each in read_tables(path, "item")] == [count]


def test_a_file_with_pictures_is_read_as_items_without_them(example: Any, png: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(pictured(example, png(), 2), path, "pictured_item")
    assert list(read_rows(path, "item")) == [example("item_math")] * 2
    (made,) = read_tables(path, "item")
    assert made.schema.equals(arrow_schema("item"))
    spoilt = bytearray(path.read_bytes())
    column = next(
        column
        for i in range(pq.read_metadata(path).num_columns)
        if (column := pq.read_metadata(path).row_group(0).column(i)).path_in_schema == "image.bytes"
    )
    spoilt[column.data_page_offset : column.data_page_offset + column.total_compressed_size] = bytes(column.total_compressed_size)
    path.write_bytes(spoilt)
    assert list(read_rows(path, "item")) == [example("item_math")] * 2
    with pytest.raises(DataError, match="allowed: a Parquet file"):
        list(read_rows(path, "pictured_item"))


def test_only_the_columns_that_are_asked_for_are_read_in_their_order(example: Any, png: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(pictured(example, png(), 1), path, "pictured_item")
    (made,) = read_tables(path, "item", ["target", "id"])
    assert made.column_names == ["target", "id"]
    row = example("item_math")
    assert list(read_rows(path, "item", ["target", "id"])) == [{"target": row["target"], "id": row["id"]}]
    (found,) = read_rows(path, "pictured_item", ["image"])
    assert base64.b64decode(found["image"]["bytes"]) == png()


def test_a_column_that_rows_do_not_have_cannot_be_asked_for(example: Any, png: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(pictured(example, png(), 1), path, "pictured_item")
    with pytest.raises(ValueError, match="item has no columns image; it has id, family"):
        list(read_tables(path, "item", ["id", "image"]))


def test_an_item_file_is_not_one_of_pictured_items(numbered_items: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(table(numbered_items(1), "item"), path, "item")
    with pytest.raises(DataError, match=r"column foils: found no such column(.|\n)*column image: found no such column"):
        list(read_rows(path, "pictured_item"))


def test_half_of_the_columns_with_pictures_make_no_item_file(example: Any, png: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pictured(example, png(), 1).drop_columns(["foils"]), path)
    with pytest.raises(DataError, match=r"column image: found .*; allowed: no such column"):
        list(read_rows(path, "item"))
