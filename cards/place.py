"""Where a release stands on the Hub: a repository and a version, written `org/name@v0.2.0`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from unisandbox.errors import DataError, Violation

HUB: Final = "https://huggingface.co"
LONGEST_REPO: Final = 96  # characters, as huggingface_hub.utils.validate_repo_id counts them
FORM: Final = "org/name@vX.Y.Z, e.g. org/name@v0.2.0"
NAME_A_VERSION: Final = "name a version: what stands there today may be another tomorrow"
REPO_FORM: Final = "org/name, each of letters, digits and single . _ - between them"

_VERSION: Final = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)", re.ASCII)
_PART: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_REPO: Final = re.compile(f"{_PART}/{_PART}", re.ASCII)
_LIKE_A_PLACE: Final = re.compile(r"[^/@\s]+/[^/@\s]+@[^/\s]*")


@dataclass(frozen=True, slots=True)
class Place:
    """A dataset repository of the Hub and a version in it.

    >>> str(Place("org/name", "0.2.0")), Place("org/name", "0.2.0").tag
    ('org/name@v0.2.0', 'v0.2.0')
    """

    repo: str
    version: str

    @property
    def tag(self) -> str:
        """The name of the version's tag."""
        return f"v{self.version}"

    def __str__(self) -> str:
        return f"{self.repo}@{self.tag}"


def is_version(text: str) -> bool:
    """Return whether a text is a version that can be published: three numbers, and nothing behind them.

    >>> is_version("0.2.0"), is_version("0.2.0-rc1")
    (True, False)
    """
    return _VERSION.fullmatch(text) is not None


def numbers_of(version: str) -> tuple[int, int, int]:
    """Return the three numbers of a version, so that versions compare; raises `DataError` where it is no X.Y.Z.

    >>> numbers_of("0.10.2") > numbers_of("0.9.0")
    True
    """
    if (match := _VERSION.fullmatch(version)) is None:
        fix = "a published version has three numbers and nothing behind them: `datasets` reads no other"
        raise DataError(Violation("version", repr(version), "X.Y.Z, e.g. 0.2.0", fix))
    major, minor, patch = match.groups()
    return int(major), int(minor), int(patch)


def check_repo(repo: str) -> str:
    """Return the name of a repository as it is; raises `DataError` where the Hub could have none of that name.

    >>> check_repo("org/name")
    'org/name'
    """
    broken = any(sign in repo for sign in ("--", "..")) or repo.endswith(".git") or len(repo) > LONGEST_REPO
    if broken or not _REPO.fullmatch(repo):
        fix = "name the owner and the dataset as the page of the Hub does"
        raise DataError(Violation("repository", repr(repo), f"{REPO_FORM}; at most {LONGEST_REPO} characters", fix))
    return repo


def parse_place(text: str) -> Place:
    """Return the place that a text names; raises `DataError` where it is not of the form org/name@vX.Y.Z.

    >>> parse_place("org/name@v0.2.0")
    Place(repo='org/name', version='0.2.0')
    """
    repo, at, tag = text.partition("@")
    if not at or not tag.startswith("v") or not is_version(tag[1:]):
        raise DataError(Violation("release", repr(text), f"{FORM}, or a folder that exists", NAME_A_VERSION))
    return Place(check_repo(repo), tag[1:])


def is_place(text: str) -> bool:
    """Return whether a text is meant as a place on the Hub: it reads like org/name@…, and nothing on the disk has that path.

    Whether it is right, `parse_place` says.
    """
    return _LIKE_A_PLACE.fullmatch(text) is not None and not Path(text).exists()


def resolve_url(repo: str, version: str, path: str) -> str:
    """Return the address of one file of a published version, which never serves another version.

    >>> resolve_url("org/name", "0.2.0", "manifest.json")
    'https://huggingface.co/datasets/org/name/resolve/v0.2.0/manifest.json'
    """
    return f"{HUB}/datasets/{repo}/resolve/v{version}/{quote(path)}"
