"""What a release promises to hold out is proved from its files, and a planted leak of each kind is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from unisandbox.errors import DataError
from unisandbox.generators.checks.base import FAIL, NOTE, PASS, Published, Result
from unisandbox.generators.checks.held_out import RULES, against_release, check_held_out, check_validation_keys
from unisandbox.schemas.manifest import Manifest, Shard

TEXTS = pa.list_(pa.string())
TARGET = pa.struct([("kind", pa.string()), ("objects", pa.list_(pa.struct([("name", pa.string()), ("count", pa.int32())])))])
LISTS = ("operators", "objects", "entities", "attributes", "templates")
FACTORS = pa.struct([("depth", pa.int32()), ("style", pa.string()), *((name, TEXTS) for name in LISTS)])
FOILS = pa.list_(pa.struct([("change", pa.string()), ("target", TARGET)]))
SCHEMA = pa.schema(
    [("id", pa.string()), ("draw", pa.string()), ("key", pa.string()), ("factors", FACTORS), ("target", TARGET), ("foils", FOILS)]
)
AXES = ("key", "object", "template", "entity", "composition", "depth")
Rows = Sequence[Mapping[str, Any]]


def shown(*names: str, kind: str = "objects") -> dict[str, Any]:
    return {"kind": kind, "objects": [{"name": name, "count": 1} for name in names]}


def item(split: str, number: int, **changes: Any) -> dict[str, Any]:
    """Return a row that shares nothing with a row of another split, but for what is changed; `factors.x` is given as `x`."""
    mark = f"{split}-{number}"
    factors = {name: [f"{name}-{mark}"] for name in LISTS} | {"depth": 1 if split == "train" else 2, "style": None}
    factors |= {name: changes.pop(name) for name in tuple(changes) if name in factors}
    own = {"id": f"math/1/{split}/{number:06d}", "draw": f"Draw {mark}.", "key": mark, "target": shown(f"shown-{mark}")}
    return {**own, "foils": [{"change": "one_more", "target": shown(f"near-{mark}")}], "factors": factors, **changes}


TRAIN = [item("train", 0), item("train", 1)]


def published(folder: Path, splits: Mapping[str, Rows], held_out: Sequence[str] = (), **named: Any) -> Published:
    """Return a release of one config; every split but train promises to hold out the axes."""
    shards = []
    for split, rows in splits.items():
        path = f"data/math/{split}.parquet"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(list(rows), schema=SCHEMA), folder / path)
        shards.append(Shard("math", split, path, len(rows), 1, "", ""))
    if "entities" in named:
        entities = named.pop("entities")
        pq.write_table(pa.table({"id": entities}), folder / "entities.parquet")
        shards.append(Shard("entities", "train", "entities.parquet", len(entities), 1, "", ""))
    one = Published(folder)
    told = {
        "name": "made",
        "version": "1.0.0",
        "line": "made-1",
        "seed": 1,
        "edition": 0,
        "fingerprint": "",
        "canary": "c",
        **named,
    }
    one.__dict__["manifest"] = Manifest(**told, shards=tuple(shards))
    promised = [{"name": split, "levels": [1], "held_out": list(held_out) if split != "train" else []} for split in splits]
    one.__dict__["release"] = {"configs": [{"family": "math", "options": {}, "splits": promised}]}
    return one


def by_rule(results: Sequence[Result]) -> dict[str, Result]:
    found = {result.rule: result for result in results}
    assert len(found) == len(results)
    return found


def test_every_axis_of_a_clean_split_is_proved_with_what_was_compared(tmp_path: Path) -> None:
    release = published(tmp_path, {"train": TRAIN, "test": [item("test", 0), item("test", 1), item("test", 2)]}, AXES)
    results = by_rule(list(check_held_out(release)))
    assert [*results] == [f"held-out-{axis}" for axis in ("instance", *AXES)]
    assert {result.verdict for result in results.values()} == {PASS}
    assert {result.scope for result in results.values()} == {"math/test"}
    assert results["held-out-instance"].figure == "0 of 3"
    assert results["held-out-object"].figure == "0 of 9"  # named, shown and nearly shown
    assert results["held-out-depth"].figure == "0 of 1"


@pytest.mark.parametrize(
    ("axis", "changes", "shared_value"),
    [
        ("instance", {"draw": "Draw train-1."}, "Draw train-1."),
        ("instance", {"id": "math/1/train/000001"}, "Draw test-1."),
        ("key", {"key": "train-1"}, "train-1"),
        ("object", {"objects": ["cup", "objects-train-1"]}, "objects-train-1"),
        ("object", {"target": shown("shown-train-1")}, "shown-train-1"),
        ("object", {"foils": [{"change": "other_object", "target": shown("shown-train-1")}]}, "shown-train-1"),
        ("object", {"objects": ["near-train-1"]}, "near-train-1"),
        ("template", {"templates": ["d01", "templates-train-1"]}, "templates-train-1"),
        ("entity", {"entities": ["Tovika", "entities-train-1"]}, "entities-train-1"),
        (
            "composition",
            {"operators": ["operators-train-1"], "attributes": ["attributes-train-1"]},
            "operators-train-1 attributes-train-1",
        ),
        ("depth", {"depth": 1}, "1"),
    ],
)
def test_a_planted_leak_of_every_kind_is_found_and_names_its_row(
    axis: str, changes: dict[str, Any], shared_value: str, tmp_path: Path
) -> None:
    leaking = item("test", 1, **changes)
    release = published(tmp_path, {"train": TRAIN, "test": [item("test", 0), leaking]}, AXES)
    results = by_rule(list(check_held_out(release)))
    found = results.pop(f"held-out-{axis}")
    assert (found.verdict, found.value) == (FAIL, 1)
    assert found.examples[0].startswith(f"{leaking['id']}: {shared_value}")
    assert {result.verdict for result in results.values()} == {PASS}


def test_an_example_names_the_row_of_train_too(tmp_path: Path) -> None:
    release = published(tmp_path, {"train": TRAIN, "test": [item("test", 0, key="train-1")]}, ["key"])
    assert by_rule(list(check_held_out(release)))["held-out-key"].examples == (
        "math/1/test/000000: train-1 (math/1/train/000001)",
    )


def test_the_person_of_a_portrait_is_no_object(tmp_path: Path) -> None:
    person = shown("person", kind="portrait")
    rows = {"train": [item("train", 0, target=person)], "test": [item("test", 0, target=person)]}
    assert by_rule(list(check_held_out(published(tmp_path, rows, ["object"]))))["held-out-object"].figure == "0 of 2"


def test_rows_without_near_misses_are_read_as_well(tmp_path: Path) -> None:
    rows = {"train": [item("train", 0, foils=None)], "test": [item("test", 0, foils=[])]}
    assert by_rule(list(check_held_out(published(tmp_path, rows, ["object"]))))["held-out-object"].figure == "0 of 2"


def test_an_axis_that_is_not_promised_is_not_judged(tmp_path: Path) -> None:
    rows = {"train": TRAIN, "test": [item("test", 0, templates=["templates-train-0"])]}
    assert [*by_rule(list(check_held_out(published(tmp_path, rows, ["key"]))))] == ["held-out-instance", "held-out-key"]


def test_an_axis_that_nobody_can_check_is_an_error(tmp_path: Path) -> None:
    release = published(tmp_path, {"train": TRAIN, "test": [item("test", 0)]}, ["colour"])
    with pytest.raises(DataError, match=r"math/test: held_out: found colour; allowed: instance \| key"):
        list(check_held_out(release))


def test_nothing_is_proved_where_there_is_no_train(tmp_path: Path) -> None:
    assert list(check_held_out(published(tmp_path, {"test": [item("test", 0)]}, AXES))) == []


def test_keys_of_validation_are_in_no_test(tmp_path: Path) -> None:
    rows = {"train": TRAIN, "validation": [item("validation", 0)], "test": [item("test", 0)], "test_deeper": [item("deeper", 0)]}
    results = list(check_validation_keys(published(tmp_path / "clean", rows)))
    assert [(one.scope, one.figure) for one in results] == [("math/test", "0 of 1"), ("math/test_deeper", "0 of 1")]
    rows["test_deeper"] = [item("deeper", 0, key="validation-0")]
    results = list(check_validation_keys(published(tmp_path / "leaking", rows)))
    assert [one.verdict for one in results] == [PASS, FAIL]
    assert results[1].examples == ("math/1/deeper/000000: validation-0 (math/1/validation/000000)",)


def editions(folder: Path, theirs: Mapping[str, Rows], **named: Any) -> dict[tuple[str, str], Result]:
    """Return what edition 0 shares with an edition 1, by rule and scope."""
    mine = published(folder / "0", {"train": TRAIN, "test": [item("test", 0)]}, entities=["Tovika", "Balido"])
    other = published(folder / "1", theirs, **{"edition": 1, "entities": ["Gopine"], **named})
    results = list(against_release(mine, other))
    assert results
    return {(result.rule, result.scope.partition(", ")[2].partition(", ")[2]): result for result in results}


def test_editions_of_a_line_share_nothing(tmp_path: Path) -> None:
    results = editions(tmp_path, {"train": [item("other", 0)], "test": [item("other", 1)]})
    assert {result.verdict for result in results.values()} == {PASS}
    assert results["edition-instance", ""].figure == "0 of 3"
    assert [results["edition-question", split].figure for split in ("train", "test")] == ["0 of 2", "0 of 1"]
    assert results["edition-key", "train here"].figure == "0 of 2"
    assert results["edition-key", "train there"].figure == "0 of 1"
    assert results["edition-entity", ""].figure == "0 of 2"


@pytest.mark.parametrize(
    ("rule", "side", "theirs"),
    [
        ("edition-instance", "", {"train": [item("other", 0)], "test": [item("other", 1, draw="Draw train-1.")]}),
        ("edition-question", "train", {"train": [item("other", 0, key="train-1", objects=["objects-train-1"])]}),
        ("edition-key", "train here", {"train": [item("other", 0)], "test": [item("other", 1, key="train-1")]}),
        ("edition-key", "train there", {"train": [item("other", 0, key="test-0")], "test": [item("other", 1)]}),
    ],
)
def test_a_planted_leak_between_editions_is_found(rule: str, side: str, theirs: Mapping[str, Rows], tmp_path: Path) -> None:
    results = editions(tmp_path, theirs)
    assert [key for key, result in results.items() if result.verdict == FAIL] == [(rule, side)]
    assert "math/1/other/00000" in results[rule, side].examples[0]


def test_editions_share_no_character(tmp_path: Path) -> None:
    theirs = {"train": [item("other", 0)]}
    found = editions(tmp_path, theirs, entities=["Gopine", "Balido"])["edition-entity", ""]
    assert (found.verdict, found.examples) == (FAIL, ("Balido: Balido (Balido)",))


def test_a_key_may_be_in_the_train_of_two_editions(tmp_path: Path) -> None:
    results = editions(tmp_path, {"train": [item("other", 0, key="train-0")]})
    assert {result.verdict for result in results.values()} == {PASS}


def test_a_key_with_another_object_or_style_is_another_question(tmp_path: Path) -> None:
    same = {"key": "train-1", "objects": ["objects-train-1"]}
    for number, changes in enumerate([same | {"objects": ["cup"]}, same | {"style": "words"}]):
        found = editions(tmp_path / str(number), {"train": [item("other", 0, **changes)]})["edition-question", "train"]
        assert (found.verdict, found.figure) == (PASS, "0 of 2")


def test_what_other_lines_share_is_only_told(tmp_path: Path) -> None:
    theirs = {"train": TRAIN, "test": [item("test", 0)]}
    results = editions(tmp_path, theirs, line="made-2")
    assert {result.verdict for result in results.values()} == {NOTE}
    assert results["edition-instance", ""].figure == "3 of 3"


def test_every_rule_that_is_reported_is_listed(tmp_path: Path) -> None:
    release = published(
        tmp_path, {"train": TRAIN, "validation": [item("v", 0)], "test": [item("test", 0)]}, AXES, entities=["Tovika"]
    )
    results = [*check_held_out(release), *check_validation_keys(release), *against_release(release, release)]
    assert {result.rule for result in results} == {rule.name for rule in RULES}
