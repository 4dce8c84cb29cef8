"""A release folder explains itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from unisandbox.cards.companions import write_companions
from unisandbox.schemas.declarations import declaration
from unisandbox.schemas.manifest import Manifest

ROOT = Path(__file__).resolve().parents[3]


def test_the_folder_holds_card_licence_and_schemas(release: Callable[..., tuple[Path, Manifest]]) -> None:
    folder, manifest = release()
    write_companions(folder, manifest)
    assert sorted(path.name for path in folder.iterdir()) == ["LICENSE", "README.md", "data", "manifest.json", "schemas"]
    assert sorted(path.name for path in (folder / "schemas").iterdir()) == ["item.schema.json", "manifest.schema.json"]
    assert json.loads((folder / "schemas" / "item.schema.json").read_text()) == declaration("item")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    write_companions(folder, manifest)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_licence_of_the_data_is_the_one_at_the_top() -> None:
    assert (ROOT / "LICENSE-DATA").read_text() == (ROOT / "cards" / "LICENSE-DATA").read_text()
