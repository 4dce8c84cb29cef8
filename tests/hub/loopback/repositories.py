"""What the Hub holds: repositories with their commits, branches, tags and large objects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count

FIRST_DATE = datetime(2026, 1, 1, tzinfo=UTC)
BINARY = ("7z", "arrow", "bin", "bz2", "gz", "h5", "npy", "npz", "parquet", "pt", "safetensors", "tar", "tgz", "xz", "zip", "zst")
PICTURES_AND_SOUND = ("bmp", "flac", "gif", "jpeg", "jpg", "mp3", "mp4", "ogg", "png", "tiff", "wav", "webm", "webp")
ATTRIBUTES = "".join(f"*.{suffix} filter=lfs diff=lfs merge=lfs -text\n" for suffix in (*BINARY, *PICTURES_AND_SOUND)).encode()


def git_sha1(content: bytes) -> str:
    """Return the id that git gives a blob.

    >>> git_sha1(b"")
    'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
    """
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Blob:
    """One file of a commit; a large one (lfs) is in git as a pointer and has the id of that pointer."""

    content: bytes
    lfs: bool

    @cached_property
    def sha256(self) -> str:
        """The digest of the content, in hex."""
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def pointer(self) -> bytes:
        """What git holds in place of a large file."""
        return f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {len(self.content)}\n".encode()

    @cached_property
    def oid(self) -> str:
        """The id of the git blob."""
        return git_sha1(self.pointer if self.lfs else self.content)

    @property
    def known_as(self) -> str:
        """The id by which a client knows the content: the sha256 of a large file, else the id of the git blob."""
        return self.sha256 if self.lfs else self.oid


@dataclass(frozen=True)
class Commit:
    """A state of the repository; `parent` is the oid before it, None for the first."""

    oid: str
    title: str
    description: str
    parent: str | None
    date: str
    blobs: Mapping[str, Blob]

    @property
    def files(self) -> dict[str, bytes]:
        """Content by path, sorted by path."""
        return {path: self.blobs[path].content for path in sorted(self.blobs)}


@dataclass
class Repo:
    """A dataset repository; branches and tags name the oid of a commit. It starts with a `.gitattributes`, as on the Hub."""

    id: str
    private: bool
    commits: list[Commit] = field(default_factory=list)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.commit("main", "initial commit", "", {".gitattributes": Blob(ATTRIBUTES, lfs=False)})

    def commit(self, branch: str, title: str, description: str, blobs: Mapping[str, Blob]) -> Commit:
        """Return the new head of the branch, whose files are `blobs` and no others."""
        parent, number = self.branches.get(branch), next(self.numbers)
        content = "\n".join(f"{path} {blobs[path].oid}" for path in sorted(blobs))
        oid = hashlib.sha1(f"{self.id}\n{number}\n{parent}\n{title}\n{content}".encode(), usedforsecurity=False).hexdigest()
        date = (FIRST_DATE + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        made = Commit(oid, title, description, parent, date, dict(blobs))
        self.commits.append(made)
        self.branches[branch] = oid
        return made

    def find(self, revision: str) -> Commit | None:
        """Return the commit that a branch, a tag, a ref or an oid (or its first 7 digits and more) names."""
        name = revision.removeprefix("refs/heads/").removeprefix("refs/tags/")
        oid = self.branches.get(name) or self.tags.get(name) or name
        fits = [commit for commit in self.commits if commit.oid.startswith(oid)] if len(oid) >= 7 else []
        return fits[0] if len(fits) == 1 else None

    def history(self, commit: Commit) -> list[Commit]:
        """Return the commit and those before it, newest first."""
        by_oid = {each.oid: each for each in self.commits}
        line = [commit]
        while line[-1].parent is not None:
            line.append(by_oid[line[-1].parent])
        return line
