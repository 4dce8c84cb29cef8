"""Pictures whose pixels spell what they show: for runs with a scripted model and judge, which need no art and no eyes."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from math import ceil, sqrt
from typing import Any, Final

from unisandbox.evaluation.identity import canonical

SMALLEST_PX: Final = 32
MAGIC: Final = b"unisandbox spells "


def spelled_picture(said: Mapping[str, Any], size_px: int | None = None) -> bytes:
    """Return a PNG file in RGB whose pixels hold a JSON object; what is no part of it is black.

    Args:
        said: The object.
        size_px: Side of the picture, larger if need be; as small as can be where it is None.

    >>> read_spelled(spelled_picture({"shows": "apple"}))
    {'shows': 'apple'}
    """
    from PIL import Image

    text = MAGIC + canonical(said).encode()
    side = max(size_px or SMALLEST_PX, ceil(sqrt(len(text) / 3)))
    with io.BytesIO() as sink:
        Image.frombytes("RGB", (side, side), text.ljust(3 * side * side, b"\0")).save(sink, "PNG", compress_level=1)
        return sink.getvalue()


def read_spelled(picture: bytes) -> dict[str, Any] | None:
    """Return what the pixels of a picture spell; None where they are another picture's."""
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as opened:
        text = opened.convert("RGB").tobytes()
    if not text.startswith(MAGIC):
        return None
    said: dict[str, Any] = json.loads(text.rstrip(b"\0")[len(MAGIC) :])
    return said
