"""Foreign files: every wrong gold is found, nothing passes in silence, malformed files get one clear message."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unisandbox.errors import DataError
from unisandbox.generators.findings import JUDGEMENT, PROOF, RULES, FileAudit
from unisandbox.generators.foreign import audit_file, audit_files
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


def items(found: FileAudit, rule: str) -> list[str]:
    """Return the items that break a rule, without the name of the file."""
    return [finding.item.partition("/")[2] for finding in found.findings if finding.rule == rule]


@needs_upstream
def test_math_1_has_no_wrong_gold_but_shared_expressions() -> None:
    found = audit_file(UPSTREAM / "math_1.jsonl")
    assert found.items == 100
    assert {rule for rule, _ in rules(found)}.isdisjoint({"wrong-gold", "not-an-integer", "unparsed", "contradiction"})
    assert items(found, "wrong-steps") == ["99"]
    assert [(item, other) for rule, item, other in paired(found) if rule == "near-duplicate"] == [("37", "11"), ("69", "42")]
    assert items(found, "no-op-step") == ["4", "12", "36", "48", "53", "55", "57", "82"]
    assert (found.figures["rows_sharing_expression"], found.figures["steps"]) == (81, {"1": 99, "2": 1})
    assert (found.figures["majority_answer"]["answer"], found.figures["majority_answer"]["share"]) == ("2", 0.35)


@needs_upstream
def test_math_2_has_exactly_the_known_defects() -> None:
    found = audit_file(UPSTREAM / "math_2.jsonl")
    assert items(found, "wrong-gold") == [str(number) for number in sorted(WRONG_IN_MATH_2)]
    assert items(found, "not-an-integer") == ["10", "65", "70"]
    assert items(found, "number-grammar") == ["3"]
    assert [(item, other) for rule, item, other in paired(found) if rule == "contradiction"] == [("65", "10"), ("90", "9")]
    assert items(found, "wrong-steps") == ["11", "25", "27", "35", "39"]  # a remainder, and nothing else
    assert items(found, "out-of-range") == ["19"]
    assert (found.figures["majority_answer"]["answer"], found.figures["majority_answer"]["share"]) == ("3", 0.35)


@needs_upstream
def test_mapping1_is_right_but_for_two_kinds() -> None:
    found = audit_file(UPSTREAM / "mapping1.jsonl")
    assert found.items == 200
    assert [item for rule, item in rules(found) if severity_of(found, rule) == PROOF] == ["mapping1/32_A", "mapping1/53_B"]
    assert items(found, "category-contradiction") == ["32_A", "53_B"]
    assert found.figures["first_mentioned"]["share_by_side"] == {"_A": 1.0, "_B": 0.0}


@needs_upstream
def test_mapping2_has_exactly_the_known_defects() -> None:
    found = audit_file(UPSTREAM / "mapping2.jsonl")
    assert found.items == 201
    assert sorted(items(found, "unsolvable")) == ["12_B", "20_B", "52_B", "65_B", "78_B"]
    assert items(found, "no-target") == ["36_A", "36_B", "36_B"]
    assert items(found, "wrong-depth") == ["65_A", "67_A", "67_B", "79_A", "79_B", "80_A", "80_B"]
    assert items(found, "category-contradiction") == ["94_A"]
    assert items(found, "duplicate") == items(found, "same-answer-in-group") == ["36_B"]
    proofs = {rule for rule, _ in rules(found) if severity_of(found, rule) == PROOF}
    assert proofs == {"unsolvable", "no-target", "wrong-depth", "category-contradiction", "duplicate"}
    assert found.figures["category"]["decides"] == 38
    assert found.figures["majority_answer"]["chance"] == pytest.approx(0.5, abs=0.01)


@needs_upstream
def test_the_four_files_together_have_what_each_has_alone() -> None:
    paths = [UPSTREAM / f"{name}.jsonl" for name in ("math_1", "math_2", "mapping1", "mapping2")]
    together = audit_files(paths)
    assert [one.findings for one in together] == [audit_file(path).findings for path in paths]
    assert all(finding.rule in RULES for one in together for finding in one.findings)


def paired(found: FileAudit) -> list[tuple[str, str, str]]:
    """Return rule, item and the item that it is compared with, of findings that name one."""
    texts = [(one.rule, one.item, re.search(r"\w+/(\w+)", one.found)) for one in found.findings]
    return [(rule, item.partition("/")[2], match[1]) for rule, item, match in texts if match]


def severity_of(found: FileAudit, rule: str) -> str:
    return next(finding.severity for finding in found.findings if finding.rule == rule)


def test_findings_print_as_the_documented_json(audit: Audit) -> None:
    found = audit(question("Draw as many cats as 2 + 2.", "5 cats", "9")).as_json()
    assert found["file"] == "their.jsonl"
    assert found["items"] == 1
    (finding,) = found["findings"]
    assert list(finding) == ["rule", "item", "field", "found", "allowed", "fix", "severity"]
    assert finding["severity"] == PROOF
    assert found["figures"]["rules"] == {"wrong-gold": 1}
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
    deep = "Rule 1: A means {}. Rule 2: {} means a cat. Rule 3: B means 6. Rule 4: 6 means a dog. Draw what {} means."
    rows = [{"ID": str(mark), "Question_A": deep.format(mark, mark, "A"), "Answer": "cat"} for mark in "345"]
    found = audit(*rows, {"ID": "9", "Question_A": deep.format("7", "7", "6"), "Answer": "dog"})
    assert rules(found) == [("wrong-depth", "their/9_A")]
    assert found.findings[0].allowed == "2, as 3 of 4 questions of the file"
    assert found.findings[0].severity == JUDGEMENT


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
