"""The canary of a run: a judge that cannot read what is known stops it, before it costs anything and after it has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from unisandbox.errors import CanaryError
from unisandbox.evaluation.canary import known_pictures
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.plan import Plan
from unisandbox.evaluation.protocol import Fault, JudgeRequest, Question, Reading
from unisandbox.evaluation.released import Words
from unisandbox.evaluation.run import questions_of, score
from unisandbox.evaluation.trials import Trials
from unisandbox.evaluation.verdicts import right_answers

Asked = Callable[[Item], tuple[Question, ...]]


class Knowing:
    """A judge that knows every picture of the canary, until it has read so many."""

    blind = True
    batch = 7

    def __init__(self, release: Path, until: int = 10**6) -> None:
        self._answers = {known.picture: right_answers(known.shows) for known in known_pictures(release)}
        self.read_so_far, self._until = 0, until

    def identity(self) -> dict[str, Any]:
        return {"kind": "knowing"}

    def read(self, requests: Sequence[JudgeRequest]) -> list[Reading | Fault]:
        self.read_so_far += len(requests)
        if self.read_so_far > self._until:
            return [Fault("bad_reply", "lost my glasses")] * len(requests)
        return [Reading(self._answers[request.picture]) for request in requests]

    def close(self) -> None:
        """Hold nothing."""


@pytest.fixture
def asked(scored_release: Path) -> Asked:
    return questions_of(Words(scored_release))


def test_a_good_judge_is_tried_before_and_after_and_both_are_kept(scored_release: Path, asked: Asked) -> None:
    judge = Knowing(scored_release)
    trials = Trials(judge, "knowing", scored_release, asked, {})
    trials.before()
    once = judge.read_so_far
    trials.before()
    assert judge.read_so_far == once > 0, "tried once, however many blocks a run has"
    trials.refuse(trials.after())
    assert trials.said.keys() == {"before", "after", "changed"}
    assert trials.said["changed"] == 0
    assert trials.said["before"]["shares"]["identity"] == 1.0


def test_a_judge_that_fails_afterwards_is_said_and_kept(scored_release: Path, asked: Asked) -> None:
    trials = Trials(Knowing(scored_release, until=len(known_pictures(scored_release))), "knowing", scored_release, asked, {})
    trials.before()
    second = trials.after()
    assert trials.said["changed"] == trials.said["before"]["pictures"]
    with pytest.raises(CanaryError, match=r"identity, after the run: found 0\.00 on .*lost my glasses"):
        trials.refuse(second)


def test_a_run_without_anything_to_judge_tries_nobody(scored_release: Path, asked: Asked) -> None:
    judge = Knowing(scored_release)
    trials = Trials(judge, "knowing", scored_release, asked, {"before": {"pictures": 60}})
    trials.refuse(trials.after())
    assert judge.read_so_far == 0
    assert trials.said == {"before": {"pictures": 60}}, "what an earlier part of the run found stands"


def test_a_judge_that_reads_nothing_stops_the_run_before_the_model_is_asked(scored_release: Path, tmp_path: Path) -> None:
    plan = Plan(data=scored_release, out=tmp_path / "run", model="baseline:oracle", judge="scripted:exact")
    with pytest.raises(CanaryError, match=r"--judge scripted:exact: identity, before the run: found 0\.00 on") as error:
        score(plan, lambda _: None)
    assert error.value.exit_code == 3
    assert (tmp_path / "run" / "generations.jsonl").read_bytes() == b""
