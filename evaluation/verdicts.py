"""Compares what a judge read in a picture with what the picture should show, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unisandbox.evaluation.questions import COUNT, OBJECT, count_answer, only_object


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which parts of a picture are right: `object` and `count`, or each attribute of a person that was asked for."""

    parts: Mapping[str, bool]

    @property
    def correct(self) -> bool:
        """Whether all of it is right; there is no half a picture."""
        return all(self.parts.values())


def compared(answers: Mapping[str, str], target: Mapping[str, Any]) -> Comparison:
    """Return how a judge's answers compare with a target; other objects beside the right ones make the object wrong.

    Args:
        answers: Question name -> answer, as in a `Reading`; more answers than the target asks for are not looked at.
        target: One kind of object, or one person.

    Raises:
        DataError: The target shows several kinds.
        ValueError: An answer is missing: that is no wrong picture, but a judge that did not answer.

    >>> three = {"kind": "objects", "objects": [{"name": "apple", "count": 3, "attributes": []}]}
    >>> compared({"object": "apple", "count": "3"}, three).correct
    True
    >>> compared({"object": "several kinds of objects", "count": "3"}, three).parts
    {'object': False, 'count': True}
    """
    right = right_answers(target)
    missing = [name for name in right if name not in answers]
    if missing:
        raise ValueError(f"no answer to {', '.join(missing)}")
    return Comparison({name: _normal(name, answers[name]) == value for name, value in right.items()})


def right_answers(target: Mapping[str, Any]) -> dict[str, str]:
    """Return question name -> right answer of a target; raises `DataError` where it shows several kinds.

    >>> right_answers({"kind": "objects", "objects": [{"name": "apple", "count": 3, "attributes": []}]})
    {'object': 'apple', 'count': '3'}
    """
    one = only_object(target)
    if target["kind"] == "objects":
        counted = {} if one["count"] is None else {COUNT: count_answer(one["count"])}  # other people's files may leave it open
        return {OBJECT: one["name"], **counted}
    return {attribute["name"]: attribute["value"] for attribute in one["attributes"]}


def _normal(name: str, answer: str) -> str:
    """Return an answer as a choice says it: a judge may count beyond the choices."""
    return counted_as(answer) if name == COUNT else answer


def counted_as(answer: str) -> str:
    """Return the choice of a count that an answer stands for: a judge may count beyond the choices.

    >>> counted_as("23"), counted_as("3")
    ('more than 20', '3')
    """
    return count_answer(int(answer)) if answer.isdecimal() else answer
