"""Blind guessers stay at chance on clean items; a planted shortcut is found by the guesser that takes it, which names rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from unisandbox.generators.checks.base import FAIL, NOTE, PASS, Published, Result
from unisandbox.generators.checks.guesses import gain, named
from unisandbox.generators.checks.shortcuts import RULES, check_shortcuts
from unisandbox.generators.draws import draws_of
from unisandbox.generators.families.base import Family, Item, Part
from unisandbox.generators.families.knowledge import Knowledge
from unisandbox.generators.families.mapping import Mapping as MappingFamily
from unisandbox.generators.families.math import Math
from unisandbox.generators.rows import rows
from unisandbox.generators.vocabulary import category, noun
from unisandbox.schemas.arrow import table
from unisandbox.schemas.manifest import Manifest, Shard

Plant = Callable[[Item], Item | None]
Items = Mapping[str, Sequence[Item]]


class InMemory(Published):
    """A release whose tables are in memory."""

    def __init__(self, tables: Mapping[tuple[str, str], pa.Table], families: Sequence[str]) -> None:
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
        splits = [{"name": split, "levels": [1], "held_out": []} for split in ("train", "test")]
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


def made(family: Family, name: str, level: int, split: str, count: int) -> list[Item]:
    held_out = {"train": (), "test": ("key", "entity") if name == "knowledge" else ("key",)}[split]
    asked = Part(
        line="probed", seed=3, edition=0, editions=2, family=name, level=level, split=split, held_out=held_out, canary="c"
    )
    return list(rows(family, asked, 0, count))


@pytest.fixture(scope="module")
def clean() -> dict[str, dict[str, list[Item]]]:
    """Train and test items of each family."""
    families = {"math": (Math(), 3), "mapping": (MappingFamily(), 2), "knowledge": (Knowledge(), 1)}
    counts = {"train": 1500, "test": 800}
    return {
        name: {split: made(family, name, level, split, count) for split, count in counts.items()}
        for name, (family, level) in families.items()
    }


@pytest.fixture(scope="module")
def documents() -> pa.Table:
    """The corpus of the items of `clean`."""
    part = Part(line="probed", seed=3, edition=0, editions=2, family="knowledge", level=1, split="train", held_out=(), canary="c")
    corpus = Knowledge(exposures=2, profiles=1).corpus(part)
    return table(list(corpus.documents(0, len(corpus))), "document")


def released(items: Mapping[str, Items], corpus: pa.Table | None = None) -> Published:
    tables = {(family, split): table(some, "item") for family, splits in items.items() for split, some in splits.items()}
    return InMemory(tables | ({("knowledge_corpus", "train"): corpus} if corpus is not None else {}), list(items))


def planted(items: Items, plant: Plant) -> dict[str, list[Item]]:
    return {split: [changed for item in some if (changed := plant(item)) is not None] for split, some in items.items()}


def failed(results: Iterable[Result]) -> dict[str, Result]:
    return {result.rule: result for result in results if result.verdict == FAIL}


def test_every_probe_stays_at_chance_on_clean_items(clean: Mapping[str, Items], documents: pa.Table) -> None:
    results = list(check_shortcuts(released(clean, documents)))
    assert {result.rule for result in results} == {rule.name for rule in RULES}
    assert {result.verdict for result in results} <= {PASS, NOTE}
    assert all(result.interval and result.interval[0] <= result.value <= result.interval[1] for result in results if result.value)
    assert {result.scope for result in results} == {
        *("math/test, level 3", "mapping/test, level 2"),
        *("knowledge/test, level 1, forward", "knowledge/test, level 1, inverse"),
    }


def other(item: Item) -> str:
    return next(choice for choice in item.choices if choice != item.answer)


def mostly(cue: Callable[[Item], bool]) -> Plant:
    """Return a plant that leaves out half of the items that a cue would get wrong."""
    return lambda item: item if cue(item) or draws_of("kept", item.id, count=1).below(2) else None


def place_of(item: Item, name: str) -> int:
    return item.draw.index(f" {name}")


def distance(item: Item, name: str) -> int:
    (start,) = (place for place, link in enumerate(item.factors.links) if link.startswith(f"{item.factors.symbols[0]} > "))
    (end,) = (place for place, link in enumerate(item.factors.links) if link.endswith(f" > {name}"))
    return abs(start - end)


def told_by_category(item: Item) -> Item:
    gold, word = noun(item.answer).category, category(noun(item.answer).category).singular
    if noun(other(item)).category == gold:
        return item
    return item._replace(draw=f"Rules: a {item.answer}, a {other(item)}. Draw the {word}.")


MAPPING: dict[str, Plant] = {
    "first-choice": lambda item: item._replace(choices=(item.answer, other(item))),
    "last-choice": lambda item: item._replace(choices=(other(item), item.answer)),
    "first-named": mostly(lambda item: place_of(item, item.answer) < place_of(item, other(item))),
    "last-named": mostly(lambda item: place_of(item, item.answer) > place_of(item, other(item))),
    "nearest-rule": mostly(lambda item: distance(item, item.answer) < distance(item, other(item))),
    "longest-choice": mostly(lambda item: len(item.answer) > len(other(item))),
    "shortest-choice": mostly(lambda item: len(item.answer) < len(other(item))),
    "category-word": told_by_category,
}
MATH: dict[str, Plant] = {
    "majority-of-train": mostly(lambda item: item.answer == "1"),
    "majority-of-split": mostly(lambda item: item.answer == "6"),
    "prompt-length": lambda item: item._replace(draw=item.draw + " Do it now." * 2 * int(item.answer)),
    "last-operator": lambda item: item._replace(factors=item.factors._replace(operators=(f"op{int(item.answer) // 2}",))),
    "bag-of-words": lambda item: item._replace(draw=f"{item.draw} {'Nicely.' if item.answer in '123' else 'Neatly.'}"),
}


@pytest.mark.parametrize("rule", MAPPING)
def test_a_shortcut_planted_in_mapping_is_found(rule: str, clean: Mapping[str, Items]) -> None:
    found = failed(check_shortcuts(released({"mapping": planted(clean["mapping"], MAPPING[rule])})))
    assert rule in found
    assert found[rule].scope == "mapping/test, level 2"
    assert found[rule].examples[0].startswith("mapping/2/test/")


@pytest.mark.parametrize("rule", MATH)
def test_a_shortcut_planted_in_math_is_found(rule: str, clean: Mapping[str, Items]) -> None:
    found = failed(check_shortcuts(released({"math": planted(clean["math"], MATH[rule])})))
    assert rule in found
    assert found[rule].examples[0].startswith("math/3/test/")


@pytest.mark.parametrize(("rule", "is_gold"), [("most-named-candidate", True), ("least-named-candidate", False)])
def test_candidates_whom_the_corpus_names_more_or_less_often_are_found(
    rule: str, is_gold: bool, clean: Mapping[str, Items], documents: pa.Table
) -> None:
    items = [item for item in clean["knowledge"]["test"] if item.factors.direction == "inverse"]
    inverse = [item for item in items if [name for name in item.choices if name < "H"] == [item.answer]]
    names = sorted({name for item in inverse for name in item.choices if (name == item.answer) == is_gold})
    some = documents.slice(0, len(names)).to_pylist()
    more = pa.Table.from_pylist(
        [{**one, "messages": [{"role": "user", "content": name}]} for one, name in zip(some, names, strict=True)],
        documents.schema,
    )
    splits = {"knowledge": {"train": clean["knowledge"]["train"], "test": inverse}}
    found = failed(check_shortcuts(released(splits, pa.concat_tables([documents, more]))))
    assert rule in found
    assert found[rule].examples[0] in {item.id for item in inverse}


def test_ten_points_in_five_hundred_rows_are_found_and_luck_is_not(clean: Mapping[str, Items]) -> None:
    items = clean["math"]["test"][:500]
    swapped = [item for item in items if item.answer != "1"][:55]
    leaked = {
        item.id: item._replace(choices=(item.answer, *(one for one in item.choices if one != item.answer))) for item in swapped
    }
    test = [leaked.get(item.id, item) for item in items]
    found = failed(check_shortcuts(released({"math": {"test": test}})))
    assert list(found) == ["first-choice"]
    assert found["first-choice"].value == pytest.approx(139 / 500)
    assert not failed(check_shortcuts(released({"math": {"test": items}})))


def test_several_splits_are_judged_together_too(clean: Mapping[str, Items]) -> None:
    half = len(clean["math"]["test"]) // 2
    splits = {"validation": clean["math"]["test"][:half], "test": clean["math"]["test"][half:]}
    results = [result for result in check_shortcuts(released({"math": splits})) if result.rule == "first-choice"]
    scopes = ["math/validation, level 3", "math/test, level 3", "math/all but train, level 3"]
    assert [(result.scope, result.n) for result in results] == list(zip(scopes, (half, half, 2 * half), strict=True))


def test_what_learns_from_train_says_nothing_without_a_train(clean: Mapping[str, Items]) -> None:
    results = list(check_shortcuts(released({"math": {"test": clean["math"]["test"]}})))
    rules = {result.rule for result in results}
    assert "first-choice" in rules
    assert not rules & {"majority-of-train", "prompt-length", "last-operator", "bag-of-words"}


def test_too_few_cases_are_told_and_not_judged(clean: Mapping[str, Items]) -> None:
    results = list(check_shortcuts(released({"math": {"test": clean["math"]["test"][:6]}})))
    assert results
    assert {(result.verdict, result.allowed) for result in results} == {(NOTE, "too few cases to judge")}


def test_repeated_keys_widen_the_interval() -> None:
    hits, chance = np.array([1.0, 0.0] * 50), np.full(100, 0.5)
    alone, fours = (gain(hits[np.argsort(-hits)], chance, np.arange(100) // size) for size in (1, 4))
    assert fours.error == pytest.approx(alone.error * math.sqrt(4), rel=0.05)
    assert fours.clusters == 25


def test_a_group_that_holds_each_answer_once_has_an_exact_half() -> None:
    found = gain(np.array([1.0, 0.0] * 50), np.full(100, 0.5), np.arange(100) // 2)
    assert found.interval() == (0.5, 0.5)


def test_a_name_inside_a_longer_choice_is_not_named() -> None:
    assert named("Rule 1: A is a HOT DOG.", ["dog", "hot dog"]) == [(-1, -1), (15, 15)]
    assert named("a dog, a hot dog, a dogma", ["dog", "hot dog"]) == [(2, 2), (9, 9)]
    assert named("a dog", ["", "a", "og"]) == [(-1, -1), (0, 0), (-1, -1)]
