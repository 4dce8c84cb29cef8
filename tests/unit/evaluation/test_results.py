from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_runs import half, item, items, record, sample, samples

from unisandbox.errors import DataError
from unisandbox.evaluation.arms import Way
from unisandbox.evaluation.corrections import calibration
from unisandbox.evaluation.metrics import accuracy
from unisandbox.evaluation.outcomes import CORRECT, GENERATION_ERROR, JUDGE_ERROR, WRONG
from unisandbox.evaluation.parts import parts
from unisandbox.evaluation.protocol import ARMS, ASK, LITERAL, NORMAL, THINK, Fault
from unisandbox.evaluation.quality import Quality
from unisandbox.evaluation.repeat import command_line
from unisandbox.evaluation.results import model_name, read_results, results_of, write_results
from unisandbox.evaluation.sample_rows import sample_rows
from unisandbox.evaluation.samples import read_samples
from unisandbox.evaluation.scores import scores
from unisandbox.evaluation.summary import figure_of_arm, summary
from unisandbox.schemas.validate import check_rows

RIGHT = {ASK: 10, LITERAL: 12, NORMAL: 4, THINK: 8}  # of 12 items a family and level


def planted(one: Any, arm: str, _: int = 0) -> bool:
    return int(one.id[-2:]) < RIGHT[arm]


def pair(part: dict[str, Any], name: str, of: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in part["paired"] if (one["name"], one["of"]) == (name, of))
    return found


def test_results_are_as_their_schema_declares_and_say_what_was_planted() -> None:
    found = results_of(record(), samples(items(12, families=("mapping", "math")), planted))
    assert check_rows([found], "results") == []
    whole = found["parts"][0]
    assert {arm: round(12 * whole["arms"][arm]["accuracy"]["value"], 9) for arm in ARMS} == RIGHT
    assert whole["arms"][ASK]["judged_by"] == "match with the choices"
    assert whole["arms"][NORMAL]["judged_by"] == "sprites"
    assert round(12 * pair(whole, "gap", NORMAL)["figure"]["value"], 9) == 6
    assert round(12 * pair(whole, "think_gain", THINK)["figure"]["value"], 9) == 4
    assert pair(whole, "control_loss", LITERAL)["figure"]["value"] == 0
    assert pair(whole, "transfer", NORMAL)["figure"]["value"] == pytest.approx(0.4)
    assert pair(whole, "transfer", NORMAL)["figure"]["judged"] == 40
    assert whole["together"][NORMAL] == {
        "n_samples": 48,
        "counts": {**dict.fromkeys(("101", "100", "001", "000", "011"), 0), "111": 16, "110": 24, "010": 8},
    }


def test_every_figure_has_items_interval_and_method_or_a_reason() -> None:
    found = results_of(record(), samples(items(12, families=("mapping", "math")), planted))
    figures = [
        figure for part in found["parts"] for arm in part["arms"].values() for figure in (arm["accuracy"], arm["beyond_chance"])
    ]
    assert figures
    for figure in figures:
        low, high = figure["interval"]
        assert low <= figure["value"] <= high
        assert figure["judged"] > 0
        assert figure["clusters"] > 1
    for part in found["parts"]:
        assert all((one["figure"] is None) == (one["reason"] is not None) for one in part["paired"])
        assert all((arm["group_score"] is None) == (arm["group_score_reason"] is not None) for arm in part["arms"].values())


def test_an_accuracy_is_that_of_the_metrics_with_families_and_levels_as_strata() -> None:
    chosen = items(12, families=("mapping", "math"))
    found = results_of(record(), samples(chosen, planted))["parts"][0]["arms"][NORMAL]["accuracy"]
    right = [planted(one, NORMAL) for one in chosen]
    expected = accuracy(
        scores(
            [one.id for one in chosen],
            right=right,
            judged=[1] * len(chosen),
            errors=[0] * len(chosen),
            clusters=[one.cluster for one in chosen],
            strata=[f"{one.family}/{one.level}" for one in chosen],
        )
    )
    assert (found["value"], *found["interval"]) == (expected.value, expected.low, expected.high)


def test_errors_are_counted_apart_and_move_only_the_bounds() -> None:
    chosen = items(12, levels=(1,))
    done = [one for one in samples(chosen, planted, arms=(NORMAL,)) if int(one.item.id[-2:]) < 9]
    done.append(sample(chosen[9], NORMAL, outcome=GENERATION_ERROR, fault=Fault("refused", "no"), picture=None))
    done.append(
        sample(chosen[10], NORMAL, outcome=GENERATION_ERROR, fault=Fault("timeout", "late"), picture=None, truncated=True)
    )
    done.append(sample(chosen[11], NORMAL, outcome=JUDGE_ERROR, fault=Fault("bad_reply", "prose")))
    block = results_of(record(way=Way((NORMAL,))), done)["parts"][0]["arms"][NORMAL]
    assert block["outcomes"] == {"correct": 4, "wrong": 5, "generation_error": 2, "judge_error": 1}
    assert (block["n_samples"], block["judged"], block["refused"], block["truncated"]) == (12, 9, 1, 1)
    assert block["faults"] == {"generation_error": {"refused": 1, "timeout": 1}, "judge_error": {"bad_reply": 1}}
    assert block["accuracy"]["value"] == pytest.approx(4 / 9)
    assert block["bounds"] == pytest.approx([4 / 12, 7 / 12])


