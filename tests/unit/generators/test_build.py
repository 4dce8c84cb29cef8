"""A build is complete or resumable, the same wherever and however it runs, and never leaves bad rows that look whole."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from unisandbox.errors import DataError, InterruptedBuildError, RowError
from unisandbox.generators import build as build_module
from unisandbox.generators import shards
from unisandbox.generators.build import Machine, ShardDone, build
from unisandbox.generators.families.base import Item
from unisandbox.generators.folder import RECORDS
from unisandbox.generators.name_lists import Collision
from unisandbox.generators.plan import plan
from unisandbox.generators.release import Release
from unisandbox.schemas.manifest import FILE_NAME, read_manifest, verify_folder, write_manifest

SHARD_ROWS = 50


@pytest.fixture(autouse=True, scope="module")
def _lists_unread() -> Iterator[None]:
    """Names are checked against millions of listed words when a release is built; here only where a test is about that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("unisandbox.generators.families.knowledge_tables.collisions", lambda *_, **__: [])
        yield


@pytest.fixture(scope="module")
def built(small_release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "small"
    build(small_release, folder, shard_rows=SHARD_ROWS)
    return folder


def digest(folder: Path) -> str:
    return read_manifest(folder).digest


def test_a_built_folder_is_what_its_manifest_says(built: Path, small_release: Release) -> None:
    manifest = read_manifest(built)
    assert verify_folder(built) == []
    assert sum(shard.rows for shard in manifest.shards if shard.config == "math") == 240
    assert manifest.fingerprint == small_release.fingerprint
    assert set(manifest.versions) >= {"unisandbox", "pyarrow", "numpy", "faker", "wordfreq"}
    assert manifest.facts["knowledge"]["names_refused_share"] < 0.2
    assert sorted(path.name for path in built.iterdir()) == ["data", FILE_NAME]


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_change_nothing(built: Path, small_release: Release, tmp_path: Path, workers: int) -> None:
    build(small_release, tmp_path / "other", workers=workers, shard_rows=SHARD_ROWS)
    assert (tmp_path / "other" / FILE_NAME).read_text() == (built / FILE_NAME).read_text()


def test_machines_that_share_a_folder_complete_it_together(built: Path, small_release: Release, tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    first = build(small_release, folder, machine=Machine(2, 2), shard_rows=SHARD_ROWS)
    assert first.manifest is None
    assert first.missing == len(Machine(1, 2).mine(plan(small_release, SHARD_ROWS)))
    assert not (folder / FILE_NAME).exists()
    assert build(small_release, folder, machine=Machine(1, 2), shard_rows=SHARD_ROWS).missing == 0
    assert digest(folder) == digest(built)


def test_a_finished_build_is_left_as_it_is(small_release: Release, built: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.rglob("*")}
    again = build(small_release, built, shard_rows=SHARD_ROWS)
    assert (again.made, again.reused) == (0, len(plan(small_release, SHARD_ROWS)))
    assert {path: path.stat().st_mtime_ns for path in built.rglob("*")} == before


def test_a_damaged_shard_is_made_again_and_the_others_are_kept(small_release: Release, built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    build(small_release, folder, shard_rows=SHARD_ROWS)
    damaged = folder / read_manifest(folder).shards[1].path
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    again = build(small_release, folder, shard_rows=SHARD_ROWS)
    assert again.made == 1
    assert verify_folder(folder) == []
    assert digest(folder) == digest(built)


def test_an_interrupted_build_goes_on(small_release: Release, built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "interrupted"

    def stop_after_two(done: ShardDone) -> None:
        if done.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(InterruptedBuildError, match="stopped with 2 of"):
        build(small_release, folder, shard_rows=SHARD_ROWS, report=stop_after_two)
    assert not (folder / FILE_NAME).exists()
    assert build(small_release, folder, shard_rows=SHARD_ROWS).reused == 2
    assert digest(folder) == digest(built)


BUILD_ELSEWHERE = f"""
from pathlib import Path
import sys
from unisandbox.generators.build import build
from unisandbox.generators.release_file import read_release
if __name__ == "__main__":
    build(read_release(sys.argv[1]), Path(sys.argv[2]), workers=int(sys.argv[3]), shard_rows={SHARD_ROWS})
"""


def is_alive(group: int) -> bool:
    """Return whether any process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("after_s", [1.0, 2.5])
def test_a_killed_build_leaves_no_process_and_goes_on(
    small_release: Release, small_text: str, built: Path, tmp_path: Path, after_s: float, workers: int
) -> None:
    (tmp_path / "build.py").write_text(BUILD_ELSEWHERE)
    (tmp_path / "small.toml").write_text(small_text)
    folder = tmp_path / "killed"
    call = [sys.executable, "-P", "build.py", "small.toml", str(folder), str(workers)]
    process = subprocess.Popen(call, cwd=tmp_path, start_new_session=True, stderr=subprocess.DEVNULL)
    time.sleep(after_s)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    for _ in range(100):
        if not is_alive(process.pid):
            break
        time.sleep(0.1)
    assert not is_alive(process.pid)
    build(small_release, folder, shard_rows=SHARD_ROWS)
    assert digest(folder) == digest(built)
    assert not list(folder.rglob("*.tmp"))
    assert not (folder / RECORDS).exists()


def test_one_bad_row_stops_the_build_and_leaves_nothing_that_looks_whole(
    small_release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = shards.rows_of_shard

    def with_a_wrong_gold(release: Release, shard: shards.ShardPlan) -> object:
        for row in made(release, shard):
            is_bad = isinstance(row, Item) and row.id == "math/2/test/000007"
            yield row._replace(answer="6" if row.answer != "6" else "5") if is_bad else row

    monkeypatch.setattr(shards, "rows_of_shard", with_a_wrong_gold)
    with pytest.raises(
        RowError, match=r"math/2/test/000007: draw: found wrong-gold: answer \d; allowed: \d, as solved"
    ) as caught:
        build(small_release, tmp_path / "bad", shard_rows=SHARD_ROWS)
    assert len(caught.value.violations) <= 20
    assert not (tmp_path / "bad" / FILE_NAME).exists()
    names = [path.name for path in (tmp_path / "bad" / "data" / "math").iterdir()]
    assert not [name for name in names if name.startswith("test-00000")]


def test_a_row_against_the_schema_stops_the_build(
    small_release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = shards.rows_of_shard

    def with_a_blank(release: Release, shard: shards.ShardPlan) -> object:
        for row in made(release, shard):
            yield row._replace(cluster="") if isinstance(row, Item) and row.id == "mapping/1/train/000003" else row

    monkeypatch.setattr(shards, "rows_of_shard", with_a_blank)
    with pytest.raises(RowError, match=r"mapping/1/train/000003: cluster"):
        build(small_release, tmp_path / "bad", shard_rows=SHARD_ROWS)


def test_a_row_that_repeats_across_shards_stops_the_build(
    small_release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = shards.rows_of_shard

    def with_a_repeat(release: Release, shard: shards.ShardPlan) -> object:
        rows = list(made(release, shard))
        if (shard.config, shard.split, shard.number) == ("math", "train", 1):
            first = next(made(release, replace(shard, number=0, segments=plan(release, SHARD_ROWS)[0].segments)))
            rows[3] = first._replace(id=rows[3].id)  # type: ignore[attr-defined]
        yield from rows

    monkeypatch.setattr(shards, "rows_of_shard", with_a_repeat)
    with pytest.raises(RowError, match=r"math/1/train/\d+: draw: found .*; allowed: once in a config") as caught:
        build(small_release, tmp_path / "bad", shard_rows=SHARD_ROWS)
    assert len([one for one in caught.value.violations if "once in a config" in one.allowed]) == 2


def test_a_manifest_of_before_releases_stood_in_it_is_written_anew(built: Path, small_release: Release, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built, tmp_path / "old"))
    write_manifest(folder, replace(read_manifest(folder), release=None))
    again = build(small_release, folder, shard_rows=SHARD_ROWS)
    assert (again.made, again.missing) == (0, 0)
    assert read_manifest(folder) == read_manifest(built)


def test_a_name_that_collides_stops_the_build(small_release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_module, "check_uniqueness", lambda *_: [])
    collides = "unisandbox.generators.families.knowledge_tables.collisions"
    monkeypatch.setattr(collides, lambda names, **_: [Collision(min(names), "Faker", "a word")])
    with pytest.raises(RowError, match="Faker"):
        build(small_release, tmp_path / "collides")
    assert not (tmp_path / "collides" / FILE_NAME).exists()


def test_a_folder_that_holds_something_else_is_refused(small_release: Release, built: Path, tmp_path: Path) -> None:
    other = replace(small_release, seed=4)
    with pytest.raises(DataError, match=r"a build with fingerprint \w+; allowed: \w+, which small\.toml has"):
        build(other, built)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match=r"other files \(notes\.txt …\); allowed: an empty folder or a build"):
        build(small_release, tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    with pytest.raises(DataError, match="a file; allowed: a folder"):
        build(small_release, tmp_path / "notes.txt")


def test_a_data_file_of_another_build_is_not_left_beside_the_shards(small_release: Release, tmp_path: Path) -> None:
    folder = tmp_path / "recut"
    build(small_release, folder, shard_rows=SHARD_ROWS)
    with pytest.raises(DataError, match=r"test-00000-of-00002\.parquet: found a data file; allowed: the files of this build"):
        build(small_release, folder, shard_rows=2 * SHARD_ROWS)
    assert not (folder / FILE_NAME).exists()


def test_records_name_every_shard_while_others_are_missing(small_release: Release, tmp_path: Path) -> None:
    build(small_release, tmp_path, machine=Machine(1, 3), shard_rows=SHARD_ROWS)
    records = sorted((tmp_path / RECORDS).glob("*.json"))
    assert len(records) == len(Machine(1, 3).mine(plan(small_release, SHARD_ROWS)))
    assert {json.loads(record.read_text())["config"] for record in records} <= {
        "math",
        "mapping",
        "knowledge",
        "knowledge_corpus",
        "entities",
    }
