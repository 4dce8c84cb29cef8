from __future__ import annotations

import base64
import json
from typing import Any

import pyarrow as pa
import pytest

from unisandbox.errors import RowError
from unisandbox.generators.families.base import Attribute, Target, TargetObject
from unisandbox.schemas.arrow import arrow_schema, column_violations, features, mappings, table, yaml_features
from unisandbox.schemas.declarations import ROW_NAMES
from unisandbox.schemas.rows import mapping_of, values_of

PICTURE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
PAIR = pa.struct([("name", pa.string()), ("value", pa.string())])


def everything(field: pa.Field) -> list[pa.Field]:
    kind = field.type
    inner = [kind.value_field] if pa.types.is_list(kind) else [kind.field(i) for i in range(kind.num_fields)]
    return [field, *(below for each in inner for below in everything(each))]


def test_the_item_schema_is_the_one_in_the_design() -> None:
    schema = arrow_schema("item")
    assert schema.field("level").type == pa.int32()
    assert schema.field("chance").type == pa.float64()
    assert schema.field("choices").type == pa.list_(pa.string())
    shown = pa.list_(pa.struct([("name", pa.string()), ("count", pa.int32()), ("attributes", pa.list_(PAIR))]))
    assert schema.field("target").type == pa.struct([("kind", pa.string()), ("objects", shown)])
    assert schema.field("factors").type.field("index").type == pa.int64()


@pytest.mark.parametrize("name", ROW_NAMES)
def test_everything_is_nullable_in_the_file(name: str) -> None:
    fields = [below for field in arrow_schema(name) for below in everything(field)]
    assert len(fields) > len(arrow_schema(name))
    assert all(field.nullable for field in fields)


@pytest.mark.parametrize("name", ROW_NAMES)
def test_the_metadata_holds_the_features_in_the_portable_form(name: str) -> None:
    info = json.loads(arrow_schema(name).metadata[b"huggingface"])
    assert info == {"info": {"features": features(name)}}
    assert '"List"' not in json.dumps(info)


def test_nested_lists_have_the_short_forms_of_the_card() -> None:
    by_name = {column.pop("name"): column for column in yaml_features("item")}
    pair = [{"name": "name", "dtype": "string"}, {"name": "value", "dtype": "string"}]
    objects = [{"name": "name", "dtype": "string"}, {"name": "count", "dtype": "int32"}, {"name": "attributes", "list": pair}]
    assert by_name["target"] == {"struct": [{"name": "kind", "dtype": "string"}, {"name": "objects", "list": objects}]}


def test_a_picture_is_the_struct_that_datasets_decodes() -> None:
    schema = arrow_schema("pictured_item")
    assert schema.field("image").type == arrow_schema("noun").field("sprite").type == PICTURE
    foil = pa.struct([("change", pa.string()), ("target", schema.field("target").type), ("image", PICTURE)])
    assert schema.field("foils").type == pa.list_(foil)
    assert features("pictured_item")["image"] == features("noun")["sprite"] == {"_type": "Image"}
    assert features("pictured_item")["foils"][0]["image"] == {"_type": "Image"}
    by_name = {column.pop("name"): column for column in yaml_features("pictured_item")}
    assert by_name["image"] == {"dtype": "image"}
    assert by_name["foils"]["list"][2] == {"name": "image", "dtype": "image"}


def test_the_columns_of_items_without_pictures_are_the_first_of_items_with_pictures() -> None:
    assert list(arrow_schema("pictured_item"))[:-2] == list(arrow_schema("item"))
    assert yaml_features("pictured_item")[:-2] == yaml_features("item")


def test_pictures_are_bytes_in_values_and_tables_and_base64_in_mappings(example: Any) -> None:
    rows = [example("pictured_item_math"), example("pictured_item_without_pictures")]
    values = [values_of(row, "pictured_item") for row in rows]
    image, foils = values[0][-2:]
    assert image == (base64.b64decode(rows[0]["image"]["bytes"]), "math-2-train-000123.png")
    assert [foil[2][0][:4] for foil in foils] == [b"\x89PNG"] * 2
    assert values[1][-2] is None
    assert [mapping_of(each, "pictured_item") for each in values] == rows
    made = table(values, "pictured_item")
    assert made.column("image")[0].as_py() == {"bytes": image[0], "path": image[1]}
    assert mappings(made, "pictured_item") == rows
    assert mappings(made.select(["foils", "id"]), "pictured_item")[0] == {"foils": rows[0]["foils"], "id": rows[0]["id"]}


