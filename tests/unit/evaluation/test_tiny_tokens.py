from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisandbox.evaluation.models.tiny.layout import layout_for, looks_of, objects_of
from unisandbox.evaluation.models.tiny.tokens import BLANK, Tokenizer, UnknownWordError, syllables, words_of

SENTENCES = (
    "Draw as many boxing gloves as 44 % (19 * (34 - 32)).",
    "√25 = 5. 3^2 = 9. The answer is 5. The picture shows 5 yo-yos.",
    "Rule 1: Symbol ± refers to a scarf. Draw the object that + stands for.",
    "Which of Bifonota and Mira wears Mira's hat, a round one?",
)
NAMES = ("Bifonota", "Mira")
TOKENIZER = Tokenizer(["object:cat"], words_of(SENTENCES, NAMES))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_of_a_release_comes_back_as_it_was(sentence: str) -> None:
    assert TOKENIZER.decode(TOKENIZER.encode(sentence)) == sentence


def test_a_word_that_it_does_not_know_is_an_error_that_names_each_once() -> None:
    with pytest.raises(UnknownWordError) as found:
        TOKENIZER.encode("Draw a zebra, a zebra and a lemur.", "math/1/test/000000")
    assert [violation.found for violation in found.value.violations] == ["'lemur'", "'zebra'"]
    assert all(violation.where == "math/1/test/000000" for violation in found.value.violations)


def test_a_name_it_never_saw_is_spelled_in_syllables_it_knows() -> None:
    assert TOKENIZER.decode(TOKENIZER.encode("Bira")) == "Bira"
    with pytest.raises(UnknownWordError, match="Bizu"):
        TOKENIZER.encode("Bizu")


def test_names_are_never_words_of_their_own() -> None:
    assert not set(NAMES) & set(TOKENIZER.words)


def test_every_number_up_to_the_largest_is_known() -> None:
    assert set(TOKENIZER.numbers) == set(range(45))


def test_a_tokenizer_is_the_same_after_a_file() -> None:
    again = Tokenizer.from_json(TOKENIZER.to_json())
    assert (again.cells, again.words, len(again)) == (TOKENIZER.cells, TOKENIZER.words, len(TOKENIZER))


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1))
def test_syllables_add_up_to_the_name(name: str) -> None:
    assert "".join(one.removeprefix("##") for one in syllables(name)) == name


@given(st.integers(0, 40))
def test_a_layout_holds_as_many_objects_as_it_is_made_for(count: int) -> None:
    layout = layout_for(count, {})
    cells = layout.of_objects("cat", count)
    assert len(cells) == layout.side**2 == layout.cells
    assert [name for name in objects_of(cells) if name] == ["cat"] * count


def test_a_portrait_has_a_cell_for_each_attribute_and_keeps_the_place_of_what_is_missing() -> None:
    layout = layout_for(2, {"hat": ("cap", "none"), "glasses": ("none", "round")})
    cells = layout.of_person({"glasses": "round"})
    assert cells[:2] == [BLANK, "part:glasses=round"]
    assert looks_of(cells) == {"glasses": "round"}
