"""`seal`, `reveal`, `verify-seal`: a private split that a public release commits to, gives nothing away of, and later proves."""

from __future__ import annotations

import json
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from typer.testing import CliRunner

from unisandbox.cards.companions import write_companions
from unisandbox.cards.gates import refuse_unfit
from unisandbox.cards.seal import sealed
from unisandbox.cli import app
from unisandbox.errors import DataError
from unisandbox.generators.build import build
from unisandbox.generators.release_file import parse_release
from unisandbox.schemas.arrow import arrow_schema
from unisandbox.schemas.content import content_sha256
from unisandbox.schemas.files import file_sha256
from unisandbox.schemas.manifest import Manifest, canonical_sha256, read_manifest, verify_folder, write_manifest
from unisandbox.schemas.parquet import read_rows, write_parquet

pytestmark = pytest.mark.xdist_group("sealing")  # what these tests build stands once

TEXT = """
name = "told"
version = "0.0.1"
line = "told-line"
seed = 8
editions = 2
canary = "told-canary"
vocabulary = 2
images = "reference"
image_size_px = 128

[math]
answers = [2, 7]
unreached_answers = 0
[math.splits]
train = {levels = [2], rows = 90, images = "none"}
test = {levels = [2], rows = 30, held_out = ["key"], images = "reference+foils"}

[mapping.splits]
train = {levels = [1], rows = 60, images = "none"}
test = {levels = [1, 2], rows = 40, held_out = ["key"]}

[knowledge]
characters = 40
exposures = 2
profiles = 1
[knowledge.splits]
train = {levels = [1], rows = 40, images = "none"}
test = {levels = [1], rows = 40, held_out = ["key", "entity"], images = "none"}
"""
SPLITS = ("--split", "math/test", "--split", "mapping/test:2", "--split", "knowledge/test")
ROWS = ("--rows", 12, "--workers", 1)
HEX = re.compile(r"\b[0-9a-f]{64}\b")


def run(*arguments: object) -> Result:
    """Return what `unisandbox …` does in this process."""
    return CliRunner().invoke(app, list(map(str, arguments)), env={"NO_COLOR": "1", "TERM": "dumb"})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public release folder that tests read only."""
    folder = tmp_path_factory.mktemp("sealing") / "public"
    release = parse_release(TEXT, where="told.toml")
    assert build(release, folder, finish=write_companions).manifest is not None
    return folder


@pytest.fixture(scope="module")
def sealed_pair(built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The release after it was sealed, and the private folder; tests read both only."""
    place = tmp_path_factory.mktemp("sealed")
    public, private = Path(shutil.copytree(built, place / "public")), place / "private-rows"
    done = run("seal", public, "--out", private, *SPLITS, *ROWS)
    assert (done.exit_code, done.exception) == (0, None), done.output
    return public, private


@pytest.fixture(scope="module")
def revealed_folder(sealed_pair: tuple[Path, Path]) -> Path:
    """What `reveal` makes; tests read it only."""
    out = sealed_pair[1].parent / "revealed"
    done = run("reveal", sealed_pair[1], "--out", out, "--workers", 1)
    assert (done.exit_code, done.exception) == (0, None), done.output
    return out


@pytest.fixture
def public(sealed_pair: tuple[Path, Path]) -> Path:
    return sealed_pair[0]


@pytest.fixture
def private(sealed_pair: tuple[Path, Path]) -> Path:
    return sealed_pair[1]


@pytest.fixture
def revealed(revealed_folder: Path, tmp_path: Path) -> Path:
    """A revealed folder that a test may change."""
    return Path(shutil.copytree(revealed_folder, tmp_path / "revealed"))


