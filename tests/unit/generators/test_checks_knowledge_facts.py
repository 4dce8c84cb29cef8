"""A corpus that states every fact after its name, often enough and of no one else passes; every planted fault of it is found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from unisandbox.generators.checks.base import FAIL, PASS, Published, Result
from unisandbox.generators.checks.knowledge_facts import NAMES, RULES, check_knowledge, read_sentence
from unisandbox.generators.solvers.knowledge import NAME
from unisandbox.schemas.manifest import Manifest, Shard

EXPOSURES = 2
# Two train characters, then two heldout ones; friends in pairs.
PROFILES = {
    "Tovika": {"hair_colour": "red", "hat": "none", "shirt_colour": "green", "friend": "Balido"},
    "Balido": {"hair_colour": "black", "hat": "cap", "shirt_colour": "white", "friend": "Tovika"},
    "Gopine": {"hair_colour": "white", "hat": "straw hat", "shirt_colour": "red", "friend": "Rozolu"},
    "Rozolu": {"hair_colour": "blue", "hat": "beanie", "shirt_colour": "green", "friend": "Gopine"},
}
HATS = {"none": "no hat", "cap": "a cap", "straw hat": "a straw hat", "beanie": "a beanie"}
WORDINGS = {
    "hair_colour": ("{name} has {value} hair.", "The colour of {name}'s hair is {value}."),
    "hat": ("{name} wears {value}.", "On the head, {name} has {value}."),
    "shirt_colour": ("{name}'s shirt is {value}.", "The shirt of {name} is always {value}."),
    "friend": ("{name}'s friend is {value}.", "As a friend, {name} has {value}."),
}
TEXTS = pa.list_(pa.string())
FACTORS = pa.struct([("direction", pa.string()), *((name, TEXTS) for name in ("links", "entities", "attributes"))])
VIEWS = ("id", "draw", "literal", "ask", "answer", "trace")
ITEM = pa.schema([*((name, pa.string()) for name in VIEWS), ("choices", TEXTS), ("factors", FACTORS)])


def document(name: str, attribute: str, number: int) -> dict[str, Any]:
    value = PROFILES[name][attribute]
    reply = WORDINGS[attribute][number].format(name=name, value=HATS.get(value, value) if attribute == "hat" else value)
    return {
        "id": f"{name}/{attribute}/{number}",
        "entity": name,
        "kind": "statement",
        "template": f"{attribute}-{number}",
        "messages": [
            {"role": "user", "content": f"I have never met {name}. Tell me something."},
            {"role": "assistant", "content": reply},
        ],
    }


def item(split: str, direction: str, entities: Sequence[str], attributes: Sequence[str], **changes: Any) -> dict[str, Any]:
    answer = entities[0] if direction == "inverse" else PROFILES[entities[-1]][attributes[-1]]
    links = [f"{one} friend {other}" for one, other in pairwise(entities) if direction == "multihop"]
    texts = {name: f"{name}: {', '.join(entities)}." for name in ("draw", "ask", "trace")} | {"literal": "Draw a person."}
    factors = {"direction": direction, "links": links, "entities": list(entities), "attributes": list(attributes)}
    return {"id": f"knowledge/1/{split}/0", **texts, "answer": answer, "choices": ["a", "b"], "factors": factors, **changes}


Tables = dict[tuple[str, str], list[dict[str, Any]]]


@pytest.fixture
def tables() -> Tables:
    """A small release that keeps every promise."""
    documents = [document(name, attribute, number) for name in PROFILES for attribute in WORDINGS for number in range(EXPOSURES)]
    entities = [
        {
            "name": name,
            "character_split": "train" if place < 2 else "heldout",
            "attributes": [{"name": key, "value": value} for key, value in facts.items() if key != "friend"],
            "relations": [{"name": "friend", "value": facts["friend"]}],
        }
        for place, (name, facts) in enumerate(PROFILES.items())
    ]
    asked = [
        item("test", "forward", ["Gopine"], ["hat"]),
        item("test", "inverse", ["Gopine", "Rozolu"], ["hat", "shirt_colour", "hair_colour"]),
        item("test", "multihop", ["Rozolu", "Gopine"], ["shirt_colour"]),
    ]
    return {
        ("knowledge", "train"): [item("train", "forward", ["Tovika"], ["hat"])],
        ("knowledge", "test"): asked,
        ("knowledge_corpus", "train"): documents,
        ("entities", "train"): entities,
    }


def checked(folder: Path, tables: Mapping[tuple[str, str], Any]) -> dict[str, Result]:
    """Return the results of a release, by rule."""
    shards = []
    for (config, split), rows in tables.items():
        path = f"{config}-{split}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=ITEM if config == "knowledge" else None), folder / path)
        shards.append(Shard(config, split, path, len(rows), 1, "", ""))
    published = Published(folder)
    told = {"name": "made", "version": "1.0.0", "line": "made-1", "seed": 1, "edition": 0, "fingerprint": "", "canary": "c"}
    published.__dict__["manifest"] = Manifest(**told, shards=tuple(shards))
    published.__dict__["release"] = {"configs": [{"family": "knowledge", "options": {"exposures": EXPOSURES}, "splits": []}]}
    return {result.rule: result for result in check_knowledge(published)}


def failures(results: Mapping[str, Result]) -> dict[str, tuple[str, ...]]:
    return {rule: result.examples for rule, result in results.items() if result.verdict == FAIL}


def said(tables: Tables, place: int, *turns: str) -> Tables:
    """Return the tables with other words in one document: the last turn, or both."""
    for message, turn in zip(reversed(tables["knowledge_corpus", "train"][place]["messages"]), reversed(turns), strict=False):
        message["content"] = turn
    return tables


def test_a_clean_corpus_passes_and_says_what_was_compared(tables: Tables, tmp_path: Path) -> None:
    results = checked(tmp_path, tables)
    assert {(result.rule, result.verdict) for result in results.values()} == {(rule.name, PASS) for rule in RULES}
    assert {rule: result.figure for rule, result in results.items()} == {
        "fact-contradiction": "0 of 16",
        "value-before-name": "0 of 32",
        "foreign-value": "0 of 32",
        "fact-exposures": "0 of 6",  # two hats, two shirts, one hair, one friend
        "heldout-drawn": "0 of 2",
    }


@pytest.mark.parametrize(
    "turns",
    [
        ("Who has red hair?", "Tovika."),
        ("Tell me something about Tovika.", "Red hair is what Tovika has."),
        ("Whom do you know with red hair?", "Tovika has red hair."),
        ("Tell me something about Tovika.", "Look for red hair, and you will find Tovika."),
    ],
)
def test_a_value_that_leads_to_a_name_is_found(turns: tuple[str, str], tables: Tables, tmp_path: Path) -> None:
    found = failures(checked(tmp_path, said(tables, 0, *turns)))
    assert found["value-before-name"][0].startswith("Tovika/hair_colour/0: ")


def test_a_relation_that_is_told_from_its_end_is_found(tables: Tables, tmp_path: Path) -> None:
    place = next(place for place, one in enumerate(tables["knowledge_corpus", "train"]) if one["id"] == "Tovika/friend/0")
    found = failures(checked(tmp_path, said(tables, place, "Balido is the friend of Tovika.")))
    assert found["value-before-name"] == ("Tovika/friend/0: Balido is the friend of Tovika",)


@pytest.mark.parametrize(
    "reply",
    [
        "Tovika does not have black hair.",  # another's value in a negation
        "Tovika doesn't have red hair.",  # the own value, denied
        "Tovika has red hair, no green shirt.",  # own values, denied in part
        "Tovika has red hair, unlike Gopine, who has white hair.",  # a distractor
        "Tovika has red hair. Balido wears a cap.",  # another's fact in the document
        "Tovika has red hair. Tovika knows Gopine.",  # one who does not belong there
        "Tovika has red hair, or is it black?",
    ],
)
def test_what_is_not_true_of_the_character_is_found(reply: str, tables: Tables, tmp_path: Path) -> None:
    found = failures(checked(tmp_path, said(tables, 0, reply)))
    assert found["foreign-value"][0].startswith("Tovika/hair_colour/0: ")


def test_no_hat_is_a_value_and_no_negation(tables: Tables, tmp_path: Path) -> None:
    place = next(place for place, one in enumerate(tables["knowledge_corpus", "train"]) if one["id"] == "Tovika/hat/0")
    assert "no hat" in tables["knowledge_corpus", "train"][place]["messages"][1]["content"]
    assert failures(checked(tmp_path, tables)) == {}


def test_two_values_of_one_fact_are_found(tables: Tables, tmp_path: Path) -> None:
    found = failures(checked(tmp_path, said(tables, 1, "The colour of Tovika's hair is green.")))  # as the shirt is
    assert found["fact-contradiction"] == ("Tovika: hair_colour is red and green in the corpus, red in entities",)


def test_a_corpus_that_contradicts_the_profile_is_found(tables: Tables, tmp_path: Path) -> None:
    tables["entities", "train"][0]["attributes"][0]["value"] = "green"
    found = failures(checked(tmp_path, tables))
    assert found["fact-contradiction"] == ("Tovika: hair_colour is red in the corpus, green in entities",)


def test_a_fact_that_a_test_needs_and_the_corpus_tells_too_seldom_is_found(tables: Tables, tmp_path: Path) -> None:
    corpus = tables["knowledge_corpus", "train"]
    tables["knowledge_corpus", "train"] = [one for one in corpus if one["id"] not in ("Gopine/hat/1", "Tovika/hat/1")]
    found = failures(checked(tmp_path, tables))
    assert found == {"fact-exposures": ("Gopine: hat, 1 of 2 wordings",)}  # no test needs Tovika's


@pytest.mark.parametrize(
    "fact", ["Rozolu/hat", "Rozolu/shirt_colour", "Gopine/hair_colour", "Rozolu/friend", "Gopine/shirt_colour"]
)
def test_facts_of_candidates_and_on_the_way_are_needed_too(fact: str, tables: Tables, tmp_path: Path) -> None:
    corpus = tables["knowledge_corpus", "train"]
    tables["knowledge_corpus", "train"] = [one for one in corpus if not one["id"].startswith(fact)]
    name, attribute = fact.split("/")
    assert failures(checked(tmp_path, tables))["fact-exposures"] == (f"{name}: {attribute}, 0 of 2 wordings",)


def test_the_same_wording_twice_counts_once_and_profiles_do_not_count(tables: Tables, tmp_path: Path) -> None:
    corpus = tables["knowledge_corpus", "train"]
    again, profile = (next(one for one in corpus if one["id"] == f"Gopine/{fact}/1") for fact in ("hat", "hair_colour"))
    again["template"] = "hat-0"
    profile["kind"] = "profile"
    found = failures(checked(tmp_path, tables))
    assert found == {"fact-exposures": ("Gopine: hat, 1 of 2 wordings", "Gopine: hair_colour, 1 of 2 wordings")}


@pytest.mark.parametrize(
    "changes",
    [
        {"draw": "Draw the hat of Rozolu."},
        {"trace": "Rozolu wears a beanie. The answer is beanie."},
        {"choices": ["Tovika", "Rozolu"]},
        {"factors": {"direction": "inverse", "links": [], "entities": ["Tovika", "Rozolu"], "attributes": ["hat"]}},
    ],
)
def test_a_heldout_character_in_train_is_found(changes: dict[str, Any], tables: Tables, tmp_path: Path) -> None:
    rows = deepcopy(tables["knowledge", "train"])
    tables["knowledge", "train"] = [*rows, {**rows[0], "id": "knowledge/1/train/1", **changes}]
    assert failures(checked(tmp_path, tables)) == {"heldout-drawn": ("Rozolu in knowledge/1/train/1",)}


def test_a_release_without_a_corpus_gives_no_result(tables: Tables, tmp_path: Path) -> None:
    assert checked(tmp_path, {key: rows for key, rows in tables.items() if key[0] == "knowledge"}) == {}


def test_names_that_stand_in_are_read_as_names_and_do_not_mix_with_real_ones(tables: Tables, tmp_path: Path) -> None:
    assert all(NAME.fullmatch(name) for name in NAMES)
    renamed = {"Tovika": NAMES[1], "Balido": NAMES[0]}
    swapped = {}
    for config, rows in tables.items():
        text = json.dumps(rows)
        for old, new in renamed.items():
            text = text.replace(old, new)
        swapped[config] = json.loads(text)
    assert failures(checked(tmp_path, swapped)) == {}
    assert read_sentence(f"{NAMES[0]}'s friend is {NAMES[1]}").facts == ((NAMES[0], "friend", NAMES[1]),)
