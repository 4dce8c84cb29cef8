"""Our own drawings of kitchen items."""

from __future__ import annotations

from unisandbox.generators.drawn_shapes import (
    AMBER,
    BLUE,
    BOTTOM_CORNERS,
    COAL,
    CREAM,
    FOREST,
    GREEN,
    ICE,
    LEAF,
    MAROON,
    NAVY,
    ORANGE,
    PALE_BLUE,
    PEARL,
    PINK,
    RED,
    SILVER,
    SKY_BLUE,
    SLATE,
    STEEL,
    TOP_CORNERS,
    WALNUT,
    WHITE,
    YELLOW,
    Brush,
    Painter,
    mirrored,
)


def _blender(brush: Brush) -> None:
    brush.bow(BLUE, 6, (70, 18), (92, 14), (92, 52), (64, 48))
    brush.shape(ICE, (26, 11), (74, 11), (66, 62), (34, 62))
    brush.shape(PINK, (29, 30), (71, 30), (66, 62), (34, 62))
    brush.box(23, 6, 77, 14, NAVY, 3)
    brush.box(42, 2, 58, 8, NAVY, 2)
    brush.blob(BLUE, (32, 62), (32, 62), (68, 62), (68, 62), (78, 97), (78, 97), (22, 97), (22, 97))
    brush.oval(42, 72, 58, 88, WHITE)


def _bottle(brush: Brush) -> None:
    brush.box(42, 8, 58, 44, GREEN)
    brush.blob(GREEN, *mirrored((27, 60), (27, 60), (27, 46), (42, 40), (42, 26), (42, 26)))
    brush.box(27, 54, 73, 97, GREEN, 8, BOTTOM_CORNERS)
    brush.box(27, 62, 73, 83, CREAM)
    brush.box(39, 3, 61, 13, MAROON, 3)


def _fork(brush: Brush) -> None:
    brush.box(45, 46, 55, 66, STEEL)
    brush.box(29, 32, 71, 60, STEEL, 17, BOTTOM_CORNERS)
    for left in (29, 41, 53, 65):
        brush.box(left, 3, left + 6, 42, STEEL, 3)
    brush.box(43, 63, 57, 98, BLUE, 6)
    brush.box(43, 63, 57, 69, NAVY, 2)


def _kettle(brush: Brush) -> None:
    brush.bow(FOREST, 8, (62, 26), (94, 16), (94, 74), (70, 78))
    brush.shape(LEAF, (34, 26), (34, 50), (10, 28))
    brush.shape(GREEN, (30, 22), (66, 22), (78, 88), (18, 88))
    brush.box(28, 16, 68, 25, FOREST, 4)
    brush.oval(42, 7, 54, 19, FOREST)
    brush.box(14, 86, 82, 96, FOREST, 4)
    brush.box(40, 40, 48, 78, ICE, 4)


def _microwave(brush: Brush) -> None:
    for left in (12, 78):
        brush.box(left, 80, left + 10, 88, SLATE, 2)
    brush.box(2, 18, 98, 84, STEEL, 7)
    brush.box(9, 26, 67, 76, COAL, 4)
    brush.box(16, 33, 60, 69, SLATE, 3)
    brush.box(74, 26, 91, 36, GREEN, 2)
    for top in (42, 54, 66):
        for left in (74, 84):
            brush.oval(left, top, left + 7, top + 7, WHITE)


def _oven(brush: Brush) -> None:
    for left in (14, 76):
        brush.box(left, 90, left + 10, 98, SLATE, 2)
    brush.box(8, 4, 92, 94, RED, 6)
    brush.box(8, 4, 92, 26, MAROON, 6, TOP_CORNERS)
    for left in (15, 33, 55, 73):
        brush.oval(left, 9, left + 12, 21, SILVER)
    brush.box(18, 32, 82, 38, SILVER, 3)
    brush.box(18, 46, 82, 84, COAL, 5)
    brush.box(24, 52, 76, 78, AMBER, 3)


def _plate(brush: Brush) -> None:
    brush.oval(2, 32, 98, 80, BLUE)
    brush.oval(2, 26, 98, 74, SKY_BLUE)
    brush.oval(7, 29, 93, 70, PEARL)
    brush.oval(22, 36, 78, 63, STEEL)
    brush.oval(22, 39, 78, 65, SILVER)


def _refrigerator(brush: Brush) -> None:
    for left in (24, 66):
        brush.box(left, 90, left + 10, 98, SLATE, 2)
    brush.box(18, 2, 82, 94, SKY_BLUE, 8)
    brush.box(18, 34, 82, 38, NAVY)
    brush.box(25, 14, 31, 29, WHITE, 3)
    brush.box(25, 44, 31, 68, WHITE, 3)
    brush.box(72, 8, 76, 30, PALE_BLUE, 2)
    brush.box(72, 42, 76, 88, PALE_BLUE, 2)


def _saucepan(brush: Brush) -> None:
    brush.stroke(WALNUT, 8, (62, 46), (94, 38))
    brush.box(6, 44, 66, 84, RED, 12, BOTTOM_CORNERS)
    brush.box(10, 22, 62, 46, STEEL, 20, TOP_CORNERS)
    brush.oval(30, 12, 42, 24, WALNUT)
    brush.box(3, 40, 69, 50, MAROON, 4)


def _sink(brush: Brush) -> None:
    brush.shape(SKY_BLUE, (40, 74), (60, 74), (66, 97), (34, 97))
    brush.bow(STEEL, 9, (60, 48), (60, 12), (36, 4), (32, 34))
    brush.oval(66, 36, 80, 50, RED)
    brush.box(10, 50, 90, 84, PALE_BLUE, 28, BOTTOM_CORNERS)
    brush.box(3, 46, 97, 58, ICE, 5)


def _toaster(brush: Brush) -> None:
    for left in (16, 70):
        brush.box(left, 82, left + 12, 92, WALNUT, 3)
    brush.box(88, 46, 98, 56, WALNUT, 3)
    brush.box(7, 20, 93, 87, SILVER, 18)
    brush.box(7, 38, 93, 87, ORANGE, 14)
    for top in (24, 31):
        brush.box(22, top, 78, top + 4, COAL, 2)
    brush.oval(68, 58, 84, 74, YELLOW)


KITCHEN: dict[str, Painter] = {
    "blender": _blender,
    "bottle": _bottle,
    "fork": _fork,
    "kettle": _kettle,
    "microwave": _microwave,
    "oven": _oven,
    "plate": _plate,
    "refrigerator": _refrigerator,
    "saucepan": _saucepan,
    "sink": _sink,
    "toaster": _toaster,
}
