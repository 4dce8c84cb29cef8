"""The content digest of rows: the sha256 of their canonical lines, so what they say and not what wrote the file.

It is equal for rows fresh from a generator and for the same rows read back from Parquet, by whatever version of whatever library.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import islice
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from unisandbox.schemas.canonical import Row, lines, lines_of

BATCH: Final = 1 << 13  # rows whose lines are held at once


class ContentHash:
    r"""The content digest of rows of one declaration, taken in as they come; how they are cut does not matter.

    >>> row = ("e1", "Mira", 0, "train", (), (), "baker", "Oulu", "canary")
    >>> digest = ContentHash("entity")
    >>> digest.update([row])
    >>> digest.hexdigest() == hashlib.sha256(b'["e1","Mira",0,"train",[],[],"baker","Oulu","canary"]\n').hexdigest()
    True
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._digest = hashlib.sha256()

    def update(self, rows: Iterable[Row] | pa.Table) -> None:
        """Take in more rows: mappings by column name, nested tuples in column order, or (fastest) an Arrow table.

        Raises:
            DataError: A picture cannot be decoded.
        """
        if isinstance(rows, pa.Table):
            self._update_by_column(rows)
            return
        remaining = lines(rows, self._name)
        while batch := list(islice(remaining, BATCH)):
            self._digest.update("\n".join([*batch, ""]).encode())

    def _update_by_column(self, table: pa.Table) -> None:
        for batch in table.to_batches(max_chunksize=BATCH):
            if batch.num_rows:
                text = pa.ListArray.from_arrays(pa.array([0, batch.num_rows], pa.int32()), lines_of(batch, self._name))
                self._digest.update(pc.binary_join(text, "\n")[0].as_buffer())
                self._digest.update(b"\n")

    def hexdigest(self) -> str:
        """Return the digest of the rows so far, in hex."""
        return self._digest.hexdigest()


def content_sha256(rows: Iterable[Row] | pa.Table, name: str) -> str:
    """Return the content digest, in hex, of rows of this declaration; raises `DataError` where a picture cannot be decoded."""
    digest = ContentHash(name)
    digest.update(rows)
    return digest.hexdigest()
