"""What objects look like: the sprites of a release at the angles of scenes, small for a first look and large for a close one."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from unisandbox.errors import DataError, Violation

Floats = npt.NDArray[np.float32]

ANGLES_DEGREES = (-12, -6, 0, 6, 12)
LARGE_PX = 128  # longer side of a kept sprite before turning: half of its file, and more than most objects of a scene
SMALL_PX = 16
SEEN_OPACITY = 19  # a scene draws nothing where a sprite is clearer than this
ONE_STEP = np.float32(1 / 255)


class Template(NamedTuple):
    """An object at one angle: its pixels in mode RGBa (colours times opacity), without margin."""

    name: str
    pixels: Image.Image


class Sprites:
    """The objects that a reader knows: every template, and what `distances` needs of all of them at once."""

    def __init__(self, templates: Sequence[Template]) -> None:
        small = np.stack([small_look(template.pixels) for template in templates]) * ONE_STEP
        colours, clear = small[..., :3], np.float32(1) - small[..., 3]
        self.templates = tuple(templates)
        self.names = np.array([template.name for template in templates])
        self._colours: Floats = colours.reshape(len(templates), -1)
        self._clear: Floats = clear
        self._colours_squared: Floats = np.square(self._colours).sum(axis=1)
        self._colours_clear: Floats = np.einsum("tpc,tp->tc", colours, clear)
        self._clear_squared: Floats = np.square(clear).sum(axis=1)

    @classmethod
    def from_pngs(cls, pngs: Mapping[str, bytes]) -> Sprites:
        """Return the sprites of a release's `vocabulary` config: PNG files with transparency, by object name.

        Raises:
            DataError: As `templates_of` does.
        """
        return cls(templates_of(pngs))

    def distances(self, looks: Floats, background: Floats) -> Floats:
        """Return how far each of n pictures is from each of t templates on a background, shape (n, t): mean squared difference.

        Args:
            looks: Pictures as `small_look` gives them, shape (n, SMALL_PX², 3), from 0 to 255.
            background: Its colour, shape (3,), from 0 to 255.
        """
        # |colours + clear * background - look|², multiplied out: the background then costs no pass over all templates.
        found, behind = looks * ONE_STEP, background * ONE_STEP
        own = self._colours_squared + 2 * self._colours_clear @ behind + self._clear_squared * (behind @ behind)
        flat = found.reshape(len(found), -1)
        # Not `@`: its threads wait for each other where a machine is busy, and then take twenty times as long as this.
        common = np.einsum("nk,tk->nt", flat, self._colours) + np.einsum("nk,tk->nt", found @ behind, self._clear)
        total: Floats = own - 2 * common + np.square(flat).sum(axis=1, keepdims=True)
        return total / np.float32(flat.shape[1])


def templates_of(pngs: Mapping[str, bytes]) -> list[Template]:
    """Return the templates of sprites, PNG files by object name: sorted by name, each at all `ANGLES_DEGREES`.

    Raises:
        DataError: There is none, or a file is not a picture or wholly transparent; all of them are named.
    """
    opened = {name: _opened(pngs[name]) for name in sorted(pngs)}
    wrong = [
        Violation(f"sprite {name}", "no picture", "a PNG file with something to see", "take the vocabulary of a release")
        for name, sprite in opened.items()
        if sprite is None
    ]
    if wrong or not opened:
        raise DataError(wrong or Violation("sprites", "none", "one or more", "take the vocabulary of a release"))
    return [Template(name, _turned(one, angle)) for name, one in opened.items() if one for angle in ANGLES_DEGREES]


def small_look(image: Image.Image, around: tuple[int, ...] = (0, 0, 0, 0)) -> Floats:
    """Return a picture in the middle of a square of one colour, reduced: shape (SMALL_PX², bands), from 0 to 255."""
    side = max(image.size)
    square = Image.new(image.mode, (side, side), around)
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    reduced = square.resize((SMALL_PX, SMALL_PX), Image.Resampling.BILINEAR)
    return np.asarray(reduced, np.float32).reshape(SMALL_PX * SMALL_PX, -1)


def seen_box(opacity: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the box of what is opaque enough to be drawn, or None."""
    return opacity.point([0] * SEEN_OPACITY + [255] * (256 - SEEN_OPACITY)).getbbox()


def _opened(png: bytes) -> Image.Image | None:
    """Return a sprite without margin, mode RGBa; None where nothing is to be seen."""
    try:
        with Image.open(io.BytesIO(png)) as opened:
            image = opened.convert("RGBA")
    except (OSError, UnidentifiedImageError):
        return None
    box = image.getchannel("A").getbbox()
    return image.crop(box).convert("RGBa") if box else None


def _turned(sprite: Image.Image, angle_degrees: int) -> Image.Image:
    scale = LARGE_PX / max(sprite.size)
    size = max(round(sprite.width * scale), 1), max(round(sprite.height * scale), 1)
    turned = sprite.resize(size, Image.Resampling.BOX).rotate(angle_degrees, Image.Resampling.BICUBIC, expand=True)
    return turned.crop(seen_box(turned.getchannel(3)))
