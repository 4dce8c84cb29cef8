from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from unisandbox.schemas.arrow import arrow_schema, table
from unisandbox.schemas.checks import BATCH, check_of, check_table, row_check
from unisandbox.schemas.declarations import ROW_NAMES, DeclarationError, field_of
from unisandbox.schemas.kernels import KERNELS


def with_level(rows: list[tuple[Any, ...]], index: int, level: int) -> list[tuple[Any, ...]]:
    row = rows[index]
    return [*rows[:index], (*row[:2], level, *row[3:]), *rows[index + 1 :]]


def test_a_table_without_rows_is_accepted() -> None:
    assert check_table(arrow_schema("item").empty_table(), "item") == []


def test_a_table_with_other_columns_is_refused_by_column() -> None:
    narrow = arrow_schema("item").empty_table().drop_columns(["key"])
    assert [violation.where for violation in check_table(narrow, "item")] == ["column key"]


def test_a_bad_row_of_a_later_batch_is_named_by_its_id(numbered_items: Any) -> None:
    good = table(numbered_items(1), "item").take(pa.array([0] * BATCH))
    bad = table(with_level(numbered_items(8), 7, 0), "item")
    said = [str(violation) for violation in check_table(pa.concat_tables([good, bad]), "item")]
    assert said == [
        "math/2/train/000007: id: found 'math/2/train/000007'; "
        "allowed: text that begins with 'math/0/train/'; make the two agree",
        "math/2/train/000007: level: found 0; allowed: at least 1; raise it",
    ]


def test_a_slice_of_a_table_is_judged_by_its_own_rows(numbered_items: Any) -> None:
    made = table(with_level(with_level(numbered_items(9), 1, 0), 6, 0), "item").slice(4, 4)
    assert {violation.where.split(":")[0] for violation in check_table(made, "item")} == {"math/2/train/000006"}


def test_only_the_first_violations_are_returned_in_the_order_of_rows(numbered_items: Any) -> None:
    rows = numbered_items(50)
    for index in range(10, 50):
        rows = with_level(rows, index, 100)
    said = check_table(table(rows, "item"), "item", most=6)
    assert [violation.where for violation in said] == [
        f"math/2/train/{index:06d}: {column}" for index in (10, 11, 12) for column in ("id", "level")
    ]
    assert len(check_table(table(rows, "item"), "item")) == 20


def test_rows_are_named_as_the_caller_wants(numbered_items: Any) -> None:
    made = table(with_level(numbered_items(3), 2, 0), "item")
    said = check_table(made, "item", where=lambda index, row: f"x.parquet: {index}: {row['family']}")
    assert [violation.where for violation in said] == ["x.parquet: 2: math: id", "x.parquet: 2: math: level"]


@pytest.mark.parametrize("name", ROW_NAMES)
def test_each_constraint_of_the_files_has_a_kernel(name: str) -> None:
    assert row_check(name).field.members


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "integer", "multipleOf": 2}, "no kernel checks 'multipleOf' on a field of type integer"),
        ({"type": "string", "format": "uri"}, "no kernel checks 'format'"),
        ({"type": "string", "contentMediaType": "image/png"}, "contentMediaType: image/png on a field that is stored as string"),
        ({"type": "string", "x-arrow": "binary", "pattern": "a"}, "pattern: a on a field that is stored as binary"),
        (
            {"type": "string", "x-arrow": "binary", "contentMediaType": "image/gif"},
            "no kernel checks contentMediaType: image/gif",
        ),
        ({"type": "string", "x-arrow": "binary", "contentEncoding": "base32"}, "no kernel checks contentEncoding: base32"),
        ({"type": "string", "anyOf": [{"minLength": 1}]}, "no kernel checks 'anyOf'"),
        ({"type": "integer", "minLength": 1}, "no kernel checks 'minLength' on a field of type integer"),
        ({"type": "string", "not": {"type": "string", "format": "uri"}}, "no kernel checks 'format'"),
        ({"type": ["string", "null"], "not": {"pattern": "x"}}, "names that type inside"),
        ({"type": ["string", "null"], "enum": ["a", None]}, "'enum' on a field that may be null"),
        (
            {"type": "array", "uniqueItems": True, "items": {"type": "array", "items": {"type": "string"}}},
            "lists of scalars only",
        ),
        ({"type": "array", "items": {"type": "integer", "multipleOf": 2}}, "no kernel checks 'multipleOf'"),
    ],
)
def test_a_constraint_without_a_kernel_is_refused_when_the_checks_are_derived(schema: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        check_of(field_of(schema, {}))


@pytest.mark.parametrize(
    ("schema", "values", "allowed"),
    [
        ({"type": "string", "maxLength": 2}, ["", "äö", "abc"], [True, True, False]),
        ({"type": "integer", "const": 3}, [3, 4], [True, False]),
        ({"type": "number", "exclusiveMaximum": 1}, [0.5, 1.0], [True, False]),
        ({"type": "array", "maxItems": 1, "items": {"type": "integer"}}, [[], [1], [1, 2]], [True, True, False]),
        (
            {"type": "array", "uniqueItems": True, "items": {"type": "integer"}},
            [[], [1], [1, 1], [2, 1]],
            [True, True, False, True],
        ),
        ({"type": "array", "uniqueItems": False, "items": {"type": "integer"}}, [[1, 1]], [True]),
    ],
)
def test_a_kernel_that_no_file_uses_yet_is_right(schema: dict[str, Any], values: list[Any], allowed: list[bool]) -> None:
    (rule,) = check_of(field_of(schema, {})).rules
    assert rule.allows(pa.array(values)).to_pylist() == allowed
    assert rule.keyword in KERNELS
