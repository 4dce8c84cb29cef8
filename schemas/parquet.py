"""Parquet files of declared rows: written with every setting pinned, so that equal rows give equal bytes; read in batches.

The bytes still name the version of pyarrow that wrote them; the content digest (`content.py`) does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from unisandbox.errors import DataError, Violation
from unisandbox.schemas.arrow import arrow_schema, column_violations, mappings
from unisandbox.schemas.declarations import BYTES, WITH_OPTIONAL, Field, row_field
from unisandbox.schemas.files import replacing
from unisandbox.schemas.rows import columns_with_bytes

ROWS_PER_GROUP: Final = 1 << 14
ROWS_READ_AT_ONCE: Final = 1 << 13
ROWS_WITH_PICTURES: Final = 1 << 8  # a row group of rows with pictures, and what is read at once of such: some tens of megabytes

SETTINGS: Final = {
    "version": "2.6",
    "data_page_version": "1.0",
    "compression": "zstd",
    "compression_level": 3,
    "write_statistics": True,
    "write_page_index": True,
    # The chunks that the Hub stores once: a row that changes leaves the others' bytes as they are (the defaults of `datasets`).
    "use_content_defined_chunking": {"min_chunk_size": 256 * 1024, "max_chunk_size": 1024 * 1024, "norm_level": 0},
}


class RowWriter:
    """Writes tables of declared rows into row groups of a fixed size, however the tables are cut; it holds less than a group."""

    def __init__(self, writer: pq.ParquetWriter, rows_per_group: int) -> None:
        self._writer = writer
        self._rows_per_group = rows_per_group
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def write(self, table: pa.Table) -> None:
        """Take in a table with the declared columns; full row groups are written at once."""
        self._waiting.append(table)
        self._rows += table.num_rows
        if self._rows >= self._rows_per_group:
            self._flush(self._rows - self._rows % self._rows_per_group)

    def finish(self) -> None:
        """Write the rows that are left."""
        self._flush(self._rows)

    def _flush(self, rows: int) -> None:
        waiting = pa.concat_tables(self._waiting) if self._waiting else None
        if waiting is None or not rows:
            return
        for start in range(0, rows, self._rows_per_group):
            group = waiting.slice(start, min(self._rows_per_group, rows - start))
            self._writer.write_table(group.combine_chunks(), row_group_size=self._rows_per_group)
        self._rows -= rows
        left = pa.array(range(rows, rows + self._rows), pa.int64())
        self._waiting = [waiting.take(left)] if self._rows else []  # a copy: a slice would keep the whole table in memory


@contextmanager
def open_writer(path: Path, name: str) -> Iterator[RowWriter]:
    """Yield a writer of declared rows; the file stands at `path` when the block ends without an error."""
    with replacing(path) as sink, _parquet_writer(sink, name) as parquet:
        writer = RowWriter(parquet, ROWS_WITH_PICTURES if columns_with_bytes(name) else ROWS_PER_GROUP)
        yield writer
        writer.finish()


def write_parquet(table: pa.Table, path: Path, name: str) -> None:
    """Write a table of declared rows to a file that is whole or not there."""
    with open_writer(path, name) as writer:
        writer.write(table)


def _parquet_writer(sink: BinaryIO, name: str) -> pq.ParquetWriter:
    repeating = [leaf for column, field in row_field(name).members for leaf in _repeating_leaves(column, field)]
    return pq.ParquetWriter(sink, arrow_schema(name), use_dictionary=repeating, **(SETTINGS | _picture_settings(name)))


def _picture_settings(name: str) -> dict[str, Any]:
    """Return what a file with pictures is written with besides: as they are, since PNG shrinks no further."""
    leaves = [leaf for column, field in row_field(name).members for leaf in _leaves(column, field)]
    pictures = [leaf for leaf, field in leaves if field.stored_as == BYTES]
    others = [leaf for leaf, field in leaves if field.stored_as != BYTES]
    if not pictures:
        return {}
    return {
        "compression": dict.fromkeys(others, SETTINGS["compression"]) | dict.fromkeys(pictures, "none"),
        "compression_level": dict.fromkeys(others, SETTINGS["compression_level"]),
        "column_encoding": dict.fromkeys(pictures, "PLAIN"),
        "write_statistics": others,
    }


def _leaves(path: str, field: Field) -> Iterator[tuple[str, Field]]:
    """Yield the Parquet leaf columns under a field, each with the field that it holds."""
    if field.element is not None:
        yield from _leaves(f"{path}.list.element", field.element)
    for name, member in field.members:
        yield from _leaves(f"{path}.{name}", member)
    if field.stored_as:
        yield path, field


def _repeating_leaves(path: str, field: Field) -> list[str]:
    """Return the Parquet leaf columns, under a field, whose values repeat: a dictionary of the others costs and saves nothing."""
    if field.element is not None:
        return [] if field.distinct else _repeating_leaves(f"{path}.list.element", field.element)
    if field.members:
        return [leaf for name, member in field.members for leaf in _repeating_leaves(f"{path}.{name}", member)]
    return [] if field.distinct else [path]


def picture_bytes(path: Path) -> int:
    """Return how many bytes the pictures of a Parquet file of ours take, from its footer alone."""
    total = 0
    with pq.ParquetFile(path) as file:
        for group in range(file.metadata.num_row_groups):
            row_group = file.metadata.row_group(group)
            leaves = (row_group.column(number) for number in range(row_group.num_columns))
            total += sum(
                leaf.total_compressed_size for leaf in leaves if leaf.physical_type == "BYTE_ARRAY" and _is_picture(leaf)
            )
    return total


def _is_picture(leaf: pq.ColumnChunkMetaData) -> bool:
    return bool(leaf.path_in_schema.rpartition(".")[2] == "bytes")


def read_tables(path: Path, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Yield the rows of a Parquet file as tables of a few thousand rows each, or some hundreds where pictures are read.

    Args:
        path: The file. One of `pictured_item` rows is one of `item` rows too: their pictures are not read then.
        name: The declaration of the rows.
        columns: Which of its columns to read, and in which order; all where it is None.

    Raises:
        DataError: The file is absent, is not Parquet, is damaged, or has other columns.
        ValueError: The declaration has no such column.
    """
    wanted = _wanted(name, columns)
    has_pictures = not set(wanted).isdisjoint(columns_with_bytes(name))
    try:
        with pq.ParquetFile(path) as file:
            wrong = column_violations(file.schema_arrow, _form_of(file.schema_arrow.names, name))
            if wrong:
                raise DataError(Violation(f"{path}: {each.where}", each.found, each.allowed, each.fix) for each in wrong)
            for batch in file.iter_batches(ROWS_WITH_PICTURES if has_pictures else ROWS_READ_AT_ONCE, columns=wanted):
                yield pa.Table.from_batches([batch]).select(wanted)
    except FileNotFoundError as error:
        raise DataError(Violation(str(path), "no file", "a Parquet file", "check the path, or build it again")) from error
    except (pa.ArrowException, OSError) as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(Violation(str(path), first_line, "a Parquet file", "build or download it again")) from error


def _wanted(name: str, columns: Sequence[str] | None) -> list[str]:
    declared: list[str] = arrow_schema(name).names
    if unknown := [column for column in columns or () if column not in declared]:
        raise ValueError(f"{name} has no columns {', '.join(unknown)}; it has {', '.join(declared)}")
    return declared if columns is None else list(columns)


def _form_of(found: Sequence[str], name: str) -> str:
    """Return the declaration that a file's columns must follow where rows of this name are read from it."""
    forms = [form for form, plain in WITH_OPTIONAL.items() if plain == name and set(arrow_schema(form).names) <= set(found)]
    return forms[0] if forms else name


def read_rows(path: Path, name: str, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a Parquet file as JSON gives them, a batch in memory at a time; raises as `read_tables` does."""
    for table in read_tables(path, name, columns):
        yield from mappings(table, name)
