"""A node that goes away in the middle of a run: its requests are given to the other actors, and nothing is lost or done wrong."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from unisandbox.evaluation.engines.ray_engine import ALONE
from unisandbox.evaluation.outcomes import error_rates
from unisandbox.evaluation.plan import Plan
from unisandbox.evaluation.progress import Progress
from unisandbox.evaluation.run import score
from unisandbox.evaluation.run_folder import read_rows

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ray")]

NODE = {"num_cpus": 1, "object_store_memory": 80 * 1024 * 1024}


@pytest.fixture
def two_nodes() -> Iterator[tuple[Any, Any]]:
    """A cluster on this machine with a room for one actor on each of two nodes, and the second node."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**ALONE, "RAY_AUTH_TOKEN": os.urandom(32).hex()}.items():
            patch.setenv(name, value)
        from ray.cluster_utils import Cluster

        cluster = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
        yield cluster, cluster.add_node(**NODE)
        cluster.shutdown()


def test_a_node_that_is_lost_loses_nothing(two_nodes: tuple[Any, Any], scored_release: Path, tmp_path: Path) -> None:
    cluster, node = two_nodes
    truth = tmp_path / "truth.toml"
    truth.write_text("batch = 4\ndelay_s = 0.05\n", encoding="utf-8")
    given = {"address": cluster.address, "model_actors": "2", "model_cpus": "0.5", "judge_cpus": "0.5"}
    plan = Plan(data=scored_release, out=tmp_path / "run", model=f"scripted:{truth}", judge="scripted:exact", canary=False)
    taking_away = threading.Thread(target=cluster.remove_node, args=(node,))

    def tell(progress: Progress) -> None:
        if progress.done >= 30 and not taking_away.is_alive() and taking_away.ident is None:
            taking_away.start()

    ran = score(replace(plan, engine="ray", engine_arguments=given), tell)
    taking_away.join()
    assert set(error_rates(ran.joined.samples).values()) == {0.0}
    score(replace(plan, out=tmp_path / "local"), lambda _: None)
    rows, expected = (
        [{k: {**r, "seconds": 0} for k, r in part.items()} for part in read_rows(f)] for f in (plan.out, tmp_path / "local")
    )
    assert rows == expected
