"""Models and judges in two pools of actors of Ray, on many GPUs and nodes.

The process that was started keeps the queues and the ledgers: each of its threads gives a batch to a free actor and waits, so
pictures are judged while others are drawn, fast actors get more, and what is done is decided as ever by the ledgers alone.
"""

from __future__ import annotations

import logging
import math
import os
import socket
from collections.abc import Mapping, Sequence
from typing import Any, Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.engines.base import OpenedModel
from unisandbox.evaluation.engines.ray_actors import JudgeActor, ModelActor
from unisandbox.evaluation.engines.ray_pool import Pool
from unisandbox.evaluation.engines.ray_settings import HERE, WHERE, RaySettings
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.judges.registry import SCHEMES, Opened
from unisandbox.evaluation.plan import Plan
from unisandbox.evaluation.protocol import (
    Answer,
    AskRequest,
    Capabilities,
    Drawing,
    DrawRequest,
    Fault,
    JudgeRequest,
    Reading,
)

QUIET: Final = {
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",  # what it prints of lost actors must not get between the lines of --json
    "RAY_ENABLE_AUTO_CONNECT": "0",  # a call that comes after the end must not start another Ray
}
ALONE: Final = {**QUIET, "RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # the last: loopback alone
MB: Final = 1024 * 1024
AUTO: Final = "auto"
REACHED_S: Final = 10.0


class RayModel:
    """A model that a pool of actors holds; each call goes to one of them."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self._described = pool, pool.described

    @property
    def capabilities(self) -> Capabilities:
        """What the model in each actor can do."""
        assert self._described.capabilities is not None
        return self._described.capabilities

    def identity(self) -> Mapping[str, Any]:
        """Return the identity of the model in the actors: where it runs changes no result."""
        return self._described.identity

    def facts(self) -> Mapping[str, Any]:
        """Return what the model says of itself besides."""
        return self._described.facts or {}

    def draw(self, requests: Sequence[DrawRequest]) -> Sequence[Drawing | Fault]:
        """Return a picture or a fault for each request, in order."""
        return self._pool.asked("draw", requests)

    def answer(self, requests: Sequence[AskRequest]) -> Sequence[Answer | Fault]:
        """Return an answer or a fault for each request, in order."""
        return self._pool.asked("answer", requests)

    def close(self) -> None:
        """End the actors."""
        self._pool.close()


class RayJudge:
    """A judge that a pool of actors holds; each call goes to one of them."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self._described = pool, pool.described

    @property
    def blind(self) -> bool:
        """Whether the judge in each actor works without prompt and gold."""
        return self._described.blind

    @property
    def batch(self) -> int:
        """How many pictures one actor takes at once at most."""
        return self._described.batch

    def identity(self) -> Mapping[str, Any]:
        """Return the identity of the judge in the actors."""
        return self._described.identity

    def read(self, requests: Sequence[JudgeRequest]) -> Sequence[Reading | Fault]:
        """Return what each picture shows, or a fault, in order."""
        return self._pool.asked("read", requests)

    def close(self) -> None:
        """End the actors."""
        self._pool.close()


class RayEngine:
    """Starts Ray or joins a cluster, and opens models and judges there.

    Args:
        settings: Of the pools.

    Raises:
        InputError: Ray is not installed, or there is no such cluster.
    """

    def __init__(self, settings: RaySettings) -> None:
        self._settings, self._taken = settings, dict[str, float]()
        self._is_ours = _joined(settings)

    def model(self, plan: Plan, items: Sequence[Item]) -> OpenedModel:
        """Return the model of a plan, with a thread for each of its actors; raises `InputError` where it cannot be had."""
        import ray

        self._take(self._settings.model_pool())
        given = ray.put(tuple(items))  # once, however many actors read it
        resources = {"num_cpus": self._settings.model_cpus, "num_gpus": self._settings.model_gpus}
        actor = ray.remote(ModelActor).options(**resources)
        arguments = (os.getcwd(), plan.model, dict(plan.model_arguments), given, plan.data)
        pool = self._pool(lambda: actor.remote(*arguments), self._settings.model_actors, 1, f"--model {plan.model}")
        return OpenedModel(RayModel(pool), self._settings.model_actors)

    def judge(self, plan: Plan, uri: str) -> Opened:
        """Return the judge of a plan, with its threads for each of its actors; raises `InputError` where it cannot be had."""
        import ray

        self._take(self._settings.judge_pool())
        scheme = SCHEMES.get(uri.partition(":")[0])
        threads = scheme.workers if scheme and scheme.workers else 1  # one that computes has its own actor for each core or GPU
        resources = {"num_cpus": self._settings.judge_cpus, "num_gpus": self._settings.judge_gpus}
        actor = ray.remote(JudgeActor).options(**resources, max_concurrency=threads + 1)  # one more to be ended
        arguments = (os.getcwd(), uri, dict(plan.judge_arguments), plan.data)
        pool = self._pool(lambda: actor.remote(*arguments), self._settings.judge_actors, threads, f"--judge {uri}")
        return Opened(RayJudge(pool), self._settings.judge_actors * threads)

    def close(self) -> None:
        """Leave the cluster, and end the Ray that was started here; one that this process had joined before stays."""
        import ray

        if self._is_ours:
            ray.shutdown()

    def _take(self, pool: Mapping[str, float]) -> None:
        """Raise `InputError` where the cluster can never hold the actors of a pool: they would be waited for in vain."""
        import ray

        has, wrong = ray.cluster_resources(), []  # type: ignore[no-untyped-call]
        for name, amount in pool.items():
            self._taken[name] = self._taken.get(name, 0.0) + amount
            if self._taken[name] > has.get(name, 0.0) + 1e-9:
                found, allowed = f"{self._taken[name]:g} for all actors", f"{has.get(name, 0.0):g} in the cluster"
                wrong.append(Violation(f"--engine ray: {name}", found, allowed, "ask for fewer actors, or give each less"))
        if wrong:
            raise InputError(wrong)

    def _pool(self, start: Any, size: int, threads: int, where: str) -> Pool:
        limits = self._settings
        patience = {"start_timeout_s": limits.start_timeout_s, "timeout_s": limits.timeout_s}
        return Pool(start, size, threads, where=where, attempts=limits.attempts, **patience)


def _joined(settings: RaySettings) -> bool:
    """Start Ray on this machine, for as many actors as are wanted, or join the cluster that is named; return whether it was done.

    A process that has joined one before, such as a notebook, uses that one.
    """
    for name, value in (ALONE if settings.address == HERE else QUIET).items():
        os.environ.setdefault(name, value)  # Ray reads them when it is imported
    try:
        import ray
    except ImportError:
        fix = "pip install 'unisandbox[ray]'"
        raise InputError(Violation("--engine ray", "no Ray in this environment", "the extra `ray`", fix)) from None
    if ray.is_initialized():
        return False
    if settings.address == HERE:
        cores = max(os.cpu_count() or 1, math.ceil(settings.model_pool()["CPU"] + settings.judge_pool()["CPU"]))
        memory = settings.object_store_mb * MB
        ray.init(
            HERE,
            num_cpus=cores,
            object_store_memory=memory,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
        return True
    try:
        _reached(settings.address)
        ray.init(settings.address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, ValueError, RuntimeError) as error:
        said = str(error).strip().splitlines()[0]
        fix = "start it with `ray start --head`, or leave the address out"
        raise InputError(Violation(f"{WHERE} address", f"{settings.address}: {said}", "a cluster of Ray", fix)) from None
    return True


def _reached(address: str) -> None:
    """Raise `OSError` or `ValueError` where nothing listens at host:port: Ray itself asks there for minutes."""
    if address == AUTO or "://" in address:
        return
    host, _, port = address.rpartition(":")
    socket.create_connection((host, int(port)), REACHED_S).close()
