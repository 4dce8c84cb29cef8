"""All checks of a release folder, by name, and all rules of an audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from unisandbox.generators.checks.balance import RULES as BALANCE_RULES
from unisandbox.generators.checks.balance import check_balance
from unisandbox.generators.checks.base import JUDGEMENT, Checking, Rule
from unisandbox.generators.checks.coined_names import RULES as NAME_RULES
from unisandbox.generators.checks.coined_names import check_names
from unisandbox.generators.checks.held_out import RULES as HELD_OUT_RULES
from unisandbox.generators.checks.held_out import check_held_out, check_validation_keys
from unisandbox.generators.checks.knowledge_facts import RULES as KNOWLEDGE_RULES
from unisandbox.generators.checks.knowledge_facts import check_knowledge
from unisandbox.generators.checks.overlap import RULES as OVERLAP_RULES
from unisandbox.generators.checks.overlap import check_overlap
from unisandbox.generators.checks.shortcuts import RULES as SHORTCUT_RULES
from unisandbox.generators.checks.shortcuts import check_shortcuts
from unisandbox.generators.findings import JUDGED_RULES
from unisandbox.generators.findings import RULES as FINDING_RULES

SOLVED: Final = "solved-again"
SOLVED_RULE: Final = Rule(
    SOLVED, "every question is solved again from its words, and every view says the same", "DESIGN 5, solvers"
)

CHECKS: Final[Mapping[str, tuple[tuple[Rule, ...], tuple[Checking, ...]]]] = {
    "held out": (HELD_OUT_RULES, (check_held_out, check_validation_keys)),
    "overlap": (OVERLAP_RULES, (check_overlap,)),
    "shortcuts": (SHORTCUT_RULES, (check_shortcuts,)),
    "balance": (BALANCE_RULES, (check_balance,)),
    "knowledge": (KNOWLEDGE_RULES, (check_knowledge,)),
    "names": (NAME_RULES, (check_names,)),
}


def all_rules() -> tuple[Rule, ...]:
    """Return every rule that an audit of a release or of a foreign file can report, in the order of the checks."""
    of_release = [rule for rules, _ in CHECKS.values() for rule in rules]
    of_items = [
        Rule(name, says, "the words of the item or question", JUDGEMENT if name in JUDGED_RULES else "proof")
        for name, says in FINDING_RULES.items()
    ]
    return (SOLVED_RULE, *of_release, *of_items)
