"""A run that is killed, interrupted or told to stop early: going on with it gives what an undisturbed run gives."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from unisandbox.errors import DataError, InputError
from unisandbox.evaluation.ledger import alone_in
from unisandbox.evaluation.plan import Plan, Selection
from unisandbox.evaluation.progress import Progress
from unisandbox.evaluation.protocol import LITERAL, NORMAL, THINK
from unisandbox.evaluation.run import reported, score
from unisandbox.evaluation.run_folder import read_rows
from unisandbox.evaluation.selection import in_groups
from unisandbox.evaluation.stopping import FEWEST_GROUPS, blocks
from unisandbox.evaluation.summary import figure_of_arm

COMMAND = (sys.executable, "-P", "-m", "unisandbox", "score", "--judge", "scripted:exact", "--no-canary", "--samples", "6")
MOMENTS_S = (0.02, 0.3, 0.7)  # after the first line of a run that takes about two seconds


def quiet(_: Progress) -> None:
    """Tell nobody."""


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    path = tmp_path / "truth.toml"
    path.write_text("think = 0.5\ndelay_s = 0.002\nerror_rate = 0.01\nbatch = 3\n", encoding="utf-8")
    return path


def started(release: Path, truth: Path, out: Path) -> subprocess.Popen[str]:
    """Start a run and return it once it has written a line more than stood there."""
    path = out / "generations.jsonl"
    before = path.stat().st_size if path.exists() else 0
    command = [*COMMAND, "--data", str(release), "--model", f"scripted:{truth}", "--out", str(out)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while run.poll() is None and time.monotonic() < until and not (path.exists() and path.stat().st_size > before):
        time.sleep(0.005)
    return run


def contents(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    generations, verdicts = read_rows(folder)
    assert generations
    assert verdicts
    made = {key: [row[name] for name in ("picture", "answer", "fault", "thought")] for key, row in generations.items()}
    return made, {key: [row["answers"], row["fault"]] for key, row in verdicts.items()}


def killed_and_resumed(release: Path, truth: Path, folder: Path, moments_s: tuple[float, ...]) -> None:
    """Kill a run at some moments, finish it, and compare it with one that nobody disturbed."""
    undisturbed = Plan(data=release, out=folder / "whole", model=f"scripted:{truth}", judge="scripted:exact", canary=False)
    undisturbed = replace(undisturbed, way=replace(undisturbed.way, samples=6))
    score(undisturbed, quiet)
    killed = 0
    for number, moment_s in enumerate(moments_s):
        with started(release, truth, folder / f"killed-{number}") as run:
            time.sleep(moment_s)
            killed += run.poll() is None
            run.kill()
        plan = replace(undisturbed, out=folder / f"killed-{number}")
        ran = score(plan, quiet)
        assert contents(plan.out) == contents(undisturbed.out)
        assert ran.joined.unfinished == 0
        assert list(plan.out.rglob("*.tmp")) == [] or killed
    assert killed, "every run had ended before it was killed"


def test_a_run_killed_at_any_moment_is_gone_on_with_to_the_same_verdicts(
    scored_release: Path, truth: Path, tmp_path: Path
) -> None:
    killed_and_resumed(scored_release, truth, tmp_path, MOMENTS_S)


@pytest.mark.slow
def test_a_run_killed_at_twenty_moments_is_gone_on_with_to_the_same_verdicts(
    scored_release: Path, truth: Path, tmp_path: Path
) -> None:
    killed_and_resumed(scored_release, truth, tmp_path, tuple(0.01 + 0.11 * number for number in range(20)))


def test_a_run_killed_again_and_again_ends_with_the_same_verdicts(scored_release: Path, truth: Path, tmp_path: Path) -> None:
    plan = Plan(data=scored_release, out=tmp_path / "whole", model=f"scripted:{truth}", judge="scripted:exact", canary=False)
    plan = replace(plan, way=replace(plan.way, samples=6))
    score(plan, quiet)
    for _ in range(3):
        with started(scored_release, truth, tmp_path / "killed") as run:
            run.kill()
    score(replace(plan, out=tmp_path / "killed"), quiet)
    assert contents(tmp_path / "killed") == contents(plan.out)


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_ctrl_c_ends_with_130_and_keeps_everything_so_far(scored_release: Path, truth: Path, tmp_path: Path) -> None:
    truth.write_text("delay_s = 0.02\n", encoding="utf-8")
    with started(scored_release, truth, tmp_path / "run") as run:
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        out, error = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Traceback" not in out + error
    assert "the same line goes on with the rest" in error
    generations, _ = read_rows(tmp_path / "run")
    assert 0 < len(generations) < 44 * 3 * 6
    so_far = reported(tmp_path / "run")
    assert so_far.joined.unfinished + len(so_far.joined.samples) == 44 * 3 * 6
    pictures = {row["picture"] for row in generations.values() if row["picture"]}
    assert {path.stem for path in (tmp_path / "run/images").rglob("*.png")} == pictures


def test_two_processes_do_not_write_one_folder(scored_release: Path, truth: Path, tmp_path: Path) -> None:
    with alone_in(tmp_path / "run"):
        command = [*COMMAND, "--data", str(scored_release), "--model", f"scripted:{truth}", "--out", str(tmp_path / "run")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "a run that another process is writing" in done.stderr


@pytest.fixture
def narrowing(scored_release: Path, tmp_path: Path) -> Plan:
    path = tmp_path / "narrow.toml"
    path.write_text("normal = 0.5\nthink = 1.0\n", encoding="utf-8")
    return Plan(data=scored_release, out=tmp_path / "run", model=f"scripted:{path}", judge="scripted:exact", canary=False)


def test_blocks_are_whole_groups_and_everything_once(narrowing: Plan) -> None:
    items = narrowing.selection.items(narrowing.data).items
    assert [list(block) for block in blocks(items, until_half_width=None)] == [list(items)]
    many = [replace(item, id=f"{item.id}-{copy}", group=f"{item.group}-{copy}") for copy in range(9) for item in items]
    found = list(blocks(many, until_half_width=0.1))
    assert [item.id for block in found for item in block] == [item.id for group in in_groups(many) for item in group]
    groups = [{item.group for item in block} for block in found]
    assert sum(map(len, groups)) == len(set().union(*groups))
    assert len(groups[0]) == FEWEST_GROUPS
    assert len(found) > 3


def test_a_run_stops_once_its_intervals_are_narrow_and_says_so(narrowing: Plan) -> None:
    ran = score(replace(narrowing, until_half_width=0.3), quiet)
    assert ran.record.stopping is not None
    assert ran.record.stopping["reached"]
    assert ran.record.stopping["rule"] == "half-width"
    widths = ran.record.stopping["half_widths"]
    assert widths.keys() == {NORMAL, THINK}
    for arm, width in widths.items():
        figure = figure_of_arm(ran.joined.samples, arm)
        assert figure is not None
        assert width == figure.half_width
    again = reported(narrowing.out)
    assert (again.record, again.joined) == (ran.record, ran.joined)


def test_a_run_that_never_gets_narrow_asks_everything(narrowing: Plan) -> None:
    ran = score(replace(narrowing, until_half_width=0.0001), quiet)
    assert ran.record.stopping is not None
    assert not ran.record.stopping["reached"]
    assert ran.record.stopping["items"] == 44
    assert ran.joined.unfinished == 0


def test_a_shard_cannot_see_the_interval_of_the_whole(narrowing: Plan) -> None:
    with pytest.raises(InputError, match="--until-halfwidth: found a shard"):
        replace(narrowing, until_half_width=0.1, selection=Selection(shard=(1, 2)))


def test_without_an_arm_of_draw_no_interval_is_narrow(narrowing: Plan) -> None:
    ran = score(replace(narrowing, until_half_width=0.5, way=replace(narrowing.way, arms=(LITERAL,))), quiet)
    assert ran.record.stopping is not None
    assert (ran.record.stopping["reached"], ran.record.stopping["half_widths"]) == (False, {})


def test_a_damaged_ledger_is_refused_before_anything_is_asked(narrowing: Plan) -> None:
    score(narrowing, quiet)
    path = narrowing.out / "verdicts.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], lines[1][:50], *lines[2:], ""]), encoding="utf-8")
    with pytest.raises(DataError, match=r"verdicts\.jsonl: line 2"):
        score(narrowing, quiet)


def test_a_torn_last_line_is_done_again_and_nothing_else(narrowing: Plan) -> None:
    before = score(narrowing, quiet)
    path = narrowing.out / "generations.jsonl"
    content = path.read_bytes()
    path.write_bytes(content[:-40])
    assert score(narrowing, quiet).joined.unfinished == 0
    kept = Counter(json.loads(line)["key"] for line in path.read_bytes().splitlines())
    assert set(kept.values()) == {1}
    assert len(kept) == len(before.joined.samples)
