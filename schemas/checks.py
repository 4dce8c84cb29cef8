"""The verdict on rows given as an Arrow table: the same as `jsonschema`'s, by column kernels derived from the same declaration.

The check walks the declared fields once per batch. A field of text whose values repeat is judged on its distinct values;
single cells are looked at only where a whole column did not pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from unisandbox.errors import MOST_SHOWN, Violation
from unisandbox.schemas.arrow import column_violations
from unisandbox.schemas.cells import Cells, chosen, elements_of, member_of, rows_of
from unisandbox.schemas.declarations import Field, row_field
from unisandbox.schemas.findings import Finding, RowName, row_name, violation
from unisandbox.schemas.kernels import Rule, rules_of
from unisandbox.schemas.rows import as_json
from unisandbox.schemas.rules import broken_rules_of

BATCH: Final = 1 << 16  # rows looked at together


@dataclass(frozen=True, slots=True)
class Check:
    """What one field must satisfy, and the checks of what is in it."""

    field: Field
    rules: tuple[Rule, ...]
    members: tuple[tuple[str, Check], ...]
    element: Check | None


def check_table(table: pa.Table, name: str, *, where: RowName | None = None, most: int = MOST_SHOWN) -> list[Violation]:
    """Return the first `most` things that are wrong with a table of declared rows, in `check_rows`' order.

    Args:
        table: Rows in the declared columns; where the columns differ, that is all that is said.
        name: The declaration that the rows must follow.
        where: Names a row from its index and itself; by default its `id`, or `row 3` where it has none.
        most: How many to look for; a bad table costs no more than that.
    """
    wrong = column_violations(table.schema, name)
    if wrong:
        return wrong[:most]
    naming, start, found = where or row_name, 0, list[Finding]()
    for batch in table.to_batches(max_chunksize=BATCH):
        found += [finding._replace(row=finding.row + start) for finding in findings_of(batch, name, most)]
        start += batch.num_rows
        if len(found) >= most:
            break
    return [violation(finding, naming(finding.row, _row(table, finding.row))) for finding in found[:most]]


def findings_of(batch: pa.RecordBatch, name: str, most: int) -> list[Finding]:
    """Return the first `most` findings in a batch with the declared columns, in the order of rows, paths and rules."""
    found = [*_walk(rows_of(batch), row_check(name), most), *broken_rules_of(batch, name, most)]
    return sorted(found, key=lambda finding: finding[:3])[:most]


@cache
def row_check(name: str) -> Check:
    """Return the check of a row of this name; raises `DeclarationError` for a keyword that no kernel serves."""
    return check_of(row_field(name))


def check_of(field: Field) -> Check:
    """Return the check of a field and of what is in it; raises `DeclarationError` for a keyword that no kernel serves."""
    members = tuple((name, check_of(member)) for name, member in field.members)
    return Check(field, rules_of(field), members, check_of(field.element) if field.element else None)


def _walk(cells: Cells, check: Check, most: int) -> Iterator[Finding]:
    if cells.values.null_count or check.field.type == "number":
        fits = _fits(cells.values, check.field)
        yield from _first(cells, check.field, pc.invert(fits), ("type", _types(check.field)), most)
        cells = chosen(cells, pc.and_(fits, cells.values.is_valid()))
    for rule in check.rules:
        if not _all_allowed(cells.values, check.field, rule):
            yield from _first(cells, check.field, pc.invert(rule.allows(cells.values)), (rule.keyword, rule.argument), most)
    for name, member in check.members:
        yield from _walk(member_of(cells, name), member, most)
    if check.element is not None:
        yield from _walk(elements_of(cells), check.element, most)


def _fits(values: pa.Array, field: Field) -> pa.BooleanArray:
    """Return which values are of the declared type: Arrow has left null, and numbers that are not finite, to be refused."""
    if field.type == "number":
        return pc.is_finite(values).fill_null(field.nullable)
    return pc.or_(values.is_valid(), field.nullable)


def _types(field: Field) -> str | list[str]:
    return [field.type, "null"] if field.nullable else field.type


def _all_allowed(values: pa.Array, field: Field, rule: Rule) -> bool:
    judged = pc.unique(values) if field.type == "string" and not field.distinct else values
    return bool(pc.all(rule.allows(judged), min_count=0).as_py())


def _first(cells: Cells, field: Field, broken: pa.BooleanArray, rule: tuple[str, Any], most: int) -> Iterator[Finding]:
    for index in np.flatnonzero(broken.to_numpy(zero_copy_only=False))[:most].tolist():
        row, path = cells.place(index)
        yield Finding(row, path, *rule, as_json(cells.values[index].as_py(), field))


def _row(table: pa.Table, index: int) -> Mapping[str, Any]:
    row: Mapping[str, Any] = table.slice(index, 1).to_pylist()[0]
    return row
