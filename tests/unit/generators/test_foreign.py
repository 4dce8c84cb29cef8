"""Foreign files: every wrong gold is found, nothing passes in silence, malformed files get one clear message."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unisandbox.errors import DataError
from unisandbox.generators.findings import RULES, FileAudit
from unisandbox.generators.foreign import audit_file
from unisandbox.schemas import jsonl

UPSTREAM = Path(__file__).resolve().parents[3].parent / "shared" / "upstream"
needs_upstream = pytest.mark.skipif(not UPSTREAM.is_dir(), reason="the seed paper's files are not beside the project")

WRONG_IN_MATH_2 = {9, 10, 44, 51, 55, 64, 65, 69, 70, 75, 80, 91}
TWO_RULES = "Rule 1: The symbol # means a cat. Rule 2: The symbol % means a dog. "

Audit = Callable[..., FileAudit]


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    """A function that writes rows as JSON lines and audits the file `their.jsonl`."""

    def audited(*rows: dict[str, Any]) -> FileAudit:
        path = tmp_path / "their.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return audit_file(path)

    return audited


def rules(found: FileAudit) -> list[tuple[str, str]]:
    return [(finding.rule, finding.item) for finding in found.findings]


def question(text: str, answer: str, name: str = "1") -> dict[str, str]:
    return {"id": name, "Question": text, "Answer": answer}


@needs_upstream
def test_math_1_has_no_wrong_gold() -> None:
    found = audit_file(UPSTREAM / "math_1.jsonl")
    assert found.items == 100
    assert rules(found) == []


@needs_upstream
def test_math_2_has_exactly_the_twelve_known_wrong_golds() -> None:
    found = audit_file(UPSTREAM / "math_2.jsonl")
    wrong = [item for rule, item in rules(found) if rule == "wrong-gold"]
    assert wrong == [f"math_2/{number}" for number in sorted(WRONG_IN_MATH_2)]
    assert [item for rule, item in rules(found) if rule == "not-an-integer"] == ["math_2/10", "math_2/65", "math_2/70"]
    assert {rule for rule, _ in rules(found)} == {"wrong-gold", "not-an-integer"}


@needs_upstream
def test_mapping1_is_right() -> None:
    found = audit_file(UPSTREAM / "mapping1.jsonl")
    assert found.items == 200
    assert rules(found) == []


@needs_upstream
def test_mapping2_has_exactly_the_known_defects() -> None:
    found = audit_file(UPSTREAM / "mapping2.jsonl")
    assert found.items == 201
    by_rule = Counter(rule for rule, _ in rules(found))
    assert by_rule == {"unsolvable": 5, "no-target": 3, "wrong-depth": 7}
    named = {rule: sorted(item.removeprefix("mapping2/") for other, item in rules(found) if other == rule) for rule in by_rule}
    assert named["unsolvable"] == ["12_B", "20_B", "52_B", "65_B", "78_B"]
    assert named["no-target"] == ["36_A", "36_B", "36_B"]
    assert named["wrong-depth"] == ["65_A", "67_A", "67_B", "79_A", "79_B", "80_A", "80_B"]


def test_findings_print_as_the_documented_json(audit: Audit) -> None:
    found = audit(question("Draw as many cats as 2 + 2.", "5 cats", "9")).as_json()
    assert found["file"] == "their.jsonl"
    assert found["items"] == 1
    (finding,) = found["findings"]
    assert list(finding) == ["rule", "item", "field", "found", "allowed", "fix"]
    assert (finding["rule"], finding["item"], finding["field"], finding["found"]) == ("wrong-gold", "their/9", "Answer", "5 cats")
    assert finding["rule"] in RULES


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (question("Draw as many cats as 2 + 2.", "4 cats."), []),
        (question("Draw as many cats as 2 + 2.", "Four cats"), []),
        (question("Draw as many cats as 2 + 2.", "4 dogs"), ["wrong-gold"]),
        (question("Draw as many cats as 7 / 2.", "3 cats"), ["not-an-integer", "wrong-gold"]),
        (question("Draw as many cats as 2 - 5.", "3 cats"), ["unsolvable", "wrong-gold"]),
        (question("Draw as many cats as there are days in a week.", "7 cats"), ["unparsed"]),
        (question("Draw the favourite fruit of Harper.", "pear"), ["unparsed"]),
        (question("Draw as many cats as 2 + 2.", "some cats"), ["unparsed"]),
        (question(TWO_RULES + "Draw the animal that # means.", "dog"), ["wrong-gold"]),
        (question(TWO_RULES + "Draw the animal that the letter Z means.", "dog"), ["unsolvable"]),
    ],
    ids=lambda value: str(value)[:60],
)
def test_each_kind_of_question_is_judged(audit: Audit, row: dict[str, str], expected: list[str]) -> None:
    assert [rule for rule, _ in rules(audit(row))] == expected


@pytest.mark.parametrize(
    ("told", "gold"),
    [("children", "child"), ("a foot", "feet"), ("cups of tea", "cup of tea"), ("scarves", '"Scarf"'), ("an ox", "**oxen**")],
)
def test_singular_plural_article_and_quotes_are_no_findings(audit: Audit, told: str, gold: str) -> None:
    rules_told = f"Rule 1: The symbol # means {told}. Rule 2: The symbol % means a dog. Draw what # means."
    assert rules(audit(question(rules_told, gold))) == []
    assert rules(audit(question(rules_told, "dog"))) == [("wrong-gold", "their/1")]


def test_groups_with_one_answer_are_found(audit: Audit) -> None:
    asked = TWO_RULES + "Please draw the animal that # means."
    found = audit({"ID": "7", "Question_A": asked, "Answer": "cat"}, {"ID": "7", "Question_B": asked, "Answer": "cat"})
    assert rules(found) == [("same-answer-in-group", "their/7_B")]


def test_a_row_may_hold_both_questions_with_answers_of_their_own(audit: Audit) -> None:
    row = {"ID": 3, "Question_A": TWO_RULES + "Draw what # means.", "Question_B": TWO_RULES + "Draw what % means."}
    assert rules(audit({**row, "Answer_A": "cats", "Answer_B": "Dog."})) == []
    assert rules(audit({**row, "Answer_A": "dog", "Answer_B": "cat"})) == [
        ("wrong-gold", "their/3_A"),
        ("wrong-gold", "their/3_B"),
    ]


def test_the_depth_of_a_file_is_that_of_most_questions(audit: Audit) -> None:
    deep = "Rule 1: A means 5. Rule 2: 5 means a cat. Rule 3: B means 6. Rule 4: 6 means a dog. Draw what {} means."
    rows = [{"ID": str(number), "Question_A": deep.format("A"), "Answer": "cat"} for number in range(3)]
    found = audit(*rows, {"ID": "9", "Question_A": deep.format("6"), "Answer": "dog"})
    assert rules(found) == [("wrong-depth", "their/9_A")]
    assert found.findings[0].allowed == "2, as 3 of 4 questions of the file"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "an empty file; allowed: one JSON object a line"),
        (b" \n\n", "an empty file"),
        (b'{"id": "1"', r"line 1: found half a line: .*; allowed: a whole JSON object"),
        (b'{"id": "1", "Question": "2 + 2", "Answer": "4"}\n{"id": "2", "Que', r"line 2: found half a line"),
        (b"hello\nworld\n", r"line 1: found 'hello' \(Expecting value\)"),
        (b'[{"id": "1"}]', "a JSON array; allowed: one JSON object a line"),
        (b"3\n", "line 1: found a JSON int; allowed: a JSON object"),
        (b'{"prompt": "x", "gold": "y"}\n', "line 1: found the keys gold, prompt; allowed: Question and Answer"),
        (b"{}\n", r"line 1: found the keys \(none\)"),
        (b'{"id": "1", "Question": "2 + 2"}\n', "line 1: found no Answer; allowed: a text"),
        (b'{"id": "1", "Question": ["2 + 2"], "Answer": "4"}\n', r"line 1: found Question = \['2 \+ 2'\]; allowed: a text"),
        ('{"id": "1", "Question": "caf\u00e9"}\n'.encode("latin-1"), "line 1: found byte 0xe9, which is no UTF-8"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_malformed_file_gets_one_clear_message(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        audit_file(path)
    assert len(caught.value.violations) == 1
    assert str(caught.value).startswith(str(path))
    assert path.read_bytes() == content


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    with path.open("wb") as sparse:
        sparse.truncate(100_000_000)
    with pytest.raises(DataError, match="found 100 MB; allowed: at most 67 MB"):
        audit_file(path)
    assert path.stat().st_size > jsonl.LARGEST_FILE_BYTES


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        audit_file(tmp_path / "absent.jsonl")
    with pytest.raises(DataError, match="no regular file"):
        audit_file(tmp_path)


def test_a_byte_order_mark_and_blank_lines_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "their.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "1", "Question": "Draw as many cats as 1 + 1.", "Answer": "2 cats"}\r\n\n')
    assert audit_file(path).findings == ()
