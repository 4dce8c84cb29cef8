"""The error tree of the project, and the four-part message that every error carries.

UnisandboxError            everything that this package raises on purpose (exit 2)
├── InputError             what was given is wrong: one or more violations
│   ├── ReleaseError       a release file
│   ├── DataError          a data file or a release folder
│   ├── HubError           the Hub, the way to it, or what stands there
│   ├── WordingError       a wording or list file of the package
│   ├── RowError           rows that break the solver, the schema or uniqueness
│   ├── CapacityError      more rows than the space holds (`have`, `want`)
│   └── CanaryError        a judge that misreads pictures of known truth (exit 3)
└── InterruptedBuildError  stopped by the user; what is there can be resumed (exit 130)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

MOST_SHOWN = 20  # a terminal page; the rest is counted


@dataclass(frozen=True, order=True, slots=True)
class Violation:
    """One thing that is wrong: where, what was found, what is allowed, what to do.

    >>> print(Violation("r.toml: math.levels", "7", "1 to 5", "lower it"))
    r.toml: math.levels: found 7; allowed: 1 to 5; lower it
    """

    where: str
    found: str
    allowed: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: found {self.found}; allowed: {self.allowed}; {self.fix}"


class UnisandboxError(Exception):
    """The base of all errors of this package; its text is fit for a user."""

    exit_code = 2


class InputError(UnisandboxError):
    """Something given to us is wrong; `violations` holds all of it, sorted."""

    def __init__(self, violations: Violation | Iterable[Violation]) -> None:
        found = [violations] if isinstance(violations, Violation) else list(violations)
        self.violations: tuple[Violation, ...] = tuple(sorted(found))
        super().__init__(self._text())

    def __reduce__(self) -> tuple[type[InputError], tuple[object, ...]]:
        """Travel between processes with the violations, not with their text."""
        return type(self), (self.violations,)

    def _text(self) -> str:
        lines = [str(violation) for violation in self.violations[:MOST_SHOWN]]
        rest = len(self.violations) - len(lines)
        return "\n".join([*lines, f"… and {rest} more"] if rest > 0 else lines)


class ReleaseError(InputError):
    """A release file is wrong."""


class DataError(InputError):
    """A data file or a release folder is wrong."""


class HubError(InputError):
    """The Hub refuses, cannot be reached, or holds something else; no text of it has a token."""


class WordingError(InputError):
    """A wording or list file of the package is wrong."""


class RowError(InputError):
    """Rows break the solver, the schema or uniqueness."""


class Shortage(NamedTuple):
    """A place that asks for more rows (`want`) than its space holds (`have`)."""

    where: str
    have: int
    want: int
    fix: str = "ask for fewer rows or widen the options"


class CapacityError(InputError):
    """More rows were asked for than the space holds; `have` and `want` are those of the first shortage."""

    def __init__(self, *shortages: Shortage) -> None:
        self.shortages = shortages
        self.have, self.want = shortages[0].have, shortages[0].want
        super().__init__(Violation(one.where, f"{one.want} rows", f"at most {one.have}", one.fix) for one in shortages)

    def __reduce__(self) -> tuple[type[InputError], tuple[object, ...]]:
        """Travel between processes with the shortages."""
        return type(self), self.shortages


class CanaryError(InputError):
    """A judge misreads pictures of known truth, so nothing may be scored with it."""

    exit_code = 3


class InterruptedBuildError(UnisandboxError):
    """The user stopped a build; running the same command again goes on."""

    exit_code = 130
