from __future__ import annotations

import contextlib
import hashlib
import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from unisandbox.errors import DataError
from unisandbox.schemas.pixels import pixel_sha256

SIGNATURE = b"\x89PNG\r\n\x1a\n"

TEXT_ONLY = """
import json, sys
from pathlib import Path
from unisandbox.schemas.arrow import table
from unisandbox.schemas.checks import check_table
from unisandbox.schemas.content import content_sha256
from unisandbox.schemas.parquet import read_rows, write_parquet
from unisandbox.schemas.paths import check_path
from unisandbox.schemas.rows import values_of

row, path = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2])
made = table([values_of(row, "item")], "item")
assert check_table(made, "item") == []
write_parquet(made, path, "item")
assert list(read_rows(path, "item")) == [row]
content_sha256(made, "item")
assert check_path(path, lambda *_: None).rows == 1
print("PIL" in sys.modules)
"""


def digest(head: str, pixels: bytes) -> str:
    return hashlib.sha256(head.encode() + pixels).hexdigest()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(side_px: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", side_px, side_px, 8, 2, 0, 0, 0))


def test_the_digest_is_of_mode_size_and_pixels(png: Any) -> None:
    assert pixel_sha256(png("RGB", (3, 2), (1, 2, 3))) == digest("RGB 3x2\n", bytes([1, 2, 3]) * 6)
    assert pixel_sha256(png("RGBA", (1, 2), (1, 2, 3, 255))) == digest("RGBA 1x2\n", bytes([1, 2, 3, 255]) * 2)


def test_equal_pixels_have_one_digest_however_they_are_packed(png: Any) -> None:
    files = [png("RGB", (9, 9), (7, 7, 7), compress_level=level) for level in (0, 9)]
    files.append(png("L", (9, 9), 7))
    assert len(set(files)) == 3
    assert len({pixel_sha256(each) for each in files}) == 1


def test_a_palette_is_written_out() -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 40, 50, 60])
    palette.putpixel((1, 0), 1)
    sink = io.BytesIO()
    palette.save(sink, "PNG")
    assert pixel_sha256(sink.getvalue()) == digest("RGB 2x1\n", bytes([10, 20, 30, 40, 50, 60]))
    sink = io.BytesIO()
    palette.save(sink, "PNG", transparency=1)
    assert pixel_sha256(sink.getvalue()) == digest("RGBA 2x1\n", bytes([10, 20, 30, 255, 40, 50, 60, 0]))


@pytest.mark.parametrize(("mode", "colour"), [("RGBA", (5, 5, 5, 255)), ("LA", (5, 255))])
def test_a_picture_that_could_be_transparent_differs_from_one_that_could_not(png: Any, mode: str, colour: Any) -> None:
    assert pixel_sha256(png(mode, (1, 1), colour)) == digest("RGBA 1x1\n", bytes([5, 5, 5, 255]))
    assert pixel_sha256(png("RGB", (1, 1), (5, 5, 5))) == digest("RGB 1x1\n", bytes([5, 5, 5]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "found 0 bytes that are no PNG; allowed: a PNG that can be decoded"),
        (b"GIF89a", "found 6 bytes that are no PNG"),
        (SIGNATURE, "found 8 bytes that are no PNG"),
        (SIGNATURE + chunk(b"IHDR", b"\0"), "found .* bytes that"),
        (SIGNATURE + header(9) + chunk(b"IDAT", b""), "found .* bytes that do not decode"),
        (SIGNATURE + header(12_000) + chunk(b"IDAT", b""), r"found .* bytes that do not decode \(Image size"),
        (SIGNATURE + header(60_000) + chunk(b"IDAT", b""), r"found .* bytes that do not decode \(Image size"),
    ],
)
def test_bytes_that_do_not_decode_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=f"picture: {message}"):
        pixel_sha256(content)


def test_each_cut_of_a_picture_is_refused(png: Any) -> None:
    whole = png("RGB", (40, 40), (1, 2, 3))
    end = whole.index(b"IDAT") + 8
    refused = 0
    for length in range(end):
        with pytest.raises(DataError, match="picture: found"):
            pixel_sha256(whole[:length])
        refused += 1
    assert refused == end


def test_transparency_counts_wherever_the_file_says_it(png: Any) -> None:
    whole = png("P", (1, 1), 0)
    end = chunk(b"IEND", b"")
    late = whole.removesuffix(end) + chunk(b"tRNS", b"\x80") + end
    assert late != whole
    assert pixel_sha256(late) == digest("RGBA 1x1\n", bytes([0, 0, 0, 0x80]))
    assert pixel_sha256(whole) == digest("RGB 1x1\n", bytes(3))


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from([b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"eXIf", b"iCCP", b"zTXt", b"IEND"]),
    data=st.binary(max_size=32),
    place=st.sampled_from([33, -12]),
)
def test_a_file_with_a_strange_chunk_is_refused_or_read_without_a_warning(kind: bytes, data: bytes, place: int) -> None:
    sink = io.BytesIO()
    Image.new("P", (2, 2), 0).save(sink, "PNG")
    whole = sink.getvalue()
    with contextlib.suppress(DataError):
        assert len(pixel_sha256(whole[:place] + chunk(kind, data) + whole[place:])) == 64


def test_a_grey_of_sixteen_bits_is_refused_and_not_cut(png: Any) -> None:
    with pytest.raises(DataError, match="found a PNG of mode I;16; allowed: at most 8 bits a channel"):
        pixel_sha256(png("I;16", (1, 1), 999))


def test_text_alone_never_loads_the_picture_library(tmp_path: Path) -> None:
    example = Path(__file__).resolve().parents[3] / "schemas" / "examples" / "valid" / "item_math.json"
    call = [sys.executable, "-P", "-c", TEXT_ONLY, str(example), str(tmp_path / "item.parquet")]
    done = subprocess.run(call, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "False"), done.stderr
