"""A unified model of transformers: pictures from its picture tokens, answers and thoughts from its text side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, NamedTuple, Protocol

import torch

from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.local.batching import BatchRunner
from unisandbox.evaluation.local.settings import LocalSettings
from unisandbox.evaluation.models.base import BaseModel
from unisandbox.evaluation.models.hf_text import FORM, TextSide
from unisandbox.evaluation.models.two_pass import Thought, think, two_pass
from unisandbox.evaluation.protocol import THINK, Answer, AskRequest, Capabilities, Drawing, DrawRequest, Fault
from unisandbox.evaluation.service_faults import ServiceError

POINTS: Final = {"cpu": (4, 16, 64), "cuda": (16, 64, 128)}  # batches to try: a GPU reads its weights once for all of them
BROKEN: Final = Fault("bad_picture", "the model's scores are not a number or infinite; try --model-arg dtype=float32")
EMPTY: Final = Fault("bad_reply", "an empty answer")


class Wanted(NamedTuple):
    """One picture to be painted."""

    prompt: str
    seed: int
    size_px: int | None


class Painter(Protocol):
    """What makes pictures of prompts."""

    def paint(self, wanted: Sequence[Wanted]) -> list[bytes | Fault]:
        """Return a PNG or a fault for each, in order; may raise for all of them."""
        ...


@dataclass(frozen=True, slots=True)
class Telling:
    """How long the text side may speak.

    Attributes:
        max_tokens: Of an answer.
        thought_tokens: Of a thought.
    """

    max_tokens: int
    thought_tokens: int


class HfModel(BaseModel):
    """A painter and a text side as one model.

    Args:
        painter: Makes its pictures.
        text: Answers, and thinks before a picture.
        telling: How long it may.
        identity: Of weights and drawing; how it answers and thinks is added.
        settings: How it is run.
        device: Where it is.
        understanding: Whose weights the text side has.
    """

    def __init__(
        self,
        painter: Painter,
        text: TextSide,
        telling: Telling,
        identity: Mapping[str, Any],
        settings: LocalSettings,
        device: torch.device,
        understanding: Literal["same_weights", "sibling_checkpoint"] = "same_weights",
    ) -> None:
        self._painter, self._text, self._telling = painter, text, telling
        self._device, self._understanding = device, understanding
        thinking = {"tokens": telling.thought_tokens, "prompts": digest(asdict(two_pass()))}
        said = {"form": FORM, "max_tokens": telling.max_tokens}
        self._identity = {"kind": "hf", **identity, "answers": said, "two_pass": thinking}
        key = [self._identity, self._device_name()]
        points = POINTS[device.type]
        self._draws, self._answers, self._thinks = (
            BatchRunner(points, settings.batch, digest([*key, work]), compiled=settings.compiled and work == "draw")
            for work in ("draw", "answer", "think")
        )

    @property
    def capabilities(self) -> Capabilities:
        """All arms; it thinks in two passes."""
        most = max(self._draws.most, self._answers.most)
        return Capabilities(draws=True, answers=True, thinks="two_pass", understanding=self._understanding, batch=most)

    def identity(self) -> Mapping[str, Any]:
        """Return weights, versions, number format, and how it draws, answers and thinks; not where, nor how many at once."""
        return self._identity

    def facts(self) -> Mapping[str, Any]:
        """Return what a run puts on record beside the identity: the device."""
        return {"device": self._device_name()}

    def draw(self, requests: Sequence[DrawRequest]) -> Sequence[Drawing | Fault]:
        """Return a picture or a fault for each request, in order; with the thought before it where the arm asks for one."""
        thoughts = self._thoughts(requests)
        wanted = [
            Wanted(thought.prompt if isinstance(thought, Thought) else request.prompt, request.seed, request.size_px)
            for request, thought in zip(requests, thoughts, strict=True)
            if not isinstance(thought, Fault)
        ]
        painted = iter(self._draws.run(wanted, self._painter.paint))
        return [thought if isinstance(thought, Fault) else _drawing(next(painted), thought) for thought in thoughts]

    def answer(self, requests: Sequence[AskRequest]) -> Sequence[Answer | Fault]:
        """Return an answer or a fault for each request, in order; one that is empty is a fault."""
        prompts = [request.prompt for request in requests]
        replies = self._answers.run(prompts, lambda some: self._text.say(some, self._telling.max_tokens))
        return [
            reply if isinstance(reply, Fault) else Answer(reply.text, reply.truncated) if reply.text else EMPTY
            for reply in replies
        ]

    def close(self) -> None:
        """Give back the memory of the weights."""
        del self._painter, self._text
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    def _thoughts(self, requests: Sequence[DrawRequest]) -> list[Thought | Fault | None]:
        """Return what is thought before each picture; None where nothing is to be."""
        asked = [f"{two_pass().system}\n\n{request.prompt}" for request in requests if request.arm == THINK]
        replies = iter(self._thinks.run(asked, lambda some: self._text.say(some, self._telling.thought_tokens)))
        return [_thought(request.prompt, next(replies)) if request.arm == THINK else None for request in requests]

    def _device_name(self) -> str:
        return torch.cuda.get_device_name(self._device) if self._device.type == "cuda" else "cpu"


def _thought(prompt: str, reply: Any) -> Thought | Fault:
    if isinstance(reply, Fault):
        return reply
    try:
        return think(prompt, lambda _system, _prompt: reply)
    except ServiceError as error:
        return error.fault


def _drawing(painted: bytes | Fault, thought: Thought | None) -> Drawing | Fault:
    if isinstance(painted, Fault):
        return painted
    return Drawing(painted, thought.text, thought.tokens, thought.truncated) if thought else Drawing(painted)
