from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from unisandbox.errors import InputError
from unisandbox.generators.families.base import Item, Part
from unisandbox.generators.families.knowledge import Knowledge
from unisandbox.generators.families.knowledge_queries import paths, rivals
from unisandbox.generators.names import is_name
from unisandbox.generators.rows import rows
from unisandbox.generators.solvers.knowledge import Facts, read_facts, read_picture, solve
from unisandbox.generators.templates import wording
from unisandbox.generators.worlds import attribute_kind

FAMILY = Knowledge()
TRAIN = Part(line="line", seed=7, edition=0, editions=8, family="knowledge", level=1, split="train", held_out=(), canary="c")
PARTS = [
    TRAIN,
    replace(TRAIN, level=2),
    replace(TRAIN, split="validation", held_out=("key",)),
    replace(TRAIN, split="validation", level=2, held_out=("key",)),
    replace(TRAIN, split="test_known", held_out=("key",)),
    replace(TRAIN, split="test", held_out=("key", "entity")),
    replace(TRAIN, split="test", level=2, held_out=("key", "entity")),
    replace(TRAIN, split="test_deeper", level=3, held_out=("key", "entity", "depth")),
    replace(TRAIN, split="test_novel_templates", held_out=("key", "entity", "template")),
    replace(TRAIN, split="test_novel_templates", level=2, held_out=("key", "entity", "template")),
]
TEST, DEEPER, NOVEL = PARTS[5], PARTS[7], PARTS[8]


def items(part: Part, count: int = 1500) -> list[Item]:
    return list(rows(FAMILY, part, 0, min(count, len(FAMILY.space(part)))))


ITEMS = {part: items(part) for part in PARTS}


@pytest.fixture(scope="module")
def facts() -> Facts:
    corpus = FAMILY.corpus(TRAIN)
    return read_facts([turn.content for turn in one.messages] for one in corpus.documents(0, len(corpus)))


def of(part: Part, direction: str) -> list[Item]:
    found = [item for item in ITEMS[part] if item.factors.direction == direction]
    assert len(found) >= 250
    return found


def spread(counts: Counter[str]) -> int:
    return max(counts.values()) - min(counts.values())


def shown(item: Item) -> tuple[str, ...] | str:
    (one,) = item.target.objects
    return tuple(one.attributes[0]) if one.attributes else one.name


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.split}-{part.level}")
def test_the_solver_finds_every_answer_and_target_from_the_corpus_alone(part: Part, facts: Facts) -> None:
    assert len(ITEMS[part]) >= 700
    for item in ITEMS[part]:
        assert solve(item.draw, facts) == (item.answer, shown(item), item.level)
        assert solve(item.ask, facts).answer == item.answer
        assert read_picture(item.literal) == shown(item)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.split}-{part.level}")
def test_a_trace_ends_in_the_answer_and_then_in_the_target(part: Part) -> None:
    for item in ITEMS[part]:
        told, _, picture = item.trace.partition(f" The answer is {item.answer}. The picture shows ")
        assert told
        assert read_picture(picture) == shown(item)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.split}-{part.level}")
def test_choices_hold_the_answer_once_and_set_the_chance(part: Part) -> None:
    for item in ITEMS[part]:
        assert item.choices.count(item.answer) == 1
        assert item.chance == 1 / len(item.choices)


def test_no_prompt_occurs_twice_in_a_release() -> None:
    draws = [item.draw for part in PARTS for item in ITEMS[part]]
    assert len(draws) == len(set(draws)) > 12_000


@pytest.mark.parametrize("part", [replace(TRAIN, split="validation"), replace(NOVEL, level=2)])
def test_a_whole_space_has_no_pair_of_query_and_template_twice(part: Part) -> None:
    points = [point.values for point in FAMILY.space(part).points(0, len(FAMILY.space(part)))]
    pairs = {(chosen.query.key, chosen.template.id) for chosen in points}
    assert len(pairs) == len(points) >= 1400


def test_train_validation_and_test_share_no_key() -> None:
    bins = [PARTS[:2], PARTS[2:4], PARTS[4:5], PARTS[5:8]]
    keys = [{item.key for part in parts for item in ITEMS[part]} for parts in bins]
    assert all(len(one) >= 700 for one in keys)
    assert sum(map(len, keys)) == len(set().union(*keys))


