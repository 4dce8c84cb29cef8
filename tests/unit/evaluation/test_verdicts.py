from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisandbox.errors import DataError
from unisandbox.evaluation.questions import SEVERAL, UNREADABLE
from unisandbox.evaluation.verdicts import compared, right_answers

THREE = {"kind": "objects", "objects": [{"name": "apple", "count": 3, "attributes": []}]}
LOOKS = [{"name": "hat", "value": "cap"}, {"name": "glasses", "value": "none"}]
PERSON = {"kind": "portrait", "objects": [{"name": "person", "count": 1, "attributes": LOOKS}]}


@pytest.mark.parametrize(
    ("answers", "parts"),
    [
        ({"object": "apple", "count": "3"}, {"object": True, "count": True}),
        ({"object": "apple", "count": "03"}, {"object": True, "count": True}),
        ({"object": "apple", "count": "4"}, {"object": True, "count": False}),
        ({"object": "pear", "count": "3"}, {"object": False, "count": True}),
        ({"object": SEVERAL, "count": "3"}, {"object": False, "count": True}),
        ({"object": "something else", "count": "0"}, {"object": False, "count": False}),
        ({"object": "apple", "count": "many"}, {"object": True, "count": False}),
        ({"object": "apple", "count": "more than 20"}, {"object": True, "count": False}),
        ({"object": "apple", "count": "3", "hat": "cap"}, {"object": True, "count": True}),
    ],
)
def test_objects_are_compared_part_by_part(answers: dict[str, str], parts: dict[str, bool]) -> None:
    found = compared(answers, THREE)
    assert found.parts == parts
    assert found.correct is all(parts.values())


@pytest.mark.parametrize(
    ("answers", "parts"),
    [
        ({"hat": "cap", "glasses": "none"}, {"hat": True, "glasses": True}),
        ({"hat": "none", "glasses": "none"}, {"hat": False, "glasses": True}),
        ({"hat": UNREADABLE, "glasses": UNREADABLE}, {"hat": False, "glasses": False}),
    ],
)
def test_persons_are_compared_attribute_by_attribute(answers: dict[str, str], parts: dict[str, bool]) -> None:
    assert compared(answers, PERSON).parts == parts


@given(count=st.integers(1, 40), seen=st.integers(0, 40))
def test_counts_beyond_the_choices_are_all_one(count: int, seen: int) -> None:
    target = {"kind": "objects", "objects": [{"name": "apple", "count": count, "attributes": []}]}
    right = count == seen or (count > 20 and seen > 20)
    assert compared({"object": "apple", "count": str(seen)}, target).correct is right


@pytest.mark.parametrize("target", [THREE, PERSON])
def test_the_right_answers_are_right(target: dict[str, Any]) -> None:
    assert compared(right_answers(target), target).correct


def test_no_answer_is_no_wrong_picture() -> None:
    with pytest.raises(ValueError, match="no answer to count"):
        compared({"object": "apple"}, THREE)


def test_a_target_of_several_kinds_is_refused() -> None:
    with pytest.raises(DataError, match="2 kinds"):
        compared({"object": "apple", "count": "3"}, {"kind": "objects", "objects": THREE["objects"] * 2})
