"""A run whose worker crashes in the middle: the ledger is that of a run without a crash."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from unisandbox.evaluation.arms import Way
from unisandbox.evaluation.models import worker_side
from unisandbox.evaluation.plan import Plan
from unisandbox.evaluation.protocol import ASK, NORMAL
from unisandbox.evaluation.run import score
from unisandbox.evaluation.run_folder import read_rows

CRASHES = """
import io, os, signal, sys
from PIL import Image
from worker_side import serve
flag, log = (os.path.join(os.path.dirname(__file__), name) for name in ("flag", "asked"))
class Model:
    capabilities = {"draws": True, "answers": True, "batch": 4}
    identity = {"name": "crashes once"}
    def draw(self, requests):
        made = []
        for request in requests:
            open(log, "a").write(request["item"] + "\\n")
            if request["item"].endswith("05") and not os.path.exists(flag):
                open(flag, "w").close()
                os.kill(os.getpid(), signal.SIGKILL)
            sink = io.BytesIO()
            Image.new("RGB", (32, 32), tuple(request["seed"].to_bytes(8, "big")[:3])).save(sink, "PNG")
            made.append(sink.getvalue())
        return made
    def answer(self, requests):
        return [f"I say {request['seed']}." for request in requests]
serve(Model())
"""


@pytest.fixture
def plan(scored_release: Path, tmp_path: Path) -> Plan:
    """A run of pictures and answers by the worker above, which kills itself once."""
    (tmp_path / "worker.py").write_text(CRASHES, encoding="utf-8")
    (tmp_path / "worker_side.py").write_bytes(Path(str(worker_side.__file__)).read_bytes())
    line = shlex.join([sys.executable, str(tmp_path / "worker.py")])
    given = {"log": str(tmp_path / "log")}
    return Plan(
        data=scored_release, out=tmp_path / "run", model=f"exec:{line}", model_arguments=given, way=Way(arms=(ASK, NORMAL))
    )


def drawn(plan: Plan) -> dict[str, Any]:
    """Run the plan and return its ledger of generations, but for how long each took."""
    score(plan, lambda _: None)
    return {key: {**row, "seconds": 0} for key, row in read_rows(plan.out)[0].items()}


def test_a_worker_that_crashes_in_the_middle_of_a_run_loses_nothing(plan: Plan, tmp_path: Path) -> None:
    found = drawn(plan)
    assert (tmp_path / "flag").exists(), "it has crashed"
    assert len(found) == 88
    assert [row["fault"] for row in found.values() if row["fault"]] == []
    asked = (tmp_path / "asked").read_text().split()
    assert len(asked) - len(set(asked)) <= 4, "only the batch of the crash is drawn again"
    assert drawn(replace(plan, out=tmp_path / "without a crash")) == found
