"""Two runs on the same items: the difference of each arm, paired, and how many items only one of them has.

Items are the same if they have one id and ask and want the same; ids alone mean another item in another version of a release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.identity import canonical
from unisandbox.evaluation.metrics import Figure, accuracy
from unisandbox.evaluation.paired import difference_bounds, paired_difference
from unisandbox.evaluation.power import smallest_difference_seen
from unisandbox.evaluation.protocol import ARMS
from unisandbox.evaluation.results import SAMPLES, read_results
from unisandbox.evaluation.samples import LARGEST_FILE_BYTES
from unisandbox.evaluation.scores import NothingJudgedError, Scores
from unisandbox.schemas.jsonl import read_json_lines

NEEDED: Final[Mapping[str, type | tuple[type, ...]]] = {
    "id": str,
    "family": str,
    "level": int,
    "cluster": str,
    "arm": str,
    "correct": (bool, type(None)),
    "prompt": str,
    "target": dict,
}
Key = tuple[str, str]  # arm, item


@dataclass(slots=True)
class Tally:
    """One item in one arm of one run: what was asked and wanted, and how its samples ended."""

    family: str
    level: int
    cluster: str
    said: str
    right: int = 0
    judged: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder: its model and judge, and its items by arm and id."""

    folder: Path
    model: str
    judge: str | None
    tallies: Mapping[Key, Tally] = field(repr=False)

    @property
    def items(self) -> dict[str, frozenset[str]]:
        """Return item -> what was asked and wanted of it."""
        found: dict[str, set[str]] = {}
        for (_, item), tally in self.tallies.items():
            found.setdefault(item, set()).add(tally.said)
        return {item: frozenset(said) for item, said in found.items()}


class Unmatched(NamedTuple):
    """Items that are not compared: those of one run alone, and those that both have under one id with other contents."""

    only_first: int
    only_second: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One arm on the items of a family that both runs have; `family` is None of all families.

    `difference` is the second run less the first; it and the accuracies are None for the `reason`.
    """

    family: str | None
    arm: str
    items: int
    first: Figure | None = None
    second: Figure | None = None
    difference: Figure | None = None
    bounds: tuple[float, float] | None = None
    smallest_seen: float | None = None
    reason: str | None = None


class Comparison(NamedTuple):
    """Two runs, what differs between them, and what could not be compared."""

    first: Run
    second: Run
    unmatched: Unmatched
    lines: tuple[Line, ...]


def compared(first: Path, second: Path) -> Comparison:
    """Return two run folders compared, arm by arm, over all families and in each.

    Raises:
        DataError: A folder without results or samples, or no item that both have.
    """
    ours, theirs = read_run(first), read_run(second)
    unmatched, common = _matched(ours.items, theirs.items)
    if not common:
        found = f"none of its {len(theirs.items)} items among the {len(ours.items)} of {first}"
        raise DataError(Violation(str(second), found, "items that both runs asked", "compare runs on the same release and split"))
    families = sorted({tally.family for (_, item), tally in ours.tallies.items() if item in common})
    arms = [arm for arm in ARMS if any(arm == one for one, _ in (*ours.tallies, *theirs.tallies))]
    places = [(None, arm) for arm in arms] + [(family, arm) for family in families if len(families) > 1 for arm in arms]
    return Comparison(ours, theirs, unmatched, tuple(_line(ours, theirs, common, family, arm) for family, arm in places))


def read_run(folder: Path) -> Run:
    """Return a run from its results.json and samples.jsonl.

    Raises:
        DataError: One of them is missing or is not what it should be.
    """
    results = read_results(folder)
    tallies: dict[Key, Tally] = {}
    wrong: list[Violation] = []
    for number, row in read_json_lines(folder / SAMPLES, LARGEST_FILE_BYTES):
        lacks = [name for name, kind in NEEDED.items() if name not in row or not isinstance(row[name], kind)]
        if lacks:
            where, fix = f"{folder / SAMPLES}: line {number}", f"run `unisandbox report {folder}`"
            wrong.append(Violation(where, f"{', '.join(lacks)} missing or of another type", "a sample of a run", fix))
        else:
            _count(tallies, row)
    if wrong:
        raise DataError(wrong)
    judge = results["run"]["judge"]
    return Run(folder, results["run"]["model"]["uri"], judge["uri"] if judge else None, tallies)


def _count(tallies: dict[Key, Tally], row: Mapping[str, Any]) -> None:
    key = row["arm"], row["id"]
    if key not in tallies:
        said = canonical([row["arm"], row["prompt"], row["target"]])
        tallies[key] = Tally(row["family"], row["level"], row["cluster"], said)
    tally = tallies[key]
    tally.right += row["correct"] is True
    tally.judged += row["correct"] is not None
    tally.errors += row["correct"] is None


def _matched(ours: Mapping[str, frozenset[str]], theirs: Mapping[str, frozenset[str]]) -> tuple[Unmatched, frozenset[str]]:
    """Return what is left out, and the ids of items of which both runs asked the same in an arm that both have."""
    both = ours.keys() & theirs.keys()
    same = frozenset(item for item in both if ours[item] & theirs[item])
    return Unmatched(len(ours.keys() - both), len(theirs.keys() - both), len(both) - len(same)), same


def _line(ours: Run, theirs: Run, common: Iterable[str], family: str | None, arm: str) -> Line:
    pairs = [(ours.tallies.get((arm, item)), theirs.tallies.get((arm, item)), item) for item in sorted(common)]
    kept = [(one, other, item) for one, other, item in pairs if one and other and one.said == other.said]
    kept = [found for found in kept if family in (None, found[0].family)]
    plain = Line(family=family, arm=arm, items=len(kept))
    if not kept:
        return Line(family=family, arm=arm, items=0, reason="no item that both runs asked in this arm")
    first, second = (_scores(kept, side) for side in (0, 1))
    try:
        difference = paired_difference(second, first)
    except NothingJudgedError:
        return Line(family=family, arm=arm, items=plain.items, reason="no item has a verdict in both runs")
    return Line(
        family=family,
        arm=arm,
        items=len(kept),
        first=accuracy(first),
        second=accuracy(second),
        difference=difference,
        bounds=difference_bounds(second, first),
        smallest_seen=smallest_difference_seen(difference),
    )


def _scores(kept: list[tuple[Tally, Tally, str]], side: int) -> Scores:
    """Return the scores of one run; clusters and strata are those of the first, so that both are the same."""
    counts = [[getattr(found[side], name) for found in kept] for name in ("right", "judged", "errors")]
    right, judged, errors = (np.array(count, dtype=np.float64) for count in counts)
    clusters = np.array([found[0].cluster for found in kept])
    strata = np.array([f"{found[0].family}/{found[0].level}" for found in kept])
    return Scores(np.array([found[2] for found in kept]), right, judged, errors, clusters, strata)
