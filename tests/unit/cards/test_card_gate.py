"""A card that says anything else of the data than the manifest is refused, whatever it is that differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from unisandbox.cards.card_gate import refuse_unlike
from unisandbox.cards.companions import companions
from unisandbox.errors import DataError
from unisandbox.schemas.manifest import Manifest

Release = Callable[..., tuple[Path, Manifest]]


@pytest.fixture
def card(release: Release) -> tuple[str, Manifest]:
    """A card, and the manifest that it follows from."""
    folder, manifest = release()
    return companions(folder, manifest)["README.md"].decode(), manifest


def refused(text: str, manifest: Manifest) -> list[str]:
    """Return where a card is refused."""
    with pytest.raises(DataError) as error:
        refuse_unlike(text, manifest)
    assert all(one.where.startswith("README.md") for one in error.value.violations)
    return [one.where.removeprefix("README.md").removeprefix(": ") for one in error.value.violations]


def test_the_card_of_a_release_says_what_its_manifest_says(card: tuple[str, Manifest]) -> None:
    refuse_unlike(*card)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("version: 0.1.0", "version: 0.2.0", ["configs: mapping: version", "configs: math: version"]),
        ("  default: true\n", "", ["configs: default"]),
        ("path: data/math/test-*.parquet", "path: data/math/*.parquet", ["configs: math: files of test"]),
        ("path: data/math/train-*.parquet", "path: data/*/train-*.parquet", []),
        ("path: data/math/test-*.parquet", "path: '*.parquet'", ["configs: math: files of test"]),
        ("path: data/mapping/test-*.parquet", "path: data/math/test-*.parquet", ["configs: mapping: files of test"]),
        ("- split: test\n    path: data/math/test", "- split: held\n    path: data/math/test", ["configs: math: splits"]),
        ("num_examples: 5", "num_examples: 6", ["dataset_info: math: rows"]),
        ("config_name: mapping", "config_name: maps", ["configs", "dataset_info"]),
    ],
)
def test_whatever_differs_is_named(card: tuple[str, Manifest], old: str, new: str, where: list[str]) -> None:
    text, manifest = card
    assert old in text
    changed = text.replace(old, new)
    if where:
        assert refused(changed, manifest) == where
    else:
        refuse_unlike(changed, manifest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# no block",
        "---\nconfigs: [\n---\n",
        "---\nconfigs: 7\n---\n",
        "---\nconfigs:\n- default: true\n---\n",
        "---\n- 1\n---\n",
    ],
)
def test_a_block_that_the_loader_cannot_read_is_refused_and_not_thrown(card: tuple[str, Manifest], text: str) -> None:
    assert refused(text, card[1])


def test_two_defaults_are_refused(card: tuple[str, Manifest]) -> None:
    text, manifest = card
    twice = text.replace("- config_name: mapping\n", "- config_name: mapping\n  default: true\n", 1)
    assert refused(twice, manifest) == ["configs: default"]
