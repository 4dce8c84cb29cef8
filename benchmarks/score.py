"""Prints what the scorer adds to the time of a model and a judge, and how long it takes to find that a run is finished.

    python benchmarks/score.py --items 1000 --json benchmarks/results/score.json

Model and judge are stand-ins that sleep, 50 ms a request each. While the model draws one picture the judge reads the one before,
so the shortest time that a run can take is that of the model and one judgement more. What it takes beyond that is overhead, from
reading the release to the last verdict. It is given as a share of that shortest time, and as a share of the time of model and
judge added up. Sleeping longer than asked for, which systems do, counts as overhead too.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from unisandbox import __version__
from unisandbox.generators.build import build
from unisandbox.generators.release_file import parse_release

JUDGES = 2  # threads that ask the judge
SIZE_PX = 384
RELEASE = """
name = "scored"
version = "0.0.1"
line = "scored-line"
seed = 1
editions = 1
canary = "scored-canary"

[math.splits.test]
levels = [1, 2]
rows = {half}
held_out = ["key"]
[mapping.splits.test]
levels = [1, 2]
rows = {half}
held_out = ["key"]
"""


@dataclass(frozen=True)
class Measured:
    """One run of a stand-in.

    Attributes:
        items: Each is drawn and judged once.
        delay_s: Of the model, and of the judge.
        wall_s: How long the run took, from the first request to the last verdict.
        shortest_s: The shortest time that it could take.
        cpu_s: Processor time of the whole process in that time.
        page_s: How long the command takes to work out the figures of the run and write its page.
        resume_s: How long the same command takes after that, when everything is done, from the start of the process to its end.
    """

    items: int
    delay_s: float
    wall_s: float
    shortest_s: float
    cpu_s: float
    page_s: float
    resume_s: float

    @property
    def over_shortest(self) -> float:
        """Overhead as a share of the shortest time."""
        return self.wall_s / self.shortest_s - 1

    @property
    def over_sum(self) -> float:
        """Overhead as a share of the time of model and judge."""
        return (self.wall_s - self.shortest_s) / (2 * self.items * self.delay_s)


def measured(items: int, delay_s: float, folder: Path) -> Measured:
    """Return the figures of a run of so many items; files go to `folder`."""
    from unisandbox.evaluation.arms import Way
    from unisandbox.evaluation.plan import Plan, Selection
    from unisandbox.evaluation.progress import Progress
    from unisandbox.evaluation.run import score

    release, out = folder / "release", folder / "run"
    build(parse_release(RELEASE.format(half=-(-items // 4)), where="score.toml"), release)
    settings = folder / "delay.toml"
    settings.write_text(f"delay_s = {delay_s}\n", encoding="utf-8")
    plan = Plan(
        data=release,
        out=out,
        model=f"scripted:{settings}",
        judge=f"scripted:{settings}",
        judge_workers=JUDGES,
        selection=Selection(limit=items),
        way=Way(arms=("draw/normal",), size_px=SIZE_PX),
        canary=False,
    )

    def told(_: Progress) -> None:
        pass

    begun = (time.perf_counter(), time.process_time())
    ran = score(plan, told)
    end = (time.perf_counter(), time.process_time())
    if len(ran.joined.samples) != items:
        raise RuntimeError(f"{len(ran.joined.samples)} samples of {items}")
    wall_s, cpu_s = end[0] - begun[0], end[1] - begun[1]
    return Measured(items, delay_s, wall_s, (items + 1) * delay_s, cpu_s, page_s=commanded_s(plan), resume_s=commanded_s(plan))


def commanded_s(plan: Any) -> float:
    """Return how long the command takes when everything is drawn and judged."""
    options = ("--no-canary", "--arms", "draw/normal", "--size", str(SIZE_PX), "--limit", str(plan.selection.limit))
    places = ("--data", str(plan.data), "--out", str(plan.out), "--model", plan.model, "--judge", plan.judge)
    start = time.perf_counter()
    subprocess.run([sys.executable, "-P", "-m", "unisandbox", "score", *options, *places], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def machine() -> dict[str, Any]:
    """Return where this was measured."""
    return {"python": platform.python_version(), "cpus": os.cpu_count(), "system": platform.platform(), "unisandbox": __version__}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=10_000, help="pictures that are drawn and judged; 10,000 take nine minutes")
    parser.add_argument("--delay", type=float, default=0.05, help="seconds of the model, and of the judge, a picture")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measured(options.items, options.delay, Path(folder))
    print(f"{found.items} items, {1000 * found.delay_s:.0f} ms each for model and judge: {found.wall_s:.1f} s")
    print(f"overhead {found.over_shortest:.2%} of the shortest time, {found.over_sum:.2%} of model + judge time")
    print(f"{1000 * found.cpu_s / found.items:.1f} ms of processor time an item")
    print(f"its figures and page: {found.page_s:.2f} s; the finished run again: {found.resume_s:.2f} s")
    if options.json:
        shares = {"over_shortest": found.over_shortest, "over_sum": found.over_sum}
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"machine": machine(), **asdict(found), **shares}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
