"""The picture files of a folder, and nothing outside of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from unisandbox.errors import DataError, Violation

SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds, as paths inside it with `/`, sorted.

    Attributes:
        folder: The folder.
        pictures: Files whose names say that they are pictures; a link counts where it leads to a file inside the folder.
        outside: Links that lead elsewhere, which are not followed.
        others: How many other files there are; hidden ones do not count.
    """

    folder: Path
    pictures: tuple[str, ...]
    outside: tuple[str, ...]
    others: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture and where it belongs.

    Attributes:
        path: Inside the folder.
        arm: Of `DRAWN_ARMS`.
        name: Id of the item with `__` for `/`.
        sample: Which of several, from 0.
        says_arm: Whether its place in the folder says of which arm it is.
    """

    path: str
    arm: str
    name: str
    sample: int
    says_arm: bool = False


def listing(folder: Path) -> Listing:
    """Return what a folder holds; raises `DataError` where there is no folder."""
    if not folder.is_dir():
        raise DataError(Violation(f"--model folder:{folder}", "no folder", "a folder of pictures", "check the path"))
    pictures, outside, others = list[str](), list[str](), 0
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        here = Path(place)
        outside += [_inside(folder, here / name) for name in folders if (here / name).is_symlink()]
        for name in files:
            if name.startswith("."):
                continue
            if not name.lower().endswith(SUFFIXES):
                others += 1
            elif leads_inside(folder, here / name):
                pictures.append(_inside(folder, here / name))
            else:
                outside.append(_inside(folder, here / name))
    return Listing(folder, tuple(sorted(pictures)), tuple(sorted(outside)), others)


def leads_inside(folder: Path, path: Path) -> bool:
    """Return whether a path is a file inside a folder, once every link on its way is followed."""
    return path.resolve().is_relative_to(folder.resolve()) and path.is_file()


def _inside(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()