def test_a_picture_that_is_not_in_base64_is_refused_where_bytes_are_wanted(example: Any) -> None:
    row = example("noun")
    row["sprite"]["bytes"] = "not base64!"
    with pytest.raises(RowError, match=r"picture: found .*'not base64!'.*; allowed: bytes in base64"):
        values_of(row, "noun")


def test_a_picture_that_is_no_bytes_is_named(example: Any) -> None:
    row = list(values_of(example("noun"), "noun"))
    row[5] = (17, None)
    with pytest.raises(RowError, match=r"red apple: sprite.bytes: found 17; allowed: a string"):
        table([tuple(row)], "noun")


def test_a_table_holds_what_the_rows_say(example: Any) -> None:
    rows = [example("item_math"), example("item_mapping"), example("item_knowledge")]
    made = table([values_of(row, "item") for row in rows], "item")
    assert made.to_pylist() == rows
    assert made.schema.equals(arrow_schema("item"), check_metadata=True)


def test_a_table_takes_named_tuples_inside_rows(example: Any) -> None:
    row = list(values_of(example("item_knowledge"), "item"))
    row[13] = Target("portrait", (TargetObject("Zorelin Vasko", 1, (Attribute("hair_colour", "red"),)),))
    assert table([tuple(row)], "item").to_pylist() == [example("item_knowledge")]


def test_rows_come_back_from_values_as_they_were(example: Any) -> None:
    row = example("document_profile")
    assert mapping_of(values_of(row, "document"), "document") == row


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (2, "2", r"math/2/train/000123: level: found '2'; allowed: a whole number"),
        (2, 2**40, r"math/2/train/000123: level: found 1099511627776; allowed: at most 99"),
        (2, 10**30, r"level: found 1000000000000000000000000000000; allowed: at most 99"),
        (9, 4, r"math/2/train/000123: answer: found 4; allowed: a string"),
        (6, "\ud800", r"draw: found '\\ud800'; allowed: a string"),
    ],
)
def test_a_value_that_no_column_holds_is_named(example: Any, column: int, value: Any, message: str) -> None:
    row = list(values_of(example("item_math"), "item"))
    row[column] = value
    with pytest.raises(RowError, match=message):
        table([tuple(row)], "item")


def test_a_row_that_is_too_short_is_named(example: Any) -> None:
    row = values_of(example("item_math"), "item")
    with pytest.raises(RowError, match="row 1: found 16 values; allowed: 17, one a column of item"):
        table([row, row[:-1]], "item")


def test_other_columns_are_named() -> None:
    schema = arrow_schema("entity")
    other = schema.remove(0).append(pa.field("age", pa.int64())).set(1, pa.field("world", pa.int64()))
    said = [str(violation) for violation in column_violations(other, "entity")]
    fix = "write the columns that schemas/entity.schema.json declares"
    assert said == [
        f"column id: found no such column; allowed: string; {fix}",
        f"column world: found int64; allowed: int32; {fix}",
        f"column age: found int64; allowed: no such column; {fix}",
    ]


def test_columns_in_another_order_are_named() -> None:
    fields = list(arrow_schema("entity"))
    said = column_violations(pa.schema(fields[::-1]), "entity")
    assert [violation.where for violation in said] == ["columns"]
    assert said[0].found.startswith("the order canary, town")


def test_a_column_given_twice_is_named() -> None:
    schema = arrow_schema("entity").append(pa.field("name", pa.string()))
    assert [violation.found for violation in column_violations(schema, "entity")] == ["more than one such column"]


def test_columns_that_differ_in_nullability_alone_are_accepted() -> None:
    schema = pa.schema([pa.field(field.name, field.type, nullable=False) for field in arrow_schema("item")])
    assert column_violations(schema, "item") == []


def test_other_columns_of_pictured_items_are_named_with_their_file() -> None:
    said = column_violations(arrow_schema("item"), "pictured_item")
    assert [violation.where for violation in said] == ["column image", "column foils"]
    assert {violation.fix for violation in said} == {"write the columns that schemas/item.schema.json declares"}
