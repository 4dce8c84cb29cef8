"""What runs inside an actor: a model or a judge, opened there. It writes no ledger; results go back to the process that asked."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import InputError
from unisandbox.evaluation.calls import results_of
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.judges.registry import open_judge
from unisandbox.evaluation.models.registry import open_model
from unisandbox.evaluation.protocol import Answer, Capabilities, Drawing, Judge, Model, Reading

KINDS: Final = {"draw": Drawing, "answer": Answer, "read": Reading}


@dataclass(frozen=True, slots=True)
class Described:
    """What a model or judge in an actor says of itself, once it is open.

    Attributes:
        identity: All that its results depend on; equal in all actors of a pool.
        capabilities: Of a model; None of a judge.
        facts: What a model says of itself besides.
        blind, batch: Of a judge.
    """

    identity: Mapping[str, Any]
    capabilities: Capabilities | None = None
    facts: Mapping[str, Any] | None = None
    blind: bool = True
    batch: int = 1


class ModelActor:
    """A model in a process of its own.

    Args:
        folder: Where relative paths begin: the working folder of the process that asked for it, where this machine has it.
        uri, arguments: Of the model.
        items: What will be asked.
        release: The release folder, under the same path on every node.
    """

    def __init__(self, folder: str, uri: str, arguments: Mapping[str, str], items: Sequence[Item], release: Path) -> None:
        self._uri, self._arguments, self._items, self._release = uri, arguments, items, release
        self._model: Model | None = None
        go_to(folder)

    def describe(self) -> Described | InputError:
        """Open the model and return what it says of itself, or why it cannot be had."""
        try:
            model = open_model(self._uri, self._arguments)
            bind = getattr(model, "bind", None)
            if bind is not None:
                bind(self._items, self._release)
        except InputError as error:
            return error
        self._model = model
        return Described(dict(model.identity()), model.capabilities, getattr(model, "facts", dict)())

    def ask(self, name: str, requests: Sequence[Any]) -> list[Any]:
        """Return a result or a fault for each request, in order, of the method of that name."""
        return results_of(getattr(self._model, name), requests, KINDS[name])

    def end(self) -> None:
        """Close the model."""
        if self._model is not None:
            self._model.close()


class JudgeActor:
    """A judge in a process of its own; the arguments are those of `ModelActor`."""

    def __init__(self, folder: str, uri: str, arguments: Mapping[str, str], release: Path) -> None:
        self._uri, self._arguments, self._release = uri, arguments, release
        self._judge: Judge | None = None
        go_to(folder)

    def describe(self) -> Described | InputError:
        """Open the judge and return what it says of itself, or why it cannot be had."""
        try:
            judge = open_judge(self._uri, self._release, self._arguments).judge
        except InputError as error:
            return error
        self._judge = judge
        return Described(dict(judge.identity()), blind=judge.blind, batch=judge.batch)

    def ask(self, name: str, requests: Sequence[Any]) -> list[Any]:
        """Return a reading or a fault for each request, in order."""
        return results_of(getattr(self._judge, name), requests, KINDS[name])

    def end(self) -> None:
        """Close the judge."""
        if self._judge is not None:
            self._judge.close()


def go_to(folder: str) -> None:
    """Make a folder the working folder, where this machine has it."""
    with suppress(OSError):
        os.chdir(folder)
