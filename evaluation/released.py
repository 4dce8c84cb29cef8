"""What a release folder tells besides its items: what it is, which objects it knows, and who its characters are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from unisandbox.evaluation.answers import Lexicon
from unisandbox.evaluation.items import read_config
from unisandbox.schemas.manifest import read_manifest
from unisandbox.schemas.rows import bytes_of


@dataclass(frozen=True, slots=True)
class Released:
    """Which release a folder holds, for the record of a run.

    Attributes:
        digest: Of all its content, equal wherever it is built.
        fingerprint: Of the release file.
        image_size_px: Side of its pictures; None where it has none.
    """

    name: str
    version: str
    digest: str
    fingerprint: str
    image_size_px: int | None


class Noun(NamedTuple):
    """An object: its plural, and its sprite as a PNG file with transparency (None where the release has no pictures)."""

    plural: str
    sprite: bytes | None


def released(folder: Path) -> Released:
    """Return which release a folder holds; raises `DataError` where it has no valid manifest."""
    manifest = read_manifest(folder)
    size_px = (manifest.images or {}).get("size_px")
    return Released(manifest.name, manifest.version, manifest.digest, manifest.fingerprint, size_px)


def nouns_of(folder: Path) -> Mapping[str, Noun]:
    """Return the objects of a release by name, sorted; none where it has no vocabulary."""
    rows = read_config(folder, "vocabulary", "noun")
    return {row["id"]: Noun(row["plural"], _picture(row["sprite"])) for row in sorted(rows, key=lambda row: str(row["id"]))}


def characters_of(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the attributes of each character of a release, by name; none where it has no characters."""
    rows = read_config(folder, "entities", "entity")
    return {row["name"]: {one["name"]: one["value"] for one in row["attributes"]} for row in rows}


def values_of(characters: Mapping[str, Mapping[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Return every value that each attribute has in a release, both sorted.

    >>> values_of({"Mira": {"hat": "cap"}, "Bolo": {"hat": "beanie"}})
    {'hat': ('beanie', 'cap')}
    """
    names = sorted({name for attributes in characters.values() for name in attributes})
    return {name: tuple(sorted({one[name] for one in characters.values() if name in one})) for name in names}


def plurals_of(folder: Path) -> Mapping[str, str]:
    """Return the plural of each object of a release, by name, sorted; none where it has no vocabulary."""
    rows = read_config(folder, "vocabulary", "noun", ["id", "plural"])
    return {row["id"]: row["plural"] for row in sorted(rows, key=lambda row: str(row["id"]))}


def lexicon_of(folder: Path) -> Lexicon:
    """Return what answers may be in a release: its objects, the values of each attribute, and its characters."""
    return Words(folder).lexicon


class Words:
    """What objects and characters of a release are called, read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def plurals(self) -> Mapping[str, str]:
        """The plural of each object."""
        return plurals_of(self._folder)

    @cached_property
    def characters(self) -> Mapping[str, Mapping[str, str]]:
        """The attributes of each character."""
        return characters_of(self._folder)

    @cached_property
    def values(self) -> Mapping[str, tuple[str, ...]]:
        """Every value of each attribute."""
        return values_of(self.characters)

    @cached_property
    def lexicon(self) -> Lexicon:
        """What answers may be."""
        return Lexicon([*self.values.values(), self.plurals, sorted(self.characters)], self.plurals)


def _picture(cell: Mapping[str, Any] | None) -> bytes | None:
    return bytes_of(cell["bytes"]) if cell and cell["bytes"] else None
