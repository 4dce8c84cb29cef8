"""The solver of `math` on every template and phrase of our own wording, on our own items, and on other people's files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from unisandbox.generators.families.base import Part
from unisandbox.generators.families.math import Math
from unisandbox.generators.rows import rows
from unisandbox.generators.solvers.math import Solved, solve
from unisandbox.generators.templates import Template, wording
from unisandbox.generators.vocabulary import counted, noun, nouns

UPSTREAM = Path(__file__).resolve().parents[3].parent / "shared" / "upstream"
needs_upstream = pytest.mark.skipif(not UPSTREAM.is_dir(), reason="the seed paper's files are not beside the project")

WRONG_GOLDS = {"math_1": set(), "math_2": {9, 10, 44, 51, 55, 64, 65, 69, 70, 75, 80, 91}}
ONE_OPERATION = {  # operands and value of each phrase list
    "add": (3, 2, 5),
    "subtract": (25, 22, 3),
    "multiply": (2, 3, 6),
    "divide": (8, 4, 2),
    "modulo": (17, 5, 2),
    "power": (2, 2, 4),
    "sqrt": (16, 0, 4),
}
STEPS = {  # the number that a step is told with, and what becomes of 4
    "step_add": ("two", 6),
    "step_subtract": ("2", 2),
    "step_subtract_from": ("nine", 5),
    "step_multiply": ("2", 8),
    "step_divide": ("two", 2),
    "step_divide_into": ("8", 2),
    "step_modulo": ("three", 1),
    "step_modulo_of": ("7", 3),
    "step_power": ("two", 16),
    "step_power_of": ("2", 16),
    "step_sqrt": ("", 2),
}
EXPRESSIONS = {  # in symbols and in functions: value and operations
    "20 - (9 % 4)": (19, 2),
    "√(12 + 4)": (4, 2),
    "((√36)^2) / (2 * 6)": (3, 4),
    "modulo(35, add(subtract(37, 32), 11))": (3, 3),
    "divide(power(6, 2), sqrt(multiply(36, 4)))": (3, 4),
}


def templates(view: str) -> list[Template]:
    """Return the seen and the held-out templates of a view."""
    return [*wording("math").templates(view, held_out=False), *wording("math").templates(view, held_out=True)]


def values() -> Iterator[tuple[str, int, int]]:
    """Yield value phrases in all styles, each with its value and operations: every phrase of the wording at least once."""
    phrases = wording("math").phrases
    for name, (left, right, value) in ONE_OPERATION.items():
        yield from ((phrase.format(a=left, b=right), value, 1) for phrase in phrases[name])
    for number, frame in enumerate(phrases["frame"]):
        for name, (operand, value) in STEPS.items():
            for step in phrases[name]:
                start = phrases["start"][number % len(phrases["start"])].format(a="twelve")
                told = f"{start}, dividing by 3, then {step.format(a=operand, b=operand)}"
                yield frame.format(steps=told), value, 2
    for style in ("value_symbols", "value_functions"):
        for phrase in phrases[style]:
            for expression, (value, operations) in EXPRESSIONS.items():
                yield phrase.format(expression=expression), value, operations


@pytest.mark.parametrize("template", templates("draw"), ids=lambda template: template.id)
def test_every_draw_template_is_read_with_every_phrase(template: Template) -> None:
    told = list(values())
    assert len(told) > 100
    objects = nouns()
    for number, (phrase, value, operations) in enumerate(told):
        plural = objects[number * 7 % len(objects)].plural
        text = template.text.format(objects=plural, value=phrase)
        assert solve(text) == Solved(Fraction(value), plural, operations), text


@pytest.mark.parametrize("template", templates("ask"), ids=lambda template: template.id)
def test_every_ask_template_is_read_with_every_phrase(template: Template) -> None:
    told = list(values())
    assert len(told) > 100
    for phrase, value, operations in told:
        text = template.text.format(value=phrase)
        assert solve(text) == Solved(Fraction(value), None, operations), text


@pytest.mark.parametrize("template", templates("literal"), ids=lambda template: template.id)
def test_every_literal_template_is_read_with_every_noun(template: Template) -> None:
    assert len(nouns()) > 100
    for number, one in enumerate(nouns()):
        count = 1 + number % 9
        text = template.text.format(counted=counted(one, count))
        assert solve(text) == Solved(Fraction(count), one.name if count == 1 else one.plural, 0), text


@pytest.mark.parametrize(("split", "held_out"), [("train", ()), ("test_novel_templates", ("key", "template"))])
@pytest.mark.parametrize("level", range(1, 6))
def test_items_are_solved_as_they_say(level: int, split: str, held_out: tuple[str, ...]) -> None:
    part = Part(line="x", seed=1, edition=0, editions=8, family="math", level=level, split=split, held_out=held_out, canary="c")
    items = list(rows(Math(), part, 0, 300))
    assert len(items) == 300
    for item in items:
        shown = item.target.objects[0]
        value, plural = Fraction(item.answer), noun(shown.name).plural
        assert solve(item.draw) == Solved(value, plural, level)
        assert solve(item.ask) == Solved(value, None, level)
        assert solve(item.literal) == Solved(value, shown.name if shown.count == 1 else plural, 0)


@needs_upstream
@pytest.mark.parametrize("name", WRONG_GOLDS)
def test_other_peoples_golds_are_right_but_for_the_proven_defects(name: str) -> None:
    lines = (UPSTREAM / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    wrong = set()
    for row in map(json.loads, lines):
        solved, gold = solve(row["Question"]), solve(f"Draw {row['Answer'].rstrip('.')}.")
        assert solved.noun
        assert gold.noun
        if solved.value != gold.value:
            wrong.add(int(row["id"]))
    assert len(lines) == 100
    assert wrong == WRONG_GOLDS[name]
