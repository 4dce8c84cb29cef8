"""eval.yaml names every test once, with what a framework needs to run it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from unisandbox.cards.companions import companions
from unisandbox.cards.eval_file import eval_text
from unisandbox.schemas.manifest import Manifest

Own = tuple[Path, Manifest]
pytestmark = pytest.mark.xdist_group("own_release")  # built once
FRAMEWORKS = {"inspect-ai"}  # those of huggingface.js, packages/tasks/src/eval.ts, that ask for the fields below


def test_there_is_a_task_for_every_config_and_test_split(own: Own) -> None:
    folder, _ = own
    told = yaml.safe_load((folder / "eval.yaml").read_text())
    assert list(told) == ["name", "description", "evaluation_framework", "tasks"]
    assert told["evaluation_framework"] in FRAMEWORKS
    assert [(task["id"], task["config"], task["split"]) for task in told["tasks"]] == [
        ("math_exam", "math", "exam"),
        ("mapping_strange_things", "mapping", "strange_things"),
        ("knowledge_exam", "knowledge", "exam"),
    ]


def test_a_task_reads_columns_of_text_and_has_what_inspect_asks_for(own: Own) -> None:
    folder, _ = own
    for task in yaml.safe_load((folder / "eval.yaml").read_text())["tasks"]:
        assert list(task) == ["id", "config", "split", "field_spec", "solvers", "scorers"]
        assert task["solvers"] == [{"name": "generate"}]
        assert task["scorers"] == [{"name": "exact"}]
        path = next((folder / "data" / task["config"]).glob(f"{task['split']}-*"))
        row = pq.read_table(path).slice(0, 1).to_pylist()[0]
        assert all(isinstance(row[column], str) for column in task["field_spec"].values())
        assert row[task["field_spec"]["target"]] in row["choices"]


def test_a_release_without_tests_has_no_such_file(release: Callable[..., Own]) -> None:
    folder, manifest = release()
    trained = replace(manifest, shards=manifest.shards[:2])
    assert eval_text(trained) is None
    assert "eval.yaml" not in companions(folder, trained)
