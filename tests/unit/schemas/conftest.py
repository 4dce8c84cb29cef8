"""The example rows that the schema tests start from."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from unisandbox.schemas.rows import values_of

EXAMPLES = Path(__file__).resolve().parents[3] / "schemas" / "examples"

Example = Callable[[str], dict[str, Any]]
Numbered = Callable[[int], list[tuple[Any, ...]]]
Png = Callable[..., bytes]


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


@pytest.fixture
def png() -> Png:
    """The bytes of a PNG of one colour."""

    def make(mode: str = "RGB", size_px: tuple[int, int] = (3, 2), colour: Any = 0, **options: Any) -> bytes:
        sink = io.BytesIO()
        Image.new(mode, size_px, colour).save(sink, "PNG", **options)
        return sink.getvalue()

    return make
