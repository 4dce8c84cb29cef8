"""What a solver gives, whatever the family: how texts are solved, and how the picture that a text names is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

Documents = Iterable[Iterable[str]]  # the turns of each document that is published with the items


class Solution(NamedTuple):
    """What follows from a text: the answer, the picture, and the steps that lead there; None where the text does not say.

    `picture` is told as `3 apple`, or as `portrait hair_colour=red`.
    """

    answer: str
    picture: str | None = None
    steps: int | None = None


@dataclass(frozen=True)
class Solver:
    """How the views of a family are read: `solve` a draw or ask text; `picture` is what a literal text names outright."""

    solve: Callable[[str], Solution]
    picture: Callable[[str], str]
