"""`math`: balanced answers and templates, operators that do not tell, keys in the bin that can be told from them alone."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from unisandbox.generators.expressions import nth_expression
from unisandbox.generators.families.base import Part
from unisandbox.generators.families.math import Math
from unisandbox.generators.rows import rows


def part(level: int, split: str, *held_out: str, **changes: Any) -> Part:
    values = {"line": "test-line", "seed": 5, "edition": 0, "editions": 4, "family": "math", "canary": "c", **changes}
    return Part(level=level, split=split, held_out=held_out, **values)


@pytest.mark.parametrize("count", [1, 7, 100, 499])
def test_answers_and_templates_of_every_prefix_are_balanced(count: int) -> None:
    items = list(rows(Math(), part(2, "train"), 0, count))
    for values, most in (([item.answer for item in items], 6), ([item.cluster for item in items], 23)):
        counts = Counter(values)
        assert max(counts.values()) - (min(counts.values()) if len(counts) == most else 0) <= 1


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_the_test_bin_holds_at_least_fifty_expressions(level: int) -> None:
    space = Math().space(part(level, "test", "key"))
    assert sum(int(cells.keys.sum()) for cells in space.cells) >= 50


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_bin_of_a_key_is_told_by_the_key_alone(level: int) -> None:
    family = Math()
    for split, held_out in (("train", ()), ("validation", ("key",)), ("test_novel_objects", ("key", "object"))):
        asked = part(level, split, *held_out)
        for point in family.space(asked).points(0, 60):
            chosen = point.values
            steps = nth_expression(family.largest_number, chosen.operators, chosen.answer, chosen.rank)
            assert family.bin_of("test-line", 5, list(steps)) == asked.key_bin


def test_train_uses_every_operator_and_tests_only_those_that_do_not_tell() -> None:
    trained = Counter(item.factors.operators for item in rows(Math(), part(1, "train"), 0, 600))
    assert {operators[0] for operators in trained} == set("+-*/%^√")
    for level in (1, 2, 3):
        reached: dict[tuple[str, ...], set[str]] = {}
        space = Math().space(part(level, "test", "key"))
        for answer, cells in zip(space.answers, space.cells, strict=True):
            for signature in cells.signatures.tolist():
                reached.setdefault(signature, set()).add(str(answer))
        assert reached
        assert min(len(answers) for answers in reached.values()) >= 5


def test_two_different_operators_from_level_two_on() -> None:
    for level in (2, 3, 4):
        items = list(rows(Math(), part(level, "train"), 0, 300))
        assert all(len(set(item.factors.operators)) > 1 and len(item.factors.operators) == level for item in items)


def test_novel_objects_and_templates_are_none_of_trains() -> None:
    seen = list(rows(Math(), part(1, "train"), 0, 3000))
    novel = list(rows(Math(), part(1, "test_novel_objects", "key", "object"), 0, 300))
    worded = list(rows(Math(), part(1, "test_novel_templates", "key", "template"), 0, 300))
    assert not {item.factors.objects for item in seen} & {item.factors.objects for item in novel}
    assert not {name for item in seen for name in item.factors.templates} & {
        name for item in worded for name in item.factors.templates
    }


def test_answers_up_to_nine_are_an_option() -> None:
    items = list(rows(Math(answers=(1, 9)), part(2, "test", "key"), 0, 90))
    assert Counter(item.answer for item in items) == {str(answer): 10 for answer in range(1, 10)}
    assert {item.chance for item in items} == {1 / 9}


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"answers": (1, 10)}, "answers"),
        ({"answers": (4, 4)}, "answers"),
        ({"largest_number": 100}, "largest_number"),
        ({"test_share": 0.0}, "test_share"),
        ({"novel_objects_share": 0.9}, "novel_objects_share"),
    ],
)
def test_options_out_of_range_are_named(options: dict[str, Any], named: str) -> None:
    assert [fault.where for fault in Math(**options).faults()] == [named]
