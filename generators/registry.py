"""The table of families: what makes each, what proves its items, and the version of its output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from unisandbox.generators.families.base import Family, Part
from unisandbox.generators.families.mapping import Mapping as MappingFamily
from unisandbox.generators.families.math import Math
from unisandbox.generators.proof import Documents, Prover, mapping_prover, math_prover
from unisandbox.generators.tables import Table


@dataclass(frozen=True)
class Entry:
    """One family.

    Args:
        options: The family's class; its fields are the options of a release file.
        summary: One line for people.
        version: Rises whenever any row of the family changes; part of a release's fingerprint.
        prover: Makes the check of items from the documents that are published with them.
        tables: What the family publishes beside its items in a release, given any part of it.
        facts: Figures that the manifest carries, measured once a build.
    """

    options: Callable[..., Family]
    summary: str
    version: int
    prover: Callable[[Documents], Prover]
    tables: Callable[[Part, Any], tuple[Table, ...]] = lambda part, options: ()
    facts: Callable[[Part, Any], Mapping[str, Any]] = lambda part, options: {}


FAMILIES: Mapping[str, Entry] = {
    "math": Entry(Math, "as many objects as the value of an expression; level = operations", 1, math_prover),
    "mapping": Entry(MappingFamily, "the object at the end of a chain of rules; level = hops", 1, mapping_prover),
}
