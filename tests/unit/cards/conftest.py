"""A release to write cards for: pictures, all families, splits with names of their own; and the same with an audit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from unisandbox.cards.companions import write_companions
from unisandbox.generators.audit import audit
from unisandbox.generators.audit_report import write_report
from unisandbox.generators.build import build
from unisandbox.generators.release_file import parse_release
from unisandbox.schemas.manifest import Manifest, read_manifest

OWN = """
name = "own"
version = "1.4.2"
line = "own-line"
seed = 11
edition = 1
editions = 3
vocabulary = 2
images = "reference"
image_size_px = 128
canary = "own-canary"

[math.splits.train]
levels = [1]
rows = 40
images = "none"
[math.splits.exam]
levels = [2, 3]
rows = [20, 13]
held_out = ["key", "depth"]
images = "reference+foils"

[mapping.splits.train]
levels = [1]
rows = 20
images = "none"
[mapping.splits.strange_things]
levels = [1]
rows = 10
held_out = ["key", "object"]

[knowledge]
characters = 40
exposures = 2
profiles = 1
[knowledge.splits.train]
levels = [1, 2]
rows = 40
images = "none"
[knowledge.splits.exam]
levels = [1, 2]
rows = [30, 12]
held_out = ["key", "entity"]
"""

Own = tuple[Path, Manifest]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the release above as `build` leaves it; read it only."""
    folder = tmp_path_factory.mktemp("cards") / "own-1.4.2"
    build(parse_release(OWN, where="own.toml"), folder, shard_rows=30, finish=_finish)
    return folder


def _finish(folder: Path, manifest: Manifest) -> None:
    write_companions(folder, manifest)


@pytest.fixture(scope="session")
def audited_once(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same folder with the audit that the package makes, and a card with its figures; read it only."""
    folder = tmp_path_factory.mktemp("audited") / "own-1.4.2"
    shutil.copytree(built, folder)
    write_report(folder, audit([folder]))
    write_companions(folder, read_manifest(folder))
    return folder


@pytest.fixture
def own(built: Path, tmp_path: Path) -> Own:
    """A copy of the folder, and its manifest."""
    return _copied(built, tmp_path)


@pytest.fixture
def audited(audited_once: Path, tmp_path: Path) -> Own:
    """A copy of the audited folder, and its manifest."""
    return _copied(audited_once, tmp_path)


def _copied(folder: Path, to: Path) -> Own:
    copy = to / "own-1.4.2"
    shutil.copytree(folder, copy)
    return copy, read_manifest(copy)
