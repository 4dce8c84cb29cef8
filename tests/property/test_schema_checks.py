"""The columnar checks say of every row what `jsonschema` says of it, field by field and in the same words."""

from __future__ import annotations

import base64
import copy
import io
import json
import math
import re
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from PIL import Image

from unisandbox.schemas import checks
from unisandbox.schemas.arrow import mappings, table
from unisandbox.schemas.canonical import lines, lines_of
from unisandbox.schemas.checks import check_table
from unisandbox.schemas.declarations import BYTES, ROW_NAMES, Field, declaration, row_field, row_schema
from unisandbox.schemas.findings import Finding, violation
from unisandbox.schemas.kernels import KERNELS
from unisandbox.schemas.pictures import check_pictures
from unisandbox.schemas.rows import values_of
from unisandbox.schemas.validate import check_rows, findings_of

EXAMPLES = Path(__file__).resolve().parents[2] / "schemas" / "examples" / "valid"
VALID = {
    name: [json.loads(path.read_text(encoding="utf-8")) for path in sorted(EXAMPLES.glob(f"{name}*.json"))] for name in ROW_NAMES
}
EVERYTHING = 1_000_000

STRINGS = [
    *(
        "",
        " ",
        "\n",
        "a",
        " a",
        "a ",
        "a b",
        "a  b",
        "a\tb",
        "a\nb",
        "a\n",
        "a\n\nb",
        "a \nb",
        "a\n b",
        "\x00",
        "a\x00b",
        "\x1f",
        "\x7f",
    ),
    *(
        "\x85",
        "a\xa0b",
        "\u2028",
        "\u200b",
        "\ufeffa",
        "é",
        "e\u0301",
        "日本",
        "🍎",
        'say "a"',
        "back\\slash",
        "4",
        "7",
        "apple",
        "math",
    ),
    *(
        "train",
        "Train",
        "heldout",
        "objects",
        "scene",
        "user",
        "bot",
        "math/2/train/000123",
        "math/2/train/1",
        "math/2/test/000123\n",
    ),
]
WHOLE = [-(2**31), -1, 0, 1, 2, 9, 10, 99, 100, 2**31 - 1]
NUMBERS = [-math.inf, -1.0, -0.0, 0.0, 5e-324, 0.1, 1.0, 1.0000000000000002, 1e300, math.inf, math.nan]


def in_base64(mode: str, size_px: tuple[int, int], colour: Any) -> str:
    sink = io.BytesIO()
    Image.new(mode, size_px, colour).save(sink, "PNG")
    return base64.b64encode(sink.getvalue()).decode()


PICTURES = [
    in_base64("RGB", (2, 1), "red"),
    in_base64("RGBA", (1, 1), (0, 0, 9, 9)),
    in_base64("P", (1, 1), 3),
    in_base64("1", (9, 1), 1),
]
NO_PICTURES = [
    base64.b64encode(content).decode() for content in (b"", b"\x89PNG", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xfe", b"\x00")
]

Row = dict[str, Any]
Path_ = tuple[str | int, ...]


def spots(field: Field, value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Field]]:
    """Every place in a row where a value stands, the row itself left out."""
    if path:
        yield path, field
    for name, member in field.members if value is not None else ():
        yield from spots(member, value[name], (*path, name))
    if field.element is not None:
        for index, inner in enumerate(value or ()):
            yield from spots(field.element, inner, (*path, index))


def replacements(field: Field, value: Any) -> list[Any]:
    if field.type == "array":
        several = list(value or ())
        unclean = [["", " a"]] if field.element and field.element.type == "string" else []
        return [None, [], several * 2, several[:1], [*several, None], [None, None], *unclean]
    if field.stored_as == BYTES:
        return [None, *PICTURES, *NO_PICTURES]
    whole = [*WHOLE, 2**53 - 1, 2**53] if field.stored_as == "int64" else WHOLE
    return [None, *{"string": STRINGS, "integer": whole, "number": NUMBERS, "object": []}[field.type]]


def at(row: Any, path: Path_) -> Any:
    for step in path:
        row = row[step]
    return row


def put(row: Row, path: Path_, value: Any) -> Row:
    changed = copy.deepcopy(row)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def as_table(rows: list[Row], name: str) -> pa.Table:
    return table([values_of(row, name) for row in rows], name)


@st.composite
def rows_of(draw: st.DrawFn, name: str) -> list[Row]:
    """A few rows, each a valid example with up to three places changed, to something bad or something else."""
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        row = draw(st.sampled_from(VALID[name]))
        for _ in range(draw(st.integers(0, 3))):
            path, field = draw(st.sampled_from(list(spots(row_field(name), row))))
            options: st.SearchStrategy[Any] = st.sampled_from(replacements(field, at(row, path)))
            if field.type == "string" and field.stored_as != BYTES:
                options |= st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
            row = put(row, path, draw(options))
        rows.append(row)
    return rows


