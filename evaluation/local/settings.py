"""How weights are run in this process: on which device, in which number format, how many requests at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from unisandbox.errors import InputError, Violation

if TYPE_CHECKING:
    import torch

AUTO: Final = "auto"
DTYPES: Final = (AUTO, "bfloat16", "float16", "float32")
DEVICE: Final = re.compile(r"auto|cpu|cuda(:\d+)?")
SWITCH: Final = {"true": True, "yes": True, "false": False, "no": False}
RENAMED: Final = {"compile": "compiled"}  # as an argument it is named as in torch; `compile` is a function of Python


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """What every model or judge takes that runs in this process. Code that comes with weights is never run.

    Attributes:
        dtype: One of `DTYPES`; `auto` is bfloat16 on a GPU and float32 on a CPU.
        device: `cpu`, `cuda`, `cuda:N`; `auto` is the first GPU that torch can use, else the CPU.
        compiled: Whether the step that is run most is compiled by torch first.
        batch: Requests at once; None is measured once and remembered.
        revision: Of a repository of the Hub: a branch, tag or commit.
    """

    dtype: str = AUTO
    device: str = AUTO
    compiled: bool = False
    batch: int | None = None
    revision: str | None = None


def local_settings(
    where: str, arguments: Mapping[str, str], known: Sequence[str] = (), option: str = "--model-arg"
) -> tuple[LocalSettings, dict[str, str]]:
    """Return the settings among some arguments, and the other arguments.

    Args:
        where: The URI, which messages begin with.
        arguments: As text, by name: `dtype`, `device`, `compile`, `batch`, `revision`, and those of `known`.
        known: Names of the other arguments that are allowed.
        option: The option that they were given with.

    Raises:
        InputError: An argument that there is not, or a value that cannot be; all of them at once.

    >>> local_settings("hf:weights", {"batch": "8", "guidance": "5"}, known=["guidance"])[1]
    {'guidance': '5'}
    """
    own = {RENAMED.get(name, name): name for name in _names()}
    found: dict[str, Any] = {}
    wrong: list[Violation] = []
    for field, name in own.items():
        if name in arguments:
            try:
                found[field] = READERS[field](arguments[name])
            except ValueError as error:
                wrong.append(Violation(f"{where}: {option} {name}", repr(arguments[name]), str(error), "write one of these"))
    rest = {name: text for name, text in arguments.items() if name not in own.values()}
    allowed = ", ".join([*own.values(), *known])
    wrong += [Violation(f"{where}: {option}", name, allowed, "leave it out") for name in rest if name not in known]
    if wrong:
        raise InputError(wrong)
    return LocalSettings(**found), rest


def device_of(settings: LocalSettings, where: str, option: str = "--model-arg") -> torch.device:
    """Return the device of some settings; raises `InputError` where torch cannot use it."""
    import torch

    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if settings.device == AUTO:
        return torch.device("cuda:0" if gpus else "cpu")
    device = torch.device(settings.device)
    if device.type == "cpu":
        return device
    index = device.index or 0
    if index >= gpus:
        found = f"{settings.device}, where torch {torch.__version__} can use {gpus or 'no'} GPU{'' if gpus == 1 else 's'}"
        fix = "name a GPU that is there, or install torch for this GPU"
        raise InputError(Violation(f"{where}: {option} device", found, "cpu, or a GPU that torch can use", fix))
    return torch.device("cuda", index)


def dtype_of(settings: LocalSettings, device: torch.device) -> torch.dtype:
    """Return the number format of some settings on a device."""
    import torch

    name = settings.dtype if settings.dtype != AUTO else "float32" if device.type == "cpu" else "bfloat16"
    found: torch.dtype = getattr(torch, name)
    return found


def _names() -> list[str]:
    """Return the arguments by the names that users give them."""
    named = {field: name for name, field in RENAMED.items()}
    return [named.get(field.name, field.name) for field in fields(LocalSettings)]


def _dtype(text: str) -> str:
    if text not in DTYPES:
        raise ValueError(", ".join(DTYPES))
    return text


def _device(text: str) -> str:
    if not DEVICE.fullmatch(text):
        raise ValueError("auto, cpu, cuda, cuda:0, cuda:1 …")
    return text


def _switch(text: str) -> bool:
    if text not in SWITCH:
        raise ValueError("true or false")
    return SWITCH[text]


def _batch(text: str) -> int | None:
    if text == AUTO:
        return None
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ValueError("auto, or a whole number above 0")
    return int(text)


def _revision(text: str) -> str:
    if not text:
        raise ValueError("a branch, a tag or a commit")
    return text


READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "dtype": _dtype,
    "device": _device,
    "compiled": _switch,
    "batch": _batch,
    "revision": _revision,
}
