from __future__ import annotations

import ast
from pathlib import Path

import pytest

from unisandbox.generators.solvers import knowledge, knowledge_lexicon
from unisandbox.generators.solvers.knowledge import Answer, Fact, Facts, read_facts, read_picture, solve, stated_facts
from unisandbox.generators.solvers.knowledge_lexicon import COLOURS, VALUES, objects
from unisandbox.generators.solvers.reading import NoTargetError, UnreadableError, UnsolvableError
from unisandbox.generators.worlds import attribute_kinds

FACTS = Facts(
    {
        "Tovika": {"hat": "cap", "hair_colour": "red", "favourite_fruit": "apple", "friend": "Balido", "teacher": "Zumeda"},
        "Balido": {"hat": "none", "hair_colour": "blue", "favourite_fruit": "apple", "friend": "Tovika", "teacher": "Tovika"},
        "Zumeda": {"hat": "cap", "hair_colour": "black", "favourite_fruit": "pear", "neighbour": "Balido"},
    }
)


def test_the_solver_knows_neither_families_nor_worlds() -> None:
    for module in (knowledge, knowledge_lexicon):
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        imported = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert imported
        assert not [name for name in imported if name and name.rpartition(".")[2] in ("names", "worlds", "corpus")]
        assert not [name for name in imported if name and "families" in name]


def test_the_lexicon_holds_exactly_the_published_values() -> None:
    published = {(kind.name, value) for kind in attribute_kinds() for value in kind.value_names if kind.kind == "portrait"}
    coloured = {(name, value) for name, value in published if name in ("hair_colour", "shirt_colour")}
    assert set(VALUES.values()) == published - coloured
    assert {value for _, value in coloured} == COLOURS


def test_the_lexicon_knows_every_favourite() -> None:
    favourites = [(kind.name, value) for kind in attribute_kinds() for value in kind.value_names if kind.kind == "favourite"]
    assert len(favourites) > 20
    assert all(name in objects()[value] for name, value in favourites)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Tovika has red hair.", [("hair_colour", "red")]),
        ("If you paint Tovika, paint the hair red.", [("hair_colour", "red")]),
        ("Tovika has long straight hair.", [("hair_style", "long")]),
        ("Look at Tovika and you will see an elderly person.", [("age_group", "elderly")]),
        ("Tovika is a person without glasses.", [("glasses", "none")]),
        ("Tovika wears no hat. Tovika wears round glasses.", [("hat", "none"), ("glasses", "round")]),
        ("Of all flowers, Tovika likes the rose best.", [("favourite_flower", "rose")]),
        ("The teacher of Tovika is Balido.", [("teacher", "Balido")]),
        ("Tovika lives in Red Hat.", []),
        ("What colour is Tovika's hair?", []),
        ("Who is Tovika's friend?", []),
        ("A red shirt is a fine thing.", []),
    ],
)
def test_statements_are_read(text: str, facts: list[tuple[str, str]]) -> None:
    assert list(stated_facts(text)) == [Fact("Tovika", *fact) for fact in facts]


def test_documents_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(UnsolvableError, match="Tovika: hair_colour is red and blue"):
        read_facts([("Tovika has red hair.",), ("Tovika has blue hair.",)])


def test_a_sentence_about_three_people_is_not_guessed_at() -> None:
    with pytest.raises(UnreadableError, match="several relations or people"):
        read_facts([("The friend of Tovika is Balido, says Zumeda.",)])


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Draw a portrait of Tovika that shows the hair colour.", Answer("red", ("hair_colour", "red"), 1)),
        ("Draw Tovika's favourite fruit.", Answer("apple", "apple", 1)),
        ("What is the hair colour of Tovika's friend? Choose red or blue.", Answer("blue", ("hair_colour", "blue"), 2)),
        ("Draw the favourite fruit of the teacher of Tovika.", Answer("pear", "pear", 2)),
        ("Draw the favourite fruit of the teacher of Balido's friend.", Answer("pear", "pear", 3)),
        ("Draw the favourite fruit of the friend of the teacher of Balido.", Answer("apple", "apple", 3)),
        ("Sketch what Tovika's teacher's neighbour wears on the head.", Answer("none", ("hat", "none"), 3)),
        ("Who of Tovika, Balido and Zumeda likes the apple best of all fruit and wears a cap?", Answer("Tovika", None, 1)),
        (
            "One of Balido, Zumeda and Tovika wears a cap and prefers the pear to any other fruit. Show this one's hair colour.",
            Answer("Zumeda", ("hair_colour", "black"), 1),
        ),
    ],
)
def test_prompts_are_answered_from_the_facts(text: str, answer: Answer) -> None:
    assert solve(text, FACTS) == answer


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("Draw an apple.", UnreadableError, "no character is named"),
        ("Draw a portrait of Tovika.", NoTargetError, "no attribute is asked for"),
        ("Draw the hat and the favourite fruit of Tovika.", UnreadableError, "asks for favourite_fruit and hat"),
        ("Draw the hat of a friend who knows Tovika.", UnreadableError, "leads nowhere"),
        ("Draw the shirt of Tovika.", UnsolvableError, "does not say the shirt_colour of Tovika"),
        ("Draw the hat of Ludomi.", UnsolvableError, "does not know Ludomi"),
        ("Which of Tovika and Balido likes the apple best of all fruit?", UnsolvableError, "2 of 2 candidates fit"),
        ("Which of Tovika and Balido likes the pear best of all fruit?", UnsolvableError, "0 of 2 candidates fit"),
        ("Which of Tovika and Balido is it?", UnreadableError, "0 clues"),
    ],
)
def test_what_has_no_single_answer_is_told(text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        solve(text, FACTS)


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("Draw a portrait of a person with red hair.", ("hair_colour", "red")),
        ("A likeness of a person in a red shirt is wanted.", ("shirt_colour", "red")),
        ("Please paint an adult from the front.", ("age_group", "adult")),
        ("Show a cap on a plain background.", "cap"),
        ("Draw a light bulb.", "light bulb"),
    ],
)
def test_literal_prompts_are_read(text: str, picture: tuple[str, str] | str) -> None:
    assert read_picture(text) == picture


@pytest.mark.parametrize("text", ["Draw something.", "Draw an apple and a pear.", "Draw a portrait of a person."])
def test_a_literal_prompt_without_one_picture_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match="pictures named"):
        read_picture(text)


def test_answers_do_not_depend_on_the_order_of_the_documents() -> None:
    documents = [("Tovika has red hair.",), ("Tovika's friend is Balido.",), ("Balido wears a cap.",)]
    assert read_facts(documents) == read_facts(documents[::-1])
