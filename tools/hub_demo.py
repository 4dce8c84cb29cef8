"""Shows a release going to a Hub and coming back: a Hub on this machine, `unisandbox publish`, and two ways to load from it.

Nothing leaves the machine: the Hub is that of the tests, the cache is a new one, and what is published is a copy of the folder.
With `--keep` the Hub goes on until Ctrl-C, and the lines are printed that lead another terminal to it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "hub"))

if TYPE_CHECKING:
    from loopback import LoopbackHub

REPO = "demo/unisandbox"
CONFIG = "math"
QUIET = ("HF_HUB_DISABLE_PROGRESS_BARS", "HF_DATASETS_DISABLE_PROGRESS_BARS")
PLAIN = """
import sys
from datasets import load_dataset
repo, config, tag = sys.argv[1:]
loaded = load_dataset(repo, config, revision=tag)
for split, rows in loaded.items():
    print(f"{split}: {len(rows)} rows, version {rows.info.version}")
print("the first row says:", next(iter(loaded.values()))[0]["draw"])
"""
PROVED = """
import sys
import unisandbox
repo, config, tag = sys.argv[1:]
for split, rows in unisandbox.load(f"{repo}@{tag}", config).items():
    print(f"{split}: {len(rows)} rows, every file proved against the manifest of {tag}")
"""
ANONYMOUS = """
import sys
from datasets import load_dataset
repo, config, tag = sys.argv[1:]
try:
    load_dataset(repo, config, revision=tag)
except Exception as error:
    print(f"refused: {type(error).__name__}")
else:
    sys.exit("a private dataset was given to somebody without a token")
"""


def main() -> int:
    """Return the exit code: 0, or that of the first step that failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "unisandbox-0.2.0", help="an audited release")
    parser.add_argument("--keep", action="store_true", help="leave the Hub running until Ctrl-C")
    asked = parser.parse_args()
    for name in ("manifest.json", "audit.json"):
        if not (asked.folder / name).is_file():
            print(f"{asked.folder} has no {name}; make one with `make build-data audit`, or name another", file=sys.stderr)
            return 2
    tag = f"v{json.loads((asked.folder / 'manifest.json').read_text(encoding='utf-8'))['version']}"
    from loopback import LoopbackHub

    with tempfile.TemporaryDirectory(prefix="hub-demo-") as place, LoopbackHub() as hub:
        print(f"A Hub listens at {hub.url}. It holds nothing yet.")
        failed = shown(hub, Path(shutil.copytree(asked.folder, Path(place) / asked.folder.resolve().name)), tag)
        if asked.keep and not failed:
            wait(hub, Path(place) / "home", tag)
    return failed


def shown(hub: LoopbackHub, folder: Path, tag: str) -> int:
    """Print each step and what it said; return the exit code of the first that failed, or 0."""
    publish, where = ["-m", "unisandbox", "publish", str(folder), "--repo", REPO], [REPO, CONFIG, tag]
    steps = (
        (f"unisandbox publish {folder.name} --repo {REPO}", publish, "write"),
        ("the same once more: nothing is left to do", publish, "write"),
        (
            f'load_dataset("{REPO}", "{CONFIG}", revision="{tag}"), in another process, with a token to read',
            ["-c", PLAIN, *where],
            "read",
        ),
        (f'unisandbox.load("{REPO}@{tag}", "{CONFIG}")', ["-c", PROVED, *where], "read"),
        ("the same dataset without a token: it is private", ["-c", ANONYMOUS, *where], None),
    )
    for title, arguments, token in steps:
        print(f"\n{title}", flush=True)
        if failed := said(hub, folder.parent, arguments, token):
            return failed
    report(hub, tag)
    return 0


def said(hub: LoopbackHub, place: Path, arguments: list[str], token: str | None) -> int:
    """Run Python with the arguments against the Hub and print what it says, indented; return its exit code."""
    from loopback.surroundings import surroundings

    home = place / ("home" if token else "home-of-nobody")
    environment = surroundings(hub, home, hub.token(token) if token else None) | dict.fromkeys(QUIET, "1")
    call = [sys.executable, "-P", *arguments]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        with subprocess.Popen(call, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=place) as process:
            for line in process.stdout or ():
                print(f"    {line}", end="", flush=True)
        if process.returncode:
            errors.seek(0)
            print("".join(f"    {line}" for line in errors), file=sys.stderr)
    return process.returncode


def report(hub: LoopbackHub, tag: str) -> None:
    """Print what the Hub holds now."""
    repo = hub.repo(REPO)
    commit = next(commit for commit in repo.commits if commit.oid == repo.tags[tag])
    size_mb = sum(len(blob.content) for blob in commit.blobs.values()) / 1e6
    seen = "private" if repo.private else "public"
    print(f"\nOn the Hub: {REPO}, {seen}, {len(repo.commits)} commits (the first is the Hub's own)")
    print(f"    {tag} is {commit.oid[:12]} with {len(commit.blobs)} files, {size_mb:.1f} MB; {len(hub.requests)} requests in all")


def wait(hub: LoopbackHub, home: Path, tag: str) -> None:
    """Print what leads another terminal to the Hub, and wait for Ctrl-C."""
    from loopback.surroundings import own_variables

    print("\nThe Hub goes on until Ctrl-C. In another terminal:")
    for name, value in own_variables(hub, home, hub.token("read")).items():
        print(f"    export {name}={value}")
    code = f'import datasets; print(datasets.load_dataset("{REPO}", "{CONFIG}", revision="{tag}"))'
    print(f"    {sys.executable} -c '{code}'", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print("\nThe Hub has stopped.")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # in the middle of a step
        sys.exit(130)
