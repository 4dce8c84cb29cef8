"""What every test gets: no network beyond loopback. What some ask for: small releases, and the default release built once."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from unisandbox.commands.base import DEFAULT_RELEASE
from unisandbox.commands.make import finishing
from unisandbox.generators.build import build
from unisandbox.generators.release import Release
from unisandbox.generators.release_file import parse_release, read_release

SMALL = """
name = "small"
version = "0.0.1"
line = "small-line"
seed = 3
editions = 2
canary = "small-canary"

[math.splits.train]
levels = [1, 2]
rows = 90
[math.splits.test]
levels = [2, 3]
rows = 30
held_out = ["key"]

[mapping.splits.train]
levels = [1, 2]
rows = 60
[mapping.splits.test_novel_objects]
levels = [2]
rows = 40
held_out = ["key", "object"]

[knowledge]
characters = 40
exposures = 2
profiles = 1
[knowledge.splits.train]
levels = [1, 2]
rows = 40
[knowledge.splits.test]
levels = [1, 3]
rows = 40
held_out = ["key", "entity"]
"""
BUILT = "UNISANDBOX_BUILT"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


# huggingface_hub and datasets read these once, when they are first imported; a conftest further down may do it: no fixture then.
HF_HOME = tempfile.TemporaryDirectory(prefix="unisandbox-tests-")  # no cache and no token of the person's
for name in [name for name in os.environ if name.startswith(("HF_", "HUGGINGFACE", "HUGGING_FACE"))]:
    del os.environ[name]
os.environ.update(HF_HOME=HF_HOME.name, HF_HUB_DISABLE_XET="1", HF_HUB_DISABLE_TELEMETRY="1", XDG_CACHE_HOME=HF_HOME.name)
os.environ["OMP_NUM_THREADS"] = "1"  # torch's threads wait for each other by spinning, which costs what other workers could use


def pytest_configure(config: pytest.Config) -> None:
    """Let the home of this run go with it."""
    config.add_cleanup(HF_HOME.cleanup)


class NetworkUsedError(RuntimeError):
    """A test tried to leave the machine."""


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise NetworkUsedError(f"a test tried to connect to {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def packaged_release(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function that returns the folder of a packaged release, built once a session; its tests share an xdist group.

    UNISANDBOX_BUILT names a folder in which `make build-data` has built the default release: that one is tested then.
    """

    @cache
    def built(version: str) -> Path:
        if version == DEFAULT_RELEASE and BUILT in os.environ:
            return Path(os.environ[BUILT])
        folder = tmp_path_factory.mktemp("packaged") / f"unisandbox-{version}"
        release = read_release(version)
        assert build(release, folder, workers=2, finish=finishing(release)).manifest is not None
        return folder

    return built


@pytest.fixture(scope="session")
def default_release(packaged_release: Callable[[str], Path]) -> Path:
    """The folder of the default release; its tests are in the xdist group of that name."""
    return packaged_release(DEFAULT_RELEASE)


@pytest.fixture(scope="session")
def small_text() -> str:
    """A release file of all families with some hundred rows."""
    return SMALL


@pytest.fixture(scope="session")
def small_release(small_text: str) -> Release:
    """The release that the file says."""
    return parse_release(small_text, where="small.toml")
