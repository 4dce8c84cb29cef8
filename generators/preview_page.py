"""Items of a level to look at: one HTML page that needs nothing from elsewhere, or one picture with a row an item."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined
from PIL import Image

from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release import Release
from unisandbox.generators.sheet_layout import (
    MARGIN_PX,
    Block,
    Cell,
    cell_height_px,
    footer,
    header,
    put_card,
    put_cell,
    put_lines,
    stacked,
)
from unisandbox.generators.shown import Shown, credit
from unisandbox.generators.typography import INK, MUTED, NEAR_MISS, RIGHT, Colour, line_px, wrapped

TEMPLATE: Final = "preview.html.jinja"
TEXT_PX: Final = 560  # the width of an item's texts
CELL_PX: Final = 192
PADDING_PX: Final = 14
GAP_PX: Final = 12
LEGEND: Final = "The right picture stands first, then near misses that differ from it by what is named"


def preview_page(release: Release, family: str, level: int, items: Sequence[Shown]) -> str:
    """Return an HTML page of items: their texts, their pictures inside the page, and no scripts.

    Args:
        release: The release that the items are of.
        family: Their family.
        level: Their level.
        items: The items with their pictures, from `shown.shown_items`.
    """
    environment = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["data_uri"] = data_uri
    source = (files("unisandbox.generators") / TEMPLATE).read_text(encoding="utf-8")
    summary, told = FAMILIES[family].summary, {"release": release, "family": family, "level": level, "items": items}
    return environment.from_string(source).render(**told, summary=summary[:1].upper() + summary[1:], credit=credit(release))


def preview_sheet(release: Release, family: str, level: int, items: Sequence[Shown]) -> Image.Image:
    """Return the same items as a picture, mode RGB: a row an item, its texts at the left; arguments as for `preview_page`."""
    widest = 1 + max((len(shown.foils) for shown in items), default=0)
    width = 2 * MARGIN_PX + 3 * PADDING_PX + TEXT_PX + widest * CELL_PX + (widest - 1) * GAP_PX
    title = f"{release.name} {release.version} · {family}, level {level}"
    rows = [_item_row(shown, width) for shown in items]
    page = [header(title, (LEGEND,), width), *rows, footer((credit(release),), width)]
    return stacked(page, width)


def data_uri(picture: bytes) -> str:
    """Return a PNG file as a URI that holds it whole.

    >>> data_uri(b"png")
    'data:image/png;base64,cG5n'
    """
    return "data:image/png;base64," + base64.b64encode(picture).decode("ascii")


def _item_row(shown: Shown, width_px: int) -> Block:
    lines = _texts(shown)
    near = [(foil.picture, (foil.words, foil.change), NEAR_MISS) for foil in shown.foils]
    drawn = [(shown.picture, (shown.words, "the right picture"), RIGHT), *near]
    cells = [Cell(Image.open(io.BytesIO(picture)), told, accent) for picture, told, accent in drawn]
    text_px = sum(line_px(size) for _, size, _ in lines)
    card_px = 2 * PADDING_PX + max(text_px, *(cell_height_px(cell, CELL_PX) for cell in cells))

    def draw(page: Image.Image, top: int) -> None:
        put_card(page, MARGIN_PX, top, width_px - 2 * MARGIN_PX, card_px)
        put_lines(page, MARGIN_PX + PADDING_PX, top + PADDING_PX, lines)
        for place, cell in enumerate(cells):
            left = MARGIN_PX + 2 * PADDING_PX + TEXT_PX + place * (CELL_PX + GAP_PX)
            put_cell(page, left, top + PADDING_PX, cell, CELL_PX)

    return Block(card_px + GAP_PX, draw)


def _texts(shown: Shown) -> list[tuple[str, int, Colour]]:
    """Return an item's texts as lines of (text, size, colour), whole."""
    item = shown.item
    texts = (
        (item.id, 13, MUTED),
        ("", 4, MUTED),
        (item.draw, 18, INK),
        ("", 8, MUTED),
        (f"Literal: {item.literal}", 14, MUTED),
        ("", 4, MUTED),
        (f"Ask: {item.ask}", 14, MUTED),
        ("", 4, MUTED),
        (f"Answer: {item.answer}", 14, RIGHT),
    )
    return [(line, size, colour) for text, size, colour in texts for line in wrapped(text, size, TEXT_PX) or [""]]
