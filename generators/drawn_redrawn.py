"""Our own drawings of animals and things whose emoji is dark, cropped, part of a scene or hard to name."""

from __future__ import annotations

from unisandbox.generators.drawn_shapes import (
    AMBER,
    BLUE,
    BROWN,
    CLEAR,
    COAL,
    CREAM,
    CRIMSON,
    FOREST,
    GREEN,
    ICE,
    LEAF,
    LILAC,
    MAROON,
    ORANGE,
    PINK,
    PURPLE,
    RED,
    SILVER,
    SKY_BLUE,
    SLATE,
    STEEL,
    TAN,
    TOP_CORNERS,
    UMBER,
    WALNUT,
    YELLOW,
    Brush,
    Painter,
)


def _ant(brush: Brush) -> None:
    for foot, knee, hip in ((20, (30, 66), 42), (46, (40, 66), 46), (74, (64, 44), 50)):
        brush.stroke(WALNUT, 5, (hip, 52), knee, (foot, 86))
    brush.stroke(WALNUT, 4, (18, 38), (22, 20), (8, 12))
    brush.stroke(WALNUT, 4, (24, 40), (34, 22), (24, 10))
    brush.oval(56, 28, 98, 68, BROWN)
    brush.oval(32, 40, 58, 60, BROWN)
    brush.oval(3, 34, 36, 64, BROWN)
    brush.oval(11, 43, 18, 50, COAL)


