from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from unisandbox.errors import DataError
from unisandbox.schemas.arrow import arrow_schema, table
from unisandbox.schemas.files import remove_unfinished
from unisandbox.schemas.parquet import ROWS_PER_GROUP, ROWS_READ_AT_ONCE, open_writer, read_rows, read_tables, write_parquet

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
