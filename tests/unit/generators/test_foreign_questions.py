"""Whatever a file holds, a user gets its questions or one clear message; never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unisandbox.errors import DataError
from unisandbox.generators.foreign import audit_file, audit_files

LINE = '{"id": "1", "Question": "Draw as many cats as 2 + 2.", "Answer": "4 cats"}'
HEAD = b'{"id": "1", "Question": "Draw as many cats as 2 + 2.", "Answer": '


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b"", "an empty file"),
        ("a.jsonl", b" \r\n\t\n", "an empty file"),
        ("a.json", b"", "an empty file"),
        ("a.json", b"[]", "an empty array; allowed: an array of questions"),
        ("a.json", b"[[1, 2], [3]]", "element 1: found a JSON list; allowed: a JSON object"),
        ("a.json", f"[{LINE}, 5]".encode(), "element 2: found a JSON int"),
        ("a.json", f"[{LINE},\n".encode(), "line 2: found no JSON"),
        ("a.json", b"[" * 100_000, "nested too deeply"),
        ("a.json", b'[{"id": ' + b"9" * 5000 + b"}]", "a number too long"),
        ("a.json", b'{\n "Question": "x"\n}', "line 1: found '{'"),
        ("a.json", b'{"1": {"Question": "x"}}', "the keys 1; allowed: Question and Answer"),
        ("a.jsonl", b"[[1, 2], [3]]", "a JSON array"),
        ("a.jsonl", b"4\n", "line 1: found a JSON int"),
        ("a.jsonl", b"<html></html>", "half a line"),
        ("a.jsonl", b"id,Question,Answer\n1,2,3\n", "line 1: found 'id,Question,Answer'"),
        ("a.jsonl", LINE.encode()[:-9], "half a line"),
        ("a.jsonl", bytes(range(256)), "which is no UTF-8"),
        ("a.jsonl", b"\x89PNG\r\n\x1a\n", "which is no UTF-8"),
        ("a.jsonl", LINE.encode("utf-16"), "byte 0xff, which is no UTF-8"),
        ("a.jsonl", b"\0" * 100, "half a line"),
        ("a.jsonl", b'{"a":' * 100_000, "half a line"),
        ("a.jsonl", b"{}\n", r"the keys \(none\)"),
        ("a.jsonl", b'{"draw": "x", "answer": "y"}\n', "the keys answer, draw"),
        ("a.jsonl", b'{"id": "1", "Question": 5, "Answer": "5"}\n', "Question = 5; allowed: a text"),
        ("a.jsonl", b'{"id": "1", "Question": "", "Answer": "5"}\n', "Question = ''; allowed: a text"),
        ("a.jsonl", HEAD + b"null}\n", "Answer = None; allowed: a text"),
        ("a.jsonl", HEAD + b"true}\n", "Answer = True"),
        ("a.jsonl", HEAD + b'["4"]}\n', r"Answer = \['4'\]"),
        ("a.jsonl", HEAD + b'" "}\n', "Answer = ' '"),
        ("a.jsonl", HEAD + b'"4", "answer": "5"}\n', "Answer and answer with two values"),
        ("a.jsonl", HEAD + b'"\\ud800"}\n', "half a character"),
        ("a.jsonl", b'{"id": [1], "Question": "x", "Answer": "4"}\n', r"id = \[1\]; allowed: a text"),
        ("a.jsonl", b'{"ID": "1", "Question_A": "x", "Answer_B": "4"}\n', "no Answer; allowed: a text"),
        ("a.jsonl", b'{"ID": "1", "Question_A": "x", "Question_B": "y", "Answer_A": "4"}\n', "no Answer_B; allowed: a text"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_nasty_file_gets_one_clear_message(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        audit_file(path)
    assert len(caught.value.violations) == 1
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("name", ["absent.jsonl", "absent.json", ".", "x" * 300 + ".json"])
def test_a_path_without_a_file_gets_one_clear_message(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError) as caught:
        audit_file(tmp_path / name)
    assert len(caught.value.violations) == 1


def test_a_huge_array_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as sparse:
        sparse.truncate(100_000_000)
    with pytest.raises(DataError, match="found 100 MB"):
        audit_file(path)


def test_one_file_given_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(LINE, encoding="utf-8")
    with pytest.raises(DataError, match="the same file twice"):
        audit_files([path, path])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", f"[{LINE}]"),
        ("a.json", f"\ufeff[\r\n{LINE}\r\n]\r\n"),
        ("a.json", LINE),
        ("a.jsonl", f"\ufeff{LINE}\r\n\r\n"),
        ("a.jsonl", '{"Question_id": 7, "question": "Draw as many cats as √16.", "answer": 4}'),
        ("a.jsonl", '{"ID": 1, "QUESTION": "Draw as many cats as √16.", "ANSWER": 4.0}'),
        ("a.jsonl", '{"question": "Draw as many cats as two plus two.", "answer": "four"}'),
        ("a.jsonl", '{"id": 1, "Question": "Rule 1: A means cat. Draw what A means.", "Answer": "cat", "Answer_A": "dog"}'),
        ("a.jsonl", '{"id": 1, "question_a": "Rule 1: A means cat. Draw what A means.", "Answer": "x", "answer_a": "Cats"}'),
    ],
    ids=str,
)
def test_the_forms_of_other_people_are_read(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8", newline="")
    found = audit_file(path)
    assert (found.items, found.findings) == (1, ())


@pytest.mark.parametrize(
    "text",
    [
        "Draw " + "cats " * 10_000,
        "Draw as many cats as 9^9^9^9.",
        "Draw as many cats as 4 / 0.",
        "Draw as many cats as " + "(" * 900 + "2",
        "Draw as many cats as √2.",
        "\u202e\x1b[31m",
    ],
    ids=lambda text: repr(text[:30]),
)
def test_what_cannot_be_read_is_a_finding_that_a_terminal_can_show(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "1\x1b[31m", "Question": text, "Answer": "4\x1b[31m"}), encoding="utf-8")
    (finding,) = audit_file(path).findings
    assert finding.rule == "unparsed"
    assert finding.severity == "judgement"
    assert (finding.item + finding.found + finding.allowed).isprintable()
    assert len(finding.found) < 400
