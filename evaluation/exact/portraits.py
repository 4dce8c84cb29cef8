"""Reads the six attributes of a rendered portrait: exactly, or not at all.

Everything here was measured on pictures: where on a face something shows whatever else is worn, and in which flat colour.
Places are in 384ths of the side. The reader shares no code with the drawing, so that the one can prove the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import cos, radians, sin
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from unisandbox.errors import Violation
from unisandbox.evaluation.exact.unreadable import UnreadableError, unreadable

Colour = tuple[int, int, int]
Place = tuple[int, int, int, int]  # left, top, right, bottom
Points = tuple[tuple[float, float], ...]
Pixels = npt.NDArray[np.int32]

UNITS = 384
SMALLEST_PX = 192  # below, lines are too thin to be told from the edges of areas
SAME = 8  # distance in RGB within which a pixel has a colour: fills are flat, only edges are mixed
INKED = 2 * SAME  # the same for the dark of outlines, which are thin
MOSTLY, HARDLY = 0.5, 0.1  # measured shares are above 0.63 where a value shows, and below 0.01 where it does not
STYLED = 0.3  # the same of the places of styles: above 0.49, and below 0.06
FRAME, NO_FRAME = 0.8, 0.2  # the same of frames: all of it is inked; of the other kind's at most 0.36, without glasses 0.12
PLAIN = 0.9  # of a cheek: at most 0.69 where there are wrinkles

INK: Colour = (38, 28, 32)
DARK_LENS: Colour = (30, 30, 36)
TEETH: Colour = (255, 255, 255)
BAND: Colour = (70, 190, 190)
HAIR: Mapping[str, Colour] = {
    "black": (52, 50, 58),
    "brown": (134, 80, 34),
    "blond": (250, 212, 84),
    "red": (206, 52, 32),
    "white": (240, 240, 242),
    "blue": (44, 104, 220),
    "green": (44, 160, 76),
    "purple": (140, 62, 190),
}
SHIRT: Mapping[str, Colour] = {
    "red": (214, 38, 48),
    "yellow": (252, 214, 36),
    "green": (46, 158, 74),
    "blue": (40, 100, 222),
    "purple": (136, 64, 192),
    "pink": (252, 142, 190),
    "white": (250, 250, 252),
    "black": (46, 46, 54),
}
HATS: Mapping[str, tuple[Colour, ...]] = {
    "cap": ((240, 128, 36),),
    "beanie": ((64, 170, 172),),
    "top hat": ((86, 90, 106),),
    "straw hat": ((228, 202, 152),),
    "party hat": ((36, 190, 214), (255, 236, 120)),
}

CHEST: Place = (168, 352, 216, 382)  # below every collar, between the ends of long hair
CROWN: Place = (174, 84, 210, 100)
TEMPLES: tuple[Place, ...] = ((96, 160, 132, 225), (252, 160, 288, 225))
LENSES: tuple[Place, ...] = ((212, 206, 248, 234), (136, 206, 172, 234))
MOUTH: Place = (176, 262, 208, 268)
CHEEK: Place = (216, 252, 236, 268)
BOTTOM: Place = (0, 376, 192, 383)  # the left shoulder, where no ponytail hangs
SHOULDERS: Mapping[str, range] = {"adult": range(24, 42), "elderly": range(42, 60), "child": range(74, 96)}  # left ends of BOTTOM
# Where hair shows by style: at the far left, low on the left, as the band of a braid, far right, and right of the temple.
STYLE_PLACES: tuple[Place, ...] = (
    (66, 198, 78, 212),
    (99, 264, 109, 294),
    (96, 345, 108, 348),
    (326, 230, 338, 270),
    (318, 170, 330, 184),
)
STYLES: Mapping[tuple[bool, ...], str] = {
    (False, False, False, False, False): "short",
    (False, True, False, False, False): "long",
    (True, True, False, False, False): "curly",
    (False, True, True, False, False): "braids",
    (False, False, False, False, True): "bun",
    (False, False, False, True, True): "ponytail",
}


class Measures(Protocol):
    """What the reading of each attribute asks of a portrait, however it was measured."""

    def share(self, place: Place, *colours: Colour) -> float:
        """Return the share of a place that has one of these colours."""
        ...

    def inked(self, points: Points) -> float:
        """Return the share of these points that are dark as an outline is."""
        ...

    def plain(self, place: Place) -> float:
        """Return the share of a place that has its commonest colour."""
        ...

    def left_end(self, place: Place) -> float:
        """Return where, from the left, the background ends in the rows of a place; in `UNITS` of the side."""
        ...


class Face(NamedTuple):
    """A portrait's pixels, shape (size, size, 3), and its background."""

    pixels: Pixels
    background: Colour

    def place(self, place: Place) -> Pixels:
        """Return the pixels of a place, shape (n, 3)."""
        left, top, right, bottom = (round(edge * len(self.pixels) / UNITS) for edge in place)
        return self.pixels[top:bottom, left:right].reshape(-1, 3)

    def share(self, place: Place, *colours: Colour) -> float:
        """Return the share of a place that has one of these colours."""
        return float(np.mean(np.any([_has(self.place(place), colour) for colour in colours], axis=0)))

    def inked(self, points: Points) -> float:
        """Return the share of these points that are dark as an outline is."""
        where = np.array(points) * len(self.pixels) / UNITS
        columns, rows = where.astype(np.int32).T
        return float(np.mean(_has(self.pixels[rows, columns], INK, within=INKED)))

    def plain(self, place: Place) -> float:
        """Return the share of a place that has its commonest colour."""
        pixels = self.place(place)
        return float(np.mean(_has(pixels, _commonest(pixels))))

    def left_end(self, place: Place) -> float:
        """Return where, from the left, the background ends in the rows of a place; in `UNITS` of the side."""
        width = len(self.pixels)
        top, bottom = (round(edge * width / UNITS) for edge in place[1::2])
        seen = ~_has(self.pixels[top:bottom], self.background).any(axis=0)
        return int(np.argmax(seen)) * UNITS / width


