"""GenEval's folders: `00012/samples/0003.png` is picture 3 of prompt 12, which `00012/metadata.jsonl` tells.

Layout: github.com/djghosh13/geneval, `generation/`. A number alone says which item it is only where all items are of one file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from unisandbox.evaluation.items import Item
from unisandbox.schemas.jsonl import read_json_lines

SAMPLES_FOLDER: Final = re.compile(r"(\d{5,})/samples/(\d{1,6})")
GRID: Final = re.compile(r"\d{5,}/grid\.(?:png|jpg)")  # all samples of a prompt in one picture
METADATA: Final = "metadata.jsonl"
ID_KEYS: Final = ("id", "item")


def item_of_folder(folder: Path, items: Sequence[Item], by_prompt: Mapping[str, Sequence[Item]]) -> str | None:
    """Return the id of the item that a numbered folder is of; None where it is of none of them, or nobody can tell.

    Args:
        folder: Its name is the number, from 0.
        items: Those that pictures are wanted of.
        by_prompt: The same by what they are asked.

    Raises:
        DataError: Its metadata is no JSON.
    """
    metadata = folder / METADATA
    if metadata.is_file() and metadata.resolve().is_relative_to(folder.parent.resolve()):
        return _said(metadata, by_prompt)
    number, sources = int(folder.name), {item.file for item in items}
    return next((item.id for item in items if item.row == number), None) if len(sources) == 1 else None


def _said(metadata: Path, by_prompt: Mapping[str, Sequence[Item]]) -> str | None:
    _, said = next(iter(read_json_lines(metadata)))
    for key in ID_KEYS:
        if isinstance(said.get(key), str):
            return str(said[key])
    asked = by_prompt.get(str(said.get("prompt")), ())
    return asked[0].id if len(asked) == 1 else None
