"""Solves each foreign question again: what it says (arithmetic, rules, a fact about a character), and whether its gold follows.

What the solvers cannot read for sure is a finding of its own: nothing passes in silence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from unisandbox.generators.findings import Finding
from unisandbox.generators.foreign_facts import Fact, read_fact
from unisandbox.generators.foreign_kinds import asked_kind
from unisandbox.generators.foreign_objects import is_nothing, object_forms
from unisandbox.generators.foreign_questions import Question
from unisandbox.generators.solvers import mapping, math
from unisandbox.generators.solvers.arithmetic_operations import Number
from unisandbox.generators.solvers.arithmetic_steps import Steps
from unisandbox.generators.solvers.mapping_query import asked, key_name, name
from unisandbox.generators.solvers.mapping_statements import statements
from unisandbox.generators.solvers.mapping_things import Rule, Thing
from unisandbox.generators.solvers.reading import NoTargetError, UnreadableError, UnsolvableError
from unisandbox.generators.vocabulary import noun_of_word

RULE_WORD = re.compile(r"\brules?\b", re.IGNORECASE)
LONGEST = 20_000  # characters; the longest question of a benchmark has some hundreds
ARITHMETIC, RULES, KNOWLEDGE, UNKNOWN = KINDS = ("arithmetic", "rules", "knowledge", "unknown")


class Step(NamedTuple):
    """One operation of arithmetic with what it was given; `right` is 0 for an operator on one number."""

    operator: str
    left: Number
    right: Number


@dataclass(frozen=True)
class Arithmetic:
    """What a question about numbers says: its expression as it stands, steps in order, value and noun; and what its gold says."""

    expression: str
    steps: tuple[Step, ...]
    value: Fraction
    noun: str | None
    gold: Fraction | None
    gold_noun: str | None


@dataclass(frozen=True)
class RuleSet:
    """What a question about rules says: links, symbol asked about, objects in order, the word for the kind of thing asked for."""

    links: frozenset[tuple[str, str]]
    symbol: str | None
    objects: tuple[str, ...]
    kind: str | None
    resolved: mapping.Resolved | None = None


@dataclass(frozen=True)
class Checked:
    """A question with what was found, and with what it says where that could be read."""

    question: Question
    findings: tuple[Finding, ...] = ()
    arithmetic: Arithmetic | None = None
    rules: RuleSet | None = None
    fact: Fact | None = None

    @property
    def kind(self) -> str:
        """What kind of question it is: one of `KINDS`."""
        told = ((self.arithmetic, ARITHMETIC), (self.rules, RULES), (self.fact, KNOWLEDGE))
        return next((kind for read, kind in told if read is not None), UNKNOWN)

    @property
    def answers(self) -> frozenset[str]:
        """The forms of the object that the rules give, or else of the gold."""
        resolved = self.rules.resolved if self.rules else None
        return object_forms(resolved.answer if resolved else self.question.gold)


def check(question: Question) -> Checked:
    """Return what a question says, and what is wrong with it by itself."""
    if len(question.text) > LONGEST or len(question.gold) > LONGEST:
        return _unparsed(question, f"{max(len(question.text), len(question.gold))} characters")
    is_rules = bool(RULE_WORD.search(question.text)) or question.side != ""
    fact = None if is_rules else read_fact(question)
    if fact is not None:
        return Checked(question, fact=fact)
    first, second = (_check_rules, _check_arithmetic) if is_rules else (_check_arithmetic, _check_rules)
    try:
        return first(question)
    except UnreadableError as error:
        try:
            return second(question)
        except UnreadableError:
            return _unparsed(question, str(error))


def about_characters(one: Checked, known: Collection[str]) -> Checked:
    """Return a question that could not be read as one about a character of this name, if it names one of those known."""
    fact = read_fact(one.question, known) if one.kind == UNKNOWN else None
    return Checked(one.question, fact=fact) if fact and fact.names else one


def _unparsed(question: Question, found: str) -> Checked:
    if found == "no arithmetic":
        found = "neither arithmetic nor rules, and no fact about a character"
    return Checked(question, (question.finding("unparsed", found, "words that the solver reads for sure"),))


def _check_rules(question: Question) -> Checked:
    read = _read_rules(question.text)
    try:
        resolved = mapping.solve(question.text)
    except UnsolvableError as error:
        return Checked(question, (question.finding("unsolvable", str(error), "rules that give exactly one object"),), rules=read)
    except NoTargetError as error:
        return Checked(question, (question.finding("no-target", str(error), "a sentence that asks for an object"),), rules=read)
    read = RuleSet(read.links, read.symbol, read.objects, read.kind, resolved)
    if object_forms(resolved.answer) & object_forms(question.gold):
        return Checked(question, rules=read)
    return Checked(
        question, (question.of_gold("wrong-gold", question.gold, f"{resolved.answer}, as the rules give"),), rules=read
    )


def _read_rules(text: str) -> RuleSet:
    """Return the rules of a text and what is asked of them.

    Raises:
        UnreadableError: No sentence reads as a rule.
    """
    rules, others = statements(text)
    if not rules and "\n" in text:
        rules, others = statements(" ".join(text.split()))
    if not rules:
        raise UnreadableError(f"no sentence reads as a rule: {others[0] if others else 'there is none'}")
    try:
        symbol = asked(others, rules)
    except (UnreadableError, NoTargetError):
        symbol = None
    links = frozenset((name(rule.key.name), name(rule.value.name)) for rule in rules)
    return RuleSet(links, symbol, tuple(_objects(rules)), asked_kind(others))


def _objects(rules: list[Rule]) -> Iterator[str]:
    """Yield the objects that rules name, each once, in order: what is no symbol and leads nowhere."""
    turned = [(rule.value, rule.key) if rule.value.symbol and not rule.key.symbol else rule[:2] for rule in rules]
    read = {key_name(key) for key, _ in turned}
    seen: set[str] = set()
    for _, thing in turned:
        if _is_object(thing, read) and name(thing.name) not in seen:
            seen.add(name(thing.name))
            yield thing.name


def _is_object(thing: Thing, read: set[str]) -> bool:
    return not thing.symbol and name(thing.name) not in read and key_name(thing) not in read


def _check_arithmetic(question: Question) -> Checked:
    solved = math.solve(question.text)
    if not solved.operations:
        raise UnreadableError("no arithmetic")
    steps, expression = _steps(question.text)
    try:
        gold = math.solve(f"Draw {question.gold.strip().rstrip('.')}.")
    except UnreadableError:
        found = tuple(_value_findings(question, solved.value))
        read = Arithmetic(expression, steps, solved.value, solved.noun, None, None)
        if is_nothing(question.gold):
            wrong = (question.of_gold("wrong-gold", question.gold, f"{_shown(solved.value)}, as solved"),) if not found else ()
        else:
            wrong = (question.of_gold("unparsed", question.gold, "a number"),)
        return Checked(question, (*found, *wrong), arithmetic=read)
    read = Arithmetic(expression, steps, solved.value, solved.noun, gold.value, gold.noun)
    return Checked(question, tuple(_arithmetic_findings(question, solved, gold)), arithmetic=read)


def _value_findings(question: Question, value: Fraction) -> Iterator[Finding]:
    if value.denominator != 1:
        yield question.finding("not-an-integer", _shown(value), "a whole number")
    elif value < 0:
        yield question.finding("unsolvable", f"{_shown(value)}, as solved", "a number that a picture can show, 0 or more")


def _arithmetic_findings(question: Question, solved: math.Solved, gold: math.Solved) -> Iterator[Finding]:
    yield from _value_findings(question, solved.value)
    if gold.value != solved.value:
        yield question.of_gold("wrong-gold", question.gold, f"{_shown(solved.value)}, as solved")
        return
    wanted, named = (noun_of_word(each.noun or "") for each in (solved, gold))
    if wanted and named and wanted != named:
        yield question.of_gold("wrong-gold", question.gold, f"{solved.value} {wanted.plural}, as asked")


def _shown(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{value} = {float(value):.3g}"


class _Recorder(Steps):
    """A reader of arithmetic that keeps the operations that it computes."""

    steps: tuple[Step, ...] = ()

    def compute(self, operator: str, left: Number, right: Number) -> Number:
        """Return the value of an operation and keep it; an attempt that was given up is forgotten."""
        value = super().compute(operator, left, right)
        self.steps = (*self.steps[: self.operations - 1], Step(operator, left, right))
        return value


def _steps(text: str) -> tuple[tuple[Step, ...], str]:
    """Return the operations of the arithmetic of a text that was read, and its words."""
    words = math.words_of(text)
    span = math.find_span(words)
    for greedy in (False, True):
        reader = _Recorder(words, span.start, greedy)
        try:
            value = reader.sequence()
        except UnreadableError:
            continue
        if (value, reader.at) == (span.value, span.end):
            break
    return reader.steps[: reader.operations], " ".join(words[span.start : span.end])
