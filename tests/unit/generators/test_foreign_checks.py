"""What a foreign file must not hold besides wrong golds: each rule finds what was planted, and nothing in clean rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unisandbox.generators.families.base import Item
from unisandbox.generators.findings import JUDGED_RULES, JUDGEMENT, PROOF, RULES, FileAudit
from unisandbox.generators.foreign import audit_file, audit_files, audit_questions
from unisandbox.generators.plan import plan, rows_of_shard
from unisandbox.generators.release import Release

Write = Callable[..., Path]
Row = dict[str, Any]

ANIMALS = "Rule 1: The symbol # means a cat. Rule 2: The symbol % means a dog. "
MIXTURE = "Rule 1: The symbol # means a cat. Rule 2: The symbol % means a bus. "


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A function that writes rows as the JSON lines of a file of this name."""

    def written(name: str, *rows: Row) -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return path

    return written


def ask(text: str, answer: object, name: object = "1") -> Row:
    return {"id": name, "Question": text, "Answer": answer}


def pair(first: str, first_answer: str, second: str, second_answer: str, name: str = "1") -> tuple[Row, Row]:
    return {"ID": name, "Question_A": first, "Answer": first_answer}, {"ID": name, "Question_B": second, "Answer": second_answer}


def told(found: FileAudit) -> list[tuple[str, str]]:
    return [(finding.rule, finding.item.partition("/")[2]) for finding in found.findings]


