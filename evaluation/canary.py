"""Tries a judge on pictures of known truth, before a run and after it: a broken judge must not look like a bad model.

The pictures are the release's own reference pictures and near misses: nothing has to be drawn, and every release has its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from unisandbox.errors import CanaryError, DataError, Violation
from unisandbox.evaluation.calls import results_of
from unisandbox.evaluation.intake import Picture, take_in
from unisandbox.evaluation.items import Item, scored_items
from unisandbox.evaluation.pictures import Pictures
from unisandbox.evaluation.protocol import MATCH, Fault, Judge, JudgeRequest, Question, Reading
from unisandbox.evaluation.questions import COUNT, OBJECT, only_object
from unisandbox.evaluation.verdicts import compared
from unisandbox.schemas.manifest import read_manifest

T = TypeVar("T")
OF_OBJECTS, OF_PEOPLE = 36, 24  # pictures; 60 in all take a vision model seconds
SPLITS: Final = ("validation", "test")
NO_ITEMS: Final = ("vocabulary", "entities", "knowledge_corpus")  # configs that hold something else
SMALL_COUNT: Final = 4  # from 5 on vision models count badly, however well they run (CountQA; arXiv 2511.17722)
UNSUPPORTED: Final = "unsupported"  # a fault that is no sign of a broken judge: none of its kind can tell
CHOICE_MASS: Final = "probability on the choices"
# From what a share of right answers a judge is in order. Identity and small counts: what open models of seven thousand million
# parameters reach on plain pictures of few objects, with room below. Attributes: half of the values are small parts of a face.
# Probability: a model that puts less on the choices wanted to say something else, which points to a wrong chat template.
THRESHOLDS: Final[Mapping[str, float]] = {
    "identity": 0.95,
    f"count up to {SMALL_COUNT}": 0.90,
    "attributes": 0.80,
    MATCH: 0.90,
    CHOICE_MASS: 0.50,
}


class Known(NamedTuple):
    """A picture, the item that it belongs to, and what it shows: the item's target or that of a foil."""

    picture: bytes
    item: Item
    shows: Mapping[str, Any]


class Stratum(NamedTuple):
    """Pictures that ask the same of a judge: of a kind, with a count or an attribute, of a family or with a value."""

    kind: str
    part: str
    value: str


@dataclass(frozen=True, slots=True)
class Tried:
    """How a judge did.

    Attributes:
        shares: Share of right answers by kind of question; a picture of which it said nothing is not right.
        answers: What it answered about each picture, in order; None where it failed.
        faults: What went wrong with the others, but for what no judge of its kind can tell.
    """

    shares: Mapping[str, float]
    answers: tuple[Mapping[str, str] | None, ...]
    faults: tuple[str, ...]

    @property
    def failed(self) -> Mapping[str, float]:
        """The shares that are below their threshold."""
        return {name: share for name, share in self.shares.items() if share < THRESHOLDS.get(name, 0)}

    def as_json(self) -> dict[str, Any]:
        """Return what a record of a run keeps."""
        shares = {name: round(share, 4) for name, share in self.shares.items()}
        return {"pictures": len(self.answers), "shares": shares, "faults": len(self.faults), "failed": sorted(self.failed)}


def known_pictures(folder: Path) -> tuple[Known, ...]:
    """Return the 60 pictures of a release, or as many as it has: families, counts and attributes take turns, by sha256 of ids.

    They come from its validation and test splits, where it has them.

    Raises:
        DataError: There is no picture in them.
    """
    items = scored_items(folder, _splits(folder)).items
    shown = sorted(_shown(items), key=lambda one: _sha256(f"{one[0].id} {one[1]}"))
    strata: dict[Stratum, list[tuple[Item, int]]] = {}
    for item, foil in shown:
        strata.setdefault(_stratum(item, _target(item, foil)), []).append((item, foil))
    pictures, found = Pictures(), list[Known]()
    for kind, most in (("objects", OF_OBJECTS), ("portrait", OF_PEOPLE)):
        order = _in_order([stratum for stratum in strata if stratum.kind == kind])
        found += _pictured(_in_turn([strata[stratum] for stratum in order]), pictures, most)
    if not found:
        fix = "score without the canary (--no-canary), and calibrate the judge in another way"
        raise DataError(Violation(str(folder), "no pictures", "reference pictures of its items", fix))
    return tuple(found)


def tried(judge: Judge, pictures: Sequence[Known], questions: Callable[[Item], tuple[Question, ...]]) -> Tried:
    """Return how a judge does on pictures of known truth.

    A judge that is not blind is asked whether the picture is what the item wants, which a foil is not.
    """
    requests = [_request(judge, known, questions(known.item)) for known in pictures]
    readings: list[Reading | Fault] = []
    for start in range(0, len(requests), max(judge.batch, 1)):
        readings += results_of(judge.read, requests[start : start + judge.batch], Reading)
    marks: dict[str, list[float]] = {}
    for known, request, reading in zip(pictures, requests, readings, strict=True):
        for name, mark in _marks(known, request, reading):
            marks.setdefault(name, []).append(mark)
    shares = {name: sum(each) / len(each) for name, each in sorted(marks.items())}
    answers = tuple(None if isinstance(one, Fault) else dict(one.answers) for one in readings)
    faults = [one for one in readings if isinstance(one, Fault) and one.kind != UNSUPPORTED]
    return Tried(shares, answers, tuple(f"{one.kind}: {one.message}" for one in faults))


