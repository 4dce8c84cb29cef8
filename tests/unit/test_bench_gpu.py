"""The GPU benchmark runs through, every part of it, on tiny shapes without a GPU; what it measures is promised nowhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def measured(folder: Path, *options: str) -> Any:
    """Return the figures of a run, without any GPU that the machine may have."""
    line = [sys.executable, str(BENCHMARKS / "gpu.py"), "--json", str(folder / "gpu.json"), *options]
    alone = {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1", "XDG_CACHE_HOME": str(folder), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(line, check=False, capture_output=True, text=True, env={**os.environ, **alone})
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads((folder / "gpu.json").read_text())
    assert all(f"\n{part}\n" in done.stdout for part in found if part != "machine")
    return found


def complete(found: Any, ways: set[str]) -> None:
    assert list(found) == ["machine", "janus", "diffusion", "judge", "score"]
    rows = [row for part in list(found)[1:] for row in found[part]]
    assert [row["error"] for row in rows if "error" in row] == []
    assert {row["way"] for row in found["diffusion"] + found["judge"]} == ways
    assert {row["way"] for row in found["janus"]} == {*ways, "library", "alone or in a batch"}
    assert all(row["images_s"] > 0 for row in found["janus"] + found["score"] if "seconds" in row)
    assert all(row["questions_s"] > 0 for row in found["judge"])
    (alike,) = (row for row in found["janus"] if row["way"] == "alone or in a batch")
    assert (alike["pictures"], alike["same"]) == (2, 2)
    assert 0 <= found["score"][0]["busy"] <= 1


@pytest.mark.slow
def test_every_part_runs_on_tiny_shapes(tmp_path: Path) -> None:
    complete(measured(tmp_path, "--tiny", "--eager", "--batches", "1,2", "--items", "8"), {"eager"})


@pytest.mark.slow
def test_every_part_runs_compiled_too(tmp_path: Path) -> None:
    complete(measured(tmp_path, "--tiny", "--batches", "2", "--items", "8"), {"eager", "compiled"})


def test_without_a_gpu_it_says_so() -> None:
    line = [sys.executable, str(BENCHMARKS / "gpu.py")]
    done = subprocess.run(line, check=False, capture_output=True, text=True, env={**os.environ, "CUDA_VISIBLE_DEVICES": ""})
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        1,
        "benchmarks/gpu.py: no GPU that torch can use; --tiny tries every part on the CPU",
    )


def test_how_busy_a_gpu_was_is_the_mean_of_what_the_command_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import time

    import gpu_rates

    with gpu_rates.Busy(["echo", "40"]) as busy:
        time.sleep(3 * gpu_rates.LOOKS_EVERY_S)
    assert busy.share == pytest.approx(0.4)
