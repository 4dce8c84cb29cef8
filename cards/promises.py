"""What a manifest tells of each split besides its rows: what it holds out, and which pictures it has.

The schema of a manifest leaves both free in form, since they are other programs' words; here they are read, or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from unisandbox.errors import DataError, Violation
from unisandbox.schemas.manifest import FILE_NAME, Manifest

PICTURES: Final = ("none", "reference", "reference+foils")


def held_out(manifest: Manifest) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return (config, split) -> the axes on which it shares nothing with train; nothing for a manifest without its release.

    Raises:
        DataError: The release has not the form that `unisandbox build` gives it.
    """
    release = manifest.release
    return {} if release is None else _read("release", "a release in canonical form", lambda: _splits(release))


def _splits(release: Mapping[str, Any]) -> dict[tuple[str, str], tuple[str, ...]]:
    if release["editions"] < 1:
        raise ValueError(f"{release['editions']} editions")
    return {
        (config["family"], split["name"]): tuple(map(_text, split["held_out"]))
        for config in release["configs"]
        for split in config["splits"]
    }


def pictures(manifest: Manifest) -> dict[str, str]:
    """Return `config/split` -> one of `PICTURES`; nothing for a release without pictures.

    Raises:
        DataError: What is told of the pictures has not the form that `unisandbox build` gives it.
    """
    images = manifest.images
    if images is None:
        return {}
    form = "splits, art and licences of the pictures"
    told = _read("images", form, lambda: (dict(images["splits"]), _text(images["art"]), tuple(map(_text, images["licences"]))))
    splits: dict[str, str] = told[0]
    wrong = [split for split, kind in sorted(splits.items()) if kind not in PICTURES]
    if wrong:
        fix = "build or download the folder again"
        raise DataError(
            Violation(f"{FILE_NAME}: images.splits.{split}", repr(splits[split]), ", ".join(PICTURES), fix) for split in wrong
        )
    return splits


def _read(name: str, allowed: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except (KeyError, TypeError, ValueError) as error:
        found = f"a form that cannot be read ({type(error).__name__}: {error})"
    raise DataError(Violation(f"{FILE_NAME}: {name}", found, allowed, "build or download the folder again"))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
