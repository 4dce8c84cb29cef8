"""PNGs of what a model decoded: broken pictures are told from dull ones."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from unisandbox.evaluation.intake import Picture, take_in
from unisandbox.evaluation.local.pixels import png_of, pngs_of
from unisandbox.evaluation.protocol import Fault


def pixels(png: bytes | Fault) -> Any:
    assert isinstance(png, bytes), png
    return np.asarray(Image.open(io.BytesIO(png)))


def test_floats_become_bytes_rounded_and_cut_off_at_the_ends() -> None:
    made = np.full((16, 16, 3), 0.5)
    made[0, 0] = (-0.3, 1.7, 0.1)
    shown = pixels(png_of(made))
    assert shown[0, 0].tolist() == [0, 255, 26]
    assert shown[1, 1].tolist() == [128, 128, 128]


def test_bytes_and_pillow_images_are_kept_as_they_are() -> None:
    made = np.arange(16 * 16 * 3, dtype=np.uint32).reshape(16, 16, 3).astype(np.uint8)
    assert (pixels(png_of(made)) == made).all()
    assert png_of(Image.fromarray(made)) == png_of(made)
    assert png_of(np.flip(made, 2)) != png_of(made)


def test_the_intake_takes_such_a_file_byte_for_byte() -> None:
    png = png_of(np.random.default_rng(0).random((16, 20, 3)))
    assert isinstance(png, bytes)
    found = take_in(png)
    assert isinstance(found, Picture)
    assert (found.png, found.width_px, found.height_px) == (png, 20, 16)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_value_that_is_no_number_makes_a_picture_bad(value: float) -> None:
    made = np.full((16, 16, 3), 0.5, np.float32)
    made[3, 4, 1] = value
    assert png_of(made) == Fault("bad_picture", "1 of 768 values of the picture are not a number or infinite")


@pytest.mark.parametrize("black", [np.zeros((16, 16, 3)), np.full((16, 16, 3), -1.0), Image.new("RGB", (16, 16))])
def test_black_throughout_is_bad(black: Any) -> None:
    assert png_of(black) == Fault("bad_picture", "black picture: all 16 x 16 pixels are 0")


def test_another_colour_throughout_passes_and_one_bright_pixel_is_enough() -> None:
    assert pixels(png_of(np.ones((16, 16, 3)))).min() == 255
    nearly = np.zeros((16, 16, 3), np.uint8)
    nearly[15, 15, 2] = 1
    assert pixels(png_of(nearly)).max() == 1


def test_what_is_no_picture_is_said() -> None:
    assert png_of(np.zeros((3, 16, 16))) == Fault("bad_picture", "an array of shape (3, 16, 16); height x width x 3 was expected")


def test_several_keep_their_order() -> None:
    made = [np.full((16, 16, 3), level / 20) for level in range(1, 20)]
    assert [int(pixels(png)[0, 0, 0]) for png in pngs_of(made)] == [round(255 * level / 20) for level in range(1, 20)]
