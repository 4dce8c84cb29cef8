"""A release from what a manifest says of it: the way back from `Release.canonical`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from unisandbox.errors import DataError, Violation
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release import Config, Release, Split
from unisandbox.generators.release_file import read_release
from unisandbox.schemas.manifest import FILE_NAME, Manifest

HEAD: Final = ("name", "version", "line", "seed", "edition", "editions", "vocabulary", "images", "canary")


def release_of(manifest: Manifest, source: str | None = None, *, where: str = FILE_NAME) -> Release:
    """Return the release that a folder holds.

    Args:
        manifest: The manifest of the folder.
        source: Release file, or the version of a packaged one, to read it from; needed for own art, which a manifest cannot hold.
            Version and edition are those of the manifest, for a build may set them.
        where: The manifest, as messages name it.

    Raises:
        DataError: The manifest has no release, or this version makes other rows of it.
        ReleaseError: The source cannot be read.
    """
    if manifest.release is None:
        fix = "build it again with this version"
        raise DataError(Violation(f"{where}: release", "nothing", "the release in canonical form", fix))
    release = _read(source, manifest) if source else _from_canonical(manifest.release, where)
    if release.fingerprint != manifest.fingerprint:
        found = f"a release with fingerprint {release.fingerprint[:12]}"
        fix = "give the file that it was built from with --release, and the version of unisandbox that built it"
        raise DataError(Violation(source or f"{where}: release", found, f"{manifest.fingerprint[:12]}, of the manifest", fix))
    return release


def _read(source: str, manifest: Manifest) -> Release:
    return replace(read_release(source), version=manifest.version, edition=manifest.edition)


def _from_canonical(told: Mapping[str, Any], where: str) -> Release:
    try:
        head: dict[str, Any] = {key: told[key] for key in HEAD if key in told}
        if "pictures" in told:
            head["image_size_px"] = told["pictures"]["size_px"]
        return Release(**head, configs=tuple(_config(config) for config in told["configs"]), where=where)
    except (KeyError, TypeError) as error:
        found, fix = f"a form that cannot be read ({error})", "build the folder again with this version"
        raise DataError(Violation(f"{where}: release", found, "a release in canonical form", fix)) from None


def _config(told: Mapping[str, Any]) -> Config:
    options = FAMILIES[told["family"]].options(**_frozen(told["options"]))
    return Config(family=told["family"], options=options, splits=tuple(Split(**_frozen(split)) for split in told["splits"]))


def _frozen(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
