"""Samples any model with thinking on training items and keeps what a judge accepts: the rejection-sampling half of STARS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.arms import Way
from unisandbox.evaluation.images import ImageStore
from unisandbox.evaluation.plan import Plan, Selection
from unisandbox.evaluation.protocol import THINK
from unisandbox.evaluation.run import Tell, score
from unisandbox.evaluation.run_folder import IMAGES
from unisandbox.evaluation.training.keeping import acceptance, accepted, write_kept
from unisandbox.evaluation.training.mixture import TRAIN

RUN: Final = "run"  # the run folder inside of what is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What is asked: which model, which judge, and which training items.

    Attributes:
        data: The release folder.
        out: Folder for what is kept, with the run beside it.
        model, judge: URIs, with their own arguments.
        split: A training split.
        families, levels: Only these; all where they are empty.
        limit: How many items at most.
        samples: Pictures of each item.
        salt: Another one gives other pictures.
        canary: Whether the judge is tried on pictures of known truth.
        bagel_files: How many files BAGEL's folder has.
    """

    data: Path
    out: Path
    model: str
    model_arguments: Mapping[str, str] = field(default_factory=dict)
    judge: str = "sprites"
    judge_arguments: Mapping[str, str] = field(default_factory=dict)
    split: str = TRAIN
    families: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    limit: int | None = None
    samples: int = 1
    salt: str = "0"
    canary: bool = True
    bagel_files: int = 8

    def plan(self) -> Plan:
        """Return the run that samples; raises `DataError` where the split is held out."""
        if not self.split.startswith(TRAIN):
            fix = "sample a training split, and keep the others for scoring"
            raise DataError(Violation("--split", repr(self.split), f"a split whose name begins with {TRAIN!r}", fix))
        return Plan(
            data=self.data,
            out=self.out / RUN,
            model=self.model,
            model_arguments=self.model_arguments,
            judge=self.judge,
            judge_arguments=self.judge_arguments,
            selection=Selection((self.split,), self.families, self.levels, self.limit),
            way=Way((THINK,), self.samples, self.salt),
            canary=self.canary,
        )


class Reaped(NamedTuple):
    """How many pictures were kept, and the shares by family and level."""

    kept: int
    acceptance: tuple[Mapping[str, Any], ...]


def harvest(asked: Harvest, tell: Tell) -> Reaped:
    """Sample, judge, and write what is kept; the same call goes on with a run that was stopped.

    Raises:
        InputError: As `score`; or nothing was kept.
        DataError: The split is held out.
    """
    ran = score(asked.plan(), tell)
    kept = list(accepted(ran.joined.samples, ImageStore(asked.out / RUN / IMAGES)))
    rates = tuple(acceptance(ran.joined.samples))
    write_kept(kept, rates, asked.out, asked.bagel_files)
    return Reaped(len(kept), rates)
