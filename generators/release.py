"""A release as frozen dataclasses: everything that is built, and nothing that is not said there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from unisandbox.generators.families.base import Family, Part
from unisandbox.generators.pictures import NONE, Pictures, pictures_an_item
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.render import DEFAULT_SIZE_PX, Look
from unisandbox.generators.sprites import PACKAGED, Art
from unisandbox.schemas.manifest import canonical_sha256

OPTIONS_SINCE = {  # options added to a family, with the value that older releases have
    "math": {"unreached_answers": 1},
    "knowledge": {"least_name_edits": 1},
}
PICTURES_VERSION = 1  # rises whenever any picture or foil of a target changes


@dataclass(frozen=True, kw_only=True)
class Split:
    """A split of a config: the rows of each level, the axes on which it shares nothing with train, its pictures if its own.

    A split with a `twin` is a sealed one that was drawn from the space of that split: no release file has any.
    """

    name: str
    levels: tuple[int, ...]
    rows: tuple[int, ...]
    held_out: tuple[str, ...] = ()
    images: str = ""
    twin: str = ""


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
    vocabulary: int = 1
    images: str = NONE
    image_size_px: int = DEFAULT_SIZE_PX
    sprites: str = PACKAGED
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
            vocabulary=self.vocabulary,
            twin=split.twin,
        )

    def images_of(self, split: Split) -> str:
        """Return which pictures a split has: `none`, `reference` or `reference+foils`."""
        return split.images or self.images

    @property
    def is_pictured(self) -> bool:
        """Whether any split has pictures: then every item has the columns for them."""
        return any(self.images_of(split) != NONE for config in self.configs for split in config.splits)

    @property
    def most_pictures(self) -> int:
        """How many pictures a build draws at most; items with fewer foils draw fewer."""
        splits = [split for config in self.configs for split in config.splits]
        return sum(sum(split.rows) * pictures_an_item(self.images_of(split)) for split in splits)

    @property
    def look(self) -> Look:
        """How the pictures look."""
        return Look(self.image_size_px, Art(self.sprites))

    def pictures(self, config: Config, split: Split, level: int) -> Pictures:
        """Return what draws the pictures of one level of one split."""
        part = self.part(config, split, level)
        return Pictures(part, self.images_of(split), self.look, config.options)

    def canonical(self) -> dict[str, Any]:
        """Return all that the content depends on, as plain values; where a file or a folder lies is not part of it.

        What a release without pictures, or of the first vocabulary, does not have is left out: releases made before there were
        any keep their fingerprints.
        """
        plain = asdict(self)
        for key in ("where", "sprites", "image_size_px", *(("vocabulary",) if self.vocabulary == 1 else ())):
            del plain[key]
        for config in plain["configs"]:
            config["family_version"] = FAMILIES[config["family"]].version
            for option, value in OPTIONS_SINCE.get(config["family"], {}).items():
                if config["options"][option] == value:
                    del config["options"][option]
            for split in config["splits"]:
                for key in ("images", "twin"):
                    if not split[key]:
                        del split[key]
        if self.is_pictured:
            look = self.look
            plain["pictures"] = {"size_px": look.size_px, "sprites_sha256": look.art.sha256, "version": PICTURES_VERSION}
        return plain

    @property
    def fingerprint(self) -> str:
        """The sha256 of `canonical()`: equal fingerprints promise equal content."""
        return canonical_sha256(self.canonical())
