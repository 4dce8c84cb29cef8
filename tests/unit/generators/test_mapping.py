"""`mapping`: equal chains over disjoint symbols, each queried once, keys in the bin that can be told from them alone."""

from __future__ import annotations

from typing import Any

import pytest

from unisandbox.generators.draws import Draws
from unisandbox.generators.families.base import Part
from unisandbox.generators.families.mapping import Mapping
from unisandbox.generators.holdout import divided_nouns
from unisandbox.generators.rows import rows
from unisandbox.generators.rule_sets import RuleSets
from unisandbox.generators.spaces import LARGEST_SPACE
from unisandbox.generators.vocabulary import categories, nouns, nouns_in


def part(level: int, split: str, *held_out: str, **changes: Any) -> Part:
    values = {"line": "test-line", "seed": 5, "edition": 0, "editions": 4, "family": "mapping", "canary": "c", **changes}
    return Part(level=level, split=split, held_out=held_out, **values)


@pytest.mark.parametrize("chains", [2, 3, 4])
@pytest.mark.parametrize("level", [1, 3, 6])
def test_a_group_asks_every_chain_of_one_rule_set_once(chains: int, level: int) -> None:
    items = list(rows(Mapping(chains=chains), part(level, "train"), 0, 5 * chains))
    for first in range(0, len(items), chains):
        group = items[first : first + chains]
        rules = {item.draw.partition("Rule 1:")[2].rpartition(f"Rule {chains * level}:")[0] for item in group}
        assert len({item.group for item in group}) == len(rules) == 1
        assert sorted(item.answer for item in group) == sorted(group[0].factors.objects)
        assert len({item.key.partition("?")[2] for item in group}) == 1


def test_the_gold_stands_first_and_last_equally_often() -> None:
    items = list(rows(Mapping(), part(2, "test", "key"), 0, 400))
    first = 0
    for item in items:
        named = [link.rpartition(" > ")[2] for link in item.factors.links]
        mentioned = [name for name in named if name in item.factors.objects]
        first += mentioned[0] == item.answer
    assert first == 200


@pytest.mark.parametrize("level", [1, 2, 6])
def test_symbols_of_a_rule_set_are_disjoint(level: int) -> None:
    for item in rows(Mapping(chains=4), part(level, "train"), 0, 40):
        lefts = [link.partition(" > ")[0] for link in item.factors.links]
        assert len(set(lefts)) == len(lefts) == 4 * level


@pytest.mark.parametrize("split", ["train", "validation", "test"])
@pytest.mark.parametrize("level", [1, 3])
def test_the_bin_of_a_rule_set_is_told_by_its_chains_alone(split: str, level: int) -> None:
    family, asked = Mapping(), part(level, split)
    seen, _ = divided_nouns("test-line", family.novel_objects_share)
    sets = RuleSets(2, level, seen)
    for point in family.space(asked).points(0, 40):
        chains = sets.nth(point.values.rank, Draws([0] * 64))
        assert sets.rank(chains) == point.values.rank
        assert family.bin_of("test-line", 5, chains[::-1]) == split


def test_the_category_word_fits_every_object() -> None:
    words = {category.singular: {noun.name for noun in nouns_in(category.name)} for category in categories() if category.within}
    told = 0
    for item in rows(Mapping(), part(1, "train"), 0, 2000):
        query = item.draw.rpartition("Rule 2:")[2].partition(".")[2]
        for word in words:
            if f" {word} " in query:
                told += 1
                assert set(item.factors.objects) <= words[word]
    assert told > 100


def test_symbols_beyond_the_largest_space_are_drawn() -> None:
    sets = RuleSets(4, 6, nouns())
    assert 0 < sets.ranked < 20
    assert len(sets) <= LARGEST_SPACE
    items = list(rows(Mapping(chains=4), part(6, "train"), 0, 40))
    assert len({item.key for item in items}) == 40


def test_chains_out_of_range_are_named() -> None:
    assert [fault.where for fault in Mapping(chains=5).faults()] == ["chains"]
