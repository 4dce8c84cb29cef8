"""The reference model as the scorer knows it: prompts in, answers and PNG files out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.models.base import BaseModel
from unisandbox.evaluation.models.registry import refuse_arguments
from unisandbox.evaluation.models.tiny.layout import looks_of, objects_of
from unisandbox.evaluation.models.tiny.pictures import drawn_objects
from unisandbox.evaluation.models.tiny.sampling import ASK, IMAGE, THINK, Wish, Writer, Written
from unisandbox.evaluation.models.tiny.tokens import UnknownWordError
from unisandbox.evaluation.models.tiny.weights import Trained, read_trained, weights_sha256
from unisandbox.evaluation.protocol import THINK as THINKING_ARM
from unisandbox.evaluation.protocol import Answer, AskRequest, Capabilities, Drawing, DrawRequest, Fault
from unisandbox.evaluation.released import nouns_of

VERSION: Final = 1  # one more whenever the same weights may give other answers
BATCH: Final = 64
ARGUMENTS: Final = ("temperature", "device")
DEVICES: Final = ("auto", "cpu", "cuda")


class TinyModel(BaseModel):
    """Answers, draws, and thinks before it draws, with one small network.

    Args:
        trained: The network.
        weights: The sha256 of its files.
        temperature: 0 takes the likeliest token everywhere; seeds then change nothing.
    """

    def __init__(self, trained: Trained, weights: Mapping[str, str], temperature: float = 0.0) -> None:
        self._trained, self._weights, self._temperature = trained, dict(weights), temperature
        self._writer = Writer(trained.network, trained.tokenizer, temperature)
        self._sprites: dict[str, bytes] = {}

    @property
    def capabilities(self) -> Capabilities:
        """It does everything, with the same weights."""
        return Capabilities(draws=True, answers=True, thinks="native", understanding="same_weights", batch=BATCH)

    def bind(self, items: Sequence[Item], release: Path) -> None:  # noqa: ARG002
        """Take the sprites of a release, with which it draws."""
        self._sprites = {name: noun.sprite for name, noun in nouns_of(release).items() if noun.sprite is not None}

    def identity(self) -> Mapping[str, Any]:
        """Return its weights, temperature, and the sprites that it draws with; the kind of device changes roundings."""
        device = self._trained.network.embedding.weight.device.type
        sprites = digest({name: digest(sprite.hex()) for name, sprite in self._sprites.items()})
        settings = {"temperature": self._temperature, "device": device, "sprites": sprites}
        return {"kind": "tiny", "version": VERSION, "weights": self._weights, **settings}

    def facts(self) -> Mapping[str, object]:
        """Return how it was made."""
        return {"made": dict(self._trained.made)}

    def draw(self, requests: Sequence[DrawRequest]) -> Sequence[Drawing | Fault]:
        """Return a picture for each request, with the thought before it where the arm is `draw/think`."""
        modes = [THINK if request.arm == THINKING_ARM else IMAGE for request in requests]
        return [
            written if isinstance(written, Fault) else self._drawing(written, mode == THINK, request)
            for written, mode, request in zip(self._written(requests, modes), modes, requests, strict=True)
        ]

    def answer(self, requests: Sequence[AskRequest]) -> Sequence[Answer | Fault]:
        """Return the words of each answer."""
        return [
            one if isinstance(one, Fault) else Answer(self._trained.tokenizer.decode(one.text), one.truncated)
            for one in self._written(requests, [ASK] * len(requests))
        ]

    def _written(self, requests: Sequence[DrawRequest | AskRequest], modes: Sequence[str]) -> list[Written | Fault]:
        """Return what is written for each request; a prompt with an unknown word is a fault that names it."""
        results: dict[int, Written | Fault] = {}
        wishes: dict[int, Wish] = {}
        for place, (request, mode) in enumerate(zip(requests, modes, strict=True)):
            try:
                wishes[place] = Wish(self._trained.tokenizer.encode(request.prompt, request.item), mode, request.seed)
            except UnknownWordError as error:
                results[place] = Fault("crashed", str(error))
        results.update(zip(wishes, self._writer.write(list(wishes.values())), strict=True))
        return [results[place] for place in range(len(requests))]

    def _drawing(self, written: Written, thinks: bool, request: DrawRequest) -> Drawing | Fault:
        tokenizer = self._trained.tokenizer
        cells = [tokenizer.held(token) for token in written.cells]
        if not any(objects_of(cells)) and looks_of(cells):
            return Fault("crashed", "it drew a person, and portraits cannot be decoded to pixels yet")
        if missing := sorted({name for name in objects_of(cells) if name is not None and name not in self._sprites}):
            return Fault("crashed", f"it drew {', '.join(missing)}, of which the release has no sprite")
        picture = drawn_objects(objects_of(cells), self._sprites, **({"size_px": request.size_px} if request.size_px else {}))
        thought = tokenizer.decode(written.text) if thinks else None
        return Drawing(picture, thought, len(written.text) if thinks else None, written.truncated)


def open_tiny(rest: str, arguments: Mapping[str, str]) -> TinyModel:
    """Return the reference model of a folder of weights.

    Args:
        rest: The folder that `unisandbox train-reference` wrote.
        arguments: `temperature`, 0 or more; `device`, one of `DEVICES`.

    Raises:
        InputError: Another argument, or a value out of range.
        DataError: No such folder, or none of ours.
    """
    refuse_arguments(f"tiny:{rest}", arguments, ARGUMENTS)
    temperature = _temperature(arguments.get("temperature", "0"))
    folder = Path(rest)
    return TinyModel(read_trained(folder, device_of(arguments.get("device", "auto"))), weights_sha256(folder), temperature)


def device_of(wanted: str, where: str = "--model-arg device") -> str:
    """Return `cpu` or `cuda`; raises `InputError` for another name, or where there is no GPU that torch can use."""
    import torch

    found = torch.cuda.is_available()
    if wanted not in DEVICES or (wanted == "cuda" and not found):
        allowed = "auto, cpu" if not found else ", ".join(DEVICES)
        raise InputError(Violation(where, repr(wanted), allowed, "name one of them"))
    return ("cuda" if found else "cpu") if wanted == "auto" else wanted


def _temperature(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise InputError(Violation("--model-arg temperature", repr(text), "0 or more", "write for example temperature=1"))
    return value
