"""Parquet files of declared rows: written with every setting pinned, so that equal rows give equal bytes; read in batches.

The bytes still name the version of pyarrow that wrote them; the content digest (`content.py`) does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from unisandbox.errors import DataError, Violation
from unisandbox.schemas.arrow import arrow_schema, column_violations
from unisandbox.schemas.declarations import Field, row_field
from unisandbox.schemas.files import replacing

ROWS_PER_GROUP: Final = 1 << 14
ROWS_READ_AT_ONCE: Final = 1 << 13

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
    """Writes tables of declared rows into row groups of a fixed size, however the tables are cut."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def write(self, table: pa.Table) -> None:
        """Take in a table with the declared columns; full row groups are written at once."""
        self._waiting.append(table)
        self._rows += table.num_rows
        if self._rows >= ROWS_PER_GROUP:
            self._flush(self._rows - self._rows % ROWS_PER_GROUP)

    def finish(self) -> None:
        """Write the rows that are left."""
        self._flush(self._rows)

    def _flush(self, rows: int) -> None:
        waiting = pa.concat_tables(self._waiting) if self._waiting else None
        if waiting is None or not rows:
            return
        self._writer.write_table(waiting.slice(0, rows).combine_chunks(), row_group_size=ROWS_PER_GROUP)
        self._rows -= rows
        self._waiting = [waiting.slice(rows)] if self._rows else []


@contextmanager
def open_writer(path: Path, name: str) -> Iterator[RowWriter]:
    """Yield a writer of `item`, `document` or `entity` rows; the file stands at `path` when the block ends without an error."""
    with replacing(path) as sink, _parquet_writer(sink, name) as parquet:
        writer = RowWriter(parquet)
        yield writer
        writer.finish()


def write_parquet(table: pa.Table, path: Path, name: str) -> None:
    """Write a table of `item`, `document` or `entity` rows to a file that is whole or not there."""
    with open_writer(path, name) as writer:
        writer.write(table)


def _parquet_writer(sink: BinaryIO, name: str) -> pq.ParquetWriter:
    repeating = [leaf for column, field in row_field(name).members for leaf in _repeating_leaves(column, field)]
    return pq.ParquetWriter(sink, arrow_schema(name), use_dictionary=repeating, **SETTINGS)


def _repeating_leaves(path: str, field: Field) -> list[str]:
    """Return the Parquet leaf columns, under a field, whose values repeat: a dictionary of the others costs and saves nothing."""
    if field.element is not None:
        return [] if field.distinct else _repeating_leaves(f"{path}.list.element", field.element)
    if field.members:
        return [leaf for name, member in field.members for leaf in _repeating_leaves(f"{path}.{name}", member)]
    return [] if field.distinct else [path]


def read_tables(path: Path, name: str) -> Iterator[pa.Table]:
    """Yield the rows of a Parquet file as tables of a few thousand rows each.

    Raises:
        DataError: The file is absent, is not Parquet, is damaged, or has other columns.
    """
    try:
        with pq.ParquetFile(path) as file:
            wrong = column_violations(file.schema_arrow, name)
            if wrong:
                raise DataError(Violation(f"{path}: {each.where}", each.found, each.allowed, each.fix) for each in wrong)
            for batch in file.iter_batches(ROWS_READ_AT_ONCE):
                yield pa.Table.from_batches([batch])
    except FileNotFoundError as error:
        raise DataError(Violation(str(path), "no file", "a Parquet file", "check the path, or build it again")) from error
    except (pa.ArrowException, OSError) as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(Violation(str(path), first_line, "a Parquet file", "build or download it again")) from error


def read_rows(path: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a Parquet file as plain dicts, a batch in memory at a time; raises `DataError` as `read_tables` does."""
    for table in read_tables(path, name):
        yield from table.to_pylist()
