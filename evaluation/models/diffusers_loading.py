"""Loads a pipeline of diffusers, and says what it is called with: only arguments that it takes."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.local.weight_files import PIPELINE, read_json
from unisandbox.evaluation.local.weights import quiet_transformers
from unisandbox.evaluation.models.diffusers_text import HEAD

CALLED: Final = {
    "steps": "num_inference_steps",
    "guidance": "guidance_scale",
    "true_cfg_scale": "true_cfg_scale",
    "negative_prompt": "negative_prompt",
    "height": "height",
    "width": "width",
}
SCALES: Final = ("guidance", "true_cfg_scale")
NO_NEGATIVE: Final = " "  # what Qwen-Image is guided away from where nobody says what: without it its scale has no effect


def load_pipeline(folder: Path, where: str, dtype: Any, device: Any) -> Any:
    """Return the pipeline of a folder on a device, with every one of its weights from the files.

    Raises:
        InputError: diffusers cannot load it, or weights are missing, which transformers would fill with random numbers.
    """
    try:
        with quiet_diffusers():
            from diffusers import DiffusionPipeline

            kind: Any = DiffusionPipeline
            parts, missing = _parts_of_transformers(folder, dtype)
            pipe = kind.from_pretrained(folder, dtype=dtype, use_safetensors=True, local_files_only=True, **parts)
        if missing := [*missing, *_unfilled(pipe)]:
            found = f"{len(missing)} weights missing in the files, the first is {missing[0]}"
            raise InputError(Violation(where, found, "all of its weights", "download them again, or convert them again"))
        pipe.set_progress_bar_config(disable=True)
        return pipe.to(device)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - code of others may raise anything; what it says is passed on
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"[:240]
        fix = "try the pipeline with diffusers alone; versions of the two may not go together"
        raise InputError(Violation(where, f"a pipeline that does not load: {said}", "a pipeline of diffusers", fix)) from None


def _parts_of_transformers(folder: Path, dtype: Any) -> tuple[dict[str, Any], list[str]]:
    """Return the models of a pipeline that are of transformers, by name, and which of their weights are not in the files.

    A head that only speech needs may be missing: the pipeline itself does not use it.
    """
    import transformers

    parts: dict[str, Any] = {}
    missing: list[str] = []
    for name, told in sorted((read_json(folder / PIPELINE) or {}).items()):
        if not isinstance(told, list) or told[0] != "transformers" or not any((folder / name).glob("*.safetensors")):
            continue
        kind = getattr(transformers, told[1])
        settings = {"dtype": dtype, "use_safetensors": True, "local_files_only": True}
        parts[name], about = kind.from_pretrained(folder / name, output_loading_info=True, **settings)
        missing += [f"{name}: {one}" for one in sorted(about["missing_keys"]) if not one.endswith(HEAD)]
    return parts, missing


def _unfilled(pipe: Any) -> list[str]:
    """Return the weights of a pipeline that are still without numbers, which is how diffusers leaves those that are missing."""
    models = [(name, part) for name, part in sorted(pipe.components.items()) if hasattr(part, "named_parameters")]
    return [f"{name}: {one}" for name, part in models for one, weight in part.named_parameters() if weight.is_meta]


@contextmanager
def quiet_diffusers() -> Iterator[None]:
    """Let diffusers and transformers say nothing but errors, and show no bars of their own, for a while."""
    with quiet_transformers():
        from diffusers.utils import logging

        level = logging.get_verbosity()
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            yield
        finally:
            logging.set_verbosity(level)


def wanted_call(arguments: Mapping[str, str], where: str) -> dict[str, Any]:
    """Return what the user wants the pipeline to be called with, by the names of `CALLED`; raises `InputError` for no numbers."""
    wanted: dict[str, Any] = {}
    wrong: list[Violation] = []
    for name in CALLED:
        if name not in arguments:
            continue
        try:
            wanted[name] = arguments[name] if name == "negative_prompt" else _number(arguments[name], whole=name not in SCALES)
        except ValueError as error:
            wrong.append(Violation(f"{where}: --model-arg {name}", repr(arguments[name]), str(error), "write such a number"))
    if wrong:
        raise InputError(wrong)
    return wanted


def _number(text: str, *, whole: bool) -> int | float:
    """Return a whole number above 0, or a number from 0; raises `ValueError`."""
    allowed = "a whole number above 0" if whole else "a number from 0"
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        raise ValueError(allowed) from None
    if not math.isfinite(value) or value < 0 or (whole and not value):
        raise ValueError(allowed)
    return value


def call_of(pipe: Any, wanted: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return what a pipeline is called with, nothing that it does not take; raises `InputError` where that cannot be done."""
    takes = inspect.signature(pipe.__call__).parameters
    name = type(pipe).__name__
    if "prompt" not in takes or "generator" not in takes or "num_frames" in takes:
        allowed, fix = "a pipeline that makes a picture from a prompt and a generator", "name a text-to-image pipeline"
        raise InputError(Violation(where, f"a {name}", allowed, fix))
    if wrong := [one for one in wanted if CALLED[one] not in takes]:
        allowed = ", ".join(one for one, own in CALLED.items() if own in takes)
        found = f"nothing that {name} takes"
        raise InputError(Violation(f"{where}: --model-arg {one}", found, allowed, "leave it out") for one in wrong)
    call = {CALLED[one]: value for one, value in wanted.items()}
    if {"true_cfg_scale", "negative_prompt"} <= {*takes}:
        scale = call.get("true_cfg_scale", takes["true_cfg_scale"].default)
        if isinstance(scale, int | float) and scale > 1:
            call.setdefault("negative_prompt", NO_NEGATIVE)
    return {**call, **({"output_type": "np"} if "output_type" in takes else {})}  # numbers still show what is no number


def compile_steps(pipe: Any) -> None:
    """Compile the part of a pipeline that runs at every step: its repeated blocks where it names them, else all of it."""
    denoiser = getattr(pipe, "transformer", None) or pipe.unet
    if getattr(denoiser, "_repeated_blocks", None):
        denoiser.compile_repeated_blocks(fullgraph=True)
    else:
        denoiser.compile()
