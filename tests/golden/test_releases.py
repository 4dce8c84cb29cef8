"""Published releases never drift: content digests and first rows are those on record."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from unisandbox.cards.metadata import row_names
from unisandbox.commands.base import DEFAULT_RELEASE
from unisandbox.generators.release_file import packaged_releases
from unisandbox.schemas.manifest import read_manifest
from unisandbox.schemas.parquet import read_rows

FOLDER = Path(__file__).parent
SHOWN_SHEET = FOLDER.parents[1] / "docs" / "contact-sheet.png"
REWRITE = "UNISANDBOX_REWRITE_GOLDEN"
HOW = "A published release must not change. If you meant it: raise the family's version, add a release file, run `make golden`."
FIRST_ROWS = 2
RELEASES = [
    pytest.param(version, marks=pytest.mark.xdist_group("default release" if version == DEFAULT_RELEASE else version))
    for version in packaged_releases()
]


def recorded(folder: Path) -> dict[str, Any]:
    manifest = read_manifest(folder)
    names, first = row_names(manifest), {}
    for shard in manifest.shards:
        name = names[shard.config].removeprefix("pictured_")  # pictures are part of the digest; nobody reads them here
        rows = [] if name == "noun" else read_rows(folder / shard.path, name)
        first[shard.path] = [row for row, _ in zip(rows, range(FIRST_ROWS), strict=False)]
    content = {shard.path: {"rows": shard.rows, "content_sha256": shard.content_sha256} for shard in manifest.shards}
    return {"digest": manifest.digest, "fingerprint": manifest.fingerprint, "shards": content, "first_rows": first}


@pytest.mark.parametrize("version", RELEASES)
def test_a_packaged_release_is_the_one_on_record(packaged_release: Callable[[str], Path], version: str) -> None:
    found, file = recorded(packaged_release(version)), FOLDER / f"release-{version}.json"
    if os.environ.get(REWRITE):
        file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    expected = json.loads(file.read_text(encoding="utf-8"))
    for path, rows in expected["first_rows"].items():
        assert found["first_rows"][path] == rows, HOW
    assert found["shards"] == expected["shards"], HOW
    assert found["digest"] == expected["digest"], HOW
    assert found["fingerprint"] == expected["fingerprint"], HOW


@pytest.mark.xdist_group("default release")
def test_the_sheet_that_the_readme_shows_is_the_releases_own(default_release: Path) -> None:
    """Half its size: a page does not need more."""
    with Image.open(default_release / "contact-sheet.png") as sheet:
        half = sheet.convert("RGB").reduce(2).quantize(256)
    if os.environ.get(REWRITE):
        half.save(SHOWN_SHEET, optimize=True)
    with Image.open(SHOWN_SHEET) as shown:
        assert shown.convert("RGB").tobytes() == half.convert("RGB").tobytes(), "run `make golden`"
