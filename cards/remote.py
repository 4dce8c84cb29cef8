"""A dataset repository on the Hub: what it holds at a revision, how that differs from files here, and the few ways to change it.

Files are compared by content, never by name or date: by the sha256 of a large file, by git's own sha1 of any other. So every
step of a publication can be done again after a failure without remembering anything.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from unisandbox.cards.access import Access, plain_of
from unisandbox.cards.answers import asked
from unisandbox.schemas.files import file_sha256

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, HfApi

T = TypeVar("T")
Report = Callable[[str, int, int], None]  # what is done, how many files are done, of how many

MAIN: Final = "main"
KEPT: Final = frozenset({".gitattributes"})  # the Hub's own: which files are large
AT_ONCE: Final = 8  # files between two reports of progress
THREADS: Final = 5  # uploads at the same time, as the client has it by default
LOGGERS: Final = ("huggingface_hub", "httpx", "httpcore", "httpx2", "httpcore2")  # of the client and below it, by its version
DATASET: Final = "dataset"  # without it the client means a model


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file to publish: its path in the repository, its size, and its content or where that lies."""

    path: str
    size_bytes: int
    sha256: str
    source: Path | bytes

    def equals(self, held: HeldFile) -> bool:
        """Return whether a repository holds this content."""
        if held.size_bytes != self.size_bytes:
            return False
        return held.sha256 == self.sha256 if held.sha256 is not None else held.blob_sha1 == blob_sha1(self.content())

    def content(self) -> bytes:
        """Return the bytes of the file."""
        return self.source if isinstance(self.source, bytes) else self.source.read_bytes()


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file of a repository: its size, git's sha1 of it, and for a large file the sha256 of its content."""

    size_bytes: int
    blob_sha1: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What has to change in a repository so that it holds the files that are here and no others; each sorted by path."""

    added: tuple[LocalFile, ...]
    changed: tuple[LocalFile, ...]
    removed: tuple[tuple[str, int], ...]  # path and size in bytes

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)


@dataclass(frozen=True, slots=True)
class Refs:
    """Which commit each branch and each tag of a repository stands at."""

    branches: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Info:
    """What the Hub calls a repository, and whether only its owners see it."""

    repo: str
    private: bool


def local_file(path: str, source: Path | bytes, sha256: str | None = None) -> LocalFile:
    """Return a file to publish, measured; a sha256 that is known is not worked out again."""
    if isinstance(source, bytes):
        return LocalFile(path, len(source), sha256 or hashlib.sha256(source).hexdigest(), source)
    return LocalFile(path, source.stat().st_size, sha256 or file_sha256(source), source)


def blob_sha1(content: bytes) -> str:
    """Return the name that git gives to a file's content.

    >>> blob_sha1(b"hello\\n")
    'ce013625030ba8dba906f756967f9e9ca394464a'
    """
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def difference(files: Mapping[str, LocalFile], held: Mapping[str, HeldFile]) -> Difference:
    """Return what makes a repository hold exactly these files, but for those of `KEPT`."""
    added = tuple(file for path, file in sorted(files.items()) if path not in held)
    changed = tuple(file for path, file in sorted(files.items()) if path in held and not file.equals(held[path]))
    removed = tuple((path, one.size_bytes) for path, one in sorted(held.items()) if path not in files and path not in KEPT)
    return Difference(added, changed, removed)


class Remote:
    """One dataset repository, seen with one access. Every method raises as `answers.asked` does."""

    def __init__(self, access: Access, repo: str, *, threads: int = THREADS) -> None:
        from huggingface_hub import HfApi

        self.repo, self.endpoint, self._access, self._threads = repo, access.endpoint, access, threads
        self._api: HfApi = HfApi(endpoint=access.endpoint, token=access.token or False)
        self._named: dict[str, Any] = {"repo_id": repo, "repo_type": DATASET}

    def _asked(self, call: Callable[[], T]) -> T:
        return asked(call, self._access, self.repo)

    def create(self, *, private: bool) -> None:
        """Make the repository where there is none; one that is there stays as it is."""
        self._asked(partial(self._api.create_repo, **self._named, private=private, exist_ok=True))

    def info(self) -> Info | None:
        """Return what the Hub says of the repository; None where there is none, or none that the token may see."""
        return self._asked(self._info)

    def _info(self) -> Info | None:
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            found = self._api.dataset_info(self.repo)
        except RepositoryNotFoundError:
            return None
        return Info(found.id, bool(found.private))

    def refs(self) -> Refs:
        """Return the branches and tags."""
        found = self._asked(partial(self._api.list_repo_refs, **self._named))
        return Refs(*({one.name: one.target_commit for one in part} for part in (found.branches, found.tags)))

    def tree(self, revision: str) -> dict[str, HeldFile]:
        """Return path -> file of everything that a revision holds."""
        return self._asked(lambda: dict(self._listed(revision)))

    def _listed(self, revision: str) -> Iterator[tuple[str, HeldFile]]:
        from huggingface_hub.hf_api import RepoFile

        for entry in self._api.list_repo_tree(**self._named, recursive=True, revision=revision):
            if isinstance(entry, RepoFile):
                yield entry.path, HeldFile(entry.size, entry.blob_id, entry.lfs.sha256 if entry.lfs else None)

    def read(self, path: str, revision: str) -> bytes | None:
        """Return a small file at a revision, None where there is none; past every cache."""
        return self._asked(partial(self._read, path, revision))

    def _read(self, path: str, revision: str) -> bytes | None:
        from huggingface_hub.errors import RemoteEntryNotFoundError

        with tempfile.TemporaryDirectory() as folder:
            try:
                where = {**self._named, "revision": revision, "local_dir": folder}
                found = self._api.hf_hub_download(**where, filename=path, force_download=True)
            except RemoteEntryNotFoundError:
                return None
            return Path(found).read_bytes()

    def commit(self, changes: Difference, title: str, *, parent: str, branch: str = MAIN, report: Report) -> str:
        """Make one commit of all changes and return its id; large files are uploaded before it, with a report every few.

        The branch must still stand at `parent`; where there is nothing to change, the client returns its head unchecked.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        def call() -> str:
            files = [*changes.added, *changes.changed]
            adds = [CommitOperationAdd(one.path, one.source) for one in files]
            removes = [CommitOperationDelete(path, is_folder=False) for path, _ in changes.removed]
            self._upload(adds, branch, report)
            where = {**self._named, "revision": branch, "parent_commit": parent, "num_threads": self._threads}
            return str(self._api.create_commit(operations=[*adds, *removes], commit_message=title, **where).oid)

        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            made = self._asked(call)
        for one in said:
            if one.category is UserWarning:  # what the Hub remarks on the card
                report(plain_of(self._access.scrubbed(str(one.message))), 0, 0)
        return made

    def _upload(self, adds: Sequence[CommitOperationAdd], branch: str, report: Report) -> None:
        for start in range(0, len(adds), AT_ONCE):
            some = adds[start : start + AT_ONCE]
            named = {**self._named, "revision": branch, "num_threads": self._threads, "free_memory": False}
            self._api.preupload_lfs_files(additions=some, **named)
            report(some[-1].path_in_repo, start + len(some), len(adds))

    def tag(self, name: str, commit: str) -> None:
        """Put a new tag on a commit; one that is there is never moved."""
        self._asked(partial(self._api.create_tag, **self._named, tag=name, revision=commit))

    def branch(self, name: str, commit: str) -> None:
        """Start a new branch at a commit."""
        self._asked(partial(self._api.create_branch, **self._named, branch=name, revision=commit))

    def remove_branch(self, name: str) -> None:
        """Remove a branch."""
        self._asked(partial(self._api.delete_branch, **self._named, branch=name))


@contextmanager
def quiet_client() -> Iterator[None]:
    """Keep the client's own bars and logs away: they hold upload addresses with their signatures, and what a server says back."""
    from huggingface_hub import constants
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    loggers = [logging.getLogger(name) for name in LOGGERS]
    levels = [logger.level for logger in loggers]
    shown = constants.HF_HUB_DISABLE_PROGRESS_BARS is None and not are_progress_bars_disabled()
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    if shown:  # the environment has the last word, and the client warns of anything against it
        disable_progress_bars()
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if shown:
            enable_progress_bars()
