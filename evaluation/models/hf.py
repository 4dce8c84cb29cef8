"""A model of transformers in this process: `hf:FOLDER`, or `hf:org/name` of the Hub. Its architecture says what opens it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.local.settings import LocalSettings, local_settings
from unisandbox.evaluation.local.weights import architecture_of, weights_folder
from unisandbox.evaluation.protocol import Model

Opening = Callable[[Path, LocalSettings, Mapping[str, str], str], Model]


class Family(NamedTuple):
    """How weights of one architecture are opened: a module of this package, and the function in it."""

    module: str
    function: str


MODELS: Final = "unisandbox.evaluation.models"
FAMILIES: Final = {
    "Emu3ForConditionalGeneration": Family(f"{MODELS}.emu3", "open_emu3"),
    "JanusForConditionalGeneration": Family(f"{MODELS}.janus", "open_janus"),
}
ELSEWHERE: Final = {  # architectures of the same models in their authors' own format
    "Emu3ForCausalLM": "take the weights in the format of transformers: Emu3-community/Emu3-Gen-hf",
    "MultiModalityCausalLM": "take the weights in the format of transformers: deepseek-community/Janus-Pro-7B",
}


def open_hf(rest: str, arguments: Mapping[str, str]) -> Model:
    """Return the model of some weights.

    Args:
        rest: A folder, or a repository of the Hub.
        arguments: Those of `LocalSettings`, and the own ones of the architecture.

    Raises:
        InputError: No such weights, weights that are not whole, another architecture, a missing package, or a wrong argument.
    """
    where = f"hf:{rest}"
    folder = weights_folder(rest, arguments.get("revision"), "hf", where)
    architecture = architecture_of(folder)
    if architecture not in FAMILIES:
        found = f"weights of {architecture or 'no architecture'}"
        fix = ELSEWHERE.get(architecture, "name such weights, or write a class for others: FILE.py:CLASS")
        raise InputError(Violation(where, found, f"weights of {', '.join(FAMILIES)}", fix))
    family = import_module(FAMILIES[architecture].module)
    local, own = local_settings(where, arguments, [field.name for field in fields(family.Settings)])
    opening: Opening = getattr(family, FAMILIES[architecture].function)
    return opening(folder, local, own, where)
