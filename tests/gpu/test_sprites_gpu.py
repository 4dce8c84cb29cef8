"""The exact judge reads the same on a GPU as on a processor. Elsewhere than on a machine with a GPU these are skipped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pytest
import torch
from PIL import Image

from unisandbox.evaluation.exact.reader import PictureReader
from unisandbox.generators.draws import draws_of
from unisandbox.generators.families.base import Target, TargetObject
from unisandbox.generators.render import Look, png, render
from unisandbox.generators.sprites import sprite, sprites
from unisandbox.generators.vocabulary import nouns

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU that torch can use")

NAMES = tuple(noun.name for noun in nouns() if noun.name in sprites())


@pytest.fixture(scope="module")
def pngs() -> Mapping[str, bytes]:
    return {name: png(sprite(name)) for name in NAMES}


def pictures(size_px: int, number: int) -> Iterator[Image.Image]:
    """Scenes of one to four kinds, persons, and pictures that show neither."""
    draws = draws_of("gpu", size_px, count=number * 10)
    for seed in range(number):
        if seed % 5 == 4:
            yield render(Target("portrait", (TargetObject("person", 1),)), seed, Look(size_px=size_px)).convert("RGBA")
            continue
        names = draws.sample(NAMES, 1 + seed % 4)
        target = Target("objects", tuple(TargetObject(name, 1 + draws.below(4)) for name in names))
        picture = render(target, seed, Look(size_px=size_px)).convert("RGBA")
        if seed % 7 == 6:
            picture.paste((20, 20, 200, 255), (size_px // 3, size_px // 3, size_px // 2, size_px // 2))
        yield picture


@pytest.mark.parametrize("size_px", [192, 384])
@pytest.mark.parametrize("precision", ["highest", "medium"])
def test_a_gpu_reads_what_a_processor_reads(size_px: int, precision: str, pngs: Mapping[str, bytes]) -> None:
    shown = [np.asarray(picture).tobytes() for picture in pictures(size_px, 120)]
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(precision)  # as a model in the same process may do
    try:
        on_gpu = PictureReader(pngs, "cuda").read(shown, size_px)
    finally:
        torch.set_float32_matmul_precision(before)
    assert on_gpu == PictureReader(pngs, "cpu").read(shown, size_px)
    assert len({one.scene.doubt for one in on_gpu}) > 1
