"""The cells of one field over a batch of rows, flattened out of structs and lists, each knowing where it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from unisandbox.schemas.findings import Path

Place = tuple[int, Path]  # row index in the batch, path inside the row


@dataclass(frozen=True, slots=True)
class Cells:
    """Values of one field, and a function from a value's position to the row and path that it stands at.

    `place` is asked for findings only, so a batch without findings pays nothing for it.
    """

    values: pa.Array
    place: Callable[[int], Place]


def rows_of(batch: pa.RecordBatch) -> Cells:
    """Return the rows of a batch as cells of one struct."""
    return Cells(batch.to_struct_array(), lambda index: (index, ()))


def chosen(cells: Cells, mask: pa.BooleanArray) -> Cells:
    """Return the cells where the mask is true."""
    kept = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
    return Cells(cells.values.filter(mask), lambda index: cells.place(int(kept[index])))


def member_of(cells: Cells, name: str) -> Cells:
    """Return the member of this name of every struct; the structs must not be null."""

    def place(index: int) -> Place:
        row, path = cells.place(index)
        return row, (*path, name)

    return Cells(pc.struct_field(cells.values, name), place)


def elements_of(cells: Cells) -> Cells:
    """Return the elements of every list, one after the other; the lists must not be null."""

    def place(index: int) -> Place:
        owners = pc.list_parent_indices(cells.values).to_numpy()
        owner = owners[index]
        row, path = cells.place(int(owner))
        return row, (*path, index - int(np.searchsorted(owners, owner)))

    return Cells(pc.list_flatten(cells.values), place)
