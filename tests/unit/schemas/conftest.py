"""The example rows that the schema tests start from."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unisandbox.schemas.rows import values_of

EXAMPLES = Path(__file__).resolve().parents[3] / "schemas" / "examples"

Example = Callable[[str], dict[str, Any]]
Numbered = Callable[[int], list[tuple[Any, ...]]]


@pytest.fixture
def example() -> Example:
    def read(name: str) -> dict[str, Any]:
        row: dict[str, Any] = json.loads((EXAMPLES / "valid" / f"{name}.json").read_text(encoding="utf-8"))
        return row

    return read


@pytest.fixture
def numbered_items(example: Example) -> Numbered:
    """Valid items as tuples that differ in id, group and index."""

    def make(count: int) -> list[tuple[Any, ...]]:
        rows = []
        for index in range(count):
            row = copy.deepcopy(example("item_math"))
            row["id"] = row["group"] = f"math/2/train/{index:06d}"
            row["factors"]["index"] = index
            rows.append(values_of(row, "item"))
        return rows

    return make
