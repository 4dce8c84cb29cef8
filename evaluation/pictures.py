"""The reference pictures and foils of a release, read when one is asked for: most models and judges never need one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from unisandbox.evaluation.items import Item

FILES_KEPT: Final = 16  # of some megabytes each


class Pictures:
    """Reads pictures of items from the files that the items stand in, a file at a time."""

    def __init__(self) -> None:
        self._column = lru_cache(FILES_KEPT)(_column)

    def reference(self, item: Item) -> bytes | None:
        """Return the item's target as a PNG file; None where the release has no picture of it."""
        cells = self._column(item.file, "image", "image")
        return None if cells is None else _content(cells[item.row].as_py())

    def foil(self, item: Item, number: int) -> bytes | None:
        """Return foil `number` of an item as a PNG file; None where the release has no picture of it."""
        cells = self._column(item.file, "foils", "foils.list.element.image")
        foils = None if cells is None else cells[item.row].as_py()
        return _content(foils[number]["image"]) if foils else None


def _column(file: Path, name: str, leaf: str) -> Any:
    if file.suffix != ".parquet":  # a file of other people's questions, which has no pictures
        return None
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as opened:
        return opened.read(columns=[leaf]).column(name) if name in opened.schema_arrow.names else None


def _content(cell: dict[str, Any] | None) -> bytes | None:
    return cell["bytes"] if cell else None
