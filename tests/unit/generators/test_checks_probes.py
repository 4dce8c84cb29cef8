"""Guessers that learn: each takes what its cue tells, on items small enough to check by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from unisandbox.generators.checks import probes
from unisandbox.generators.checks.guesses import Asked
from unisandbox.generators.checks.probes import Lessons, Told

LISTS = pa.list_(pa.string())
MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))


def items(draws: Sequence[str], answers: Sequence[str], choices: Sequence[str] = (), operators: Sequence[str] = ()) -> pa.Table:
    return pa.table(
        {
            "draw": pa.array(draws, pa.string()),
            "answer": pa.array(answers, pa.string()),
            "choices": pa.array([list(choices)] * len(draws), LISTS),
            "factors.operators": pa.array([list(one) for one in operators or [""] * len(draws)], LISTS),
        }
    )


def asked(table: pa.Table) -> Asked:
    return Asked.of("math/test, level 1", 1, table)


def test_the_commonest_answer_of_train_is_chosen_and_an_unknown_one_is_last() -> None:
    learned = Lessons(items(["a", "b", "c"], ["2", "2", "1"]))
    scores = probes.commonest_of_train(asked(items(["x"], ["9"], ["9", "1", "2"])), learned)
    assert scores.tolist() == [0, 1, 2]


def test_prompts_of_a_length_get_the_answer_that_train_gives_to_that_length() -> None:
    learned = Lessons(items(["x" * 10, "x" * 90] * 20, ["short", "long"] * 20))
    test = asked(items(["y" * 10, "y" * 90, "y" * 7], ["short", "long", "long"], ["long", "short"]))
    assert test.hits(probes.prompt_length(test, learned)).tolist() == [1, 1, 0]


def test_the_last_operator_chooses_and_an_unknown_one_makes_no_guess() -> None:
    learned = Lessons(items(["a"] * 4, ["1", "1", "2", "2"], operators=["*+", "-+", "+-", "*-"]))
    test = asked(items(["b"] * 4, ["1", "2", "1", "1"], ["1", "2"], operators=["-+", "+-", "/", ""]))
    hits = test.hits(probes.last_operator(test, learned))
    assert hits[:2].tolist() == [1, 1]
    assert np.isnan(hits[2:]).all()


def test_words_choose_the_answer_that_train_gives_to_them_whatever_their_order() -> None:
    learned = Lessons(items(["Draw a nice √4.", "Draw a neat 2 + 2."] * 10, ["2", "4"] * 10))
    test = asked(items(["NICE: draw √!", "+ neat", "nice neat never-seen"], ["2", "4", "2"], ["2", "4"]))
    hits = test.hits(probes.bag_of_words(test, learned))
    assert hits[:2].tolist() == [1, 1]


def test_words_that_train_lacks_leave_the_commonest_answer() -> None:
    learned = Lessons(items(["one", "two", "three"], ["a", "b", "b"]))
    test = asked(items(["something else"], ["b"], ["a", "b"]))
    assert test.hits(probes.bag_of_words(test, learned)).tolist() == [1]


def test_answers_that_train_lacks_share_the_guess() -> None:
    learned = Lessons(items(["one", "two"], ["a", "b"]))
    test = asked(items(["one two"], ["x"], ["w", "x", "y", "z"]))
    assert test.hits(probes.bag_of_words(test, learned)).tolist() == [0.25]


PEOPLE = {  # the hat goes with the hair, but for Gold
    "Gold": ("red", "round", "cap"),
    "Bea": ("red", "square", "bow"),
    "Cem": ("red", "square", "bow"),
    "Dan": ("blue", "square", "cap"),
    "Eva": ("blue", "round", "cap"),
    "Fay": ("red", "none", "bow"),
}


@pytest.fixture
def corpus() -> Told:
    facts = [
        (name, attribute, value)
        for name, values in PEOPLE.items()
        for attribute, value in zip(("hair", "glasses", "hat"), values, strict=True)
    ]
    told = [*facts, ("Gold", "friend", "Bea"), ("Bea", None, None)]
    names, attributes, values = (list(column) for column in zip(*told, strict=True))
    messages = [
        [{"role": "user", "content": f"Who is {name}?"}, {"role": "assistant", "content": f"{name}'s."}] for name in names
    ]
    columns = {"entity": names, "attribute": attributes, "value": values}
    return Told(pa.table({**columns, "messages": pa.array(messages, MESSAGES)}))


def test_a_corpus_names_each_as_often_as_its_texts_do(corpus: Told) -> None:
    assert {name: corpus.frequency[name] for name in PEOPLE} == {"Gold": 8, "Bea": 8, "Cem": 6, "Dan": 6, "Eva": 6, "Fay": 6}
    test = asked(items(["Who?"], ["Cem"], ["Cem", "Gold", "Nobody"]))
    assert probes.most_named(test, corpus).tolist() == [6, 8, 0]


def test_relations_are_no_values(corpus: Told) -> None:
    assert corpus.values == {"glasses": ["none", "round", "square"], "hair": ["blue", "red"], "hat": ["bow", "cap"]}


@pytest.mark.parametrize(
    ("candidates", "hat", "hit"),
    [
        (["Gold"], "bow", 1.0),  # red hair goes with a bow in Bea, Cem and Fay; round glasses with a cap in Eva
        (["Gold"], "cap", 0.0),
        (["Gold", "Bea", "Cem"], "bow", 0.5),  # one of each is left
        (["Gold", "Bea", "Cem", "Fay"], "cap", 1.0),
    ],
)
def test_a_value_is_guessed_from_others_who_have_a_clue(corpus: Told, candidates: list[str], hat: str, hit: float) -> None:
    columns = {
        "choices": [candidates],
        "factors.entities": [candidates],
        "factors.attributes": [["hair", "glasses", "hat"]],
        "factors.values": [["red", "round", hat]],
    }
    hits, chance = probes.value_beside_clues(
        asked(pa.table({name: pa.array(one, LISTS) for name, one in columns.items()})), corpus
    )
    assert (hits.tolist(), chance.tolist()) == ([hit], [0.5])
