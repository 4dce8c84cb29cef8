"""The scoring commands as a user calls them: what they print, their exit codes, and what is wrong in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from unisandbox.cli import app

OWN = """
from unisandbox.evaluation.models.base import BaseModel


class MyModel(BaseModel):
    def answer_one(self, request):
        return "parrot"
"""


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "200"})


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    path = tmp_path / "truth.toml"
    path.write_text("ask = 1.0\nliteral = 1.0\nnormal = 0.5\n", encoding="utf-8")
    return path


@pytest.fixture
def line(scored_release: Path, truth: Path, tmp_path: Path) -> tuple[object, ...]:
    """A command line that scores a planted model."""
    fixed = ("--judge", "scripted:exact", "--no-canary")
    return ("score", "--data", scored_release, "--model", f"scripted:{truth}", *fixed, "--out", tmp_path / "run")


def test_score_prints_a_table_and_where_the_run_is(line: tuple[object, ...], tmp_path: Path) -> None:
    done = invoke(*line)
    assert done.exit_code == 0
    assert [word in done.stdout for word in ("math", "mapping", "knowledge", "100.0%", "chance")] == [True] * 5
    assert "draw/think: not asked, the model does not think before it draws" in done.stdout
    assert done.stdout.splitlines()[-1] == str(tmp_path / "run" / "report.html")
    assert (tmp_path / "run" / "report.html").is_file()
    assert (tmp_path / "run" / "run.json").is_file()


def test_score_gives_machines_the_same_figures(line: tuple[object, ...]) -> None:
    (document,) = json.loads(invoke(*line, "--json").stdout)["runs"]
    assert document["outcomes"]["ask"] == {"correct": 44}
    assert document["unfinished"] == 0
    assert document["error_rates"] == {"ask": 0.0, "literal": 0.0, "draw/normal": 0.0}
    last = document["accuracy"][-1]
    assert (last["family"], last["items"], last["ask"]["value"]) == ("all", 44, 1.0)
    assert last["draw/normal"]["low"] < last["draw/normal"]["value"] < last["draw/normal"]["high"]


def test_score_again_is_the_same_and_report_too(line: tuple[object, ...], tmp_path: Path) -> None:
    first, second = (json.loads(invoke(*line, "--json").stdout) for _ in range(2))
    assert first == second == json.loads(invoke("report", tmp_path / "run", "--json").stdout)


def test_options_narrow_what_is_asked(line: tuple[object, ...]) -> None:
    options = ("--family", "math", "--level", "2", "--arms", "ask", "--arms", "literal", "--limit", "6", "--samples", "2")
    (document,) = json.loads(invoke(*line, *options, "--json").stdout)["runs"]
    assert document["outcomes"] == {"ask": {"correct": 12}, "literal": {"correct": 12}}


def test_generate_and_judge_are_two_steps_of_score(
    line: tuple[object, ...], scored_release: Path, truth: Path, tmp_path: Path
) -> None:
    made = invoke("generate", "--data", scored_release, "--model", f"scripted:{truth}", "--out", tmp_path / "steps")
    assert (made.exit_code, "88 not finished" in made.stdout) == (0, True)
    judged = invoke("judge", tmp_path / "steps", "--judge", "scripted:exact", "--no-canary", "--json")
    (scored,) = json.loads(invoke(*line, "--json").stdout)["runs"]
    (document,) = json.loads(judged.stdout)["runs"]
    assert judged.exit_code == 0
    assert document["accuracy"] == scored["accuracy"]


def test_shards_are_merged(line: tuple[object, ...], tmp_path: Path) -> None:
    (whole,) = json.loads(invoke(*line, "--json").stdout)["runs"]
    parts = [tmp_path / f"part{number}" for number in (1, 2)]
    for number, part in enumerate(parts, start=1):
        assert invoke(*line, "--shard", f"{number}/2", "--out", part).exit_code == 0
    joined = invoke("merge", *parts, "--out", tmp_path / "merged", "--json")
    assert joined.exit_code == 0
    assert json.loads(joined.stdout)["runs"][0]["accuracy"] == whole["accuracy"]


def test_several_models_have_a_folder_each(line: tuple[object, ...], tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text(OWN, encoding="utf-8")
    done = invoke(*line, "--model", f"{own}:MyModel", "--json")
    documents = json.loads(done.stdout)["runs"]
    assert [Path(one["folder"]).parent for one in documents] == [tmp_path / "run"] * 2
    assert len({one["folder"] for one in documents}) == 2
    assert documents[1]["absent"].keys() == {"literal", "draw/normal", "draw/think"}
    assert done.exit_code == 3, "a parrot is no answer to most questions"


def test_too_many_errors_end_with_3_and_name_the_arm(line: tuple[object, ...], truth: Path) -> None:
    truth.write_text("error_rate = 0.1\n", encoding="utf-8")
    done = invoke(*line)
    assert done.exit_code == 3
    assert "of the samples have no verdict; at most 2.0% allowed; see --retry-errors" in done.stderr
    assert "generation_error" in done.stdout
    assert invoke(*line, "--max-error-rate", "0.5").exit_code == 0
    truth.write_text("error_rate = 0.0\n", encoding="utf-8")
    assert invoke(*line).exit_code == 3
    assert invoke(*line, "--retry-errors").exit_code == 0


def test_a_stopping_rule_is_shown(line: tuple[object, ...]) -> None:
    done = invoke(*line, "--until-halfwidth", "0.4")
    assert done.exit_code == 0
    assert "half-width 40.0% reached after 44 items: draw/normal ±" in done.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--model", "nope:x"), "--model: found 'nope:x'; allowed: "),
        (("--judge", "nope"), "--judge: found 'nope'; allowed: "),
        (("--split", "tset"), "found no split tset; allowed: test; name a split that is there"),
        (("--arms", "drawn"), "--arms: found 'drawn'; allowed: ask, literal"),
        (("--shard", "3/2"), "--shard: found '3/2'; allowed: i/n with 1 <= i <= n"),
        (("--shard", "1/2", "--until-halfwidth", "0.1"), "--until-halfwidth: found a shard"),
        (("--model-arg", "steps"), "--model-arg: found 'steps'; allowed: key=value"),
        (("--model-arg", "steps=3"), "--model-arg: found steps; allowed: none"),
        (("--data", "no-such-folder"), "no-such-folder/manifest.json: found no file"),
        (("--family", "mapping", "--level", "2"), "found no item left"),
    ],
    ids=str,
)
def test_a_wrong_call_ends_with_2_one_line_and_no_folder(
    line: tuple[object, ...], tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    kept = [one for one in line if not (options[0] == "--model" and str(one).startswith("scripted:/"))]
    kept = [one for place, one in enumerate(kept) if not (options[0] == "--model" and one == "--model")]
    done = invoke(*kept, *options)
    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list((tmp_path / "run").rglob("*.jsonl")) or all(
        path.stat().st_size == 0 for path in (tmp_path / "run").rglob("*.jsonl")
    )


@pytest.mark.parametrize("command", [("report",), ("judge",)])
def test_a_folder_without_a_run_is_said(command: tuple[str, ...], tmp_path: Path) -> None:
    done = invoke(*command, tmp_path)
    assert done.exit_code == 2
    assert "run.json: found no file; allowed: the record of a run" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_default_release_that_is_not_there_is_said_with_how_to_make_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = invoke("score")
    assert done.exit_code == 2
    assert "a built release; run `make build-data`, or name one" in done.stderr
