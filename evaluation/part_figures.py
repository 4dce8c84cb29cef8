"""What is reported of one part of a run: a block for each arm, and what the arms say together. Nothing is null with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from unisandbox.errors import DataError
from unisandbox.evaluation.columns import Columns, Mask
from unisandbox.evaluation.judge_corrections import NAMES, corrections
from unisandbox.evaluation.metrics import Figure, accuracy, bounds, chance_corrected, control_loss, grouped, mean_chance
from unisandbox.evaluation.outcomes import GENERATION_ERROR, JUDGE_ERROR, OUTCOMES, Sample
from unisandbox.evaluation.paired import difference_bounds, paired_difference, transfer
from unisandbox.evaluation.power import smallest_accuracy_seen, smallest_difference_seen
from unisandbox.evaluation.protocol import ARMS, ASK, LITERAL, NORMAL, THINK
from unisandbox.evaluation.quality import Quality
from unisandbox.evaluation.scores import NothingJudgedError, Scores

Block = dict[str, Any]
NOT_ASKED: Final = "not asked in this run"
NOT_TRIED: Final = "no item was tried in every arm that this needs"
GAP, THINK_GAIN, LOSS, TRANSFER = "gap", "think_gain", "control_loss", "transfer"


class Pair(NamedTuple):
    """A figure that two or more arms give: its name, the arm of `draw` that it is of, and the arms that it needs."""

    name: str
    of: str
    arms: tuple[str, ...]


PAIRS: Final = (
    Pair(GAP, NORMAL, (ASK, NORMAL)),
    Pair(GAP, THINK, (ASK, THINK)),
    Pair(THINK_GAIN, THINK, (THINK, NORMAL)),
    Pair(LOSS, LITERAL, (LITERAL,)),
    Pair(TRANSFER, NORMAL, (ASK, LITERAL, NORMAL)),
    Pair(TRANSFER, THINK, (ASK, LITERAL, THINK)),
)


def figure_block(found: Figure | None) -> Block | None:
    """Return a figure as results hold it; None of none."""
    if found is None:
        return None
    interval = None if found.low is None or found.high is None else [found.low, found.high]
    counted = {"items": found.items, "judged": found.judged, "clusters": found.clusters}
    return {
        "value": found.value,
        "interval": interval,
        "standard_error": found.standard_error,
        "method": found.method,
        **counted,
        "notes": list(found.notes),
    }


class Figures:
    """Works out the figures of parts.

    Args:
        columns: Of the run.
        samples: The same samples.
        arms: Those that the run asked.
        absent: Arms that the model lacks, each with the reason.
        judged_by: Arm -> what decides whether it is right.
        known: What is known of the judge.
    """

    def __init__(
        self,
        columns: Columns,
        samples: Sequence[Sample],
        arms: Sequence[str],
        *,
        absent: Mapping[str, str],
        judged_by: Mapping[str, str],
        known: Quality,
    ) -> None:
        self._columns, self._arms, self._absent = columns, tuple(arms), absent
        self._judged_by, self._known = judged_by, known
        place = {name: number for number, name in enumerate(item.id for item in columns.items)}
        self._of = {arm: [sample for sample in samples if sample.arm == arm] for arm in self._arms}
        self._where = {arm: np.array([place[one.item.id] for one in ours], dtype=np.int64) for arm, ours in self._of.items()}

    def arms(self, mask: Mask, family: str | None) -> dict[str, Block | None]:
        """Return a block for each arm, of items of one family or of all (None); None for an arm that was not asked."""
        return {arm: self._arm(arm, mask, family) if arm in self._arms else None for arm in ARMS}

    def pairs(self, mask: Mask) -> list[Block]:
        """Return what the arms say together: gaps, gain, loss and transfer, each null with a reason where it cannot be told."""
        return [self._pair(pair, mask) for pair in PAIRS]

    def table(self, draw: str, mask: Mask) -> Block | None:
        """Return how often asked, literal and drawn are right together, of samples judged in all three; None without them."""
        if not {ASK, LITERAL, draw} <= {*self._arms}:
            return None
        verdicts = [self._verdicts(arm, mask) for arm in (ASK, LITERAL, draw)]
        common = [key for key in verdicts[0] if all(key in each for each in verdicts[1:])]
        counts = Counter("".join("1" if each[key] else "0" for each in verdicts) for key in common)
        return {"n_samples": len(common), "counts": {key: counts[key] for key in CELLS}}

    def _verdicts(self, arm: str, mask: Mask) -> dict[tuple[str, int], bool]:
        return {(one.item.id, one.sample): one.correct for one in self._within(arm, mask) if one.correct is not None}

    def _within(self, arm: str, mask: Mask) -> list[Sample]:
        ours = self._of[arm]
        return [ours[place] for place in np.flatnonzero(mask[self._where[arm]]).tolist()]

    def _arm(self, arm: str, mask: Mask, family: str | None) -> Block:
        chosen, ours = mask & self._columns.tried(arm), self._within(arm, mask)
        block: Block = {"n_items": int(chosen.sum()), **_counted(ours), "judged_by": self._judged_by[arm]}
        if not ours:
            return {**block, **dict.fromkeys(MEASURED), "reason": "no item of this part was tried"}
        one = self._columns.scores(arm, chosen)
        block["bounds"] = list(bounds(one))
        if not one.counts.any():
            return {**dict.fromkeys(MEASURED), **block, "reason": "no sample has a verdict"}
        chance = self._columns.chance[chosen]
        found = accuracy(one)
        block |= {"accuracy": figure_block(found), "chance": mean_chance(one, chance)}
        block |= {"smallest_accuracy_seen": smallest_accuracy_seen(found, block["chance"]) if block["chance"] < 1 else None}
        block |= {"beyond_chance": figure_block(chance_corrected(one, chance)) if (chance < 1).all() else None}
        for name, found_or_not in corrections(one, arm, ours, self._known, family).items():
            block |= _told(name, *found_or_not)
        return {**block, **self._group_score(one, chosen), "reason": None}

    def _group_score(self, one: Scores, chosen: Mask) -> Block:
        groups = self._columns.groups[chosen]
        if np.unique(groups).size == groups.size:
            return _told("group_score", None, "every group has one item")
        if not self._columns.whole_groups(chosen):
            return _told("group_score", None, "groups lie partly outside of this part")
        return _told("group_score", *_tried(lambda: accuracy(grouped(one, groups))))

    def _pair(self, pair: Pair, mask: Mask) -> Block:
        named: Block = {"name": pair.name, "of": pair.of, "arms": list(pair.arms)}
        nothing: Block = {"figure": None, "reason": None, "bounds": None, "smallest_difference_seen": None}
        missing = [arm for arm in pair.arms if arm not in self._arms]
        if missing:
            reasons = [f"{arm}: {self._absent.get(arm, NOT_ASKED)}" for arm in missing]
            return {**named, **nothing, "reason": "; ".join(reasons)}
        chosen = mask & self._columns.tried(*pair.arms)
        if not chosen.any():
            return {**named, **nothing, "reason": NOT_TRIED}
        every = [self._columns.scores(arm, chosen) for arm in pair.arms]
        found, reason = _tried(lambda: _measured(pair, every))
        seen = smallest_difference_seen(found) if found and pair.name in (GAP, THINK_GAIN) else None
        told = {"figure": figure_block(found), "reason": reason, "bounds": _ends(pair, every)}
        return {**named, **told, "smallest_difference_seen": seen}


CELLS: Final = tuple(f"{cell:03b}" for cell in range(7, -1, -1))  # asked, literal, drawn: 111 is right in all
MEASURED: Final = (
    *("accuracy", "bounds", "chance", "smallest_accuracy_seen", "beyond_chance"),
    *("group_score", "group_score_reason"),
    *(key for name in NAMES for key in (name, f"{name}_reason")),
)


def _measured(pair: Pair, every: Sequence[Scores]) -> Figure:
    if pair.name == TRANSFER:
        return transfer(*every)
    return control_loss(*every) if pair.name == LOSS else paired_difference(*every)


def _ends(pair: Pair, every: Sequence[Scores]) -> list[float] | None:
    """Return the figure if all errors fell one way, and the other; None of transfer, whose condition errors change too."""
    if pair.name == TRANSFER:
        return None
    if pair.name != LOSS:
        return list(difference_bounds(*every))
    least, most = bounds(*every)
    return [1 - most, 1 - least]


def _counted(ours: Sequence[Sample]) -> Block:
    outcomes = Counter(one.outcome for one in ours)
    faults: dict[str, dict[str, int]] = {}
    for kind in (GENERATION_ERROR, JUDGE_ERROR):
        counts = Counter(one.fault.kind for one in ours if one.outcome == kind and one.fault)
        faults[kind] = dict(sorted(counts.items()))
    counted = {"n_samples": len(ours), "judged": sum(one.correct is not None for one in ours)}
    flagged = {"refused": sum(one.is_refused for one in ours), "truncated": sum(one.truncated for one in ours)}
    return {**counted, "outcomes": {name: outcomes[name] for name in OUTCOMES}, **flagged, "faults": faults}


def _told(name: str, found: Figure | None, reason: str | None) -> Block:
    return {name: figure_block(found), f"{name}_reason": reason}


def _tried(measure: Callable[[], Figure]) -> tuple[Figure | None, str | None]:
    """Return a figure, or why there is none."""
    try:
        return measure(), None
    except (NothingJudgedError, DataError) as error:
        return None, "; ".join(one.found for one in error.violations)
