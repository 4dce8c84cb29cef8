"""Near misses: each differs from the gold by the named change alone, and shows nothing that its part must not name."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from PIL import ImageChops

from unisandbox.generators.alike import alike, may_pass_for
from unisandbox.generators.families.base import Item, Target
from unisandbox.generators.foils import Foil, foils, near
from unisandbox.generators.pictures import picture_seed
from unisandbox.generators.portraits import part_mask
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release import Config, Release, Split
from unisandbox.generators.release_file import read_release
from unisandbox.generators.render import render
from unisandbox.generators.rows import rows
from unisandbox.generators.vocabulary import noun, nouns_in

RELEASE = read_release("0.2.0")
PARTS = [
    (config.family, split.name, level)
    for config in RELEASE.configs
    for split in config.splits
    for level in split.levels
    if split.name in ("train", "test", "test_novel_objects")
]
SHOWN = 60


def part_of(family: str, split_name: str) -> tuple[Release, Config, Split]:
    config = next(config for config in RELEASE.configs if config.family == family)
    return RELEASE, config, next(split for split in config.splits if split.name == split_name)


def items_and_foils(family: str, split_name: str, level: int) -> list[tuple[Item, tuple[Foil, ...]]]:
    release, config, split = part_of(family, split_name)
    part = release.part(config, split, level)
    shown = list(rows(config.options, part, 0, SHOWN))
    pictured = config.options.pictured(part)
    return [(item, foils(item, picture_seed(part, item.id), pictured)) for item in shown]


def changes(gold: Target, foil: Target) -> list[str]:
    """Return what differs between two targets of one object, or of one person."""
    (one,), (other,) = gold.objects, foil.objects
    found = [] if gold.kind == foil.kind else ["kind"]
    found += ["name"] * (one.name != other.name) + [f"count {other.count - one.count:+}"] * (one.count != other.count)
    attributes = dict(one.attributes), dict(other.attributes)
    assert list(attributes[0]) == list(attributes[1])
    return found + [name for name in attributes[0] if attributes[0][name] != attributes[1][name]]


@pytest.mark.parametrize(("family", "split", "level"), PARTS)
def test_a_foil_differs_by_the_named_change_alone(family: str, split: str, level: int) -> None:
    wanted = {"chain_twin": ["name"], "other_object": ["name"], "one_more": ["count +1"], "one_fewer": ["count -1"]}
    seen = Counter[str]()
    for item, made in items_and_foils(family, split, level):
        assert 1 <= len(made) <= 3
        assert len({foil.target for foil in made}) == len(made)
        for change, target in made:
            assert changes(item.target, target) == wanted.get(change, [change.removeprefix("other_")])
            assert all(1 <= one.count <= 9 for one in target.objects)
            seen[change] += 1
    assert seen


@pytest.mark.parametrize(("family", "split", "level"), [part for part in PARTS if part[0] != "knowledge"])
def test_a_foil_shows_what_its_part_may_show(family: str, split: str, level: int) -> None:
    release, config, one = part_of(family, split)
    allowed = {noun.name for noun in config.options.pictured(release.part(config, one, level))}
    shown = {one.name for _, made in items_and_foils(family, split, level) for foil in made for one in foil.target.objects}
    assert shown
    assert shown <= allowed


def test_the_twin_is_the_object_at_the_end_of_another_chain() -> None:
    for item, made in items_and_foils("mapping", "test", 2):
        twins = [foil.target.objects[0].name for foil in made if foil.change == "chain_twin"]
        others = [name for name in item.factors.objects if name != item.answer]
        assert twins == [name for name in others if not may_pass_for(noun(item.answer), noun(name))]


def test_what_may_pass_for_the_right_object_is_no_near_miss() -> None:
    assert all(may_pass_for(noun(other), noun(name)) for name, others in alike().items() for other in others)
    assert len(alike()) >= 40
    seen = 0
    for family, split, level in PARTS:
        for item, made in items_and_foils(family, split, level):
            for change, target in made:
                if change in ("other_object", "chain_twin"):
                    (gold,), (foil,) = item.target.objects, target.objects
                    assert not may_pass_for(noun(gold.name), noun(foil.name))
                    seen += 1
    assert seen > 500


def test_another_object_is_of_the_narrowest_category_that_holds_one_and_no_hard_pair() -> None:
    fruits = {one.name for one in nouns_in("fruit")}
    assert {one.name for one in near(noun("apple"), nouns_in("food"))} == fruits - {"apple"}
    assert not {"sneaker", "boot", "sandal"} & {one.name for one in near(noun("shoe"), nouns_in("clothing"))}
    assert near(noun("apple"), [noun("apple"), noun("carrot"), noun("bus")]) == [noun("carrot")]
    assert near(noun("apple"), [noun("apple")]) == []


@pytest.mark.parametrize("level", [1, 2])
def test_a_portrait_shows_the_person_as_told_and_its_foil_differs_inside_the_changed_part_alone(level: int) -> None:
    release, config, split = part_of("knowledge", "test")
    part = release.part(config, split, level)
    looked_at = 0
    for item, made in items_and_foils("knowledge", "test", level):
        for change, target in made if item.target.kind == "portrait" else ():
            attribute = change.removeprefix("other_")
            before, after = (dict(one.objects[0].attributes)[attribute] for one in (item.target, target))
            told = config.options.known_looks(part, item)
            assert told[attribute] == before
            gold, foil = (render(one, picture_seed(part, item.id), known=told) for one in (item.target, target))
            mask = part_mask(attribute, before, after, values=told, size_px=gold.width)
            difference = ImageChops.difference(gold, foil).convert("L").point(lambda value: 255 if value else 0)
            assert difference.getbbox() is not None
            assert ImageChops.multiply(difference, ImageChops.invert(mask.convert("L"))).getbbox() is None
            looked_at += 1
    assert looked_at >= 30


def test_every_family_has_foils() -> None:
    assert {family for family, _, _ in PARTS} == set(FAMILIES)


def test_the_seed_of_a_picture_is_the_items_own() -> None:
    release, config, split = part_of("math", "test")
    part = release.part(config, split, 1)
    seeds = {picture_seed(part, item.id) for item in rows(config.options, part, 0, 50)}
    assert len(seeds) == 50
    assert not seeds & {picture_seed(replace(part, edition=1), item.id) for item in rows(config.options, part, 0, 50)}
