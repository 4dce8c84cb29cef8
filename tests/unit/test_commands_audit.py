"""`unisandbox audit`: what it prints and writes, its exit codes, and one clear message for whatever it is given by mistake."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from typer.testing import CliRunner

from unisandbox.cli import app
from unisandbox.generators.build import build
from unisandbox.generators.checks.catalogue import all_rules
from unisandbox.generators.release_file import parse_release
from unisandbox.schemas.files import file_sha256
from unisandbox.schemas.manifest import read_manifest, write_manifest
from unisandbox.schemas.validate import check_rows

TEXT = """
name = "asked"
version = "0.0.1"
line = "asked-line"
seed = 21
editions = 4
canary = "asked-canary"

[math.splits]
train = {levels = [1], rows = 90}
test = {levels = [1, 2], rows = 30, held_out = ["key"]}
"""
TEST, TRAIN = "data/math/test-00000-of-00001.parquet", "data/math/train-00000-of-00001.parquet"
QUESTION = '{"ID": 1, "Question": "Draw as many apples as 8 / 4.", "Answer": 2}\n'


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release folder that tests read only."""
    folder = tmp_path_factory.mktemp("asked") / "release"
    assert build(parse_release(TEXT, where="asked"), folder).manifest is not None
    return folder


@pytest.fixture
def clean(released: Path, tmp_path: Path) -> Path:
    """A release folder that a test may change."""
    return Path(shutil.copytree(released, tmp_path / "release"))


@pytest.fixture
def faulty(clean: Path) -> Path:
    """A release folder whose first test item has a key of train, and a trace that ends in nothing."""
    tested, trained = (pq.read_table(clean / path) for path in (TEST, TRAIN))
    rows = tested.to_pylist()
    rows[0].update(key=trained["key"][0].as_py(), trace="It is so.")
    rewrite(clean, TEST, pa.Table.from_pylist(rows, schema=tested.schema))
    return clean


def rewrite(folder: Path, path: str, table: pa.Table) -> None:
    """Write a table into a file of a release, and a manifest that fits it."""
    file, manifest = folder / path, read_manifest(folder)
    pq.write_table(table, file)
    digests = {"size_bytes": file.stat().st_size, "sha256": file_sha256(file)}
    shards = tuple(replace(one, **digests) if one.path == path else one for one in manifest.shards)
    write_manifest(folder, replace(manifest, shards=shards))


def run(*arguments: object) -> Result:
    """Return what `unisandbox audit` does in this process."""
    return CliRunner().invoke(app, ["audit", *map(str, arguments), "--workers", "1"], env={"NO_COLOR": "1", "TERM": "dumb"})


def test_a_clean_release_ends_with_0_and_leaves_its_report(clean: Path) -> None:
    done = run(clean)
    assert (done.exit_code, done.exception) == (0, None)
    report = clean / "audit.json"
    assert f"written: {report}" in done.stdout
    told = json.loads(report.read_text(encoding="utf-8"))
    assert check_rows([told], "audit") == []
    assert (told["verdicts"]["fail"], told["findings"]) == (0, [])
    assert f"{len(told['results'])} results: {told['verdicts']['pass']} pass, 0 fail" in done.stdout
    assert "150 items, 0 findings (0 proof)" in done.stdout


def test_a_second_audit_writes_the_same_report(clean: Path) -> None:
    reports = []
    for _ in range(2):
        assert run(clean).exit_code == 0
        reports.append((clean / "audit.json").read_bytes())
    assert reports[0] == reports[1]


def test_a_fault_ends_with_1_and_is_shown(faulty: Path) -> None:
    done = run(faulty)
    assert done.exit_code == 1
    for shown in ("held-out-key", "1 of 60", "solved-again", "wrong-trace", "math/1/test/000000"):
        assert shown in done.stdout
    told = json.loads((faulty / "audit.json").read_text(encoding="utf-8"))
    assert {one["rule"] for one in told["results"] if one["verdict"] == "fail"} == {"held-out-key", "solved-again"}
    assert [(one["rule"], one["item"]) for one in told["findings"]] == [("wrong-trace", "math/1/test/000000")]


