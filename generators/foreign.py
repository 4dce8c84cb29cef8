"""Reads other people's benchmark files as questions, and solves each again.

A row holds `Question` and `Answer`, or `Question_A` and `Question_B` on one rule set; the words decide whether arithmetic or
rules are asked. What the solvers cannot read for sure is a finding of its own: nothing passes in silence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from unisandbox.errors import DataError, Violation
from unisandbox.generators.findings import FileAudit, Finding
from unisandbox.generators.solvers import mapping, math
from unisandbox.generators.solvers.reading import NoTargetError, UnreadableError, UnsolvableError
from unisandbox.generators.vocabulary import noun_of_word
from unisandbox.schemas.jsonl import read_json_lines

NUMBER_KEYS = ("id", "ID", "Question_id", "question_id")
SIDES = ("", "_A", "_B", "_C", "_D")
RULE_WORD = re.compile(r"\brules?\b", re.IGNORECASE)
ARTICLE = re.compile(r"^(?:an?|the|some)\s+", re.IGNORECASE)
DECORATION = " \t\n\"'“”‘’`*.!"
PAIRS = ("pair", "pairs")
IRREGULAR = {  # plural -> singular, where the ending is of no help
    "children": "child", "people": "person", "men": "man", "women": "woman", "feet": "foot", "teeth": "tooth", "geese": "goose",
    "mice": "mouse", "oxen": "ox", "dice": "die", "cacti": "cactus", "fungi": "fungus", "snowmen": "snowman",
    "firemen": "fireman", "policemen": "policeman",
}  # fmt: skip
FIX_GOLD, FIX_QUESTION = "correct the answer or the question", "reword the question or take it out"


@dataclass(frozen=True)
class Question:
    """One question of a foreign file: `item` is `<file stem>/<ID>` with its side, `group` the ID that it shares."""

    item: str
    field: str
    text: str
    gold: str
    gold_field: str
    group: str

    def finding(self, rule: str, found: str, allowed: str, *, field: str | None = None) -> Finding:
        """Return a finding about this question."""
        fix = FIX_GOLD if rule in ("wrong-gold", "same-answer-in-group") else FIX_QUESTION
        return Finding(rule, self.item, field or self.field, found, allowed, fix)


@dataclass(frozen=True)
class Checked:
    """A question with what was found, and what was resolved if it is about rules."""

    question: Question
    findings: tuple[Finding, ...]
    resolved: mapping.Resolved | None = None


def audit_file(path: Path) -> FileAudit:
    """Return the audit of a foreign JSONL file; `items` counts questions, so a row with two sides counts twice.

    Raises:
        DataError: The file is malformed, or holds no questions.
    """
    return audit_questions(path, read_json_lines(path))


def audit_questions(path: Path, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> FileAudit:
    """Return the audit of rows that were read from a file, each with its line number; raises as `audit_file` does."""
    checked = [check(question) for number, row in rows for question in questions_of(path, number, row)]
    findings = [finding for one in _with_depth(checked) for finding in one.findings]
    return FileAudit(path.name, len(checked), (*findings, *_same_answers(checked)))


def questions_of(path: Path, number: int, row: Mapping[str, Any]) -> Iterator[Question]:
    """Yield the questions of a row.

    Raises:
        DataError: It has none, or one without an answer, or a value that is no text.
    """
    name = str(next((row[key] for key in NUMBER_KEYS if key in row), f"line {number}"))
    sides = [side for side in SIDES if f"Question{side}" in row]
    where = f"{path}: line {number}"
    if not sides:
        allowed = "Question and Answer, or Question_A, Question_B and Answer"
        raise DataError(Violation(where, f"the keys {', '.join(sorted(row)) or '(none)'}", allowed, "rename the keys"))
    for side in sides:
        gold_key = f"Answer{side}" if f"Answer{side}" in row else "Answer"
        for key in (f"Question{side}", gold_key):
            if not isinstance(row.get(key), str | int | float) or isinstance(row.get(key), bool):
                found = f"{key} = {row[key]!r}" if key in row else f"no {key}"
                raise DataError(Violation(where, found, "a text", "fill it in"))
        text, gold = str(row[f"Question{side}"]), str(row[gold_key])
        yield Question(f"{path.stem}/{name}{side}", f"Question{side}", text, gold, gold_key, name)


def check(question: Question) -> Checked:
    """Return what is wrong with one question by itself."""
    is_rules = bool(RULE_WORD.search(question.text)) or question.field != "Question"
    first, second = (_check_rules, _check_arithmetic) if is_rules else (_check_arithmetic, _check_rules)
    try:
        return first(question)
    except UnreadableError as error:
        try:
            return second(question)
        except UnreadableError:
            return Checked(question, (question.finding("unparsed", str(error), "words that the solver reads for sure"),))


def _check_rules(question: Question) -> Checked:
    try:
        resolved = mapping.solve(question.text)
    except UnsolvableError as error:
        return Checked(question, (question.finding("unsolvable", str(error), "rules that give exactly one object"),))
    except NoTargetError as error:
        return Checked(question, (question.finding("no-target", str(error), "a sentence that asks for an object"),))
    if _object_forms(resolved.answer) & _object_forms(question.gold):
        return Checked(question, (), resolved)
    wrong = question.finding("wrong-gold", question.gold, f"{resolved.answer}, as the rules give", field=question.gold_field)
    return Checked(question, (wrong,), resolved)


def _check_arithmetic(question: Question) -> Checked:
    solved = math.solve(question.text)
    if not solved.operations:
        raise UnreadableError("no arithmetic")
    try:
        gold = math.solve(f"Draw {question.gold.strip().rstrip('.')}.")
    except UnreadableError as error:
        return Checked(question, (question.finding("unparsed", str(error), "a number", field=question.gold_field),))
    return Checked(question, tuple(_arithmetic_findings(question, solved, gold)))


def _arithmetic_findings(question: Question, solved: math.Solved, gold: math.Solved) -> Iterator[Finding]:
    value = _shown(solved.value)
    if solved.value.denominator != 1:
        yield question.finding("not-an-integer", value, "a whole number")
    elif solved.value < 0:
        yield question.finding("unsolvable", f"{value}, as solved", "a number that a picture can show, 0 or more")
    if gold.value != solved.value:
        yield question.finding("wrong-gold", question.gold, f"{value}, as solved", field=question.gold_field)
        return
    wanted, named = (noun_of_word(each.noun or "") for each in (solved, gold))
    if wanted and named and wanted != named:
        yield question.finding("wrong-gold", question.gold, f"{value} {wanted.plural}, as asked", field=question.gold_field)


def _shown(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{value} = {float(value):.3g}"


def _object_forms(text: str) -> set[str]:
    """Return the forms in which an object may be named: bare of article and quotes, in the singular and as it stands."""
    plain = ARTICLE.sub("", text.lower().strip(DECORATION))
    pair, _, inner = plain.partition(" of ")
    if inner:  # "pairs of socks", "cup of tea": the plural stands in front
        return {plain, *(f"{form} of {inner}" for form in _object_forms(pair)), *(_object_forms(inner) if pair in PAIRS else ())}
    front, space, last = plain.rpartition(" ")
    listed = noun_of_word(plain)
    endings = (("ies", "y"), ("ves", "f"), ("ves", "fe"), ("es", ""), ("s", ""))
    cut = {last[: -len(end)] + put for end, put in endings if last.endswith(end) and len(last) > len(end) + 1}
    forms = {plain, *(f"{front}{space}{word}" for word in (*cut, IRREGULAR.get(last, last)))}
    return {*forms, listed.name} if listed else forms


def _with_depth(checked: list[Checked]) -> Iterator[Checked]:
    """Yield the questions, those that take another number of hops than most of the file with a finding more."""
    hops = Counter(one.resolved.hops for one in checked if one.resolved)
    usual, count = hops.most_common(1)[0] if hops else (0, 0)
    for one in checked:
        if one.resolved and one.resolved.hops != usual and 2 * count > hops.total():
            allowed = f"{usual}, as {count} of {hops.total()} questions of the file"
            found = one.question.finding("wrong-depth", f"{one.resolved.hops} hop{'s' * (one.resolved.hops != 1)}", allowed)
            yield Checked(one.question, (*one.findings, found), one.resolved)
        else:
            yield one


def _same_answers(checked: list[Checked]) -> Iterator[Finding]:
    """Yield a finding for every question whose answer another question of its group has already."""
    answers: dict[str, list[tuple[set[str], Question]]] = {}
    for one in checked:
        if one.resolved and one.question.field != "Question":
            forms, group = _object_forms(one.resolved.answer), answers.setdefault(one.question.group, [])
            earlier = next((other for known, other in group if known & forms and other.item != one.question.item), None)
            group.append((forms, one.question))
            if earlier:
                found = f"{one.resolved.answer}, as {earlier.item}"
                yield one.question.finding("same-answer-in-group", found, "an answer of its own in the group")
