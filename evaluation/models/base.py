"""The small base that a model of one's own starts from: two methods, one request at a time, and the rest follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unisandbox.evaluation.items import Item
from unisandbox.evaluation.protocol import Answer, AskRequest, Capabilities, Drawing, DrawRequest, Fault


class BaseModel:
    """A model that overrides `draw_one` if it makes pictures and `answer_one` if it answers; `draw` and `answer` for batches.

    A model that says something else of itself (how it thinks, how much it takes at once) sets `capabilities`.
    """

    @property
    def capabilities(self) -> Capabilities:
        """What it can do: what it overrides, one request at a time, without thinking."""
        answers = self._overrides("answer", "answer_one")
        return Capabilities(self._overrides("draw", "draw_one"), answers, understanding="same_weights" if answers else "none")

    def identity(self) -> Mapping[str, Any]:
        """Return all that its answers depend on; a model with weights or settings names them here."""
        return {"class": type(self).__qualname__}

    def bind(self, items: Sequence[Item], release: Path) -> None:
        """Be told what will be asked, and from which release folder; only a baseline has use for that."""

    def draw(self, requests: Sequence[DrawRequest]) -> Sequence[Drawing | Fault]:
        """Return a picture or a fault for each request, in order."""
        return [_drawing(self.draw_one(request)) for request in requests]

    def answer(self, requests: Sequence[AskRequest]) -> Sequence[Answer | Fault]:
        """Return an answer or a fault for each request, in order."""
        return [_answer(self.answer_one(request)) for request in requests]

    def draw_one(self, request: DrawRequest) -> bytes | Drawing | Fault:
        """Return one picture: an encoded file."""
        raise NotImplementedError

    def answer_one(self, request: AskRequest) -> str | Answer | Fault:
        """Return the words of one answer."""
        raise NotImplementedError

    def close(self) -> None:
        """Give back what it holds."""

    def _overrides(self, *names: str) -> bool:
        return any(getattr(type(self), name) is not getattr(BaseModel, name) for name in names)


def _drawing(made: bytes | Drawing | Fault) -> Drawing | Fault:
    return Drawing(made) if isinstance(made, bytes) else made


def _answer(said: str | Answer | Fault) -> Answer | Fault:
    return Answer(said) if isinstance(said, str) else said
