"""A release as frozen dataclasses: everything that is built, and nothing that is not said there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from unisandbox.generators.families.base import Family, Part
from unisandbox.generators.registry import FAMILIES


@dataclass(frozen=True, kw_only=True)
class Split:
    """A split of a config: the rows of each level, and the axes on which it shares nothing with train."""

    name: str
    levels: tuple[int, ...]
    rows: tuple[int, ...]
    held_out: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Config:
    """A family with its options and its splits."""

    family: str
    options: Family
    splits: tuple[Split, ...]


@dataclass(frozen=True, kw_only=True)
class Release:
    """What a release file says; `where` names it in messages."""

    name: str
    version: str
    line: str
    seed: int
    edition: int = 0
    editions: int = 8
    images: str = "none"
    canary: str
    configs: tuple[Config, ...] = ()
    where: str = "release"

    def part(self, config: Config, split: Split, level: int) -> Part:
        """Return one level of one split of this release."""
        return Part(
            line=self.line,
            seed=self.seed,
            edition=self.edition,
            editions=self.editions,
            family=config.family,
            level=level,
            split=split.name,
            held_out=split.held_out,
            canary=self.canary,
        )

    def canonical(self) -> dict[str, Any]:
        """Return all that the content depends on, as plain values; where the file lies is not part of it."""
        plain = asdict(self)
        del plain["where"]
        for config in plain["configs"]:
            config["family_version"] = FAMILIES[config["family"]].version
        return plain

    @property
    def fingerprint(self) -> str:
        """The sha256 of `canonical()`: equal fingerprints promise equal content."""
        text = json.dumps(self.canonical(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
