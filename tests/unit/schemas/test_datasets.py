"""What `datasets` makes of our files: one slow test (its import takes seconds), in a process and a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from unisandbox.schemas.arrow import features, table, yaml_features
from unisandbox.schemas.declarations import ROW_NAMES
from unisandbox.schemas.parquet import write_parquet
from unisandbox.schemas.rows import values_of

EXAMPLES = {"item": "item_knowledge", "document": "document_profile", "entity": "entity"}

READ = """
import json, sys
import pyarrow.parquet as pq
from datasets import Features, load_dataset

read = {}
for path in sys.argv[1:]:
    rows = load_dataset("parquet", data_files=path, split="train")
    streamed = load_dataset("parquet", data_files=path, split="train", streaming=True)
    schema = pq.read_schema(path)
    features = Features.from_arrow_schema(schema)
    assert features == rows.features == streamed.features, (features, rows.features)
    assert features.arrow_schema.equals(schema.remove_metadata()), (features.arrow_schema, schema)
    assert list(streamed) == list(rows)
    read[path] = {"features": features.to_dict(), "yaml": features._to_yaml_list(), "rows": list(rows)}
print(json.dumps(read))
"""


def in_list_form(feature: Any) -> Any:
    if isinstance(feature, list):
        return {"feature": in_list_form(feature[0]), "_type": "List"}
    if "_type" in feature:
        return feature
    return {name: in_list_form(inner) for name, inner in feature.items()}


def test_datasets_reads_our_files_with_typed_features(example: Any, tmp_path: Path) -> None:
    paths = {name: tmp_path / f"{name}.parquet" for name in ROW_NAMES}
    for name, path in paths.items():
        write_parquet(table([values_of(example(EXAMPLES[name]), name)], name), path, name)
    alone = {
        "HF_HOME": str(tmp_path / "home"),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    call = [sys.executable, "-c", READ, *map(str, paths.values())]
    done = subprocess.run(call, env={**os.environ, **alone}, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout.splitlines()[-1])
    for name, path in paths.items():
        found = read[str(path)]
        assert found["features"] == in_list_form(features(name))
        assert found["yaml"] == yaml_features(name)
        assert found["rows"] == [example(EXAMPLES[name])]
