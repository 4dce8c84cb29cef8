from __future__ import annotations

import re
from collections import Counter

import pytest

from unisandbox.generators.vocabulary import nouns_in
from unisandbox.generators.worlds import (
    CLASSES,
    RELATIONS,
    SYMMETRIC,
    World,
    attribute_kinds,
    class_sizes,
    draw_world,
)

WORLD = draw_world("line", 7, 0)


def test_a_world_is_drawn_alike_and_another_number_gives_another_world() -> None:
    again = draw_world.__wrapped__("line", 7, 0)
    assert again == WORLD
    assert not {one.name for one in WORLD.characters} & {one.name for one in draw_world("line", 7, 1).characters}


def test_names_two_edits_from_words_change_nothing_else_of_a_world() -> None:
    other = draw_world("line", 7, 0, least_name_edits=2)
    assert {len(one.name) for one in other.characters} == {8}
    assert dict(other.names_refused_by_list)["near_names"] > 0
    assert other.names_tried == 200 + other.names_refused
    told = [[(one.split, one.attributes, one.occupation, one.town) for one in world.characters] for world in (WORLD, other)]
    assert told[0] == told[1]


@pytest.mark.parametrize(("characters", "share", "sizes"), [(200, 0.5, (100, 100)), (50, 0.5, (26, 24)), (60, 0.25, (44, 16))])
def test_classes_are_even_in_size(characters: int, share: float, sizes: tuple[int, int]) -> None:
    assert class_sizes(characters, share) == sizes
    world = draw_world("line", 7, 0, characters, share)
    assert tuple(len(world.of_class(split)) for split in CLASSES) == sizes


@pytest.mark.parametrize("split", CLASSES)
def test_values_are_dealt_evenly_in_each_class(split: str) -> None:
    for place, kind in enumerate(attribute_kinds()):
        counts = Counter(one.attributes[place] for one in WORLD.of_class(split))
        assert set(counts) == {(kind.name, value) for value in kind.value_names}
        assert max(counts.values()) - min(counts.values()) <= 1


@pytest.mark.parametrize("world", [WORLD, draw_world("line", 8, 3, 16), draw_world("line", 8, 4, 60, 0.2)])
def test_relations_stay_in_the_class_and_never_lead_home(world: World) -> None:
    for one in world.characters:
        own = world.facts[one.name]
        others = {own[relation] for relation in RELATIONS}
        assert len(others) == len(RELATIONS)
        assert one.name not in others
        assert {world.split_of[other] for other in others} == {one.split}
        for relation in SYMMETRIC:
            assert world.chain(one.name, (relation, relation))[-1] == one.name
        assert world.chain(one.name, ("teacher", "teacher"))[-1] != one.name


@pytest.mark.parametrize("split", CLASSES)
def test_everybody_is_the_teacher_of_one(split: str) -> None:
    names = [one.name for one in WORLD.of_class(split)]
    assert sorted(WORLD.facts[name]["teacher"] for name in names) == sorted(names)


def test_favourites_are_objects_of_their_category() -> None:
    favourites = [kind for kind in attribute_kinds() if kind.kind == "favourite"]
    assert len(favourites) == 4
    for kind in favourites:
        assert set(kind.value_names) <= {noun.name for noun in nouns_in(kind.name.removeprefix("favourite_"))}
        assert 6 <= len(kind.values) <= 12


def test_portrait_values_say_how_they_show() -> None:
    portrait = [kind for kind in attribute_kinds() if kind.kind == "portrait"]
    assert len(portrait) == 6
    assert all(value.shown.startswith(("a ", "an ")) for kind in portrait for value in kind.values)
    assert len({value.shown for kind in portrait for value in kind.values}) == sum(len(kind.values) for kind in portrait)


def test_filler_says_nothing_of_attributes_and_relations() -> None:
    said = {word for one in WORLD.characters for word in re.findall("[a-z]+", f"{one.occupation} {one.town}".lower())}
    taken = {word for kind in attribute_kinds() for value in kind.values for word in value.name.split()}
    assert len(said) > 100
    assert not said & (taken | set(RELATIONS))


def test_filler_varies() -> None:
    assert len({one.town for one in WORLD.characters}) > 150
    assert len({one.occupation for one in WORLD.characters}) > 80
