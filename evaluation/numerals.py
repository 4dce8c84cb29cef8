"""Finds the numbers that a text names, in digits or in English words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

# Not inside a word or a version number; a digit of any script is one. Letters of scripts without blanks may stand beside it.
DIGITS: Final = r"(?<![a-z\d])(?<![\da-z]\.)[-−]?(?:\d+(?:,\d{3})+|\d+)(?:\.\d+)?(?![a-z\d])"
BELOW_TWENTY: Final = (
    "zero one two three four five six seven eight nine ten "
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
ROUND: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
UNITS: Final = {word: number for number, word in enumerate(BELOW_TWENTY.split())}
TENS: Final = {word: 10 * number for number, word in enumerate(ROUND.split(), 2)}
MOST_DIGITS: Final = 20  # a longer number is no count; it stays as it is written
_NUMBER: Final = re.compile(DIGITS)


def is_number(text: str) -> bool:
    """Return whether a text is a number in digits and nothing else.

    >>> is_number("-4"), is_number("four"), is_number("4 apples")
    (True, False, False)
    """
    return _NUMBER.fullmatch(text) is not None


def numbers_of(tokens: Iterable[str]) -> list[tuple[str, int]]:
    """Return the numbers among words in lower case, each in digits with the index of its first word.

    >>> numbers_of(["about", "twenty", "four", "or", "4.0"])
    [('24', 1), ('4', 4)]
    """
    found: list[tuple[str, int]] = []
    spelled = _Spelled()
    for index, token in enumerate(tokens):
        found += spelled.broken_by(token)
        if is_number(token):
            found.append((_plain(token), index))
        elif token in UNITS or token in TENS or token == "hundred":
            found += spelled.add(token, index)
    return found + list(spelled.end())


class _Spelled:
    """A number in words, as far as it is read."""

    def __init__(self) -> None:
        self._value: int | None = None
        self._start = 0

    def broken_by(self, token: str) -> Iterator[tuple[str, int]]:
        inside = token in UNITS or token in TENS or token == "hundred"
        if not inside and not (token == "and" and self._value and self._value % 100 == 0):
            yield from self.end()

    def add(self, token: str, index: int) -> Iterator[tuple[str, int]]:
        value = self._value
        if token == "hundred" and value is not None and 0 < value < 10:
            self._value = 100 * value
        elif value is not None and self._fits(token, value):
            self._value = value + UNITS.get(token, 0) + TENS.get(token, 0)
        else:
            yield from self.end()
            self._value, self._start = UNITS.get(token, TENS.get(token, 100)), index

    def end(self) -> Iterator[tuple[str, int]]:
        if self._value is not None:
            yield str(self._value), self._start
        self._value = None

    @staticmethod
    def _fits(token: str, value: int) -> bool:
        """Return whether a word goes on with a number: twenty-four, a hundred and four, a hundred and twenty."""
        after_tens = value % 100 >= 20 and value % 10 == 0 and 0 < UNITS.get(token, 0) < 10
        after_hundreds = value > 0 and value % 100 == 0 and (UNITS.get(token, 0) > 0 or token in TENS)
        return after_tens or after_hundreds


def _plain(token: str) -> str:
    """Return a number in the form of choices: `4` for `04` and `4.0`."""
    if len(token) > MOST_DIGITS:
        return token
    number = Decimal(token.replace("−", "-").replace(",", ""))
    return str(int(number)) if number == number.to_integral_value() else str(number.normalize())
