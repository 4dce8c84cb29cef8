"""Looks closely at objects: whether outline and colours are those of a sprite, for many pairs of object and sprite at once.

Measures and limits are those of `scenes.py`, which says what they mean. That reader stretches the sprite over the object; here
the object is stretched over the sprite, whose size is known beforehand, so that all sprites wait ready made.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from unisandbox.evaluation.exact.crops import Crops
from unisandbox.evaluation.exact.resampling import bilinear, block_sums, resampled
from unisandbox.evaluation.exact.scenes import BARE_PX, BLOCK_PX, CLEARLY, MOST_COLOUR_DIFFERENCE, MOST_MISSED, SPARE_PX, Bare
from unisandbox.evaluation.exact.templates import Level

# Strain beyond which no other way of laying it over helps: of what fits at all, the first way is below 1 nearly always.
HOPELESS = 3.0
FAINT = 64.0  # of 255: a pixel in which so much of the object is seen is no longer empty, nor is the rest of it full


class Fits(NamedTuple):
    """How well n sprites fit: the share of each outline that differs, and the mean difference of a colour band."""

    missed: Tensor
    colour_difference: Tensor

    @property
    def strain(self) -> Tensor:
        """How near the worse of the two is to its limit; 1 is the limit."""
        return torch.maximum(self.missed / MOST_MISSED, self.colour_difference / MOST_COLOUR_DIFFERENCE)

    def at(self, chosen: Tensor) -> Fits:
        """Return some of them."""
        return Fits(*(part[chosen] for part in self))

    def beat(self, other: Fits) -> Tensor:
        """Return whether each picture shows this sprite rather than the other."""
        return (other.strain > 1) | (CLEARLY * self.colour_difference <= other.colour_difference)


def fits(crops: Crops, level: Level, numbers: Tensor) -> Fits:
    """Return how well the template of each number fits each object: the first way of laying it over that holds, or the best."""
    best = _fits(crops, level, numbers, BARE_PX[0])
    open_ = _unsettled(best.strain)
    for bare in BARE_PX[1:]:
        if not len(open_):
            break
        again = _fits(crops.at(open_), level, numbers[open_], bare)
        better = again.strain < best.strain[open_]
        for kept, found in zip(best, again, strict=True):
            kept[open_[better]] = found[better]
        open_ = open_[_unsettled(best.strain[open_])]
    return best


def _unsettled(strain: Tensor) -> Tensor:
    return ((strain > 1) & (strain <= HOPELESS)).nonzero().squeeze(1)


def _fits(crops: Crops, level: Level, numbers: Tensor, bare: Bare) -> Fits:
    sizes = level.sizes[numbers]
    found = _stretched(crops, sizes, bare)
    sprites = level.pixels[numbers].to(found.dtype)
    seen = found[:, :, 3]
    wrong = (level.full[numbers] & (seen < FAINT)) | (level.clear[numbers] & (seen > 255 - FAINT))
    missed = (wrong.sum((1, 2)) - SPARE_PX).clamp(min=0) / (seen >= FAINT).sum((1, 2)).clamp(min=1).to(found.dtype)
    # What differs from the background: of the sprite that is its colour less the share of the background that it covers.
    difference = sprites[:, :, :3] - sprites[:, :, 3:] * (crops.behind / 255)[:, None, :, None] - found[:, :, :3]
    total = block_sums(difference, BLOCK_PX).abs().sum((1, 2, 3))
    return Fits(missed, total / (3 * torch.maximum(level.areas[numbers], sizes.prod(1) / 3)))  # a thin one is mostly edge


def _stretched(crops: Crops, sizes: Tensor, bare: Bare) -> Tensor:
    """Return objects stretched to the sizes of sprites; of the outermost pixels of their boxes so much is not covered."""
    weights = []
    for axis, (before, after) in enumerate(((bare.left, bare.right), (bare.top, bare.bottom))):
        covered = (crops.sizes[:, axis] - (before + after) / crops.shrunk).clamp(min=1 / crops.shrunk)
        start = torch.full_like(covered, before / crops.shrunk)
        pixels = crops.pixels.shape[3 - 2 * axis]
        weights.append(bilinear(start, covered / sizes[:, axis], sizes[:, axis], crops.side_px, pixels))
    return resampled(crops.pixels, *weights)
