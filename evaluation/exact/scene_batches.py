"""Reads many rendered scenes at once, on a processor or a GPU: what `scenes.py` reads one by one, by the same rules and limits.

Tests hold the two against each other; `scenes.py` is the one to read first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from unisandbox.evaluation.exact.close_look import fits
from unisandbox.evaluation.exact.crops import cut, groups, small_looks
from unisandbox.evaluation.exact.looked import Scene
from unisandbox.evaluation.exact.scene_boxes import Boxes, Grounds, bordered, boxes_of, grids_of, grounds
from unisandbox.evaluation.exact.scenes import GRIDS, NEAR, Seen
from unisandbox.evaluation.exact.templates import Templates


class Named(NamedTuple):
    """What was made of one object: the name of the nearest sprite, whether that fits, and another that fits as well, or none."""

    name: str
    fits: bool
    rival: str


class SceneReader:
    """Reads scenes that show the sprites of one vocabulary."""

    def __init__(self, pngs: Mapping[str, bytes], device: str = "cpu") -> None:
        on_gpu = device != "cpu"
        # Another part of the process may have let a GPU shorten float32 products for its own work; float64 stays what it is.
        self._dtype = torch.float64 if on_gpu else torch.float32
        self._most_px = 1 << 24 if on_gpu else 1 << 18  # of objects at once; a processor is quicker while its caches hold them
        self._device = device
        self._templates = Templates(pngs, device, self._dtype)

    @torch.inference_mode()
    def read(self, pixels: Tensor) -> list[Scene]:
        """Return what each of n square pictures of one size shows: bytes of shape (n, side, side, 4), the fourth all alike."""
        ground = grounds(pixels.to(self._device))
        fitting = [[grid for grid, fits in zip(GRIDS, row, strict=True) if fits] for row in grids_of(ground).tolist()]
        found = dict(enumerate(_at_sight(ground, fitting)))
        for turn in range(len(GRIDS)):  # the lines of a fine grid may run between the parts of one object
            chosen = {
                number: fitting[number][turn]
                for number, scene in found.items()
                if len(fitting[number]) > turn and (scene is None or scene.unnamed)
            }
            for number, objects in self._objects(ground, chosen).items():
                # Where no grid does for all objects, the finest of those that do for most of them tells most.
                found[number] = min((found[number] or _scene(objects), _scene(objects)), key=_share_unnamed)
        return [scene or Scene() for scene in found.values()]

    def _objects(self, ground: Grounds, chosen: Mapping[int, int]) -> Mapping[int, list[Named]]:
        """Return the objects of pictures, by number, that stand in the cells of a grid."""
        objects: dict[int, list[Named]] = {number: [] for number in chosen}
        for grid in sorted(set(chosen.values())):
            numbers = torch.tensor([number for number, one in chosen.items() if one == grid], device=self._device)
            boxes = boxes_of(ground, numbers, grid)
            for group in groups(boxes, self._most_px):
                there = boxes.at(group)
                for number, named in zip(there.picture.tolist(), self._named(ground, there), strict=True):
                    objects[number].append(named)
        return objects

    def _named(self, ground: Grounds, boxes: Boxes) -> list[Named]:
        """Return what each object is: the nearest sprite has to fit, and the nearest of another name must not."""
        crops = cut(ground, boxes, self._dtype)
        distances = self._templates.distances(small_looks(crops), crops.behind)
        nearest = distances.argmin(1)
        objects, level = self._templates.objects, self._templates.level(crops.side_px)
        away, other = distances.masked_fill(objects == objects[nearest][:, None], torch.inf).min(1)
        fit = fits(crops, level, nearest)
        doubtful = torch.zeros_like(fit.missed, dtype=torch.bool)
        near = ((away < NEAR) & (fit.strain <= 1)).nonzero().squeeze(1)
        if len(near):
            doubtful[near] = ~fit.at(near).beat(fits(crops.at(near), level, other[near]))
        names = self._templates.names
        columns = (nearest.tolist(), (fit.strain <= 1).tolist(), other.tolist(), doubtful.tolist())
        return [
            Named(names[one], holds, names[two] if unclear else "") for one, holds, two, unclear in zip(*columns, strict=True)
        ]


def _at_sight(ground: Grounds, fitting: Sequence[Sequence[int]]) -> Iterator[Scene | None]:
    """Yield what can be said of pictures without looking at their objects; None where there is nothing to say yet."""
    for border, shown, grids in zip(bordered(ground).tolist(), ground.rows.amax(1).tolist(), fitting, strict=True):
        if border:
            yield Scene(doubt="a border of several colours")
        elif shown and not grids:
            yield Scene(doubt="objects that stand in no grid")
        else:
            yield None if shown else Scene()


def _scene(objects: Sequence[Named]) -> Scene:
    """Return the scene of some objects."""
    counts = Counter(one.name for one in objects if one.fits and not one.rival)
    doubts = [f"{one.name} or {one.rival}" if one.fits else f"nothing known (nearest: {one.name})" for one in objects]
    doubt = next((text for text, one in zip(doubts, objects, strict=True) if one.rival or not one.fits), "")
    seen = tuple(Seen(name, counts[name]) for name in sorted(counts))
    return Scene(seen, len(objects) - counts.total(), doubt, any(one.rival for one in objects))


def _share_unnamed(scene: Scene) -> float:
    return scene.unnamed / max(scene.unnamed + sum(one.count for one in scene.seen), 1)