def rows_of(folder: Path, config: str, columns: list[str] | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    for shard in read_manifest(folder).shards:
        if shard.config == config:
            yield from ((shard.split, row) for row in read_rows(folder / shard.path, "item", columns))


def rewrite(folder: Path, config: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """Change the rows of a revealed config, and write a manifest that fits them."""
    manifest = read_manifest(folder)
    shard = next(shard for shard in manifest.shards if shard.config == config)
    schema = "pictured_item"
    rows = change(pq.read_table(folder / shard.path).to_pylist())
    table = pa.Table.from_pylist(rows, schema=arrow_schema(schema))
    write_parquet(table, folder / shard.path, schema)
    file = folder / shard.path
    told = {"rows": len(rows), "size_bytes": file.stat().st_size, "sha256": file_sha256(file)}
    other = replace(shard, **told, content_sha256=content_sha256(table, schema))
    write_manifest(folder, replace(manifest, shards=tuple(other if one == shard else one for one in manifest.shards)))


def test_the_public_release_says_what_was_sealed_and_stays_as_it_was(built: Path, public: Path) -> None:
    before, after = read_manifest(built), read_manifest(public)
    (seal,) = after.seals
    assert replace(after, seals=()) == before
    assert verify_folder(public) == []
    assert [(one.config, one.split, one.twin, one.rows) for one in seal.splits] == [
        ("math", "sealed_test", "test", 12),
        ("mapping", "sealed_test", "test", 12),
        ("knowledge", "sealed_test", "test", 12),
    ]
    assert [level.level for level in seal.splits[1].levels] == [2]
    assert run("validate", public).exit_code == 0


def test_the_audit_of_the_public_release_passes(public: Path, tmp_path: Path) -> None:
    done = run("audit", shutil.copytree(public, tmp_path / "public"), "--workers", 1)
    assert done.exit_code == 0, done.output


def test_nothing_public_holds_a_sealed_row_or_a_hash_of_one(public: Path, private: Path) -> None:
    salt = (private / "salt").read_text(encoding="ascii").strip()
    kept = read_manifest(private)
    seal = kept.seals[0]
    hidden = {salt, kept.digest, *(digest for shard in kept.shards for digest in (shard.sha256, shard.content_sha256))}
    texts = [file.read_bytes() for file in sorted(public.rglob("*")) if file.is_file() and file.suffix != ".parquet"]
    assert len(texts) > 5
    assert [one for one in hidden if any(one.encode() in text for text in texts)] == []
    own = {seal.commitment, *(split.root for split in seal.splits)}
    before = HEX.findall(json.dumps(json.loads((public / "manifest.json").read_text(encoding="utf-8")) | {"seals": []}))
    assert set(HEX.findall((public / "manifest.json").read_text(encoding="utf-8"))) == own | set(before)
    ids = [row["id"] for config in kept.configs for _, row in rows_of(private, config, ["id"])]
    assert len(ids) == 36
    assert [one for one in ids if any(one.encode() in text for text in texts)] == []


def test_no_sealed_key_or_draw_is_in_any_published_split(public: Path, private: Path) -> None:
    for config in ("math", "mapping", "knowledge"):
        for column in ("key", "draw", "id"):
            mine = [row[column] for _, row in rows_of(private, config, [column])]
            theirs = {row[column] for _, row in rows_of(public, config, [column])}
            assert len(set(mine)) == 12
            assert not set(mine) & theirs


def test_a_private_folder_is_its_owners_alone(private: Path) -> None:
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert stat.S_IMODE((private / "salt").stat().st_mode) == 0o600
    assert len(bytes.fromhex((private / "salt").read_text(encoding="ascii"))) == 32
    assert (private / ".gitignore").read_text(encoding="utf-8") == "*\n"
    text = (private / "README.md").read_text(encoding="utf-8")
    for said in (
        "Do not publish this folder",
        "the salt lost,",
        "unisandbox reveal private-rows",
        "`mapping/sealed_test`: 12 rows",
    ):
        assert said in text
    manifest = read_manifest(private)
    assert manifest.private
    assert {shard.path.split("/")[0] for shard in manifest.shards} == {"private"}
    assert run("validate", private).exit_code == 0


def test_two_seals_of_one_release_have_nothing_in_common(built: Path, public: Path, private: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(built, tmp_path / "public"))
    asked = ("--split", "mapping/test:2", *ROWS)
    assert run("seal", other, "--out", tmp_path / "one", *asked).exit_code == 0
    assert run("seal", other, "--out", tmp_path / "two", *asked, "--name", "spring").exit_code == 0
    one, two = read_manifest(other).seals
    assert (one.name, two.name, two.splits[0].split) == ("sealed", "spring", "spring_test")
    assert len({one.commitment, two.commitment, read_manifest(public).seals[0].commitment}) == 3
    keys = [
        {row["key"] for _, row in rows_of(folder, "mapping", ["key"])} for folder in (tmp_path / "one", tmp_path / "two", private)
    ]
    assert len(set.union(*keys)) == 36


def test_revealed_rows_are_proved_and_drawn_again(revealed: Path, public: Path) -> None:
    done = run("verify-seal", revealed, "--against", public, "--workers", 1)
    assert (done.exit_code, done.exception) == (0, None)
    assert "seal 'sealed', 36 rows: as sealed, and drawn again from the salt" in done.stdout
    quick = run("verify-seal", revealed, "--against", public, "--no-draw", "--json")
    told = json.loads(quick.stdout)
    assert (quick.exit_code, told["rows"], told["drawn_again"], told["differences"]) == (0, 36, False, [])


def test_a_revealed_folder_is_a_release_like_any_other(revealed: Path, private: Path, public: Path) -> None:
    manifest = read_manifest(revealed)
    assert not manifest.private
    assert manifest.seals[0].salt == (private / "salt").read_text(encoding="ascii").strip()
    assert replace(manifest.seals[0], salt=None) == read_manifest(public).seals[0]
    assert manifest.name == "told-sealed"
    audited = run("audit", revealed, "--workers", 1)
    assert audited.exit_code == 0, audited.output
    assert "36 items, 0 findings" in audited.stdout
    against = run("audit", revealed, "--against", public, "--only", "edition-instance", "--json", "--workers", 1)
    assert [one["figure"] for one in json.loads(against.stdout)["results"]] == ["0 of 12"] * 3
    refuse_unfit(revealed, manifest)


def test_a_revealed_folder_is_loaded_by_datasets(revealed: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    rows = load_dataset(str(revealed), "math", split="sealed_test", cache_dir=str(tmp_path / "cache"))
    assert (len(rows), {row["split"] for row in rows}, rows[0]["image"].size) == (12, {"sealed_test"}, (128, 128))


def row_changed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**rows[0], "answer": "7" if rows[0]["answer"] != "7" else "6"}, *rows[1:]]


def rows_turned(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [rows[1], rows[0], *rows[2:]]


def row_lost(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows[:-1]


def picture_changed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**rows[0], "image": rows[1]["image"]}, *rows[1:]]


@pytest.mark.parametrize(
    ("change", "draw"),
    [*((change, "--no-draw") for change in (row_changed, rows_turned, row_lost, picture_changed)), (row_changed, "--draw")],
)
def test_changed_rows_end_with_1(
    change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], draw: str, revealed: Path, public: Path
) -> None:
    rewrite(revealed, "math", change)
    done = run("verify-seal", revealed, "--against", public, draw, "--workers", 1)
    assert done.exit_code == 1
    assert "sealed: commitment: found" in done.stderr
    assert "math/sealed_test: ro" in done.stderr
    assert ("math/sealed_test, row 0: found" in done.stderr) == (draw == "--draw")
    assert "differences" in done.stdout