def _bagel(brush: Brush) -> None:
    brush.oval(2, 3, 98, 98, BROWN)
    brush.oval(2, 2, 98, 93, TAN)
    brush.oval(35, 32, 65, 60, BROWN)
    brush.oval(36, 37, 64, 64, CLEAR)
    seeds_x, seeds_y = (24, 44, 68, 82, 80, 62, 38, 18, 14, 26, 72, 53), (28, 15, 20, 40, 62, 79, 80, 66, 46, 50, 52, 25)
    for x, y in zip(seeds_x, seeds_y, strict=True):
        brush.stroke(CREAM, 4, (x, y), (x + (y - 50) // 8, y - (x - 50) // 8))
    for x, y in ((30, 38), (56, 11), (76, 32), (88, 53), (70, 73), (49, 73), (28, 77), (29, 62), (8, 58)):
        brush.oval(x, y, x + 4, y + 4, WALNUT)


def _boot(brush: Brush) -> None:
    brush.blob(
        BROWN, *((20, 8),) * 2, *((58, 8),) * 2, (56, 50), (68, 58), (98, 62), *((96, 88),) * 2, *((18, 88),) * 2, (24, 50)
    )
    brush.box(16, 4, 62, 18, TAN, 4)
    brush.box(14, 84, 97, 91, UMBER, 3)
    brush.box(14, 84, 42, 97, UMBER, 2)


def _camera(brush: Brush) -> None:
    brush.shape(SILVER, (32, 26), (40, 14), (60, 14), (68, 26))
    brush.box(10, 18, 26, 30, RED, 3)
    brush.box(2, 24, 98, 88, SILVER, 8)
    brush.box(2, 40, 98, 78, BLUE)
    brush.oval(26, 33, 74, 81, SILVER)
    brush.oval(31, 38, 69, 76, COAL)
    brush.oval(38, 45, 62, 69, SKY_BLUE)
    brush.oval(42, 48, 51, 57, ICE)
    brush.box(78, 29, 91, 36, ICE, 2)


def _candle(brush: Brush) -> None:
    brush.box(26, 46, 74, 97, PURPLE, 4)
    brush.oval(26, 37, 74, 55, LILAC)
    for left, bottom in ((26, 66), (38, 60), (62, 74)):
        brush.box(left, 46, left + 12, bottom, LILAC, 6)
    brush.stroke(WALNUT, 4, (50, 34), (50, 46))
    brush.blob(ORANGE, (50, 2), (50, 2), (68, 24), (60, 40), (40, 40), (32, 24))
    brush.blob(YELLOW, (50, 14), (50, 14), (60, 30), (54, 38), (46, 38), (40, 30))


def _clamp(brush: Brush) -> None:
    brush.box(3, 8, 80, 74, STEEL, 16, TOP_CORNERS)
    brush.box(20, 25, 63, 74, CLEAR, 5, TOP_CORNERS)
    brush.box(12, 14, 70, 18, SILVER, 2)
    brush.box(14, 50, 27, 74, STEEL, 2)
    brush.box(42, 57, 94, 67, SLATE, 2)
    for left in range(47, 90, 5):
        brush.box(left, 57, left + 2, 67, COAL)
    brush.box(60, 50, 83, 74, STEEL, 3)
    brush.box(36, 50, 43, 74, STEEL, 3)
    brush.box(90, 40, 96, 84, STEEL)
    for top in (34, 80):
        brush.oval(88, top, 98, top + 10, STEEL)


def _comb(brush: Brush) -> None:
    for left in range(11, 88, 7):
        brush.box(left, 40, left + 4, 78, BLUE, 2)
    for left in (2, 90):
        brush.box(left, 30, left + 8, 78, SKY_BLUE, 3)
    brush.box(2, 22, 98, 46, SKY_BLUE, 8)
    brush.box(10, 28, 90, 32, ICE, 2)


def _cup(brush: Brush) -> None:
    brush.oval(54, 30, 97, 74, LEAF)
    brush.oval(64, 40, 87, 64, CLEAR)
    brush.blob(GREEN, (4, 22), (4, 22), (76, 22), (76, 22), (76, 92), (58, 92), (22, 92), (4, 92))
    brush.oval(4, 12, 76, 34, LEAF)
    brush.oval(9, 15, 71, 31, FOREST)


def _drum(brush: Brush) -> None:
    brush.oval(6, 70, 94, 96, AMBER)
    brush.box(8, 30, 92, 80, RED)
    brush.oval(8, 62, 92, 88, RED)
    brush.stroke(CREAM, 3, (10, 40), (22, 74), (36, 44), (50, 82), (64, 44), (78, 74), (90, 40))
    brush.oval(4, 8, 96, 44, AMBER)
    brush.oval(10, 10, 90, 38, CREAM)


def _hedgehog(brush: Brush) -> None:
    for left in (30, 46, 68):
        brush.box(left, 72, left + 10, 88, BROWN, 4)
    brush.blob(TAN, (2, 72), (16, 52), (34, 42), (60, 50), (64, 82), (20, 82))
    spines_x = (40, 30, 42, 38, 50, 52, 60, 68, 70, 84, 82, 95, 88, 98, 88, 96, 84, 86, 74, 64, 56, 48, 50)
    spines_y = (46, 36, 36, 22, 30, 14, 26, 14, 28, 20, 34, 34, 46, 54, 58, 70, 70, 82, 78, 84, 78, 78, 66)
    brush.shape(WALNUT, *zip(spines_x, spines_y, strict=True))
    brush.oval(32, 48, 44, 60, BROWN)
    brush.oval(2, 64, 11, 73, UMBER)
    brush.oval(20, 58, 27, 65, UMBER)
    for x, y in ((50, 40), (66, 34), (80, 48), (62, 56), (76, 66), (90, 64), (54, 68)):
        brush.stroke(UMBER, 3, (x, y), (x + 5, y - 7))


def _house(brush: Brush) -> None:
    brush.box(68, 8, 80, 40, MAROON)
    brush.shape(CREAM, (14, 46), (50, 14), (86, 46), (86, 97), (14, 97))
    brush.stroke(RED, 9, (7, 50), (50, 11), (93, 50))
    brush.box(42, 62, 58, 97, BROWN, 2, TOP_CORNERS)
    for left in (20, 64):
        brush.box(left, 58, left + 16, 76, SKY_BLUE, 1)


def _kimono(brush: Brush) -> None:
    brush.shape(CRIMSON, (30, 8), (3, 14), (3, 62), (26, 62), (30, 40))
    brush.shape(CRIMSON, (70, 8), (97, 14), (97, 62), (74, 62), (70, 40))
    for left in (3, 74):
        brush.box(left, 55, left + 23, 62, PINK)
    brush.shape(RED, (30, 7), (70, 7), (72, 50), (78, 97), (22, 97), (28, 50))
    brush.shape(CLEAR, (42, 6), (58, 6), (50, 18))
    brush.stroke(CREAM, 6, (61, 9), (40, 44))
    brush.stroke(CREAM, 6, (39, 9), (48, 26))
    brush.stroke(CRIMSON, 3, (46, 62), (40, 94))
    brush.box(26, 42, 74, 62, AMBER, 2)
    brush.box(26, 50, 74, 54, RED)


def _rainbow(brush: Brush) -> None:
    for depth, colour in enumerate((RED, ORANGE, YELLOW, GREEN, BLUE, PURPLE)):
        inset = 2 + 5 * depth
        brush.oval(inset, 24 + inset, 100 - inset, 124 - inset, colour)
    brush.oval(32, 56, 68, 92, CLEAR)
    brush.box(0, 74, 100, 100, CLEAR)


def _sandal(brush: Brush) -> None:
    sole = ((25, 42), (23, 18), (34, 2), (62, 2), (79, 18), (76, 46), (68, 64), (73, 84), (63, 98), (43, 98), (31, 86), (36, 64))
    brush.blob(WALNUT, *sole)
    brush.blob(TAN, *((52 + (x - 52) * 21 // 25, 50 + (y - 50) * 23 // 25) for x, y in sole))
    for left, top, right in ((19, 20, 84), (24, 44, 80)):
        brush.box(left, top, right, top + 15, CRIMSON, 5)
        brush.box(right - 16, top + 2, right - 5, top + 13, YELLOW, 2)
        brush.box(right - 13, top + 5, right - 8, top + 10, CRIMSON)


def _smartphone(brush: Brush) -> None:
    brush.box(25, 3, 75, 97, STEEL, 9)
    brush.box(28, 6, 72, 94, COAL, 7)
    brush.box(31, 10, 69, 90, SKY_BLUE, 4)
    brush.box(43, 10, 57, 15, COAL, 2)


def _spider(brush: Brush) -> None:
    for knee, foot in (((24, 30), (26, 5)), ((12, 44), (5, 22)), ((12, 52), (5, 76)), ((22, 62), (24, 95))):
        for across in (1, -1):
            hip, bent, tip = ((50 - across * (50 - x), y) for x, y in ((46, 44), knee, foot))
            brush.bow(WALNUT, 6, hip, bent, tip)
    brush.oval(30, 46, 70, 92, BROWN)
    brush.oval(36, 26, 64, 54, BROWN)
    for left in (42, 53):
        brush.oval(left, 30, left + 6, 36, CREAM)
    for top in (58, 72):
        brush.shape(TAN, (50, top), (57, top + 6), (50, top + 12), (43, top + 6))


def _television(brush: Brush) -> None:
    brush.stroke(STEEL, 4, (28, 4), (50, 26), (72, 4))
    for top, foot in ((24, 18), (76, 82)):
        brush.stroke(WALNUT, 6, (top, 80), (foot, 96))
    brush.box(2, 24, 98, 86, TAN, 9)
    brush.box(9, 31, 73, 79, COAL, 8)
    brush.box(12, 34, 70, 76, SKY_BLUE, 8)
    for top in (36, 52):
        brush.oval(79, top, 91, top + 12, WALNUT)


def _waffle(brush: Brush) -> None:
    brush.box(3, 3, 97, 97, ORANGE, 14)
    brush.box(6, 6, 94, 94, AMBER, 12)
    for row in range(4):
        for column in range(4):
            left, top = 12 + 20 * column, 12 + 20 * row
            brush.box(left, top, left + 16, top + 16, BROWN, 3)
            brush.box(left, top + 4, left + 16, top + 16, ORANGE, 3)
    brush.box(36, 36, 64, 64, CREAM, 4)
    brush.box(36, 36, 64, 58, YELLOW, 4)


REDRAWN: dict[str, Painter] = {
    "ant": _ant,
    "bagel": _bagel,
    "boot": _boot,
    "camera": _camera,
    "candle": _candle,
    "clamp": _clamp,
    "comb": _comb,
    "cup": _cup,
    "drum": _drum,
    "hedgehog": _hedgehog,
    "house": _house,
    "kimono": _kimono,
    "rainbow": _rainbow,
    "sandal": _sandal,
    "smartphone": _smartphone,
    "spider": _spider,
    "television": _television,
    "waffle": _waffle,
}
