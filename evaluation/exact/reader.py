"""Reads pictures of any kind, many at once: as scenes, and as persons where they are none."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from unisandbox.evaluation.exact.looked import NOBODY, Looked
from unisandbox.evaluation.exact.portrait_batches import read_portraits
from unisandbox.evaluation.exact.portraits import SMALLEST_PX
from unisandbox.evaluation.exact.scene_batches import SceneReader

PIXELS_AT_ONCE = {"cpu": 1 << 21, "cuda": 1 << 26}  # as many pictures as have so many; a processor's caches hold few
FEWEST_SHOWN = 4  # attributes of six that make a person: portraits show all of them, and noise and photographs hardly one


class PictureReader:
    """Reads pictures that show the sprites of one vocabulary, or portraits.

    Args:
        sprites: PNG files with transparency by object name.
        device: `cpu` or `cuda`.

    Raises:
        DataError: A sprite is no picture.
    """

    def __init__(self, sprites: Mapping[str, bytes], device: str) -> None:
        self._device = device
        self._scenes = SceneReader(sprites, device)
        self._one_at_a_time = threading.Lock()  # threads that compute at once would wait for each other's cores

    @torch.inference_mode()
    def read(self, pictures: Sequence[bytes], side_px: int) -> list[Looked]:
        """Return what each of some square pictures shows: four bytes a pixel: red, green, blue and a constant."""
        most, found = max(PIXELS_AT_ONCE[self._device] // side_px**2, 1), list[Looked]()
        for start in range(0, len(pictures), most):
            some = bytearray().join(pictures[start : start + most])
            pixels = torch.frombuffer(some, dtype=torch.uint8).view(-1, side_px, side_px, 4).to(self._device)
            with self._one_at_a_time:
                found += self._looked(pixels, side_px)
        return found

    def _looked(self, pixels: Tensor, side_px: int) -> list[Looked]:
        scenes = self._scenes.read(pixels)
        # A person reaches over the border, and a scene never does: what can be read as a scene is not asked for a person.
        strange = [number for number, scene in enumerate(scenes) if scene.doubt and not scene.seen and side_px >= SMALLEST_PX]
        people = dict(zip(strange, read_portraits(pixels[strange]) if strange else (), strict=True))
        return [
            Looked(side_px, scene, people[number] if len(people.get(number, ())) >= FEWEST_SHOWN else NOBODY)
            for number, scene in enumerate(scenes)
        ]
