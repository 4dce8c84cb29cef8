from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisandbox.errors import DataError
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.questions import COUNTS, DISTRACTORS, SEVERAL, SOMETHING_ELSE, questions
from unisandbox.evaluation.verdicts import right_answers

NOUNS = tuple(sorted(f"thing {chr(97 + first)}{chr(97 + second)}" for first in range(6) for second in range(6)))
APPEARANCE = {"hat": ("none", "cap", "beanie"), "glasses": ("none", "round")}


def objects(name: str, count: int) -> dict[str, Any]:
    return {"kind": "objects", "objects": [{"name": name, "count": count, "attributes": []}]}


def person(**values: str) -> dict[str, Any]:
    attributes = [{"name": name, "value": value} for name, value in values.items()]
    return {"kind": "portrait", "objects": [{"name": "person", "count": 1, "attributes": attributes}]}


def item(
    target: dict[str, Any], *foils: dict[str, Any], choices: tuple[str, ...] = ("2", "3"), name: str = "math/1/test/000001"
) -> Item:
    return Item(
        id=name,
        family="math",
        level=1,
        split="test",
        group=name,
        cluster="c",
        draw="Draw.",
        literal="Draw it.",
        ask="What?",
        answer=choices[0],
        choices=choices,
        chance=0.5,
        target=target,
        factors={},
        foils=tuple({"change": "other", "target": foil} for foil in foils),
    )


def swapped(one: Item, number: int) -> Item:
    """The item whose target is a foil of this one, and whose foil is this one's target."""
    foils = list(one.foils)
    foils[number] = {"change": "back", "target": one.target}
    return replace(one, target=one.foils[number]["target"], foils=tuple(foils))


two_nouns = st.lists(st.sampled_from(NOUNS), min_size=2, max_size=4, unique=True)


@given(names=two_nouns, count=st.integers(1, 9), number=st.integers(0, 999_999))
def test_an_item_and_its_foil_are_asked_the_same(names: list[str], count: int, number: int) -> None:
    one = item(
        objects(names[0], count),
        objects(names[0], count + 1),
        *(objects(name, count) for name in names[1:]),
        name=f"math/1/test/{number:06}",
    )
    asked = questions(one, NOUNS, APPEARANCE)
    assert [question.name for question in asked] == ["object", "count"]
    for foil in range(len(one.foils)):
        assert questions(swapped(one, foil), NOUNS, APPEARANCE) == asked


@given(values=st.lists(st.sampled_from(["none", "cap", "beanie", "top hat"]), min_size=2, max_size=2, unique=True))
def test_a_portrait_and_its_foil_are_asked_the_same(values: list[str]) -> None:
    one = item(person(hat=values[0], glasses="round"), person(hat=values[1], glasses="round"))
    asked = questions(one, NOUNS, APPEARANCE)
    assert questions(swapped(one, 0), NOUNS, APPEARANCE) == asked
    assert [question.name for question in asked] == ["hat", "glasses"]
    assert {*values} <= {*asked[0].choices}
    assert asked[1].choices == ("none", "round")


@given(names=two_nouns, number=st.integers(0, 999_999))
def test_the_right_answer_is_among_the_choices_and_their_order_does_not_tell_which(names: list[str], number: int) -> None:
    one = item(objects(names[0], 2), objects(names[1], 2), name=f"math/1/test/{number:06}")
    asked = {question.name: question.choices for question in questions(one, NOUNS, APPEARANCE)}
    assert all(answer in asked[name] for name, answer in right_answers(one.target).items())
    *things, last_but_one, last = asked["object"]
    assert things == sorted(set(things))
    assert (last_but_one, last) == (SOMETHING_ELSE, SEVERAL)
    assert len(things) == DISTRACTORS + 2
    assert asked["count"] == COUNTS == (*map(str, range(21)), "more than 20")


def test_choices_that_are_objects_are_asked_and_other_choices_are_not() -> None:
    one = item(objects(NOUNS[0], 1), choices=(NOUNS[0], NOUNS[9], "a number"))
    things = questions(one, NOUNS, APPEARANCE)[0].choices
    assert NOUNS[9] in things
    assert "a number" not in things


def test_other_items_have_other_distractors_and_no_order_of_the_vocabulary_changes_them() -> None:
    first, second = (item(objects(NOUNS[0], 1), name=f"math/1/test/00000{number}") for number in (1, 2))
    assert questions(first, NOUNS, {})[0] != questions(second, NOUNS, {})[0]
    assert questions(first, NOUNS[::-1], {}) == questions(first, NOUNS, {})


def test_a_small_vocabulary_is_asked_whole() -> None:
    asked = questions(item(objects("apple", 1)), ("apple", "kiwi", "pear"), {})
    assert asked[0].choices == ("apple", "kiwi", "pear", SOMETHING_ELSE, SEVERAL)


def test_an_attribute_that_no_character_has_is_asked_with_what_the_item_names() -> None:
    assert questions(item(person(eyes="blue"), person(eyes="green")), NOUNS, {})[0].choices == ("blue", "green")


def test_a_target_of_several_kinds_is_refused() -> None:
    several = {"kind": "objects", "objects": [*objects("apple", 1)["objects"], *objects("kiwi", 1)["objects"]]}
    with pytest.raises(DataError, match=r"math/1/test/000001: target\.objects: found 2 kinds"):
        questions(item(several), NOUNS, {})
