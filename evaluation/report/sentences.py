"""What a run says in a few sentences: only what its intervals allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from unisandbox.evaluation.protocol import ASK, LITERAL, NORMAL, THINK
from unisandbox.evaluation.report.shown import ARM_NAMES, between, percent, points

Block = Mapping[str, Any]


def in_short(results: Block) -> list[str]:
    """Return the sentences at the head of the page, from the part of all items."""
    part = results["parts"][0]
    pairs = {(pair["name"], pair["of"]): pair["figure"] for pair in part["paired"]}
    return [*_arms(part["arms"]), *_paired(pairs), *_limits(results, part)]


def _arms(arms: Mapping[str, Block | None]) -> Iterator[str]:
    asked, literal = _figure(arms, ASK), _figure(arms, LITERAL)
    if asked:
        yield f"Asked in words, the model gives the right answer to {_share(asked)} of the items."
    if literal:
        yield f"Told outright what to draw, it gets {_share(literal)} of its pictures right."
    drawn = _of_both({arm: _figure(arms, arm) for arm in (NORMAL, THINK)}, "of its pictures are right")
    if drawn:
        yield f"Asked to draw what it must first work out, {drawn}."


def _paired(pairs: Mapping[tuple[str, str], Block | None]) -> Iterator[str]:
    gap, gain = pairs["gap", NORMAL], pairs["think_gain", THINK]
    if gap:
        more, less = "It answers {} points more than it draws", "It draws {} points more than it answers"
        yield _difference(gap, more, less, "answering and drawing")
    if gain:
        more, less = "Thinking first adds {} points", "Thinking first takes {} points away"
        yield _difference(gain, more, less, "drawing with and without thinking")
    told = _of_both({arm: pairs["transfer", arm] for arm in (NORMAL, THINK)}, "of its drawings are right too")
    if told:
        yield f"Transfer: where the answer and the literal picture are right, {told}."


def _of_both(figures: Mapping[str, Block | None], what: str) -> str:
    """Return what is said of drawing without and with thinking, of those of the two that there are."""
    normal, think = figures[NORMAL], figures[THINK]
    told = [f"{_share(normal)} {what}"] if normal else []
    if think:
        told.append(f"if it thinks first, {_share(think)}" if normal else f"after thinking, {_share(think)} {what}")
    return "; ".join(told)


def _limits(results: Block, part: Block) -> Iterator[str]:
    known = [arm["chance"] for arm in part["arms"].values() if arm and arm["chance"] is not None]
    if known:
        yield f"Blind guessing would score {percent(known[0])}."
    errors = sum(arm["n_samples"] - arm["judged"] for arm in part["arms"].values() if arm)
    if errors:
        yield f"{errors:,} of {results['n_samples']:,} samples have no verdict; they count neither as right nor as wrong."
    if results["unfinished"]:
        yield f"The run is not finished: {results['unfinished']:,} samples are missing."
    for arm, why in results["absent"].items():
        yield f"Not asked: {ARM_NAMES.get(arm, arm)}, because {why}."


def _figure(arms: Mapping[str, Block | None], arm: str) -> Block | None:
    block = arms[arm]
    found: Block | None = block["accuracy"] if block else None
    return found


def _share(figure: Block) -> str:
    return f"{percent(figure['value'])} ({between(figure['interval'])})"


def _difference(figure: Block, more: str, less: str, both: str) -> str:
    """Return a sentence on a difference, which names a direction only where its interval has one."""
    interval = figure["interval"]
    told = between(interval, signed=True)
    if interval is None or interval[0] <= 0 <= interval[1]:
        return f"Between {both}, the run shows no difference: {points(figure['value'])} points ({told})."
    size = f"{abs(100 * figure['value']):.1f}"
    return f"{(more if figure['value'] > 0 else less).format(size)} ({told})."