@pytest.mark.parametrize("name", ROW_NAMES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_tables_are_judged_as_rows_are_in_the_same_words(name: str, data: st.DataObject) -> None:
    rows = data.draw(rows_of(name))
    assert check_table(as_table(rows, name), name, most=EVERYTHING) == check_rows(rows, name)


@pytest.mark.parametrize("name", ROW_NAMES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_plain_jsonschema_refuses_the_same_fields(name: str, data: st.DataObject) -> None:
    rows = [row for row in data.draw(rows_of(name)) if math.isfinite(row.get("chance") or 0.0)]  # JSON has no NaN
    plain = Draft202012Validator(row_schema(name))
    refused = {(index, tuple(error.absolute_path)) for index, row in enumerate(rows) for error in plain.iter_errors(row)}
    ours = {(index, finding.path) for index, row in enumerate(rows) for finding in findings_of(row, name) if in_schema(finding)}
    assert ours == refused
    assert bool(check_table(as_table(rows, name), name)) == any(True for row in rows for _ in findings_of(row, name))


def in_schema(finding: Finding) -> bool:
    return finding.rule not in ("among", "begins", *LEFT_OPEN)


LEFT_OPEN = ("contentEncoding", "contentMediaType")  # what JSON Schema lets a validator pass over


@pytest.mark.parametrize("name", ROW_NAMES)
def test_each_single_fault_is_judged_alike_and_each_constraint_is_broken_once(name: str) -> None:
    faulty = [
        put(row, path, value)
        for row in VALID[name][:1]
        for path, field in spots(row_field(name), row)
        for value in replacements(field, at(row, path))
    ]
    by_row = [
        finding for index, row in enumerate(faulty) for finding in sorted(findings_of(row, name, index), key=itemgetter(0, 1, 2))
    ]
    (batch,) = as_table(faulty, name).to_batches()
    by_column = checks.findings_of(batch, name, EVERYTHING)
    assert [repr(finding) for finding in by_column] == [repr(finding) for finding in by_row]
    never_in_a_column = {"contentEncoding"}
    wanted = {(path, rule) for path, rule in declared(row_field(name)) if rule not in never_in_a_column}
    assert wanted <= {(plain_path(finding.path), finding.rule) for finding in by_column}


def declared(field: Field, path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    for keyword, _ in field.constraints:
        yield path, keyword
    if path and not field.nullable:
        yield path, "type"
    for name, member in field.members:
        yield from declared(member, (*path, name))
    if field.element is not None:
        yield from declared(field.element, (*path, 0))


def plain_path(path: Path_) -> Path_:
    return tuple(0 if isinstance(step, int) else step for step in path)


@pytest.mark.parametrize("name", ROW_NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_lines_by_column_are_the_lines_by_row(name: str, data: st.DataObject) -> None:
    drawn = data.draw(rows_of(name))
    rows = [row for row in drawn if math.isfinite(row.get("chance") or 0.0) and not check_pictures([row], name)]
    made = as_table(rows, name).slice(1) if len(rows) > 2 else as_table(rows, name)
    by_column = [line for batch in made.to_batches() for line in lines_of(batch, name).to_pylist()]
    read = mappings(made, name)
    assert by_column == list(lines(read, name)) == list(lines([values_of(row, name) for row in read], name))


def patterns() -> list[str]:
    text = "\n".join(json.dumps(declaration(name)) for name in ROW_NAMES)
    return sorted({json.loads(f'"{found}"') for found in re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', text)})


@pytest.mark.parametrize("pattern", patterns())
@settings(max_examples=100, deadline=None)
@given(text=st.sampled_from(STRINGS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
def test_each_pattern_reads_alike_in_python_and_in_arrow(pattern: str, text: str) -> None:
    by_arrow = KERNELS["pattern"][1](pa.array([text]), pattern)[0].as_py()
    ends_in_a_line_break = text.endswith("\n")  # refused as unclean whatever the pattern says; `$` differs there
    assert by_arrow == bool(re.search(pattern, text)) or ends_in_a_line_break
    clean = declaration("item")["$defs"]["clean"]["not"]["pattern"]
    assert not ends_in_a_line_break or (re.search(clean, text) and pc.match_substring_regex(pa.array([text]), clean)[0].as_py())


def test_a_finding_in_a_long_text_shows_the_place() -> None:
    row = put(VALID["item"][0], ("draw",), f"{'word ' * 40}here  there{' word' * 40}")
    (finding,) = findings_of(row, "item")
    found = violation(finding, "row").found
    assert "here  there" in found
    assert len(found) < 100


@settings(max_examples=200, deadline=None)
@given(text=st.text("iVBORw0KGgo=+/ *", max_size=12) | st.sampled_from([*PICTURES, *NO_PICTURES, "é", "iVBORw=", "iVBORw==="]))
def test_text_is_a_picture_where_it_decodes_to_a_file_that_begins_as_one(text: str) -> None:
    found = {finding.rule for finding in findings_of(put(VALID["noun"][0], ("sprite", "bytes"), text), "noun")}
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        assert found == {"contentEncoding"}
    else:
        assert found == (set() if content.startswith(b"\x89PNG\r\n\x1a\n") else {"contentMediaType"})
