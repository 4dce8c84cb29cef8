"""Tiny copies of unified models through the whole of `score`, as a user calls it: all arms, going on, wrong calls in a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_emu3 import save_tiny_emu3
from tiny_janus import save_tiny_janus
from typer.testing import CliRunner, Result

from unisandbox.cli import app

SAVING: dict[str, Callable[[Path], Path]] = {"emu3": save_tiny_emu3, "janus": save_tiny_janus}
ARMS = ("ask", "literal", "draw/normal", "draw/think")
ITEMS = 6


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache of this module, and one thread: matrices this small only wait for more."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module", params=sorted(SAVING))
def weights(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return SAVING[request.param](tmp_path_factory.mktemp("weights") / request.param)


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "200"})


def scoring(weights: Path, release: Path, out: Path, *more: object) -> Result:
    short = ("--model-arg", "max_tokens=8", "--model-arg", "thought_tokens=8")
    fixed = ("--judge", "sprites", "--no-canary", "--limit", ITEMS, "--max-error-rate", "1.0", "--json")
    return invoke("score", "--data", release, "--model", f"hf:{weights}", *short, *fixed, "--out", out, *more)


def rows(out: Path, name: str = "generations.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / name).read_text(encoding="utf-8").splitlines()]


def made(out: Path) -> dict[str, Any]:
    """Return what was generated, by key, without how long it took."""
    return {row["key"]: {name: value for name, value in row.items() if name != "seconds"} for row in rows(out)}


@pytest.fixture(scope="module")
def scored(weights: Path, scored_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "run"
    done = scoring(weights, scored_release, out)
    assert done.exit_code == 0, done.output
    return out


def test_all_arms_are_done_and_judged(scored: Path) -> None:
    found = rows(scored)
    assert {arm: sum(row["arm"] == arm for row in found) for arm in ARMS} == dict.fromkeys(ARMS, ITEMS)
    assert [row["fault"] for row in found if row["fault"]] == []
    assert {(row["width_px"], row["height_px"]) for row in found if row["arm"] != "ask"} == {(16, 16)}
    assert len(rows(scored, "verdicts.jsonl")) == 3 * ITEMS
    assert (scored / "report.html").is_file()


def test_thoughts_are_kept_with_their_tokens_and_that_they_were_cut(scored: Path) -> None:
    thoughts = [row for row in rows(scored) if row["arm"] == "draw/think"]
    assert len(thoughts) == ITEMS
    assert all(row["thought"] and row["thought_tokens"] == 8 and row["truncated"] for row in thoughts)
    assert all(row["thought"] is None for row in rows(scored) if row["arm"] != "draw/think")


def test_the_record_says_which_weights_and_how_they_were_run(scored: Path, weights: Path) -> None:
    record = json.loads((scored / "run.json").read_bytes())["model"]
    assert record["uri"] == f"hf:{weights}"
    assert record["identity"]["kind"] == "hf"
    assert record["identity"]["dtype"] == "float32"
    assert len(record["identity"]["weights"]) == 64
    assert record["facts"]["understanding"] == "same_weights"
    assert record["facts"]["device"] == "cpu"


def test_a_run_that_was_cut_short_goes_on_to_the_same_pictures(
    scored: Path, weights: Path, scored_release: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    scoring(weights, scored_release, out)
    lines = (out / "generations.jsonl").read_bytes().splitlines(keepends=True)
    (out / "generations.jsonl").write_bytes(b"".join(lines[:7]) + lines[7][:20])
    done = scoring(weights, scored_release, out, "--model-arg", "batch=5")
    assert done.exit_code == 0
    assert (out / "generations.jsonl").read_bytes().startswith(b"".join(lines[:7])), "what was done is not done again"
    assert made(out) == made(scored)


def test_parts_that_are_made_apart_are_the_same_run(scored: Path, weights: Path, scored_release: Path, tmp_path: Path) -> None:
    parts = [tmp_path / f"part{number}" for number in (1, 2)]
    for number, part in enumerate(parts, start=1):
        assert scoring(weights, scored_release, part, "--shard", f"{number}/2").exit_code == 0
    assert {**made(parts[0]), **made(parts[1])} == made(scored)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--model", "hf:no/such/folder"),
            "hf:no/such/folder: found no folder no/such/folder; allowed: a folder of weights, or ",
        ),
        (("--model-arg", "steps=3"), "--model-arg: found steps; allowed: dtype, device, compile, batch, revision, guidance"),
        (("--model-arg", "dtype=int4"), "--model-arg dtype: found 'int4'; allowed: auto, bfloat16, float16, float32"),
        (("--model-arg", "device=cuda:99"), "--model-arg device: found cuda:99, where torch "),
        (("--model-arg", "temperature=warm"), "--model-arg temperature: found 'warm'; allowed: a number from 0"),
    ],
    ids=lambda case: case[1] if isinstance(case, tuple) else "",
)
def test_a_wrong_call_ends_with_2_one_line_and_no_folder(
    weights: Path, scored_release: Path, tmp_path: Path, arguments: tuple[str, str], message: str
) -> None:
    model = () if "--model" in arguments else ("--model", f"hf:{weights}")
    done = invoke("score", "--data", scored_release, *model, *arguments, "--out", tmp_path / "run")
    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "run").exists()
