"""Joins what was drawn and answered with what was read of it: one row an item, arm and sample, each with its outcome.

Comparison happens here and not in the judge, so a changed rule needs no new judging. Nothing is dropped: what failed is an error
of the model or of the judge, and what was not tried is counted as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from unisandbox.evaluation.answers import Answered, answered
from unisandbox.evaluation.arms import Unit
from unisandbox.evaluation.collection import collection_paused
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.judging import Asking
from unisandbox.evaluation.ledger import Row
from unisandbox.evaluation.protocol import ASK, MATCH, Fault
from unisandbox.evaluation.released import Words
from unisandbox.evaluation.verdicts import compared

CORRECT: Final = "correct"
WRONG: Final = "wrong"
GENERATION_ERROR: Final = "generation_error"
JUDGE_ERROR: Final = "judge_error"
OUTCOMES: Final = (CORRECT, WRONG, GENERATION_ERROR, JUDGE_ERROR)
REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One item as the model did it in one arm, once.

    Attributes:
        outcome: One of `OUTCOMES`. A reply that names no choice or several is a `judge_error` of the kind `bad_reply`.
        fault: What failed; None where there is a verdict.
        parts: What was compared, e.g. `object` and `count`, each with whether it is right; empty where there is no verdict.
        thought: What the model thought before it drew; `truncated` says that the thought or answer was cut short.
        answer: The words of an answer, and `chosen` what they name; None of drawn arms.
        picture: sha256 of the picture; None where there is none.
        read: What the judge read in the picture, by question, with its probabilities and words.
        seconds_model, seconds_judge: How long each took; 0 where it was not asked.
    """

    item: Item
    arm: str
    sample: int
    prompt: str
    seed: int
    outcome: str
    fault: Fault | None = None
    parts: Mapping[str, bool] = field(default_factory=dict)
    thought: str | None = None
    thought_tokens: int | None = None
    truncated: bool = False
    answer: str | None = None
    chosen: str | None = None
    picture: str | None = None
    read: Mapping[str, str] = field(default_factory=dict)
    probabilities: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    seconds_model: float = 0.0
    seconds_judge: float = 0.0

    @property
    def correct(self) -> bool | None:
        """Whether it is right; None where nobody knows."""
        return {CORRECT: True, WRONG: False}.get(self.outcome)

    @property
    def is_refused(self) -> bool:
        """Whether the model or its service declined, which is a `generation_error` of its own kind."""
        return self.fault is not None and self.fault.kind == REFUSED


class Joined(NamedTuple):
    """The samples that are done, in the order of work, and how many were not tried or not judged."""

    samples: tuple[Sample, ...]
    unfinished: int


class Joiner:
    """Joins the lines of two ledgers.

    Args:
        generations, verdicts: Rows by key.
        asking: What the judge was asked; None where there is no judge yet.
        words: Of the release; they say what an answer may be.
    """

    def __init__(self, generations: Mapping[str, Row], verdicts: Mapping[str, Row], asking: Asking | None, words: Words) -> None:
        self._generations, self._verdicts = generations, verdicts
        self._asking, self._words = asking, words

    def all_of(self, units: Iterable[Unit]) -> Joined:
        """Return the samples of units."""
        with collection_paused():
            found = [self.sample(unit) for unit in units]
        samples = tuple(one for one in found if one is not None)
        return Joined(samples, len(found) - len(samples))

    def sample(self, unit: Unit) -> Sample | None:
        """Return the sample of one unit; None while it is not finished."""
        row = self._generations.get(unit.key)
        if row is None:
            return None
        if row["fault"]:
            return _sample(unit, row, GENERATION_ERROR, fault=Fault(**row["fault"]))
        return self._answered(unit, row) if unit.arm == ASK else self._drawn(unit, row)

    def _answered(self, unit: Unit, row: Row) -> Sample:
        found = answered(row["answer"], unit.item.choices, self._words.lexicon)
        if isinstance(found, Answered):
            outcome = CORRECT if found.choice == unit.item.answer else WRONG
            return _sample(unit, row, outcome, chosen=found.named)
        return _sample(unit, row, GENERATION_ERROR if found.kind == REFUSED else JUDGE_ERROR, fault=found)

    def _drawn(self, unit: Unit, row: Row) -> Sample | None:
        task = self._asking.task(unit, row["picture"]) if self._asking else None
        verdict = self._verdicts.get(task.key) if task else None
        if verdict is None:
            return None
        said = {"words": tuple(verdict["words"]), "seconds_judge": verdict["seconds"]}
        if verdict["fault"]:
            return _sample(unit, row, JUDGE_ERROR, fault=Fault(**verdict["fault"]), **said)
        parts = _parts(verdict["answers"], unit.item)
        outcome = CORRECT if all(parts.values()) else WRONG
        read = {"read": verdict["answers"], "probabilities": verdict["probabilities"]}
        return _sample(unit, row, outcome, parts=parts, **said, **read)


def error_rates(samples: Sequence[Sample]) -> dict[str, float]:
    """Return the share of samples of each arm that have no verdict, in the order in which the arms occur."""
    arms = dict.fromkeys(sample.arm for sample in samples)
    return {arm: _share([sample.correct is None for sample in samples if sample.arm == arm]) for arm in arms}


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags)


def _parts(answers: Mapping[str, str], item: Item) -> Mapping[str, bool]:
    """Return what was compared and whether it is right; of a judge that compares by itself, its own word."""
    return {MATCH: answers[MATCH] == "yes"} if MATCH in answers else compared(answers, item.target).parts


def _sample(unit: Unit, row: Row, outcome: str, **found: object) -> Sample:
    fields = {name: row[name] for name in ("thought", "thought_tokens", "truncated", "answer", "picture")}
    made = {"item": unit.item, "arm": unit.arm, "sample": row["sample"], "prompt": row["prompt"], "seed": row["seed"]}
    return Sample(**{**fields, **made, "outcome": outcome, "seconds_model": row["seconds"], **found})
