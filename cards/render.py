"""The card: README.md of a release folder, which the Hub shows; its YAML block, then what a reader needs to judge and use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import yaml
from jinja2 import Environment, StrictUndefined

from unisandbox.cards import tables
from unisandbox.cards.citation import PAPER, release_entry
from unisandbox.cards.eval_file import test_splits
from unisandbox.cards.examples import Example
from unisandbox.cards.figures import Split, other_rows
from unisandbox.cards.markdown import cell, plain
from unisandbox.cards.metadata import default_config, metadata, row_names
from unisandbox.cards.proofs import Proofs
from unisandbox.cards.prose import Prose, one_line
from unisandbox.cards.versions import Version
from unisandbox.schemas.declarations import Field, row_field
from unisandbox.schemas.manifest import Manifest

CARD: Final = "README.md"
TEMPLATE: Final = "dataset.md.jinja"


@dataclass(frozen=True, slots=True)
class Told:
    """All that a card tells of a release, computed elsewhere; `sheets` are the names of its contact sheets."""

    manifest: Manifest
    prose: Prose
    splits: Sequence[Split]
    examples: Sequence[Example]
    proofs: Proofs | None
    versions: Sequence[Version]
    sheets: Sequence[str]
    repo: str | None


def card_text(told: Told) -> str:
    """Return the card of a release; raises `jinja2.UndefinedError` where the template has a blank."""
    source = (files("unisandbox.cards") / TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    environment.filters |= {"plain": plain, "cell": cell, "line": one_line, "code": tables.code}
    body = environment.from_string(source).render(_context(told))
    front = yaml.safe_dump(metadata(told.manifest), sort_keys=False, allow_unicode=True, width=120)
    return f"---\n{front}---\n\n{body}"


def type_name(field: Field) -> str:
    """Return how a column's type is written in a card, e.g. `list<string>`."""
    if field.element is not None:
        return f"list<{type_name(field.element)}>"
    if field.feature:
        return field.feature.lower()
    if field.members:
        return "struct<" + ", ".join(name for name, _ in field.members) + ">"
    return field.stored_as


def columns(schema: str) -> list[tuple[str, str, str]]:
    """Return name, type and description of every column of `item`, `document`, `entity` or `noun`.

    >>> columns("item")[0][:2]
    ('id', 'string')
    """
    return [(name, type_name(field), field.description) for name, field in row_field(schema).members]


def _context(told: Told) -> dict[str, Any]:
    manifest, prose, rows = told.manifest, told.prose, row_names(told.manifest)
    pictured, tests = manifest.images is not None, test_splits(manifest)
    return {
        "told": told,
        "manifest": manifest,
        "repo": told.repo,
        "card": prose.card,
        "families": prose.families,
        "axes": prose.axes,
        "limits": [*prose.points("limits", pictured=pictured), *prose.points("biases", pictured=pictured)],
        "personal": " ".join(map(one_line, prose.points("personal"))),
        "pictures": {example.family: tables.pictures_table(example) for example in told.examples if example.pictures},
        "splits": {family: _splits_table(told, family) for family in prose.families},
        "others": tables.others_table(other_rows(manifest), prose.configs) if prose.configs else "",
        "columns": {name: tables.columns_table(columns(name)) for name in dict.fromkeys(rows.values())},
        "configs": {name: [config for config in rows if rows[config] == name] for name in dict.fromkeys(rows.values())},
        "tables": tables,
        "shown": tests[0] if tests else (default_config(manifest), manifest.shards[0].split),
        "citations": (release_entry(manifest, told.repo), PAPER),
    }


def _splits_table(told: Told, family: str) -> str:
    splits = [split for split in told.splits if split.config == family]
    return tables.splits_table(splits, pictured=told.manifest.images is not None, promised=told.manifest.release is not None)
