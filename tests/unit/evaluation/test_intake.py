from __future__ import annotations

import hashlib
import io
import json
import struct
import subprocess
import sys
import threading
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from unisandbox.evaluation.intake import MOST_PIXELS, PNG_LEVEL, Picture, take_in
from unisandbox.evaluation.protocol import Fault

MIXED = np.arange(64 * 48 * 3, dtype=np.uint32) * np.uint32(2_654_435_761) >> np.uint32(24)
COLOURS = Image.fromarray(MIXED.reshape(64, 48, 3).astype(np.uint8))  # 48 wide, 64 high
TURNED = 6  # EXIF: to be shown a quarter to the right


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    sink = io.BytesIO()
    image.save(sink, kind, **options)
    return sink.getvalue()


def taken(data: bytes) -> Picture:
    found = take_in(data, "a.png")
    assert isinstance(found, Picture), found
    return found


def refused(data: bytes) -> str:
    found = take_in(data, "a.png")
    assert isinstance(found, Fault)
    assert found.kind == "bad_picture"
    assert found.message.startswith("a.png: ")
    assert "\n" not in found.message
    return found.message.removeprefix("a.png: ")


def pixels(picture: Picture) -> np.ndarray:
    with Image.open(io.BytesIO(picture.png)) as opened:
        assert (opened.format, opened.mode, opened.size) == ("PNG", "RGB", (picture.width_px, picture.height_px))
        return np.asarray(opened)


