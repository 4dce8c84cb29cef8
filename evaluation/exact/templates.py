"""The templates of a release's sprites as tensors: small for a first look at all at once, larger for a close one at a few."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from unisandbox.evaluation.exact.scenes import HALF
from unisandbox.evaluation.exact.sprites import SEEN_OPACITY, small_look, templates_of

LEVELS_PX = (
    80,
    64,
    48,
    40,
    32,
    24,
    16,
)  # longer sides of a close look; never more than the object itself has, which would show its steps
BANDS = 4  # red, green and blue, each times opacity, and opacity


class Level(NamedTuple):
    """All t templates at one size.

    Attributes:
        pixels: From 0 to 255, in the upper left corner of a square, shape (t, side, BANDS, side).
        sizes: Width and height inside that square, shape (t, 2).
        full, clear: Where a sprite covers what is behind it, and where it leaves it clear, without a pixel at the edge; shape
            (t, side, side).
        areas: How many pixels each covers, shape (t,).
    """

    pixels: Tensor
    sizes: Tensor
    full: Tensor
    clear: Tensor
    areas: Tensor


class Templates:
    """All that a reader knows of t templates.

    Attributes:
        names: The object that each shows.
        objects: The number of that object, shape (t,): templates of one object, at other angles, share it.
    """

    def __init__(self, pngs: Mapping[str, bytes], device: str, dtype: torch.dtype) -> None:
        self._found = templates_of(pngs)
        self._device, self._dtype = device, dtype
        self.names = tuple(template.name for template in self._found)
        kinds = {name: number for number, name in enumerate(sorted(pngs))}
        self.objects = torch.tensor([kinds[name] for name in self.names], device=device)
        small = np.stack([small_look(template.pixels) for template in self._found]) / np.float32(255)
        colours, clear = self._tensor(small[..., :3], dtype), self._tensor(1 - small[..., 3], dtype)
        self._colours, self._clear = colours.flatten(1), clear
        self._squares = colours.square().sum((1, 2)), torch.einsum("tpc,tp->ct", colours, clear), clear.square().sum(1)
        self._levels: dict[int, Level] = {}

    def distances(self, looks: Tensor, backgrounds: Tensor) -> Tensor:
        """Return how far n small looks are from each template on the look's background, shape (n, t): mean squared difference.

        Args:
            looks: What differs from the background, shape (n, SMALL_PX * SMALL_PX, 3), from -255 to 255.
            backgrounds: The colour behind each, shape (n, 3), from 0 to 255.
        """
        # |colours + clear * behind - look|², multiplied out: one product with all templates, the correlation, is what it costs.
        behind = backgrounds / 255
        found = looks / 255 + behind[:, None]
        flat = found.flatten(1)
        common = flat @ self._colours.T + torch.einsum("npc,nc->np", found, behind) @ self._clear.T
        colours_squared, colours_clear, clear_squared = self._squares
        own = colours_squared + 2 * behind @ colours_clear + behind.square().sum(1, keepdim=True) * clear_squared
        return (own - 2 * common + flat.square().sum(1, keepdim=True)) / flat.shape[1]

    def level(self, side_px: int) -> Level:
        """Return the templates at one of `LEVELS_PX`; made when they are first asked for."""
        if side_px not in self._levels:
            self._levels[side_px] = self._made(side_px)
        return self._levels[side_px]

    def _made(self, side_px: int) -> Level:
        small = [_reduced(template.pixels, side_px) for template in self._found]
        pixels = np.zeros((len(small), side_px, BANDS, side_px), np.uint8)
        inside = np.zeros((len(small), side_px, side_px), np.bool_)
        for number, image in enumerate(small):
            pixels[number, : image.height, :, : image.width] = np.asarray(image).transpose(0, 2, 1)
            inside[number, : image.height, : image.width] = True
        opacity = pixels[:, :, 3]
        full = inside & ~_widened((opacity < HALF) & inside)
        clear = inside & ~_widened((opacity >= SEEN_OPACITY) & inside)
        sizes = self._tensor([image.size for image in small], torch.int64)
        areas = self._tensor(opacity.sum(axis=(1, 2)) / 255, self._dtype)
        return Level(
            self._tensor(pixels, torch.uint8), sizes, self._tensor(full, torch.bool), self._tensor(clear, torch.bool), areas
        )

    def _tensor(self, values: object, dtype: torch.dtype) -> Tensor:
        return torch.as_tensor(np.ascontiguousarray(values), dtype=dtype, device=self._device)


def _reduced(sprite: Image.Image, side_px: int) -> Image.Image:
    """Return a sprite with the longer side so long; at its edge it is mixed with what is clear around it."""
    scale = side_px / max(sprite.size)
    size = max(round(sprite.width * scale), 1), max(round(sprite.height * scale), 1)
    room = 2 + int(1 / scale)
    padded = sprite.crop((-room, -room, sprite.width + room, sprite.height + room))
    return padded.resize(size, Image.Resampling.BILINEAR, box=(room, room, room + sprite.width, room + sprite.height))


def _widened(masks: np.ndarray) -> np.ndarray:
    """Return masks, shape (n, rows, columns), grown by one pixel to all sides."""
    around = np.pad(masks, ((0, 0), (1, 1), (1, 1)))
    rows = around[:, :-2] | around[:, 1:-1] | around[:, 2:]
    return np.asarray(rows[:, :, :-2] | rows[:, :, 1:-1] | rows[:, :, 2:])
