"""Rows as canonical lines of JSON: a row's values in column order, as nested lists, in UTF-8 without blanks.

Floats have their shortest exact form. Bytes are pictures, and stand as the sha256 of their pixels. `lines` says what a line is,
from rows; `lines_of` makes the same text from an Arrow table, by column, and is proven equal by test.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from unisandbox.schemas.declarations import BYTES, DeclarationError, Field, row_field
from unisandbox.schemas.pixels import pixel_sha256
from unisandbox.schemas.rows import columns_with_bytes, values_of

Row = Mapping[str, Any] | Sequence[Any]
Parts = list[Any]  # literals, and arrays of text

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def lines(rows: Iterable[Row], name: str) -> Iterator[str]:
    """Yield the canonical line of each row; rows are mappings by column name, or nested tuples in column order.

    >>> pairs = (("hair_colour", "red"),)
    >>> next(lines([("e1", "Mira", 0, "train", pairs, (), "baker", "Oulu", "canary")], "entity"))
    '["e1","Mira",0,"train",[["hair_colour","red"]],[],"baker","Oulu","canary"]'
    """
    floats, pictures = _float_columns(name), columns_with_bytes(name)
    for row in rows:
        values = values_of(row, name) if isinstance(row, Mapping) else row
        if pictures:
            values = _with_digests(values, row_field(name))
        for column in floats:
            if type(values[column]) is int:  # a row may say 1 where the column holds 1.0
                values = (*values[:column], float(values[column]), *values[column + 1 :])
        yield _encode(values)


def _with_digests(value: Any, field: Field) -> Any:
    """Return nested tuples with the digest of its pixels in the place of every picture's bytes."""
    if value is None:
        return None
    if field.element is not None:
        return [_with_digests(each, field.element) for each in value]
    if field.members:
        return tuple([_with_digests(each, inner) for each, (_, inner) in zip(value, field.members, strict=True)])
    return pixel_sha256(value) if field.stored_as == BYTES else value


@cache
def _float_columns(name: str) -> tuple[int, ...]:
    fields = [field for _, field in row_field(name).members]
    if any(inner.type == "number" for field in fields for inner in _inside(field)):
        raise DeclarationError(f"a number inside another column of {name}: `lines` makes floats of top columns only")
    return tuple(place for place, field in enumerate(fields) if field.type == "number")


def _inside(field: Field) -> list[Field]:
    direct = [member for _, member in field.members] + ([field.element] if field.element else [])
    return [inner for each in direct for inner in (each, *_inside(each))]


def lines_of(batch: pa.RecordBatch, name: str) -> pa.StringArray:
    """Return the canonical line of each row of a batch with the declared columns."""
    return _joined(_parts(batch.to_struct_array(), row_field(name)), batch.num_rows)


def _parts(values: pa.Array, field: Field) -> Parts:
    """Return what makes the JSON text of values when laid side by side; null is `null`."""
    if field.members:
        parts = _struct_parts(values, field)
    elif field.element is not None:
        parts = _list_parts(values, field.element)
    elif field.stored_as == BYTES:
        parts = ['"', _digests(values), '"']
    elif field.type == "integer":
        parts = [values.cast(pa.string())]
    elif field.type == "string" and _is_plain(values):
        parts = ['"', values, '"']
    else:
        parts = [_encoded(values)]
    return [pc.if_else(values.is_valid(), _joined(parts, len(values)), "null")] if values.null_count else parts


def _struct_parts(values: pa.StructArray, field: Field) -> Parts:
    parts: Parts = []
    for place, (_, member) in enumerate(field.members):
        parts += ["," if place else "[", *_parts(pc.struct_field(values, [place]), member)]
    return [*parts, "]"]


def _list_parts(values: pa.ListArray, element: Field) -> Parts:
    lengths = pc.list_value_length(values).fill_null(0).to_numpy()
    if not lengths.any():
        return ["[]"]
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))
    flat = pc.list_flatten(values)
    start, text, end = _framed(_parts(flat, element), len(flat))
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, text), f"{end},{start}")
    if lengths.all():
        return ["[", start, joined, end, "]"]
    return ["[", pc.if_else(pa.array(lengths > 0), _joined([start, joined, end], len(values)), ""), "]"]


def _framed(parts: Parts, length: int) -> tuple[str, pa.StringArray, str]:
    """Return parts as one array between two literals, joining them only where there is more than one array."""
    match parts:
        case [str(start), pa.StringArray() as text, str(end)]:
            return start, text, end
    return "", _joined(parts, length), ""


def _joined(parts: Parts, length: int) -> pa.StringArray:
    """Return parts laid side by side, `length` times; literals that meet are made one first."""
    merged: Parts = []
    for part in parts:
        if merged and isinstance(part, str) and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    if all(isinstance(part, str) for part in merged):
        return pa.repeat("".join(merged), length)
    return pc.binary_join_element_wise(*merged, "")


def _digests(values: pa.BinaryArray) -> pa.StringArray:
    """Return the digest of the pixels of each picture, one decoded picture in memory at a time."""
    return pa.array((pixel_sha256(png.as_py()) if png.is_valid else None for png in values), pa.string())


def _is_plain(values: pa.StringArray) -> bool:
    """Return whether no string holds what JSON escapes: a quote, a backslash or a control character."""
    _, offsets, data = values.buffers()
    if data is None or not len(values):
        return True
    bounds = np.frombuffer(offsets, dtype=np.int32)
    text = np.frombuffer(data, dtype=np.uint8)[bounds[values.offset] : bounds[values.offset + len(values)]]
    return not (np.any(text < ord(" ")) or np.any(text == ord('"')) or np.any(text == ord("\\")))


def _encoded(values: pa.Array) -> pa.StringArray:
    """Return scalars as the JSON encoder writes them; each distinct value is written once."""
    encoded = values.dictionary_encode()
    return pa.array([_encode(each) for each in encoded.dictionary.to_pylist()], pa.string()).take(encoded.indices)
