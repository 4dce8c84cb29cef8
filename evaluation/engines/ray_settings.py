"""How many actors Ray is asked for, what each is given, and how often a request is given to another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.settings import settings_of

WHERE: Final = "--engine-arg"
HERE: Final = "local"


@dataclass(frozen=True, slots=True)
class RaySettings:
    """The engine's own arguments.

    Attributes:
        model_actors, judge_actors: Actors of each pool; every one holds its own copy of the model or judge.
        model_gpus, judge_gpus: GPUs of each actor, or the share of one: 0.75 and 0.25 put a model and a judge on one GPU. An
            actor without a share sees no GPU.
        model_cpus, judge_cpus: Processor cores that an actor counts for.
        attempts: How often a request is given to an actor before the loss of actors over it is its fault.
        start_timeout_s: How long an actor may take to start: to load its weights.
        timeout_s: How long an actor may take over one batch; it is then lost, as if it had died.
        address: Of a cluster (`auto` or host:port); `local` starts Ray on this machine, reachable from it alone.
        object_store_mb: Shared memory for pictures on their way, of a Ray that is started here.
    """

    model_actors: int = 1
    judge_actors: int = 1
    model_gpus: float = 0.0
    judge_gpus: float = 0.0
    model_cpus: float = 1.0
    judge_cpus: float = 1.0
    attempts: int = 3
    start_timeout_s: float = 1800.0
    timeout_s: float = 3600.0
    address: str = HERE
    object_store_mb: int = 512

    def model_pool(self) -> dict[str, float]:
        """Return what the actors of the model take together, by Ray's names of resources."""
        return {"CPU": self.model_actors * self.model_cpus, "GPU": self.model_actors * self.model_gpus}

    def judge_pool(self) -> dict[str, float]:
        """Return what the actors of the judge take together."""
        return {"CPU": self.judge_actors * self.judge_cpus, "GPU": self.judge_actors * self.judge_gpus}


def ray_settings(arguments: Mapping[str, str]) -> RaySettings:
    """Return the settings that `key=value` arguments say.

    Raises:
        InputError: An argument that there is not, or one that is no number above 0.
    """
    known = list(RaySettings.__dataclass_fields__)
    if unknown := sorted(set(arguments) - set(known)):
        raise InputError(
            Violation(f"{WHERE} of ray", name, ", ".join(known), "leave it out, or mend its name") for name in unknown
        )
    return settings_of(WHERE, arguments, RaySettings())
