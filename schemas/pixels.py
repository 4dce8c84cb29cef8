"""The digest of a picture: of what it shows, and not of its file, which another version of zlib would write differently."""

from __future__ import annotations

import hashlib
import io
import warnings
from typing import TYPE_CHECKING, Final

from unisandbox.errors import DataError, Violation

if TYPE_CHECKING:
    from PIL.Image import Image

EIGHT_BIT_MODES: Final = ("1", "L", "LA", "P", "PA", "RGB", "RGBA")  # what can be made RGB or RGBA without loss


def pixel_sha256(png: bytes) -> str:
    """Return the sha256, in hex, of a PNG's mode and size and then its pixels, row by row, three or four bytes each.

    The mode is RGBA where the PNG says anything of transparency, and RGB otherwise: palettes and greys are written out.

    Raises:
        DataError: The bytes cannot be decoded, or hold more than 8 bits of grey.
    """
    return image_sha256(_pixels(png))


def image_sha256(image: Image) -> str:
    """Return the same digest of a picture in memory, of mode RGB or RGBA."""
    digest = hashlib.sha256(f"{image.mode} {image.width}x{image.height}\n".encode())
    digest.update(image.tobytes())
    return digest.hexdigest()


def _pixels(png: bytes) -> Image:
    """Return the picture as RGB or RGBA; one so large that its decoding could take all memory is refused."""
    from PIL import Image, UnidentifiedImageError  # here, so that releases of text alone never load it

    # What the library raises, or warns of, on damaged files: found by changing bytes and chunks of whole ones at random.
    damage = (Image.DecompressionBombError, OSError, SyntaxError, ValueError, IndexError, AssertionError)
    doubts = (Image.DecompressionBombWarning, UserWarning)
    try:
        with warnings.catch_warnings():
            for doubt in doubts:
                warnings.simplefilter("error", doubt)
            with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
                return _converted(image)
    except UnidentifiedImageError as error:
        raise _wrong(f"{len(png)} bytes that are no PNG") from error
    except (*damage, *doubts) as error:
        raise _wrong(f"{len(png)} bytes that do not decode ({error})") from error


def _converted(image: Image) -> Image:
    if image.mode not in EIGHT_BIT_MODES:
        raise _wrong(f"a PNG of mode {image.mode}", "at most 8 bits a channel")
    image.load()  # first, because what is said of transparency may stand at the end of the file
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _wrong(found: str, allowed: str = "a PNG that can be decoded") -> DataError:
    return DataError(Violation("picture", found, allowed, "make or download the picture again"))