def test_an_arm_that_was_not_asked_is_null_with_its_reason_and_so_is_what_needs_it() -> None:
    lacking = record(way=Way((LITERAL, NORMAL)), absent={ASK: "the model answers no questions"})
    found = results_of(lacking, samples(items(12), planted, arms=(LITERAL, NORMAL)))
    assert check_rows([found], "results") == []
    whole = found["parts"][0]
    assert whole["arms"][ASK] is whole["arms"][THINK] is None
    assert found["absent"] == {ASK: "the model answers no questions"}
    gap, gain = pair(whole, "gap", NORMAL), pair(whole, "think_gain", THINK)
    assert (gap["figure"], gap["reason"]) == (None, "ask: the model answers no questions")
    assert (gain["figure"], gain["reason"]) == (None, "draw/think: not asked in this run")
    assert whole["together"] == {NORMAL: None, THINK: None}


def test_an_arm_without_any_verdict_is_null_and_never_zero() -> None:
    failed = [sample(one, NORMAL, outcome=JUDGE_ERROR, fault=Fault("unavailable", "503")) for one in items(12)]
    found = results_of(record(way=Way((NORMAL,))), failed)
    assert check_rows([found], "results") == []
    block = found["parts"][0]["arms"][NORMAL]
    assert (block["accuracy"], block["reason"], block["bounds"]) == (None, "no sample has a verdict", [0.0, 1.0])


def test_one_cluster_gives_a_figure_without_an_interval_and_says_so() -> None:
    found = results_of(record(way=Way((ASK,))), samples(items(6, clusters=1, levels=(1,)), half, arms=(ASK,)))
    figure = found["parts"][0]["arms"][ASK]["accuracy"]
    assert (figure["value"], figure["interval"]) == (0.5, None)
    assert "fewer than two clusters" in figure["notes"][0]


def test_a_group_is_right_if_all_its_items_are() -> None:
    pairs = items(12, levels=(1,), groups=2, clusters=12, cluster="math/one")
    pairs = [replace(one, cluster=one.group) for one in pairs]
    block = results_of(record(way=Way((ASK,))), samples(pairs, half, arms=(ASK,)))["parts"][0]["arms"][ASK]
    assert block["accuracy"]["value"] == 0.5
    assert block["group_score"]["value"] == 0


def test_parts_are_families_levels_splits_and_factors_that_vary() -> None:
    chosen = items(12, families=("mapping", "math"), levels=(1, 2))
    found = [(part.by, part.family, part.value, int(part.mask.sum())) for part in parts(chosen)]
    assert found[0] == ("all", None, "all", 48)
    assert [one for one in found if one[1] == "math"] == [
        ("family", "math", "math", 24),
        ("level", "math", "1", 12),
        ("level", "math", "2", 12),
        ("split", "math", "test", 24),
        ("count", "math", "2", 8),
        ("count", "math", "3", 8),
        ("count", "math", "4", 8),
        ("operators", "math", "+", 24),
        ("operators", "math", "-", 12),
    ]


def test_a_calibrated_judge_gives_corrected_accuracies_of_pictures_only() -> None:
    known = calibration([1] * 100 + [0] * 100, [1] * 90 + [0] * 10 + [0] * 95 + [1] * 5)
    chosen = items(40, levels=(1,), clusters=20)
    quality = Quality(calibration=known, source="reference pictures and foils")
    found = results_of(record(), samples(chosen, half), quality=quality)
    assert check_rows([found], "results") == []
    block = found["parts"][0]["arms"]
    assert block[ASK]["corrected_reason"] == "answers are matched, not judged"
    assert block[NORMAL]["corrected"]["value"] == pytest.approx((0.5 + 0.95 - 1) / 0.85)
    told = found["judge_quality"]["calibration"]
    assert told["sensitivity"] == {"value": 0.9, "pictures": 100}


def test_a_family_is_corrected_by_what_is_known_of_the_judge_there() -> None:
    whole = calibration([1] * 100 + [0] * 100, [1] * 90 + [0] * 10 + [0] * 95 + [1] * 5)
    math = calibration([1] * 100 + [0] * 100, [1] * 80 + [0] * 20 + [0] * 80 + [1] * 20)
    chosen = items(40, families=("mapping", "math"), levels=(1,), clusters=20)
    quality = Quality(calibration=whole, families={"math": math}, source="x")
    found = results_of(record(), samples(chosen, lambda *told: half(*told) or told[0].id.endswith("1")), quality=quality)
    corrected = {
        part["value"]: part["arms"][NORMAL]["corrected"]["value"] for part in found["parts"] if part["by"] in ("all", "family")
    }
    assert corrected["mapping"] == corrected["all"] == pytest.approx((0.6 + 0.95 - 1) / 0.85)
    assert corrected["math"] == pytest.approx((0.6 + 0.8 - 1) / 0.6)


