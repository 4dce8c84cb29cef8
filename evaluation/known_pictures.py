"""Pictures of known truth, read by a judge: a release's reference pictures and foils, or pictures that people have labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

from unisandbox.evaluation.calls import results_of
from unisandbox.evaluation.intake import take_in
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.pictures import Pictures
from unisandbox.evaluation.protocol import MATCH, Fault, Judge, JudgeRequest, Question, Reading
from unisandbox.evaluation.verdicts import compared, right_answers

REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class KnownPicture:
    """A picture and what it shows.

    Attributes:
        item: The item that it is taken as a picture of.
        source: What it is, for people.
        content: The picture file.
        shows: Question name -> what it really shows.
        is_right: Whether that is what the item wants.
    """

    item: Item
    source: str
    content: bytes
    shows: Mapping[str, str]
    is_right: bool


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """A picture of known truth as a judge read it; `seen_right` is None where it failed."""

    picture: KnownPicture
    answers: Mapping[str, str]
    seen_right: bool | None
    fault: Fault | None = None


def rendered(items: Iterable[Item]) -> Iterator[KnownPicture]:
    """Yield the reference picture of each item, which is right, and its foils, which are wrong, where there are pictures."""
    pictures = Pictures()
    for item in items:
        content = pictures.reference(item)
        if content is not None:
            yield KnownPicture(item, REFERENCE, content, right_answers(item.target), is_right=True)
        for number, foil in enumerate(item.foils):
            content = pictures.foil(item, number)
            if content is not None:
                yield KnownPicture(item, foil["change"], content, right_answers(foil["target"]), is_right=False)


def read_pictures(
    judge: Judge, known: Iterable[KnownPicture], questions: Callable[[Item], Sequence[Question]], workers: int = 1
) -> Iterator[ReadPicture]:
    """Yield what a judge reads in pictures, in order; only so many are in memory as the judge takes at once for each thread."""
    waiting = iter(known)
    with ThreadPoolExecutor(max(workers, 1)) as pool:
        while together := list(islice(waiting, max(judge.batch, 1) * max(workers, 1))):
            batches = [together[start : start + max(judge.batch, 1)] for start in range(0, len(together), max(judge.batch, 1))]
            for read in pool.map(lambda batch: _read(judge, batch, questions), batches):
                yield from read


def _read(judge: Judge, batch: Sequence[KnownPicture], questions: Callable[[Item], Sequence[Question]]) -> list[ReadPicture]:
    taken = [take_in(one.content, f"{one.item.id}, {one.source}") for one in batch]
    requests = [
        JudgeRequest(
            found.png,
            one.item.target["kind"],
            tuple(questions(one.item)),
            None if judge.blind else one.item.draw,
            None if judge.blind else one.item.literal,
        )
        for one, found in zip(batch, taken, strict=True)
        if not isinstance(found, Fault)
    ]
    said = iter(results_of(judge.read, requests, Reading))
    results: list[Any] = [found if isinstance(found, Fault) else next(said) for found in taken]
    return [_compared(one, result) for one, result in zip(batch, results, strict=True)]


def _compared(picture: KnownPicture, result: Reading | Fault) -> ReadPicture:
    if isinstance(result, Fault):
        return ReadPicture(picture, {}, None, result)
    if MATCH in result.answers:
        return ReadPicture(picture, {}, result.answers[MATCH] == "yes")
    try:
        return ReadPicture(picture, result.answers, compared(result.answers, picture.item.target).correct)
    except ValueError as error:
        return ReadPicture(picture, {}, None, Fault("bad_reply", str(error)))
