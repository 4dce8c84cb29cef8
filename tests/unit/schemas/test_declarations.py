from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator

from unisandbox.generators.families.base import Attribute, Factors, Item, Target, TargetObject
from unisandbox.schemas.declarations import NAMES, ROW_NAMES, DeclarationError, Field, declaration, field_of, file_name, row_field

LIMITS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


def members_at(*steps: str) -> tuple[str, ...]:
    field = row_field("item")
    for step in steps:
        inner = dict(field.members)[step]
        field = inner.element or inner
    return tuple(name for name, _ in field.members)


def fields_inside(field: Field) -> Iterator[Field]:
    yield field
    for inner in [member for _, member in field.members] + ([field.element] if field.element else []):
        yield from fields_inside(inner)


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_a_json_schema_of_the_2020_12_draft(name: str) -> None:
    Draft202012Validator.check_schema(declaration(name))
    assert declaration(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", NAMES)
def test_clean_text_is_defined_alike_in_each_file(name: str) -> None:
    assert declaration(name)["$defs"]["clean"] == declaration("item")["$defs"]["clean"]


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="there are item, pictured_item, document, entity, noun, manifest"):
        declaration("picture")


@pytest.mark.parametrize(
    ("mirror", "steps"),
    [
        (Item, ()),
        (Target, ("target",)),
        (TargetObject, ("target", "objects")),
        (Attribute, ("target", "objects", "attributes")),
        (Factors, ("factors",)),
    ],
)
def test_the_tuples_of_the_generators_mirror_the_item_columns(mirror: type[NamedTuple], steps: tuple[str, ...]) -> None:
    assert mirror._fields == members_at(*steps)


@pytest.mark.parametrize("name", ROW_NAMES)
def test_each_column_has_a_description(name: str) -> None:
    assert all(field.description for _, field in row_field(name).members)


def test_each_whole_number_is_bounded_within_its_column() -> None:
    numbers = [field for name in ROW_NAMES for field in fields_inside(row_field(name)) if field.type == "integer"]
    assert numbers
    for field in numbers:
        bounds, (low, high) = dict(field.constraints), LIMITS[field.stored_as]
        assert low <= bounds["minimum"] <= bounds["maximum"] <= high


@pytest.mark.parametrize("name", NAMES)
def test_each_pattern_stands_beside_a_refusal_of_line_ends(name: str) -> None:
    """In Python `$` also matches before a last line break, elsewhere it does not: unclean text is refused, so both agree."""
    schema = declaration(name)
    own = [node for node in nodes(schema) if "pattern" in node and node is not schema["$defs"]["clean"]["not"]]
    assert {node["$ref"] for node in own} == {"#/$defs/text"}


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from nodes(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from nodes(inner)


def test_an_item_has_the_required_columns_and_a_pictured_item_has_two_more() -> None:
    assert declaration("pictured_item") is not declaration("noun")
    assert declaration("pictured_item") == declaration("item")
    assert [file_name(name) for name in ("item", "pictured_item", "noun")] == ["item.schema.json"] * 2 + ["noun.schema.json"]
    plain, pictured = row_field("item").members, row_field("pictured_item").members
    assert [name for name, _ in plain] == declaration("item")["required"]
    assert pictured[: len(plain)] == plain
    assert [name for name, _ in pictured[len(plain) :]] == ["image", "foils"]


def test_pictures_are_declared_alike_in_each_file() -> None:
    shared = [declaration(name)["$defs"] for name in ("item", "noun")]
    assert shared[0]["picture"] == shared[1]["picture"]


def picture(**change: Any) -> dict[str, Any]:
    properties = {"bytes": {"type": "string", "x-arrow": "binary"}, "path": {"type": "string"}}
    whole = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {**whole, "x-feature": "Image", **change}


def test_a_picture_is_marked_as_an_image() -> None:
    assert field_of(picture(), {}).feature == "Image"
    assert dict(row_field("noun").members)["sprite"].feature == "Image"
    assert row_field("noun").feature == ""


@pytest.mark.parametrize(
    "schema",
    [
        picture(**{"x-feature": "Audio"}),
        picture(properties={"bytes": {"type": "string"}, "path": {"type": "string"}}),
        picture(
            properties={"path": {"type": "string"}, "bytes": {"type": "string", "x-arrow": "binary"}}, required=["path", "bytes"]
        ),
        {"type": "string", "x-feature": "Image"},
    ],
)
def test_what_no_loader_would_decode_is_not_called_a_picture(schema: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError, match="a feature is an Image of the binary `bytes` and the text `path`"):
        field_of(schema, {})


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": ["string", "integer"]}, "one type besides null"),
        ({"type": "boolean"}, "one type besides null"),
        ({}, "one type besides null"),
        ({"type": "array"}, "declares its items"),
        ({"type": "string", "items": {"type": "string"}}, "declares its items"),
        (
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": [], "additionalProperties": False},
            "requires all",
        ),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}, "allows no others"),
        ({"$ref": "#/$defs/text", "minLength": 2}, "given minLength twice"),
    ],
)
def test_a_form_that_rows_cannot_have_is_refused(schema: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        field_of(schema, {"text": {"type": "string", "minLength": 1}})
