"""Our own drawings of instruments, sports items, toys and things to eat."""

from __future__ import annotations

from unisandbox.generators.drawn_shapes import (
    AMBER,
    BLUE,
    BROWN,
    CLEAR,
    COAL,
    GREEN,
    LEAF,
    MAROON,
    NAVY,
    ORANGE,
    RED,
    SKY_BLUE,
    STEEL,
    TAN,
    WALNUT,
    WHITE,
    YELLOW,
    Brush,
    Painter,
)


def _dumbbell(brush: Brush) -> None:
    brush.box(8, 45, 92, 55, STEEL, 3)
    for inner, outer in ((15, 3), (70, 85)):
        brush.box(outer, 31, outer + 12, 69, NAVY, 4)
        brush.box(inner, 20, inner + 15, 80, BLUE, 5)


def _piano(brush: Brush) -> None:
    for left in (5, 87):
        brush.box(left, 50, left + 8, 96, BROWN, 2)
    brush.box(10, 58, 90, 92, WALNUT, 2)
    brush.box(7, 10, 93, 56, WALNUT, 3)
    brush.box(3, 5, 97, 14, BROWN, 4)
    brush.box(15, 20, 85, 40, BROWN, 3)
    brush.box(2, 46, 98, 72, BROWN, 3)
    brush.box(7, 49, 93, 66, WHITE, 2)
    for left in (13, 22, 40, 49, 58, 76, 85):
        brush.box(left, 49, left + 5, 59, COAL, 1)


def _pizza(brush: Brush) -> None:
    brush.oval(2, 2, 98, 98, BROWN)
    brush.oval(4, 4, 96, 96, TAN)
    brush.oval(12, 12, 88, 88, YELLOW)
    for x, y in ((50, 28), (72, 42), (66, 68), (40, 74), (26, 52), (48, 50)):
        brush.oval(x - 9, y - 9, x + 9, y + 9, RED)
    for x, y in ((33, 34), (60, 58), (52, 82), (80, 58)):
        brush.oval(x - 4, y - 3, x + 4, y + 3, LEAF)


def _pumpkin(brush: Brush) -> None:
    brush.bow(LEAF, 10, (50, 34), (50, 14), (60, 8))
    for left in (2, 54):
        brush.oval(left, 26, left + 44, 92, ORANGE)
    for left in (14, 44):
        brush.oval(left, 24, left + 42, 95, AMBER)
    brush.oval(32, 24, 68, 96, ORANGE)


def _spinning_top(brush: Brush) -> None:
    brush.box(44, 3, 56, 34, TAN, 5)
    brush.blob(RED, (5, 46), (5, 46), (30, 18), (70, 18), (95, 46), (95, 46))
    brush.blob(SKY_BLUE, (7, 50), (7, 50), (93, 50), (93, 50), (78, 78), (54, 84), (50, 98), (50, 98), (46, 84), (22, 78))
    brush.box(3, 42, 97, 54, YELLOW, 6)


def _whistle(brush: Brush) -> None:
    brush.oval(2, 18, 24, 40, STEEL)
    brush.oval(8, 24, 18, 34, CLEAR)
    brush.oval(6, 30, 62, 86, RED)
    brush.box(32, 30, 98, 54, RED, 4)
    brush.box(54, 30, 66, 41, CLEAR)
    brush.oval(22, 46, 46, 70, MAROON)
    brush.box(88, 30, 98, 54, MAROON, 4)


def _xylophone(brush: Brush) -> None:
    brush.stroke(WALNUT, 7, (6, 30), (94, 40))
    brush.stroke(WALNUT, 7, (6, 70), (94, 60))
    for place, colour in enumerate((RED, ORANGE, YELLOW, GREEN, SKY_BLUE)):
        left, short = 6 + 18 * place, 6 * place
        brush.box(left, 4 + short, left + 15, 96 - short, colour, 5)
        for y in (32 + 2 * place, 65 - 2 * place):
            brush.oval(left + 5, y, left + 10, y + 5, WALNUT)


LEISURE: dict[str, Painter] = {
    "dumbbell": _dumbbell,
    "piano": _piano,
    "pizza": _pizza,
    "pumpkin": _pumpkin,
    "spinning top": _spinning_top,
    "whistle": _whistle,
    "xylophone": _xylophone,
}
