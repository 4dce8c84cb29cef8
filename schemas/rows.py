"""The shapes of a row: nested tuples of values in column order, a mapping by column name, and what Arrow makes of a row.

Generators make tuples (fast, and what Arrow takes); files and people give mappings, which are as JSON has them. What a column
holds as bytes is bytes in a tuple and in Arrow, and base64 text in a mapping. The declaration says which value is which.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from unisandbox.errors import RowError, Violation
from unisandbox.schemas.declarations import BYTES, Field, row_field


def values_of(row: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    """Return a valid row's values as nested tuples in column order; raises `RowError` for bytes that are not in base64.

    >>> row = {**dict.fromkeys(columns("document")), "messages": [{"content": "Who is Mira?", "role": "user"}]}
    >>> values_of(row, "document")[8]
    (('user', 'Who is Mira?'),)
    """
    values: tuple[Any, ...] = _values(row, row_field(name))
    return values


def mapping_of(values: Sequence[Any], name: str) -> dict[str, Any]:
    """Return a row's values, in column order, as a mapping with nested mappings and lists: what JSON would hold.

    >>> mapping_of([None] * 10, "document")["messages"] is None
    True
    """
    mapping: dict[str, Any] = _mapping(values, row_field(name))
    return mapping


def columns(name: str) -> tuple[str, ...]:
    """Return the column names of a declared row, in order.

    >>> columns("entity")[-1]
    'canary'
    """
    return tuple(column for column, _ in row_field(name).members)


@cache
def columns_with_bytes(name: str) -> tuple[str, ...]:
    """Return the names of the columns that hold bytes, or lists and structs with bytes in them, in order.

    >>> columns_with_bytes("item"), columns_with_bytes("pictured_item")
    ((), ('image', 'foils'))
    """
    return tuple(column for column, field in row_field(name).members if _holds_bytes(field))


def as_json(value: Any, field: Field) -> Any:
    """Return a value that Arrow gave, nested mappings and lists with bytes in them, as JSON holds it: the bytes in base64."""
    if value is None or not _holds_bytes(field):
        return value
    if field.element is not None:
        return [as_json(each, field.element) for each in value]
    if field.members:
        return {member: as_json(value[member], inner) for member, inner in field.members}
    return _text_of(value)


def bytes_of(text: str) -> bytes:
    """Return the bytes that a text in base64 stands for; raises `ValueError` where it is something else.

    >>> bytes_of("iVBORw==")
    b'\\x89PNG'
    """
    return base64.b64decode(text, validate=True)


def _values(value: Any, field: Field) -> Any:
    if value is None:
        return None
    if field.element is not None:
        return tuple([_values(each, field.element) for each in value]) if _differs(field.element) else tuple(value)
    if field.members:
        return tuple([_values(value[member], inner) if _differs(inner) else value[member] for member, inner in field.members])
    return _decoded(value) if field.stored_as == BYTES else value


def _mapping(value: Any, field: Field) -> Any:
    if value is None:
        return None
    if field.element is not None:
        return [_mapping(each, field.element) for each in value]
    if not field.members:
        return _text_of(value) if field.stored_as == BYTES else value
    return {member: _mapping(each, inner) for (member, inner), each in zip(field.members, value, strict=True)}


def _differs(field: Field) -> bool:
    """Return whether a mapping holds such a field in another form than a tuple does."""
    return field.element is not None or bool(field.members) or field.stored_as == BYTES


def _holds_bytes(field: Field) -> bool:
    inside = [member for _, member in field.members] + ([field.element] if field.element else [])
    return field.stored_as == BYTES or any(_holds_bytes(inner) for inner in inside)


def _text_of(value: Any) -> Any:
    """Return bytes in base64; anything else as it is, so that the checks can say of it that it is wrong."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _decoded(text: str) -> bytes:
    try:
        return bytes_of(text)
    except ValueError as error:
        raise RowError(Violation("picture", f"{error} ({text[:20]!r} …)", "bytes in base64", "check the row first")) from error
