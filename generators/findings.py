"""What an audit finds: one rule broken by one item, in the words that `audit --json` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

PROOF, JUDGEMENT = "proof", "judgement"

RULES: Mapping[str, str] = {
    "wrong-gold": "the gold is not what follows from the words",
    "not-an-integer": "what follows from the words is no whole number, so it cannot be counted",
    "unsolvable": "no single answer follows from the words",
    "wrong-depth": "the answer takes another number of hops than the level in the file's name, or than most of the file",
    "wrong-steps": "it takes another number of operations than the level in the file's name, or than most of the file",
    "no-op-step": "a step of the arithmetic changes nothing",
    "no-target": "nothing is asked for",
    "duplicate": "the same question stands there before",
    "near-duplicate": "a question with the same meaning (same expression and object; same rules and symbol) stands there before",
    "repeated-id": "one ID names several questions, so their pictures and scores are taken for one another",
    "contradiction": "one question has two golds, or one character two values of one attribute",
    "category-contradiction": "the kind of thing that is asked for cannot be the gold",
    "number-grammar": "the number and the form of its noun do not agree",
    "same-answer-in-group": "questions that are scored together have one answer",
    "same-picture": "the answers of questions that are scored together can hardly be told apart in pictures",
    "glyph-target": "a picture of the answer usually holds letters, digits or signs",
    "out-of-range": "a picture cannot show the count for sure, or it is out of the range of the file",
    "majority-answer": "always giving one answer is right more often than a guess",
    "first-mentioned": "the object that the question names first is right more often than a guess",
    "last-mentioned": "the object that the question names last is right more often than a guess",
    "category-shortcut": "the kind of thing that is asked for gives the answer away, without any rule",
    "mixed-kinds": "the file holds several kinds of questions",
    "unparsed": "the solver cannot read it for sure, so nothing is known about its gold",
    "wrong-target": "the target is not the picture of the answer",
    "wrong-literal": "the literal view does not name the target outright",
    "wrong-trace": "the trace does not end in the answer and the target",
    "wrong-choices": "the choices do not hold the answer exactly once",
    "wrong-chance": "the chance is not that of guessing among the choices",
}

JUDGED_RULES = frozenset(  # what a person decides; all else is settled by the words and figures themselves
    {
        "near-duplicate", "same-answer-in-group", "same-picture", "glyph-target", "out-of-range", "majority-answer",
        "first-mentioned", "last-mentioned", "category-shortcut", "mixed-kinds", "unparsed",
    }
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Finding:
    """One broken rule: the item, the field, what was found there, what is allowed, what to do; `proof` or `judgement`."""

    rule: str
    item: str
    field: str
    found: str
    allowed: str
    fix: str
    severity: str = PROOF


@dataclass(frozen=True)
class FileAudit:
    """What the audit of a file found: how many items (questions) it looked at, and the findings in file order.

    `figures` are what was measured in a foreign file: `generators/foreign_figures.py` names them.
    """

    file: str
    items: int
    findings: tuple[Finding, ...]
    figures: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what `audit --json` prints."""
        findings = [asdict(finding) for finding in self.findings]
        return {"file": self.file, "items": self.items, "findings": findings, "figures": dict(self.figures)}
