"""Replies as models give them, and what each one says: a choice, another answer, or nothing that counts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unisandbox.evaluation.answers import LONGEST_REPLY, Answered, Lexicon, answered
from unisandbox.evaluation.protocol import Fault

OBJECTS = {"parrot": "parrots", "avocado": "avocados", "knife": "knives", "tennis ball": "tennis balls", "drum": "drums"}
GLASSES = ("none", "round", "square", "sunglasses")
HATS = ("none", "cap", "beanie", "top hat", "straw hat", "party hat")
STYLES = ("short", "long", "curly", "braids", "bun", "ponytail")
COLOURS = ("black", "blond", "red", "white")
PEOPLE = ("Dolareri", "Kamifede", "Momezifa", "Pemeribu")
LEXICON = Lexicon([GLASSES, HATS, STYLES, COLOURS, list(OBJECTS), [*PEOPLE, "Gederizo"]], OBJECTS)
NUMBERS = ("2", "3", "4", "5", "6", "7")
PAIR = ("avocado", "parrot")


def said(text: str, choices: tuple[str, ...]) -> str | None:
    """Return the choice, `!` and what else was named, or None for a fault."""
    found = answered(text, choices, LEXICON)
    if isinstance(found, Fault):
        assert found.kind == "bad_reply"
        return None
    return found.choice if found.choice is not None else f"!{found.named}"


@pytest.mark.parametrize(
    "reply",
    [
        "4", " 4\n", "4.", "4!", "four", "Four.", "FOUR", "４", "٤", "4️⃣", "04", "4.0", "4 apples", "four apples", "Four (4)",
        "The answer is 4.", "The answer is: 4", "Answer: **4**", "**Answer**: 4", "# Answer\n4", "answer = 4",
        "The final answer is four apples.", "13 - 9 = 4", "9 minus 5 equals... let me see: 9 - 5 = 4.",
        "The value of 13 - 9 is 4.", "The result of 13 - 9 is 4, I think.", "$4$", r"\(4\)", r"\[ 13 - 9 = 4 \]",
        r"$\boxed{4}$", r"We get \boxed{\text{4}}, not 3.", r"\frac{8}{2} = 4", "`4`", "_4_", '{"answer": 4}',
        '{"answer": "4"}', "```json\n{\"answer\": 4}\n```", "<answer>4</answer>", "<think>3? 5?</think>4",
        "<think>Is it 3?</think> No: <think>or 5?</think> 4", "3? 5?</think>\n4",
        "Step 1: 9 - 2 = 7.\nStep 2: 7 - 3 = 4.\nAnswer: 4", "4\n\nExplanation: 13 minus 9 leaves this many.",
        "So, the answer is 4.", "Therefore 4.", "It is 4, not 3.", "It's 4 rather than 5.", "La respuesta es 4.", "答案是4。",
        "Ответ: 4", "The one is 4.", "…4",
    ],
)  # fmt: skip
def test_four_is_four_however_it_is_said(reply: str) -> None:
    assert said(reply, NUMBERS) == "4"


@pytest.mark.parametrize(
    ("reply", "number"),
    [("10", "10"), ("It is -4.", "-4"), ("4.5", "4.5"), ("twenty-four", "24"), ("one hundred and four", "104"), ("1,204", "1204"),
     ("zero", "0"), ("one", "1"), ("The answer is 8.", "8"), ("three hundred", "300"), ("9" * 5000, "9" * 5000)],
)  # fmt: skip
def test_a_number_that_is_no_choice_is_an_answer_and_wrong(reply: str, number: str) -> None:
    assert said(reply, NUMBERS) == f"!{number}"


@pytest.mark.parametrize(
    "reply",
    [
        "", " \n\t", "…", "?", "🍎🍎🍎🍎", "cuatro", "vier", "四", "apples", "Sure! Here is the answer:", "3 or 4", "3, 4",
        "between 3 and 5", "4/2", "Either four or five.", "<think>The answer is 4", "<think></think>", "3rd", "null", "NaN",
        '{"answer": ', '{"answer": null}', "parrot", "\0", "I cannot see any image.", "a few", "4 plus or minus 1", "[3, 4]",
        "¯\\_(ツ)_/¯", "x",
    ],
)  # fmt: skip
def test_no_number_or_several_are_no_answer(reply: str) -> None:
    assert said(reply, NUMBERS) is None


@pytest.mark.parametrize(
    "reply",
    [
        "parrot", "Parrot.", "PARROTS", "a parrot", "The parrot!", "**parrot**", "“Parrot”", "«parrot»", "par\u00adrot",
        "pärrot", "parrot's", "It's the parrot, not the avocado.", "A parrot rather than an avocado.",
        "The answer is parrot, since ~ means an avocado.", "Parrot. The symbol ~ means an avocado here.",
        "Parrot\n\nThe other rule gives the avocado.", r"\boxed{\text{parrot}}",
        "@ means parrot and ~ means avocado. So the answer is: parrot.", "<think>avocado?</think>parrot",
        "<answer>a parrot</answer>", "So @ is a parrot.", "🦜 parrot", "Solution: parrot (~ would be the avocado)",
        "the answer\nis\nparrot", "two parrots",
    ],
)  # fmt: skip
def test_a_parrot_is_a_parrot_however_it_is_said(reply: str) -> None:
    assert said(reply, PAIR) == "parrot"


@pytest.mark.parametrize(
    "reply",
    [
        "", "loro", "perroquet", "鹦鹉", "bird", "parrot or avocado", "Parrot. Avocado.", "parrot, avocado", "parrot\navocado",
        "a parrot or a drum", "@ = parrot, ~ = avocado", "Not a parrot.", "parroting", "I don't know, parrot?",
        "It is either; the answer is unclear: parrot, avocado", "4", "Parrot. Or maybe an avocado, who can say.",
    ],
)  # fmt: skip
def test_none_of_two_objects_or_both_are_no_answer(reply: str) -> None:
    assert said(reply, PAIR) is None


@pytest.mark.parametrize(
    ("reply", "choices", "choice"),
    [
        ("drum", PAIR, "!drum"),
        ("Knives!", PAIR, "!knife"),
        ("Tennis-Ball", ("drum", "tennis ball"), "tennis ball"),
        ("tennisballs", ("drum", "tennis ball"), "tennis ball"),
        ("a tennis  ball", ("drum", "tennis ball"), "tennis ball"),
        ("knives", ("drum", "knife"), "knife"),
        ("none", GLASSES, "none"),
        ("No glasses.", GLASSES, "none"),
        ("He doesn’t wear any glasses", GLASSES, "none"),
        ("without glasses", GLASSES, "none"),
        ("nothing", HATS, "none"),
        ("They are not wearing a hat.", HATS, "none"),
        ("Round glasses", GLASSES, "round"),
        ("Sunglasses", GLASSES, "sunglasses"),
        ("A straw hat", HATS, "straw hat"),
        ("top-hat", HATS, "top hat"),
        ("a hat", HATS, None),
        ("the straw hat or the cap", HATS, None),
        ("braided", STYLES, "braids"),
        ("a braid", STYLES, "braids"),
        ("Curls", STYLES, "curly"),
        ("Blonde hair", COLOURS, "blond"),
        ("black and white", COLOURS, None),
        ("dolareri", PEOPLE, "Dolareri"),
        ("It is Dolareri's portrait", PEOPLE, "Dolareri"),
        ("**Dolareri**, because Momezifa wears none.", PEOPLE, "Dolareri"),
        ("Gederizo", PEOPLE, "!Gederizo"),
        ("Dolareri or Momezifa", PEOPLE, None),
        ("Somebody", PEOPLE, None),
        ("ein Zebra", ("zebra", "gnu"), "zebra"),
    ],
)
def test_words_of_every_sort(reply: str, choices: tuple[str, ...], choice: str | None) -> None:
    assert said(reply, choices) == choice


@pytest.mark.parametrize(
    "reply",
    ["I don't know.", "I do not know who that is.", "I’m not sure.", "I have no information about this person.", "Unknown",
     "This cannot be determined.", "I am not familiar with the rules you mention."],
)  # fmt: skip
def test_whoever_says_that_he_does_not_know_has_answered_wrongly(reply: str) -> None:
    assert said(reply, PAIR) == "!does not know"


@pytest.mark.parametrize(
    "reply", ["I'm sorry, but I can't help with that.", "I cannot assist with this request.", "I am unable to answer."]
)
def test_a_refusal_is_a_fault_of_its_own(reply: str) -> None:
    found = answered(reply, PAIR, LEXICON)
    assert isinstance(found, Fault)
    assert found.kind == "refused"


def test_a_fault_quotes_the_reply_in_one_short_line() -> None:
    found = answered("well,\n\n" + "who knows " * 50, PAIR, LEXICON)
    assert isinstance(found, Fault)
    assert found.message.startswith("names no answer: 'well, who knows who knows")
    assert len(found.message) < 120


@given(st.text(max_size=300), st.sampled_from([NUMBERS, PAIR, GLASSES, PEOPLE]))
def test_any_text_is_a_choice_another_answer_or_a_fault(text: str, choices: tuple[str, ...]) -> None:
    found = answered(text, choices, LEXICON)
    assert isinstance(found, Fault) or found.choice is None or found.choice in choices


@settings(deadline=None)  # what it promises is an end, on a slow machine too
@given(
    st.sampled_from(
        [
            "<think>",
            "</think>",
            "<answer>",
            "\\boxed{",
            "answer is ",
            "= ",
            "four ",
            "parrot ",
            "not a ",
            "1",
            "\n",
            " ",
            "~",
            "{",
        ]
    )
)
def test_a_reply_of_one_thing_over_and_over_ends(piece: str) -> None:
    assert isinstance(answered((piece * LONGEST_REPLY)[:LONGEST_REPLY], NUMBERS, LEXICON), Answered | Fault)
