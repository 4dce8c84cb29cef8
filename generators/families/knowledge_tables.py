"""What `knowledge` publishes beside its items: the text that injects facts, the characters, and figures of their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from unisandbox.errors import RowError, Violation
from unisandbox.generators.families.base import Part
from unisandbox.generators.families.knowledge import Knowledge
from unisandbox.generators.name_lists import Collision, collisions
from unisandbox.generators.tables import Table
from unisandbox.generators.worlds import World


def knowledge_tables(part: Part, options: Knowledge) -> tuple[Table, ...]:
    """Return the tables of the edition that a part belongs to: `knowledge_corpus` and `entities`, one split each."""
    corpus = options.corpus(part)
    return (
        Table("knowledge_corpus", "train", "document", len(corpus), corpus.documents),
        Table("entities", "train", "entity", corpus.characters, corpus.entities),
    )


def knowledge_figures(part: Part, options: Knowledge) -> Mapping[str, Any]:
    """Return what the manifest says about names: how many were tried and refused, and against which lists they were checked.

    Reads millions of listed words (about 10 s).

    Raises:
        RowError: A name is in a list that is installed here, or is as near to a word of it as the options rule out: the list has
            grown since those of `tools/refuse_names.py` were made.
    """
    worlds = options.worlds_of(part)
    tried, refused = sum(world.names_tried for world in worlds), sum(world.names_refused for world in worlds)
    found = collisions((one.name for world in worlds for one in world.characters), least_edits=options.least_name_edits)
    if found:
        raise RowError(_violation(one, options.least_name_edits) for one in found)
    figures = {
        "names_tried": tried,
        "names_refused": refused,
        "names_refused_share": round(refused / tried, 4),
        "names_checked_against": "wordfreq, Faker, vocabulary",
    }
    if options.least_name_edits == 1:  # releases made before there was a choice keep their facts
        return figures
    return figures | {"names_least_edits": options.least_name_edits, "names_refused_by_list": _refused_by_list(worlds)}


def _violation(found: Collision, least_edits: int) -> Violation:
    held = f"one edit from {found.word!r} in {found.where}" if found.word != found.name.lower() else f"a name in {found.where}"
    allowed = "names that no list has" if least_edits == 1 else f"names {least_edits} edits or more from every listed word"
    fix = "install the pinned versions; for a new release, run tools/refuse_names.py and raise the family's version"
    return Violation(f"knowledge: {found.name}", held, allowed, fix)


def _refused_by_list(worlds: Iterable[World]) -> dict[str, int]:
    """Return how many candidates each list refused, in the order in which they are asked."""
    counts: Counter[str] = Counter()
    for world in worlds:
        counts.update(dict(world.names_refused_by_list))
    return dict(counts)
