"""The table of families: what makes each, what solves its items again, and the version of its output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from unisandbox.generators.families.base import Family, Part
from unisandbox.generators.families.knowledge import Knowledge
from unisandbox.generators.families.knowledge_tables import knowledge_figures, knowledge_tables
from unisandbox.generators.families.mapping import Mapping as MappingFamily
from unisandbox.generators.families.math import Math
from unisandbox.generators.solvers import knowledge, mapping, math
from unisandbox.generators.solvers.base import Documents, Solver
from unisandbox.generators.tables import Table


def no_tables(_part: Part, _options: Family) -> tuple[Table, ...]:
    """Return no tables: the family publishes its items alone."""
    return ()


def no_facts(_part: Part, _options: Family) -> Mapping[str, Any]:
    """Return no figures: nothing but the rows is worth measuring."""
    return {}


@dataclass(frozen=True)
class Entry:
    """One family.

    Args:
        options: The family's class; its fields are the options of a release file.
        summary: One line for people.
        version: Rises whenever any row of the family changes; part of a release's fingerprint.
        solver: Makes what reads the items again, from the documents that are published with them.
        tables: What the family publishes beside its items in a release, given any part of it.
        facts: Figures that the manifest carries, measured once a build.
    """

    options: type[Any]
    summary: str
    version: int
    solver: Callable[[Documents], Solver]
    tables: Callable[[Part, Any], tuple[Table, ...]] = no_tables
    facts: Callable[[Part, Any], Mapping[str, Any]] = no_facts


FAMILIES: Mapping[str, Entry] = {
    "math": Entry(Math, "as many objects as the value of an expression; level = operations", 1, math.solver),
    "mapping": Entry(MappingFamily, "the object at the end of a chain of rules; level = hops", 1, mapping.solver),
    "knowledge": Entry(
        Knowledge,
        "what was told about coined characters in text only; level = hops",
        1,
        knowledge.solver,
        knowledge_tables,
        knowledge_figures,
    ),
}
