"""A folder of weights: `model.safetensors` in half precision and `model.json`, which says all else that the network needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.models.tiny.layout import Layout
from unisandbox.evaluation.models.tiny.network import Network, Shape
from unisandbox.evaluation.models.tiny.tokens import Tokenizer
from unisandbox.schemas.files import file_sha256, replacing

FORMAT: Final = 1  # one more whenever an older folder could not be read
WEIGHTS, ABOUT = "model.safetensors", "model.json"


@dataclass(frozen=True, slots=True)
class Trained:
    """A network with its words and its cells, and how it was made, for the record."""

    network: Network
    tokenizer: Tokenizer
    layout: Layout
    made: Mapping[str, Any]


def write_trained(trained: Trained, folder: Path) -> None:
    """Write a folder of weights; each file is whole or not there."""
    half = {name: weight.detach().cpu().to(torch.float16).contiguous() for name, weight in trained.network.state_dict().items()}
    with replacing(folder / WEIGHTS) as sink:
        sink.write(save(half))
    about = {
        "format": FORMAT,
        "shape": asdict(trained.network.shape),
        "parts": {name: list(values) for name, values in trained.layout.parts.items()},
        "made": dict(trained.made),
        **trained.tokenizer.to_json(),
    }
    with replacing(folder / ABOUT) as sink:
        sink.write((json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode())


def read_trained(folder: Path, device: str = "cpu") -> Trained:
    """Return what a folder of weights holds, on a device, ready to write.

    Raises:
        DataError: There is no such folder, or it is none of ours.
    """
    fix = "name a folder that `unisandbox train-reference` wrote"
    if missing := [name for name in (WEIGHTS, ABOUT) if not (folder / name).is_file()]:
        raise DataError(Violation(str(folder), f"no {name}", f"{WEIGHTS} and {ABOUT}", fix) for name in missing)
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise DataError(Violation(f"{folder / ABOUT}: format", str(about["format"]), str(FORMAT), "train the model anew"))
        shape = Shape(**about["shape"])
        network = Network(shape)
        network.load_state_dict(load((folder / WEIGHTS).read_bytes()))
        parts = {name: tuple(values) for name, values in about["parts"].items()}
        tokenizer = Tokenizer.from_json(about)
    except (KeyError, TypeError, ValueError, RuntimeError, OSError, SafetensorError) as error:
        raise DataError(Violation(str(folder), f"{type(error).__name__}: {str(error)[:120]}", "weights of ours", fix)) from None
    return Trained(network.to(device).eval(), tokenizer, Layout(shape.cells, parts), about["made"])


def weights_sha256(folder: Path) -> Mapping[str, str]:
    """Return the sha256 of both files of a folder of weights."""
    return {name: file_sha256(folder / name) for name in (WEIGHTS, ABOUT)}
