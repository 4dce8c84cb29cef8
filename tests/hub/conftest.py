"""A Hub on this machine for the tests beside it, and the environment in which a process of its own meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi
from loopback import LoopbackHub
from loopback.asking import NAME, client
from loopback.surroundings import surroundings


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    """An empty Hub; one with other settings is made in the test."""
    with LoopbackHub() as running:
        yield running


@pytest.fixture
def api(hub: LoopbackHub) -> HfApi:
    """The client of someone who may write, with a private repository to write to."""
    made = client(hub)
    made.create_repo(NAME, repo_type="dataset", private=True)
    return made


@pytest.fixture
def environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, str]]:
    """A function that returns the environment of a process that meets a Hub: an empty cache and home, and a token or none.

    `environment(hub, token=hub.token("read"))`; `home` gives a cache that an earlier process has filled.
    """

    def made(hub: LoopbackHub, *, token: str | None = None, home: Path | None = None) -> dict[str, str]:
        return surroundings(hub, home or tmp_path_factory.mktemp("hf-home"), token)

    return made
