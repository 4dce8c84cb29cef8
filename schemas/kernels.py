"""One Arrow kernel for each constraint keyword of JSON Schema that the declarations may use.

A kernel takes the non-null values of a field and the keyword's argument, and says of each value whether it is allowed. A
keyword without a kernel is an error when the checks are derived, so no constraint is ever skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from unisandbox.schemas.declarations import ANNOTATIONS, BYTES, DeclarationError, Field

Kernel = Callable[[pa.Array, Any], pa.BooleanArray]

SCALARS: Final = ("string", "integer", "number")
NUMBERS: Final = ("integer", "number")
ENCODINGS: Final = ("base64",)
MEDIA_SIGNATURES: Final = {"image/png": b"\x89PNG\r\n\x1a\n"}  # what a file of the type begins with (PNG: RFC 2083, section 3.1)
ON_BYTES: Final = {"contentEncoding": ENCODINGS, "contentMediaType": tuple(MEDIA_SIGNATURES)}  # keyword -> its known arguments


class Rule(NamedTuple):
    """A keyword as the checks apply it to one field: name, argument, and whether each value is allowed."""

    keyword: str
    argument: Any
    allows: Callable[[pa.Array], pa.BooleanArray]


def _negated(values: pa.Array, schema: Mapping[str, Any]) -> pa.BooleanArray:
    """Allow what does not satisfy every keyword of the inner schema."""
    satisfied = pa.scalar(True)
    for keyword, argument in schema.items():
        if keyword in KERNELS:
            satisfied = pc.and_(satisfied, KERNELS[keyword][1](values, argument))
    return pc.invert(satisfied)


def _unique_items(lists: pa.ListArray, wanted: bool) -> pa.BooleanArray:
    """Allow lists without a repeated element: equal (list, element) pairs stand together once sorted."""
    allowed = np.ones(len(lists), dtype=bool)
    if wanted and len(lists):
        encoded = pc.list_flatten(lists).dictionary_encode(null_encoding="encode")
        size = max(len(encoded.dictionary), 1)
        owners = pc.list_parent_indices(lists).to_numpy().astype(np.int64)
        pairs = np.sort(owners * size + encoded.indices.to_numpy())
        allowed[pairs[1:][pairs[1:] == pairs[:-1]] // size] = False
    return pa.array(allowed)


def _begins_as(values: pa.BinaryArray, media_type: str) -> pa.BooleanArray:
    return pc.starts_with(values, MEDIA_SIGNATURES[media_type])


KERNELS: Final[Mapping[str, tuple[tuple[str, ...], Kernel]]] = {
    "pattern": (("string",), pc.match_substring_regex),
    "minLength": (("string",), lambda values, n: pc.greater_equal(pc.utf8_length(values), n)),
    "maxLength": (("string",), lambda values, n: pc.less_equal(pc.utf8_length(values), n)),
    "not": (SCALARS, _negated),
    "enum": (SCALARS, lambda values, options: pc.is_in(values, pa.array(options, values.type))),
    "const": (SCALARS, lambda values, only: pc.equal(values, pa.scalar(only, values.type))),
    "minimum": (NUMBERS, pc.greater_equal),
    "maximum": (NUMBERS, pc.less_equal),
    "exclusiveMinimum": (NUMBERS, pc.greater),
    "exclusiveMaximum": (NUMBERS, pc.less),
    "minItems": (("array",), lambda values, n: pc.greater_equal(pc.list_value_length(values), n)),
    "maxItems": (("array",), lambda values, n: pc.less_equal(pc.list_value_length(values), n)),
    "uniqueItems": (("array",), _unique_items),
    "contentEncoding": (("string",), lambda values, _: pa.repeat(True, len(values))),  # a column holds the bytes themselves
    "contentMediaType": (("string",), _begins_as),
}


def rules_of(field: Field) -> tuple[Rule, ...]:
    """Return the rules of a field itself, not of what is in it; raises `DeclarationError` for a keyword that no kernel serves."""
    for keyword, argument in field.constraints:
        _refuse_unserved(field, keyword, argument)
    return tuple(_bound(keyword, argument) for keyword, argument in field.constraints)


def _bound(keyword: str, argument: Any) -> Rule:
    kernel = KERNELS[keyword][1]
    return Rule(keyword, argument, lambda values: kernel(values, argument))


def _refuse_unserved(field: Field, keyword: str, argument: Any) -> None:
    if keyword not in KERNELS or field.type not in KERNELS[keyword][0]:
        raise DeclarationError(f"no kernel checks {keyword!r} on a field of type {field.type}")
    if (keyword in ON_BYTES) != (field.stored_as == BYTES) or argument not in ON_BYTES.get(keyword, (argument,)):
        raise DeclarationError(f"no kernel checks {keyword}: {argument} on a field that is stored as {field.stored_as}")
    if field.nullable and keyword in ("enum", "const"):
        raise DeclarationError(f"{keyword!r} on a field that may be null: the kernels never see null")
    if keyword == "uniqueItems" and (field.element is None or field.element.type not in SCALARS):
        raise DeclarationError("'uniqueItems' is checked on lists of scalars only")
    if keyword == "not":
        _refuse_unserved_inside(field, argument)


def _refuse_unserved_inside(field: Field, schema: Mapping[str, Any]) -> None:
    """Refuse a negation that null or another type would pass into: inside it, the type must be named."""
    if schema.get("type") != field.type:
        raise DeclarationError(f"'not' on a field of type {field.type} names that type inside")
    for keyword, argument in schema.items():
        if keyword not in ANNOTATIONS and keyword != "type":
            _refuse_unserved(field, keyword, argument)
