"""Measures a foreign file: how often one answer, one place or one word gives the gold away, without any solving.

Figures that do not apply to a file are absent: a file without rules has no first-mentioned object.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from unisandbox.generators.checks.base import proportion_interval
from unisandbox.generators.findings import JUDGEMENT, Finding
from unisandbox.generators.foreign_checks import steps_of
from unisandbox.generators.foreign_facts import characters
from unisandbox.generators.foreign_kinds import fits, kinds_of
from unisandbox.generators.foreign_objects import DECORATION, object_forms
from unisandbox.generators.foreign_solved import ARITHMETIC, KINDS, RULES, UNKNOWN, Checked

ENOUGH = 20  # of fewer questions a share says nothing
Figures = Mapping[str, Any]
BALANCE, REWORD = "balance the answers", "balance where the answer stands"


def figures_of(checked: Sequence[Checked]) -> dict[str, Any]:
    """Return what was measured; shares are from 0 to 1.

    `n` questions, by `kinds`; `steps`: how many questions take so many operations or hops; `distinct_expressions` and
    `rows_sharing_expression`; `majority_answer`: the commonest gold, and how often always giving it is right (`chance` is what
    a guess gives); `first_mentioned`, `last_mentioned`: how often the gold is the first or last object named; `category`: how
    often the word for its kind alone decides (`items` are those), or contradicts it; `characters`: their names.
    """
    kinds = Counter(one.kind for one in checked)
    every: dict[str, Any] = {"n": len(checked), "kinds": {kind: kinds[kind] for kind in KINDS if kinds[kind]}}
    steps = Counter(
        count for one in checked for rule in ("wrong-steps", "wrong-depth") if (count := steps_of(one, rule)) is not None
    )
    for name, found in (
        ("steps", {str(count): steps[count] for count in sorted(steps)}),
        ("majority_answer", _majority(checked, kinds)),
        *_expressions(checked),
        ("first_mentioned", _mentioned(checked, lambda objects: objects[0])),
        ("last_mentioned", _mentioned(checked, lambda objects: objects[-1])),
        ("category", _category(checked)),
        ("characters", characters(one.fact for one in checked if one.fact)),
    ):
        if found or found == 0:
            every[name] = found
    return every


def shortcuts(label: str, figures: Figures) -> Iterator[Finding]:
    """Yield a judgement for each figure that a solver should not be able to use."""
    kinds = [kind for kind in figures["kinds"] if kind != UNKNOWN]
    if len(kinds) > 1:
        found = ", ".join(f"{figures['kinds'][kind]} {kind}" for kind in kinds)
        yield _of_file(label, "mixed-kinds", "Question", found, "one kind of questions in a file", "split the file")
    most = figures.get("majority_answer")
    if most and most["n"] >= ENOUGH and most["count"] > -(-most["n"] * most["chance"] // 1):
        found = f"always {most['answer']} is right in {_of(most)}"
        yield _of_file(label, "majority-answer", "Answer", found, f"{most['chance']:.0%}, as by a guess", BALANCE)
    for name, rule in (("first_mentioned", "first-mentioned"), ("last_mentioned", "last-mentioned")):
        told = figures.get(name)
        if told and told["n"] >= ENOUGH and proportion_interval(told["count"], told["n"])[0] > told["chance"]:
            yield _of_file(label, rule, "Answer", f"right in {_of(told)}", f"{told['chance']:.0%}, as by a guess", REWORD)
    words = figures.get("category")
    if words and words["decides"]:
        found = f"the word for its kind alone gives the answer in {words['decides']} of {words['n']} ({words['share']:.0%})"
        yield _of_file(
            label, "category-shortcut", "Question", found, "0", "ask for the object, or for a kind that fits every object"
        )


def _of_file(label: str, rule: str, field: str, found: str, allowed: str, fix: str) -> Finding:
    return Finding(rule, label, field, found, allowed, fix, JUDGEMENT)


def _of(told: Figures) -> str:
    return f"{told['count']} of {told['n']} ({told['share']:.0%})"


def _expressions(checked: Sequence[Checked]) -> Iterator[tuple[str, int]]:
    counts = Counter(one.arithmetic.steps for one in checked if one.arithmetic)
    if counts:
        yield "distinct_expressions", len(counts)
        yield "rows_sharing_expression", sum(count for count in counts.values() if count > 1)


def _majority(checked: Sequence[Checked], kinds: Counter[str]) -> dict[str, Any] | None:
    """Return the commonest gold of the commonest kind, and the chance of a guess: one of the answers, or of the objects named."""
    kind = max(KINDS[:-1], key=lambda kind: kinds[kind])
    asked = [one for one in checked if one.kind == kind]
    counts = Counter(_answer(one) for one in asked)
    if not counts:
        return None
    answer, count = counts.most_common(1)[0]
    chance = 1 / len(counts)
    if kind == RULES:
        named = [len(one.rules.objects) for one in asked if one.rules and one.rules.objects]
        chance = sum(1 / count for count in named) / len(named) if named else chance
    return {
        "answer": answer, "answers": len(counts), "count": count, "n": len(asked), "share": round(count / len(asked), 4),
        "chance": round(chance, 4),
    }  # fmt: skip


def _answer(one: Checked) -> str:
    """Return a gold so that the same ones are equal: the number, or the object in its shortest form that is a word."""
    if one.kind == ARITHMETIC and one.arithmetic and one.arithmetic.gold is not None:
        return str(one.arithmetic.gold)
    plain = one.question.gold.lower().strip(DECORATION)
    return plain.removesuffix("s") if one.kind == RULES else plain


def _mentioned(checked: Sequence[Checked], place: Callable[[Sequence[str]], str]) -> dict[str, Any] | None:
    """Return how often the object at a place is the gold, of questions that name several; by side where there are sides."""
    hits = [
        (one.question.side, not object_forms(place(one.rules.objects)).isdisjoint(one.answers), 1 / len(one.rules.objects))
        for one in checked
        if one.rules and one.rules.resolved and len(one.rules.objects) > 1
    ]
    if not hits:
        return None
    told: dict[str, Any] = {"count": sum(hit for _, hit, _ in hits), "n": len(hits)}
    told |= {"share": round(told["count"] / len(hits), 4), "chance": round(sum(chance for *_, chance in hits) / len(hits), 4)}
    sides = sorted({side for side, _, _ in hits if side})
    by_side = {side: [hit for other, hit, _ in hits if other == side] for side in sides}
    return (
        told | {"share_by_side": {side: round(sum(found) / len(found), 4) for side, found in by_side.items()}} if sides else told
    )


def _category(checked: Sequence[Checked]) -> dict[str, Any] | None:
    """Return how often the word for a kind names one object of the question only, the gold; and how often it cannot name it."""
    asked = [one for one in checked if one.rules]
    told = [one for one in asked if one.rules and one.rules.kind]
    decided = [one.question.item for one in told if _decides(one)]
    wrong = [one.question.item for one in told if one.rules and one.rules.kind and fits(one.rules.kind, one.answers) is False]
    if not told:
        return None
    share, against = (round(len(found) / len(asked), 4) for found in (decided, wrong))
    counts = {"n": len(asked), "told": len(told), "decides": len(decided), "share": share}
    return counts | {"contradicts": len(wrong), "contradicts_share": against, "items": decided}


def _decides(one: Checked) -> bool:
    """Return whether the word for a kind names the gold for sure, and none of the other objects, which are all known."""
    if one.rules is None or one.rules.kind is None or len(one.rules.objects) < 2:
        return False
    forms = [object_forms(told) for told in one.rules.objects]
    named = [form for form in forms if fits(one.rules.kind, form)]
    return len(named) == 1 and bool(named[0] & one.answers) and all(map(kinds_of, forms))
