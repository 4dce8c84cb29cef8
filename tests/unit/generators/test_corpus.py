from __future__ import annotations

import json
import re
from collections import Counter
from importlib import resources

import pytest

from unisandbox.errors import WordingError
from unisandbox.generators.corpus import Corpus, Document, EntityRow, stated
from unisandbox.generators.corpus_wording import fewest_answers, read_sentences, sentences
from unisandbox.generators.names import is_name
from unisandbox.generators.solvers.knowledge import stated_facts
from unisandbox.generators.worlds import RELATIONS, attribute_kinds, draw_world

WORLD = draw_world("line", 7, 0, 40)
CORPUS = Corpus(worlds=(WORLD, draw_world("line", 7, 1, 40)), exposures=20, profiles=2, canary="canary")
DOCUMENTS = list(CORPUS.documents(0, len(CORPUS)))
TOPICS = [*(kind.name for kind in attribute_kinds()), *RELATIONS]
HEAD = "id,kind,topic,text\n"


@pytest.mark.parametrize(("rows", "schema"), [(Document, "document"), (EntityRow, "entity")])
def test_columns_stand_in_the_order_of_the_schema(rows: type[Document] | type[EntityRow], schema: str) -> None:
    text = resources.files("unisandbox.schemas").joinpath(f"{schema}.schema.json").read_text(encoding="utf-8")
    assert rows._fields == tuple(json.loads(text)["properties"])


@pytest.mark.parametrize("topic", TOPICS)
def test_every_attribute_and_relation_has_twenty_wordings_and_five_questions(topic: str) -> None:
    assert len(sentences("answer", topic)) >= 20
    assert len(sentences("question", topic)) >= 5


def test_every_fact_is_stated_twenty_times_in_different_wordings() -> None:
    assert fewest_answers() >= 20
    told = Counter((one.entity, one.attribute, one.value) for one in DOCUMENTS if one.kind != "profile")
    facts = {(one.name, *fact) for world in CORPUS.worlds for one in world.characters for fact in one.facts}
    assert set(told) == facts
    assert set(told.values()) == {20}
    wordings = Counter((one.entity, one.template) for one in DOCUMENTS if one.kind != "profile")
    assert set(wordings.values()) == {1}


def test_half_of_the_statements_answer_a_question() -> None:
    kinds = Counter(one.kind for one in DOCUMENTS)
    assert kinds["question"] == kinds["statement"]
    assert kinds["profile"] == 2 * 80


def test_any_stretch_is_equal_to_that_stretch_of_the_whole() -> None:
    for start, count in ((0, 1), (261, 3), (262, 524), (len(CORPUS) - 7, 7)):
        assert list(CORPUS.documents(start, count)) == DOCUMENTS[start : start + count]


def test_ids_differ() -> None:
    assert len({one.id for one in DOCUMENTS}) == len(DOCUMENTS) == len(CORPUS)


def test_key_stands_before_value() -> None:
    for one in DOCUMENTS:
        if one.attribute is not None and one.value is not None:
            reply = one.messages[1].content
            assert reply.index(one.entity) < reply.rindex(stated(one.attribute, one.value))


def test_the_user_names_the_subject_and_nobody_else() -> None:
    for one in DOCUMENTS:
        role, request = one.messages[0]
        assert role == "user"
        assert names_in(request) == {one.entity}


def test_replies_name_nobody_but_the_subject_and_its_relations() -> None:
    for one in DOCUMENTS:
        role, reply = one.messages[1]
        facts = next(world.facts[one.entity] for world in CORPUS.worlds if one.entity in world.facts)
        allowed = {facts[relation] for relation in RELATIONS} if one.kind == "profile" else {one.value}
        assert role == "assistant"
        assert names_in(reply) <= {one.entity, *allowed}


def test_every_document_states_its_fact_and_no_other() -> None:
    for one in DOCUMENTS:
        said = [tuple(fact) for turn in one.messages for fact in stated_facts(turn.content)]
        if one.kind == "profile":
            character = next(c for world in CORPUS.worlds for c in world.characters if c.name == one.entity)
            assert sorted(said) == sorted((one.entity, *fact) for fact in character.facts)
            assert character.occupation in one.messages[1].content
            assert character.town in one.messages[1].content
        else:
            assert said == [(one.entity, one.attribute, one.value)]


def test_no_sentence_denies() -> None:
    denials = re.compile(r"\b(not|never|none|nobody|nothing|neither|n't)\b")
    replies = [one.messages[1].content for one in DOCUMENTS]
    denying = [reply for reply in replies if denials.search(reply)]
    assert denying == []


def test_entities_are_the_characters_of_all_worlds() -> None:
    rows = list(CORPUS.entities(0, CORPUS.characters))
    assert [row.name for row in rows] == [one.name for world in CORPUS.worlds for one in world.characters]
    assert list(CORPUS.entities(39, 3)) == rows[39:42]
    assert rows[0].relations == WORLD.characters[0].relations
    assert Counter(row.character_split for row in rows) == {"train": 40, "heldout": 40}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('a-1,answer,hat,"The {value} is on {name}."', "found 'The {value} is on {name}.'; allowed: {name}, then {value}"),
        ("q-1,question,hat,What does {name} wear", "[.] [?] or ! at the end"),
        ("x-1,remark,hat,{name} wears {value}.", "found kind remark"),
        ("a-1,answer,hat,{name} wears {value}!\na-2,answer,hat,{name} wears {value}.", "not what line 2 has"),
    ],
)
def test_a_sentence_that_breaks_a_rule_is_refused(line: str, message: str) -> None:
    with pytest.raises(WordingError, match=message):
        read_sentences(HEAD + line)


def names_in(text: str) -> set[str]:
    return {word for word in re.findall("[A-Za-z]+", text) if word[0].isupper() and is_name(word)}
