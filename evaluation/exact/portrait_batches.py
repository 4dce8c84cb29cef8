"""Measures many rendered portraits at once, on a processor or a GPU, and reads them by the very rules of `portraits.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor

from unisandbox.evaluation.exact.portraits import (
    BAND,
    BOTTOM,
    CHEEK,
    CHEST,
    CROWN,
    DARK_LENS,
    FRAMES,
    HAIR,
    HATS,
    INK,
    INKED,
    LENSES,
    MOUTH,
    READERS,
    SAME,
    SHIRT,
    STYLE_PLACES,
    TEETH,
    TEMPLES,
    UNITS,
    Colour,
    Place,
    Points,
)

Colours = tuple[Colour, ...]
# What the readers ask for, by place; a colour that they come to ask for and that is not here is a `KeyError` in every test.
ASKED: Mapping[Place, tuple[Colours, ...]] = {
    **{place: tuple((colour,) for colour in HAIR.values()) for place in TEMPLES},
    **{place: tuple((colour,) for colour in (*HAIR.values(), BAND)) for place in STYLE_PLACES},
    **dict.fromkeys(LENSES, ((DARK_LENS,),)),
    MOUTH: ((TEETH,),),
    CROWN: (*HATS.values(), tuple(HAIR.values())),
    CHEST: tuple((colour,) for colour in SHIRT.values()),
}


@dataclass(frozen=True)
class Measured:
    """One portrait, measured; the methods are those of `portraits.Measures`."""

    shares: Mapping[tuple[Place, Colours], float]
    inks: Mapping[Points, float]
    commonest: float
    end: float

    def share(self, place: Place, *colours: Colour) -> float:
        """Return the share of a place that has one of these colours."""
        return self.shares[place, colours]

    def inked(self, points: Points) -> float:
        """Return the share of these points that are dark as an outline is."""
        return self.inks[points]

    def plain(self, place: Place) -> float:  # noqa: ARG002
        """Return the share of a place that has its commonest colour."""
        return self.commonest

    def left_end(self, place: Place) -> float:  # noqa: ARG002
        """Return where, from the left, the background ends in the rows of a place; in `UNITS` of the side."""
        return self.end


@torch.inference_mode()
def read_portraits(pixels: Tensor) -> list[Mapping[str, str]]:
    """Return the attributes that show in each of n square pictures of one size, 192 pixels a side or more; often none.

    Args:
        pixels: Bytes of shape (n, side, side, 4); the fourth is not looked at.
    """
    colours = pixels[..., :3]
    plain_above = (colours[:, 0] == colours[:, :1, 0]).flatten(1).all(1).tolist()
    faces = _measured(colours)
    return [
        {name: value for name, read in READERS.items() if (value := read(face))} if plain else {}
        for plain, face in zip(plain_above, faces, strict=True)
    ]


def _measured(colours: Tensor) -> Iterator[Measured]:
    shares = {(place, asked): share for place, all_asked in ASKED.items() for asked, share in _shares(colours, place, all_asked)}
    inks = {points: _inked(colours, points) for points in FRAMES.values()}
    commonest, ends = _commonest(_place(colours, CHEEK)), _left_ends(colours)
    for number in range(len(colours)):
        yield Measured(
            {key: values[number] for key, values in shares.items()},
            {points: values[number] for points, values in inks.items()},
            commonest[number],
            ends[number],
        )


def _place(colours: Tensor, place: Place) -> Tensor:
    """Return the pixels of a place, shape (n, k, 3)."""
    left, top, right, bottom = (round(edge * colours.shape[1] / UNITS) for edge in place)
    return colours[:, top:bottom, left:right].reshape(len(colours), -1, 3)


def _near(pixels: Tensor, wanted: Sequence[Colour] | Tensor, within: int = SAME) -> Tensor:
    """Return whether pixels, shape (n, k, 3), have each of m colours (or each picture's own), shape (n, k, m)."""
    one = pixels.to(torch.int32)
    other = torch.as_tensor(wanted, dtype=torch.int32, device=pixels.device).expand(len(pixels), -1, -1)
    apart = [(one[:, :, None, band] - other[:, None, :, band]).square_() for band in range(3)]
    return apart[0].add_(apart[1]).add_(apart[2]) <= within * within


def _shares(colours: Tensor, place: Place, all_asked: Sequence[Colours]) -> Iterator[tuple[Colours, list[float]]]:
    """Yield the share of a place that has one of some colours, in each picture, for all that is asked of it."""
    wanted = list(dict.fromkeys(chain.from_iterable(all_asked)))
    near = _near(_place(colours, place), wanted)
    for asked in all_asked:
        yield asked, _mean(near[..., [wanted.index(colour) for colour in asked]].any(2))


def _inked(colours: Tensor, points: Points) -> list[float]:
    side = colours.shape[1]
    columns, rows = ([int(point[axis] * side / UNITS) for point in points] for axis in (0, 1))
    return _mean(_near(colours[:, rows, columns], [INK], INKED)[..., 0])


def _commonest(pixels: Tensor) -> list[float]:
    """Return the share of pixels that have the commonest colour of their picture; of equally common ones, the first."""
    wide = pixels.to(torch.int64)
    packed = (wide[..., 0] << 16) + (wide[..., 1] << 8) + wide[..., 2]
    often = (packed[:, :, None] == packed[:, None]).sum(2)
    first = ((often << 24) - packed).argmax(1)
    return _mean(_near(pixels, pixels[torch.arange(len(pixels), device=pixels.device), first][:, None])[..., 0])


def _left_ends(colours: Tensor) -> list[float]:
    side = colours.shape[1]
    top, bottom = (round(edge * side / UNITS) for edge in BOTTOM[1::2])
    rows = colours[:, top:bottom].reshape(len(colours), -1, 3)
    behind = _near(rows, colours[:, 0, :1])[..., 0].view(len(colours), bottom - top, side)
    return [number * UNITS / side for number in (~behind.any(1)).to(torch.uint8).argmax(1).tolist()]


def _mean(marks: Tensor) -> list[float]:
    """Return the share that is marked in each row."""
    return [number / marks.shape[1] for number in marks.sum(1).tolist()]
