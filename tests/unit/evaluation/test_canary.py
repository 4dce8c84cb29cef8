from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from unisandbox.errors import CanaryError, DataError
from unisandbox.evaluation.canary import THRESHOLDS, Known, Tried, changed, known_pictures, refuse_failed, tried
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.protocol import Fault, JudgeRequest, Question, Reading
from unisandbox.evaluation.questions import questions
from unisandbox.evaluation.released import characters_of, nouns_of, values_of
from unisandbox.evaluation.verdicts import right_answers

Asking = Callable[[Item], tuple[Question, ...]]


@pytest.fixture(scope="module")
def asking(scored_release: Path) -> Asking:
    vocabulary, appearance = tuple(nouns_of(scored_release)), values_of(characters_of(scored_release))
    return lambda item: questions(item, vocabulary, appearance)


@pytest.fixture(scope="module")
def pictures(scored_release: Path) -> tuple[Known, ...]:
    return known_pictures(scored_release)


@dataclass
class Knows:
    """A judge that knows what each picture shows, and errs in a way that it is told."""

    pictures: Sequence[Known]
    errs: Callable[[int, dict[str, str]], dict[str, str] | Fault | None] = lambda *_: None
    blind: bool = True
    batch: int = 7
    mass: float | None = None
    at: int = 0

    def identity(self) -> Mapping[str, Any]:
        return {"kind": "knows"}

    def close(self) -> None: ...

    def read(self, requests: Sequence[JudgeRequest]) -> Sequence[Reading | Fault]:
        found = [self._read(request, self.pictures[self.at + step]) for step, request in enumerate(requests)]
        self.at += len(requests)
        return found

    def _read(self, request: JudgeRequest, known: Known) -> Reading | Fault:
        assert request.picture == known.picture
        if not self.blind:
            assert request.gold == known.item.literal
            return Reading({"match": "yes" if known.shows == known.item.target else "no"})
        assert request.gold is None
        answers = right_answers(known.shows)
        said = self.errs(self.at, answers) or answers
        if isinstance(said, Fault):
            return said
        told = {} if self.mass is None else {name: {answer: self.mass} for name, answer in said.items()}
        return Reading(said, told)


def test_the_pictures_are_the_same_each_time_and_show_all_that_is_asked(
    pictures: tuple[Known, ...], scored_release: Path
) -> None:
    assert known_pictures(scored_release) == pictures
    assert {one.item.family for one in pictures} == {"math", "mapping", "knowledge"}
    kinds = Counter(one.shows["kind"] for one in pictures)
    assert kinds == {"objects": 36, "portrait": 16}  # the release has no more portraits
    assert {one.shows["objects"][0]["count"] for one in pictures if one.shows["kind"] == "objects"} == {1, 2, 3, 4, 5, 6}
    assert {one.shows == one.item.target for one in pictures} == {True, False}
    assert len({(one.item.id, str(one.shows)) for one in pictures}) == len(pictures)


@pytest.mark.xdist_group("default_release")
def test_the_default_release_has_sixty_of_them(default_release: Path) -> None:
    pictures = known_pictures(default_release)
    assert len(pictures) == 60
    shown = [one.shows["objects"][0] for one in pictures]
    assert {one["count"] for one in shown} >= {*range(1, 8)}
    assert len({attribute["name"] for one in shown for attribute in one["attributes"]}) == 6


def test_a_judge_that_reads_right_passes(pictures: tuple[Known, ...], asking: Asking) -> None:
    result = tried(Knows(pictures, mass=0.9), pictures, asking)
    wanted = ["attributes", "count above 4", "count up to 4", "identity"]
    assert result.shares == {**dict.fromkeys(wanted, 1.0), "probability on the choices": pytest.approx(0.9)}
    refuse_failed(result, "knows", "before")
    shares = {**dict.fromkeys(wanted, 1.0), "probability on the choices": 0.9}
    assert result.as_json() == {"pictures": 52, "shares": shares, "faults": 0, "failed": []}


def always(name: str, answer: str) -> Callable[[int, dict[str, str]], dict[str, str]]:
    return lambda _, answers: {**answers, **({name: answer} if name in answers else {})}


@pytest.mark.parametrize(
    ("judge", "failed"),
    [
        ({"errs": always("object", "something else")}, ["identity"]),
        ({"errs": always("count", "1")}, ["count up to 4"]),
        ({"errs": always("glasses", "none")}, ["attributes"]),
        ({"mass": 0.3}, ["probability on the choices"]),
        ({"errs": lambda *_: Fault("unavailable", "503")}, ["attributes", "count up to 4", "identity"]),
    ],
    ids=["names nothing", "sees one of everything", "sees no glasses", "wanted to say something else", "says nothing"],
)
def test_a_broken_judge_is_refused_with_what_failed(
    judge: dict[str, Any], failed: list[str], pictures: tuple[Known, ...], asking: Asking
) -> None:
    result = tried(Knows(pictures, **judge), pictures, asking)
    assert sorted(result.failed) == failed
    with pytest.raises(CanaryError) as caught:
        refuse_failed(result, "knows", "before")
    assert caught.value.exit_code == 3
    named = [violation.where for violation in caught.value.violations]
    assert named == [f"--judge knows: {name}, before the run" for name in failed]


def test_the_first_fault_is_told(pictures: tuple[Known, ...], asking: Asking) -> None:
    result = tried(Knows(pictures, errs=lambda *_: Fault("unavailable", "503 from the server")), pictures, asking)
    assert len(result.faults) == len(pictures)
    with pytest.raises(CanaryError, match="first fault: unavailable: 503 from the server"):
        refuse_failed(result, "knows", "before")


def test_large_counts_are_reported_and_never_refused(pictures: tuple[Known, ...], asking: Asking) -> None:
    result = tried(
        Knows(pictures, errs=lambda _, answers: {**answers, **({"count": "9"} if answers.get("count", "") > "4" else {})}),
        pictures,
        asking,
    )
    assert result.shares["count above 4"] == 0
    assert not result.failed
    assert "count above 4" not in THRESHOLDS


def test_a_judge_that_compares_by_itself_is_asked_for_right_and_wrong_pictures(
    pictures: tuple[Known, ...], asking: Asking
) -> None:
    assert tried(Knows(pictures, blind=False), pictures, asking).shares == {"match": 1.0}

    class Agrees(Knows):
        def read(self, requests: Sequence[JudgeRequest]) -> Sequence[Reading | Fault]:
            return [Reading({"match": "yes"})] * len(requests)

    assert "match" in tried(Agrees(pictures, blind=False), pictures, asking).failed


def test_answers_that_change_between_two_tries_are_counted(pictures: tuple[Known, ...], asking: Asking) -> None:
    before = tried(Knows(pictures), pictures, asking)
    after = tried(Knows(pictures, errs=lambda at, _: Fault("timeout", "") if at >= 49 else None), pictures, asking)
    assert changed(before, before) == 0
    assert changed(before, after) == 3
    assert isinstance(before, Tried)


def test_a_release_without_pictures_is_refused(release: Any) -> None:
    with pytest.raises(DataError, match="no pictures"):
        known_pictures(release()[0])
