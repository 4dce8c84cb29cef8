"""What an audit proved of a release, from the `audit.json` beside its data, in the few figures that a card has room for."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import DataError, Violation
from unisandbox.schemas.manifest import Manifest
from unisandbox.schemas.validate import check_rows

FILE_NAME: Final = "audit.json"
SOLVED, HELD_OUT, VALIDATION = "solved-again", "held-out-", "validation-key"
LIMITS: Final = re.compile(r"at most (\d\.\d+), by luck (\d\.\d+)")  # how an audit says what a blind guesser may score

Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Count:
    """How many cases of `n` break a rule, and what the rule says."""

    name: str
    says: str
    found: int
    n: int


@dataclass(frozen=True, slots=True)
class Guesser:
    """Of a family, the blind guesser that came nearest to its limit."""

    rule: str
    scope: str
    figure: str
    n: int
    chance: float
    limit: float


@dataclass(frozen=True, slots=True)
class Ruling:
    """All results of one rule: what it says, how many results and cases, their verdicts, and the highest figure."""

    name: str
    says: str
    results: int
    cases: int
    verdicts: str
    highest: str


@dataclass(frozen=True, slots=True)
class Proofs:
    """The figures of an audit; `guesses` counts the figures of blind guessers, `failed` holds the results that failed."""

    results: int
    verdicts: Mapping[str, int]
    findings: int
    solved: Count
    held_out: tuple[Count, ...]
    guesses: int
    guessers: tuple[Guesser, ...]
    rules: tuple[Ruling, ...]
    failed: tuple[Result, ...]


def proofs(folder: Path, manifest: Manifest) -> Proofs | None:
    """Return what the audit in a folder says of the rows of this manifest; None where there is no audit, or one of other rows.

    Raises:
        DataError: The file is there and is no audit.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    told = _read(path)
    if told["release"]["digest"] != manifest.digest:
        return None
    results: list[Result] = told["results"]
    says = {name: rule["says"] for name, rule in told["rules"].items()}
    by_rule = _grouped(results, lambda one: one["rule"])
    guessed = _grouped((one for one in results if LIMITS.fullmatch(one["allowed"])), lambda one: one["scope"].partition("/")[0])
    return Proofs(
        results=len(results),
        verdicts=told["verdicts"],
        findings=len(told["findings"]),
        solved=_count(SOLVED, says[SOLVED], by_rule[SOLVED]),
        held_out=tuple(_count(name, says[name], of) for name, of in by_rule.items() if _is_held_out(name)),
        guesses=sum(map(len, guessed.values())),
        guessers=tuple(map(_guesser, guessed.values())),
        rules=tuple(_ruling(name, says[name], of) for name, of in by_rule.items()),
        failed=tuple(one for one in results if one["verdict"] == "fail"),
    )


def _read(path: Path) -> dict[str, Any]:
    fix = "run `unisandbox audit` on the folder again"
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # of JSON and of UTF-8
        raise DataError(Violation(str(path), f"no JSON: {error}", "the audit of a release", fix)) from None
    if wrong := check_rows([told], "audit", where=lambda *_: str(path)):
        raise DataError(wrong)
    if not any(one["rule"] == SOLVED for one in told["results"]):
        raise DataError(Violation(f"{path}: results", f"none of {SOLVED}", "an audit by every rule", fix))
    return told


def _grouped(results: Iterable[Result], key: Callable[[Result], str]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for one in results:
        found.setdefault(key(one), []).append(one)
    return found


def _is_held_out(rule: str) -> bool:
    return rule.startswith(HELD_OUT) or rule == VALIDATION


def _count(name: str, says: str, results: Sequence[Result]) -> Count:
    return Count(name, says, sum(round(one["value"] or 0) for one in results), sum(one["n"] for one in results))


def _guesser(results: Sequence[Result]) -> Guesser:
    nearest = max(results, key=_nearness)
    chance, limit = _limits(nearest)
    return Guesser(nearest["rule"], nearest["scope"], nearest["figure"], nearest["n"], chance, limit)


def _nearness(result: Result) -> float:
    """Return which part of the way from the guess rate to the limit a guesser went; above 1 it fails."""
    chance, limit = _limits(result)
    above = (result["value"] or 0.0) - chance
    return above / (limit - chance) if limit > chance else above


def _limits(result: Result) -> tuple[float, float]:
    found = LIMITS.fullmatch(result["allowed"])
    assert found, f"{result['rule']} is no blind guesser"
    return float(found[1]), float(found[2])


def _ruling(name: str, says: str, results: Sequence[Result]) -> Ruling:
    counted = Counter(one["verdict"] for one in results)
    verdicts = ", ".join(f"{counted[verdict]} {verdict}" for verdict in ("fail", "pass", "note") if counted[verdict])
    highest = max(results, key=lambda one: (one["verdict"] == "fail", one["value"] or 0.0))
    return Ruling(name, says, len(results), sum(one["n"] for one in results), verdicts, highest["figure"])
