"""A card has a sentence for all that it tells of, or there is no card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from unisandbox.cards.companions import companions
from unisandbox.cards.prose import prose
from unisandbox.errors import WordingError
from unisandbox.generators.registry import FAMILIES
from unisandbox.schemas.manifest import Manifest

Release = Callable[..., tuple[Path, Manifest]]


def test_what_no_file_speaks_of_is_said_all_at_once_in_four_parts(release: Release) -> None:
    folder, manifest = release()
    shards = (replace(manifest.shards[0], config="dance"), *manifest.shards)
    promised = {"editions": 1, "configs": [{"family": "math", "splits": [{"name": "test", "held_out": ["key", "mood"]}]}]}
    with pytest.raises(WordingError) as caught:
        companions(folder, replace(manifest, shards=shards, release=promised))
    allowed = "a sentence for all that a card tells of"
    assert [str(one) for one in caught.value.violations] == [
        f"cards/prose/axes.toml: mood.says: found no text; allowed: {allowed}; write it there",
        f"cards/prose/families.toml: dance.asks: found no text; allowed: {allowed}; write it there",
        f"cards/prose/families.toml: dance.guess: found no text; allowed: {allowed}; write it there",
        f"cards/prose/families.toml: dance.level: found no text; allowed: {allowed}; write it there",
    ]


def test_a_sentence_that_a_card_asks_for_and_no_file_has_is_an_error_in_four_parts(release: Release) -> None:
    _, manifest = release()
    said = prose(manifest)
    with pytest.raises(WordingError, match=r"cards/prose/card\.toml\.colophon: found no text"):
        said.card["colophon"]
    with pytest.raises(WordingError, match=r"cards/prose/card\.toml: impact\.joy: found no text"):
        said.card["impact"]["joy"]


def test_every_family_and_axis_that_a_release_file_can_name_has_its_sentences(release: Release) -> None:
    _, manifest = release()
    splits = [{"name": "test", "held_out": sorted({axis for entry in FAMILIES.values() for axis in entry.options().axes})}]
    promised = {"editions": 1, "configs": [{"family": family, "splits": splits} for family in FAMILIES]}
    shards = tuple(replace(manifest.shards[0], config=family) for family in FAMILIES)
    said = prose(replace(manifest, shards=shards, release=promised))
    assert list(said.families) == list(FAMILIES)
    assert {"key", "object", "template", "entity", "depth"} <= said.axes.keys()


def test_points_about_pictures_and_families_come_only_where_these_are(release: Release) -> None:
    _, manifest = release()
    said = prose(manifest)
    plain, pictured = said.points("limits"), said.points("limits", pictured=True)
    assert len(pictured) > len(plain)
    assert any("`math`" in point for point in plain)
    assert not any("knowledge" in point for point in pictured)
    assert len(said.points("personal")) == 1