def test_a_judge_near_chance_is_not_corrected_and_the_reason_is_told() -> None:
    known = calibration([1, 1, 0, 0] * 10, [1, 0] * 20)
    found = results_of(record(), samples(items(20), half), quality=Quality(calibration=known, source="x"))
    block = found["parts"][0]["arms"][NORMAL]
    assert block["corrected"] is None
    assert "too near chance" in block["corrected_reason"]


def test_two_reports_of_one_run_differ_in_timings_alone(tmp_path: Path) -> None:
    done = samples(items(12), planted)
    slower = [replace(one, seconds_model=9.0) for one in done]
    for name, found in (("a", done), ("b", done), ("c", slower)):
        write_results(tmp_path / name, results_of(record(), found), sample_rows(found, "m"))
    read = {
        name: ((tmp_path / name / "results.json").read_bytes(), (tmp_path / name / "samples.jsonl").read_bytes())
        for name in "abc"
    }
    assert read["a"] == read["b"]
    assert read["a"][1] == read["c"][1]
    first, other = (json.loads(read[name][0]) for name in "ac")
    assert first.pop("timings") != other.pop("timings")
    assert first == other


def test_samples_are_read_by_whoever_reads_sample_files(tmp_path: Path) -> None:
    done = samples(items(4, levels=(1,)), planted)
    evil = replace(done[3], thought="half a pair \ud83c and \u2028 a line", item=item(3))
    rows = sample_rows([*done[:3], evil], model_name(record()), {done[0].item.id: "references/x.png"})
    write_results(tmp_path, results_of(record(), done), rows)
    found = read_samples(tmp_path / "samples.jsonl")
    assert found.model == "my_file.py:Mine"
    first, last = found.rows[0], found.rows[3]
    assert first["target"] == done[0].item.target
    assert (first["reference"], first["reply"], first["picture"]) == ("references/x.png", "It is 2.", None)
    assert last["thought"] == "half a pair � and \u2028 a line"
    picture = found.rows[1]["picture"]
    assert picture.startswith("images/")
    assert found.rows[1]["probability"] == pytest.approx(0.81)


def test_several_samples_of_an_item_are_one_unit_and_lines_of_their_own(tmp_path: Path) -> None:
    done = samples(items(12, levels=(1,)), lambda *told: told[2] == 0, each=2)
    found = results_of(record(way=Way(samples=2)), done)
    block = found["parts"][0]["arms"][NORMAL]
    assert (block["n_items"], block["n_samples"], block["accuracy"]["judged"]) == (12, 24, 12)
    assert block["accuracy"]["value"] == 0.5
    write_results(tmp_path, found, sample_rows(done, "m"))
    assert len(read_samples(tmp_path / "samples.jsonl").rows) == len(done)


def test_results_of_nothing_are_refused() -> None:
    with pytest.raises(DataError, match="no finished sample"):
        results_of(record(), [])


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"format": 1}'])
def test_a_file_that_is_no_results_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "results.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"results\.json"):
        read_results(tmp_path)


def test_the_command_line_repeats_what_differs_from_the_defaults() -> None:
    assert (
        command_line(record()) == "unisandbox score --model my_file.py:Mine --judge sprites --data build/small-0.0.1 --split test"
    )
    selection = {"splits": ["test"], "families": ["math"], "levels": [2], "limit": 40, "shard": [1, 3]}
    told = command_line(
        record(
            selection=selection,
            way=Way((ASK, NORMAL), samples=3, salt="it's", size_px=256),
            settings={"model_arguments": {"steps": "20"}},
            stopping={"wanted": 0.02},
        )
    )
    assert "--model-arg steps=20" in told
    assert "--family math --level 2 --limit 40 --shard 1/3 --arms ask --arms draw/normal --samples 3" in told
    assert told.endswith("--salt 'it'\"'\"'s' --size 256 --until-halfwidth 0.02")


def test_an_outcome_that_is_told_twice_is_impossible() -> None:
    block = results_of(record(way=Way((ASK,))), samples(items(12), half, arms=(ASK,)))["parts"][0]["arms"][ASK]
    assert sum(block["outcomes"].values()) == block["n_samples"]
    assert block["outcomes"][CORRECT] + block["outcomes"][WRONG] == block["judged"]


def test_the_table_of_the_terminal_has_the_figures_of_the_results() -> None:
    done = samples(items(12, families=("mapping", "math")), planted)
    lines = summary(json.loads(json.dumps(results_of(record(), done))))
    assert [line.family for line in lines] == [*sorted(line.family for line in lines[:-1]), "all"]
    for line in lines:
        ours = [
            one for one in done if (one.item.family, str(one.item.level)) == (line.family, line.level) or line.family == "all"
        ]
        assert line.items == len({one.item.id for one in ours})
        for arm in ARMS:
            figure, read = figure_of_arm(ours, arm), line.figures[arm]
            assert figure is not None
            assert read is not None
            shown = (read.value, read.low, read.high, read.judged)
            assert shown == pytest.approx((figure.value, figure.low, figure.high, figure.judged), abs=1e-12)
