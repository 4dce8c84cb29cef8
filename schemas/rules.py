"""Rules that tie two fields of a row together, which JSON Schema cannot say: once by row, once by column.

Each rule stands here in both forms, side by side; a test proves them equal. A rule is silent where a field that it needs is
null or of another type: the schema has said so already.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from unisandbox.schemas.findings import Finding

ITEMS: Final = ("item", "pictured_item")
ID_TAIL: Final = "[^/]*$"  # what follows the last slash: the index


def broken_rules(row: Any, name: str, index: int = 0) -> Iterator[Finding]:
    """Yield the rules that one row breaks; only items have rules."""
    if name in ITEMS and isinstance(row, dict):
        yield from _answer_outside_choices(row, index)
        yield from _id_of_another_part(row, index)


def broken_rules_of(batch: pa.RecordBatch, name: str, most: int) -> Iterator[Finding]:
    """Yield the rules that the rows of a batch break, at most `most` findings a rule; only items have rules."""
    if name in ITEMS:
        yield from islice(_answers_outside_choices(batch), most)
        yield from islice(_ids_of_another_part(batch), most)


def _answer_outside_choices(row: dict[str, Any], index: int) -> Iterator[Finding]:
    answer, choices = row.get("answer"), row.get("choices")
    if isinstance(answer, str) and isinstance(choices, list | tuple) and answer not in choices:
        yield Finding(index, ("answer",), "among", "choices", answer)


def _answers_outside_choices(batch: pa.RecordBatch) -> Iterator[Finding]:
    answers, choices = batch["answer"], batch["choices"]
    owners = pc.list_parent_indices(choices)
    hits = pc.equal(pc.list_flatten(choices), answers.take(owners)).fill_null(False)
    right = np.zeros(len(answers), dtype=bool)
    right[owners.filter(hits).to_numpy()] = True
    known = pc.and_(answers.is_valid(), choices.is_valid()).to_numpy(zero_copy_only=False)
    for row in np.flatnonzero(known & ~right).tolist():
        yield Finding(row, ("answer",), "among", "choices", answers[row].as_py())


def _id_of_another_part(row: dict[str, Any], index: int) -> Iterator[Finding]:
    parts = [row.get(column) for column in ("family", "level", "split")]
    name, typed = row.get("id"), [isinstance(part, kind) for part, kind in zip(parts, (str, int, str), strict=True)]
    if isinstance(name, str) and all(typed):
        start = "".join(f"{part}/" for part in parts)
        if name[: name.rfind("/") + 1] != start:
            yield Finding(index, ("id",), "begins", start, name)


def _ids_of_another_part(batch: pa.RecordBatch) -> Iterator[Finding]:
    starts = pc.binary_join_element_wise(batch["family"], batch["level"].cast(pa.string()), batch["split"], "", "/")
    found = pc.replace_substring_regex(batch["id"], ID_TAIL, "")
    wrong = pc.not_equal(found, starts).fill_null(False).to_numpy(zero_copy_only=False)
    for row in np.flatnonzero(wrong).tolist():
        yield Finding(row, ("id",), "begins", starts[row].as_py(), batch["id"][row].as_py())
