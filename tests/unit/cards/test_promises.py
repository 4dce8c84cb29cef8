"""What a manifest tells of its splits is read as the builder writes it, or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unisandbox.cards.companions import companions
from unisandbox.cards.promises import held_out, pictures
from unisandbox.errors import DataError
from unisandbox.schemas.manifest import Manifest

Release = Callable[..., tuple[Path, Manifest]]
SPLITS = [{"name": "test", "held_out": ["key"]}]
RELEASE = {"editions": 2, "configs": [{"family": "math", "splits": SPLITS}]}
IMAGES = {"splits": {"math/test": "reference"}, "art": "twemoji", "licences": ["MIT"]}


def test_a_manifest_that_tells_is_read(release: Release) -> None:
    _, manifest = release(release=RELEASE, images=IMAGES)
    assert held_out(manifest) == {("math", "test"): ("key",)}
    assert pictures(manifest) == {"math/test": "reference"}


def test_an_older_manifest_tells_nothing(release: Release) -> None:
    _, manifest = release()
    assert (held_out(manifest), pictures(manifest)) == ({}, {})


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"editions": 2, "configs": [{"family": "math"}]},
        {"editions": 2, "configs": 3},
        {"editions": "two", "configs": [{"family": "math", "splits": SPLITS}]},
        {"configs": [{"family": "math", "splits": SPLITS}]},
        {"editions": 0, "configs": []},
        {"editions": 2, "configs": [{"family": "math", "splits": [{"name": "test", "held_out": [3]}]}]},
    ],
    ids=repr,
)
def test_a_release_in_another_form_is_an_error_in_four_parts(release: Release, told: dict[str, Any]) -> None:
    folder, manifest = release(release=told)
    with pytest.raises(DataError, match=r"manifest\.json: release: found a form that cannot be read .*; allowed: .*; build or"):
        companions(folder, manifest)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "images: found a form that cannot be read"),
        ({**IMAGES, "splits": 3}, "images: found a form that cannot be read"),
        ({**IMAGES, "licences": [3]}, "images: found a form that cannot be read"),
        ({"splits": {}, "licences": []}, "images: found a form that cannot be read"),
        ({**IMAGES, "splits": {"math/test": "many"}}, r"images\.splits\.math/test: found 'many'; allowed: none, reference"),
    ],
    ids=repr,
)
def test_pictures_in_another_form_are_an_error_in_four_parts(release: Release, told: dict[str, Any], said: str) -> None:
    folder, manifest = release(images=told)
    with pytest.raises(DataError, match=said):
        companions(folder, manifest)
