"""A finished run is known from its page: nothing is worked out again, and whatever changed since is noticed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from unisandbox.cli import app
from unisandbox.evaluation.outcomes import Joiner

Score = Callable[..., dict[str, object]]


@pytest.fixture
def score(scored_release: Path, tmp_path: Path) -> Score:
    """Return what scores a planted model and returns what it prints for machines."""
    truth = tmp_path / "truth.toml"
    truth.write_text("ask = 1.0\nliteral = 1.0\nnormal = 0.5\n", encoding="utf-8")
    model = ("--data", str(scored_release), "--model", f"scripted:{truth}", "--out", str(tmp_path / "run"))
    judge = ("--judge", "scripted:exact", "--no-canary", "--json")

    def scored(*options: str) -> dict[str, object]:
        done = CliRunner().invoke(app, ["score", *model, *judge, *options])
        assert done.exit_code == 0, done.output
        (document,) = json.loads(done.stdout)["runs"]
        return dict(document)

    return scored


@pytest.fixture
def finished(score: Score, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return a list that gets an entry whenever the samples of the finished run are joined again."""
    score()
    joined: list[Path] = []
    join = Joiner.all_of

    def watched(joiner: Joiner, units: object) -> object:
        joined.append(tmp_path)
        return join(joiner, units)  # type: ignore[arg-type]

    monkeypatch.setattr(Joiner, "all_of", watched)
    return joined


def test_the_same_line_reads_the_figures_of_a_finished_run_and_joins_nothing(score: Score, finished: list[Path]) -> None:
    first, second = score(), score()
    assert first == second
    assert finished == []


def test_a_picture_that_is_gone_is_noticed_and_made_again(score: Score, finished: list[Path], tmp_path: Path) -> None:
    picture = next(iter(sorted((tmp_path / "run" / "images").glob("??/*.png"))))
    content = picture.read_bytes()
    picture.unlink()
    score()
    assert picture.read_bytes() == content
    assert finished


@pytest.mark.parametrize("name", ["verdicts.jsonl", "generations.jsonl"])
def test_a_line_that_is_gone_is_noticed_and_made_again(score: Score, finished: list[Path], tmp_path: Path, name: str) -> None:
    ledger = tmp_path / "run" / name
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join(lines[:-3]))
    assert score()["unfinished"] == 0
    assert len(ledger.read_bytes().splitlines()) == len(lines)
    assert finished


@pytest.mark.parametrize("options", [("--limit", "20"), ("--salt", "1"), ("--arms", "ask"), ("--judge-workers", "3")])
def test_another_question_is_another_run(score: Score, finished: list[Path], options: tuple[str, ...]) -> None:
    score(*options)
    assert finished


def test_results_that_are_gone_or_broken_are_written_again(score: Score, finished: list[Path], tmp_path: Path) -> None:
    results = tmp_path / "run" / "results.json"
    content = json.loads(results.read_text(encoding="utf-8"))
    for change in (results.unlink, lambda: results.write_text("{", encoding="utf-8"), (tmp_path / "run" / "report.html").unlink):
        change()
        score()
        assert json.loads(results.read_text(encoding="utf-8")) == content
        assert (tmp_path / "run" / "report.html").is_file()
    assert len(finished) == 3


def test_a_ledger_that_is_younger_than_the_page_is_read(score: Score, finished: list[Path], tmp_path: Path) -> None:
    os.utime(tmp_path / "run" / "verdicts.jsonl")
    score()
    assert finished
