from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from made_runs import half, items, record, sample, samples
from typer.testing import CliRunner

from unisandbox.cli import app
from unisandbox.errors import DataError
from unisandbox.evaluation.arms import Way
from unisandbox.evaluation.exports import eval_results, lm_eval, tasks
from unisandbox.evaluation.outcomes import JUDGE_ERROR
from unisandbox.evaluation.protocol import ASK, NORMAL, Fault
from unisandbox.evaluation.results import results_of, write_results
from unisandbox.evaluation.sample_rows import sample_rows

TWO = (ASK, NORMAL)


@pytest.fixture
def results() -> dict[str, Any]:
    return results_of(record(way=Way(TWO)), samples(items(12, families=("mapping", "math")), half, arms=TWO))


def test_a_task_is_a_family_a_split_and_an_arm(results: dict[str, Any]) -> None:
    names = ["mapping_test", "mapping_test_draw_normal", "math_test", "math_test_draw_normal"]
    assert [task.name for task in tasks(results)] == names


def test_eval_results_have_the_form_of_the_hub(results: dict[str, Any]) -> None:
    found = yaml.safe_load(eval_results(results, "org/name", revision="a" * 40, source_url="https://example.org/report"))
    assert found[0]["dataset"] == {"id": "org/name", "task_id": "mapping_test", "revision": "a" * 40}
    assert found[0]["value"] == 0.5
    assert found[0]["source"] == {"url": "https://example.org/report"}
    assert found[1]["notes"].startswith("draw/normal, judged by sprites; 95% interval 0.")
    assert "n 24 of 24 items" in found[1]["notes"]


def test_lm_eval_has_figure_and_standard_error_of_each_task(results: dict[str, Any]) -> None:
    found = lm_eval(results)
    told = found["results"]["math_test_draw_normal"]
    assert (told["acc,none"], told["acc_low,none"] < 0.5 < told["acc_high,none"]) == (0.5, True)
    assert 0 < told["acc_stderr,none"] < 0.2
    assert found["n-samples"]["math_test"] == {"original": 24, "effective": 24}
    assert set(found["results"]) == set(found["configs"]) == set(found["versions"])


def test_an_arm_without_a_verdict_is_no_task_and_none_at_all_is_refused() -> None:
    failed = [sample(one, NORMAL, outcome=JUDGE_ERROR, fault=Fault("unavailable", "503")) for one in items(12)]
    with pytest.raises(DataError, match="no arm with a verdict"):
        tasks(results_of(record(way=Way((NORMAL,))), failed))


@pytest.mark.parametrize("repo", [None, "name", "a/b/c", "../x"])
def test_the_command_refuses_eval_results_without_a_repository(tmp_path: Path, repo: str | None) -> None:
    told = CliRunner().invoke(app, ["export-scores", str(tmp_path), "--to", "eval-results", *(["--repo", repo] if repo else [])])
    assert told.exit_code == 2
    assert "--repo: found" in told.stderr


def test_the_command_prints_or_writes(tmp_path: Path, results: dict[str, Any]) -> None:
    done = samples(items(12, families=("mapping", "math")), half, arms=TWO)
    write_results(tmp_path, results, sample_rows(done, "m"))
    printed = CliRunner().invoke(app, ["export-scores", str(tmp_path), "--to", "lm-eval"])
    assert json.loads(printed.stdout)["model_name"] == "my_file.py:Mine"
    out = tmp_path / "deep" / "scores.yaml"
    told = CliRunner().invoke(
        app, ["export-scores", str(tmp_path), "--to", "eval-results", "--repo", "org/name", "--out", str(out)]
    )
    assert told.exit_code == 0, told.output
    assert len(yaml.safe_load(out.read_text(encoding="utf-8"))) == 4
