"""Makes a PNG of what a model decoded, and tells a broken picture from one that can be judged."""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from unisandbox.evaluation.protocol import Fault

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

PNG_LEVEL: Final = 1  # as the intake encodes; what a level more saves is not worth its time
ENCODERS: Final = 4  # threads; zlib works without the interpreter's lock


def png_of(picture: np.ndarray[Any, Any] | Image) -> bytes | Fault:
    """Return a picture as an RGB PNG, or a fault of kind `bad_picture`.

    A picture of one colour passes, since a model may really answer so; one that is black throughout does not: that is what
    numbers that overflowed look like by the time they are pixels.

    Args:
        picture: A Pillow image, or an array of height x width x 3: bytes, or floats in 0 … 1, which are cut off there.

    >>> import numpy as np
    >>> png_of(np.full((16, 16, 3), np.nan))
    Fault(kind='bad_picture', message='768 of 768 values of the picture are not a number or infinite')
    """
    from PIL import Image

    if isinstance(picture, Image.Image):
        image = picture.convert("RGB")
    else:
        pixels = _bytes_of(picture)
        if isinstance(pixels, Fault):
            return pixels
        image = Image.fromarray(pixels)
    if image.getbbox() is None:
        return Fault("bad_picture", f"black picture: all {image.width} x {image.height} pixels are 0")
    sink = io.BytesIO()
    image.save(sink, "PNG", compress_level=PNG_LEVEL)
    return sink.getvalue()


def pngs_of(pictures: Sequence[np.ndarray[Any, Any] | Image]) -> list[bytes | Fault]:
    """Return each picture as `png_of` does, several at once."""
    with ThreadPoolExecutor(ENCODERS, "png") as pool:
        return list(pool.map(png_of, pictures))


def _bytes_of(picture: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | Fault:
    import numpy as np

    if picture.ndim != 3 or picture.shape[2] != 3:
        return Fault("bad_picture", f"an array of shape {picture.shape}; height x width x 3 was expected")
    if picture.dtype == np.uint8:
        return np.ascontiguousarray(picture)
    if broken := int(np.count_nonzero(~np.isfinite(picture))):
        return Fault("bad_picture", f"{broken} of {picture.size} values of the picture are not a number or infinite")
    return np.ascontiguousarray((np.clip(picture, 0.0, 1.0) * 255).round().astype(np.uint8))
