"""Rows that may be trained on, and the words of a release; rows of tests and held-out rows are refused, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.items import read_config
from unisandbox.evaluation.models.tiny.layout import Layout, layout_for
from unisandbox.evaluation.models.tiny.tokens import Tokenizer, words_of
from unisandbox.evaluation.released import characters_of, nouns_of, values_of
from unisandbox.evaluation.training.mixture import TRAIN
from unisandbox.schemas.manifest import Shard, read_manifest, shard_violations
from unisandbox.schemas.parquet import read_rows

VIEWS: Final = ("draw", "literal", "ask", "answer", "trace")
COLUMNS: Final = ("id", "family", "level", "split", *VIEWS, "target", "factors")
NO_ITEMS: Final = ("vocabulary", "entities", "knowledge_corpus")
FAVOURITE: Final = "favourite_"  # attributes that are drawn as an object, not as a part of a portrait

Row = Mapping[str, Any]
Value = TypeVar("Value")


def training_rows(release: Path, family: str, split: str = TRAIN) -> list[Row]:
    """Return the rows of a training split.

    Raises:
        DataError: It is no training split, by its name or by what a row says of itself; or it is not there, or changed.
    """
    shards = [one for one in _item_shards(release) if (one.config, one.split) == (family, split)]
    fix = "train on a training split, and keep the others for scoring"
    if not split.startswith(TRAIN):
        raise DataError(Violation(f"{family}/{split}", "rows that are held out", f"a split that begins with {TRAIN!r}", fix))
    if not shards:
        known = sorted({f"{one.config}/{one.split}" for one in _item_shards(release) if one.split.startswith(TRAIN)})
        raise DataError(
            Violation(str(release), f"no {family}/{split}", ", ".join(known) or "none", "name a mixture that fits it")
        )
    rows: list[Row] = [row for shard in shards for row in _read(release, shard, COLUMNS)]
    refuse_held_out(rows)
    return rows


def refuse_held_out(rows: Sequence[Row]) -> None:
    """Raise `DataError` where a row says of itself that it is not for training, by its split or by the split in its id."""
    fix = "train on a training split, and keep the others for scoring"
    wrong = [row for row in rows if not str(row["split"]).startswith(TRAIN) or not _says_train(str(row["id"]))]
    if wrong:
        raise DataError(Violation(row["id"], f"a row of {row['split']}", "rows of train", fix) for row in wrong)


def documents(release: Path, characters: str, attributes: Sequence[str] = ()) -> list[Row]:
    """Return what the knowledge corpus says about `train` or `heldout` characters, of some attributes or of all.

    Raises:
        DataError: The release has no such documents.
    """
    rows: list[Row] = [
        row for row in read_config(release, "knowledge_corpus", "document") if row["character_split"] == characters
    ]
    rows = [row for row in rows if not attributes or row["attribute"] in attributes]
    if not rows:
        fix = "build the release with characters, or leave the arm out"
        raise DataError(Violation(str(release), f"no knowledge_corpus of {characters} characters", "some documents", fix))
    return rows


def looks_of_characters(release: Path) -> Mapping[str, Mapping[str, str]]:
    """Return how each character looks: the attributes that a portrait shows, by name."""
    return {name: _shown(attributes) for name, attributes in characters_of(release).items()}


def layout_of(release: Path) -> Layout:
    """Return cells for a release: enough for the most objects in one of its training rows, and for all parts of a portrait."""
    most = 1
    for shard in _item_shards(release):
        if shard.split.startswith(TRAIN):
            targets = (row["target"] for row in _read(release, shard, ("target",)))
            most = max(most, max((one["count"] for target in targets for one in target["objects"]), default=1))
    return layout_for(most, _shown(values_of(characters_of(release))))


def tokenizer_of(release: Path, layout: Layout) -> Tokenizer:
    """Return a tokenizer with all words of a release: of every split, for a word is no answer, and of its corpus and objects."""
    nouns = nouns_of(release)
    names = sorted(characters_of(release))
    return Tokenizer(layout.names(sorted(nouns)), words_of(_texts(release, nouns), names))


def _texts(release: Path, nouns: Mapping[str, Any]) -> Iterator[str]:
    for shard in _item_shards(release):
        for row in _read(release, shard, VIEWS):
            yield from row.values()
    for row in read_config(release, "knowledge_corpus", "document", ["messages"]):
        yield from (message["content"] for message in row["messages"])
    for name, noun in nouns.items():
        yield from (name, noun.plural)


def _item_shards(release: Path) -> list[Shard]:
    return sorted((one for one in read_manifest(release).shards if one.config not in NO_ITEMS), key=lambda one: one.path)


def _read(release: Path, shard: Shard, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    if wrong := list(shard_violations(release, shard)):
        raise DataError(wrong)
    return read_rows(release / shard.path, "item", columns)


def _says_train(name: str) -> bool:
    """Return whether the id of a row, `family/level/split/number`, names a training split or none."""
    parts = name.split("/")
    return len(parts) < 4 or parts[2].startswith(TRAIN)


def _shown(attributes: Mapping[str, Value]) -> Mapping[str, Value]:
    return {name: value for name, value in attributes.items() if not name.startswith(FAVOURITE)}
