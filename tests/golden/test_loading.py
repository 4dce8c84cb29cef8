"""The built folder is a dataset as it stands: every config loads, whole and as a stream, with typed features."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from unisandbox.commands.base import DEFAULT_RELEASE
from unisandbox.schemas.manifest import read_manifest

pytestmark = pytest.mark.xdist_group("default release")

LOAD = """
import json, os, sys
from datasets import get_dataset_config_names, load_dataset
folder, found = sys.argv[1], {}
for name in get_dataset_config_names(folder):
    whole = load_dataset(folder, name)
    stream = load_dataset(folder, name, streaming=True)
    found[name] = {
        "rows": {split: len(rows) for split, rows in whole.items()},
        "first": {split: next(iter(rows)) == whole[split][0] for split, rows in stream.items()},
        "features": {column: str(feature) for column, feature in next(iter(whole.values())).features.items()},
        "version": str(next(iter(whole.values())).info.version),
    }
print("LOADED " + json.dumps(found), flush=True)
os._exit(0)  # a stream that was left half read may abort the interpreter's own end, in a thread of Arrow
"""


def test_every_config_loads_whole_and_as_a_stream(default_release: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    call = [sys.executable, "-P", "-c", LOAD, str(default_release)]
    done = subprocess.run(call, env=environment, capture_output=True, text=True, check=True, cwd=tmp_path)
    found = json.loads(done.stdout.rpartition("LOADED ")[2])
    shards = read_manifest(default_release).shards
    assert list(found) == list(dict.fromkeys(shard.config for shard in shards))
    for config, loaded in found.items():
        own = [shard for shard in shards if shard.config == config]
        splits = dict.fromkeys(shard.split for shard in own)
        assert loaded["rows"] == {split: sum(shard.rows for shard in own if shard.split == split) for split in splits}
        assert all(loaded["first"].values())
        assert loaded["version"] == DEFAULT_RELEASE
    features = found["math"]["features"]
    assert features["level"] == "Value('int32')"
    assert features["choices"] == "List(Value('string'))"
    assert features["target"].startswith(
        "{'kind': Value('string'), 'objects': List({'name': Value('string'), 'count': Value('int32')"
    )
