"""What the tests ask of the Hub, with the real client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import HfHubHTTPError

from loopback.server import LoopbackHub

NAME = "org/name"
CARD = b"---\nlicense: mit\n---\nA card.\n"


def client(hub: LoopbackHub, kind: str | None = "write") -> HfApi:
    """Return a client with a token of a kind, None for the anonymous."""
    return HfApi(endpoint=hub.url, token=hub.token(kind) if kind else False)


def commit(
    api: HfApi,
    files: dict[str, bytes],
    *,
    gone: tuple[str, ...] = (),
    parent: str | None = None,
    branch: str = "main",
    name: str = NAME,
) -> str:
    """Return the oid of a commit that adds the files and deletes the paths that are `gone`."""
    added = [CommitOperationAdd(path, content) for path, content in files.items()]
    deleted = [CommitOperationDelete(path) for path in gone]
    done = api.create_commit(
        name, [*added, *deleted], commit_message="a commit", repo_type="dataset", parent_commit=parent, revision=branch
    )
    return str(done.oid)


def refused(call: Callable[..., object], *arguments: Any, kind: type[HfHubHTTPError] = HfHubHTTPError, **named: Any) -> int:
    """Return the status with which the Hub refuses a call of the client; the error must be of the kind."""
    with pytest.raises(kind) as error:
        call(*arguments, **named)
    return int(error.value.response.status_code)
