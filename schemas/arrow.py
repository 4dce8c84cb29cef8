"""The Arrow schema, the `datasets` features and Arrow tables of declared rows.

Everything is nullable and lists of features are written as `[feature]`, because `datasets` otherwise drops typed features in
silence (see its `Features.from_arrow_schema`); that a value must be there is the checks' business, not the file's.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import pyarrow as pa

from unisandbox.errors import RowError, Violation
from unisandbox.schemas.declarations import Field, file_name, row_field
from unisandbox.schemas.rows import as_json, columns_with_bytes, mapping_of
from unisandbox.schemas.validate import check_rows

METADATA_KEY = b"huggingface"


@cache
def arrow_schema(name: str) -> pa.Schema:
    """Return the Arrow schema of declared rows, with the features that `datasets` reads as metadata.

    >>> arrow_schema("entity").field("world").type
    DataType(int32)
    """
    metadata = {METADATA_KEY: json.dumps({"info": {"features": features(name)}}).encode()}
    return pa.schema(list(row_type(name)), metadata=metadata)


@cache
def row_type(name: str) -> pa.StructType:
    """Return a whole row as one Arrow struct type."""
    return _arrow_type(row_field(name))


def _arrow_type(field: Field) -> pa.DataType:
    if field.element is not None:
        return pa.list_(_arrow_type(field.element))
    if field.members:
        return pa.struct([(name, _arrow_type(member)) for name, member in field.members])
    return pa.type_for_alias(field.stored_as)


def features(name: str) -> dict[str, Any]:
    """Return the features of a row in the form that Parquet metadata holds for every version of `datasets`.

    >>> features("entity")["relations"]
    [{'name': {'dtype': 'string', '_type': 'Value'}, 'value': {'dtype': 'string', '_type': 'Value'}}]
    """
    return {column: _feature(field) for column, field in row_field(name).members}


def _feature(field: Field) -> Any:
    if field.feature:
        return {"_type": field.feature}
    if field.element is not None:
        return [_feature(field.element)]
    if field.members:
        return {name: _feature(member) for name, member in field.members}
    return {"dtype": field.stored_as, "_type": "Value"}


def yaml_features(name: str) -> list[dict[str, Any]]:
    """Return the features of a row in the form of a dataset card's `dataset_info`.

    >>> yaml_features("item")[10]
    {'name': 'choices', 'list': 'string'}
    """
    return [{"name": column, **_yaml_feature(field)} for column, field in row_field(name).members]


def _yaml_feature(field: Field) -> dict[str, Any]:
    if field.feature:
        return {"dtype": field.feature.lower()}
    if field.members:
        return {"struct": [{"name": name, **_yaml_feature(member)} for name, member in field.members]}
    if field.element is None:
        return {"dtype": field.stored_as}
    inner = _yaml_feature(field.element)
    return {"list": inner.get("struct", inner.get("dtype", inner))}


def table(rows: Sequence[Sequence[Any]], name: str) -> pa.Table:
    """Return rows of (nested) tuples in column order as an Arrow table.

    Raises:
        RowError: A value does not fit its column's type; what `check_rows` says of the rows.
    """
    try:
        columns = _array(rows, row_type(name))
    except (TypeError, ValueError, OverflowError) as error:
        raise RowError(_misfits(rows, name, error)) from error
    return pa.Table.from_struct_array(columns).replace_schema_metadata(arrow_schema(name).metadata)


def mappings(made: pa.Table, name: str) -> list[dict[str, Any]]:
    """Return the rows of a table, which holds all or some of the declared columns, as JSON gives them: bytes in base64."""
    rows: list[dict[str, Any]] = made.to_pylist()
    fields = dict(row_field(name).members)
    for column in columns_with_bytes(name):
        if column in made.column_names:
            for row in rows:
                row[column] = as_json(row[column], fields[column])
    return rows


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return nested values as an Arrow array, made column by column: a third of the time that Arrow takes row by row."""
    if not pa.types.is_nested(kind) or not values or not all(issubclass(made, tuple | list) for made in set(map(type, values))):
        return pa.array(values, type=kind)
    if pa.types.is_struct(kind):
        if set(map(len, values)) != {kind.num_fields} or list in set(map(type, values)):
            return pa.array(values, type=kind)
        members = [_array(column, field.type) for column, field in zip(zip(*values, strict=True), kind, strict=True)]
        return pa.StructArray.from_arrays(members, fields=list(kind))
    elements = list(itertools.chain.from_iterable(values))
    offsets = itertools.accumulate(map(len, values), initial=0) if elements else itertools.repeat(0, len(values) + 1)
    return pa.ListArray.from_arrays(pa.array(list(offsets), pa.int32()), _array(elements, kind.value_type), type=kind)


def _misfits(rows: Sequence[Sequence[Any]], name: str, error: Exception) -> list[Violation]:
    """Return what is wrong with rows that Arrow refused; its own words where the schema has nothing against them."""
    width = len(row_field(name).members)
    for index, row in enumerate(rows):
        if len(row) != width:
            return [
                Violation(f"row {index}", f"{len(row)} values", f"{width}, one a column of {name}", "give every column a value")
            ]
    unlike = [Violation(name, str(error), f"what the columns of {name} hold", "give values of the declared types")]
    return check_rows([mapping_of(row, name) for row in rows], name) or unlike


def column_violations(found: pa.Schema, name: str) -> list[Violation]:
    """Return how a table's columns differ from the declared ones, in column order; nullability and metadata may differ."""
    wanted = arrow_schema(name)
    fix = f"write the columns that schemas/{file_name(name)} declares"
    wrong = [
        Violation(f"column {field.name}", _type_named(found, field.name), str(field.type), fix)
        for field in wanted
        if _type_named(found, field.name) != str(field.type)
    ]
    extra = [
        Violation(f"column {field.name}", str(field.type), "no such column", fix)
        for field in found
        if field.name not in wanted.names
    ]
    if not wrong and not extra and found.names != wanted.names:
        return [Violation("columns", f"the order {', '.join(found.names)}", ", ".join(wanted.names), fix)]
    return wrong + extra


def _type_named(schema: pa.Schema, name: str) -> str:
    """Return the type of a column as text, list elements named alike; `no such column` where there is none, or more than one."""
    if len(schema.get_all_field_indices(name)) != 1:
        return "no such column" if name not in schema.names else "more than one such column"
    return str(schema.field(name).type).replace("<element: ", "<item: ")
