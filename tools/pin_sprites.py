"""Writes `generators/lists/sprites.csv`: the source of every object's sprite and the sha256 of its pixels.

    python tools/pin_sprites.py          write the list
    python tools/pin_sprites.py --check  say whether it is what the installed art gives, and write nothing

Run it when an object is added or drawn anew. A pixel that changes changes every picture of the object: a new release.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from unisandbox.generators.drawn_objects import DRAWINGS
from unisandbox.generators.sprites import DRAWN, OWN_CREDIT, TWEMOJI_CREDIT, Sprite, raster
from unisandbox.generators.vocabulary import Noun, nouns
from unisandbox.schemas.pixels import image_sha256

FILE = Path(__file__).parents[1] / "generators" / "lists" / "sprites.csv"
VARIATION_SELECTOR = "\ufe0f"


def line_of(noun: Noun) -> Sprite:
    """Return the line of an object: our own drawing where there is one, Twemoji otherwise."""
    if noun.name in DRAWINGS:
        listed = Sprite(noun.name, DRAWN, "", OWN_CREDIT)
    else:
        code_point = f"{ord(noun.emoji.removesuffix(VARIATION_SELECTOR)):x}"
        listed = Sprite(noun.name, f"twemoji {code_point}", "", TWEMOJI_CREDIT)
    return listed._replace(pixels_sha256=image_sha256(raster(listed)))


def main() -> None:
    """Write the list, or check it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Sprite._fields)
    writer.writerows(line_of(noun) for noun in nouns())
    if "--check" not in sys.argv:
        FILE.write_text(text.getvalue(), encoding="utf-8")
    elif FILE.read_text(encoding="utf-8") != text.getvalue():
        sys.exit(f"{FILE} is not what the installed art gives; run python tools/pin_sprites.py")


if __name__ == "__main__":
    main()
