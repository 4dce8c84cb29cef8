"""The objects of many pictures, cut out in groups of like size, so that a group is one tensor with little empty space in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from unisandbox.evaluation.exact.resampling import bilinear, block_sums, resampled
from unisandbox.evaluation.exact.scene_boxes import Boxes, Grounds
from unisandbox.evaluation.exact.sprites import SMALL_PX
from unisandbox.evaluation.exact.templates import BANDS, LEVELS_PX

ALIKE = 1.25  # longest side of a group over the shortest
SPARE = 1.5  # a picture is shrunk by a whole number first while its sides stay so many times those of the close look


class Crops(NamedTuple):
    """n objects.

    Attributes:
        pixels: What differs from the background in red, green and blue, and 255 where anything does, (n, rows, BANDS, columns).
        sizes: Width and height inside, in pixels, not always whole; shape (n, 2).
        behind: The colour of the background, from 0 to 255, shape (n, 3).
        shrunk: How many pixels of the picture a pixel is wide.
        side_px: The one of `LEVELS_PX` at which they can be looked at closely.
    """

    pixels: Tensor
    sizes: Tensor
    behind: Tensor
    shrunk: int
    side_px: int

    def at(self, chosen: Tensor) -> Crops:
        """Return some of them."""
        return self._replace(pixels=self.pixels[chosen], sizes=self.sizes[chosen], behind=self.behind[chosen])


def groups(boxes: Boxes, most_px: int) -> Iterator[Tensor]:
    """Yield the numbers of objects of like size: as many at once as, in squares of the largest, take so many pixels, or one."""
    longest = boxes.size.amax(1)
    order = torch.argsort(longest, stable=True)
    lengths = longest[order].tolist()
    start = 0
    for end in range(1, len(lengths) + 1):
        full = end == len(lengths) or lengths[end] ** 2 * (end + 1 - start) > most_px or lengths[end] > ALIKE * lengths[start]
        if full:
            yield order[start:end]
            start = end


def cut(ground: Grounds, boxes: Boxes, dtype: torch.dtype) -> Crops:
    """Return the objects of a group."""
    behind = ground.background[boxes.picture]
    least = int(boxes.size.amax(1).min())
    side_px = next((side for side in LEVELS_PX if side <= least), LEVELS_PX[-1])
    shrink = max(int(least / (SPARE * side_px)), 1)
    columns, rows = (-(-length // shrink) * shrink for length in boxes.size.amax(0).tolist())
    packed = behind[:, None, None].repeat(1, rows, columns)
    for number, (picture, left, top, right, bottom) in enumerate(torch.stack(boxes, 1).tolist()):
        packed[number, : bottom - top, : right - left] = ground.pixels[picture, top:bottom, left:right]
    bands = (
        packed.view(torch.uint8).view(*packed.shape, BANDS).permute(0, 1, 3, 2).to(dtype, memory_format=torch.contiguous_format)
    )
    colours = behind[:, None].view(torch.uint8)[:, :3].to(dtype)
    bands[:, :, :3] -= colours[:, None, :, None]
    bands[:, :, 3] = (packed != behind[:, None, None]).to(dtype) * 255
    if shrink > 1:
        bands = block_sums(bands, shrink) / shrink**2
    return Crops(bands, boxes.size.to(dtype) / shrink, colours, shrink, side_px)


def small_looks(crops: Crops) -> Tensor:
    """Return objects in the middle of a square of their background, reduced: shape (n, SMALL_PX * SMALL_PX, 3)."""
    side = crops.sizes.amax(1)
    whole = torch.full_like(side, SMALL_PX)
    weights = [
        bilinear((length - side) / 2, side / SMALL_PX, whole, SMALL_PX, pixels)
        for length, pixels in zip(crops.sizes.unbind(1), (crops.pixels.shape[3], crops.pixels.shape[1]), strict=True)
    ]
    reduced = resampled(crops.pixels, *weights)[:, :, :3]
    return reduced.permute(0, 1, 3, 2).reshape(len(side), SMALL_PX * SMALL_PX, 3)
