"""Which arms a model can do, why not the others, and what it is asked in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.identity import generation_key
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.protocol import ARMS, ASK, DRAWN_ARMS, LITERAL, NORMAL, THINK, AskRequest, Capabilities, DrawRequest
from unisandbox.evaluation.seeds import seed_of

VIEW_OF: Final = {ASK: "ask", LITERAL: "literal", NORMAL: "draw", THINK: "draw"}


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing to be done: a request for one item, arm and sample, and the key of its result."""

    item: Item
    request: DrawRequest | AskRequest
    arm: str
    key: str


@dataclass(frozen=True, slots=True)
class Way:
    """How a run asks, besides what: with the item and the model this is all that a generation's key depends on.

    Attributes:
        arms: In the order of `ARMS`.
        samples: How many pictures or answers of each item in each arm.
        salt: Another one gives other seeds.
        size_px: Wanted side of pictures; None leaves it to the model.
    """

    arms: tuple[str, ...] = ARMS
    samples: int = 1
    salt: str = "0"
    size_px: int | None = None


def absent_arms(can: Capabilities, wanted: Iterable[str] = ARMS) -> Mapping[str, str]:
    """Return the wanted arms that a model lacks, each with the reason.

    >>> absent_arms(Capabilities(draws=True, answers=False), ["ask", "literal"])
    {'ask': 'the model answers no questions'}
    """
    no_pictures = "" if can.draws else "the model makes no pictures"
    no_thinking = "the model does not think before it draws" if can.thinks == "none" else ""
    reasons = {
        ASK: "" if can.answers else "the model answers no questions",
        LITERAL: no_pictures,
        NORMAL: no_pictures,
        THINK: no_pictures or no_thinking,
        **can.lacks,
    }
    return {arm: reasons[arm] for arm in ARMS if arm in wanted and reasons[arm]}


def checked_arms(names: Sequence[str]) -> tuple[str, ...]:
    """Return arms by name in the order of `ARMS`; all where none is named; `draw` stands for both of its modes.

    Raises:
        InputError: A name that is no arm.
    """
    if unknown := [name for name in names if name not in (*ARMS, "draw")]:
        allowed, fix = ", ".join((*ARMS, "draw")), "name arms that there are"
        raise InputError(Violation("--arms", repr(name), allowed, fix) for name in unknown)
    return tuple(arm for arm in ARMS if not names or arm in names or ("draw" in names and arm in (NORMAL, THINK)))


def units(items: Iterable[Item], way: Way, model: str) -> Iterator[Unit]:
    """Yield what is to be done, all arms and samples of an item together, so that a run cut short is still paired.

    Args:
        items: In the order of work.
        way: How to ask.
        model: `digest` of the model's identity.
    """
    for item in items:
        for sample in range(way.samples):
            for arm in way.arms:
                yield unit(item, arm, sample, way, model)


def unit(item: Item, arm: str, sample: int, way: Way, model: str) -> Unit:
    """Return the request of one item, arm and sample, with its key."""
    prompt: str = getattr(item, VIEW_OF[arm])
    seed = seed_of(way.salt, item.id, arm, sample)
    drawn = arm in DRAWN_ARMS
    size_px = way.size_px if drawn else None
    key = generation_key(item=item.id, arm=arm, prompt=prompt, sample=sample, seed=seed, size_px=size_px, model=model)
    if drawn:
        return Unit(item, DrawRequest(item.id, arm, prompt, sample, seed, size_px), arm, key)
    return Unit(item, AskRequest(item.id, prompt, sample, seed), arm, key)
