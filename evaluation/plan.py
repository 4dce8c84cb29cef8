"""What a run is asked to do, and the run that comes of it: items, parties and arms, before the first request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.arms import Way
from unisandbox.evaluation.items import Item, ItemSet, scored_items
from unisandbox.evaluation.selection import part_of
from unisandbox.evaluation.upstream_files import upstream_items

UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST_NAME: Final = 60
SHARD: Final = re.compile(r"([1-9]\d*)/([1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which items of a release: splits, families and levels (all where empty), how many at most, and which part of them."""

    splits: tuple[str, ...] = ("test",)
    families: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    limit: int | None = None
    shard: tuple[int, int] | None = None
    file: str | None = None  # of UniSandbox, whose items are taken in place of the release's

    def items(self, release: Path) -> ItemSet:
        """Return all items of the selection, of every shard; raises as `scored_items` or `upstream_items`."""
        if self.file:
            return upstream_items(Path(self.file), release, self.limit)
        return scored_items(release, self.splits, limit=self.limit, families=self.families, levels=self.levels)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Selection:
        """Return a selection as a record holds it, with lists for tuples."""
        part = (said["shard"][0], said["shard"][1]) if said["shard"] else None
        return cls(tuple(said["splits"]), tuple(said["families"]), tuple(said["levels"]), said["limit"], part, said.get("file"))

    def part(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """Return the items of this shard."""
        return part_of(items, *self.shard) if self.shard else items


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is asked to do.

    Attributes:
        data: The release folder.
        out: The run folder.
        model, judge: URIs, with their own arguments; without a judge pictures are made and kept.
        judge_workers: How many threads ask the judge; None for what suits it.
        engine, engine_arguments: Where model and judge run; it changes no result.
        way: How to ask; of its arms those are left out that the model lacks.
        retry_errors: Do again what failed, and only that.
        until_half_width: Stop once the intervals of `draw` are as narrow; None for all items.
        canary: Whether the judge is tried on pictures of known truth, before and after.
    """

    data: Path
    out: Path
    model: str
    model_arguments: Mapping[str, str] = field(default_factory=dict)
    judge: str | None = None
    judge_arguments: Mapping[str, str] = field(default_factory=dict)
    judge_workers: int | None = None
    engine: str = "local"
    engine_arguments: Mapping[str, str] = field(default_factory=dict)
    selection: Selection = Selection()
    way: Way = field(default_factory=Way)
    retry_errors: bool = False
    until_half_width: float | None = None
    canary: bool = True

    def __post_init__(self) -> None:
        if self.until_half_width is not None and self.selection.shard:
            fix = "stop by the half-width without shards, or give the shards a --limit"
            raise InputError(Violation("--until-halfwidth", "a shard", "a run of all items, which can see its interval", fix))

    @property
    def settings(self) -> Mapping[str, Any]:
        """What changes no result and is worth knowing."""
        arguments = {"model_arguments": dict(self.model_arguments), "judge_arguments": dict(self.judge_arguments)}
        engine = {"engine": self.engine, "engine_arguments": dict(self.engine_arguments)}
        return {
            "judge_workers": self.judge_workers,
            "canary": self.canary,
            "retry_errors": self.retry_errors,
            **arguments,
            **engine,
        }


def slug(uri: str) -> str:
    """Return a name for a folder from a URI.

    >>> slug("baseline:oracle"), slug("openai:http://localhost:8000/v1#qwen")
    ('baseline-oracle', 'openai-http-localhost-8000-v1-qwen')
    """
    return UNSAFE.sub("-", uri).strip("-.")[-LONGEST_NAME:].strip("-.") or "model"


def shard_of(text: str) -> tuple[int, int]:
    """Return `i/n` as two numbers; raises `InputError` where it is something else.

    >>> shard_of("2/3")
    (2, 3)
    """
    found = SHARD.fullmatch(text)
    if not found or int(found[1]) > int(found[2]):
        raise InputError(Violation("--shard", repr(text), "i/n with 1 <= i <= n", "write for example --shard 1/3"))
    return int(found[1]), int(found[2])
