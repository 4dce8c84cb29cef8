"""Our own drawings of vehicles and flying or gliding toys that emoji show in motion, on water, snow or rails, or cut off."""

from __future__ import annotations

from unisandbox.generators.drawn_shapes import (
    AMBER,
    BLUE,
    BROWN,
    CLEAR,
    CRIMSON,
    FOREST,
    GREEN,
    ICE,
    MAROON,
    NAVY,
    ORANGE,
    PALE_BLUE,
    RED,
    SILVER,
    STEEL,
    TAN,
    TOP_CORNERS,
    UMBER,
    WALNUT,
    YELLOW,
    Brush,
    Painter,
    Point,
)


def _tilted(x: int, y: int, radius: int) -> tuple[Point, ...]:
    """Return what pulls a round disc into a flat one that leans to the left."""
    corners = ((104, -32), (86, 19), (18, 58), (-61, 63), (-104, 32), (-86, -19), (-18, -58), (61, -63))
    return tuple((x + radius * across // 100, y + radius * down // 100) for across, down in corners)


def _wheel(brush: Brush, x: int, y: int, radius: int, tyre: str, hub: str) -> None:
    brush.oval(x - radius, y - radius, x + radius, y + radius, tyre)
    inner = radius * 9 // 20
    brush.oval(x - inner, y - inner, x + inner, y + inner, hub)


def _bus(brush: Brush) -> None:
    brush.box(2, 24, 98, 74, RED, 6)
    brush.box(2, 59, 98, 64, SILVER)
    for left in (6, 22, 38, 54):
        brush.box(left, 31, left + 14, 49, PALE_BLUE, 2)
    for left in (71, 77):
        brush.box(left, 31, left + 5, 72, PALE_BLUE, 1)
    brush.box(86, 31, 98, 54, PALE_BLUE, 2)
    brush.box(93, 66, 98, 71, YELLOW, 2)
    for x in (20, 60):
        brush.oval(x - 13, 60, x + 13, 86, CRIMSON)
        brush.box(x - 13, 74, x + 13, 88, CLEAR)
        _wheel(brush, x, 75, 11, NAVY, SILVER)


def _canoe(brush: Brush) -> None:
    brush.blob(UMBER, (4, 36), (4, 36), (20, 46), (80, 46), (96, 36), (96, 36), (80, 58), (20, 58))
    for left in (28, 68):
        brush.box(left, 44, left + 5, 58, TAN)
    brush.blob(RED, (2, 32), (2, 32), (18, 53), (82, 53), (98, 32), (98, 32), (94, 74), (76, 74), (24, 74), (6, 74))
    brush.bow(CRIMSON, 4, (4, 36), (18, 53), (82, 53), (96, 36))
    brush.stroke(AMBER, 4, (34, 17), (64, 66))
    brush.stroke(AMBER, 5, (31, 19), (37, 15))
    brush.blob(AMBER, (58, 64), (64, 60), (76, 74), (80, 90), (68, 84))


def _frisbee(brush: Brush) -> None:
    for drop in range(9, 0, -1):
        brush.blob(MAROON, *_tilted(50, 46 + drop, 48))
    brush.blob(RED, *_tilted(50, 46, 48))
    for radius, colour in ((38, CRIMSON), (35, RED), (29, CRIMSON), (26, AMBER)):
        brush.blob(colour, *_tilted(50, 45, radius))


def _locomotive(brush: Brush) -> None:
    brush.shape(NAVY, (14, 10), (32, 10), (28, 24), (28, 36), (18, 36), (18, 24))
    brush.box(12, 6, 34, 14, NAVY, 2)
    brush.box(40, 20, 54, 44, AMBER, 7)
    brush.box(6, 30, 72, 64, BLUE, 8)
    for left in (18, 36, 54):
        brush.box(left, 30, left + 4, 64, AMBER)
    brush.box(62, 16, 95, 70, RED)
    brush.box(58, 9, 98, 18, MAROON, 3)
    brush.box(69, 24, 88, 42, ICE, 2)
    brush.box(4, 62, 97, 72, MAROON, 2)
    brush.shape(RED, (14, 72), (14, 94), (2, 94), (8, 72))
    for x, radius in ((25, 10), (48, 13), (77, 13)):
        _wheel(brush, x, 94 - radius, radius, NAVY, ICE)
    brush.stroke(AMBER, 4, (25, 83), (77, 83))


def _rickshaw(brush: Brush) -> None:
    brush.shape(PALE_BLUE, (24, 26), (34, 26), (32, 56), (12, 56))
    brush.box(34, 66, 70, 80, BROWN)
    brush.box(46, 50, 70, 72, BROWN, 4)
    brush.stroke(FOREST, 4, (32, 24), (30, 60))
    brush.box(62, 16, 97, 62, YELLOW, 4)
    brush.box(69, 26, 91, 44, CLEAR, 4)
    brush.blob(YELLOW, (16, 28), (16, 28), (18, 8), (40, 8), (86, 8), (97, 10), (97, 28), (97, 28))
    brush.blob(
        GREEN,
        (12, 54),
        (12, 54),
        (34, 54),
        (34, 54),
        (34, 76),
        (62, 76),
        (62, 76),
        (62, 56),
        (62, 56),
        (97, 56),
        (97, 56),
        (97, 86),
        (30, 86),
        (24, 72),
        (8, 70),
    )
    brush.blob(FOREST, (2, 80), (2, 80), (4, 62), (20, 62), (34, 68), (36, 80), (36, 80))
    brush.oval(5, 53, 15, 63, YELLOW)
    for x, radius in ((19, 11), (79, 12)):
        _wheel(brush, x, 96 - radius, radius, FOREST, ICE)


def _sailboat(brush: Brush) -> None:
    brush.box(49, 3, 54, 80, WALNUT, 2)
    brush.blob(ORANGE, (57, 6), (57, 6), (76, 36), (94, 68), (94, 68), (57, 68), (57, 68))
    brush.blob(AMBER, (46, 14), (46, 14), (34, 44), (8, 68), (8, 68), (46, 68), (46, 68))
    brush.blob(RED, (3, 75), (3, 75), (97, 75), (97, 75), (86, 97), (70, 97), (22, 97), (12, 97))
    brush.box(3, 74, 97, 81, CRIMSON, 2)


def _ship(brush: Brush) -> None:
    for left in (34, 56):
        brush.box(left, 12, left + 13, 40, RED)
        brush.box(left, 12, left + 13, 18, NAVY)
    brush.box(24, 30, 78, 46, SILVER, 3, TOP_CORNERS)
    brush.box(12, 43, 86, 62, STEEL, 3, TOP_CORNERS)
    for left in range(29, 73, 9):
        brush.box(left, 35, left + 5, 40, BLUE, 1)
    for left in range(17, 81, 9):
        brush.box(left, 48, left + 5, 53, BLUE, 1)
    brush.blob(NAVY, (4, 60), (4, 60), (84, 60), (98, 52), (98, 52), (92, 90), (78, 90), (78, 90), (14, 90), (6, 90))
    brush.shape(RED, (6, 78), (89, 78), (78, 90), (12, 90))


def _sled(brush: Brush) -> None:
    brush.bow(MAROON, 5, (20, 66), (70, 66), (94, 66), (96, 46), (84, 48))
    for x in (28, 66):
        brush.stroke(MAROON, 4, (x, 44), (x, 64))
    brush.bow(RED, 6, (6, 82), (60, 82), (90, 82), (92, 54), (72, 58))
    for x in (16, 56):
        brush.stroke(RED, 5, (x, 56), (x, 80))
    brush.shape(BROWN, (16, 32), (84, 32), (72, 62), (4, 62))
    for top in (32, 43, 54):
        left = 16 - (top - 32) * 2 // 5
        brush.shape(TAN, (left, top), (left + 68, top), (left + 65, top + 8), (left - 3, top + 8))


def _speedboat(brush: Brush) -> None:
    brush.box(8, 54, 13, 86, STEEL, 2)
    brush.box(2, 77, 12, 81, STEEL, 2)
    brush.box(2, 36, 17, 60, NAVY, 4)
    brush.shape(ORANGE, (29, 38), (35, 38), (42, 54), (33, 54))
    brush.shape(PALE_BLUE, (44, 28), (52, 28), (74, 50), (50, 50))
    brush.blob(CRIMSON, (14, 54), (14, 54), (98, 50), (98, 50), (84, 80), (62, 80), (20, 80), (16, 80))
    brush.blob(YELLOW, (14, 48), (14, 48), (52, 48), (74, 44), (98, 50), (98, 50), (74, 66), (14, 66), (14, 66))
    brush.shape(ORANGE, (14, 60), (60, 60), (72, 62), (14, 66))


VEHICLES: dict[str, Painter] = {
    "bus": _bus,
    "canoe": _canoe,
    "frisbee": _frisbee,
    "locomotive": _locomotive,
    "rickshaw": _rickshaw,
    "sailboat": _sailboat,
    "ship": _ship,
    "sled": _sled,
    "speedboat": _speedboat,
}
