"""`unisandbox card` writes what explains a folder, says what it wrote, and refuses what is no release."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from unisandbox.cli import app
from unisandbox.schemas.manifest import Manifest, write_manifest

Own = tuple[Path, Manifest]
pytestmark = pytest.mark.xdist_group("own_release")  # built once


def card(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["card", *arguments])


def test_it_says_what_it_wrote_and_then_that_all_stands(audited: Own) -> None:
    folder, _ = audited
    done = card(str(folder), "--repo", "org/name")
    assert (done.exit_code, done.stdout.splitlines(), done.stderr) == (
        0,
        [f"written: {folder / 'README.md'}", f"written: {folder / 'croissant.json'}"],
        "",
    )
    again = card(str(folder), "--repo", "org/name")
    assert (again.exit_code, again.stdout) == (0, f"{folder}: the card and all beside it stand as they should\n")


def test_without_an_audit_it_says_which_command_to_run(own: Own) -> None:
    folder, _ = own
    done = card(str(folder))
    assert done.exit_code == 0
    assert done.stderr == f"the card has no figures of an audit; run `unisandbox audit {folder}`, then this again\n"


def test_json_is_for_machines(own: Own) -> None:
    folder, _ = own
    (folder / "LICENSE").unlink()
    done = card(str(folder), "--json")
    assert json.loads(done.stdout) == {"folder": str(folder), "repo": None, "written": ["LICENSE"], "audited": False}
    assert done.stderr == ""


@pytest.mark.parametrize("what", ["unfinished", "absent"])
def test_a_folder_that_is_no_release_is_refused_in_one_line(own: Own, tmp_path: Path, what: str) -> None:
    folder, _ = own
    (folder / "manifest.json").unlink()
    before = sorted(folder.rglob("*"))
    done = card(str(folder if what == "unfinished" else tmp_path / "nothing"))
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert "a folder without its manifest is unfinished" in done.stderr
    assert sorted(folder.rglob("*")) == before


def test_a_repository_that_the_hub_could_not_have_is_refused(own: Own) -> None:
    folder, _ = own
    before = (folder / "README.md").read_bytes()
    done = card(str(folder), "--repo", "no-owner")
    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert "'no-owner'" in done.stderr
    assert (folder / "README.md").read_bytes() == before


def test_a_private_folder_keeps_its_own_words(own: Own) -> None:
    folder, manifest = own
    write_manifest(folder, replace(manifest, private=True))
    (folder / "README.md").write_text("not to be published")
    done = card(str(folder))
    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert "found a private folder of sealed rows" in done.stderr
    assert (folder / "README.md").read_text() == "not to be published"


def test_a_damaged_data_file_is_one_line_and_leaves_the_card(own: Own) -> None:
    folder, manifest = own
    (folder / manifest.shards[0].path).write_bytes(b"PAR1")
    before = (folder / "README.md").read_bytes()
    done = card(str(folder))
    assert done.exit_code == 2
    assert manifest.shards[0].path in done.stderr
    assert "Traceback" not in done.stderr
    assert (folder / "README.md").read_bytes() == before
