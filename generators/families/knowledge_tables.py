"""What `knowledge` publishes beside its items: the text that injects facts, the characters, and figures of their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unisandbox.errors import RowError, Violation
from unisandbox.generators.families.base import Part
from unisandbox.generators.families.knowledge import Knowledge
from unisandbox.generators.name_lists import collisions
from unisandbox.generators.tables import Table


def knowledge_tables(part: Part, options: Knowledge) -> tuple[Table, ...]:
    """Return the tables of the edition that a part belongs to: `knowledge_corpus` and `entities`, one split each."""
    corpus = options.corpus(part)
    return (
        Table("knowledge_corpus", "train", "document", len(corpus), corpus.documents),
        Table("entities", "train", "entity", corpus.characters, corpus.entities),
    )


def knowledge_figures(part: Part, options: Knowledge) -> Mapping[str, Any]:
    """Return what the manifest says about names: how many were tried and refused, and against which lists they were checked.

    Reads millions of listed words (about 7 s).

    Raises:
        RowError: A name is in a list that is installed here: the list has grown since `lists/refused_names.txt` was made.
    """
    worlds = options.worlds_of(part)
    tried, refused = sum(world.names_tried for world in worlds), sum(world.names_refused for world in worlds)
    found = collisions(one.name for world in worlds for one in world.characters)
    fix = "install the pinned versions; for a new release, run tools/refuse_names.py and raise the family's version"
    if found:
        raise RowError(
            Violation(f"knowledge: {name}", f"a name in {where}", "names that no list has", fix) for name, where in found
        )
    return {
        "names_tried": tried,
        "names_refused": refused,
        "names_refused_share": round(refused / tried, 4),
        "names_checked_against": "wordfreq, Faker, vocabulary",
    }
