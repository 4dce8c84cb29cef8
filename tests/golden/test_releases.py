"""Published releases never drift: content digests and first rows are those on record."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from unisandbox.cards.metadata import row_name
from unisandbox.schemas.manifest import read_manifest
from unisandbox.schemas.parquet import read_rows

pytestmark = pytest.mark.xdist_group("default release")

FILE = Path(__file__).with_name("release-0.1.0.json")
HOW = "A published release must not change. If you meant it: raise the family's version, add a release file, run `make golden`."
FIRST_ROWS = 2


def recorded(folder: Path) -> dict[str, Any]:
    manifest = read_manifest(folder)
    first = {}
    for shard in manifest.shards:
        rows = read_rows(folder / shard.path, row_name(shard.config))
        first[shard.path] = [row for row, _ in zip(rows, range(FIRST_ROWS), strict=False)]
    content = {shard.path: {"rows": shard.rows, "content_sha256": shard.content_sha256} for shard in manifest.shards}
    return {"digest": manifest.digest, "fingerprint": manifest.fingerprint, "shards": content, "first_rows": first}


def test_the_default_release_is_the_one_on_record(default_release: Path) -> None:
    found = recorded(default_release)
    if os.environ.get("UNISANDBOX_REWRITE_GOLDEN"):
        FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    expected = json.loads(FILE.read_text(encoding="utf-8"))
    for path, rows in expected["first_rows"].items():
        assert found["first_rows"][path] == rows, HOW
    assert found["shards"] == expected["shards"], HOW
    assert found["digest"] == expected["digest"], HOW
