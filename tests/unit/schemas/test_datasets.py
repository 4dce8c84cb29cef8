"""What `datasets` makes of our files: one slow test (its import takes seconds), in a process and a home of its own."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from unisandbox.schemas.arrow import features, table, yaml_features
from unisandbox.schemas.declarations import ROW_NAMES
from unisandbox.schemas.parquet import write_parquet
from unisandbox.schemas.pixels import pixel_sha256
from unisandbox.schemas.rows import values_of

EXAMPLES = {
    "item": ["item_knowledge"],
    "pictured_item": ["pictured_item_knowledge", "pictured_item_without_pictures"],
    "document": ["document_profile"],
    "entity": ["entity"],
    "noun": ["noun"],
}

READ = """
import base64, io, json, sys
import PIL.Image
import pyarrow.parquet as pq
from datasets import Features, load_dataset

def plain(value):
    "Rows as JSON has them, but for a decoded picture: that is a PNG written again, and its mode and size."
    if isinstance(value, PIL.Image.Image):
        sink = io.BytesIO()
        value.save(sink, "PNG")
        return {"png": base64.b64encode(sink.getvalue()).decode(), "mode": value.mode, "size": value.size}
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value

read = {}
for path in sys.argv[1:]:
    rows = load_dataset("parquet", data_files=path, split="train")
    streamed = load_dataset("parquet", data_files=path, split="train", streaming=True)
    schema = pq.read_schema(path)
    features = Features.from_arrow_schema(schema)
    assert features == rows.features == streamed.features, (features, rows.features)
    assert features.arrow_schema.equals(schema.remove_metadata()), (features.arrow_schema, schema)
    found = plain(list(rows))
    assert plain(list(streamed)) == found
    from_yaml = Features._from_yaml_list(json.loads(sys.stdin.readline()))
    assert from_yaml == features, (from_yaml, features)
    read[path] = {"features": features.to_dict(), "yaml": features._to_yaml_list(), "rows": found, "named": str(dict(features))}
print(json.dumps(read))
"""


def in_list_form(feature: Any) -> Any:
    if isinstance(feature, list):
        return {"feature": in_list_form(feature[0]), "_type": "List"}
    if "_type" in feature:
        return feature
    return {name: in_list_form(inner) for name, inner in feature.items()}


def with_digests(value: Any) -> Any:
    """A row with the digest of its pixels in the place of every picture, whether it is one of ours or a decoded one."""
    if isinstance(value, dict) and ("png" in value or "bytes" in value):
        return pixel_sha256(base64.b64decode(value.get("png") or value["bytes"]))
    if isinstance(value, dict):
        return {name: with_digests(inner) for name, inner in value.items()}
    return [with_digests(inner) for inner in value] if isinstance(value, list) else value


def test_datasets_reads_our_files_with_typed_features(example: Any, tmp_path: Path) -> None:
    paths = {name: tmp_path / f"{name}.parquet" for name in ROW_NAMES}
    for name, path in paths.items():
        write_parquet(table([values_of(example(stem), name) for stem in EXAMPLES[name]], name), path, name)
    alone = {
        "HF_HOME": str(tmp_path / "home"),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    call = [sys.executable, "-c", READ, *map(str, paths.values())]
    cards = "".join(json.dumps(yaml_features(name)) + "\n" for name in paths)
    done = subprocess.run(
        call, env={**os.environ, **alone}, input=cards, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout.splitlines()[-1])
    for name, path in paths.items():
        found = read[str(path)]
        assert found["features"] == in_list_form(features(name))
        assert found["yaml"] == yaml_features(name)
        assert [with_digests(row) for row in found["rows"]] == [with_digests(example(stem)) for stem in EXAMPLES[name]]
    assert read[str(paths["pictured_item"])]["named"].count("Image(") == 2
    assert read[str(paths["noun"])]["named"].count("Image(") == 1
