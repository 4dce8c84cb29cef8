"""Two versions of a release are published and come back: each tag its own rows, whoever asks, and whatever a cache holds."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from loopback import LoopbackHub
from loopback.asking import NAME

from unisandbox.cards.access import Access
from unisandbox.cards.prepare import Intent
from unisandbox.cards.publish import publish
from unisandbox.commands.make import finishing
from unisandbox.generators.audit import audit
from unisandbox.generators.audit_report import write_report
from unisandbox.generators.build import build
from unisandbox.generators.release_file import parse_release
from unisandbox.schemas.manifest import read_manifest

pytestmark = pytest.mark.xdist_group("round trip")

DEMO = Path(__file__).resolve().parents[2] / "tools" / "hub_demo.py"
OLD, NEW = "0.0.1", "0.1.0"
ROWS_A_LEVEL = {OLD: 90, NEW: 120}
RELEASE = """
name = "small"
version = "{version}"
line = "small-line"
seed = 3
editions = 2
canary = "small-canary"

[math.splits.train]
levels = [1, 2]
rows = {rows}
[math.splits.test]
levels = [2, 3]
rows = 30
held_out = ["key"]
"""

PLAIN = """
import json, os, sys
from datasets import load_dataset
import unisandbox

def told(rows):
    return [str(rows.info.version), list(rows["id"])]

def plain(revision):
    return load_dataset("org/name", "math", split="train", revision=revision)
"""
READ = """
found = {str(revision): told(plain(revision)) for revision in ("v0.0.1", "v0.1.0", "main", None)}
stream = load_dataset("org/name", "math", split="train", revision="v0.0.1", streaming=True)
found["streamed"] = [str(stream.info.version), [row["id"] for row in stream]]
found["loaded"] = told(unisandbox.load("org/name@v0.0.1", "math", "train"))
print("LOADED " + json.dumps(found), flush=True)
os._exit(0)
"""
TRAPPED = """
import time
from unisandbox.errors import InputError
found = {}
try:
    load_dataset("org/name", "math", token=False)
except Exception as error:
    found["anonymous"] = type(error).__name__
plain("v0.1.0")
print("READY", flush=True)
input()  # from here on the Hub answers 500
time.sleep = lambda seconds: None  # the client tries six times and waits 23 s in all
found["plain"] = told(plain("v0.0.1"))
try:
    unisandbox.load("org/name@v0.0.1", "math", "train")
except InputError as error:
    found["loaded"] = str(error)
print("LOADED " + json.dumps(found), flush=True)
os._exit(0)
"""


def built(folder: Path, version: str) -> Path:
    release = parse_release(RELEASE.format(version=version, rows=ROWS_A_LEVEL[version]), where=version)
    assert build(release, folder, workers=1, finish=finishing(release)).manifest is not None
    write_report(folder, audit([folder], workers=1))
    return folder


def ids(folder: Path) -> list[str]:
    files = sorted(folder.glob("data/math/train-*.parquet"))
    return [name for file in files for name in pq.read_table(file, columns=["id"])["id"].to_pylist()]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two versions of one release, built and audited; the second has more rows."""
    place = tmp_path_factory.mktemp("round-trip")
    return {version: built(place / version, version) for version in (OLD, NEW)}


@pytest.fixture(scope="module")
def published(folders: dict[str, Path]) -> Iterator[LoopbackHub]:
    """A Hub on which both versions have been published, one after the other, to a private repository."""
    with LoopbackHub() as hub:
        for folder in folders.values():
            intent = Intent(folder, read_manifest(folder), NAME)
            publish(intent, Access(hub.url, hub.token("write")), report=lambda *_: None)
        yield hub


def answers(output: str) -> dict[str, Any]:
    found = json.loads(output.rpartition("LOADED ")[2])
    assert isinstance(found, dict)
    return found


def test_a_repository_holds_at_each_tag_the_files_of_its_folder(published: LoopbackHub, folders: dict[str, Path]) -> None:
    repo = published.repo(NAME)
    assert sorted(repo.tags) == [f"v{version}" for version in (OLD, NEW)]
    assert repo.private
    for version, folder in folders.items():
        commit = next(commit for commit in repo.commits if commit.oid == repo.tags[f"v{version}"])
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert "data/math/train-00000-of-00001.parquet" in files
        assert commit.files == dict(sorted({**files, ".gitattributes": commit.files[".gitattributes"]}.items()))
    assert repo.branches == {"main": repo.tags[f"v{NEW}"]}


def test_each_tag_gives_the_rows_of_its_version(
    published: LoopbackHub, folders: dict[str, Path], environment: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    surroundings = environment(published, token=published.token("read"))
    call = [sys.executable, "-P", "-c", PLAIN + READ]
    done = subprocess.run(call, env=surroundings, capture_output=True, text=True, check=True, cwd=tmp_path, timeout=300)
    found = answers(done.stdout)
    old, new = ([version, ids(folders[version])] for version in (OLD, NEW))
    assert old[1] == [name for name in new[1] if name in set(old[1])]
    assert len(new[1]) > len(old[1])
    assert [found[revision] for revision in ("v0.0.1", "v0.1.0", "main", "None")] == [old, new, new, new]
    assert [found["streamed"], found["loaded"]] == [old, old]
    assert 206 in [request.status for request in published.requests]


def test_a_silent_hub_makes_plain_datasets_return_another_version_and_this_package_refuse(
    published: LoopbackHub, folders: dict[str, Path], environment: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    surroundings = environment(published, token=published.token("read"))
    call = [sys.executable, "-P", "-c", PLAIN + TRAPPED]
    with (
        (tmp_path / "said").open("w+") as said,
        subprocess.Popen(
            call, env=surroundings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True, cwd=tmp_path
        ) as process,
    ):
        assert process.stdout is not None
        started = process.stdout.readline()
        published.fault(0, "before", 500, times=None)
        output, _ = process.communicate("\n", timeout=300)
        published.heal()
        said.seek(0)
        assert (started, process.returncode) == ("READY\n", 0), said.read()
    found = answers(output)
    assert found["anonymous"] == "DatasetNotFoundError"
    assert found["plain"] == [NEW, ids(folders[NEW])]  # v0.0.1 was asked for: the reason for a loader of our own
    assert f"{NAME}@v{OLD}" in found["loaded"]
    assert "500" in found["loaded"]


@pytest.mark.slow
def test_the_demonstration_publishes_loads_and_changes_nothing(folders: dict[str, Path], tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in sorted(folders[OLD].rglob("*")) if path.is_file()}
    call = [sys.executable, "-P", str(DEMO), str(folders[OLD])]
    done = subprocess.run(call, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"train: {len(ids(folders[OLD]))} rows, every file proved against the manifest of v{OLD}" in done.stdout
    assert "refused: DatasetNotFoundError" in done.stdout
    assert {path: path.read_bytes() for path in sorted(folders[OLD].rglob("*")) if path.is_file()} == before
