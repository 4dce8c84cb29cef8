"""Resampling as two matrix products: many pictures of different sizes at once, on a processor or a GPU.

Pictures lie in tensors as rows x channels x columns, so that neither product has to copy them into another order. They are what
differs from a background: outside of them is 0, and a pixel at their edge takes in a part of that.
"""

from __future__ import annotations

import torch
from torch import Tensor


def bilinear(start: Tensor, step: Tensor, out_px: Tensor, most_px: int, in_px: int) -> Tensor:
    """Return the weight of each pixel of a source in each pixel of a result, shape (n, most_px, in_px); from `out_px` on 0.

    A triangle as wide as a pixel of the result, or of the source where that is wider: Pillow's `BILINEAR`.

    Args:
        start: Where in the source the first pixel of the result begins, in pixels of the source, shape (n,).
        step: Width of a pixel of the result in pixels of the source, shape (n,).
        out_px: Pixels of the result, shape (n,).
        most_px, in_px: Pixels that the largest result and source have.
    """
    wide = step.clamp(min=1)[:, None]
    places = torch.arange(max(most_px, in_px), device=step.device, dtype=step.dtype) + 0.5
    middle = start[:, None] + places[:most_px] * step[:, None]
    share = (places[:most_px] < out_px[:, None]) / _triangle_sum(middle, wide)
    weights = (places[:in_px] - middle[:, :, None]).abs_().mul_((-1 / wide)[:, :, None]).add_(1).clamp_(min=0)
    return weights.mul_(share[:, :, None])


def resampled(pictures: Tensor, across: Tensor, down: Tensor) -> Tensor:
    """Return pictures, shape (n, rows, channels, columns), under weights for the columns and for the rows."""
    count, rows, channels, columns = pictures.shape
    narrow = torch.bmm(pictures.view(count, rows * channels, columns), across.transpose(1, 2))
    made = torch.bmm(down, narrow.view(count, rows, -1))
    return made.view(count, down.shape[1], channels, across.shape[1])


def block_sums(pictures: Tensor, side_px: int) -> Tensor:
    """Return the sums over squares of pictures, shape (n, rows, channels, columns), both sides a multiple of `side_px`."""
    count, rows, channels, columns = pictures.shape
    low = pictures.view(count, rows // side_px, side_px, channels, columns).sum(2)
    made = low[..., ::side_px]
    for step in range(1, side_px):  # not a sum over both axes at once, which takes ten times as long
        made = made + low[..., step::side_px]
    return made


def _triangle_sum(middle: Tensor, wide: Tensor) -> Tensor:
    """Return the sum of a triangle's values in the middles of all pixels: two arithmetic series."""
    here = middle - 0.5
    low, left = (here - wide).ceil(), here.floor()
    right, high = left + 1, (here + wide).floor()
    rising = (left - low + 1) * (1 - (here - (low + left) / 2) / wide)
    falling = (high - right + 1).clamp(min=0) * (1 - ((right + high) / 2 - here) / wide)
    return rising + falling