def png_header(width: int, height: int, bits: int = 8, colour: int = 2) -> bytes:
    """A PNG that says that it is so large, and holds a few bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        encoded(COLOURS),
        encoded(COLOURS, "BMP"),
        encoded(COLOURS, "WEBP", lossless=True),
        encoded(COLOURS.convert("RGBA")),
        encoded(COLOURS, compress_level=9, pnginfo=None, dpi=(72, 72)),
    ],
    ids=["png", "bmp", "webp", "opaque", "with more than pixels"],
)
def test_a_picture_is_taken_in_with_its_pixels(data: bytes) -> None:
    picture = taken(data)
    assert (pixels(picture) == np.asarray(COLOURS)).all()
    assert picture.sha256 == hashlib.sha256(picture.png).hexdigest()
    assert not picture.blank


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA"])
def test_palettes_and_grey_become_rgb(mode: str) -> None:
    image = COLOURS.convert(mode)
    assert (pixels(taken(encoded(image))) == np.asarray(image.convert("RGB"))).all()


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "WEBP"])
def test_lossy_and_paletted_files_are_taken_in(kind: str) -> None:
    assert pixels(taken(encoded(COLOURS, kind))).shape == (64, 48, 3)


def test_equal_bytes_give_equal_pngs_and_a_png_of_pixels_alone_stays_as_it_is() -> None:
    plain = encoded(COLOURS, compress_level=9)
    assert taken(plain).png == plain
    noted = encoded(COLOURS, dpi=(72, 72))
    assert taken(noted).png == taken(noted).png == encoded(COLOURS, compress_level=PNG_LEVEL) != noted
    assert taken(taken(noted).png) == taken(noted)
    assert taken(plain + b"more").png != plain + b"more"


def test_what_is_clear_shows_white() -> None:
    clear = Image.new("RGBA", (20, 20), (200, 0, 0, 0))
    clear.paste((0, 0, 200, 255), (0, 0, 10, 20))
    paletted = Image.new("P", (20, 20), 0)
    paletted.putpalette([200, 0, 0])
    half = Image.new("RGBA", (20, 20), (0, 0, 0, 128))
    found = pixels(taken(encoded(clear)))
    assert found[5, 15].tolist() == [255, 255, 255]
    assert found[5, 5].tolist() == [0, 0, 200]
    assert taken(encoded(paletted, transparency=0)).blank
    assert (pixels(taken(encoded(paletted, transparency=0))) == 255).all()
    assert (pixels(taken(encoded(half))) == 127).all()


def test_a_rotation_that_a_camera_noted_is_carried_out() -> None:
    exif = Image.Exif()
    exif[0x0112] = TURNED
    picture = taken(encoded(COLOURS, "PNG", exif=exif.tobytes()))
    assert (picture.width_px, picture.height_px) == (64, 48)
    assert (pixels(picture) == np.asarray(COLOURS.transpose(Image.Transpose.ROTATE_270))).all()


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (10, 20, 30)])
def test_one_colour_is_a_picture_and_said_to_be_blank(colour: tuple[int, int, int]) -> None:
    assert taken(encoded(Image.new("RGB", (64, 64), colour))).blank


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty: 0 bytes"),
        (encoded(COLOURS)[:-300], "damaged or cut short"),
        (encoded(COLOURS, "JPEG")[:-300], "damaged or cut short"),
        (encoded(COLOURS, "WEBP")[:40], "damaged or cut short"),
        (b"RIFF\x10\0\0\0WEBP", "damaged or cut short"),
        (encoded(COLOURS, "TIFF"), "not a picture: a TIFF file"),
        (b"%PDF-1.7\n", "not a picture: a PDF file"),
        (b"  <!doctype html><title>502</title>", "not a picture: text in HTML"),
        (json.dumps({"error": "overloaded"}).encode(), "not a picture: text in JSON"),
        (b"\x01\x02\x03\x04\x05", "not a picture: it begins with 01 02 03 04 05"),
        (encoded(COLOURS.convert("CMYK"), "JPEG"), "not 8-bit RGB: mode CMYK"),
        (encoded(Image.fromarray(np.zeros((40, 40), np.uint16))), "not 8-bit RGB: more than 8 bits"),
        (png_header(64, 64, bits=16), "not 8-bit RGB: more than 8 bits"),
        (encoded(COLOURS, "GIF", save_all=True, append_images=[COLOURS.rotate(180)]), "animated: a GIF"),
        (encoded(COLOURS, "PNG", save_all=True, append_images=[COLOURS.rotate(180)]), "animated: a PNG"),
        (encoded(COLOURS, "WEBP", save_all=True, append_images=[COLOURS.rotate(180)]), "animated: a WEBP"),
        (encoded(Image.new("RGB", (1, 1))), "too small: 1 x 1"),
        (encoded(Image.new("RGB", (300, 15))), "too small: 300 x 15"),
        (png_header(20_000, 20_000), "too large"),
        (png_header(4097, 4096), f"too large: 4,097 x 4,096 pixels; {MOST_PIXELS:,}"),
        (png_header(4096, 4096), "damaged or cut short"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_one_line_that_names_it(data: bytes, said: str) -> None:
    assert refused(data).startswith(said)


def test_half_a_file_is_refused_even_where_other_code_has_told_pillow_to_accept_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    assert refused(encoded(COLOURS)[:-300]).startswith("damaged")
    assert refused(png_header(20_000, 20_000)).startswith("too large: 20,000 x 20,000")
    assert ImageFile.LOAD_TRUNCATED_IMAGES


def test_many_threads_leave_the_filters_of_warnings_as_they_were() -> None:
    before, data, found = list(warnings.filters), encoded(COLOURS.convert("P")), list[object]()
    threads = [threading.Thread(target=lambda: found.extend(take_in(data) for _ in range(20))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({found[0], *found}) == 1 < len(found)
    assert list(warnings.filters) == before


LIMITED = """
import json, resource, struct, sys
from unisandbox.evaluation.intake import take_in
from PIL import Image, features
Image.init()
files = [bytes.fromhex(line) for line in json.load(sys.stdin)]
room = 256 * 1024 * 1024  # over what the process has by now; each of the files says that it needs more
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + room, used + room))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
said = [take_in(one).message for one in files]
print(json.dumps([said, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before]))
"""


def too_large() -> list[bytes]:
    """Files of some formats whose headers promise more than 256 MB of pixels."""
    gif = bytearray(encoded(COLOURS, "GIF"))
    gif[6:10] = struct.pack("<HH", 65_000, 65_000)
    bmp = bytearray(encoded(COLOURS, "BMP"))
    bmp[18:26] = struct.pack("<ii", 30_000, 30_000)
    jpeg = bytearray(encoded(COLOURS, "JPEG"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 60_000)
    lossless = bytearray(encoded(COLOURS, "WEBP", lossless=True))
    lossless[21:25] = struct.pack("<I", 16_382 | 16_382 << 14)
    extended = bytearray(encoded(COLOURS, "WEBP", save_all=True, append_images=[COLOURS.rotate(180)]))
    extended[24:30] = (16_382).to_bytes(3, "little") * 2
    lossy = bytearray(encoded(COLOURS, "WEBP"))
    lossy[26:30] = struct.pack("<HH", 16_383, 16_383)
    bomb = png_header(12_000, 12_000).replace(zlib.compress(b"\0" * 64), zlib.compress(b"\0" * 12_000 * 36_001))
    return [
        png_header(20_000, 20_000),
        png_header(2**31 - 1, 2**31 - 1),
        bomb,
        *map(bytes, (gif, bmp, jpeg, lossless, extended, lossy)),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory is Linux's")
def test_no_file_takes_much_memory_whatever_it_says() -> None:
    files = too_large()
    process = subprocess.run(
        [sys.executable, "-c", LIMITED],
        input=json.dumps([one.hex() for one in files]),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    said, grown_kb = json.loads(process.stdout)
    assert len(said) == len(files) == 9
    assert [one for one in said if not one.startswith("too large")] == []
    assert grown_kb < 64 * 1024


@settings(max_examples=60, deadline=None)
@given(
    data=st.sampled_from([encoded(COLOURS, kind) for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP")]),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
    kept=st.floats(0.02, 1),
)
def test_no_bytes_whatever_raise(data: bytes, changes: list[tuple[float, int]], kept: float) -> None:
    changed = bytearray(data)
    for place, value in changes:
        changed[int(place * len(changed))] = value
    assert isinstance(take_in(bytes(changed[: int(kept * len(changed))])), Picture | Fault)


@given(st.binary(max_size=200))
def test_no_other_bytes_raise_either(data: bytes) -> None:
    assert isinstance(take_in(data), Fault)