def refuse_failed(result: Tried, judge: str, when: str) -> None:
    """Raise `CanaryError` where a judge is below a threshold; `when` is before or after the run."""
    said = f"; first fault: {result.faults[0]}" if result.faults else ""
    fix = "check the judge's server, model and prompts before anything is scored with it"
    wrong = [
        Violation(
            f"--judge {judge}: {name}, {when} the run",
            f"{share:.2f} on {len(result.answers)} pictures of known truth{said}",
            f"{THRESHOLDS[name]:.2f} or more",
            fix,
        )
        for name, share in result.failed.items()
    ]
    if wrong:
        raise CanaryError(wrong)


def changed(before: Tried, after: Tried) -> int:
    """Return of how many pictures a judge said something else after the run than before it: its server may be another one now."""
    return sum(one != other for one, other in zip(before.answers, after.answers, strict=True))


def _splits(folder: Path) -> list[str]:
    """Return the splits to take: the usual ones, or else all test splits, or else all."""
    there: list[str] = sorted({shard.split for shard in read_manifest(folder).shards if shard.config not in NO_ITEMS})
    usual: list[str] = [split for split in SPLITS if split in there]
    return usual or [split for split in there if split.startswith("test")] or there


def _shown(items: Iterable[Item]) -> Iterator[tuple[Item, int]]:
    """Yield each picture that items may have: the item with -1 for the reference picture, or the number of a foil."""
    for item in items:
        if all(len(target["objects"]) == 1 for target in (item.target, *(foil["target"] for foil in item.foils))):
            yield from ((item, foil) for foil in range(-1, len(item.foils)))


def _target(item: Item, foil: int) -> Mapping[str, Any]:
    target: Mapping[str, Any] = item.target if foil < 0 else item.foils[foil]["target"]
    return target


def _stratum(item: Item, target: Mapping[str, Any]) -> Stratum:
    one = only_object(target)
    if target["kind"] == "objects":
        return Stratum("objects", str(one["count"]), item.family)
    attribute = one["attributes"][0]
    return Stratum(target["kind"], attribute["name"], attribute["value"])


def _in_order(strata: Sequence[Stratum]) -> list[Stratum]:
    """Return strata so that counts or attributes take turns, and in each of them families or values by sha256."""
    parts: dict[str, list[Stratum]] = {}
    for stratum in sorted(strata, key=lambda one: _sha256(" ".join(one))):
        parts.setdefault(stratum.part, []).append(stratum)
    return list(_in_turn([parts[part] for part in sorted(parts)]))


def _in_turn(lists: Sequence[Sequence[T]]) -> Iterator[T]:
    for row in zip_longest(*lists):
        yield from (one for one in row if one is not None)


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _pictured(chosen: Iterable[tuple[Item, int]], pictures: Pictures, most: int) -> Iterator[Known]:
    """Yield the first so many that have a picture."""
    left = most
    for item, foil in chosen:
        if not left:
            return
        picture = pictures.reference(item) if foil < 0 else pictures.foil(item, foil)
        taken = None if picture is None else take_in(picture, item.id)
        if isinstance(taken, Picture):
            left -= 1
            yield Known(taken.png, item, _target(item, foil))


def _request(judge: Judge, known: Known, asked: tuple[Question, ...]) -> JudgeRequest:
    prompt, gold = (None, None) if judge.blind else (known.item.literal, known.item.literal)
    return JudgeRequest(known.picture, known.item.target["kind"], asked, prompt, gold)


def _marks(known: Known, request: JudgeRequest, reading: Reading | Fault) -> Iterator[tuple[str, float]]:
    """Yield each kind of question that a picture asks, with 1 for a right answer, or with the probability on the choices."""
    if isinstance(reading, Fault) and reading.kind == UNSUPPORTED:
        return
    answers = {} if isinstance(reading, Fault) else reading.answers
    if MATCH in answers or request.gold is not None:
        yield MATCH, float(answers.get(MATCH) == ("yes" if known.shows == known.item.target else "no"))
        return
    parts = compared(answers, known.shows).parts if {one.name for one in request.questions} <= {*answers} else {}
    for question in request.questions:
        yield _kind(question.name, known.shows), float(parts.get(question.name, False))
    if isinstance(reading, Reading):
        yield from ((CHOICE_MASS, sum(told.values())) for told in reading.probabilities.values())


def _kind(question: str, shows: Mapping[str, Any]) -> str:
    if question == OBJECT:
        return "identity"
    if question == COUNT:
        few = only_object(shows)["count"] <= SMALL_COUNT
        return f"count up to {SMALL_COUNT}" if few else f"count above {SMALL_COUNT}"
    return "attributes"
