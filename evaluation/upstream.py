"""UniSandbox's rules beside ours: its accuracy is right rows over all rows, and wrong golds set a ceiling below 1.

Rules: github.com/PKU-YuanGroup/UniSandBox, `eval/`. Math: one bit a row, exact count and exact type. Mapping: the type alone, and
a row counts only if both of its pictures are right. What was not drawn or not read counts as wrong there, and is not told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from unisandbox.evaluation.items import Item
from unisandbox.evaluation.metrics import Figure
from unisandbox.evaluation.outcomes import Sample
from unisandbox.evaluation.part_figures import figure_block
from unisandbox.evaluation.selection import in_groups
from unisandbox.evaluation.summary import figure_of_arm

FORMAT: Final = 1
OTHER_GOLD: Final = frozenset({"wrong-gold"})  # there is a right answer, and the gold is another one
NO_ANSWER: Final = frozenset({"not-an-integer", "unsolvable", "no-target"})  # no picture is right, whatever the gold says
UNKNOWN: Final = frozenset({"unparsed"})


@dataclass(frozen=True, slots=True)
class UpstreamScore:
    """The score of one arm by UniSandbox's rules.

    Attributes:
        rows: How many rows the file has (IDs; of mapping with two pictures each).
        right: Those of which every picture is right.
        without_verdict: Those that count as wrong because a picture is missing or was not read.
    """

    rows: int
    right: int
    without_verdict: int

    @property
    def accuracy(self) -> float:
        """Return right / rows."""
        return self.right / self.rows


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What wrong golds leave of a file.

    Attributes:
        questions, rows: How many there are.
        other_gold: Questions with a right answer that is not the gold: a right picture is marked wrong.
        no_answer: Questions that have no right answer.
        unknown: Questions of which the audit cannot tell; they count as good.
        spoilt_rows: Rows with a question of the first two kinds.
        spoilt: Those questions by name.
    """

    questions: int
    rows: int
    other_gold: int
    no_answer: int
    unknown: int
    spoilt_rows: int
    spoilt: tuple[str, ...]

    @property
    def highest(self) -> float:
        """The accuracy by upstream's rules of one who reads and draws everything right."""
        return (self.rows - self.spoilt_rows) / self.rows


def upstream_score(items: Sequence[Item], samples: Iterable[Sample], arm: str) -> UpstreamScore:
    """Return the score of an arm by UniSandbox's rules; of several samples of an item the first counts.

    Args:
        items: All items of the file that were asked.
        samples: Of the run; an item without one is not right.
        arm: `draw/normal` or `draw/think`.
    """
    verdicts = {one.item.id: one.correct for one in samples if one.arm == arm and one.sample == 0}
    rows = [[verdicts.get(item.id) for item in group] for group in in_groups(items)]
    right = sum(all(each is True for each in row) for row in rows)
    return UpstreamScore(len(rows), right, sum(None in row for row in rows))


def ceiling(items: Sequence[Item], findings: Iterable[tuple[str, str]]) -> Ceiling:
    """Return what wrong golds leave.

    Args:
        items: Of the file.
        findings: Rule and item of each finding of `unisandbox audit` on the same file.
    """
    found: dict[str, set[str]] = {}
    for rule, item in findings:
        found.setdefault(item, set()).add(rule)
    rules = {item.id: found.get(item.id, set()) for item in items}
    no_answer = [name for name, broken in rules.items() if broken & NO_ANSWER]
    other = [name for name, broken in rules.items() if broken & OTHER_GOLD and not broken & NO_ANSWER]
    unknown = [name for name, broken in rules.items() if broken & UNKNOWN and not broken & (NO_ANSWER | OTHER_GOLD)]
    groups, spoilt = in_groups(items), {*no_answer, *other}
    spoilt_rows = sum(any(item.id in spoilt for item in group) for group in groups)
    names = tuple(item.id for item in items if item.id in spoilt)
    return Ceiling(len(items), len(groups), len(other), len(no_answer), len(unknown), spoilt_rows, names)


def upstream_document(
    items: Sequence[Item], samples: Sequence[Sample], arms: Sequence[str], findings: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """Return both scores of each arm and the ceiling, as `upstream.json` holds them."""
    left = ceiling(items, findings)
    return {
        "format": FORMAT,
        "family": items[0].family,
        "arms": {arm: _arm(items, samples, arm) for arm in arms},
        "ceiling": {**asdict(left), "spoilt": list(left.spoilt), "highest": left.highest},
    }


def _arm(items: Sequence[Item], samples: Sequence[Sample], arm: str) -> Mapping[str, Any]:
    theirs = upstream_score(items, samples, arm)
    ours: Figure | None = figure_of_arm(samples, arm)
    return {"upstream": {**asdict(theirs), "accuracy": theirs.accuracy}, "ours": figure_block(ours)}