def read_portrait(image: Image.Image) -> Mapping[str, str]:
    """Return the attributes of a rendered portrait: hair_colour, hair_style, age_group, glasses, hat and shirt_colour.

    Args:
        image: A rendered portrait, 192 pixels a side or more, without loss.

    Raises:
        UnreadableError: It is no portrait of ours; every attribute that does not show is named.
    """
    face = _face(image)
    found = {name: read(face) for name, read in READERS.items()}
    missing = [
        Violation(f"portrait: {name}", "nothing that shows it", "a value", FIX) for name, value in found.items() if not value
    ]
    if missing:
        raise UnreadableError(missing)
    return {name: value for name, value in found.items() if value}


def _face(image: Image.Image) -> Face:
    pixels = np.asarray(image.convert("RGB"), np.int32)
    if image.width != image.height or image.width < SMALLEST_PX:
        raise unreadable("portrait", f"{image.width} x {image.height} pixels", f"a square, {SMALLEST_PX} pixels a side or more")
    red, green, blue = (int(band) for band in pixels[0, 0])
    if (pixels[0] != pixels[0, 0]).any():
        raise unreadable("portrait", "an upper edge of several colours", "the background alone")
    return Face(pixels, (red, green, blue))


def _has(pixels: Pixels, colour: Colour, within: int = SAME) -> npt.NDArray[np.bool_]:
    near: npt.NDArray[np.bool_] = np.square(pixels - np.array(colour)).sum(axis=-1) <= within * within
    return near


def _only(shares: Mapping[str, float]) -> str | None:
    """Return the one value that shows; None where none or several do."""
    seen = [value for value, share in shares.items() if share >= HARDLY]
    return seen[0] if len(seen) == 1 and shares[seen[0]] >= MOSTLY else None


def _hair_colour(face: Measures) -> str | None:
    counts = {name: sum(face.share(place, colour) for place in TEMPLES) for name, colour in HAIR.items()}
    first, second = sorted(counts, key=lambda name: -counts[name])[:2]
    return first if counts[first] >= HARDLY and counts[first] >= 4 * counts[second] else None


def _hair_style(face: Measures) -> str | None:
    name = _hair_colour(face)
    if name is None:
        return None
    colours = [HAIR[name], HAIR[name], BAND, HAIR[name], HAIR[name]]
    shares = [face.share(place, colour) for place, colour in zip(STYLE_PLACES, colours, strict=True)]
    return STYLES.get(tuple(share >= STYLED for share in shares))


def _age_group(face: Measures) -> str | None:
    """Two witnesses: how wide the shoulders are, and teeth or wrinkles."""
    end = int(face.left_end(BOTTOM))
    by_shoulders = next((age for age, ends in SHOULDERS.items() if end in ends), None)
    by_face = "child" if face.share(MOUTH, TEETH) >= MOSTLY else "adult" if face.plain(CHEEK) >= PLAIN else "elderly"
    return by_shoulders if by_shoulders == by_face else None


def _commonest(pixels: Pixels) -> Colour:
    colours, counts = np.unique(pixels, axis=0, return_counts=True)
    red, green, blue = (int(band) for band in colours[counts.argmax()])
    return red, green, blue


def _glasses(face: Measures) -> str | None:
    if min(face.share(place, DARK_LENS) for place in LENSES) >= MOSTLY:
        return "sunglasses"
    inked = {kind: face.inked(points) for kind, points in FRAMES.items()}
    if max(inked.values()) <= NO_FRAME:
        return "none"
    frames = [kind for kind, share in inked.items() if share >= FRAME]
    return frames[0] if len(frames) == 1 else None


def _hat(face: Measures) -> str | None:
    shares = {name: face.share(CROWN, *colours) for name, colours in HATS.items()}
    return _only({**shares, "none": face.share(CROWN, *HAIR.values())})


def _shirt_colour(face: Measures) -> str | None:
    return _only({name: face.share(CHEST, colour) for name, colour in SHIRT.items()})


def _ring() -> Points:
    """Points in the frame of round glasses: the lower half of a circle about either eye."""
    angles = [radians(angle) for angle in range(15, 170, 5)]
    return tuple((eye + 31 * cos(angle), 215 + 31 * sin(angle)) for eye in (156, 228) for angle in angles)


def _corners() -> Points:
    """Points in the frame of square glasses: the lower corners on either side."""
    bottom = [(201.0 + step, 239.0) for step in range(0, 64, 4)]
    sides = [(x, 236.0 - step) for x in (201.0, 263.0) for step in range(0, 24, 4)]
    return tuple(point for x, y in bottom + sides for point in ((x, y), (UNITS - x, y)))


FRAMES: Mapping[str, Points] = {"round": _ring(), "square": _corners()}
FIX = "read pictures that this package rendered"
READERS: Mapping[str, Callable[[Measures], str | None]] = {
    "hair_colour": _hair_colour,
    "hair_style": _hair_style,
    "age_group": _age_group,
    "glasses": _glasses,
    "hat": _hat,
    "shirt_colour": _shirt_colour,
}
