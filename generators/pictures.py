"""The picture columns of an item's row: the target as a PNG file, and the foils as data with or without their pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from unisandbox.generators.draws import stream_key
from unisandbox.generators.families.base import Family, Item, Part, Target
from unisandbox.generators.foils import MOST_FOILS, foils
from unisandbox.generators.render import Look, png, render
from unisandbox.generators.vocabulary import Noun

NONE, REFERENCE, WITH_FOILS = IMAGES = ("none", "reference", "reference+foils")
Picture = tuple[bytes, str]  # the PNG file, and a name for it
FoilCells = tuple[str, Target, Picture | None]
BYTES_OF_384_PX: Final = 9_000  # mean size of a file over the default release; it grows with the side


@dataclass(frozen=True)
class Pictures:
    """Draws the pictures of one part of a release.

    Args:
        part: One level of one split.
        images: `none`, `reference` (the target alone) or `reference+foils`.
        look: Size and art.
        family: What made the items: it knows which objects may be shown, and how persons look.
    """

    part: Part
    images: str
    look: Look
    family: Family

    @property
    def pictured(self) -> tuple[Noun, ...]:
        """The objects that pictures of the part may show."""
        return self.family.pictured(self.part)

    def cells(self, item: Item) -> tuple[Picture | None, tuple[FoilCells, ...]]:
        """Return the cells `image` and `foils` of an item's row."""
        seed = picture_seed(self.part, item.id)
        known = {} if self.images == NONE else self.family.known_looks(self.part, item)
        image = None if self.images == NONE else self._drawn(item.target, seed, known, item.id)
        near = []
        for number, (change, target) in enumerate(foils(item, seed, self.pictured), start=1):
            drawn = self._drawn(target, seed, known, f"{item.id}-foil-{number}") if self.images == WITH_FOILS else None
            near.append((change, target, drawn))
        return image, tuple(near)

    def _drawn(self, target: Target, seed: int, known: Mapping[str, str], name: str) -> Picture:
        return png(render(target, seed, self.look, known)), f"{name.replace('/', '-')}.png"


def picture_seed(part: Part, item_id: str) -> int:
    """Return the seed that an item, and its foils, are drawn with: its own, wherever and in whatever order it is drawn."""
    return stream_key("picture", part.line, part.seed, part.edition, item_id)


def pictures_an_item(images: str) -> int:
    """Return how many pictures an item brings at most.

    >>> [pictures_an_item(images) for images in IMAGES]
    [0, 1, 4]
    """
    return {NONE: 0, REFERENCE: 1, WITH_FOILS: 1 + MOST_FOILS}[images]


def expected_bytes(pictures: int, size_px: int) -> int:
    """Return about how many bytes so many pictures take: flat art of twice the side takes twice the bytes, not four times."""
    return pictures * BYTES_OF_384_PX * size_px // 384
