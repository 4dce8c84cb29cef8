"""Expressions: every rank is an expression of the asked value, no step is idle, ranks are undone."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisandbox.generators.expressions import (
    OPERATORS,
    SO_FAR,
    Step,
    applied,
    counts,
    in_symbols,
    nth_expression,
    rank_of_expression,
    signature_number,
    signatures,
    worked,
)

LARGEST = 20


def recomputed(steps: tuple[Step, ...]) -> int:
    """Work the steps out with Python's own arithmetic."""
    value = 0
    for step in steps:
        left, right = step.left or value, step.right or value
        exact = {
            "+": left + right,
            "-": left - right,
            "*": left * right,
            "/": left / right if right else 0,
            "%": left % right if right else 0,
            "^": left**right if right < 9 else 0,
            "√": left**0.5,
        }
        value = int(exact[step.operator])
        assert value == exact[step.operator] == step.value
    return value


@pytest.mark.parametrize("operations", [1, 2])
def test_every_rank_is_a_different_expression_of_its_value(operations: int) -> None:
    seen = 0
    for signature, value in itertools.product(signatures(operations), range(1, 7)):
        total = int(counts(LARGEST, operations)[signature_number(signature), value])
        made = [nth_expression(LARGEST, signature, value, rank) for rank in range(total)]
        assert len({in_symbols(steps) for steps in made}) == total
        assert all(recomputed(steps) == value for steps in made)
        seen += total
    assert seen > 250


def test_counts_are_those_of_a_plain_search() -> None:
    pairs = list(itertools.product(range(1, LARGEST + 1), repeat=2))
    expected = {
        "+": sum(left + right == 6 and left <= right for left, right in pairs),
        "-": sum(left - right == 6 for left, right in pairs),
        "*": sum(left * right == 6 and 1 < left <= right for left, right in pairs),
        "/": sum(left == 6 * right and right > 1 for left, right in pairs),
        "%": sum(left % right == 6 and left > right for left, right in pairs),
        "^": 0,
        "√": 0,  # 36 is above the largest number
    }
    assert dict(zip(OPERATORS, counts(LARGEST, 1)[:, 6].tolist(), strict=True)) == expected


@given(operations=st.integers(1, 5), data=st.data())
def test_ranks_are_undone(operations: int, data: st.DataObject) -> None:
    table = counts(50, operations)
    signature = data.draw(st.sampled_from([s for s in signatures(operations) if table[signature_number(s)][1:10].any()]))
    value = data.draw(st.sampled_from([v for v in range(1, 10) if table[signature_number(signature), v]]))
    rank = data.draw(st.integers(0, int(table[signature_number(signature), value]) - 1))
    steps = nth_expression(50, signature, value, rank)
    assert tuple(step.operator for step in steps) == signature
    assert rank_of_expression(50, steps) == rank
    assert recomputed(steps) == value


@pytest.mark.parametrize(
    ("operator", "left", "right"),
    [
        ("*", 7, 1),
        ("*", 1, 7),
        ("/", 7, 1),
        ("^", 7, 1),
        ("^", 1, 7),
        ("%", 3, 7),
        ("%", 7, 1),
        ("√", 1, 0),
        ("-", 7, 7),
        ("/", 7, 2),
    ],
)
def test_idle_and_inexact_steps_have_no_value(operator: str, left: int, right: int) -> None:
    assert applied(operator, left, right) == 0


def test_symbols_bracket_every_grown_operand() -> None:
    power = (Step("+", 1, 1, 2), Step("^", SO_FAR, 3, 8), Step("-", 20, SO_FAR, 12))
    assert in_symbols(power, (True, False, False)) == "20 - ((1 + 1)^3)"
    root = (Step("√", 16, 0, 4), Step("^", 2, SO_FAR, 16), Step("√", SO_FAR, 0, 4))
    assert in_symbols(root) == "√(2^(√16))"
    assert worked(root, (False,) * 3) == "√16 = 4. 2^4 = 16. √16 = 4."
