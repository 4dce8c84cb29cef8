"""Weights come from the Hub whole, at the revision that was asked for, without code and without second copies; or not at all."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub import HfApi
from loopback import LoopbackHub
from loopback.asking import CARD, NAME, commit

ASKING = """
import sys
from unisandbox.errors import UnisandboxError
from unisandbox.evaluation.local.weights import weights_folder
try:
    print(weights_folder(sys.argv[1], sys.argv[2] or None, "hf"))
except UnisandboxError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""
HEADER = json.dumps({"__metadata__": {"format": "pt"}}).encode()
EMPTY = struct.pack("<Q", len(HEADER)) + HEADER  # a whole file of safetensors without a tensor
WANTED = {
    "config.json": b'{"architectures": ["Tiny"]}',
    "model.safetensors": EMPTY,
    "tokenizer.json": b"{}",
    "merges.txt": b"a b",
}
UNWANTED = {
    "modeling_tiny.py": b"raise SystemExit",
    "pytorch_model.bin": b"pickle",
    "original/model.safetensors": EMPTY,
    "model.fp16.safetensors": EMPTY,
    "part/model.safetensors": EMPTY,
}

Fetch = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def fetch(hub: LoopbackHub, environment: Callable[..., dict[str, str]], tmp_path: Path) -> Fetch:
    """A function that asks for weights in a process of its own, with one cache for all calls."""

    def asked(name: str = NAME, revision: str = "", *, offline: bool = False) -> subprocess.CompletedProcess[str]:
        around = environment(hub, token=hub.token("read"), home=tmp_path / "home") | {"HF_HUB_OFFLINE": str(int(offline))}
        command = [sys.executable, "-P", "-c", ASKING, name, revision]
        return subprocess.run(command, env=around, capture_output=True, text=True, timeout=120, check=False)

    return asked


@pytest.fixture
def stored(api: HfApi) -> str:
    """Return the commit of a repository of weights, with much beside them."""
    return commit(api, {"README.md": CARD, **WANTED, **UNWANTED})


def test_weights_are_fetched_without_code_pickles_or_second_copies(fetch: Fetch, stored: str) -> None:
    done = fetch()
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.strip())
    there = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    assert {name: there.get(name) for name in WANTED} == WANTED
    assert not set(UNWANTED) & set(there)
    assert folder.name == stored


def test_a_revision_is_kept_to_when_the_branch_moves_on(fetch: Fetch, api: HfApi, stored: str) -> None:
    moved = commit(api, {"merges.txt": b"b c"})
    old, new = fetch(revision=stored), fetch()
    assert [Path(one.stdout.strip(), "merges.txt").read_bytes() for one in (old, new)] == [b"a b", b"b c"]
    assert Path(new.stdout.strip()).name == moved


def test_what_was_fetched_is_there_without_a_network(fetch: Fetch, stored: str) -> None:
    first, again = fetch(), fetch(offline=True)
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert stored in first.stdout


@pytest.mark.parametrize(
    ("name", "revision", "found"),
    [
        ("org/nothing", "", "no folder org/nothing, and no such repository on the Hub"),
        (NAME, "v9", f"no revision v9 of {NAME}"),
    ],
)
def test_what_the_hub_does_not_have_is_said_in_a_line(fetch: Fetch, stored: str, name: str, revision: str, found: str) -> None:
    assert stored
    done = fetch(name, revision)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith(f"hf:{name}: found {found}; allowed: ")
    assert "Traceback" not in done.stderr


def test_weights_that_are_cut_on_the_hub_are_refused(fetch: Fetch, api: HfApi, stored: str) -> None:
    assert stored
    commit(api, {"model.safetensors": EMPTY[:-3]})
    done = fetch()
    assert (done.returncode, done.stdout) == (2, "")
    assert "model.safetensors" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
