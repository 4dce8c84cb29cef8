"""The samples of a run as columns: what each item scored in each arm, so that any part of the items is a mask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unisandbox.evaluation.clustered import Counts
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.outcomes import Sample
from unisandbox.evaluation.scores import Labels, Scores

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Tallied:
    """One arm: how many samples of each item are right, have a verdict, and have none."""

    right: Counts
    judged: Counts
    errors: Counts

    @property
    def tried(self) -> Mask:
        """Which items have a sample."""
        return np.asarray(self.judged + self.errors > 0)


class Columns:
    """All items of a run that have a sample, in the order of work, one value an item.

    Args:
        samples: In the order of work.
        arms: Those that the run asked.

    Attributes:
        items: The items.
        ids, groups, clusters: Of the items, as numbers: names of them say nothing in a figure, and take longer to sort.
        strata: Family and level of each; they weigh the same in every figure.
        chance: What the best blind guesser scores on each.
    """

    def __init__(self, samples: Sequence[Sample], arms: Iterable[str]) -> None:
        place: dict[str, int] = {}
        items: list[Item] = []
        for sample in samples:
            if sample.item.id not in place:
                place[sample.item.id] = len(items)
                items.append(sample.item)
        self.items = tuple(items)
        self.ids: Labels = np.arange(len(items))
        self.groups = _numbered([item.group for item in items])
        self.clusters = _numbered([item.cluster for item in items])
        self.strata: Labels = np.array([f"{item.family}/{item.level}" for item in items])
        self.chance = np.array([item.chance for item in items])
        self._arms = {arm: _tallied([sample for sample in samples if sample.arm == arm], place) for arm in arms}

    def tried(self, *arms: str) -> Mask:
        """Return which items have a sample in each of some arms."""
        return np.asarray(np.logical_and.reduce([self._arms[arm].tried for arm in arms]), dtype=np.bool_)

    def scores(self, arm: str, chosen: Mask) -> Scores:
        """Return the scores of one arm on some items, which it has tried."""
        one, place = self._arms[arm], np.flatnonzero(chosen)
        counts = (one.right[place], one.judged[place], one.errors[place])
        return Scores(self.ids[place], *counts, self.clusters[place], self.strata[place])

    def whole_groups(self, chosen: Mask) -> bool:
        """Return whether no group lies partly in and partly out of some items."""
        return not np.isin(self.groups[~chosen], self.groups[chosen]).any()


def _numbered(names: Sequence[str]) -> Labels:
    places = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return np.array([places[name] for name in names], dtype=np.int64)


def _tallied(samples: Sequence[Sample], place: dict[str, int]) -> Tallied:
    where = np.array([place[sample.item.id] for sample in samples], dtype=np.int64)
    verdicts = [sample.correct for sample in samples]
    flags = ([one is True for one in verdicts], [one is not None for one in verdicts], [one is None for one in verdicts])
    return Tallied(*(np.bincount(where, np.array(flag, dtype=np.float64), len(place)).astype(np.float64) for flag in flags))