def test_json_is_the_report(faulty: Path) -> None:
    done = run(faulty, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (1, "")
    assert check_rows([told], "audit") == []
    assert told == json.loads((faulty / "audit.json").read_text(encoding="utf-8"))


def test_json_of_some_rules_is_of_the_same_form_and_nothing_is_written(faulty: Path) -> None:
    done = run(faulty, "--only", "held-out-key, balanced-answers", "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert check_rows([told], "audit") == []
    assert [*told["rules"]] == ["held-out-key", "balanced-answers"]
    assert not (faulty / "audit.json").exists()


def test_a_comparison_writes_nothing(clean: Path, released: Path) -> None:
    assert run(clean, "--against", released).exit_code == 0
    assert not (clean / "audit.json").exists()


def test_all_results_are_printed_when_asked_for(clean: Path) -> None:
    rules = "held-out-instance,balanced-answers"
    lines = {every: run(clean, "--only", rules, *every).stdout.count("math/") for every in ((), ("--all",))}
    assert 0 < lines[()] < lines["--all",]


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [("any", 1), ("proof", 1), ("judgement", 0), ("held-out-key", 1), ("wrong-trace", 1), ("duplicate,normalised-text", 0)],
)
def test_what_ends_with_1_can_be_chosen(fail_on: str, code: int, faulty: Path) -> None:
    assert run(faulty, "--fail-on", fail_on).exit_code == code


def test_the_list_shows_every_rule_with_its_source() -> None:
    done = run("--list", "--json")
    listed = json.loads(done.stdout)
    assert done.exit_code == 0
    assert [(one["name"], one["severity"]) for one in listed] == [(rule.name, rule.severity) for rule in all_rules()]
    assert [one for one in listed if not one["source"] or not one["says"]] == []
    table = run("--list").stdout
    assert [rule.name for rule in all_rules() if rule.name not in table] == []


def empty_folder(place: Path) -> list[object]:
    (place / "empty").mkdir()
    return [place / "empty"]


def folder_of_texts(place: Path) -> list[object]:
    (place / "texts").mkdir()
    (place / "texts" / "notes.txt").write_text("Nothing to audit.", encoding="utf-8")
    return [place / "texts"]


def text_file(place: Path) -> list[object]:
    (place / "notes.txt").write_text("Nothing to audit.", encoding="utf-8")
    return [place / "notes.txt"]


def empty_file(place: Path) -> list[object]:
    (place / "empty.jsonl").touch()
    return [place / "empty.jsonl"]


def binary_file(place: Path) -> list[object]:
    (place / "noise.jsonl").write_bytes(bytes(range(256)) * 8)
    return [place / "noise.jsonl"]


def other_keys(place: Path) -> list[object]:
    (place / "keys.jsonl").write_text('{"prompt": "Draw", "n": [1, 2]}\n', encoding="utf-8")
    return [place / "keys.jsonl"]


def file_twice(place: Path) -> list[object]:
    (place / "questions.jsonl").write_text(QUESTION, encoding="utf-8")
    return [place / "questions.jsonl", place / "." / "questions.jsonl"]


def against_a_file(place: Path) -> list[object]:
    (place / "questions.jsonl").write_text(QUESTION, encoding="utf-8")
    return [place / "questions.jsonl", "--against", place / "release"]


def folder_among_files(place: Path) -> list[object]:
    (place / "questions.jsonl").write_text(QUESTION, encoding="utf-8")
    return [place / "questions.jsonl", place / "release"]


def other_parquet(place: Path) -> list[object]:
    pq.write_table(pa.table({"text": ["a", "b"]}), place / "other.parquet")
    return [place / "other.parquet"]


def text_named_parquet(place: Path) -> list[object]:
    (place / "notes.parquet").write_text("PAR1 and so on", encoding="utf-8")
    return [place / "notes.parquet"]


def truncated_parquet(place: Path) -> list[object]:
    (place / "half.parquet").write_bytes((place / "release" / TEST).read_bytes()[:-100])
    return [place / "half.parquet"]


def damaged_parquet(place: Path) -> list[object]:
    content = bytearray((place / "release" / TEST).read_bytes())
    content[200:1200] = bytes(1000)
    (place / "damaged.parquet").write_bytes(content)
    return [place / "damaged.parquet"]


def changed_file(place: Path) -> list[object]:
    path = place / "release" / TEST
    path.write_bytes(path.read_bytes().replace(b"asked-canary", b"other-canary"))
    return [place / "release"]


def missing_file(place: Path) -> list[object]:
    (place / "release" / TEST).unlink()
    return [place / "release"]


def stray_file(place: Path) -> list[object]:
    shutil.copy(place / "release" / TEST, place / "release" / "data" / "stray.parquet")
    return [place / "release"]


def broken_manifest(place: Path) -> list[object]:
    (place / "release" / "manifest.json").write_text('{"format": 1, "name"', encoding="utf-8")
    return [place / "release"]


def manifest_of_something_else(place: Path) -> list[object]:
    (place / "release" / "manifest.json").write_text('[{"short_name": "an app"}]', encoding="utf-8")
    return [place / "release"]


def changed_promise(place: Path) -> list[object]:
    path = place / "release" / "manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["release"]["configs"][0]["splits"][1]["held_out"] = []
    path.write_text(json.dumps(told), encoding="utf-8")
    return [place / "release"]


def absent_column(place: Path) -> list[object]:
    rewrite(place / "release", TEST, pq.read_table(place / "release" / TEST).drop_columns(["key"]))
    return [place / "release"]


NASTY: dict[str, tuple[Callable[[Path], list[object]], str]] = {
    "no path": (lambda _: [], "audit: found no path"),
    "a path that is not there": (lambda place: [place / "absent"], "absent: found no such file"),
    "an unknown rule": (lambda place: [place / "release", "--only", "held-out-keys"], "rule: found 'held-out-keys'"),
    "an unknown word after --fail-on": (lambda place: [place / "release", "--fail-on", "prof"], "--fail-on: found 'prof'"),
    "nothing after --fail-on": (lambda place: [place / "release", "--fail-on", ""], "--fail-on: found ''"),
    "rules that look at nothing": (lambda place: [place / "release", "--only", "twin-names"], "release: found only twin-names"),
    "another release that is not there": (lambda place: [place / "release", "--against", place / "absent"], "found no file"),
    "an empty folder": (empty_folder, "empty: found neither"),
    "a folder of texts": (folder_of_texts, "texts: found neither"),
    "a text file": (text_file, "notes.txt: line 1: found"),
    "an empty file": (empty_file, "empty.jsonl: found an empty file"),
    "a binary file": (binary_file, "noise.jsonl: line 2: found byte 0x80"),
    "lines with other keys": (other_keys, "keys.jsonl: line 1: found the keys n, prompt"),
    "a file twice": (file_twice, "questions.jsonl: found the same file twice"),
    "a comparison of a file": (against_a_file, "--against: found"),
    "a folder among files": (folder_among_files, "release: found no regular file"),
    "another Parquet file": (other_parquet, "other.parquet: column answer: found no such column"),
    "a text named Parquet": (text_named_parquet, "notes.parquet: found"),
    "half a Parquet file": (truncated_parquet, "half.parquet: found"),
    "a damaged Parquet file": (damaged_parquet, "damaged.parquet: found"),
    "a changed file of a release": (changed_file, f"{TEST}: found sha256"),
    "a missing file of a release": (missing_file, f"{TEST}: found no file"),
    "a file too many in a release": (stray_file, "data/stray.parquet: found a file"),
    "half a manifest": (broken_manifest, "manifest.json: found"),
    "a manifest of something else": (manifest_of_something_else, "manifest.json: found"),
    "a promise taken back": (changed_promise, "manifest.json: fingerprint: found"),
    "a release without a column": (absent_column, "no column key; allowed: the columns of an item"),
}


@pytest.mark.parametrize("name", NASTY)
def test_wrong_input_ends_with_2_and_a_clear_message(name: str, clean: Path) -> None:
    made, message = NASTY[name]
    done = run(*made(clean.parent))
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    assert message in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.output
    assert all(line.count("; ") >= 2 or not line for line in done.stderr.split("\n") if "found" in line)
