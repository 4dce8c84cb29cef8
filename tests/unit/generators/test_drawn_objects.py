"""Our own drawings: all there, whole, clean at their edges, told apart, and the same pixels every time."""

import hashlib

import pytest
from PIL import Image, ImageColor, ImageDraw

from unisandbox.generators import drawn_shapes
from unisandbox.generators.drawn_objects import DRAWINGS, drawn_object
from unisandbox.generators.drawn_shapes import CLEAR, Brush, mirrored

SIZE_PX = 96
OPAQUE = 255
GROUNDS = {"white": (255, 255, 255), "mid-grey": (128, 128, 128), "dark": (32, 32, 36)}
NEAR = 40  # channel steps within which an edge is lost on its ground

PALETTE = {ImageColor.getrgb(value) for value in vars(drawn_shapes).values() if isinstance(value, str) and value[:1] == "#"}


def pixels_of(picture: Image.Image) -> dict[tuple[int, int], tuple[int, int, int, int]]:
    """Every pixel by its place."""
    access = picture.load()
    assert access is not None
    return {(x, y): access[x, y] for x in range(picture.width) for y in range(picture.height)}  # type: ignore[misc]


def test_there_are_at_least_sixteen_in_order_and_the_vase_is_among_them() -> None:
    assert len(DRAWINGS) >= 16
    assert list(DRAWINGS) == sorted(DRAWINGS)
    assert "vase" in DRAWINGS


@pytest.mark.parametrize("name", DRAWINGS)
@pytest.mark.parametrize("size_px", [16, 33, 128])
def test_a_picture_is_a_transparent_square_of_the_size_asked_for(name: str, size_px: int) -> None:
    picture = drawn_object(name, size_px)
    assert (picture.mode, picture.size) == ("RGBA", (size_px, size_px))


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_whole_and_fills_its_canvas(name: str) -> None:
    box = drawn_object(name, SIZE_PX).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert min(left, top) >= 1
    assert max(right, bottom) <= SIZE_PX - 1
    assert max(right - left, bottom - top) >= SIZE_PX * 9 // 10


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_flat_in_three_to_six_colours_of_the_palette(name: str) -> None:
    canvas = Image.new("RGBA", (200, 200), CLEAR)
    DRAWINGS[name](ImageDraw.Draw(canvas), 200)
    colours = {colour for colour in pixels_of(canvas).values() if colour != CLEAR}
    assert {colour[:3] for colour in colours} <= PALETTE
    assert {colour[3] for colour in colours} == {OPAQUE}
    assert 3 <= len(colours) <= 6, colours


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_edge_pixel_is_darker_or_lighter_than_the_drawing(name: str) -> None:
    pixels = pixels_of(drawn_object(name, SIZE_PX))
    edges = [(place, pixel) for place, pixel in pixels.items() if 64 <= pixel[3] < OPAQUE]
    assert edges
    for channel in range(3):
        whole = [pixel[channel] for pixel in pixels.values() if pixel[3] == OPAQUE]
        for _, pixel in edges:
            assert min(whole) - 3 <= pixel[channel] <= max(whole) + 3


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", DRAWINGS)
def test_an_outline_stands_out_on_every_ground(name: str, ground: str) -> None:
    pixels = pixels_of(drawn_object(name, SIZE_PX))
    ring = [
        pixel
        for (x, y), pixel in pixels.items()
        if pixel[3] == OPAQUE and any(pixels[beside][3] < OPAQUE for beside in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)))
    ]
    lost = [pixel for pixel in ring if max(abs(pixel[c] - GROUNDS[ground][c]) for c in range(3)) < NEAR]
    assert len(lost) * 5 <= len(ring)


def test_no_two_drawings_look_alike() -> None:
    small = {name: drawn_object(name, 24).convert("RGBa").tobytes() for name in DRAWINGS}
    names = list(small)
    apart = [
        sum(abs(here - there) for here, there in zip(small[one], small[other], strict=True)) // len(small[one])
        for place, one in enumerate(names)
        for other in names[place + 1 :]
    ]
    assert min(apart) >= 12


def test_all_pixels_are_the_ones_once_looked_at() -> None:
    pixels = hashlib.sha256(b"".join(drawn_object(name, SIZE_PX).tobytes() for name in DRAWINGS)).hexdigest()
    assert pixels == "81f7c382810ee9b67c5dd77dd4a33a104036e33727de127249b115b90e086cf3"


def test_an_unknown_name_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        drawn_object("unicorn", 32)


def test_a_point_given_twice_is_a_corner_and_one_given_once_is_rounded_off() -> None:
    canvas = Image.new("RGBA", (100, 100), CLEAR)
    brush = Brush(ImageDraw.Draw(canvas), 100)
    brush.blob("#dd2e44", *mirrored((10, 90), (10, 10), (10, 10)))
    assert canvas.getpixel((10, 10)) == (221, 46, 68, 255)
    assert canvas.getpixel((10, 90)) == CLEAR


def test_clear_cuts_a_hole() -> None:
    canvas = Image.new("RGBA", (100, 100), CLEAR)
    brush = Brush(ImageDraw.Draw(canvas), 100)
    brush.box(0, 0, 100, 100, "#dd2e44")
    brush.oval(40, 40, 60, 60, CLEAR)
    assert (canvas.getpixel((50, 50)), canvas.getpixel((5, 5))) == (CLEAR, (221, 46, 68, 255))
