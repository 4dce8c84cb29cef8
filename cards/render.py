"""Manifest -> README.md of a release folder: the YAML block, and beneath it what a reader needs to load and to judge the data."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

import yaml
from jinja2 import Environment, StrictUndefined

from unisandbox.cards.metadata import metadata, row_names, splits_by_config
from unisandbox.schemas.declarations import Field, row_field
from unisandbox.schemas.files import replacing
from unisandbox.schemas.manifest import Manifest

CARD: Final = "README.md"
TEMPLATE: Final = "dataset.md.jinja"


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
    """Return name, type and description of every column of `item`, `document` or `entity`.

    >>> columns("item")[0][:2]
    ('id', 'string')
    """
    return [(name, type_name(field), field.description) for name, field in row_field(schema).members]


def card_text(manifest: Manifest) -> str:
    """Return the card of a release; raises `jinja2.UndefinedError` where the template has a blank."""
    source = (files("unisandbox.cards") / TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    configs = splits_by_config(manifest.shards)
    block = metadata(manifest)
    body = environment.from_string(source).render(
        manifest=manifest,
        sizes=[
            (config, split, sum(shard.rows for shard in shards))
            for config, splits in configs.items()
            for split, shards in splits.items()
        ],
        columns={schema: columns(schema) for schema in dict.fromkeys(row_names(manifest).values())},
        example=next(entry["config_name"] for entry in block["configs"] if "default" in entry),
    )
    front = yaml.safe_dump(block, sort_keys=False, allow_unicode=True, width=120)
    return f"---\n{front}---\n\n{body}"


def write_card(folder: Path, manifest: Manifest) -> None:
    """Write README.md into a release folder; a card that is already right is left as it is."""
    text, path = card_text(manifest), folder / CARD
    if path.is_file() and path.read_bytes() == text.encode():
        return
    with replacing(path) as sink:
        sink.write(text.encode())
