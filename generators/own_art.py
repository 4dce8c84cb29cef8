"""A folder of art: written out to start from, and listed again once its pictures were replaced."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from unisandbox.errors import DataError, Violation
from unisandbox.generators.render import png
from unisandbox.generators.sprites import LIST, OWN_CREDIT, TWEMOJI_CREDIT, Art, Sprite, raster, sprite, sprites
from unisandbox.generators.vocabulary import nouns
from unisandbox.schemas.files import replacing
from unisandbox.schemas.pixels import image_sha256


def export_art(folder: Path) -> int:
    """Write a PNG file of each object and their list into an empty folder; return how many there are.

    Raises:
        DataError: The folder holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        fix = "give another path, or --pin to list what is there"
        raise DataError(Violation(str(folder), "something that is there", "an empty folder, or none", fix))
    packaged = sprites()
    lines = []
    for noun in nouns():
        name = f"{noun.name.replace(' ', '-')}.png"
        with replacing(folder / name) as sink:
            sink.write(png(sprite(noun.name)))
        lines.append(packaged[noun.name]._replace(source=name))
    _write(folder, lines)
    return len(lines)


def pin_art(folder: Path) -> int:
    """List the pictures of a folder anew, each with the sha256 of its pixels; return how many had changed.

    Raises:
        DataError: The folder has no list, or lacks pictures that it names: all of them at once.
    """
    art = Art(str(folder))
    listed, pinned, wrong = sprites(art), [], list[Violation]()
    for line in listed.values():
        try:
            pinned.append(_pinned(line, image_sha256(raster(line, art))))
        except DataError as error:
            wrong += error.violations
    if wrong:
        raise DataError(wrong)
    _write(folder, pinned)
    return sum(new != old for new, old in zip(pinned, listed.values(), strict=True))


def _pinned(line: Sprite, pixels_sha256: str) -> Sprite:
    """Return a line with other pixels; a picture that replaced one of ours has no licence until somebody writes it there."""
    packaged = sprites().get(line.name)
    is_ours = packaged is not None and packaged.pixels_sha256 == pixels_sha256
    licence = line.licence if is_ours or line.licence not in (TWEMOJI_CREDIT, OWN_CREDIT) else ""
    return line._replace(pixels_sha256=pixels_sha256, licence=licence)


def _write(folder: Path, lines: Iterable[Sprite]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Sprite._fields)
    writer.writerows(lines)
    with replacing(folder / LIST) as sink:
        sink.write(text.getvalue().encode())
