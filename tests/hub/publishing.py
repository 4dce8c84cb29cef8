"""What the tests of `publish` share: small releases, publishing without pauses, and fixtures, which a test file takes by name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result
from loopback import Commit, LoopbackHub
from PIL import Image
from typer.testing import CliRunner

from unisandbox.cards.access import Access
from unisandbox.cards.prepare import intent_of
from unisandbox.cards.publish import Plan, publish
from unisandbox.cli import app
from unisandbox.commands.make import finishing
from unisandbox.generators.audit import audit
from unisandbox.generators.audit_report import write_report
from unisandbox.generators.build import build
from unisandbox.generators.release_file import parse_release

Made = Callable[..., Path]
Run = Callable[..., Result]

REPO = "org/tiny"
RELEASE = """
name = "tiny"
version = "{version}"
line = "tiny-line"
seed = {seed}
editions = 2
canary = "tiny-canary"

[math.splits]
train = {{levels = [1], rows = 60}}
test = {{levels = [1], rows = 24, held_out = ["key"]}}

[mapping.splits]
train = {{levels = [1], rows = {rows}}}
test = {{levels = [1], rows = 20, held_out = ["key"]}}
"""


@cache
def _built(base: Path, version: str, rows: int, seed: int) -> Path:
    """Return the folder of a release as `build` and `audit` leave it, with a picture so that not all large files are Parquet."""
    release = parse_release(RELEASE.format(version=version, rows=rows, seed=seed), where="tiny.toml")
    folder = base / f"tiny-{version}-{rows}-{seed}"
    assert build(release, folder, finish=finishing(release)).manifest is not None
    Image.new("RGB", (8, 8), "teal").save(folder / "contact-sheet.png")
    write_report(folder, audit([folder]))
    return folder


def release_folder(base: Path, to: Path, version: str = "0.1.0", *, rows: int = 20, seed: int = 3) -> Path:
    """Return a copy of a release folder; each release is built once a session, in `base`."""
    return Path(shutil.copytree(_built(base, version, rows, seed), to / f"tiny-{version}"))


def access(hub: LoopbackHub, kind: str = "write") -> Access:
    """Return what `open_access` returns where the environment names the Hub and a token of this kind."""
    return Access(hub.url, hub.token(kind))


def silent(text: str, done: int, of: int) -> None:
    """Hear of progress and say nothing."""


def published(
    hub: LoopbackHub, folder: Path, *, public: bool = False, kind: str = "write", wait: Callable[[float], object] = abs
) -> Plan:
    """Return what publishing a folder has done, without pauses and with one upload at a time, so that requests have an order."""
    allowed = access(hub, kind)
    return publish(intent_of(folder, REPO, allowed, public=public), allowed, report=silent, wait=wait, threads=1)


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the client's own repetitions of an upload come at once."""
    monkeypatch.setattr("huggingface_hub.utils._http.time", SimpleNamespace(sleep=lambda _: None))


@pytest.fixture
def made(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Made:
    """A function that returns a copy of a release folder, by version, rows and seed."""

    def folder(version: str = "0.1.0", **changes: int) -> Path:
        number = len(list(tmp_path.iterdir()))
        return release_folder(tmp_path_factory.getbasetemp(), tmp_path / str(number), version, **changes)

    return folder


@pytest.fixture
def run(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs `unisandbox publish FOLDER --repo org/tiny …` with a token of a kind, None for no token."""

    def ran(folder: Path, *arguments: str, kind: str | None = "write", repo: str = REPO) -> Result:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        if kind:
            monkeypatch.setenv("HF_TOKEN", hub.token(kind))
        return CliRunner().invoke(app, ["publish", str(folder), "--repo", repo, *arguments])

    return ran


def refused(ran: Result, *told: str) -> None:
    """Assert that a run ended with exit code 2 and lines of four parts, with these words among them."""
    assert ran.exit_code == 2, ran.output
    lines = ran.stderr.strip().splitlines()
    assert all(": found " in line and "; allowed: " in line for line in lines), lines
    assert [words for words in told if not any(words in line for line in lines)] == [], lines
    assert "Traceback" not in ran.output + ran.stderr


def files_under(folder: Path) -> dict[str, bytes]:
    """Return path -> content of a folder."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    assert found
    return found


def assert_holds(commit: Commit, folder: Path) -> None:
    """Assert that a commit is, byte for byte, a folder; the Hub's own file apart."""
    assert {path: content for path, content in commit.files.items() if path != ".gitattributes"} == files_under(folder)
    assert ".gitattributes" in commit.files


def assert_published_once(hub: LoopbackHub, folder: Path, tag: str = "v0.1.0") -> None:
    """Assert that main has one commit of content, and that the tag on it is, byte for byte, the folder."""
    repo = hub.repo(REPO)
    head = repo.find("main")
    assert head is not None
    line = repo.history(head)
    assert [commit.title for commit in line] == [f"tiny {tag[1:]}", "initial commit"]
    assert (repo.tags, repo.branches) == ({tag: head.oid}, {"main": head.oid})
    assert_holds(head, folder)