def test_a_file_that_is_not_the_manifests_ends_with_1(revealed: Path, public: Path) -> None:
    path = next(revealed.glob("data/math/*.parquet"))
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    done = run("verify-seal", revealed, "--against", public)
    assert (done.exit_code, "found sha256" in done.stderr) == (1, True)


def test_another_salt_ends_with_1(revealed: Path, public: Path) -> None:
    manifest = read_manifest(revealed)
    write_manifest(revealed, replace(manifest, seals=(replace(manifest.seals[0], salt="ab" * 32),)))
    done = run("verify-seal", revealed, "--against", public, "--no-draw")
    assert done.exit_code == 1
    assert done.stderr.count(": root: found") == 3


def test_rows_that_somebody_chose_end_with_1(revealed: Path, public: Path, tmp_path: Path) -> None:
    """A commitment to rows that the salt did not draw: hashes are right, and yet it is found."""
    from unisandbox.commands.sealed_folders import lines_in, shards_of

    chosen = Path(shutil.copytree(public, tmp_path / "public"))
    rewrite(revealed, "math", rows_turned)
    manifest, told = read_manifest(revealed), read_manifest(chosen)
    (own,) = manifest.seals
    drawn = [
        (
            one.config,
            one.split,
            one.twin,
            one.levels,
            lines_in(revealed, shards_of(manifest, one.config, one.split), "pictured_item"),
        )
        for one in own.splits
    ]
    from unisandbox.cards.seal import Drawn

    forged = sealed("sealed", bytes.fromhex(own.salt or ""), [Drawn(*one) for one in drawn])
    write_manifest(chosen, replace(told, seals=(forged,)))
    write_manifest(revealed, replace(manifest, seals=(replace(forged, salt=own.salt),)))
    assert run("verify-seal", revealed, "--against", chosen, "--no-draw").exit_code == 0
    done = run("verify-seal", revealed, "--against", chosen, "--workers", 1)
    assert done.exit_code == 1
    assert "math/sealed_test, row 0: found" in done.stderr
    assert "the rows were not drawn as the salt says" in done.stderr


