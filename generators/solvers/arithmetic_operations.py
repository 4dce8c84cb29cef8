"""What each operator computes: exact rational arithmetic, within bounds that keep hostile texts cheap.

Whole numbers stay plain integers as long as they can; an operation without one exact, undisputed value is an error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from unisandbox.generators.solvers.reading import UnreadableError

Number = int | Fraction

LARGEST_EXPONENT = 64
LARGEST_FACTORIAL = 20
LARGEST_VALUE = 10**30


def applied(operator: str, left: Number, right: Number) -> Number:
    """Return the value of an operation; those on one number leave out `right`.

    Raises:
        UnreadableError: It has no value, or no exact or undisputed one, or a huge one.

    >>> applied("/", 11, 4), applied("√", 16, 0)
    (Fraction(11, 4), 4)
    """
    try:
        value = OPERATIONS[operator](left, right)
    except ZeroDivisionError:
        raise UnreadableError("a division by zero") from None
    if value > LARGEST_VALUE or value < -LARGEST_VALUE:
        raise UnreadableError("a number that is too large")
    return value


def _divided(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int) and left % right == 0:
        return left // right
    return Fraction(left) / right


def _remainder(left: Number, right: Number) -> Number:
    if not _whole(left, right) or left < 0 or right < 0:
        raise UnreadableError(f"the remainder of {left} by {right} can be understood in several ways")
    return left % right


def _power(left: Number, right: Number) -> Number:
    if not _whole(right) or right > LARGEST_EXPONENT or right < -LARGEST_EXPONENT:
        raise UnreadableError(f"{left} to the power of {right} is out of bounds")
    return left ** int(right) if right >= 0 else Fraction(left) ** int(right)


def _root(degree: int) -> Callable[[Number, Number], Number]:
    def root(value: Number, _: Number) -> Number:
        if value < 0:
            raise UnreadableError("the root of a negative number")
        exact = Fraction(value)
        parts = [_whole_root(part, degree) for part in (exact.numerator, exact.denominator)]
        return parts[0] if parts[1] == 1 else Fraction(parts[0], parts[1])

    return root


def _whole_root(value: int, degree: int) -> int:
    near = math.isqrt(value) if degree == 2 else round(value ** (1 / degree))
    if near**degree != value:
        raise UnreadableError(f"the root of {value} is irrational")
    return near


def _factorial(value: Number, _: Number) -> Number:
    if not _whole(value) or not 0 <= value <= LARGEST_FACTORIAL:
        raise UnreadableError(f"the factorial of {value} is out of bounds")
    return math.factorial(int(value))


def _whole(*values: Number) -> bool:
    return all(isinstance(value, int) or value.denominator == 1 for value in values)


OPERATIONS: Mapping[str, Callable[[Number, Number], Number]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divided,
    "%": _remainder,
    "^": _power,
    "√": _root(2),
    "∛": _root(3),
    "²": lambda a, _: a * a,
    "percent": lambda a, b: _divided(a * b, 100),
    "!": _factorial,
    "abs": lambda a, _: a if a >= 0 else -a,
    "floor": lambda a, _: math.floor(a),
    "ceil": lambda a, _: math.ceil(a),
    "max": lambda a, b: a if a > b else b,
    "min": lambda a, b: a if a < b else b,
}
