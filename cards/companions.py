"""What stands beside the data of a release folder, so that it explains itself: the card, the licence, the schemas of its rows."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from unisandbox.cards.metadata import row_names
from unisandbox.cards.render import write_card
from unisandbox.schemas.declarations import declaration, file_name
from unisandbox.schemas.files import replacing
from unisandbox.schemas.manifest import Manifest

LICENCE = "LICENSE"


def write_companions(folder: Path, manifest: Manifest) -> None:
    """Write README.md, LICENSE and schemas/ into a release folder; what is already right is written again, to the same bytes."""
    write_card(folder, manifest)
    _write(folder / LICENCE, (files("unisandbox.cards") / "LICENSE-DATA").read_text(encoding="utf-8"))
    for name in sorted({*row_names(manifest).values(), "manifest"}):
        _write(folder / "schemas" / file_name(name), json.dumps(declaration(name), indent=2, ensure_ascii=False) + "\n")


def _write(path: Path, text: str) -> None:
    with replacing(path) as sink:
        sink.write(text.encode())
