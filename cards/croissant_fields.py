"""The fields of a Croissant RecordSet, from the declaration of its rows.

A struct becomes sub-fields, a list an array, an image an `sc:ImageObject`. Readers follow one list inside a column, and of its
elements the plain values and images: what lies deeper is left to the Parquet schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from unisandbox.schemas.declarations import Field, row_field

DATA_TYPES: Final = {"string": "sc:Text", "integer": "sc:Integer", "number": "sc:Float"}
IMAGE: Final = "sc:ImageObject"


def fields(rows: str, record_set: str, file: str) -> Iterator[dict[str, Any]]:
    """Yield the fields of a RecordSet.

    Args:
        rows: Name of the declaration, e.g. `item`.
        record_set: Id of the RecordSet; that of a field is its path below it.
        file: Id of the FileObject that holds the rows.
    """
    for column, field in row_field(rows).members:
        made = _field(column, field, f"{record_set}/{column}", _Way(file, column))
        if made is not None:
            yield made


@dataclass(frozen=True, slots=True)
class _Way:
    """The way from a file to a value: a column, then the name of a member for each struct passed; `in_list` behind a list."""

    file: str
    column: str
    steps: tuple[str, ...] = ()
    in_list: bool = False

    def into(self, step: str) -> _Way:
        return replace(self, steps=(*self.steps, step))

    def source(self) -> dict[str, Any]:
        paths = [{"jsonPath": step} for step in self.steps]
        transform = {"transform": paths[0] if len(paths) == 1 else paths} if paths else {}
        return {"fileObject": {"@id": self.file}, "extract": {"column": self.column}, **transform}


def _field(name: str, field: Field, path: str, way: _Way) -> dict[str, Any] | None:
    """Return a field with what lies inside it, or None for what lies too deep."""
    if way.in_list and (field.element is not None or (field.members and not field.feature)):
        return None
    head: dict[str, Any] = {"@type": "cr:Field", "@id": path, "name": name}
    if field.description:
        head["description"] = field.description
    value = field
    if field.element is not None:
        value, way = field.element, replace(way, in_list=True)
        head |= {"isArray": True, "arrayShape": "-1"}
    if value.feature:
        repeated = {"repeated": True} if way.in_list else {}  # of several pictures, readers open those of a repeated field alone
        return head | {"dataType": IMAGE, **repeated, "source": way.into("bytes").source()}
    if value.members:
        inside = [_field(member, one, f"{path}/{member}", way.into(member)) for member, one in value.members]
        return head | {"subField": [one for one in inside if one is not None]}
    return head | {"dataType": DATA_TYPES[value.type], "source": way.source()}
