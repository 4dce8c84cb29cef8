"""A judge with planted sensitivity and specificity, for pictures that spell what they show: tests know what it must report."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from unisandbox.evaluation.models.registry import refuse_arguments
from unisandbox.evaluation.planted import lasting, read_settings, refuse_rates, share
from unisandbox.evaluation.protocol import Fault, JudgeRequest, Question, Reading
from unisandbox.evaluation.spelled import read_spelled

SEVERAL = "several kinds of objects"
SOMETHING_ELSE = "something else"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errs:
    """How a scripted judge errs.

    Attributes:
        sensitivity: Share of right pictures that it reads as right.
        specificity: Share of wrong pictures that it reads as wrong.
        fault_rate: Share of pictures of which it says nothing.
        delay_s: How long a picture takes at least.
        seed: Another one gives other pictures that it errs about.
    """

    sensitivity: float = 1.0
    specificity: float = 1.0
    fault_rate: float = 0.0
    delay_s: float = 0.0
    seed: str = "0"

    def __post_init__(self) -> None:
        values = asdict(self)
        refuse_rates("scripted judge", {name: values[name] for name in ("sensitivity", "specificity", "fault_rate")})


class ScriptedJudge:
    """Reads what a picture spells, and errs as often as it is told to; only the picture's own text says what was wanted."""

    blind = True
    batch = 1

    def __init__(self, errs: Errs) -> None:
        self._errs = errs

    def identity(self) -> Mapping[str, Any]:
        """Return how it errs, without what a service's state of health decides."""
        errs = asdict(self._errs)
        return {"kind": "scripted", **{name: errs[name] for name in ("sensitivity", "specificity", "seed")}}

    def read(self, requests: Sequence[JudgeRequest]) -> Sequence[Reading | Fault]:
        """Return what each picture spells, or a reading in error."""
        with lasting(self._errs.delay_s * len(requests)):
            return [self._read(request) for request in requests]

    def close(self) -> None:
        """Hold nothing."""

    def _read(self, request: JudgeRequest) -> Reading | Fault:
        sha256 = hashlib.sha256(request.picture).hexdigest()
        if share(self._errs.seed, "fault", sha256) < self._errs.fault_rate:
            return Fault("bad_reply", "a planted fault")
        said = read_spelled(request.picture)
        if said is None:
            return Fault("bad_reply", "the picture spells nothing; the scripted judge reads pictures of the scripted model")
        is_right = said["shows"] == said["wanted"]
        errs = share(self._errs.seed, "errs", sha256) >= (self._errs.sensitivity if is_right else self._errs.specificity)
        answers = {question.name: _answer(question, said["wanted" if errs else "shows"]) for question in request.questions}
        if errs and is_right:
            first = request.questions[0]
            answers[first.name] = next(choice for choice in first.choices if choice != answers[first.name])
        return Reading(answers, words=(f"{'errs: ' if errs else ''}{said['shows']}",))


def _answer(question: Question, target: Mapping[str, Any] | None) -> str:
    """Return what a target says to a question; nothing drawn is something else, none of it."""
    if target is None:
        return {"object": SOMETHING_ELSE, "count": "0"}.get(question.name, question.choices[0])
    if question.name == "object":
        return str(target["objects"][0]["name"]) if len(target["objects"]) == 1 else SEVERAL
    if question.name == "count":
        return str(sum(thing["count"] for thing in target["objects"]))
    values = {one["name"]: one["value"] for thing in target["objects"] for one in thing["attributes"]}
    return str(values.get(question.name, question.choices[0]))


def open_scripted(path: str, release: Path, arguments: Mapping[str, str]) -> ScriptedJudge:  # noqa: ARG001 - it needs no release
    """Return the judge that a TOML file of `Errs` describes, or with the name `exact` one that never errs."""
    refuse_arguments(f"scripted:{path}", arguments)
    return ScriptedJudge(Errs() if path == "exact" else read_settings(Path(path), Errs))
