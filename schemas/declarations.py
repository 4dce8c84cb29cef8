"""The declared form of rows and manifests: the JSON Schema files of this folder, and the fields that they declare.

The files are the single declaration. Whatever else needs the form of a row (Arrow schema, features, checks, the card's table)
walks the tree of `Field` that is read from them here, so nothing is said twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

ROW_NAMES: Final = ("item", "pictured_item", "document", "entity", "noun")
NAMES: Final = (
    *ROW_NAMES,
    "manifest",
    "audit",
    "sample",
    "results",
    "calibration",
    "versions",
)  # what is no row is JSON alone, never columns
WITH_OPTIONAL: Final = {"pictured_item": "item"}  # rows that have the optional columns too -> the declaration that has those

ANNOTATIONS: Final = frozenset(
    {"$comment", "$defs", "$id", "$schema", "description", "title", "x-arrow", "x-distinct", "x-feature"}
)
STRUCTURE: Final = frozenset({"additionalProperties", "items", "properties", "required", "type"})
BYTES: Final = "binary"  # the `x-arrow` of text in JSON that a column holds as bytes
STORED_AS: Final = {"string": "string", "integer": "int64", "number": "float64"}


class DeclarationError(RuntimeError):
    """A schema file says something that nothing here can derive from: a defect of the package."""


@dataclass(frozen=True, slots=True)
class Field:
    """What one value of a row may be, as its JSON Schema declares it.

    Attributes:
        type: The JSON type: `string`, `integer`, `number`, `object` or `array`.
        nullable: Whether null is allowed.
        stored_as: The Arrow name of a scalar type, e.g. `int32`; empty for objects and arrays. A `binary` is base64 text in JSON.
        distinct: Whether most rows hold a value of their own, so that a dictionary of values does not pay.
        description: What the value is, for people.
        constraints: Keyword and argument of every other constraint, e.g. `("minimum", 1)`.
        members: Name and field of an object's properties, in column order.
        element: The field of an array's items.
        feature: The feature of `datasets` that an object is as a whole: `Image`, or empty.
    """

    type: str
    nullable: bool
    stored_as: str
    distinct: bool
    description: str
    constraints: tuple[tuple[str, Any], ...] = ()
    members: tuple[tuple[str, Field], ...] = ()
    element: Field | None = None
    feature: str = ""


@cache
def declaration(name: str) -> dict[str, Any]:
    """Return the JSON Schema file of a kind of row, or of a file beside the rows, as a dict that is shared: read it only.

    >>> declaration("item")["properties"]["level"]["x-arrow"]
    'int32'
    """
    if name not in NAMES:
        raise ValueError(f"no schema is named {name!r}; there are {', '.join(NAMES)}")
    schema: dict[str, Any] = json.loads((files("unisandbox.schemas") / file_name(name)).read_text(encoding="utf-8"))
    return schema


def file_name(name: str) -> str:
    """Return the name of the file that declares a kind of row, or a file beside the rows.

    >>> file_name("pictured_item")
    'item.schema.json'
    """
    return f"{WITH_OPTIONAL.get(name, name)}.schema.json"


@cache
def row_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema that rows of this name follow: the file's, which `pictured_item` takes with nothing optional."""
    schema = declaration(name)
    return {**schema, "required": list(schema["properties"])} if name in WITH_OPTIONAL else schema


@cache
def row_field(name: str) -> Field:
    """Return the tree of fields of a kind of row; its root is the row itself. An `item` has the required columns only.

    >>> [name for name, _ in row_field("entity").members][:3]
    ['id', 'name', 'world']
    """
    schema = row_schema(name)
    if name in WITH_OPTIONAL.values():
        columns = dict(list(schema["properties"].items())[: len(schema["required"])])  # the optional ones stand last
        schema = {**schema, "properties": columns}
    return field_of(schema, schema.get("$defs", {}))


def field_of(node: dict[str, Any], definitions: dict[str, Any]) -> Field:
    """Return the tree of fields that a schema node declares; raises `DeclarationError` for a form that rows cannot have."""
    schema = _resolved(node, definitions)
    kind, nullable = _type_of(schema)
    members = _members_of(schema) if kind == "object" else {}
    if (kind == "array") != ("items" in schema):
        raise DeclarationError(f"an array, and nothing else, declares its items: {schema}")
    field = Field(
        type=kind,
        nullable=nullable,
        stored_as=schema.get("x-arrow", STORED_AS.get(kind, "")),
        distinct=schema.get("x-distinct", False),
        description=schema.get("description", ""),
        constraints=tuple((keyword, schema[keyword]) for keyword in schema if keyword not in ANNOTATIONS | STRUCTURE),
        members=tuple((name, field_of(member, definitions)) for name, member in members.items()),
        element=field_of(schema["items"], definitions) if kind == "array" else None,
        feature=schema.get("x-feature", ""),
    )
    if field.feature and (field.feature, *_stored(field)) != ("Image", ("bytes", BYTES), ("path", "string")):
        raise DeclarationError(f"a feature is an Image of the binary `bytes` and the text `path`, in this order: {schema}")
    return field


def _stored(field: Field) -> list[tuple[str, str]]:
    return [(name, member.stored_as) for name, member in field.members]


def inlined(node: Any, definitions: dict[str, Any]) -> Any:
    """Return a schema, or a part of one, with every reference replaced by what it refers to: it validates faster.

    >>> inlined({"items": {"$ref": "#/$defs/size"}}, {"size": {"minimum": 1}})
    {'items': {'minimum': 1}}
    """
    if isinstance(node, dict):
        return {
            keyword: inlined(inner, definitions) for keyword, inner in _resolved(node, definitions).items() if keyword != "$defs"
        }
    return [inlined(inner, definitions) for inner in node] if isinstance(node, list) else node


def _resolved(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the node with what it refers to; beside a reference, a node may add keywords and replace annotations only."""
    if "$ref" not in node:
        return node
    base = _resolved(definitions[node["$ref"].removeprefix("#/$defs/")], definitions)
    own = {keyword: argument for keyword, argument in node.items() if keyword != "$ref"}
    clashes = own.keys() & base.keys() - ANNOTATIONS
    if clashes:
        raise DeclarationError(f"{node['$ref']} is given {', '.join(sorted(clashes))} twice")
    return {**base, **own}


def _type_of(schema: dict[str, Any]) -> tuple[str, bool]:
    named = schema.get("type")
    kinds = [named] if isinstance(named, str) else list(named or ())
    nullable = "null" in kinds
    kinds = [kind for kind in kinds if kind != "null"]
    if len(kinds) != 1 or kinds[0] not in (*STORED_AS, "object", "array"):
        raise DeclarationError(f"a column has one type besides null, not {named}")
    return kinds[0], nullable


def _members_of(schema: dict[str, Any]) -> dict[str, Any]:
    members: dict[str, Any] = schema.get("properties", {})
    if list(members) != schema.get("required") or schema.get("additionalProperties") is not False:
        raise DeclarationError(f"an object requires all its properties, in order, and allows no others: {sorted(members)}")
    return members
