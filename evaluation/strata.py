"""Pairs the samples of two files: the levels of each split that a family and arm have in either, like with like."""

from __future__ import annotations

import json
from collections import Counter
from typing import NamedTuple

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.samples import Row, Samples
from unisandbox.schemas.declarations import declaration

Place = tuple[str, str, str, int]  # family, arm, split, level


class Tally(NamedTuple):
    """The answers to one stratum in one file: right ones and all of each cluster, and how many items have none; all may be 0."""

    right: Counter[str]
    answered: Counter[str]
    errors: int


class Stratum(NamedTuple):
    """One level of a split in both files."""

    split: str
    level: int
    public: Tally
    fresh: Tally


def paired_strata(public: Samples, fresh: Samples, *, different_models: bool = False) -> dict[tuple[str, str], list[Stratum]]:
    """Return the strata of each family and arm that both files have, all sorted.

    Splits are matched by name, or, where each file has one split only, whatever their names.

    Raises:
        DataError: Two models that may not differ, the same samples twice, or nothing that both files have.
    """
    _refuse_unlike(public, fresh, different_models=different_models)
    split = _one_split(public, fresh)
    ours, theirs = _tallies(public, split), _tallies(fresh, split)
    if not ours.keys() & theirs.keys():
        raise DataError(_nothing_common(public, fresh))
    common = {place[:2] for place in ours} & {place[:2] for place in theirs}
    nothing = _tally([])
    paired: dict[tuple[str, str], list[Stratum]] = {name: [] for name in sorted(common)}
    for place in sorted(ours.keys() | theirs.keys()):
        if place[:2] in paired:
            paired[place[:2]].append(Stratum(*place[2:], ours.get(place, nothing), theirs.get(place, nothing)))
    return paired


def _refuse_unlike(public: Samples, fresh: Samples, *, different_models: bool) -> None:
    if _are_one(public, fresh):
        fix = "give the results on another edition"
        raise DataError(Violation(str(fresh.path), f"the samples of {public.path} again", "samples of a fresh edition", fix))
    if public.model != fresh.model and not different_models:
        allowed = f"{public.model!r}, as in {public.path}"
        fix = "give results of one model, or --allow-different-models"
        raise DataError(Violation(str(fresh.path), f"model {fresh.model!r}", allowed, fix))


def _are_one(public: Samples, fresh: Samples) -> bool:
    """Return whether two files hold the same samples: ids recur from edition to edition, so a model that is always right, or
    always wrong, has equal samples of both, and equal samples show a mistake only where some are right and some wrong.
    """
    if public.path.resolve() == fresh.path.resolve():
        return True
    return len({row["correct"] for row in public.rows}) > 1 and _declared(public) == _declared(fresh)


def _declared(samples: Samples) -> list[str]:
    """Return what the samples say, whatever their order and their other keys."""
    keys = list(declaration("sample")["properties"])
    return sorted(json.dumps([row[key] for key in keys]) for row in samples.rows)


def _one_split(public: Samples, fresh: Samples) -> str | None:
    """Return a name for the only split of each file; None where one has several."""
    ours, theirs = ({row["split"] for row in one.rows} for one in (public, fresh))
    return " / ".join(sorted(ours | theirs)) if len(ours) == len(theirs) == 1 else None


def _nothing_common(public: Samples, fresh: Samples) -> Violation:
    for key in ("family", "arm", "split", "level"):
        ours, theirs = ({row[key] for row in one.rows} for one in (public, fresh))
        if not ours & theirs:
            found = f"{key} {', '.join(map(str, sorted(theirs)))}"
            allowed = f"{', '.join(map(str, sorted(ours)))}, as in {public.path}"
            return Violation(str(fresh.path), found, allowed, f"give samples of the same {key}")
    found, allowed = "no family, arm, split and level together", f"one or more as in {public.path}"
    return Violation(str(fresh.path), found, allowed, "give samples of the same parts")


def _tallies(samples: Samples, split: str | None) -> dict[Place, Tally]:
    rows: dict[Place, list[Row]] = {}
    for row in samples.rows:
        rows.setdefault((row["family"], row["arm"], split or row["split"], row["level"]), []).append(row)
    return {place: _tally(there) for place, there in rows.items()}


def _tally(rows: list[Row]) -> Tally:
    answered = [row for row in rows if row["correct"] is not None]
    right = Counter(row["cluster"] for row in answered if row["correct"])
    return Tally(right, Counter(row["cluster"] for row in answered), len(rows) - len(answered))
