"""Takes scenes apart, many at once: which pixels show something, which grids their empty lines allow, and each object's box."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from unisandbox.evaluation.exact.scenes import GRIDS, LINE_PX, MARGIN_SHARE


class Grounds(NamedTuple):
    """n square pictures of one size.

    Attributes:
        pixels: Four bytes a pixel in one number, shape (n, side, side).
        background: The number of the first pixel, shape (n,).
        seen: 1 where a picture shows something else than that, shape (n, side, side).
        rows, columns: 1 where a row or column shows something, shape (n, side).
    """

    pixels: Tensor
    background: Tensor
    seen: Tensor
    rows: Tensor
    columns: Tensor


class Boxes(NamedTuple):
    """Objects: the number of the picture, and the box, shape (m,) each; right and bottom are outside."""

    picture: Tensor
    left: Tensor
    top: Tensor
    right: Tensor
    bottom: Tensor

    @property
    def size(self) -> Tensor:
        """Width and height, shape (m, 2)."""
        return torch.stack((self.right - self.left, self.bottom - self.top), dim=1)

    def at(self, chosen: Tensor) -> Boxes:
        """Return some of them."""
        return Boxes(*(part[chosen] for part in self))


def grounds(pixels: Tensor) -> Grounds:
    """Return pictures, shape (n, side, side, 4) in bytes, taken apart."""
    packed = pixels.view(torch.int32).squeeze(3)
    background = packed[:, 0, 0].contiguous()
    seen = (packed != background[:, None, None]).to(torch.uint8)
    return Grounds(packed, background, seen, seen.amax(2), seen.amax(1))  # not `any`, which takes fifty times as long


def bordered(ground: Grounds) -> Tensor:
    """Return whether the border of each picture has several colours, shape (n,)."""
    edges = (ground.rows[:, 0], ground.rows[:, -1], ground.columns[:, 0], ground.columns[:, -1])
    return torch.stack(edges).amax(0).bool()


def grids_of(ground: Grounds) -> Tensor:
    """Return whether the lines of each of `GRIDS` are empty, shape (n, grids)."""
    size_px = ground.rows.shape[1]
    fitting = []
    for grid in GRIDS:
        across = [line + step for line in _lines(size_px, grid) for step in range(-(LINE_PX // 2), LINE_PX - LINE_PX // 2)]
        crossed = ground.rows[:, across].sum(1) + ground.columns[:, across].sum(1)
        fitting.append(crossed == 0)
    return torch.stack(fitting, dim=1)


def boxes_of(ground: Grounds, chosen: Tensor, grid: int) -> Boxes:
    """Return the box of what each cell of a grid shows, in the chosen pictures, shape (k,): by picture, then row, then column."""
    size_px = ground.rows.shape[1]
    bands = list(pairwise([0, *_lines(size_px, grid), size_px]))
    seen = ground.seen[chosen]
    rows = torch.stack([seen[:, :, start:end].amax(2) for start, end in bands], dim=2)  # pictures x side x columns of the grid
    columns = torch.stack([seen[:, start:end].amax(1) for start, end in bands], dim=2)  # pictures x side x rows of the grid
    top, bottom, there = _ends(rows, bands)
    left, right, _ = _ends(columns, bands)
    picture = chosen[:, None, None].expand_as(there)
    # `_ends` cuts its second axis: by rows of the grid for the first two, and by columns for the others.
    return Boxes(*(part[there] for part in (picture, left.transpose(1, 2), top, right.transpose(1, 2), bottom)))


def _lines(size_px: int, grid: int) -> list[int]:
    margin = round(size_px * MARGIN_SHARE)
    side = (size_px - 2 * margin) // grid
    return [margin + number * side for number in range(1, grid)]


def _ends(shown: Tensor, bands: list[tuple[int, int]]) -> tuple[Tensor, Tensor, Tensor]:
    """Return, for each band along the second axis, the first and the last place that shows something, and whether one does."""
    first, last, there = [], [], []
    for start, end in bands:
        part = shown[:, start:end]
        first.append(start + part.argmax(1))
        last.append(end - part.flip(1).argmax(1))
        there.append(part.amax(1).bool())
    return torch.stack(first, 1), torch.stack(last, 1), torch.stack(there, 1)
