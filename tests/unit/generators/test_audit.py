"""An audit sees only what is published: of a release folder, of our items, of foreign files; what it reports is decided."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from unisandbox.errors import DataError
from unisandbox.generators.audit import Audited, audit
from unisandbox.generators.audit_report import document, write_report
from unisandbox.generators.build import build
from unisandbox.generators.checks.catalogue import CHECKS, SOLVED, all_rules
from unisandbox.generators.families.base import Item
from unisandbox.generators.plan import plan, rows_of_shard
from unisandbox.generators.proof import prove
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release import Release
from unisandbox.generators.release_file import parse_release
from unisandbox.generators.shards import solver_of
from unisandbox.schemas.files import file_sha256
from unisandbox.schemas.manifest import canonical_sha256, read_manifest, write_manifest
from unisandbox.schemas.rows import mapping_of
from unisandbox.schemas.validate import check_rows

of_default_release = pytest.mark.xdist_group("default release")

TEXT = """
name = "audited"
version = "0.0.1"
line = "audited-line"
seed = 11
editions = 4
canary = "audited-canary"

[math.splits]
train = {levels = [1, 2], rows = 90}
test = {levels = [2, 3], rows = 30, held_out = ["key"]}

[mapping.splits]
train = {levels = [1, 2], rows = 60}
test_novel_objects = {levels = [2], rows = 40, held_out = ["key", "object"]}
"""
KNOWLEDGE = """
[knowledge]
characters = 40
exposures = 1
profiles = 0
splits.train = {levels = [1], rows = 10}
"""


@pytest.fixture(scope="module")
def items(small_release: Release) -> dict[str, list[Item]]:
    """The first items of each family's test split."""
    found: dict[str, list[Item]] = {}
    for shard in plan(small_release):
        if shard.schema == "item":
            found[shard.config] = [Item(*row) for row in rows_of_shard(small_release, shard)]
    return found


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that tests read only."""
    folder = tmp_path_factory.mktemp("audited") / "release"
    assert build(parse_release(TEXT, where="audited"), folder).manifest is not None
    return folder


@pytest.fixture
def copied(released: Path, tmp_path: Path) -> Path:
    """A folder that a test may change."""
    return Path(shutil.copytree(released, tmp_path / "release"))


@of_default_release
def test_every_promise_of_the_default_release_holds(default_release: Path) -> None:
    audited = audit([default_release], workers=2)
    shards = [shard for shard in read_manifest(default_release).shards if shard.config in FAMILIES]
    assert {(one.file, one.items) for one in audited.files} == {(shard.path, shard.rows) for shard in shards}
    assert [finding for one in audited.files for finding in one.findings] == []
    assert [one for one in audited.results if one.verdict == "fail"] == []
    proved = {one.rule for one in audited.results if one.verdict == "pass"}
    assert {SOLVED, *(rule.name for name, (rules, _) in CHECKS.items() if name == "knowledge" for rule in rules)} <= proved


@of_default_release
def test_a_single_file_is_audited_beside_its_corpus(default_release: Path, tmp_path: Path) -> None:
    file = min((default_release / "data" / "knowledge").glob("test-*.parquet"))
    (one,) = audit([file]).files
    assert (one.items > 0, one.findings) == (True, ())
    shutil.copy(file, tmp_path / "test.parquet")
    with pytest.raises(DataError, match=r"knowledge items without .*; allowed: items beside their corpus"):
        audit([tmp_path / "test.parquet"])


def test_what_an_audit_finds_does_not_depend_on_the_workers(released: Path) -> None:
    assert audit([released], workers=2) == audit([released])


def test_each_piece_of_an_audit_is_reported_once(released: Path) -> None:
    told: list[tuple[str, int, int]] = []
    audit([released], report=lambda *step: told.append(step))
    assert {name for name, _, _ in told} == {*CHECKS, *(shard.path for shard in read_manifest(released).shards)}
    assert [(done, of) for _, done, of in told] == [(number + 1, len(told)) for number in range(len(told))]


@pytest.mark.parametrize("rules", [("held-out-key",), ("balanced-answers", "held-out-object"), (SOLVED,)])
def test_only_the_rules_that_are_asked_for_are_told(rules: tuple[str, ...], released: Path) -> None:
    audited = audit([released], only=rules)
    assert {one.rule for one in audited.results} == set(rules)
    assert bool(audited.files) == (SOLVED in rules)


def test_what_is_solved_again_counts_all_findings_whatever_else_is_asked(own_release: Callable[..., Path]) -> None:
    folder = own_release(trace="It is so.")
    for rules in ([SOLVED], [SOLVED, "held-out-key"], [SOLVED, "wrong-gold"]):
        assert sum(one.value or 0 for one in audit([folder], only=rules).results if one.rule == SOLVED) == 1
    file = folder / "data" / "math" / "test-00000-of-00001.parquet"
    assert [len(audit([file], only=[rule]).files[0].findings) for rule in ("wrong-gold", "wrong-trace", SOLVED)] == [0, 1, 1]


def test_rules_that_look_at_nothing_are_refused(released: Path) -> None:
    with pytest.raises(DataError, match="found only edition-key; allowed: rules that apply to this release"):
        audit([released], only=["edition-key"])
    with pytest.raises(DataError, match="found only held-out-key; allowed: rules about single items"):
        audit([released / "data" / "math" / "test-00000-of-00001.parquet"], only=["held-out-key"])


@pytest.mark.slow
def test_two_releases_are_audited_in_one_process_each_by_its_own_corpus(tmp_path: Path) -> None:
    for seed in (1, 2):
        head, _, _ = TEXT.partition("[math.splits]")
        text = head.replace("seed = 11", f"seed = {seed}") + KNOWLEDGE
        assert build(parse_release(text, where="audited"), tmp_path / str(seed)).manifest is not None
        assert {one.verdict for one in audit([tmp_path / str(seed)], only=[SOLVED]).results} == {"pass"}


def test_all_unknown_rules_are_named_at_once(released: Path) -> None:
    with pytest.raises(DataError) as error:
        audit([released], only=["held-out-keys", "solved-again", "no-such"])
    assert [violation.found for violation in error.value.violations] == ["'held-out-keys'", "'no-such'"]


def test_no_two_rules_share_a_name() -> None:
    names = [rule.name for rule in all_rules()]
    assert len(names) == len(set(names)) > 50
    assert [rule for rule in all_rules() if not rule.says or not rule.source] == []


def test_another_line_is_compared_and_not_judged(released: Path, tmp_path: Path) -> None:
    text = TEXT.replace("audited-line", "other-line").replace("seed = 11", "seed = 12")
    assert build(parse_release(text, where="other"), tmp_path / "other").manifest is not None
    results = audit([released], against=tmp_path / "other", only=["edition-instance", "edition-key"]).results
    assert {(one.rule, one.verdict) for one in results} == {("edition-instance", "note"), ("edition-key", "note")}


def test_a_changed_file_is_refused_before_it_is_audited(copied: Path) -> None:
    (copied / "data" / "math" / "test-00000-of-00001.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"data/math/test-00000-of-00001\.parquet: found 4 bytes"):
        audit([copied])


def test_a_folder_that_promises_nothing_is_refused(copied: Path) -> None:
    write_manifest(copied, replace(read_manifest(copied), release=None))
    with pytest.raises(DataError, match="a manifest without `release`; allowed: what the release promises"):
        audit([copied])


def test_a_folder_without_a_manifest_is_audited_item_by_item(copied: Path) -> None:
    counts = {shard.path: shard.rows for shard in read_manifest(copied).shards}
    (copied / "manifest.json").unlink()
    audited = audit([copied])
    assert ({one.file: one.items for one in audited.files}, audited.results) == (counts, ())
    shutil.rmtree(copied / "data")
    with pytest.raises(DataError, match=r"found neither; allowed: manifest\.json, or Parquet files in folders"):
        audit([copied])


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda told: told["configs"].clear(), "release: found no word of mapping/test_novel_objects"),
        (lambda told: told["configs"][0]["splits"].pop(), "release: found no word of math/test"),
        (lambda told: told["configs"][0]["splits"].append({"name": "more", "levels": [1], "held_out": []}), "none of math/more"),
        (lambda told: told.pop("configs"), "release: found a form that cannot be read"),
    ],
)
def test_a_release_that_does_not_speak_of_its_splits_is_refused(change: Any, found: str, copied: Path) -> None:
    manifest = read_manifest(copied)
    told = json.loads(json.dumps(manifest.release))
    change(told)
    write_manifest(copied, replace(manifest, release=told, fingerprint=canonical_sha256(told)))
    with pytest.raises(DataError, match=found):
        audit([copied])


def test_rows_that_are_not_there_and_cells_without_a_value_are_refused(own_release: Callable[..., Path]) -> None:
    with pytest.raises(DataError, match="draw: found nothing in 1 rows; allowed: a value in every row"):
        audit([own_release(draw=None)])
    with pytest.raises(DataError, match=r"test-00000-of-00001\.parquet: found 1 rows; allowed: 60 rows"):
        audit([own_release(rows=1)])


@pytest.fixture
def own_release(copied: Path) -> Callable[..., Path]:
    """A function that changes the first test row of a folder, or leaves only so many rows; the digests fit."""

    def written(rows: int | None = None, **changes: Any) -> Path:
        manifest, path = read_manifest(copied), "data/math/test-00000-of-00001.parquet"
        table = pq.read_table(copied / path)
        first, *others = table.to_pylist()
        pq.write_table(pa.Table.from_pylist([{**first, **changes}, *others][:rows], schema=table.schema), copied / path)
        own = {"size_bytes": (copied / path).stat().st_size, "sha256": file_sha256(copied / path)}
        write_manifest(
            copied, replace(manifest, shards=tuple(replace(s, **own) if s.path == path else s for s in manifest.shards))
        )
        return copied

    return written


def wrong(item: Item, **changes: Any) -> Item:
    return item._replace(**changes)


@pytest.mark.parametrize("family", ["math", "mapping", "knowledge"])
def test_every_planted_defect_is_found(family: str, items: dict[str, list[Item]], small_release: Release) -> None:
    item = items[family][0]
    other = next(one for one in items[family] if one.answer != item.answer and one.target != item.target)
    solver = solver_of(small_release, family)
    assert prove(item, solver) == []
    planted = {
        "wrong-gold": wrong(item, answer=other.answer),
        "wrong-target": wrong(item, target=other.target),
        "wrong-literal": wrong(item, literal=other.literal),
        "wrong-trace": wrong(item, trace=item.trace.partition(" The answer is")[0]),
        "wrong-choices": wrong(item, choices=(*item.choices, item.answer)),
        "wrong-chance": wrong(item, chance=0.9),
        "wrong-depth": wrong(item, level=item.level + 1),
        "unparsed": wrong(item, ask="How are you today?"),
    }
    for rule, defect in planted.items():
        found = {finding.rule for finding in prove(defect, solver)}
        assert rule in found or (rule, found) == ("unparsed", {"no-target"}), (rule, found)


@pytest.fixture
def own_items(items: dict[str, list[Item]], tmp_path: Path) -> Callable[..., Path]:
    """A function that writes six items as JSON lines, the fourth with changes."""

    def written(**changes: Any) -> Path:
        path = tmp_path / "items.jsonl"
        rows = [mapping_of(wrong(one, **changes) if n == 3 else one, "item") for n, one in enumerate(items["math"][:6])]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return written


def test_items_as_json_lines_are_audited_as_items(own_items: Callable[..., Path], items: dict[str, list[Item]]) -> None:
    (one,) = audit([own_items(answer="6")]).files
    assert one.items == 6
    assert {(finding.rule, finding.item) for finding in one.findings} >= {("wrong-gold", items["math"][3].id)}
    with pytest.raises(DataError, match=r"items\.jsonl: line 4: level"):
        audit([own_items(level="one")])


def test_a_single_file_is_compared_with_no_release(own_items: Callable[..., Path], released: Path) -> None:
    with pytest.raises(DataError, match=r"^--against: found .*items\.jsonl; allowed: a release folder"):
        audit([own_items()], against=released)


def test_foreign_files_are_read_together(tmp_path: Path) -> None:
    question = {"ID": 1, "Question": "Draw as many apples as 8 / 4.", "Answer": 2}
    paths = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    for path in paths:
        path.write_text(json.dumps(question) + "\n", encoding="utf-8")
    first, second = audit(paths).files
    assert "duplicate" not in {finding.rule for finding in first.findings}
    assert "duplicate" in {finding.rule for finding in second.findings}
    assert [[finding.rule for finding in one.findings] for one in audit(paths, only=["duplicate"]).files] == [[], ["duplicate"]]


def test_the_report_says_what_was_audited_and_by_which_rules(copied: Path) -> None:
    audited, manifest = audit([copied]), read_manifest(copied)
    path = write_report(copied, audited)
    told = json.loads(path.read_text(encoding="utf-8"))
    assert path.name == "audit.json"
    assert told == json.loads(json.dumps(document(audited, manifest)))
    assert check_rows([told], "audit") == []
    assert (told["release"]["digest"], told["release"]["fingerprint"]) == (manifest.digest, manifest.fingerprint)
    assert [*told["rules"]] == [rule.name for rule in all_rules() if rule.name in {one.rule for one in audited.results}]
    assert sum(told["verdicts"].values()) == len(told["results"]) == len(audited.results)


def test_a_report_out_of_form_is_not_written(copied: Path) -> None:
    audited = audit([copied], only=["held-out-key"])
    broken = Audited(audited.files, tuple(replace(one, examples=("x",) * 6) for one in audited.results))
    with pytest.raises(DataError, match=r"audit\.json: results"):
        write_report(copied, broken)
    assert not (copied / "audit.json").exists()
