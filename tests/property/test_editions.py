"""Editions of a line share no item: no text, no question in other words, no character; whichever editions, wherever one looks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unisandbox.generators.families.base import Item
from unisandbox.generators.families.knowledge import Knowledge
from unisandbox.generators.release import Config, Release, Split
from unisandbox.generators.release_file import as_edition, parse_release
from unisandbox.generators.rows import rows

EDITIONS = 5
MOST_ROWS = 120
TEXT = f"""
name = "editions"
version = "0.0.1"
line = "editions-line"
seed = 8
editions = {EDITIONS}
canary = "editions-canary"
[math.splits]
train = {{levels = [1, 2], rows = 30}}
validation = {{levels = [1, 2], rows = 30, held_out = ["key"]}}
test = {{levels = [1, 2], rows = 30, held_out = ["key"]}}
test_novel_objects = {{levels = [1, 2], rows = 30, held_out = ["key", "object"]}}
test_novel_templates = {{levels = [1, 2], rows = 30, held_out = ["key", "template"]}}
[mapping.splits]
train = {{levels = [1, 2], rows = 30}}
test = {{levels = [1, 2], rows = 30, held_out = ["key"]}}
test_novel_objects = {{levels = [1], rows = 30, held_out = ["key", "object"]}}
[knowledge]
characters = 40
exposures = 2
profiles = 1
[knowledge.splits]
train = {{levels = [1, 2], rows = 20}}
test = {{levels = [1, 2, 3], rows = 20, held_out = ["key", "entity"]}}
"""
RELEASE = parse_release(TEXT, where="editions.toml")


class Place(NamedTuple):
    """A level of a split of a family."""

    config: Config
    split: Split
    level: int


PLACES = [Place(config, split, level) for config in RELEASE.configs for split in config.splits for level in split.levels]
OF_FAMILY = {config.family: [place for place in PLACES if place.config == config] for config in RELEASE.configs}


def items(place: Place, edition: int, share: float = 0.0, most: int = MOST_ROWS) -> list[Item]:
    """Return items of an edition from a place in its space on: a share of it, 0 to 1."""
    part = as_edition(RELEASE, edition, None).part(*place)
    have = len(place.config.options.space(part))
    count = min(most, have)
    size = place.config.options.group_size
    start = int((have - count) * share) // size * size
    return list(rows(place.config.options, part, start, count))


def question(item: Item) -> tuple[object, ...]:
    """Return what an item asks, its wording apart."""
    return item.key, item.factors.style, item.factors.objects


@pytest.mark.parametrize("family", OF_FAMILY)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_two_editions_share_no_item_wherever_one_looks(family: str, data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.integers(0, EDITIONS - 1), min_size=2, max_size=2, unique=True))
    mine, theirs = data.draw(st.sampled_from(OF_FAMILY[family])), data.draw(st.sampled_from(OF_FAMILY[family]))
    shares = st.floats(0, 1)
    ours, others = items(mine, one, data.draw(shares)), items(theirs, other, data.draw(shares))
    assert len(ours) > 10
    assert len(others) > 10
    assert not {item.draw for item in ours} & {item.draw for item in others}
    if mine.split == theirs.split:
        assert not set(map(question, ours)) & set(map(question, others))
    if {mine.split.name, theirs.split.name} == {"train", "test"} or family != "math":
        assert not {item.key for item in ours} & {item.key for item in others}


def test_all_editions_of_a_whole_space_together_hold_no_item_twice() -> None:
    """Every edition of level 1, to the last index: no sample, so nothing can be missed."""
    whole = [place for place in OF_FAMILY["math"] if place.level == 1 and place.split.name in ("test", "test_novel_objects")]
    assert len(whole) == 2
    draws: Counter[str] = Counter()
    for place in whole:
        every = [item for edition in range(EDITIONS) for item in items(place, edition, most=10**6)]
        draws.update(item.draw for item in every)
        assert len(every) == len(set(map(question, every))) > 5_000
    assert draws.most_common(1)[0][1] == 1


def test_no_two_editions_have_a_character_in_common() -> None:
    (place, *_) = OF_FAMILY["knowledge"]
    assert isinstance(place.config.options, Knowledge)
    names: Counter[str] = Counter()
    for edition in range(EDITIONS):
        part = as_edition(RELEASE, edition, None).part(*place)
        names.update(one.name for world in place.config.options.worlds_of(part) for one in world.characters)
    assert len(names) == EDITIONS * 40
    assert names.most_common(1)[0][1] == 1


def test_an_edition_is_the_release_with_another_number() -> None:
    other: Release = as_edition(RELEASE, 3, "1.2.3")
    assert other == replace(RELEASE, edition=3, version="1.2.3")
    assert as_edition(RELEASE, None, None) is not None
    assert as_edition(RELEASE, None, None) == as_edition(RELEASE, 0, None) == RELEASE
    assert len({as_edition(RELEASE, edition, None).fingerprint for edition in range(EDITIONS)}) == EDITIONS