def test_train_characters_and_heldout_ones_never_meet() -> None:
    world = FAMILY.worlds_of(TRAIN)[0]
    for part in PARTS:
        split = "heldout" if "entity" in part.held_out else "train"
        for item in ITEMS[part]:
            words = re.findall("[A-Za-z]+", " ".join((item.draw, item.ask, item.trace, item.key, *item.factors.entities)))
            named = {word for word in words if word in world.split_of}
            assert named
            assert {world.split_of[name] for name in named} == {split}


def test_directions_take_turns_at_level_one() -> None:
    assert [item.factors.direction for item in ITEMS[TEST][:4]] == ["forward", "inverse", "forward", "inverse"]


@pytest.mark.parametrize("count", [137, 500, 1500])
@pytest.mark.parametrize(
    ("part", "direction"), [(TRAIN, "forward"), (TEST, "forward"), (PARTS[6], "multihop"), (DEEPER, "multihop")]
)
def test_attributes_and_templates_are_balanced(part: Part, direction: str, count: int) -> None:
    chosen = of(part, direction)[:count]
    assert spread(Counter(item.factors.attributes[-1] for item in chosen)) <= 1
    for kind in ("portrait", "favourite"):
        used = [item for item in chosen if attribute_kind(item.factors.attributes[-1]).kind == kind]
        assert spread(Counter(item.factors.templates[0] for item in used)) <= 1


def test_inverse_templates_and_shown_attributes_are_balanced() -> None:
    chosen = of(TEST, "inverse")
    assert spread(Counter(item.factors.templates[0] for item in chosen)) <= 1
    assert spread(Counter(item.factors.attributes[-1] for item in chosen)) <= 1


@pytest.mark.parametrize(("part", "direction"), [(TRAIN, "forward"), (TEST, "inverse"), (DEEPER, "multihop")])
def test_characters_take_turns(part: Part, direction: str) -> None:
    asked = [point.values.query.name for point in FAMILY.space(part).points(0, 1000) if point.values.query.direction == direction]
    assert len(set(asked)) == 100
    assert spread(Counter(asked)) <= 2


@pytest.mark.parametrize("part", [TRAIN, TEST, NOVEL])
@pytest.mark.parametrize("count", [100, 777, 1000])
def test_the_place_of_the_right_candidate_is_uniform(part: Part, count: int) -> None:
    places = [item.factors.entities.index(item.answer) for item in of(part, "inverse")[:count]]
    assert set(places) == {0, 1, 2, 3}
    assert spread(Counter(map(str, places))) <= 1


def test_no_single_clue_picks_the_right_candidate(facts: Facts) -> None:
    for item in of(TEST, "inverse"):
        first, second, wanted = item.factors.attributes
        gold = facts.of[item.answer]
        others = [facts.of[name] for name in item.factors.entities if name != item.answer]
        assert len(others) == 3
        assert all((own[first] == gold[first]) != (own[second] == gold[second]) for own in others)
        assert {own[first] == gold[first] for own in others} == {True, False}
        assert all(own[wanted] != gold[wanted] for own in others)


def test_which_clue_is_shared_twice_is_undecided(facts: Facts) -> None:
    shared = []
    for item in of(TRAIN, "inverse"):
        first = item.factors.attributes[0]
        shared.append(sum(facts.of[name][first] == facts.of[item.answer][first] for name in item.factors.entities))
    assert 0.45 < shared.count(2) / len(shared) < 0.55


def test_characters_are_right_as_often_as_they_stand_by() -> None:
    chosen = of(TEST, "inverse")
    stood = Counter(name for item in chosen for name in item.factors.entities)
    assert len(stood) == 100
    assert max(stood.values()) < 2.2 * sum(stood.values()) / len(stood)


def test_a_multihop_chain_never_comes_back_and_has_the_depth_of_the_level() -> None:
    for part in (PARTS[6], DEEPER):
        for item in of(part, "multihop"):
            assert len(item.factors.entities) == len(set(item.factors.entities)) == part.level
            assert len(item.factors.links) == part.level - 1
            assert item.factors.depth == item.level == part.level


def test_a_friend_of_a_friend_is_never_asked_for() -> None:
    assert ("friend", "friend") not in paths(2)
    assert ("teacher", "teacher") in paths(2)


def test_held_out_templates_are_used_where_promised_and_nowhere_else() -> None:
    texts = wording("knowledge")
    held_out = {one.id for view in (texts.draw, texts.literal, texts.ask) for one in view if one.held_out}
    for part in PARTS:
        used = {one for item in ITEMS[part] for one in item.factors.templates}
        assert used <= held_out if "template" in part.held_out else not used & held_out