def test_a_release_without_the_seal_ends_with_1(built: Path, revealed: Path) -> None:
    done = run("verify-seal", revealed, "--against", built)
    assert (done.exit_code, "seals: found none named 'sealed'" in done.stderr) == (1, True)


def test_a_seal_that_says_something_else_ends_with_1(revealed: Path, public: Path) -> None:
    manifest = read_manifest(revealed)
    (own,) = manifest.seals
    level = replace(own.splits[0].levels[0], candidates=10**9)
    claimed = replace(own, splits=(replace(own.splits[0], levels=(level,)), *own.splits[1:]))
    write_manifest(revealed, replace(manifest, seals=(claimed,)))
    done = run("verify-seal", revealed, "--against", public, "--no-draw")
    assert (done.exit_code, "sealed: splits: found" in done.stderr) == (1, True)


def test_one_row_is_opened_alone_and_proved(private: Path, public: Path, tmp_path: Path) -> None:
    item = [row["id"] for _, row in rows_of(private, "mapping", ["id"])][5]
    file = tmp_path / "item.json"
    assert run("reveal", private, "--item", item, "--out", file).exit_code == 0
    told = json.loads(file.read_text(encoding="utf-8"))
    assert (json.loads(told["line"])[0], told["number"]) == (item, 5)
    done = run("verify-seal", file, "--against", public)
    assert (done.exit_code, "1 rows: as sealed" in done.stdout) == (0, True)
    assert (private / "salt").read_text(encoding="ascii").strip() not in file.read_text(encoding="utf-8")
    for other in (row["id"] for _, row in rows_of(private, "mapping", ["id"]) if row["id"] != item):
        assert other not in file.read_text(encoding="utf-8")
    file.write_text(json.dumps({**told, "line": told["line"].replace("Rule 1", "Rule 2")}), encoding="utf-8")
    assert run("verify-seal", file, "--against", public).exit_code == 1
    file.write_text(json.dumps({**told, "seal": "spring"}), encoding="utf-8")
    assert run("verify-seal", file, "--against", public).exit_code == 1


