"""Rules about foreign questions beyond their golds: each by itself, against its file, and against the questions before it.

Every function yields the place of a question with a finding about it, so that the report stands in file order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from unisandbox.generators.findings import JUDGEMENT, PROOF, Finding
from unisandbox.generators.foreign_kinds import GLYPHS, fits, one_picture
from unisandbox.generators.foreign_objects import disagreement, is_nothing, object_forms
from unisandbox.generators.foreign_solved import KNOWLEDGE, Checked, Step

Placed = tuple[int, Finding]

LEVEL = re.compile(r"(?:^|[^a-z])(?:math|mapping)[ _-]?(?:level[ _-]?)?([1-9])(?![0-9a-z])")
FEWEST, MOST = 1, 9  # objects that a picture shows for sure; reference/upstream.md: the golds are 1 to 5
RARE, ENOUGH = (
    50,
    50,
)  # a count is rare at the end of a file's range if it is less than one of 50; of fewer questions nothing is said
NEUTRAL_RIGHT = {"+": 0, "-": 0, "*": 1, "/": 1, "^": 1}
NEUTRAL_LEFT = {"+": 0, "*": 1}
ROUNDINGS, ROOTS = ("floor", "ceil"), ("√", "∛", "²")


def of_questions(checked: Sequence[Checked]) -> Iterator[Placed]:
    """Yield what is wrong with each question by itself, after what the solvers found."""
    for place, one in enumerate(checked):
        for rule in (_found, _no_op_steps, _number_grammar, _glyph_target, _category_contradiction):
            for finding in rule(one):
                yield place, finding


def _found(one: Checked) -> Iterator[Finding]:
    yield from one.findings


def _no_op_steps(one: Checked) -> Iterator[Finding]:
    for step in one.arithmetic.steps if one.arithmetic else ():
        if changes_nothing(step):
            yield one.question.finding("no-op-step", shown(step), "steps that change the number")


def changes_nothing(step: Step) -> bool:
    """Return whether a step gives what it was given: x + 0, 1 * x, x ^ 1, a whole number rounded.

    >>> changes_nothing(Step("*", 1, 7)), changes_nothing(Step("-", 7, 7))
    (True, False)
    """
    operator, left, right = step
    if operator in ROUNDINGS:
        return Fraction(left).denominator == 1
    if operator in ROOTS:
        return left in (0, 1)
    return NEUTRAL_RIGHT.get(operator) == right or NEUTRAL_LEFT.get(operator) == left


def shown(step: Step) -> str:
    """Return a step as people write it.

    >>> shown(Step("/", 8, 4)), shown(Step("floor", Fraction(11, 4), 0)), shown(Step("√", 16, 0))
    ('8 / 4', 'floor of 11/4', '√16')
    """
    if step.operator in ROOTS:
        return f"{step.left}²" if step.operator == "²" else f"{step.operator}{step.left}"
    joined = step.operator in NEUTRAL_RIGHT or step.operator == "%"
    return f"{step.left} {step.operator} {step.right}" if joined else f"{step.operator} of {step.left}"


def _number_grammar(one: Checked) -> Iterator[Finding]:
    told = one.arithmetic
    plural = disagreement(Fraction(2), told.noun, None) if told and told.noun else None
    if told and plural:
        yield one.question.finding("number-grammar", f"as many {told.noun}", f"as many {plural}")
    if told is None or told.gold is None or told.gold_noun is None or told.gold.denominator != 1:
        return
    wanted = disagreement(told.gold, told.gold_noun, told.noun)
    if wanted is not None:
        yield one.question.of_gold("number-grammar", one.question.gold, f"{told.gold} {wanted}")


def _glyph_target(one: Checked) -> Iterator[Finding]:
    if one.arithmetic:
        forms = object_forms(one.arithmetic.gold_noun or one.arithmetic.noun or "")
    else:
        forms = one.answers if one.rules else frozenset()
    if not forms.isdisjoint(GLYPHS):
        allowed = "an object whose pictures need no letters, digits or signs"
        yield one.question.of_gold("glyph-target", one.question.gold, allowed)


def _category_contradiction(one: Checked) -> Iterator[Finding]:
    rules = one.rules
    if rules is None or rules.kind is None or is_nothing(one.question.gold) or fits(rules.kind, one.answers) is not False:
        return
    answer = rules.resolved.answer if rules.resolved else one.question.gold
    named = ", ".join(told for told in rules.objects if fits(rules.kind, object_forms(told)))
    allowed = f"what '{rules.kind}' names{f' ({named})' * bool(named)}"
    yield one.question.finding("category-contradiction", f"{answer}, asked for as '{rules.kind}'", allowed)


class Wanted(NamedTuple):
    """How many steps the questions of a file take: the number, the words of a finding, and whether it is told or only usual."""

    steps: int
    allowed: str
    severity: str


def of_file(checked: Sequence[Checked], stem: str) -> Iterator[Placed]:
    """Yield what does not fit the file: its level, its counts, its groups, its IDs."""
    yield from _steps(checked, stem, "wrong-depth", "hop")
    yield from _steps(checked, stem, "wrong-steps", "step")
    yield from _ranges(checked)
    yield from _groups(checked)
    yield from _repeated_ids(checked)


def _steps(checked: Sequence[Checked], stem: str, rule: str, unit: str) -> Iterator[Placed]:
    """Yield questions that take another number of steps than the level in the file's name, or than most of the file."""
    taken = {place: count for place, one in enumerate(checked) if (count := steps_of(one, rule)) is not None}
    wanted = _wanted(Counter(taken.values()), stem)
    for place, count in taken.items() if wanted else ():
        if wanted and count != wanted.steps:
            found = f"{count} {unit}{'s' * (count != 1)}"
            yield place, checked[place].question.finding(rule, found, wanted.allowed, severity=wanted.severity)


