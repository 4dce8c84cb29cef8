"""Pages of pictures with captions: cards on a grid, under headings.

A page is a stack of blocks, each as high as it needs to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from PIL import Image, ImageDraw

from unisandbox.generators.typography import INK, MUTED, Colour, line_px, put_text, shortened, text_width, wrapped

PAPER: Final[Colour] = (245, 245, 242)
CARD: Final[Colour] = (255, 255, 255)
EDGE: Final[Colour] = (224, 224, 218)
ACCENT: Final[Colour] = (38, 98, 170)
MARGIN_PX: Final = 40
CAPTION_PX: Final = 15
NOTE_PX: Final = 13
MOST_CAPTION_LINES: Final = 3
CORNER_PX: Final = 9
FINER: Final = 4  # rounded corners are drawn this much larger and shrunk, for smooth edges


class Cell(NamedTuple):
    """A picture and its caption, the first line of it in `accent`; a joined cell stands on one card with the cell before it."""

    picture: Image.Image
    lines: tuple[str, ...]
    accent: Colour = INK
    joined: bool = False


class Grid(NamedTuple):
    """Columns of cells. `padding_px` lies around a picture on its card; without any there is no card."""

    columns: int
    cell_px: int
    padding_px: int = 9
    gap_px: int = 12
    gutter_px: int = 0

    @property
    def card_px(self) -> int:
        """The width of a card."""
        return self.cell_px + 2 * self.padding_px

    @property
    def width_px(self) -> int:
        """The width of a page with this grid."""
        return self.left_px(self.columns) - self.gap_px + MARGIN_PX

    def left_px(self, column: int) -> int:
        """Return where the card of a column begins."""
        return MARGIN_PX + self.gutter_px + column * (self.card_px + self.gap_px)


class Block(NamedTuple):
    """A strip across a page: its height, and what draws it there from a given top."""

    height_px: int
    draw: Callable[[Image.Image, int], None]


def stacked(blocks: Sequence[Block], width_px: int) -> Image.Image:
    """Return a page, mode RGB, of blocks beneath one another."""
    page = Image.new("RGB", (width_px, sum(block.height_px for block in blocks)), PAPER)
    top = 0
    for block in blocks:
        block.draw(page, top)
        top += block.height_px
    return page


def header(title: str, lines: Sequence[str], width_px: int) -> Block:
    """Return the head of a page: its title, lines beneath it, and a rule."""
    room_px = width_px - 2 * MARGIN_PX
    rows = [row for line in lines for row in wrapped(line, 17, room_px)]
    ends = MARGIN_PX + line_px(36) + len(rows) * line_px(17) + 16

    def draw(page: Image.Image, top: int) -> None:
        put_text(page, MARGIN_PX, top + MARGIN_PX - 10, shortened(title, 36, room_px), 36)
        for number, row in enumerate(rows):
            put_text(page, MARGIN_PX, top + MARGIN_PX + line_px(36) + number * line_px(17), row, 17, MUTED)
        ImageDraw.Draw(page).rectangle((MARGIN_PX, top + ends, width_px - MARGIN_PX - 1, top + ends + 1), fill=EDGE)

    return Block(ends + 14, draw)


def heading(title: str, note: str, width_px: int) -> Block:
    """Return a heading with a note on its line."""
    text_left = MARGIN_PX + 16
    note_left = text_left + round(text_width(title, 23)) + 16

    def draw(page: Image.Image, top: int) -> None:
        ImageDraw.Draw(page).rounded_rectangle((MARGIN_PX, top + 17, MARGIN_PX + 5, top + 41), 3, fill=ACCENT)
        put_text(page, text_left, top + 14, title, 23)
        put_text(page, note_left, top + 21, shortened(note, 16, width_px - MARGIN_PX - note_left), 16, MUTED)

    return Block(54, draw)


def footer(lines: Sequence[str], width_px: int) -> Block:
    """Return the foot of a page: small muted lines."""
    rows = [row for line in lines for row in wrapped(line, NOTE_PX, width_px - 2 * MARGIN_PX)]

    def draw(page: Image.Image, top: int) -> None:
        for number, row in enumerate(rows):
            put_text(page, MARGIN_PX, top + 10 + number * line_px(NOTE_PX), row, NOTE_PX, MUTED)

    return Block(10 + len(rows) * line_px(NOTE_PX) + MARGIN_PX - 12, draw)


def rows_of(cells: Sequence[Cell | None], grid: Grid, label: str = "", note: str = "") -> Iterator[Block]:
    """Yield the rows of a grid; None leaves a place empty. A label and a note go into the gutter of the first."""
    for start in range(0, len(cells), grid.columns):
        yield _row(cells[start : start + grid.columns], grid, *((label, note) if start == 0 else ("", "")))


def caption(cell: Cell, width_px: int) -> list[tuple[str, int, Colour]]:
    """Return the lines of a caption as (text, size, colour), wrapped or shortened to a width."""
    found: list[tuple[str, int, Colour]] = []
    for place, line in enumerate(cell.lines):
        size, colour = (NOTE_PX, MUTED) if place else (CAPTION_PX, cell.accent)
        left = MOST_CAPTION_LINES - len(found) - (len(cell.lines) - place - 1)
        found += [(row, size, colour) for row in wrapped(line, size, width_px, max(left, 1))]
    return found


def cell_height_px(cell: Cell, cell_px: int) -> int:
    """Return the height of a picture with its caption."""
    text = sum(line_px(size) for _, size, _ in caption(cell, cell_px))
    return cell_px + (text + 7 if text else 0)


def put_cell(page: Image.Image, left: int, top: int, cell: Cell, cell_px: int) -> None:
    """Draw a picture with rounded corners, and its caption beneath."""
    picture = cell.picture.convert("RGB").resize((cell_px, cell_px), Image.Resampling.LANCZOS)
    page.paste(picture, (left, top), rounded(cell_px, cell_px))
    put_lines(page, left, top + cell_px + 7, caption(cell, cell_px))


def put_lines(page: Image.Image, left: int, top: int, lines: Sequence[tuple[str, int, Colour]]) -> None:
    """Draw lines of (text, size, colour) beneath one another."""
    for text, size, colour in lines:
        put_text(page, left, top, text, size, colour)
        top += line_px(size)


def put_card(page: Image.Image, left: int, top: int, width_px: int, height_px: int) -> None:
    """Draw an empty card."""
    page.paste(EDGE, (left, top), rounded(width_px, height_px))
    page.paste(CARD, (left + 1, top + 1), rounded(width_px - 2, height_px - 2))


@lru_cache(maxsize=64)
def rounded(width_px: int, height_px: int) -> Image.Image:
    """Return the mask of a rectangle with rounded corners; shared, do not change it."""
    mask = Image.new("L", (width_px * FINER, height_px * FINER))
    box = (0, 0, width_px * FINER - 1, height_px * FINER - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, CORNER_PX * FINER, fill=255)
    return mask.resize((width_px, height_px), Image.Resampling.BOX)


def _row(cells: Sequence[Cell | None], grid: Grid, label: str, note: str) -> Block:
    tallest = max(cell_height_px(cell, grid.cell_px) for cell in cells if cell)
    card_px = tallest + 2 * grid.padding_px
    room_px = grid.gutter_px - 16

    def draw(page: Image.Image, top: int) -> None:
        if label:
            put_lines(
                page, MARGIN_PX, top + 4, [*((row, 19, INK) for row in wrapped(label, 19, room_px)), (note, NOTE_PX, MUTED)]
            )
        for column, width in _cards(cells) if grid.padding_px else ():
            put_card(page, grid.left_px(column), top, grid.left_px(column + width) - grid.gap_px - grid.left_px(column), card_px)
        for column, cell in enumerate(cells):
            if cell:
                put_cell(page, grid.left_px(column) + grid.padding_px, top + grid.padding_px, cell, grid.cell_px)

    return Block(card_px + grid.gap_px, draw)


def _cards(cells: Sequence[Cell | None]) -> Iterator[tuple[int, int]]:
    """Yield the first column and the width in columns of each card: a cell and those joined to it."""
    starts = [column for column, cell in enumerate(cells) if not (cell and cell.joined)]
    for start, end in zip(starts, [*starts[1:], len(cells)], strict=True):
        if cells[start]:
            yield start, end - start