def test_a_private_folder_is_never_overwritten(built: Path, private: Path, tmp_path: Path) -> None:
    public, kept = Path(shutil.copytree(built, tmp_path / "public")), Path(shutil.copytree(private, tmp_path / "kept"))
    before = {path.name: path.read_bytes() for path in kept.iterdir() if path.is_file()}
    done = run("seal", public, "--out", kept, *SPLITS, *ROWS)
    assert (done.exit_code, "found a private folder; allowed: a new folder" in done.stderr) == (2, True)
    assert {path.name: path.read_bytes() for path in kept.iterdir() if path.is_file()} == before
    assert read_manifest(public).seals == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"--split": "math/test:3"}, "math/test:3: level 3; allowed: 2"),
        ({"--split": "knowledge/test", "--rows": "700"}, "rows whose key no published split has"),
        ({"--rows": "13"}, "a positive multiple of 2"),
        ({"--name": "x y"}, "--name: found 'x y'"),
        ({"--out": "{public}/inside"}, "a place outside the public folder"),
        ({"--release": "0.1.0"}, "0.1.0: found a release with fingerprint"),
        ({"--release": "none.toml"}, "none.toml: found no such file"),
    ],
)
def test_what_cannot_be_sealed_leaves_nothing_behind(change: dict[str, str], said: str, built: Path, tmp_path: Path) -> None:
    public = Path(shutil.copytree(built, tmp_path / "public"))
    files = {path: path.read_bytes() for path in sorted(public.rglob("*")) if path.is_file()}
    options = {"--out": str(tmp_path / "out"), "--split": "mapping/test", "--rows": "12", "--workers": "1", **change}
    done = run("seal", public, *(word.format(public=public) for pair in options.items() for word in pair))
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert not (tmp_path / "out").exists()
    assert {path: path.read_bytes() for path in sorted(public.rglob("*")) if path.is_file()} == files


def test_a_folder_that_is_not_public_cannot_be_sealed(public: Path, private: Path, revealed: Path, tmp_path: Path) -> None:
    for folder, said in {
        private: "found sealed rows",
        revealed: "--split",
        tmp_path: "found no file; allowed: a release folder",
    }.items():
        done = run("seal", folder, "--out", tmp_path / "out", *SPLITS, *ROWS)
        assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    again = run("seal", public, "--out", tmp_path / "out", *SPLITS, *ROWS)
    assert (again.exit_code, "a name that no seal of the release has" in again.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


def test_a_changed_public_folder_is_not_sealed(built: Path, tmp_path: Path) -> None:
    public = Path(shutil.copytree(built, tmp_path / "public"))
    path = next(public.glob("data/math/test-*.parquet"))
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    done = run("seal", public, "--out", tmp_path / "out", *SPLITS, *ROWS)
    assert (done.exit_code, "build or download the folder again" in done.stderr, (tmp_path / "out").exists()) == (2, True, False)


def test_few_candidates_are_warned_of(built: Path, tmp_path: Path) -> None:
    public = Path(shutil.copytree(built, tmp_path / "public"))
    done = run("seal", public, "--out", tmp_path / "out", "--split", "knowledge/test", "--rows", 100, "--workers", 1)
    assert done.exit_code == 0, done.stderr
    assert re.search(
        r"warning: knowledge/sealed_test, level 1: about [\d,]+ rows could have been drawn, less than 20 for each", done.stderr
    )


def without_salt(folder: Path) -> None:
    (folder / "salt").unlink()


def with_other_salt(folder: Path) -> None:
    (folder / "salt").write_text("00" * 32, encoding="ascii")


def with_short_salt(folder: Path) -> None:
    (folder / "salt").write_text("00", encoding="ascii")


def with_words_for_a_salt(folder: Path) -> None:
    (folder / "salt").write_text("a pinch of salt", encoding="ascii")


def with_a_file_lost(folder: Path) -> None:
    next(folder.glob("private/math/*.parquet")).unlink()


def made_public(folder: Path) -> None:
    write_manifest(folder, replace(read_manifest(folder), private=False))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without_salt, "salt: found no file; allowed: 32 bytes in hex"),
        (with_other_salt, "commitment: found"),
        (with_short_salt, "salt: found 1 bytes"),
        (with_words_for_a_salt, "salt: found other text"),
        (with_a_file_lost, "found no file"),
        (made_public, "found a folder that is not private"),
    ],
)
def test_a_damaged_private_folder_reveals_nothing(
    change: Callable[[Path], None], said: str, private: Path, tmp_path: Path
) -> None:
    kept = Path(shutil.copytree(private, tmp_path / "kept"))
    change(kept)
    for options in (["--out", tmp_path / "out"], ["--out", tmp_path / "item.json", "--item", "math/2/sealed_test/000001"]):
        done = run("reveal", kept, *options)
        assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "item.json").exists()