TWO_GOLDS = [("wrong-gold", "2"), ("contradiction", "2")]
CATS = "Draw as many cats as {}."
SPOKEN = "Produce a number of cats equal to the result of {}."


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("x", [ask(CATS.format("2 + 2"), "4 cats", 1), ask(CATS.format("2 +  2"), "4 cats", 2)], [("duplicate", "2")]),
        ("x", [ask(CATS.format("2 + 2"), "4 cats", 1), ask(SPOKEN.format("2 + 2"), "4 cats", 2)], [("near-duplicate", "2")]),
        ("x", [ask(CATS.format("2 + 2"), 4, 1), ask("Draw as many cats as 2 plus 2.", 4, 2)], [("near-duplicate", "2")]),
        ("x", [ask(CATS.format("2 + 2"), 4, 1), ask("Draw as many dogs as 2 + 2.", 4, 2)], []),
        ("x", [ask(CATS.format("2 + 2"), 4, 1), ask("Draw as many dogs as 3 + 3.", 6, 1)], [("repeated-id", "1")]),
        ("x", [ask(CATS.format("2 + 2"), "4 cat")], [("number-grammar", "1")]),
        ("x", [ask("Draw as many apples as 2 - 1.", "1 apples")], [("number-grammar", "1")]),
        ("x", [ask("Draw as many gizmos as 2 - 1.", "1 gizmos.")], [("number-grammar", "1")]),
        ("x", [ask("Draw as many gizmos as 2 + 1.", "3 gizmo")], [("number-grammar", "1")]),
        ("x", [ask("Draw as many dog as 2 + 2.", "4 dogs")], [("number-grammar", "1")]),
        ("x", [ask("Draw as many scissors as 2 - 1.", "1 scissors")], []),
        ("x", [ask("Draw as many sheep as 2 + 1.", "3 sheep")], []),
        ("x", [ask("Draw as many buses as 2 - 1.", "1 bus")], []),
        ("x", [ask(CATS.format("3 * 1"), 3)], [("no-op-step", "1")]),
        ("x", [ask(CATS.format("3 + 0"), 3)], [("no-op-step", "1")]),
        ("x", [ask(CATS.format("(9 / 3) / 1"), 3)], [("no-op-step", "1")]),
        ("x", [ask(CATS.format("3 ^ 1"), 3)], [("no-op-step", "1")]),
        ("x", [ask(CATS.format("6 / 2 rounded down"), 3)], [("no-op-step", "1")]),
        ("x", [ask(CATS.format("7 / 2 rounded down"), 3)], []),
        ("x", [ask(CATS.format("1 - 1"), "0 cats")], [("out-of-range", "1")]),
        ("x", [ask(CATS.format("20 + 20"), "40 cats")], [("out-of-range", "1")]),
        ("x", [ask(CATS.format("2 + 2"), "N/A")], [("wrong-gold", "1")]),
        ("x", [ask(CATS.format("7 / 2"), "undefined")], [("not-an-integer", "1")]),
        ("x", [ask("Draw as many clocks as 2 + 2.", "4 clocks")], [("glyph-target", "1")]),
        ("math_2", [ask(CATS.format("2 + 2"), 4, 1), ask(CATS.format("2 + 2 - 1"), 3, 2)], [("wrong-steps", "1")]),
        ("math1_updated", [ask(CATS.format("2 + 2"), 4, 1), ask(CATS.format("2 + 2 - 1"), 3, 2)], [("wrong-steps", "2")]),
        ("math_5k", [ask(CATS.format("2 + 2"), 4)], []),
        ("mapping2", [ask(ANIMALS + "Draw what # means.", "cat")], []),
        ("x", [ask(MIXTURE + "Draw the animal that % means.", "bus")], [("category-contradiction", "1")]),
        ("x", [ask(MIXTURE + "Draw the vehicle that % means.", "bus")], [("category-shortcut", "")]),
        ("x", [ask(ANIMALS + "Draw the animal that % means.", "dog")], []),
        ("x", [ask("In the animal kingdom these rules hold. " + MIXTURE + "Draw the object that % means.", "bus")], []),
        ("x", [ask(MIXTURE + "Draw the collectible that % means.", "bus")], []),
        ("x", [ask(CATS.format("5 - 2"), 3, 1), ask("Draw as many dogs as 5 - 2.", 2, 2)], TWO_GOLDS),
        ("x", [ask(CATS.format("2 + 2"), 4, 1), ask(ANIMALS + "Draw what # means.", "cat", 2)], [("mixed-kinds", "")]),
    ],
    ids=lambda value: str(value)[:90],
)  # fmt: skip
def test_each_rule_finds_what_was_planted_and_no_more(
    write: Write, name: str, rows: list[Row], expected: list[tuple[str, str]]
) -> None:
    found = audit_file(write(f"{name}.jsonl", *rows))
    assert told(found) == expected
    for finding in found.findings:
        assert finding.rule in RULES
        assert finding.severity == (JUDGEMENT if finding.rule in JUDGED_RULES else PROOF)


def test_the_two_sides_of_a_rule_set_may_share_no_answer_and_no_picture(write: Write) -> None:
    sun = "Rule 1: The symbol # means the sun. Rule 2: The symbol % means sunshine. Draw what {} means."
    first, second = pair(sun.format("#"), "sun", sun.format("%"), "sunshine")
    same = pair(ANIMALS + "Draw what # means.", "cat", ANIMALS + "Please draw what # means.", "cat", "2")
    found = audit_file(write("x.jsonl", first, second, *same))
    assert told(found) == [("same-picture", "1_B"), ("same-answer-in-group", "2_B")]
    assert {finding.severity for finding in found.findings} == {JUDGEMENT}


def test_the_same_rules_in_another_order_are_a_near_duplicate(write: Write) -> None:
    turned = "Rule 1: The symbol % stands for a dog. Rule 2: The symbol # stands for a cat. Please show the animal that # means."
    found = audit_file(write("x.jsonl", ask(ANIMALS + "Draw what # means.", "cat", 1), ask(turned, "cat", 2)))
    assert told(found) == [("near-duplicate", "2")]


def test_a_letter_and_its_capital_are_two_questions(write: Write) -> None:
    text = "Rule 1: The letter A means a cat. Rule 2: The letter a means a dog. Draw the animal that the letter {} means."
    assert told(audit_file(write("x.jsonl", ask(text.format("A"), "cat", 1), ask(text.format("a"), "dog", 2)))) == []