def steps_of(one: Checked, rule: str) -> int | None:
    """Return the hops (`wrong-depth`) or operations (`wrong-steps`) of a question, if it is of that kind and was solved."""
    if rule == "wrong-depth":
        return one.rules.resolved.hops if one.rules and one.rules.resolved else None
    return len(one.arithmetic.steps) if one.arithmetic else None


def _wanted(taken: Counter[int], stem: str) -> Wanted | None:
    level = LEVEL.search(stem.lower())
    if level and taken[int(level[1])]:
        return Wanted(int(level[1]), f"{level[1]}, the level in the file's name", PROOF)
    usual, count = taken.most_common(1)[0] if taken else (0, 0)
    if 2 * count <= taken.total():
        return None
    return Wanted(usual, f"{usual}, as {count} of {taken.total()} questions of the file", JUDGEMENT)


def _ranges(checked: Sequence[Checked]) -> Iterator[Placed]:
    """Yield golds that a picture cannot show for sure, or that lie outside the counts of most of the file."""
    golds = {
        place: one.arithmetic.gold for place, one in enumerate(checked) if one.arithmetic and one.arithmetic.gold is not None
    }
    usual = _usual(Counter(golds.values()))
    for place, gold in golds.items():
        if not FEWEST <= gold <= MOST:
            allowed = f"{FEWEST} to {MOST}, which pictures show for sure"
        elif usual and not usual[0] <= gold <= usual[1]:
            held = sum(usual[0] <= one <= usual[1] for one in golds.values())
            allowed = f"{usual[0]} to {usual[1]}, as {held} of {len(golds)} questions of the file"
        else:
            continue
        yield place, checked[place].question.of_gold("out-of-range", str(gold), allowed)


def _usual(counts: Counter[Fraction]) -> tuple[Fraction, Fraction] | None:
    """Return the range without the rare counts at its ends."""
    common = [value for value, count in counts.items() if count * RARE >= counts.total()]
    return (min(common), max(common)) if common and counts.total() >= ENOUGH else None


