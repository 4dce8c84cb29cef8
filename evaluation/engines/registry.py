"""Opens an engine by its name: `local`, or `ray` with its own arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.engines.base import Engine, LocalEngine

LOCAL: Final = "local"
RAY: Final = "ray"
OPTION: Final = "--engine-arg"


def open_engine(name: str, arguments: Mapping[str, str]) -> Engine:
    """Return the engine of that name.

    Raises:
        InputError: No such engine, an argument that it does not know, or Ray is not installed or has too little to give.
    """
    if name == RAY:
        from unisandbox.evaluation.engines.ray_engine import RayEngine
        from unisandbox.evaluation.engines.ray_settings import ray_settings

        return RayEngine(ray_settings(arguments))
    if name != LOCAL:
        raise InputError(Violation("--engine", repr(name), f"{LOCAL}, {RAY}", "name one of these"))
    if arguments:
        fix = f"leave it out, or say --engine {RAY}"
        raise InputError(Violation(f"{OPTION} of {LOCAL}", key, "none", fix) for key in sorted(arguments))
    return LocalEngine()