def test_always_giving_one_answer_is_measured_against_a_guess(write: Write) -> None:
    sums = [ask(f"Draw as many cats as {left} - {left - value}.", value, left) for left, value in
            ((left, 2 if left % 4 else 3) for left in range(10, 50))]  # fmt: skip
    found = audit_file(write("x.jsonl", *sums))
    assert told(found) == [("majority-answer", "")]
    assert found.findings[0].found == "always 2 is right in 30 of 40 (75%)"
    assert found.findings[0].allowed == "50%, as by a guess"
    assert found.figures["distinct_expressions"] == 40


def test_an_object_that_always_stands_last_is_found(write: Write) -> None:
    text = "Rule 1: The symbol {} means a cat. Rule 2: The symbol % means a dog. Draw what % means."
    rows = [ask(text.format(letter), "dog", letter) for letter in "ABCDEFGHJKLMNPQRSTUVWX"]
    found = audit_file(write("x.jsonl", *rows))
    assert told(found) == [("majority-answer", ""), ("last-mentioned", "")]
    assert (found.figures["last_mentioned"]["share"], found.figures["first_mentioned"]["share"]) == (1.0, 0.0)


def test_a_count_outside_the_range_of_most_of_a_file_is_told(write: Write) -> None:
    rows = [ask(f"Draw as many cats as {left} - {left - left % 4 - 1}.", left % 4 + 1, left) for left in range(5, 65)]
    found = audit_file(write("x.jsonl", *rows, ask("Draw as many cats as 100 - 92.", 8, 100)))
    assert told(found) == [("out-of-range", "100"), ("majority-answer", "")]  # 15 of 61, and five answers
    assert found.findings[0].allowed == "1 to 4, as 60 of 61 questions of the file"


def test_files_given_together_are_compared(write: Write) -> None:
    one = write("one.jsonl", ask("Draw as many cats as √49 / 7.", 1), ask("Draw as many cats as 5 - 3.", 2, 2))
    two = write("two.jsonl", ask("Draw as many dogs as √49 / 7.", 2), ask("Draw as many cats as 5 - 3.", 2, 2))
    first, second = audit_files([one, two])
    assert told(first) == []
    assert told(second) == [("wrong-gold", "1"), ("contradiction", "1"), ("duplicate", "2")]
    assert [finding.found for finding in second.findings[1:]] == ["2, but one/1 has 1", "as one/2"]
    assert told(audit_file(two)) == [("wrong-gold", "1")]


def test_files_of_one_name_are_told_apart(write: Write, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one, two = (write(name, ask("Draw as many cats as 2 + 2.", 5)) for name in ("x.jsonl", "other/x.jsonl"))
    found = audit_files([one, two])
    assert found[0].findings[0].item != found[1].findings[0].item


def test_clean_rows_of_our_own_prove_nothing(small_release: Release) -> None:
    seen = 0
    for shard in plan(small_release):
        if shard.schema != "item":
            continue
        rows: list[Row] = []
        for row in rows_of_shard(small_release, shard):
            item = Item(*row)
            rows.append({"id": item.id, "Question": item.draw, "Answer": item.answer})
        found = audit_questions(Path(f"{shard.config}.jsonl"), enumerate(rows, start=1))
        assert [finding for finding in found.findings if finding.severity == PROOF and finding.rule != "wrong-depth"] == []
        seen += found.items
    assert seen > 100


def test_figures_that_do_not_apply_are_absent(write: Write) -> None:
    figures = audit_file(write("x.jsonl", ask("Draw as many cats as 2 + 2.", 4))).figures
    assert {"first_mentioned", "category", "characters"}.isdisjoint(figures)
    assert figures["kinds"] == {"arithmetic": 1}
    json.dumps(figures, allow_nan=False)