def test_what_stands_in_the_way_of_a_reveal_is_kept(private: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "notes.txt").write_text("mine", encoding="utf-8")
    item = next(row["id"] for _, row in rows_of(private, "math", ["id"]))
    assert run("reveal", private, "--out", tmp_path / "there").exit_code == 2
    assert run("reveal", private, "--out", tmp_path / "there" / "notes.txt", "--item", item).exit_code == 2
    assert [path.read_text(encoding="utf-8") for path in (tmp_path / "there").iterdir()] == ["mine"]
    done = run("reveal", private, "--out", tmp_path / "none.json", "--item", "math/2/test/000001")
    assert (done.exit_code, "the id of a row of math/sealed_test, mapping/sealed_test" in done.stderr) == (2, True)


@pytest.mark.parametrize("what", ["private", "public", "text", "nothing"])
def test_what_was_not_revealed_cannot_be_verified(what: str, private: Path, public: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no JSON", encoding="utf-8")
    paths = {"private": private, "public": public, "text": tmp_path / "text", "nothing": tmp_path / "nothing"}
    done = run("verify-seal", paths[what], "--against", public)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr


def moved(kept: Path, folder: Path, **changes: Any) -> Manifest:
    """Write the rows of a private folder where published rows stand, with another manifest, and return that."""
    manifest = read_manifest(kept)
    shards = tuple(replace(shard, path=shard.path.replace("private/", "data/")) for shard in manifest.shards)
    for old, new in zip(manifest.shards, shards, strict=True):
        (folder / new.path).parent.mkdir(parents=True)
        shutil.copyfile(kept / old.path, folder / new.path)
    made = replace(manifest, **{"shards": shards, "private": False, **changes})
    write_manifest(folder, made)
    return made


def refusals(folder: Path, manifest: Manifest) -> dict[str, bool]:
    """Return which of the three gates refuse a folder."""
    with pytest.raises(DataError) as error:
        refuse_unfit(folder, manifest)
    texts = [str(one) for one in error.value.violations]
    said = {
        "path": "a file in a folder `private`",
        "flag": "manifest.json: private: found true",
        "list": "which the release does not name",
    }
    return {gate: any(words in text for text in texts) for gate, words in said.items()}


def test_a_private_folder_is_refused_by_each_gate_alone(private: Path, revealed: Path, tmp_path: Path) -> None:
    named = read_manifest(revealed).release
    assert named is not None
    names_them = {"release": named, "fingerprint": canonical_sha256(named)}
    assert refusals(private, read_manifest(private)) == {"path": True, "flag": True, "list": True}
    assert refusals(tmp_path / "list", moved(private, tmp_path / "list")) == {"path": False, "flag": False, "list": True}
    flagged = moved(private, tmp_path / "flag", private=True, **names_them)
    assert refusals(tmp_path / "flag", flagged) == {"path": False, "flag": True, "list": False}
    placed = Path(shutil.copytree(private, tmp_path / "path"))
    write_manifest(placed, replace(read_manifest(private), private=False, **names_them))
    assert refusals(placed, read_manifest(placed)) == {"path": True, "flag": False, "list": False}


def test_publish_refuses_a_private_folder_before_it_asks_the_hub(private: Path) -> None:
    done = run("publish", private, "--repo", "org/name", "--dry-run")
    assert (done.exit_code, "keep it back" in done.stderr) == (2, True), done.stderr
