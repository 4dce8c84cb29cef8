"""What every test gets: no network beyond loopback. What some ask for: small releases, and the default release built once."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from unisandbox.cards.companions import write_companions
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
LOOPBACK = ("127.0.0.1", "::1", "localhost")


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
def default_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the default release, built once a session; its tests share an xdist group."""
    folder = tmp_path_factory.mktemp("default") / "unisandbox-0.1.0"
    built = build(read_release("0.1.0"), folder, workers=2, finish=write_companions)
    assert built.manifest is not None
    return folder


@pytest.fixture(scope="session")
def small_text() -> str:
    """A release file of all families with some hundred rows."""
    return SMALL


@pytest.fixture(scope="session")
def small_release(small_text: str) -> Release:
    """The release that the file says."""
    return parse_release(small_text, where="small.toml")
