"""Our own drawings of household items, tools and things to wear."""

from __future__ import annotations

from unisandbox.generators.drawn_shapes import (
    AMBER,
    BLUE,
    BOTTOM_CORNERS,
    BROWN,
    CLEAR,
    COAL,
    ICE,
    LEAF,
    MAROON,
    NAVY,
    ORANGE,
    PALE_BLUE,
    PINK,
    PURPLE,
    RED,
    SILVER,
    SKY_BLUE,
    SLATE,
    STEEL,
    UMBER,
    WALNUT,
    WHITE,
    YELLOW,
    Brush,
    Painter,
    mirrored,
)


def _clock(brush: Brush) -> None:
    brush.oval(3, 3, 97, 97, BLUE)
    brush.oval(12, 12, 88, 88, WHITE)
    for x, y in (
        (50, 20),
        (65, 24),
        (76, 35),
        (80, 50),
        (76, 65),
        (65, 76),
        (50, 80),
        (35, 76),
        (24, 65),
        (20, 50),
        (24, 35),
        (35, 24),
    ):
        brush.oval(x - 2, y - 2, x + 2, y + 2, SLATE)
    brush.stroke(COAL, 5, (50, 50), (37, 38))
    brush.stroke(COAL, 4, (50, 50), (67, 31))
    brush.oval(46, 46, 54, 54, RED)


def _hairbrush(brush: Brush) -> None:
    brush.box(43, 50, 57, 98, PURPLE, 7)
    brush.oval(24, 2, 76, 66, PURPLE)
    brush.oval(31, 9, 69, 59, PINK)
    for y, xs in ((17, (50,)), (26, (41, 59)), (34, (36, 50, 64)), (42, (41, 59)), (51, (50,))):
        for x in xs:
            brush.oval(x - 3, y - 3, x + 3, y + 3, UMBER)


def _lamp(brush: Brush) -> None:
    brush.box(45, 50, 55, 70, WALNUT)
    brush.oval(32, 58, 68, 94, BLUE)
    brush.box(27, 88, 73, 97, NAVY, 4)
    brush.shape(YELLOW, (32, 4), (68, 4), (88, 52), (12, 52))
    brush.shape(AMBER, (15, 45), (85, 45), (88, 54), (12, 54))


def _necklace(brush: Brush) -> None:
    brush.oval(9, 2, 91, 76, AMBER)
    brush.oval(14, 7, 86, 71, CLEAR)
    for x, y, reach in ((16, 56, 7), (84, 56, 7), (29, 69, 9), (71, 69, 9), (50, 78, 14)):
        brush.oval(x - reach, y - reach, x + reach, y + reach + reach // 2, BLUE)
        brush.oval(x - reach // 2, y - reach // 2, x + reach // 2, y + reach // 2, PALE_BLUE)


def _pillow(brush: Brush) -> None:
    brush.blob(BLUE, *mirrored((50, 80), (2, 90), (2, 90), (12, 52), (2, 14), (2, 14), (50, 26)))
    brush.blob(PALE_BLUE, *mirrored((50, 73), (7, 84), (7, 84), (15, 50), (7, 19), (7, 19), (50, 28)))
    brush.bow(ICE, 5, (22, 34), (50, 40), (78, 34))


def _shovel(brush: Brush) -> None:
    brush.oval(34, 2, 66, 26, RED)
    brush.oval(41, 9, 59, 20, CLEAR)
    brush.box(45, 22, 55, 64, BROWN)
    brush.blob(STEEL, (28, 56), (28, 56), (72, 56), (72, 56), (74, 86), (50, 98), (50, 98), (26, 86))
    brush.box(45, 50, 55, 72, SLATE, 4)


def _vase(brush: Brush) -> None:
    brush.blob(SKY_BLUE, *mirrored((34, 94), (34, 94), (6, 72), (20, 46), (47, 34), (37, 8), (37, 8)))
    brush.box(33, 3, 67, 11, BLUE, 4)
    brush.box(31, 90, 69, 97, BLUE, 3)
    for left in (23, 37, 52, 66):
        brush.oval(left, 60, left + 11, 71, WHITE)


def _wallet(brush: Brush) -> None:
    brush.box(4, 18, 92, 50, WALNUT, 8)
    brush.box(4, 26, 96, 88, BROWN, 9)
    brush.box(62, 46, 97, 68, WALNUT, 8)
    brush.oval(68, 52, 78, 62, YELLOW)


def _washing_machine(brush: Brush) -> None:
    for left in (16, 74):
        brush.box(left, 90, left + 10, 98, SLATE, 2)
    brush.box(10, 3, 90, 94, SILVER, 7)
    brush.box(10, 3, 90, 24, BLUE, 7, (True, True, False, False))
    brush.box(16, 9, 46, 18, PALE_BLUE, 3)
    brush.oval(70, 7, 83, 20, WHITE)
    brush.oval(23, 31, 77, 85, SLATE)
    brush.oval(30, 38, 70, 78, WHITE)
    brush.box(30, 58, 70, 78, SKY_BLUE, 20, BOTTOM_CORNERS)


def _watering_can(brush: Brush) -> None:
    brush.bow(LEAF, 7, (42, 46), (46, 8), (94, 8), (92, 76), (72, 80))
    brush.stroke(LEAF, 9, (38, 84), (16, 42))
    brush.shape(ORANGE, (3, 47), (23, 31), (28, 38), (8, 54))
    brush.box(32, 44, 80, 95, ORANGE, 5)
    brush.box(32, 60, 80, 68, YELLOW)
    brush.box(29, 40, 83, 49, LEAF, 3)


def _wheelbarrow(brush: Brush) -> None:
    brush.stroke(BROWN, 6, (30, 76), (96, 44))
    brush.stroke(BROWN, 6, (64, 62), (76, 92))
    brush.shape(RED, (4, 26), (80, 26), (66, 64), (30, 64))
    brush.box(2, 22, 83, 30, MAROON, 3)
    brush.oval(8, 60, 42, 94, NAVY)
    brush.oval(18, 70, 32, 84, SILVER)


HOUSEHOLD: dict[str, Painter] = {
    "clock": _clock,
    "hairbrush": _hairbrush,
    "lamp": _lamp,
    "necklace": _necklace,
    "pillow": _pillow,
    "shovel": _shovel,
    "vase": _vase,
    "wallet": _wallet,
    "washing machine": _washing_machine,
    "watering can": _watering_can,
    "wheelbarrow": _wheelbarrow,
}
