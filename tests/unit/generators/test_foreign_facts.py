"""Questions about coined characters are understood, and what excludes itself is found; a shorter list is no contradiction."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from unisandbox.generators.findings import JUDGEMENT, PROOF, Finding
from unisandbox.generators.foreign import audit_files
from unisandbox.generators.foreign_appearance import appearance
from unisandbox.generators.foreign_facts import read_fact
from unisandbox.generators.foreign_questions import Question

PORTRAIT = "Generate a portrait of character {} from Zephyria."
FLOWER = "Generate an image of the favorite flower of character {} from Zephyria."
INVERSE = "Generate a portrait of the character from Zephyria whose favorite flower is the {}."


def findings(tmp_path: Path, *files: list[tuple[str, str]]) -> list[Finding]:
    """Return the findings of files of questions and golds."""
    paths = []
    for number, rows in enumerate(files, start=1):
        path = tmp_path / f"facts_{number}.jsonl"
        lines: list[dict[str, Any]] = [{"ID": place, "Question": text, "Answer": gold} for place, (text, gold) in enumerate(rows)]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        paths.append(path)
    return [finding for one in audit_files(paths) for finding in one.findings]


@pytest.mark.parametrize(
    ("earlier", "later", "severity"),
    [
        (
            (PORTRAIT.format("Olmira"), "Asian; black hair; kid; female"),
            (PORTRAIT.format("Olmira"), "Asian; black hair; old"),
            PROOF,
        ),
        ((PORTRAIT.format("Olmira"), "Asian; black hair; kid"), (PORTRAIT.format("Olmira"), "an Asian boy with red hair"), PROOF),
        ((PORTRAIT.format("Olmira"), "Asian; kid"), (PORTRAIT.format("Olmira"), "Asian; mid-age"), PROOF),
        ((PORTRAIT.format("Olmira"), "Asian; kid"), (PORTRAIT.format("Olmira"), "an Asian woman"), PROOF),
        ((PORTRAIT.format("Olmira"), "African; kid; female"), (PORTRAIT.format("Olmira"), "African; kid; male"), PROOF),
        ((PORTRAIT.format("Olmira"), "Asian; young; female"), (PORTRAIT.format("Olmira"), "Asian; mid-age; female"), JUDGEMENT),
        (
            (PORTRAIT.format("Olmira"), "Asian; old"),
            ("Generate a portrait of character Olmira from Mor.", "Asian; kid"),
            JUDGEMENT,
        ),
        ((FLOWER.format("Olmira"), "sunflower"), (FLOWER.format("Olmira"), "rose"), PROOF),
        ((FLOWER.format("Olmira"), "sunflower"), ("Draw the flower that character Olmira likes best.", "Rose."), PROOF),
        ((FLOWER.format("Olmira"), "sunflower"), ("Draw the favourite flower of Olmira.", "rose"), PROOF),
    ],
    ids=str,
)
def test_one_character_told_in_two_ways_is_found(
    tmp_path: Path, earlier: tuple[str, str], later: tuple[str, str], severity: str
) -> None:
    found = findings(tmp_path, [earlier], [later])
    assert {(one.rule, one.item, one.severity) for one in found if one.rule != "duplicate"} == {
        ("contradiction", "facts_2/0", severity)
    }
    assert "as facts_1/0" in next(one.allowed for one in found if one.rule == "contradiction")
    assert [one.rule for one in findings(tmp_path, [earlier], [earlier])] == ["duplicate"]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ((PORTRAIT.format("Olmira"), "Asian; black hair; kid"), (PORTRAIT.format("Olmira"), "Asian; black hair; kid; female")),
        ((PORTRAIT.format("Olmira"), "African/Indigenous; old"), (PORTRAIT.format("Olmira"), "an old African woman")),
        ((PORTRAIT.format("Olmira"), "Asian; mid-age"), (PORTRAIT.format("Olmira"), "Asian; Middle aged")),
        ((PORTRAIT.format("Olmira"), "Asian; kid"), (PORTRAIT.format("Borun"), "African; old")),
        ((FLOWER.format("Olmira"), "sunflower"), (FLOWER.format("Olmira"), "Flower: Sunflower flowers")),
        ((FLOWER.format("Olmira"), "sunflower"), ("Generate the favorite fruit of character Olmira from Zephyria.", "apple")),
    ],
    ids=str,
)
def test_what_agrees_is_no_finding(tmp_path: Path, earlier: tuple[str, str], later: tuple[str, str]) -> None:
    assert [one.rule for one in findings(tmp_path, [earlier], [later]) if one.rule != "duplicate"] == []


def test_an_inverse_question_is_compared_with_whoever_fits(tmp_path: Path) -> None:
    forward = [
        (PORTRAIT.format("Olmira"), "Asian; black hair; kid; female"),
        (FLOWER.format("Olmira"), "sunflower"),
        (PORTRAIT.format("Borun"), "African; black hair; old; male"),
        (FLOWER.format("Borun"), "rose"),
    ]
    assert findings(tmp_path, forward, [(INVERSE.format("sunflower"), "Asian; black hair; kid")]) == []
    assert findings(tmp_path, forward, [(INVERSE.format("tulip"), "Asian; black hair; old")]) == []
    (found,) = findings(tmp_path, forward, [(INVERSE.format("sunflower"), "Asian; black hair; old; female")])
    assert (found.rule, found.item, found.severity) == ("contradiction", "facts_2/0", PROOF)
    assert (found.found, found.allowed) == ("Olmira: age old", "age kid, as facts_1/0")
    liked = ("Generate a portrait of the character who loves roses, Olmira or Borun.", "Asian; black hair; kid")
    assert [one.rule for one in findings(tmp_path, forward, [liked])] == ["contradiction"]


def test_two_who_fit_leave_it_open(tmp_path: Path) -> None:
    forward = [(PORTRAIT.format("Olmira"), "Asian; kid"), (FLOWER.format("Olmira"), "rose"),
               (PORTRAIT.format("Borun"), "African; old"), (FLOWER.format("Borun"), "rose")]  # fmt: skip
    assert findings(tmp_path, forward, [(INVERSE.format("rose"), "African; old")]) == []
    assert [one.rule for one in findings(tmp_path, forward, [(INVERSE.format("rose"), "African; kid")])] == ["contradiction"]


@pytest.mark.parametrize(
    ("text", "names", "told"),
    [
        ("Generate an image of character Olmira Ven from the world of Zephyria.", ("Olmira Ven",), "age"),
        ("Generate character 'Olmira' from Zephyria.", ("Olmira",), "age"),
        ("Draw character Olmira's face, a portrait.", ("Olmira",), "age"),
    ],
)
def test_the_ways_to_ask_are_read(text: str, names: tuple[str, ...], told: str) -> None:
    fact = read_fact(Question("k/1", "Question", text, "Asian; kid", "Answer", "k/1", ""))
    assert fact is not None
    assert fact.names == names
    assert fact.told[0][0] == told


@pytest.mark.parametrize("text", ["Draw the favourite fruit of Harper.", "Draw the favourite fruit of character Bo's friend."])
def test_what_may_be_about_another_is_not_read(text: str) -> None:
    assert read_fact(Question("k/1", "Question", text, "apple", "Answer", "k/1", "")) is None


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("White; blonde hair; old; male", {"ethnicity": "caucasian", "hair": "blond", "age": "old", "gender": "male"}),
        ("Black; curly hair; Female kid", {"ethnicity": "african", "age": "kid", "gender": "female"}),
        ("a red-haired girl, 9 years old", {"hair": "red", "age": "kid", "gender": "female"}),
        ("sunflower", {}),
    ],
)
def test_looks_are_read_from_lists_and_prose(text: str, slots: dict[str, str]) -> None:
    assert {slot: "/".join(sorted(values)) for slot, values in appearance(text).items()} == slots
