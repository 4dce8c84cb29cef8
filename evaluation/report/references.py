"""The reference pictures of a release beside a run, so that the page can show what was wanted next to what was drawn."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

from unisandbox.evaluation.items import Item
from unisandbox.evaluation.pictures import Pictures
from unisandbox.schemas.files import TEMPORARY

REFERENCES: Final = "references"


def keep_references(folder: Path, items: Iterable[Item]) -> dict[str, str]:
    """Return item -> path of its reference picture inside a run folder, and write those that are not there yet.

    Items of which the release has no picture are left out, as are those that come from no release.
    """
    pictures, kept = Pictures(), {}
    for item in items:
        path = str(PurePosixPath(REFERENCES) / f"{item.id}.png")
        if (folder / path).is_file():
            kept[item.id] = path
        elif item.file.is_file() and (content := pictures.reference(item)) is not None:
            _write(folder / path, content)
            kept[item.id] = path
    return kept


def _write(path: Path, content: bytes) -> None:
    """Write a picture in one step; it is a copy, so nothing waits until thousands of them are on the disk for good."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY}")
    temporary.write_bytes(content)
    os.replace(temporary, path)
