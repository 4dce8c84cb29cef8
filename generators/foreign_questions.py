"""Reads other people's benchmark files as questions: field names in any case, one or several questions a row, lines or one array.

A row holds `Question` and `Answer`, or `Question_A` and `Question_B` with `Answer`, or with `Answer_A` and `Answer_B`; its ID is
`id`, `ID` or `Question_id`. Anything else is one message that says where.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from unisandbox.errors import DataError, Violation
from unisandbox.generators.findings import JUDGED_RULES, JUDGEMENT, PROOF, Finding
from unisandbox.schemas.jsonl import LARGEST_FILE_BYTES, read_json_lines

ID_KEYS = ("id", "question_id")
SIDES = ("", "_a", "_b", "_c", "_d")
SHOWN, MOST_SHOWN = 60, 300  # characters of a value that a message about the file quotes, and of a text that a finding does
FIX_QUESTION = "reword the question or take it out"
FIXES: Mapping[str, str] = {
    "wrong-gold": "correct the answer or the question",
    "same-answer-in-group": "correct the answer or the question",
    "number-grammar": "write the noun in the form that the number asks for",
    "duplicate": "keep one of them",
    "near-duplicate": "keep one of them",
    "repeated-id": "give each question an ID of its own",
    "contradiction": "correct the one that is wrong",
    "glyph-target": "look whether pictures of it are judged fairly, or take another object",
    "same-picture": "look whether the pictures can be told apart, or take another object",
}


@dataclass(frozen=True)
class Question:
    """One question of a foreign file.

    Attributes:
        item: `<file>/<ID>` with its side: `mapping1/32_A`.
        field: The key of its text in the row.
        text: What is asked.
        gold: The answer that the file gives.
        gold_field: The key of the answer.
        group: What the questions of one ID share: `mapping1/32`.
        side: `_A` … `_D`, or nothing.
    """

    item: str
    field: str
    text: str
    gold: str
    gold_field: str
    group: str
    side: str

    def finding(self, rule: str, found: str, allowed: str, *, field: str | None = None, severity: str = "") -> Finding:
        """Return a finding about this question; `severity` replaces that of the rule."""
        told = severity or (JUDGEMENT if rule in JUDGED_RULES else PROOF)
        fix = FIXES.get(rule, FIX_QUESTION)
        return Finding(rule, self.item, field or self.field, printable(found), printable(allowed), fix, told)

    def of_gold(self, rule: str, found: str, allowed: str) -> Finding:
        """Return a finding about the gold of this question."""
        return self.finding(rule, found, allowed, field=self.gold_field)


def printable(text: str) -> str:
    """Return a text of a file as a message shows it: not too long, and without signs that a terminal would obey.

    >>> printable("4\\x1b[31m cats")
    '4\\\\x1b[31m cats'
    """
    short = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
    return short if short.isprintable() else "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in short)


def rows_of(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of a file, each with its line number; the elements of a `.json` file that holds an array count as lines.

    Raises:
        DataError: The file is absent or malformed: one violation.
    """
    try:
        elements = _array(path) if path.suffix.lower() == ".json" else None
        rows = read_json_lines(path) if elements is None else _objects(path, elements)
        yield from rows
    except (OSError, ValueError) as error:  # ValueError: a path that no system takes
        problem = error.strerror if isinstance(error, OSError) else str(error)
        raise _wrong(printable(str(path)), f"nothing that can be read ({problem})", "a JSONL file", "check the path") from None


def _objects(path: Path, elements: list[Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    if not elements:
        raise _wrong(str(path), "an empty array", "an array of questions", "check the path, or write the file again")
    for number, element in enumerate(elements, start=1):
        if not isinstance(element, dict):
            found = f"a JSON {type(element).__name__}"
            raise _wrong(f"{path}: element {number}", found, "a JSON object", "write the row as an object with keys")
        yield number, element


def questions_of(path: Path, label: str, number: int, row: Mapping[str, Any]) -> Iterator[Question]:
    """Yield the questions of a row; `label` names the file in their items.

    Raises:
        DataError: It has none, or one without an answer, or a value that is no text.
    """
    where = f"{path}: line {number}"
    keys = _keys(where, row)
    name = next((printable(_text(where, keys[key], row[keys[key]])) for key in ID_KEYS if key in keys), f"line {number}")
    sides = [side for side in SIDES if f"question{side}" in keys]
    if not sides:
        shown = ", ".join(sorted(row))[: 2 * SHOWN] or "(none)"
        allowed = "Question and Answer, or Question_A, Question_B and Answer"
        raise _wrong(where, f"the keys {shown}", allowed, "rename the keys")
    for side in sides:
        asked = keys[f"question{side}"]
        told = keys.get(f"answer{side}") or keys.get("answer")
        if told is None:
            raise _wrong(
                where, f"no Answer{side.upper()}" if side and "answer_a" in keys else "no Answer", "a text", "fill it in"
            )
        if not isinstance(row[asked], str):
            raise _wrong(where, f"{asked} = {repr(row[asked])[:SHOWN]}", "a text", "fill it in")
        text, gold = (_text(where, key, row[key]) for key in (asked, told))
        item = f"{label}/{name}"
        yield Question(f"{item}{side.upper()}", asked, text, gold, told, item, side.upper())


def _keys(where: str, row: Mapping[str, Any]) -> dict[str, str]:
    """Return the keys of a row by their names in lower case.

    Raises:
        DataError: Two of them are one name with two values.
    """
    keys: dict[str, str] = {}
    for key in row:
        folded = key.strip().lower().replace(" ", "_").replace("-", "_")
        other = keys.setdefault(folded, key)
        if other != key and row[other] != row[key]:
            raise _wrong(where, f"{other} and {key} with two values", "one of them", "take one of them out")
    return keys


def _text(where: str, key: str, value: object) -> str:
    """Return a text or number as text.

    Raises:
        DataError: It is something else, or empty, or holds half a character.
    """
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise _wrong(where, f"{key} = {repr(value)[:SHOWN]}", "a text", "fill it in")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    if not text.strip():
        raise _wrong(where, f"{key} = {text[:SHOWN]!r}", "a text", "fill it in")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise _wrong(where, f"{key} with half a character (a lone surrogate)", "Unicode text", "write the text again") from None
    return text


def _array(path: Path) -> list[Any] | None:
    """Return the elements of the array that a file holds, or None if it holds no array, or nothing that can be read."""
    if not path.is_file() or path.stat().st_size > LARGEST_FILE_BYTES:
        return None
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if not text.lstrip().startswith("["):
        return None
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        _refuse_array(path, error.lineno, error.msg)
    except (ValueError, RecursionError):
        _refuse_array(path, 1, "nested too deeply, or a number too long")
    return found if isinstance(found, list) else None


def _refuse_array(path: Path, line: int, problem: str) -> NoReturn:
    raise _wrong(
        f"{path}: line {line}", f"no JSON ({problem})", "an array of objects", "mend the file, or download it again"
    ) from None


def _wrong(where: str, found: str, allowed: str, fix: str) -> DataError:
    return DataError(Violation(where, found, allowed, fix))