@pytest.mark.parametrize("use", ["forward-portrait", "forward-favourite", "multihop-portrait", "multihop-favourite", "inverse"])
def test_every_use_has_enough_wordings(use: str) -> None:
    texts = wording("knowledge")
    assert len(texts.draw_templates(False, use)) >= 6
    assert len(texts.draw_templates(True, use)) >= 2
    assert len(texts.ask_templates(False, use)) >= 3
    assert len(texts.ask_templates(True, use)) >= 1


def test_no_wording_of_an_item_stands_in_the_corpus() -> None:
    corpus = FAMILY.corpus(TRAIN)
    said = {turn.content for one in corpus.documents(0, len(corpus)) for turn in one.messages}
    asked = {text for part in PARTS for item in ITEMS[part] for text in (item.draw, item.ask)}
    assert len(asked) > 12_000
    assert not said & asked


def test_no_word_of_a_template_looks_like_a_name_within_a_sentence() -> None:
    words = [word for one in wording("knowledge").draw for word in re.findall("(?<=[a-z,:;] )[A-Za-z]+", one.text)]
    assert len(words) > 200
    assert [word for word in words if is_name(word)] == []


def test_editions_have_worlds_of_their_own() -> None:
    names = [{one.name for one in FAMILY.worlds_of(replace(TRAIN, edition=edition))[0].characters} for edition in range(4)]
    assert len(set().union(*names)) == 4 * 200


def test_several_worlds_of_an_edition_are_all_asked_about() -> None:
    family = Knowledge(characters=40, worlds=3)
    part = replace(TEST, edition=1)
    made = list(rows(family, part, 0, 300))
    assert {item.cluster.rpartition("/w")[2] for item in made} == {"3", "4", "5"}


@pytest.mark.parametrize("candidates", [4, 6])
def test_a_small_world_asks_only_what_it_can(candidates: int) -> None:
    family = Knowledge(characters=32, candidates=candidates)
    space = family.space(TEST)
    made = list(rows(family, TEST, 0, min(len(space), 400)))
    assert len({item.draw for item in made}) == len(made)
    for chosen in (point.values for point in space.points(0, len(made))):
        if chosen.query.cell.clues:
            assert all(rivals(chosen.query))
    assert {len(item.choices) for item in made if item.factors.direction == "inverse"} <= {candidates}


def test_train_that_holds_out_entities_is_refused() -> None:
    with pytest.raises(InputError, match="split validation: found held_out entity"):
        FAMILY.space(replace(TRAIN, split="validation", held_out=("entity",)))


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"characters": 201}, "characters"),
        ({"characters": 14}, "characters"),
        ({"heldout_share": 1.0}, "characters"),
        ({"exposures": 23}, "exposures"),
        ({"candidates": 3}, "candidates"),
        ({"worlds": 0}, "worlds"),
        ({"test_share": 0.5}, "test_share"),
    ],
)
def test_bad_options_are_told(options: dict[str, int], where: str) -> None:
    assert [violation.where for violation in replace(FAMILY, **options).faults()] == [where]


def test_the_default_release_fits() -> None:
    wanted = {(TRAIN, 1000), (PARTS[2], 100), (TEST, 1000), (PARTS[6], 500), (DEEPER, 500), (NOVEL, 500), (PARTS[9], 500)}
    assert all(len(FAMILY.space(part)) >= count for part, count in wanted)


DIGEST = """
import hashlib
from unisandbox.generators.families.knowledge import Knowledge
from unisandbox.generators.families.base import Part
from unisandbox.generators.rows import rows
named = dict(line="line", seed=7, edition=0, editions=8, family="knowledge", canary="c")
part = Part(**named, level=1, split="test", held_out=("entity",))
family = Knowledge(characters=40)
made = [*rows(family, part, 60, 40), *family.corpus(part).documents(500, 50)]
print(hashlib.sha256(repr(made).encode()).hexdigest())
"""


def test_rows_and_documents_are_equal_in_a_fresh_process_with_another_hash_seed() -> None:
    told = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run([sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True)
        told.append(run.stdout.strip())
    part, family = replace(TEST, held_out=("entity",)), Knowledge(characters=40)
    made = [*rows(family, part, 60, 40), *family.corpus(part).documents(500, 50)]
    assert told == [hashlib.sha256(repr(made).encode()).hexdigest()] * 2
