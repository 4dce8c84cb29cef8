"""What a family can publish beside its items: a config of its own schema, e.g. the text that injects facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Table:
    """A split of a config that is not made of items.

    Args:
        config: Name of the config, e.g. `knowledge_corpus`.
        split: Name of the split.
        schema: Name of the row's schema in `schemas/`: `document` or `entity`.
        rows: How many rows there are.
        make: Yields the rows from a start on, so many, in the schema's column order.
    """

    config: str
    split: str
    schema: str
    rows: int
    make: Callable[[int, int], Iterator[tuple[Any, ...]]]
