"""What an audit finds: one rule broken by one item, in the words that `audit --json` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

RULES: Mapping[str, str] = {
    "wrong-gold": "the gold is not what follows from the words",
    "not-an-integer": "what follows from the words is no whole number, so it cannot be counted",
    "unsolvable": "no single answer follows from the words",
    "wrong-depth": "the answer takes another number of steps than its level, or than most of the file",
    "no-target": "nothing is asked for",
    "same-answer-in-group": "questions that are scored together have one answer",
    "unparsed": "the solver cannot read it for sure, so nothing is known about its gold",
    "wrong-target": "the target is not the picture of the answer",
    "wrong-literal": "the literal view does not name the target outright",
    "wrong-trace": "the trace does not end in the answer and the target",
    "wrong-choices": "the choices do not hold the answer exactly once",
    "wrong-chance": "the chance is not that of guessing among the choices",
}


@dataclass(frozen=True, order=True)
class Finding:
    """One broken rule: the item, the field, what was found there, what is allowed, what to do."""

    rule: str
    item: str
    field: str
    found: str
    allowed: str
    fix: str


@dataclass(frozen=True)
class FileAudit:
    """What the audit of a file found: how many items (questions) it looked at, and the findings in file order."""

    file: str
    items: int
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what `audit --json` prints."""
        return {"file": self.file, "items": self.items, "findings": [asdict(finding) for finding in self.findings]}
