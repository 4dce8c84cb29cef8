from __future__ import annotations

import re

import pytest

from unisandbox.errors import WordingError
from unisandbox.generators.templates import VIEWS, Template, fill, read_wording, wording

GOOD = """
[slots]
draw = ["a"]
"draw.two" = ["a", "b"]
literal = ["a"]
ask = ["a"]
[[draw]]
id = "d1"
text = "Draw {a}."
[[draw]]
id = "d2"
text = "Paint {a}."
held_out = true
[[draw]]
id = "d3"
text = "Draw {a} on {b}."
use = "two"
[[draw]]
id = "d4"
text = "Paint {a} on {b}."
use = "two"
held_out = true
[[literal]]
id = "l1"
text = "Draw {a}."
[[literal]]
id = "l2"
text = "Show {a}."
held_out = true
[[ask]]
id = "a1"
text = "What is {a}?"
[[ask]]
id = "a2"
text = "Name {a}."
held_out = true
[phrases]
step = ["adding {b}", "{b} more"]
[phrases.form]
letter = ["the letter {s}"]
"""
ENOUGH = {
    "math": {"draw": (24, 5), "literal": (6, 1), "ask": (12, 3)},
    "mapping": {"draw": (24, 5), "literal": (6, 1), "ask": (12, 3)},
}


def test_templates_are_taken_by_view_use_and_side() -> None:
    read = read_wording("x", GOOD)
    assert [template.id for template in read.draw_templates(held_out=False)] == ["d1"]
    assert [template.id for template in read.draw_templates(held_out=True, use="two")] == ["d4"]
    assert [template.id for template in read.literal_templates(held_out=True)] == ["l2"]
    assert [template.id for template in read.ask_templates(held_out=False)] == ["a1"]


def test_phrases_are_taken_by_name_and_table() -> None:
    assert read_wording("x", GOOD).phrases == {"step": ("adding {b}", "{b} more"), "form.letter": ("the letter {s}",)}


def test_a_use_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(WordingError, match=r"no templates for draw three; allowed: ask \| draw \| draw two \| literal"):
        read_wording("x", GOOD).draw_templates(held_out=False, use="three")


def test_a_template_is_filled() -> None:
    assert fill(Template("d1", "Draw {a} on {b}."), b="{sand}", a="a crab") == "Draw a crab on {sand}."


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Paint {a}.", "Paint it.", "draw d2: found no slot {a}"),
        ("Paint {a}.", "Paint {a} and {a}.", "slot {a} 2 times"),
        ("Paint {a}.", "Paint {a} and {c}.", "slot {c}"),
        ("Paint {a}.", "Paint  {a}.", "single blanks"),
        ("Paint {a}.", "Paint {a}", "an end in . ? or !"),
        ("Paint {a}.", "paint {a}.", "a capital or a slot first"),
        ("Paint {a}.", "Paint {a!r}.", "plain slots"),
        ("Paint {a}.", "Paint {a.", "plain slots"),
        ("Paint {a}.", "Draw, {a}!", "the text of d1"),
        ('"a2"', '"d1"', "id d1 twice"),
        ("held_out = true\n[[ask]]", "[[ask]]", "literal: found no held-out template"),
        ('[[ask]]\nid = "a1"\ntext = "What is {a}?"\n', "", "ask: found no seen template"),
        ('use = "two"\nheld_out = true', 'use = "two"', "draw two: found no held-out template"),
        ("held_out = true\n[[literal]]", "heldout = true\n[[literal]]", "did you mean held_out?"),
        ('use = "two"\n[[draw]]', "use = 2\n[[draw]]", "use = 2"),
        ('id = "d1"\n', "", "draw entry 1: found no id"),
        ('"adding {b}", "{b} more"', '"adding {b}", "{c} more"', "the slots of the first of the list"),
        ('"adding {b}", "{b} more"', '"adding {b}", "Adding {b}"', "texts that differ"),
        ('"adding {b}", "{b} more"', "", "a list of texts, not empty"),
        ("[phrases]", "[phrase]", "did you mean phrases?"),
        ('ask = ["a"]', 'answer = ["a"]', "name a view, list its slots"),
        ("[slots]", "[slots", "no TOML"),
    ],
)
def test_wording_that_breaks_a_rule_is_refused(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(WordingError, match=re.escape(message)):
        read_wording("x", GOOD.replace(old, new))


def test_all_faults_of_a_file_are_told_at_once() -> None:
    with pytest.raises(WordingError, match="no slot") as caught:
        read_wording("x", GOOD.replace("Paint {a}.", "paint  it").replace('"a2"', '"d1"'))
    assert len(caught.value.violations) == 5


def test_a_family_without_a_file_is_refused_with_the_nearest() -> None:
    with pytest.raises(WordingError, match=r"did you mean math\?"):
        wording("maths")


@pytest.mark.parametrize("family", sorted(ENOUGH))
@pytest.mark.parametrize("view", VIEWS)
def test_each_view_has_enough_wordings(family: str, view: str) -> None:
    templates = getattr(wording(family), view)
    most, held_out = ENOUGH[family][view]
    assert len(templates) >= most
    assert sum(template.held_out for template in templates) >= held_out


def test_no_math_template_holds_a_number_of_its_own() -> None:
    texts = [template.text for view in VIEWS for template in getattr(wording("math"), view)]
    assert texts
    for text in texts:
        assert not re.search(
            r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|single|once|twice)\b", text.lower()
        ), text


def test_mapping_asks_after_the_rules() -> None:
    texts = [template.text for template in (*wording("mapping").draw, *wording("mapping").ask)]
    assert texts
    for text in texts:
        assert text.index("{rules}") < min(text.index("{query}"), text.index("{category}")), text