def _groups(checked: Sequence[Checked]) -> Iterator[Placed]:
    """Yield questions whose answer, or its picture, another question of the group has already."""
    groups: dict[str, list[Checked]] = {}
    for place, one in enumerate(checked):
        if one.question.side and not is_nothing(one.question.gold):
            group = groups.setdefault(one.question.group, [])
            known = {other.question.item for other in group}
            for other in group if one.question.item not in known else ():
                rule = _same(one.answers, other.answers)
                if rule:
                    found = f"{one.question.gold}, as {other.question.item} has {other.question.gold}"
                    yield place, one.question.of_gold(rule, found, "an answer of its own in the group")
                    break
            group.append(one)


def _same(first: frozenset[str], second: frozenset[str]) -> str | None:
    if first & second:
        return "same-answer-in-group"
    return "same-picture" if one_picture(first, second) else None


def _repeated_ids(checked: Sequence[Checked]) -> Iterator[Placed]:
    texts: dict[str, str] = {}
    for place, one in enumerate(checked):
        if texts.setdefault(one.question.item, one.question.text) != one.question.text:
            yield (
                place,
                one.question.finding("repeated-id", f"{one.question.item} for another question too", "one question an ID"),
            )


def of_all(checked: Sequence[Checked]) -> Iterator[Placed]:
    """Yield duplicates and contradictions among the questions of all files together."""
    yield from _duplicates(checked)
    yield from _contradictions(checked)


def _duplicates(checked: Sequence[Checked]) -> Iterator[Placed]:
    texts: dict[Hashable, list[Checked]] = {}
    meanings: dict[Hashable, list[Checked]] = {}
    for place, one in enumerate(checked):
        text, meaning = " ".join(one.question.text.split()), _meaning(one)
        same, near = _before(texts.setdefault(text, []), one), None
        if meaning is not None:
            near = _before(meanings.setdefault(meaning, []), one)
        earlier = same or near
        if earlier:
            rule = "duplicate" if same else "near-duplicate"
            yield place, one.question.finding(rule, f"as {earlier.question.item}", "a question of its own")


def _before(known: list[Checked], one: Checked) -> Checked | None:
    """Return the first of the known questions that is no other side of one group; then this one is known too."""
    earlier = next((other for other in known if not _are_sides(one, other)), None)
    known.append(one)
    return earlier


def _are_sides(one: Checked, other: Checked) -> bool:
    """Return whether two questions are the sides of one row or group: that is told by a rule of its own."""
    return one.question.group == other.question.group and one.question.side != other.question.side


def _meaning(one: Checked) -> Hashable | None:
    """Return what two wordings of one question share: its expression and object, or its rules and symbol."""
    if one.arithmetic:
        noun = one.arithmetic.noun or one.arithmetic.gold_noun
        return (one.arithmetic.steps, min(object_forms(noun), key=len)) if noun else None
    return (one.rules.links, one.rules.symbol) if one.rules and one.rules.symbol else None


def _contradictions(checked: Sequence[Checked]) -> Iterator[Placed]:
    """Yield the first question with each further gold of one expression, one set of rules with its symbol, or one text."""
    golds: dict[Hashable, list[Checked]] = {}
    for place, one in enumerate(checked):
        if one.kind == KNOWLEDGE or (one.arithmetic and one.arithmetic.gold is None):
            continue
        subject = one.arithmetic.expression if one.arithmetic else "the question"
        key: Hashable = one.arithmetic.steps if one.arithmetic else _meaning(one) or " ".join(one.question.text.split())
        before = golds.setdefault(key, [])
        if not any(_agree(one, other) for other in before):
            for other in before[:1]:
                found = f"{one.question.gold}, but {other.question.item} has {other.question.gold}"
                yield place, one.question.of_gold("contradiction", found, f"one gold for {subject}")
            before.append(one)


def _agree(one: Checked, other: Checked) -> bool:
    if one.arithmetic and other.arithmetic:
        return one.arithmetic.gold == other.arithmetic.gold
    return not object_forms(one.question.gold).isdisjoint(object_forms(other.question.gold))
