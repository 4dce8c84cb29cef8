"""Scoring in pools of actors: the same results as in one process, whatever becomes of an actor or a node."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from unisandbox.errors import InputError
from unisandbox.evaluation.engines.base import LocalEngine
from unisandbox.evaluation.engines.ray_actors import Described
from unisandbox.evaluation.engines.ray_engine import ALONE
from unisandbox.evaluation.engines.ray_pool import Pool
from unisandbox.evaluation.engines.ray_settings import ray_settings
from unisandbox.evaluation.engines.registry import open_engine
from unisandbox.evaluation.outcomes import error_rates
from unisandbox.evaluation.plan import Plan
from unisandbox.evaluation.progress import Progress
from unisandbox.evaluation.protocol import Fault
from unisandbox.evaluation.run import judge_again, score
from unisandbox.evaluation.run_folder import read_rows

pytestmark = pytest.mark.xdist_group("ray")

SMALL = {"model_actors": "2", "judge_actors": "1", "model_cpus": "0.5", "judge_cpus": "0.5", "start_timeout_s": "60"}
OWN = '''
"""A model that writes down who was asked what, and kills its process as its argument says."""

import os, signal
from pathlib import Path

from unisandbox.evaluation.models.scripted import Scripted, Truth


class Own(Scripted):
    def __init__(self, log: str, kills: str = "", once: str = "yes", batch: str = "2") -> None:
        super().__init__(Truth(think=0.5, batch=int(batch)))
        self.log, self.kills, self.once = Path(log), kills, once == "yes"

    def identity(self):
        return {"own": 1}

    def draw_one(self, request):
        with (self.log / f"{os.getpid()}.txt").open("a") as log:
            log.write(f"{request.item} {request.arm} {request.sample}\\n")
        flag = self.log / "killed"
        if self.kills and request.item.endswith(self.kills) and not (self.once and flag.exists()):
            flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().draw_one(request)
'''


@pytest.fixture(scope="module", autouse=True)
def _ray() -> Iterator[None]:
    """A Ray of two cores that the engine finds joined, started once; it is reachable from this machine alone."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**ALONE, "RAY_AUTH_TOKEN": os.urandom(32).hex()}.items():
            patch.setenv(name, value)
        import ray

        with pytest.raises(InputError, match=r"address: found 127.0.0.1:1: .*Connection refused"):
            open_engine("ray", {"address": "127.0.0.1:1"})
        assert not ray._private.ray_constants.ENABLE_RAY_CLUSTER, "Ray was imported before it could be told to stay on loopback"
        ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # its processes cannot import a module of tests
        ray.init(
            "local",
            num_cpus=2,
            include_dashboard=False,
            object_store_memory=80 * 1024 * 1024,
            log_to_driver=False,
        )
        yield
        ray.shutdown()


@pytest.fixture
def plan(scored_release: Path, tmp_path: Path) -> Plan:
    """A run of all items in all arms in one process."""
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    (tmp_path / "asked").mkdir()
    given = {"log": str(tmp_path / "asked")}
    model = f"{tmp_path / 'own.py'}:Own"
    return Plan(
        data=scored_release, out=tmp_path / "run", model=model, model_arguments=given, judge="scripted:exact", canary=False
    )


@pytest.fixture
def in_ray(plan: Plan, tmp_path: Path) -> Callable[..., Plan]:
    """A function that returns the same run in actors; its arguments are the model's."""

    def made(**arguments: str) -> Plan:
        given = {**plan.model_arguments, **arguments}
        return replace(plan, out=tmp_path / "ray-run", engine="ray", engine_arguments=SMALL, model_arguments=given)

    return made


def quiet(_: Progress) -> None:
    """Tell nobody."""


