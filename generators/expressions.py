"""Arithmetic expressions that grow by one operation a step, counted and unranked exactly.

An expression starts with one operation on plain numbers; each further step applies an operation to the value so far and, but
for the root, one more number. Every value on the way is a whole number from 1 to `largest`, and no step is idle (`x * 1`, `x
/ 1`, `x ^ 1`, the remainder of something smaller, `√1`). The expressions of a *signature* (operators, first step first) and a
value are counted by one matrix a step, so that any of them is reached by its rank without listing the others.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

OPERATORS = ("+", "-", "*", "/", "%", "^", "√")
FUNCTIONS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo", "^": "power", "√": "sqrt"}
SO_FAR = 0  # stands for the value so far among the operands, which are 1 or more
LARGEST_POWER = 8

Counts = npt.NDArray[np.int64]


class Step(NamedTuple):
    """One operation: its operands (`SO_FAR` for the value so far; `right` is `SO_FAR` too for the root) and its value."""

    operator: str
    left: int
    right: int
    value: int


def applied(operator: str, left: int, right: int) -> int:
    """Return the value of an operation, or 0 where it is idle or gives no whole number from 1 up; the root ignores `right`.

    >>> applied("/", 8, 4), applied("/", 8, 3), applied("*", 8, 1), applied("√", 16, 0)
    (2, 0, 0, 4)
    """
    if operator == "√":
        root = round(left**0.5)
        return root if root * root == left and root > 1 else 0
    if operator == "+":
        return left + right
    if operator == "-":
        return max(left - right, 0)
    return _scaled(operator, left, right) if left > 1 and right > 1 else 0


def _scaled(operator: str, left: int, right: int) -> int:
    if operator == "*":
        return left * right
    if operator == "/":
        return left // right if left % right == 0 else 0
    if operator == "%":
        return left % right if left > right else 0
    return left**right if right < LARGEST_POWER else 0


@lru_cache(maxsize=8)
def _entries(largest: int, *, first: bool) -> dict[tuple[str, int], list[tuple[int, Step]]]:
    """Return, for each operator and value, the steps that end there and the value before each (SO_FAR for a first step)."""
    found: dict[tuple[str, int], list[tuple[int, Step]]] = {
        (operator, value): [] for operator in OPERATORS for value in range(1, largest + 1)
    }
    numbers = range(1, largest + 1)
    for operator, left, right in itertools.product(OPERATORS, numbers, numbers):
        value = applied(operator, left, right)
        if not 1 <= value <= largest or (operator == "√" and right > 1):
            continue
        for entry in _steps(operator, left, right, value, first=first):
            found[operator, value].append(entry)
    return found


def _steps(operator: str, left: int, right: int, value: int, *, first: bool) -> list[tuple[int, Step]]:
    """Return the steps of one operation; operands of + and * have one order only, the value so far on the left."""
    if operator == "√":
        return [(SO_FAR if first else left, Step(operator, left if first else SO_FAR, SO_FAR, value))]
    commutes = operator in "+*"
    if first:
        return [] if commutes and left > right else [(SO_FAR, Step(operator, left, right, value))]
    grown_left = (left, Step(operator, SO_FAR, right, value))
    return [grown_left] if commutes else [grown_left, (right, Step(operator, left, SO_FAR, value))]


@lru_cache(maxsize=8)
def _matrices(largest: int) -> dict[str, Counts]:
    """Return a matrix an operator: how many steps lead from the value before (column) to the value (row)."""
    matrices = {operator: np.zeros((largest + 1, largest + 1), np.int64) for operator in OPERATORS}
    for (operator, value), entries in _entries(largest, first=False).items():
        for before, _ in entries:
            matrices[operator][value, before] += 1
    return matrices


@lru_cache(maxsize=16)
def counts(largest: int, operations: int) -> Counts:
    """Return how many expressions have each signature (row, by `signature_number`) and value 0 … largest (column).

    int64 holds them: five operations on numbers to 99 give fewer than 2**50 of one signature and value.
    """
    if operations > 1:
        before, matrices = counts(largest, operations - 1), _matrices(largest)
        grown = np.stack([before @ matrices[operator].T for operator in OPERATORS], axis=1)
        return grown.reshape(-1, largest + 1)
    entries = _entries(largest, first=True)
    return np.array(
        [[len(entries.get((operator, value), ())) for value in range(largest + 1)] for operator in OPERATORS], np.int64
    )


class Presented(NamedTuple):
    """An expression as an item shows it: its steps, which of them swap their operands, and its texts; `key` swaps none."""

    steps: tuple[Step, ...]
    swapped: tuple[bool, ...]
    symbols: str
    functions: str
    key: str
    worked: str


@lru_cache(maxsize=2**15)  # an expression recurs with other objects, at level 1 all the time
def presented(largest: int, signature: tuple[str, ...], value: int, rank: int, swaps: int) -> Presented:
    """Return the expression at a rank; bit i of `swaps` says whether step i swaps the operands of + or *."""
    steps = nth_expression(largest, signature, value, rank)
    swapped = tuple([swaps >> place & 1 == 1 for place in range(len(steps))])
    texts = in_symbols(steps, swapped), in_functions(steps, swapped), in_symbols(steps), worked(steps, swapped)
    return Presented(steps, swapped, *texts)


def signature_number(signature: Sequence[str]) -> int:
    """Return the place of a signature among all of its length, in the order of `OPERATORS`, first step first.

    >>> signature_number(("+", "-"))
    1
    """
    number = 0
    for operator in signature:
        number = number * len(OPERATORS) + OPERATORS.index(operator)
    return number


@lru_cache(maxsize=8)
def signatures(operations: int) -> tuple[tuple[str, ...], ...]:
    """Return all operator sequences of this many operations, by `signature_number`."""
    return tuple(itertools.product(OPERATORS, repeat=operations))


@lru_cache(maxsize=2**15)
def _starts(largest: int, signature: tuple[str, ...], value: int) -> list[int]:
    """Return the first rank of each last step of a signature and value."""
    entries = _entries(largest, first=len(signature) == 1)[signature[-1], value]
    weights = [1] * len(entries)
    if len(signature) > 1:
        below = counts(largest, len(signature) - 1)[signature_number(signature[:-1])].tolist()
        weights = [below[before] for before, _ in entries]
    return [0, *itertools.accumulate(weights)][:-1]


def nth_expression(largest: int, signature: tuple[str, ...], value: int, rank: int) -> tuple[Step, ...]:
    """Return the expression at this rank, as its steps in the order in which they are worked out.

    >>> nth_expression(20, ("√", "-"), 2, 0)[0].operator
    '√'
    """
    steps = []
    for length in range(len(signature), 0, -1):
        starts = _starts(largest, signature[:length], value)
        place = bisect_right(starts, rank) - 1
        value_before, step = _entries(largest, first=length == 1)[signature[length - 1], value][place]
        rank -= starts[place]
        steps.append(step)
        value = value_before
    return tuple(steps[::-1])


def rank_of_expression(largest: int, steps: Sequence[Step]) -> int:
    """Return the rank of an expression among those of its signature and value; undoes `nth_expression`."""
    rank, before = 0, SO_FAR
    for length, step in enumerate(steps, start=1):
        signature = tuple(done.operator for done in steps[:length])
        entries = _entries(largest, first=length == 1)[step.operator, step.value]
        rank += _starts(largest, signature, step.value)[entries.index((before, step))]
        before = step.value
    return rank


def in_symbols(steps: tuple[Step, ...], swapped: tuple[bool, ...] = ()) -> str:
    """Return the expression in symbols, every grown operand in brackets.

    Args:
        steps: The steps, in working order.
        swapped: For each step, whether the operands of + or * change places; none by default: the canonical form.

    >>> in_symbols((Step("√", 16, 0, 4), Step("-", 0, 2, 2)))
    '√16 - 2'
    """
    text = ""
    for step, swap in zip(steps, swapped or (False,) * len(steps), strict=True):
        operator = step.operator
        text = _operation(operator, _operand(step.left, operator, text), _operand(step.right, operator, text), swap)
    return text


def _operation(operator: str, left: str, right: str, swap: bool) -> str:
    """Return an operation on two texts; the root has its operand on the left."""
    if operator == "√":
        return f"√{left}"
    if swap and operator in "+*":
        left, right = right, left
    return f"{left}^{right}" if operator == "^" else f"{left} {operator} {right}"


def _operand(number: int, operator: str, grown: str) -> str:
    """Return a number, or what has grown so far: in brackets, but for a root of a number beside + - * / %."""
    if number != SO_FAR or not grown:
        return str(number)
    is_root = grown[0] == "√" and grown[1:].isdigit()
    return grown if is_root and operator not in "√^" else f"({grown})"


def in_functions(steps: Sequence[Step], swapped: Sequence[bool]) -> str:
    """Return an expression as nested function calls.

    >>> in_functions([Step("+", 3, 5, 8), Step("/", 0, 2, 4)], [False, False])
    'divide(add(3, 5), 2)'
    """
    text = ""
    for step, swap in zip(steps, swapped, strict=True):
        left = str(step.left) if step.left != SO_FAR else text
        if step.operator == "√":
            text = f"sqrt({left})"
            continue
        right = str(step.right) if step.right != SO_FAR else text
        if swap and step.operator in "+*":
            left, right = right, left
        text = f"{FUNCTIONS[step.operator]}({left}, {right})"
    return text


def worked(steps: tuple[Step, ...], swapped: tuple[bool, ...]) -> str:
    """Return the steps as equations, in working order.

    >>> worked((Step("+", 3, 5, 8), Step("/", 0, 2, 4)), (True, False))
    '5 + 3 = 8. 8 / 2 = 4.'
    """
    told, so_far = [], 0
    for step, swap in zip(steps, swapped, strict=True):
        left, right = step.left or so_far, step.right or so_far
        told.append(f"{_operation(step.operator, str(left), str(right), swap)} = {step.value}.")
        so_far = step.value
    return " ".join(told)
