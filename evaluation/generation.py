"""In which batches a model is asked, and the line that each picture or answer becomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from unisandbox.evaluation.arms import Unit
from unisandbox.evaluation.calls import results_of
from unisandbox.evaluation.judging import fault_row
from unisandbox.evaluation.ledger import Row
from unisandbox.evaluation.protocol import ARMS, ASK, Answer, Drawing, Fault, Model


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that was checked, as it stands in the store."""

    sha256: str
    width_px: int
    height_px: int


def batches(units: Sequence[Unit], most: int) -> Iterator[list[Unit]]:
    """Yield units in lists of one arm, `most` at most: those of so many items arm by arm, then of the next items.

    An arm is drawn apart from the others, since thinking takes longer, and a batch takes as long as its longest.
    """
    rest = iter(units)
    while window := list(islice(rest, most * len(ARMS))):
        for arm in ARMS:
            ours = [unit for unit in window if unit.arm == arm]
            yield from (ours[start : start + most] for start in range(0, len(ours), most))


def results_for(model: Model, units: Sequence[Unit]) -> list[Drawing | Answer | Fault]:
    """Return what a model makes of a batch, in order; whatever it does, one result each."""
    requests: list[Any] = [unit.request for unit in units]
    if units[0].arm == ASK:
        return results_of(model.answer, requests, Answer)
    return results_of(model.draw, requests, Drawing)


def generation_row(unit: Unit, model: str, result: Drawing | Answer | Fault, kept: Kept | None, seconds: float) -> Row:
    """Return the line of a picture or answer.

    Args:
        unit: What was asked.
        model: Digest of the model's identity.
        result: What the model gave, or the fault that came of it.
        kept: The picture as it is kept; None where there is none.
        seconds: How long it took, its share of the batch.
    """
    drawing = result if isinstance(result, Drawing) else None
    answer = result if isinstance(result, Answer) else None
    given = drawing or answer
    return {
        "key": unit.key,
        "item": unit.item.id,
        "arm": unit.arm,
        "sample": unit.request.sample,
        "seed": unit.request.seed,
        "prompt": unit.request.prompt,
        "model": model,
        "picture": kept.sha256 if kept else None,
        "width_px": kept.width_px if kept else None,
        "height_px": kept.height_px if kept else None,
        "thought": None if drawing is None or drawing.thought is None else str(drawing.thought),
        "thought_tokens": drawing.thought_tokens if drawing else None,
        "truncated": bool(given and given.truncated),
        "answer": str(answer.text) if answer else None,
        "fault": fault_row(result),
        "seconds": round(seconds, 6),
    }
