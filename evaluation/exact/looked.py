"""What the readers of many pictures say of one: a scene, a person, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from unisandbox.evaluation.exact.scenes import Seen

NOBODY: Mapping[str, str] = MappingProxyType({})


class Scene(NamedTuple):
    """What a picture shows as a scene.

    Attributes:
        seen: The objects that were named, sorted.
        unnamed: How many more things stand there.
        doubt: Why the picture cannot be read as a whole; empty where it can.
        ambiguous: Whether two names fit one object: what is unclear then is the vocabulary, not the picture.
    """

    seen: tuple[Seen, ...] = ()
    unnamed: int = 0
    doubt: str = ""
    ambiguous: bool = False


class Looked(NamedTuple):
    """What a picture shows: a person by attributes (some may not show), or else a scene; and its side in pixels."""

    side_px: int
    scene: Scene
    person: Mapping[str, str] = NOBODY
