"""The audit of our own items sees only what is published, and finds what was planted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from unisandbox.errors import DataError
from unisandbox.generators.audit import audit
from unisandbox.generators.families.base import Item
from unisandbox.generators.plan import plan, rows_of_shard
from unisandbox.generators.proof import prove
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release import Release
from unisandbox.generators.shards import solver_of
from unisandbox.schemas.manifest import read_manifest
from unisandbox.schemas.rows import mapping_of

pytestmark = pytest.mark.xdist_group("default release")


@pytest.fixture(scope="module")
def items(small_release: Release) -> dict[str, list[Item]]:
    """The first items of each family's test split."""
    found: dict[str, list[Item]] = {}
    for shard in plan(small_release):
        if shard.schema == "item":
            found[shard.config] = [Item(*row) for row in rows_of_shard(small_release, shard)]
    return found


def test_the_default_release_has_no_findings(default_release: Path) -> None:
    audits = audit(default_release)
    shards = [shard for shard in read_manifest(default_release).shards if shard.config in FAMILIES]
    assert [(one.file, one.items) for one in audits] == [(shard.path, shard.rows) for shard in shards]
    assert [finding for one in audits for finding in one.findings] == []


def test_a_single_file_is_audited_beside_its_corpus(default_release: Path, tmp_path: Path) -> None:
    file = default_release / "data" / "knowledge" / "test-00000-of-00001.parquet"
    assert audit(file)[0].findings == ()
    shutil.copy(file, tmp_path / "test.parquet")
    with pytest.raises(DataError, match=r"knowledge items without .*; allowed: items beside their corpus"):
        audit(tmp_path / "test.parquet")


def test_a_changed_file_is_refused_before_it_is_audited(default_release: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(default_release, folder)
    (folder / "data" / "math" / "test-00000-of-00001.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"data/math/test-00000-of-00001\.parquet: found 4 bytes"):
        audit(folder)


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


def test_items_as_json_lines_are_audited_as_items(items: dict[str, list[Item]], tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    rows = [mapping_of(wrong(item, answer="6") if number == 3 else item, "item") for number, item in enumerate(items["math"][:6])]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (one,) = audit(path)
    assert one.items == 6
    assert {(finding.rule, finding.item) for finding in one.findings} >= {("wrong-gold", items["math"][3].id)}
    path.write_text(json.dumps({**rows[0], "level": "one"}) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"items\.jsonl: line 1: level"):
        audit(path)
