"""Our own drawings of furniture."""

from __future__ import annotations

from unisandbox.generators.drawn_shapes import (
    BLUE,
    BROWN,
    GREEN,
    LILAC,
    MAROON,
    NAVY,
    PALE_BLUE,
    PURPLE,
    RED,
    SKY_BLUE,
    TAN,
    UMBER,
    WALNUT,
    YELLOW,
    Brush,
    Painter,
)

Book = tuple[int, int, int, str]


def _armchair(brush: Brush) -> None:
    for left in (16, 74):
        brush.box(left, 84, left + 10, 96, WALNUT, 3)
    brush.box(20, 6, 80, 70, PURPLE, 16)
    brush.box(14, 72, 86, 88, PURPLE, 5)
    brush.box(24, 56, 76, 76, LILAC, 7)
    brush.box(6, 42, 27, 88, LILAC, 10)
    brush.box(73, 42, 94, 88, LILAC, 10)


def _bench(brush: Brush) -> None:
    for left in (13, 79):
        brush.box(left, 16, left + 8, 58, WALNUT, 3)
        brush.box(left, 64, left + 8, 92, WALNUT, 3)
    for top in (20, 36):
        brush.box(4, top, 96, top + 11, BROWN, 4)
    brush.shape(TAN, (10, 54), (90, 54), (97, 66), (3, 66))
    brush.box(3, 65, 97, 72, BROWN, 2)


def _bookshelf(brush: Brush) -> None:
    brush.box(8, 3, 92, 97, BROWN, 4)
    shelves: tuple[tuple[Book, ...], ...] = (
        ((18, 10, 20, RED), (30, 8, 16, YELLOW), (40, 12, 21, SKY_BLUE), (70, 9, 18, GREEN)),
        ((20, 9, 18, GREEN), (45, 12, 21, RED), (59, 8, 17, SKY_BLUE), (69, 11, 20, YELLOW)),
        ((18, 12, 21, SKY_BLUE), (32, 9, 17, YELLOW), (43, 9, 20, GREEN), (62, 12, 18, RED)),
    )
    for floor, books in zip((34, 63, 92), shelves, strict=True):
        brush.box(15, floor - 24, 85, floor, UMBER)
        for left, width, height, colour in books:
            brush.box(left, floor - height, left + width, floor, colour, 1, (True, True, False, False))


def _desk(brush: Brush) -> None:
    brush.box(8, 40, 17, 94, WALNUT, 2)
    brush.box(52, 40, 93, 94, WALNUT, 3)
    brush.shape(TAN, (12, 20), (88, 20), (97, 34), (3, 34))
    brush.box(3, 33, 97, 42, BROWN, 2)
    for top in (46, 62, 78):
        brush.box(56, top, 89, top + 13, BROWN, 2)
        brush.box(67, top + 5, 78, top + 8, YELLOW, 1)


def _dresser(brush: Brush) -> None:
    for left in (10, 82):
        brush.box(left, 84, left + 8, 95, UMBER, 2)
    brush.box(6, 16, 94, 89, BROWN, 3)
    brush.box(2, 11, 98, 20, WALNUT, 3)
    for top in (24, 46, 67):
        brush.box(11, top, 89, top + 18, TAN, 3)
        for left in (26, 68):
            brush.oval(left, top + 6, left + 6, top + 12, UMBER)


def _sofa(brush: Brush) -> None:
    for left in (9, 83):
        brush.box(left, 80, left + 8, 89, WALNUT, 2)
    brush.box(10, 16, 90, 66, BLUE, 12)
    brush.box(6, 66, 94, 84, NAVY, 5)
    for left in (15, 50):
        brush.box(left, 48, left + 35, 72, PALE_BLUE, 6)
    for left in (2, 81):
        brush.box(left, 38, left + 17, 84, SKY_BLUE, 8)


def _stool(brush: Brush) -> None:
    brush.stroke(BROWN, 8, (50, 36), (50, 94))
    for foot, top in ((18, 30), (82, 70)):
        brush.stroke(TAN, 8, (top, 34), (foot, 94))
    brush.stroke(BROWN, 5, (25, 70), (75, 70))
    brush.oval(10, 12, 90, 42, MAROON)
    brush.box(10, 18, 90, 27, MAROON)
    brush.oval(10, 3, 90, 33, RED)


def _table(brush: Brush) -> None:
    for left in (25, 67):
        brush.box(left, 48, left + 8, 80, UMBER, 2)
    for left in (7, 82):
        brush.box(left, 48, left + 11, 94, WALNUT, 3)
    brush.shape(TAN, (19, 22), (81, 22), (98, 42), (2, 42))
    brush.box(2, 41, 98, 51, BROWN, 2)


def _wardrobe(brush: Brush) -> None:
    for left in (14, 76):
        brush.box(left, 88, left + 10, 97, UMBER, 2)
    brush.box(10, 6, 90, 93, BROWN, 3)
    brush.box(5, 3, 95, 12, WALNUT, 3)
    for left in (15, 51):
        brush.box(left, 16, left + 34, 88, TAN, 2)
        brush.box(left + 6, 22, left + 28, 46, BROWN, 3)
        brush.box(left + 6, 60, left + 28, 82, BROWN, 3)
    for left in (43, 53):
        brush.oval(left - 1, 49, left + 5, 55, YELLOW)


FURNITURE: dict[str, Painter] = {
    "armchair": _armchair,
    "bench": _bench,
    "bookshelf": _bookshelf,
    "desk": _desk,
    "dresser": _dresser,
    "sofa": _sofa,
    "stool": _stool,
    "table": _table,
    "wardrobe": _wardrobe,
}
