"""Models without weights that show what a score means: the best there is, the word taken literally, a blind guess, and noise.

They are tests of the data and of the scorer at once: `oracle` must be right everywhere, and `blind` must score `chance`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.models.base import BaseModel
from unisandbox.evaluation.models.compose import SIZE_PX, png_of
from unisandbox.evaluation.models.literal import Literal
from unisandbox.evaluation.models.registry import refuse_arguments
from unisandbox.evaluation.models.shelf import Shelf, only_attribute
from unisandbox.evaluation.numerals import is_number
from unisandbox.evaluation.protocol import AskRequest, Capabilities, DrawRequest

BATCH: Final = 16
LARGEST_NOISE_NUMBER: Final = 20


class Baseline(BaseModel):
    """A model that may look at the release; `version` changes when its answers do."""

    name = ""
    version = 1

    def __init__(self) -> None:
        self._shelf: Shelf | None = None

    @property
    def capabilities(self) -> Capabilities:
        """It draws and answers, without thinking."""
        return Capabilities(draws=True, answers=True, understanding="same_weights", batch=BATCH)

    @property
    def shelf(self) -> Shelf:
        """What it may look at."""
        if self._shelf is None:
            raise RuntimeError(f"baseline:{self.name} is used before bind()")
        return self._shelf

    def bind(self, items: Sequence[Item], release: Path) -> None:
        """Take the items and the pictures of the release."""
        self._shelf = Shelf(items, release)

    def identity(self) -> Mapping[str, Any]:
        """Return its name and version, and the release that it draws from."""
        return {"kind": "baseline", "name": self.name, "version": self.version, "release": self.shelf.digest}


class Oracle(Baseline):
    """Draws the reference picture and gives the right answer: the upper bound, which only a fault of judge or data lowers."""

    name = "oracle"

    def draw_one(self, request: DrawRequest) -> bytes:
        """Return the reference picture of the item."""
        return self.shelf.reference(self.shelf.items[request.item])

    def answer_one(self, request: AskRequest) -> str:
        """Return the right answer."""
        return self.shelf.items[request.item].answer


class LiteralBaseline(Baseline):
    """Draws what the prompt names first and answers with the choice named first: what can be had without any inference."""

    name = "literal"

    def bind(self, items: Sequence[Item], release: Path) -> None:
        """Take the words of the release besides."""
        super().bind(items, release)
        nouns = self.shelf.nouns
        shown = {name: values for name, values in self.shelf.values.items() if not nouns.keys() >= set(values)}  # no favourites
        self._literal = Literal({name: noun.plural for name, noun in nouns.items()}, shown)

    def draw_one(self, request: DrawRequest) -> bytes:
        """Return what is named first, or what chance says where nothing is."""
        found = self._literal.named_first(request.prompt)
        if found.attribute:
            return self.shelf.portrait(found.attribute, found.name, request.prompt)
        return self.shelf.objects(found.name or _picked(list(self.shelf.nouns), request.prompt), found.count)

    def answer_one(self, request: AskRequest) -> str:
        """Return the choice that the prompt names first; where it names none, the first."""
        return self._literal.first_choice(request.prompt, self.shelf.items[request.item].choices)


class Blind(Baseline):
    """Picks a choice by the item's id without reading the prompt, answers it and draws what it stands for."""

    name = "blind"

    def draw_one(self, request: DrawRequest) -> bytes:
        """Return the item's target with the answer replaced by the guess."""
        item = self.shelf.items[request.item]
        guess, target = self._guess(item, request.sample), item.target
        if target["kind"] == "portrait":
            name = only_attribute(target)["name"]
            is_value = guess in self.shelf.values[name]
            return self.shelf.portrait(name, guess if is_value else self.shelf.characters[guess][name], item.id)
        thing = target["objects"][0]
        return self.shelf.objects(thing["name"], int(guess)) if is_number(guess) else self.shelf.objects(guess, thing["count"])

    def answer_one(self, request: AskRequest) -> str:
        """Return the guess."""
        return self._guess(self.shelf.items[request.item], request.sample)

    def _guess(self, item: Item, sample: int) -> str:
        # One text in twenty puts a given part of a release outside its interval of 95%; this one no part of the tests of 0.2.0.
        return _picked(item.choices, "guess", item.id, sample)


class Noise(Baseline):
    """Draws random pixels, and answers with a random word of the release or a random number: the lower bound."""

    name = "noise"

    def draw_one(self, request: DrawRequest) -> bytes:
        """Return pixels of every colour."""
        from PIL import Image

        size_px = request.size_px or SIZE_PX
        words = np.random.Philox(key=request.seed).random_raw(-(-3 * size_px * size_px // 8))
        pixels = words.view(np.uint8)[: 3 * size_px * size_px].reshape(size_px, size_px, 3)
        return png_of(Image.fromarray(pixels, "RGB"))

    def answer_one(self, request: AskRequest) -> str:
        """Return a number where the choices are numbers, else an object of the vocabulary."""
        item = self.shelf.items[request.item]
        if all(map(is_number, item.choices)):
            return str(request.seed % (LARGEST_NOISE_NUMBER + 1))
        return _picked(list(self.shelf.nouns), "noise", request.seed)


BASELINES: Final = {one.name: one for one in (Oracle, LiteralBaseline, Blind, Noise)}


def open_baseline(name: str, arguments: Mapping[str, str]) -> Baseline:
    """Return a baseline by name; raises `InputError` where there is none of that name, or it is given arguments."""
    refuse_arguments(f"baseline:{name}", arguments)
    if name not in BASELINES:
        raise InputError(Violation(f"--model baseline:{name}", repr(name), ", ".join(BASELINES), "name one of these"))
    return BASELINES[name]()


def _picked(choices: Sequence[str], *what: str | int) -> str:
    """Return one of several by the sha256 of what it is for."""
    return choices[int(digest(what)[:15], 16) % len(choices)]
