"""Takes in what a model gives as a picture: any bytes in, a checked RGB PNG out, or one line that says what is wrong with them.

Nothing of a picture is decoded before its header has said how large it is.
"""

from __future__ import annotations

import hashlib
import io
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from unisandbox.evaluation.protocol import Fault

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS: Final = 4096 * 4096  # 64 MB once decoded with transparency; four times what image models make today
MOST_BYTES: Final = 1 << 27  # of a file: more than so many pixels take without compression
SMALLEST_PX: Final = 16  # of a side: nothing can be seen in less
FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MODES: Final = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa")  # 8 bits a channel at most; CMYK needs a profile
PNG_LEVEL: Final = 1  # encoding is what an intake costs; level 6 takes twice as long for files a sixth smaller
WHITE: Final = (255, 255, 255, 255)
OTHER_TYPES: Final = {
    b"%PDF": "a PDF file",
    b"II*\x00": "a TIFF file",
    b"MM\x00*": "a TIFF file",
    b"8BPS": "a Photoshop file",
    b"\x00\x00\x01\x00": "an icon file",
    b"\x93NUMPY": "a NumPy array",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip file",
    b"<": "text in HTML, XML or SVG",
    b"{": "text in JSON",
    b"data:": "text with a data URL",
}
_DECODING = threading.Lock()  # Pillow's setting and Python's warning filters belong to the whole process


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be judged.

    Attributes:
        png: The file: RGB, 8 bits a channel, upright, nothing in it but the pixels.
        sha256: Of that file.
        width_px, height_px: Its size.
        blank: Whether it has one colour only. A model may really answer so, and it is judged; where many are, something broke.
    """

    png: bytes
    sha256: str
    width_px: int
    height_px: int
    blank: bool


class UnusableError(Exception):
    """A picture cannot be judged; the text is a kind, a colon and what is wrong."""


def take_in(data: bytes, where: str = "") -> Picture | Fault:
    """Return a picture file as a checked PNG, or a fault of kind `bad_picture`; equal bytes give equal PNGs with one Pillow.

    PNG, JPEG, WebP, GIF and BMP are read, whatever the file's name ends in. Transparency is laid on white, a rotation that
    a camera noted is carried out, palettes and grey become RGB; colour profiles are not looked at. Refused are: animations (which
    of the frames is the answer?), CMYK and more than 8 bits a channel (their look depends on what shows them), sides under
    `SMALLEST_PX`, and more than `MOST_PIXELS`. An RGB PNG of nothing but pixels is kept as it is.

    Args:
        data: The bytes of a file.
        where: Name of the file, for the message.

    >>> take_in(b"", "a.png")
    Fault(kind='bad_picture', message='a.png: empty: 0 bytes')
    """
    try:
        return _taken(data)
    except UnusableError as error:
        return Fault("bad_picture", f"{where}: {error}" if where else str(error))


def _taken(data: bytes) -> Picture:
    if not data:
        raise UnusableError("empty: 0 bytes")
    if len(data) > MOST_BYTES:
        raise UnusableError(f"too large: a file of {len(data):,} bytes; {MOST_BYTES:,} at most")
    if data[:4] == b"RIFF":
        _check_size(*_webp_size(data))  # Pillow makes room for the whole picture when it opens one
    image = _decoded(data)
    png = data if _is_plain_png(data) else _encoded(image)
    bands = cast("tuple[tuple[int, int], ...]", image.getextrema())  # three bands: the picture is RGB
    blank = all(low == high for low, high in bands)
    return Picture(png, hashlib.sha256(png).hexdigest(), image.width, image.height, blank)


def _decoded(data: bytes) -> Image:
    """Return the picture as RGB."""
    from PIL import Image, UnidentifiedImageError

    try:
        with _strictly(), Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_size(*image.size)
            _check_form(image, data)
            return _rgb(image)
    except UnusableError:
        raise
    except UnidentifiedImageError as error:
        raise UnusableError(f"not a picture: {_described(data)}; {', '.join(FORMATS)} can be read") from error
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnusableError(f"too large: {_one_line(error)}") from error
    except Exception as error:
        raise UnusableError(f"damaged or cut short: {len(data):,} bytes that do not decode ({_one_line(error)})") from error


@contextmanager
def _strictly() -> Iterator[None]:
    """Let doubts be errors, and half a file be an error even where other code of the process has told Pillow to accept it."""
    from PIL import ImageFile

    with _DECODING, warnings.catch_warnings():
        warnings.simplefilter("error")
        before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise UnusableError(f"too large: {width:,} x {height:,} pixels; {MOST_PIXELS:,} in all at most")
    if min(width, height) < SMALLEST_PX:
        raise UnusableError(f"too small: {width} x {height} pixels; {SMALLEST_PX} a side at least")


def _check_form(image: Image, data: bytes) -> None:
    if getattr(image, "is_animated", False):
        raise UnusableError(f"animated: a {image.format} with several frames; one still picture is asked for")
    deep = image.format == "PNG" and data[24] > 8  # the header's bits a channel: Pillow itself would drop the lower half
    if deep or image.mode not in MODES:
        found = "more than 8 bits a channel" if deep else f"mode {image.mode}"
        raise UnusableError(f"not 8-bit RGB: {found}; save it as RGB or grey with 8 bits a channel")


def _rgb(image: Image) -> Image:
    from PIL import Image, ImageOps

    image.load()  # first, because what is said of transparency may stand at the end of the file
    upright = ImageOps.exif_transpose(image)
    if not upright.has_transparency_data:
        return upright.convert("RGB")
    ground = Image.new("RGBA", upright.size, WHITE)
    return Image.alpha_composite(ground, upright.convert("RGBA")).convert("RGB")


def _encoded(image: Image) -> bytes:
    from PIL import Image

    sink = io.BytesIO()
    Image.frombytes("RGB", image.size, image.tobytes()).save(sink, "PNG", compress_level=PNG_LEVEL)  # without what else it knows
    return sink.getvalue()


def _is_plain_png(data: bytes) -> bool:
    """Return whether a PNG that has been decoded is 8-bit RGB, not interlaced, and holds pixels alone."""
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[24:26] != b"\x08\x02" or data[28]:
        return False
    place, kinds = 8, []
    while place + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        kinds.append(kind)
        place += length + 12
    return place == len(data) and kinds[-1] == b"IEND" and {*kinds} == {b"IHDR", b"IDAT", b"IEND"}


def _webp_size(data: bytes) -> tuple[int, int]:
    """Return width and height from the header of a WebP file."""
    kind, head = data[12:16], data[20:30]
    if data[8:12] != b"WEBP" or len(head) < 10:
        raise UnusableError("damaged or cut short: a RIFF file that is no whole WebP")
    if kind == b"VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF


def _described(data: bytes) -> str:
    """Return what bytes look like that are no picture."""
    start = data.lstrip()[:8]
    return next((name for magic, name in OTHER_TYPES.items() if start.startswith(magic)), f"it begins with {data[:8].hex(' ')}")


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
