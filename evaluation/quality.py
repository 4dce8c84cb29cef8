"""What is known of a judge besides its verdicts: its rates on pictures of known truth, and what people saw in the run's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from unisandbox.evaluation.clustered import Counts
from unisandbox.evaluation.corrections import Calibration

Place = tuple[str, str, int]  # item, arm and sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What is known of a judge.

    Attributes:
        calibration: Its rates on pictures of known truth; None where it was not calibrated.
        families: The same of each family, for its figures; those of all are taken where it is not there.
        counts: Of each family, how many pictures of true count j (column) it read as count i (row), from 0.
        source: Where these pictures come from, for people.
        labels: Whether people say that a picture of the run is right: pictures drawn at random from the run.
    """

    calibration: Calibration | None = None
    families: Mapping[str, Calibration] = field(default_factory=dict)
    counts: Mapping[str, Counts] = field(default_factory=dict)
    source: str = ""
    labels: Mapping[Place, bool] = field(default_factory=dict)

    def rates(self, family: str | None) -> Calibration | None:
        """Return the rates for figures of one family, or of all (None)."""
        return self.calibration if family is None else self.families.get(family, self.calibration)