def results(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a run folder holds, but for how long it took."""
    rows = read_rows(folder)
    assert all(rows)
    generations, verdicts = ({key: {**row, "seconds": 0} for key, row in part.items()} for part in rows)
    return generations, verdicts


def asked(tmp_path: Path) -> dict[int, list[str]]:
    """Return what each process was asked to draw."""
    return {int(path.stem): path.read_text().splitlines() for path in sorted((tmp_path / "asked").glob("*.txt"))}


def test_actors_give_what_one_process_gives(plan: Plan, in_ray: Callable[..., Plan], tmp_path: Path) -> None:
    score(plan, quiet)
    ran = score(in_ray(), quiet)
    assert results(tmp_path / "ray-run") == results(tmp_path / "run")
    assert set(error_rates(ran.joined.samples).values()) == {0.0}
    by_process = asked(tmp_path)
    assert len(by_process) == 3, "this process and two actors"
    assert len(by_process.pop(os.getpid())) == sum(map(len, by_process.values())) == 132


def test_another_engine_goes_on_with_the_run_and_asks_nobody_again(in_ray: Callable[..., Plan], tmp_path: Path) -> None:
    first = in_ray()
    score(first, quiet)
    before, rows = asked(tmp_path), results(tmp_path / "ray-run")
    assert before
    score(replace(first, engine="local", engine_arguments={}), quiet)
    assert (asked(tmp_path), results(tmp_path / "ray-run")) == (before, rows)


def test_an_actor_that_is_killed_loses_nothing(plan: Plan, in_ray: Callable[..., Plan], tmp_path: Path) -> None:
    given, flag = in_ray(kills="007"), tmp_path / "asked" / "killed"
    flag.touch()
    score(replace(given, out=plan.out, engine="local", engine_arguments={}), quiet)
    flag.unlink()
    ran = score(given, quiet)
    assert flag.exists()
    assert results(tmp_path / "ray-run") == results(tmp_path / "run")
    assert set(error_rates(ran.joined.samples).values()) == {0.0}
    by_process = asked(tmp_path)
    del by_process[os.getpid()]
    times = Counter(line for lines in by_process.values() for line in lines)
    assert len(times) == 132
    assert sum(times.values()) - 132 <= 2, "only what the killed actor had in its batch is drawn again"
    assert len(by_process) >= 2, "the other actor goes on"


def test_a_request_that_always_kills_its_actor_is_a_fault_of_its_own(in_ray: Callable[..., Plan], tmp_path: Path) -> None:
    given = in_ray(kills="math/1/test/000007", once="no")
    ran = score(replace(given, way=replace(given.way, arms=("draw/normal",))), quiet)
    faults = {row["item"]: row["fault"] for row in results(given.out)[0].values() if row["fault"]}
    assert list(faults) == ["math/1/test/000007"]
    assert faults["math/1/test/000007"]["kind"] == "crashed"
    assert "given to 3 actors" in faults["math/1/test/000007"]["message"]
    assert len(ran.joined.samples) == 44


def test_pictures_are_judged_again_in_actors(plan: Plan, tmp_path: Path) -> None:
    score(plan, quiet)
    verdicts = results(plan.out)[1]
    (plan.out / "verdicts.jsonl").unlink()
    judge_again(replace(plan, engine="ray", engine_arguments=SMALL), quiet)
    assert results(plan.out)[1] == verdicts


def test_what_an_actor_cannot_open_is_said_as_in_one_process(plan: Plan) -> None:
    for wrong in ({"model": "folder:/nowhere", "model_arguments": {}}, {"judge": "scripted:/nowhere.toml"}):
        said = []
        for engine, arguments in (("local", {}), ("ray", SMALL)):
            with pytest.raises(InputError) as found:
                score(replace(plan, **wrong, engine=engine, engine_arguments=arguments), quiet)
            said.append(str(found.value))
        assert said[0] == said[1]
        assert "nowhere" in said[0]


@pytest.mark.parametrize(
    ("engine", "arguments", "said"),
    [
        ("spark", {}, "--engine: found 'spark'; allowed: local, ray"),
        ("local", {"model_actors": "2"}, "--engine-arg of local: found model_actors"),
        ("ray", {"actors": "2"}, "--engine-arg of ray: found actors"),
        ("ray", {"model_actors": "two"}, "a whole number above 0"),
        ("ray", {"model_actors": "0"}, "a whole number above 0"),
    ],
)
def test_an_engine_that_is_none_is_refused(engine: str, arguments: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        open_engine(engine, arguments)


def test_more_than_the_cluster_holds_is_refused_at_once(plan: Plan) -> None:
    for arguments, said in (
        (SMALL | {"model_gpus": "1"}, "GPU: found 2 for all actors"),
        ({"model_actors": "9"}, "CPU: found 9"),
    ):
        with pytest.raises(InputError, match=said):
            score(replace(plan, engine="ray", engine_arguments=arguments), quiet)
    assert not plan.out.exists()


def test_the_default_is_one_process() -> None:
    assert isinstance(open_engine("local", {}), LocalEngine)
    assert ray_settings({"model_gpus": "0.75"}).model_gpus == 0.75


class Echo:
    """An actor of a test: says its number, and dies when it is told to."""

    def __init__(self, identity: str = "echo") -> None:
        self.identity = identity

    def describe(self) -> Described | InputError:
        return Described({"name": self.identity})

    def ask(self, name: str, requests: list[str]) -> list[str]:
        if "die" in requests:
            os.kill(os.getpid(), signal.SIGKILL)
        if "hang" in requests:
            time.sleep(600)
        return [f"{name} {request}" for request in requests]

    def end(self) -> None:
        """Nothing to close."""


def pool(identities: list[str], size: int = 1, timeout_s: float = 60) -> Pool:
    """Return a pool of echoes; the last identity is that of all later ones."""
    import ray

    left = iter(identities)

    def start() -> Any:
        return ray.remote(Echo).options(num_cpus=0).remote(next(left, identities[-1]))

    return Pool(start, size, 1, where="--model echo", attempts=2, start_timeout_s=60, timeout_s=timeout_s)


def test_without_any_actor_left_requests_are_unavailable_and_nobody_waits() -> None:
    echoes = pool(["one", "another"])
    assert echoes.asked("draw", ["a", "b"]) == ["draw a", "draw b"]
    lost = echoes.asked("draw", ["die"])
    assert [one.kind for one in lost if isinstance(one, Fault)] == ["unavailable"], "what came in its place is another model"
    assert [one.kind for one in echoes.asked("draw", ["c", "d"])] == ["unavailable", "unavailable"]
    echoes.close()


def test_an_actor_that_hangs_is_replaced_and_costs_the_request_that_it_hangs_over() -> None:
    echoes = pool(["one"], timeout_s=2)
    found = echoes.asked("draw", ["a", "hang"])
    assert found[0] == "draw a"
    assert isinstance(found[1], Fault)
    assert (found[1].kind, "did not answer in 2 s" in found[1].message) == ("timeout", True)
    assert echoes.asked("draw", ["b"]) == ["draw b"]
    echoes.close()


def test_actors_that_open_different_models_are_refused() -> None:
    with pytest.raises(InputError, match="different identities"):
        pool(["one", "another"], size=2)
