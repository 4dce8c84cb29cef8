"""The two shapes of a row: a mapping by column name, and nested tuples of values in column order.

Generators make tuples (fast, and what Arrow takes); files and people give mappings. The declaration says which value is which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unisandbox.schemas.declarations import Field, row_field


def values_of(row: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    """Return a valid row's values as nested tuples in column order.

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


def _values(value: Any, field: Field) -> Any:
    if value is None:
        return None
    if field.element is not None:
        return tuple([_values(each, field.element) for each in value]) if field.element.members else tuple(value)
    if not field.members:
        return value
    return tuple([_values(value[member], inner) if _nests(inner) else value[member] for member, inner in field.members])


def _mapping(value: Any, field: Field) -> Any:
    if value is None:
        return None
    if field.element is not None:
        return [_mapping(each, field.element) for each in value]
    if not field.members:
        return value
    return {member: _mapping(each, inner) for (member, inner), each in zip(field.members, value, strict=True)}


def _nests(field: Field) -> bool:
    return field.element is not None or bool(field.members)
