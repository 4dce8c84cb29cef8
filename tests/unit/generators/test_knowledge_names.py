"""Names that a release promises to keep two edits from every word: drawn for all editions, solved, told and checked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unisandbox.errors import RowError
from unisandbox.generators import name_lists
from unisandbox.generators.families.base import Part
from unisandbox.generators.families.knowledge import Knowledge
from unisandbox.generators.families.knowledge_tables import knowledge_figures
from unisandbox.generators.names import REFUSING
from unisandbox.generators.release_file import read_release
from unisandbox.generators.rows import rows
from unisandbox.generators.solvers.knowledge import read_facts, solve

TRAIN = Part(line="line", seed=7, edition=0, editions=8, family="knowledge", level=1, split="train", held_out=(), canary="c")


def test_every_edition_of_the_release_that_asks_for_two_edits_has_its_names() -> None:
    release = read_release("0.2.0")
    config = next(config for config in release.configs if config.family == "knowledge")
    parts = [replace(release, edition=edition).part(config, config.splits[0], level=1) for edition in range(release.editions)]
    names = [one.name for part in parts for world in config.options.worlds_of(part) for one in world.characters]
    assert len(set(names)) == len(names) == 8 * 200
    assert {len(name) for name in names} == {8}


def test_a_release_made_before_near_words_were_refused_does_not_name_the_option() -> None:
    named = {}
    for version in ("0.1.0", "0.2.0"):
        configs = read_release(version).canonical()["configs"]
        options = next(config["options"] for config in configs if config["family"] == "knowledge")
        named[version] = options.get("least_name_edits")
    assert named == {"0.1.0": None, "0.2.0": 2}


@pytest.mark.parametrize(
    ("split", "level", "held_out"), [("train", 1, ()), ("test", 2, ("key", "entity")), ("test_deeper", 3, ("key", "entity"))]
)
def test_items_about_long_names_are_solved_from_the_corpus_alone(split: str, level: int, held_out: tuple[str, ...]) -> None:
    family, part = Knowledge(characters=40, least_name_edits=2), replace(TRAIN, split=split, level=level, held_out=held_out)
    corpus = family.corpus(part)
    facts = read_facts([turn.content for turn in one.messages] for one in corpus.documents(0, len(corpus)))
    made = list(rows(family, part, 0, 200))
    assert {len(name) for item in made for name in item.factors.entities} == {8}
    for item in made:
        assert solve(item.draw, facts).answer == solve(item.ask, facts).answer == item.answer


@pytest.mark.parametrize("least", [0, 3])
def test_other_numbers_of_edits_are_refused(least: int) -> None:
    assert [fault.where for fault in Knowledge(least_name_edits=least).faults()] == ["least_name_edits"]


@pytest.fixture
def one_list(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Words in place of all lists; a test may add some."""
    words = ["house"]
    monkeypatch.setattr(name_lists, "word_lists", lambda: [name_lists.WordList("a list", "\n".join(words))])
    return words


@pytest.mark.usefixtures("one_list")
def test_the_figures_tell_of_near_names_only_where_they_are_refused() -> None:
    figures = [knowledge_figures(TRAIN, Knowledge(least_name_edits=least)) for least in (1, 2)]
    plain_keys = {"names_tried", "names_refused", "names_refused_share", "names_checked_against"}
    assert set(figures[0]) == plain_keys
    assert set(figures[1]) == plain_keys | {"names_least_edits", "names_refused_by_list"}
    assert figures[1]["names_least_edits"] == 2
    assert tuple(figures[1]["names_refused_by_list"]) == REFUSING
    assert sum(figures[1]["names_refused_by_list"].values()) == figures[1]["names_refused"] > 0


def test_a_name_near_a_word_that_the_lists_have_since_stops_the_build_where_that_is_promised(one_list: list[str]) -> None:
    family = Knowledge(least_name_edits=2)
    name = family.worlds_of(TRAIN)[0].characters[0].name
    one_list.append(f"{name.lower()}s")
    with pytest.raises(RowError, match=f"knowledge: {name}: found one edit from '{name.lower()}s' in a list"):
        knowledge_figures(TRAIN, family)


@pytest.mark.parametrize("least", [1, 2])
def test_a_name_that_the_lists_have_since_stops_every_build(one_list: list[str], least: int) -> None:
    family = Knowledge(least_name_edits=least)
    name = family.worlds_of(TRAIN)[0].characters[0].name
    one_list.append(name.lower())
    with pytest.raises(RowError, match=f"knowledge: {name}: found a name in a list"):
        knowledge_figures(TRAIN, family)


def test_a_word_near_a_name_stops_no_build_that_does_not_promise_more(one_list: list[str]) -> None:
    name = Knowledge().worlds_of(TRAIN)[0].characters[0].name
    one_list.append(f"{name.lower()}s")
    assert "names_least_edits" not in knowledge_figures(TRAIN, Knowledge())
