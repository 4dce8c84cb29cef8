"""Seals: what a release says of a private split before anybody may see it, in the form of `manifest.schema.json`, `seals`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedLevel:
    """One level of a sealed split.

    Attributes:
        rows: Rows that are sealed.
        first: First index of the range of its twin's space from which they were drawn; published splits never reach it.
        end: The index after the last one of the range.
        candidates: About how many indexes of the range hold an item that no published split gives away.
    """

    level: int
    rows: int
    first: int
    end: int
    candidates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSplit:
    """A private split: its config and name, the published split whose twin it is, and the Merkle root over its rows."""

    config: str
    split: str
    twin: str
    levels: tuple[SealedLevel, ...]
    root: str

    @property
    def rows(self) -> int:
        """Rows of all levels."""
        return sum(level.rows for level in self.levels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The commitment to private splits that were drawn together, with one salt.

    Attributes:
        name: Name of the seal, one of a kind in a release.
        scheme: Version of the rules by which rows are drawn and hashed.
        commitment: sha256 over the salt and all rows.
        splits: The sealed splits, in the order of their rows in the commitment.
        salt: The salt in hex, once it is revealed; None before.
    """

    name: str
    scheme: int
    commitment: str
    splits: tuple[SealedSplit, ...]
    salt: str | None = None


def document_of_seal(seal: Seal) -> dict[str, Any]:
    """Return a seal as JSON holds it; without a salt that is not revealed."""
    document = asdict(seal)
    if seal.salt is None:
        del document["salt"]
    document["splits"] = [{**split, "levels": list(split["levels"])} for split in document["splits"]]
    return document


def seal_of(document: Mapping[str, Any]) -> Seal:
    """Return the seal that a document of the declared form holds; undoes `document_of_seal`."""
    splits = tuple(_split_of(split) for split in document["splits"])
    return Seal(**{**document, "splits": splits})


def _split_of(document: Mapping[str, Any]) -> SealedSplit:
    levels = tuple(SealedLevel(**level) for level in document["levels"])
    return SealedSplit(**{**document, "levels": levels})
