"""What is asked about a picture, and the line that a judge's reading of it becomes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from unisandbox.evaluation.arms import Unit
from unisandbox.evaluation.calls import results_of
from unisandbox.evaluation.identity import digest, verdict_key
from unisandbox.evaluation.images import ImageStore
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.ledger import Row
from unisandbox.evaluation.protocol import Fault, Judge, JudgeRequest, Question, Reading


@dataclass(frozen=True, slots=True)
class Asked:
    """What a judge is asked about a picture of an item, and the digest of it."""

    kind: str
    questions: tuple[Question, ...]
    prompt: str | None
    gold: str | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Task:
    """A picture to be judged: of which unit, its sha256, and what is asked about it."""

    unit: Unit
    picture: str
    asked: Asked
    key: str


class Asking:
    """Knows what a judge is asked about each item, and works it out once.

    Args:
        questions: The questions about an item.
        judge: `digest` of the judge's identity.
        blind: Whether the judge sees neither prompt nor gold.
    """

    def __init__(self, questions: Callable[[Item], tuple[Question, ...]], judge: str, *, blind: bool) -> None:
        self._questions, self._judge, self._blind = questions, judge, blind
        self._known: dict[tuple[str, str | None], Asked] = {}
        self._tasks: dict[str, Task] = {}

    def about(self, unit: Unit) -> Asked:
        """Return what is asked about a picture of a unit."""
        prompt = None if self._blind else unit.request.prompt
        found = self._known.get((unit.item.id, prompt))
        if found is None:
            found = self._known[unit.item.id, prompt] = self._asked(unit.item, prompt)
        return found

    def task(self, unit: Unit, picture: str) -> Task:
        """Return the task of judging a picture of a unit."""
        task = self._tasks.get(unit.key)
        if task is None or task.picture != picture:
            asked = self.about(unit)
            key = verdict_key(picture=picture, questions=asked.sha256, judge=self._judge)
            task = self._tasks[unit.key] = Task(unit, picture, asked, key)
        return task

    def _asked(self, item: Item, prompt: str | None) -> Asked:
        kind, questions = item.target["kind"], self._questions(item)
        gold = None if prompt is None else item.literal
        said = [kind, [[question.name, question.choices] for question in questions], prompt, gold]
        return Asked(kind, questions, prompt, gold, digest(said))


def verdicts_of(judge: Judge, tasks: Sequence[Task], images: ImageStore) -> list[Reading | Fault]:
    """Return what a judge says of pictures, in order; a reading that answers other questions is a fault."""
    requests = [
        JudgeRequest(images.get(task.picture), task.asked.kind, task.asked.questions, task.asked.prompt, task.asked.gold)
        for task in tasks
    ]
    found = results_of(judge.read, requests, Reading)
    return [one if isinstance(one, Fault) else _checked(one, task) for one, task in zip(found, tasks, strict=True)]


def verdict_row(task: Task, judge: str, verdict: Reading | Fault, seconds: float) -> Row:
    """Return the line of a verdict."""
    reading = verdict if isinstance(verdict, Reading) else None
    return {
        "key": task.key,
        "picture": task.picture,
        "questions": task.asked.sha256,
        "judge": judge,
        "answers": dict(reading.answers) if reading else None,
        "probabilities": {name: dict(each) for name, each in reading.probabilities.items()} if reading else {},
        "words": [str(words) for words in reading.words] if reading else [],
        "fault": fault_row(verdict),
        "seconds": round(seconds, 6),
    }


def fault_row(result: object) -> dict[str, str] | None:
    """Return a fault as a line holds it; None of anything else."""
    return {"kind": result.kind, "message": result.message} if isinstance(result, Fault) else None


def _checked(reading: Reading, task: Task) -> Reading | Fault:
    """Return a reading that can be written and compared, or what is wrong with it."""
    missing = [one.name for one in task.asked.questions if not isinstance(reading.answers.get(one.name), str)]
    if missing:
        return Fault("bad_reply", f"the judge gave no text for {', '.join(missing)}")
    if not all(_is_distribution(each) for each in reading.probabilities.values()):
        return Fault("bad_reply", "the judge gave probabilities that are none")
    return reading


def _is_distribution(shares: Mapping[str, float]) -> bool:
    return all(isinstance(one, float | int) and math.isfinite(one) for one in shares.values())
