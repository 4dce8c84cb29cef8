"""Files of a published version, brought here by the Hub's client, and what went wrong in words of ours.

The client keeps what it fetches apart by commit, so it never returns another version for the one that is asked for. Without an
answer of the Hub it returns what it has of that version, which may be a part: the caller has to prove the files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

from unisandbox.cards.access import ENDPOINT, GIVE_A_TOKEN, Access, checked_endpoint, open_access
from unisandbox.cards.answers import PassingError, asked, meaning
from unisandbox.cards.place import Place, is_version, numbers_of
from unisandbox.errors import HubError, Violation

DATASET: Final = "dataset"


def snapshot(place: Place, wanted: Iterable[str] | None, *, commit: str | None = None, cache_dir: Path | None = None) -> Path:
    """Return the folder that holds files of a published version; it is named after the commit, and belongs to the client's cache.

    Args:
        place: What to fetch.
        wanted: Paths or glob patterns; None for all files.
        commit: The commit of the version where it is known: a tag that moves meanwhile mixes no versions.
        cache_dir: Where fetched files are kept; None for the client's own place.

    Raises:
        HubError: The Hub has no such version, or cannot be reached while the files are not all here.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import RevisionNotFoundError

    access = reading_access()
    call = partial(
        snapshot_download,
        place.repo,
        repo_type=DATASET,
        revision=commit or place.tag,
        allow_patterns=None if wanted is None else list(wanted),
        cache_dir=cache_dir,
        endpoint=access.endpoint,
        token=access.token or False,
    )
    found = _tried(call)
    if isinstance(found, Exception) and not isinstance(found, RevisionNotFoundError):
        held = _tried(partial(call, local_files_only=True))  # the client itself looks there after some failures only
        found = held if isinstance(held, Path) else found
    if isinstance(found, Path):
        return found
    raise HubError(_meaning(found, place, access, cache_dir))


def _tried(call: Callable[[], str]) -> Path | Exception:
    """Return the folder, or else the client's error, which may hold the headers that were sent: it goes no further."""
    try:
        return Path(call())
    except Exception as error:
        if isinstance(error, OSError) and error.filename:  # of this machine: a full disk, a cache that cannot be written
            raise
        return error


def reading_access() -> Access:
    """Return the endpoint and the token to read with; an endpoint that is neither the Hub nor this machine gets no token.

    A mirror may be read: what it serves is proved by the manifest that it serves, and is as good as the mirror.
    """
    endpoint = checked_endpoint(os.environ.get(ENDPOINT) or None)
    try:
        checked_endpoint()
    except HubError:
        return Access(endpoint, None)
    return open_access(needs_token=False)


def tags_of(repo: str) -> tuple[str, ...]:
    """Return the tags of the published versions of a repository, oldest first; raises `HubError` where it cannot be asked."""
    from huggingface_hub import HfApi

    access = reading_access()
    api = HfApi(endpoint=access.endpoint, token=access.token or False)
    try:
        refs = asked(partial(api.list_repo_refs, repo, repo_type=DATASET), access, repo)
    except PassingError as error:
        wrong = error.violation
    else:
        return tuple(f"v{version}" for version in _sorted(one.name[1:] for one in refs.tags if one.name.startswith("v")))
    raise HubError(wrong)


def folder_of(repo: str, cache_dir: Path | None = None) -> Path:
    """Return where the client keeps all versions of a repository, whether there are any or not."""
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    return Path(cache_dir or constants.HF_HUB_CACHE) / repo_folder_name(repo_id=repo, repo_type=DATASET)


def _sorted(versions: Iterable[str]) -> list[str]:
    return sorted((version for version in versions if is_version(version)), key=numbers_of)


def _meaning(error: Exception, place: Place, access: Access, cache_dir: Path | None) -> Violation:
    """Return what an error of the client means for somebody who wants to read a version."""
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

    if isinstance(error, RevisionNotFoundError):
        published = ", ".join(tags_of(place.repo)) or "no version yet"
        return Violation(str(place), f"no tag {place.tag}", published, "name one of these")
    met = meaning(error, access, place.repo)
    told = met.violation if isinstance(met, PassingError) else met.violations[0]
    if isinstance(error, RepositoryNotFoundError) or told.found.startswith("403"):
        fix = f"for a private one {GIVE_A_TOKEN}" if access.token is None else "ask the owner of a private one for access"
        found = "no such dataset, or one that you may not see"
        return Violation(str(place), found, "a dataset of the Hub", f"check the name; {fix}")
    others = ", ".join(f"v{one}" for one in _sorted(path.name[1:] for path in folder_of(place.repo, cache_dir).glob("refs/v*")))
    held = "a part of it" if place.tag in others.split(", ") else f"{others} alone" if others else "nothing of it"
    allowed = f"an answer of the Hub, or all files of {place.tag} in the cache"
    return Violation(str(place), f"{told.found}, and {held} in the cache", allowed, told.fix)
