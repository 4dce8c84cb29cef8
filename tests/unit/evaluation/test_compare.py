from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import half, items, record, samples
from typer.testing import CliRunner

from unisandbox.cli import app
from unisandbox.errors import DataError
from unisandbox.evaluation.arms import Way
from unisandbox.evaluation.compare import compared
from unisandbox.evaluation.outcomes import JUDGE_ERROR, Sample
from unisandbox.evaluation.protocol import ASK, NORMAL, Fault
from unisandbox.evaluation.results import results_of, write_results
from unisandbox.evaluation.run_folder import Party, Record
from unisandbox.evaluation.sample_rows import sample_rows

TWO = (ASK, NORMAL)


def written(folder: Path, done: Sequence[Sample], about: Record | None = None) -> Path:
    write_results(folder, results_of(about or record(way=Way(TWO)), done), sample_rows(done, "m"))
    return folder


def test_differences_are_paired_arm_by_arm_and_family_by_family(tmp_path: Path) -> None:
    chosen = items(12, families=("mapping", "math"))
    first = written(tmp_path / "a", samples(chosen, half, arms=TWO))
    second = written(tmp_path / "b", samples(chosen, lambda one, arm, _: arm == ASK or half(one, arm), arms=TWO))
    found = compared(first, second)
    assert [(line.family, line.arm, line.items) for line in found.lines] == [
        (None, ASK, 48),
        (None, NORMAL, 48),
        ("mapping", ASK, 24),
        ("mapping", NORMAL, 24),
        ("math", ASK, 24),
        ("math", NORMAL, 24),
    ]
    ask, normal = found.lines[:2]
    assert ask.difference is not None
    assert normal.difference is not None
    assert ask.difference.value == pytest.approx(0.5)
    assert ask.difference.low is not None
    assert ask.difference.low > 0
    assert normal.difference.value == 0
    assert found.unmatched == (0, 0, 0)


def test_a_run_beside_itself_differs_nowhere(tmp_path: Path) -> None:
    folder = written(tmp_path / "a", samples(items(12), half, arms=TWO))
    assert all(line.difference and line.difference.value == 0 for line in compared(folder, folder).lines)


def test_items_of_one_run_alone_and_items_that_ask_another_thing_are_counted_and_left_out(tmp_path: Path) -> None:
    chosen = items(12, levels=(1,))
    first = written(tmp_path / "a", samples(chosen[:10], half, arms=TWO))
    changed = [replace(chosen[2], draw="Draw 2 ducks.", ask="What is 1 + 1?"), *chosen[3:]]
    second = written(tmp_path / "b", samples(changed, half, arms=TWO))
    found = compared(first, second)
    assert found.unmatched == (2, 2, 1)
    assert {line.items for line in found.lines} == {7}


def test_items_without_a_verdict_in_both_runs_are_not_compared_but_widen_the_bounds(tmp_path: Path) -> None:
    done = samples(items(12, levels=(1,)), half, arms=(NORMAL,))
    failed = [
        replace(one, outcome=JUDGE_ERROR, fault=Fault("bad_reply", "x")) if place < 4 else one for place, one in enumerate(done)
    ]
    about = record(way=Way((NORMAL,)))
    found = compared(written(tmp_path / "a", done, about), written(tmp_path / "b", failed, about)).lines[0]
    assert found.difference is not None
    assert found.difference.judged == 8
    assert found.bounds == pytest.approx((-2 / 12, 2 / 12))


def test_an_arm_that_only_one_run_has_is_told_with_a_reason(tmp_path: Path) -> None:
    chosen = items(12)
    first = written(tmp_path / "a", samples(chosen, half, arms=TWO))
    second = written(tmp_path / "b", samples(chosen, half, arms=(NORMAL,)), record(way=Way((NORMAL,))))
    found = {line.arm: line for line in compared(first, second).lines if line.family is None}
    assert (found[ASK].difference, found[ASK].reason) == (None, "no item that both runs asked in this arm")
    assert found[NORMAL].difference is not None


def test_runs_without_a_common_item_are_refused(tmp_path: Path) -> None:
    first = written(tmp_path / "a", samples(items(4), half, arms=TWO))
    second = written(tmp_path / "b", samples(items(4, families=("mapping",)), half, arms=TWO))
    with pytest.raises(DataError, match="compare runs on the same release and split"):
        compared(first, second)


def test_a_line_that_is_no_sample_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path / "a", samples(items(4), half, arms=TWO))
    with open(folder / "samples.jsonl", "a", encoding="utf-8") as sink:
        sink.write('{"id": "x"}\n')
    with pytest.raises(DataError, match="line 17: found family, level, cluster, arm, correct, prompt, target missing"):
        compared(folder, folder)


def test_the_command_prints_both_runs_and_warns_of_two_judges(tmp_path: Path) -> None:
    chosen = items(12)
    first = written(tmp_path / "a", samples(chosen, half, arms=TWO))
    other = record(way=Way(TWO), judge=Party(uri="captions:x", identity={}, sha256="4" * 64))
    second = written(tmp_path / "b", samples(chosen, half, arms=TWO), other)
    told = CliRunner().invoke(app, ["compare", str(first), str(second)])
    assert told.exit_code == 0, told.output
    assert "different judges" in told.output
    assert "not compared: 0 items only in A" in told.output
    as_json = json.loads(CliRunner().invoke(app, ["compare", str(first), str(second), "--json"]).stdout)
    assert as_json["B"]["judge"] == "captions:x"
    assert as_json["lines"][0]["difference"]["judged"] == 24


def test_a_folder_that_is_no_run_ends_in_one_line_and_exit_2(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["compare", str(tmp_path / "none"), str(tmp_path)])
    assert told.exit_code == 2
    assert "results.json: found no file" in told.stderr
