"""A release folder explains itself."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from unisandbox.cards.companions import companions, write_companions
from unisandbox.cards.versions import history, read_versions
from unisandbox.errors import DataError
from unisandbox.schemas.declarations import declaration
from unisandbox.schemas.manifest import Manifest

ROOT = Path(__file__).resolve().parents[3]
Own = tuple[Path, Manifest]
Release = Callable[..., Own]
pytestmark = pytest.mark.xdist_group("own_release")  # built once
DATE = re.compile(r"(?<![\w.-])(?:19|20)\d\d-\d\d-\d\d(?![\w-])")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_folder_holds_card_licence_schemas_and_what_machines_read(release: Release) -> None:
    folder, manifest = release()
    write_companions(folder, manifest)
    names = ["LICENSE", "README.md", "croissant.json", "data", "eval.yaml", "manifest.json", "schemas", "versions.json"]
    assert sorted(path.name for path in folder.iterdir()) == names
    schemas = [f"{name}.schema.json" for name in ("audit", "item", "manifest", "versions")]
    assert sorted(path.name for path in (folder / "schemas").iterdir()) == schemas
    assert json.loads((folder / "schemas" / "item.schema.json").read_text()) == declaration("item")


def test_companions_are_sorted_and_writing_them_is_no_part_of_them(own: Own) -> None:
    folder, manifest = own
    before = contents(folder)
    made = companions(folder, manifest, repo="org/name")
    assert list(made) == sorted(made)
    assert contents(folder) == before
    assert made.keys() == {path for path in before if not path.startswith("data/")} - {"manifest.json"}


def test_only_what_differs_is_written_and_a_second_call_writes_nothing(own: Own) -> None:
    folder, manifest = own
    (folder / "LICENSE").write_text("mine")
    (folder / "card" / "math-0.png").unlink()
    assert write_companions(folder, manifest) == ("LICENSE", "card/math-0.png")
    before = {path: (folder / path).stat().st_mtime_ns for path in contents(folder)}
    assert write_companions(folder, manifest) == ()
    assert {path: (folder / path).stat().st_mtime_ns for path in contents(folder)} == before


def test_a_repository_changes_the_card_and_the_addresses_alone(own: Own) -> None:
    folder, manifest = own
    assert write_companions(folder, manifest, repo="org/name") == ("README.md", "croissant.json")
    assert write_companions(folder, manifest) == ("README.md", "croissant.json")


def test_other_processes_make_the_same_bytes(own: Own) -> None:
    folder, manifest = own
    made = companions(folder, manifest)
    code = (
        "import sys, hashlib, pathlib\n"
        "from unisandbox.cards.companions import companions\n"
        "from unisandbox.schemas.manifest import read_manifest\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "made = companions(folder, read_manifest(folder))\n"
        "print(hashlib.sha256(repr(made).encode()).hexdigest())"
    )
    wanted = hashlib.sha256(repr(made).encode()).hexdigest()
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            [sys.executable, "-P", "-c", code, str(folder)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        assert done.stdout.strip() == wanted


def test_nothing_names_a_date_or_this_machine(audited: Own) -> None:
    folder, manifest = audited
    texts = {path: content.decode() for path, content in companions(folder, manifest).items() if not path.endswith(".png")}
    assert len(texts) >= 8
    assert {path: DATE.findall(text) for path, text in texts.items() if DATE.search(text)} == {}
    assert [path for path, text in texts.items() if str(folder) in text or str(ROOT) in text] == []


def test_the_first_version_is_told_as_such(own: Own) -> None:
    folder, manifest = own
    (version,) = read_versions((folder / "versions.json").read_bytes())
    assert (version.version, version.digest, version.change) == ("1.4.2", manifest.digest, "first")
    assert version.items == 40 + 33 + 20 + 10 + 80 + 42
    assert version.rows == sum(shard.rows for shard in manifest.shards)


def test_earlier_versions_are_listed_and_stay_when_the_card_is_written_again(own: Own) -> None:
    folder, manifest = own
    old = replace(manifest, version="1.3.0", edition=0, fingerprint="0" * 64, release={**(manifest.release or {}), "edition": 0})
    told = history(history((), None, old), old, manifest)
    write_companions(folder, manifest, earlier=told)
    card = (folder / "README.md").read_text()
    assert read_versions((folder / "versions.json").read_bytes()) == told
    assert [line.split(" | ")[0] for line in card.splitlines() if line.startswith("| `1.")] == ["| `1.4.2`", "| `1.3.0`"]
    assert write_companions(folder, manifest) == ()


def test_a_list_of_versions_that_ends_with_another_is_refused(own: Own) -> None:
    folder, manifest = own
    other = history((), None, replace(manifest, version="1.3.0"))
    with pytest.raises(ValueError, match=r"ends with 1\.3\.0"):
        companions(folder, manifest, earlier=other)


def test_a_list_of_versions_that_cannot_be_read_is_an_error_and_stays(own: Own) -> None:
    folder, manifest = own
    (folder / "versions.json").write_text("[]")
    with pytest.raises(DataError, match=r"versions\.json"):
        write_companions(folder, manifest)
    assert (folder / "versions.json").read_text() == "[]"


def test_the_licence_of_the_data_is_the_one_at_the_top() -> None:
    assert (ROOT / "LICENSE-DATA").read_text() == (ROOT / "cards" / "LICENSE-DATA").read_text()
