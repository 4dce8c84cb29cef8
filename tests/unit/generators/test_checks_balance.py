"""What is dealt in turn is found equal to one more or less on clean items; a count too many or too few fails and names a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from unisandbox.generators.checks.balance import JUDGED, RULES, check_balance
from unisandbox.generators.checks.base import FAIL, NOTE, PASS, Published, Result
from unisandbox.generators.families.base import Family, Item, Part
from unisandbox.generators.families.knowledge import Knowledge
from unisandbox.generators.families.mapping import Mapping as MappingFamily
from unisandbox.generators.families.math import Math
from unisandbox.generators.rows import rows
from unisandbox.schemas.arrow import table
from unisandbox.schemas.manifest import Manifest, Shard

HELD_OUT: Mapping[str, tuple[str, ...]] = {"train": (), "test": ("key",), "test_novel_templates": ("key", "template")}


class InMemory(Published):
    """A release whose tables are in memory."""

    def __init__(self, tables: Mapping[tuple[str, str], pa.Table]) -> None:
        super().__init__(Path("in-memory"))
        self.tables = tables
        shards = tuple(Shard(config, split, "", len(rows_of), 0, "", "") for (config, split), rows_of in tables.items())
        told: dict[str, Any] = {
            "name": "m",
            "version": "1.0.0",
            "line": "l",
            "seed": 1,
            "edition": 0,
            "fingerprint": "",
            "canary": "c",
        }
        splits = [{"name": split, "levels": [1], "held_out": list(axes)} for split, axes in HELD_OUT.items()]
        families = [config for config in dict.fromkeys(config for config, _ in tables) if config != "entities"]
        self.__dict__["manifest"] = Manifest(**told, shards=shards)
        self.__dict__["release"] = {"configs": [{"family": family, "options": {}, "splits": splits} for family in families]}

    def table(self, config: str, split: str, columns: Sequence[str]) -> pa.Table:
        """Return columns of a split, a nested one by its dotted name."""
        found = {}
        for column in columns:
            first, *rest = column.split(".")
            one = self.tables[config, split].column(first).combine_chunks()
            for member in rest:
                one = one.field(member)
            found[column] = one
        return pa.table(found)


def part(name: str, level: int, split: str) -> Part:
    held_out = (*HELD_OUT[split], "entity") if name == "knowledge" and split != "train" else HELD_OUT[split]
    return Part(
        line="counted", seed=3, edition=0, editions=2, family=name, level=level, split=split, held_out=held_out, canary="c"
    )


@pytest.fixture(scope="module")
def clean() -> dict[str, dict[str, list[Item]]]:
    """Items of each family, as many as no turn divides."""
    families: dict[str, tuple[Family, int]] = {
        "math": (Math(), 2),
        "mapping": (MappingFamily(), 2),
        "knowledge": (Knowledge(), 1),
    }
    counts = {"train": 487, "test": 301, "test_novel_templates": 101}
    return {
        name: {split: list(rows(family, part(name, level, split), 0, count)) for split, count in counts.items()}
        for name, (family, level) in families.items()
    }


@pytest.fixture(scope="module")
def characters() -> list[dict[str, Any]]:
    """The characters of the knowledge items."""
    corpus = Knowledge().corpus(part("knowledge", 1, "train"))
    found: list[dict[str, Any]] = table(list(corpus.entities(0, corpus.characters)), "entity").to_pylist()
    return found


def released(items: Mapping[str, Mapping[str, Sequence[Item]]]) -> Published:
    return InMemory({(family, split): table(some, "item") for family, splits in items.items() for split, some in splits.items()})


def failed(results: Sequence[Result]) -> list[tuple[str, str]]:
    return [(result.rule, result.scope) for result in results if result.verdict == FAIL]


def test_all_that_is_promised_holds_of_clean_items(
    clean: Mapping[str, Mapping[str, Sequence[Item]]], characters: list[dict[str, Any]]
) -> None:
    items = {(name, split): table(some, "item") for name, splits in clean.items() for split, some in splits.items()}
    results = list(check_balance(InMemory({**items, ("entities", "train"): pa.Table.from_pylist(characters)})))
    assert {result.rule for result in results} == {rule.name for rule in RULES}
    assert {result.verdict for result in results if result.rule in JUDGED} == {PASS}
    assert {result.verdict for result in results if result.rule not in JUDGED} == {NOTE}


def test_counts_are_told_with_their_number(clean: Mapping[str, Mapping[str, Sequence[Item]]]) -> None:
    found = {(result.rule, result.scope): result for result in check_balance(released({"math": clean["math"]}))}
    answers = found["balanced-answers", "math/test, level 2"]
    assert (answers.figure, answers.n, answers.value) == ("50 to 51 of each of 6", 301, 1.0)


def more_of_one_answer(item: Item) -> Item:
    return item._replace(answer="3") if item.answer == "4" and item.factors.index < 12 else item


def more_of_one_template(item: Item) -> Item:
    templates = item.factors.templates
    changed = ("d01", *templates[1:]) if templates[0] == "d02" and item.factors.index < 60 else templates
    return item._replace(factors=item.factors._replace(templates=changed))


def first_named(item: Item) -> Item:
    first = min(item.choices, key=lambda name: item.draw.index(f" {name}"))
    return item._replace(answer=first) if item.factors.index < 5 else item


def more_forward(item: Item) -> Item:
    return item._replace(factors=item.factors._replace(direction="forward")) if item.factors.index < 4 else item


@pytest.mark.parametrize(
    ("family", "plant", "rule", "row"),
    [
        ("math", more_of_one_answer, "balanced-answers", "math/2/test/000002"),
        ("math", more_of_one_template, "balanced-templates", "math/2/test/000000"),
        ("mapping", more_of_one_template, "balanced-templates", "mapping/2/test/000000"),
        ("mapping", first_named, "balanced-places", "mapping/2/test/000000"),
        ("knowledge", more_forward, "balanced-directions", "knowledge/1/test/000000"),
    ],
)
def test_one_too_many_fails_and_names_a_row(
    family: str, plant: Callable[[Item], Item], rule: str, row: str, clean: Mapping[str, Mapping[str, Sequence[Item]]]
) -> None:
    test = [plant(item) for item in clean[family]["test"]]
    results = list(check_balance(released({family: {**clean[family], "test": test}})))
    assert any(name == rule and scope.startswith(f"{family}/test, level") for name, scope in failed(results))
    assert any(row in example for result in results if result.verdict == FAIL for example in result.examples)


def test_an_answer_that_never_comes_counts_as_none(clean: Mapping[str, Mapping[str, Sequence[Item]]]) -> None:
    test = [item for item in clean["math"]["test"] if item.answer != "5"]
    (result,) = (one for one in check_balance(released({"math": {"test": test}})) if one.rule == "balanced-answers")
    assert (result.verdict, result.figure) == (FAIL, "0 to 51 of each of 6")
    assert result.examples[1] == "5: 0 (no row)"


def test_a_template_that_other_splits_use_and_this_does_not_counts_as_none(
    clean: Mapping[str, Mapping[str, Sequence[Item]]],
) -> None:
    test = [item for item in clean["math"]["test"] if item.factors.templates[0] != "d05"]
    results = list(check_balance(released({"math": {**clean["math"], "test": test}})))
    assert failed(results)[0] == ("balanced-answers", "math/test, level 2")
    assert ("balanced-templates", "math/test, level 2") in failed(results)


def test_held_out_templates_are_counted_apart(clean: Mapping[str, Mapping[str, Sequence[Item]]]) -> None:
    found = {
        result.scope: result for result in check_balance(released({"math": clean["math"]})) if result.rule == "balanced-templates"
    }
    seen = {item.factors.templates[0] for item in clean["math"]["test"]}
    novel = {item.factors.templates[0] for item in clean["math"]["test_novel_templates"]}
    assert found["math/test, level 2"].figure.endswith(f"of each of {len(seen)}")
    assert found["math/test_novel_templates, level 2"].figure.endswith(f"of each of {len(novel)}")


def test_values_that_are_not_dealt_evenly_fail(characters: list[dict[str, Any]]) -> None:
    changed = [
        {**one, "attributes": [{**fact, "value": "blue"} if fact["value"] == "green" else fact for fact in one["attributes"]]}
        if one["character_split"] == "train"
        else one
        for one in characters
    ]
    results = list(check_balance(InMemory({("entities", "train"): pa.Table.from_pylist(changed)})))
    assert [scope.split(", ", 1)[1] for _, scope in failed(results)] == ["train, hair_colour", "train, shirt_colour"]
    assert len(results) == 20
