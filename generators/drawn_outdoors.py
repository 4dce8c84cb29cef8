"""Our own drawings of buildings and of things that stand outdoors."""

from __future__ import annotations

from unisandbox.generators.drawn_shapes import (
    AMBER,
    BROWN,
    CRIMSON,
    MAROON,
    NAVY,
    ORANGE,
    RED,
    SILVER,
    SLATE,
    TAN,
    TOP_CORNERS,
    UMBER,
    WALNUT,
    YELLOW,
    Brush,
    Painter,
    mirrored,
)


def _barrel(brush: Brush) -> None:
    brush.blob(BROWN, *mirrored((18, 97), (18, 97), (3, 64), (3, 36), (18, 3), (18, 3)))
    for top, pull in ((38, 33), (62, 67)):
        brush.bow(WALNUT, 2, (top, 5), (pull, 50), (top, 95))
    for top in (16, 75):
        brush.box(10, top, 90, top + 9, SLATE, 1)
    brush.oval(44, 44, 56, 56, UMBER)


def _birdhouse(brush: Brush) -> None:
    brush.shape(AMBER, (16, 46), (50, 14), (84, 46), (84, 92), (16, 92))
    brush.box(12, 88, 88, 97, WALNUT, 3)
    brush.stroke(RED, 10, (9, 48), (50, 9), (91, 48))
    brush.oval(38, 38, 62, 62, UMBER)
    brush.stroke(WALNUT, 6, (50, 72), (50, 76))


def _fence(brush: Brush) -> None:
    for top in (34, 68):
        brush.box(2, top, 98, top + 9, BROWN, 2)
    for left in (5, 29, 53, 77):
        brush.shape(TAN, (left, 20), (left + 9, 6), (left + 18, 20), (left + 18, 95), (left, 95))
        for top in (37, 71):
            brush.oval(left + 7, top, left + 11, top + 4, WALNUT)


def _fire_hydrant(brush: Brush) -> None:
    brush.box(43, 3, 57, 16, MAROON, 3)
    brush.box(29, 11, 71, 50, RED, 20, TOP_CORNERS)
    brush.box(32, 34, 68, 88, RED)
    brush.box(18, 46, 82, 66, RED)
    for left in (11, 79):
        brush.box(left, 43, left + 10, 69, MAROON, 3)
    brush.box(24, 31, 76, 39, MAROON, 4)
    brush.oval(38, 44, 62, 68, YELLOW)
    brush.oval(45, 51, 55, 61, ORANGE)
    brush.box(20, 84, 80, 97, MAROON, 4)


def _lighthouse(brush: Brush) -> None:
    brush.shape(RED, (39, 30), (61, 30), (72, 96), (28, 96))
    brush.shape(SILVER, (37, 42), (63, 42), (65, 54), (35, 54))
    brush.shape(SILVER, (33, 66), (67, 66), (69, 78), (31, 78))
    brush.box(39, 13, 61, 30, YELLOW)
    brush.shape(MAROON, (32, 16), (50, 2), (68, 16))
    brush.box(30, 27, 70, 34, NAVY, 2)
    brush.box(44, 82, 56, 94, UMBER, 5, TOP_CORNERS)
    brush.box(22, 92, 78, 98, NAVY, 2)


def _traffic_cone(brush: Brush) -> None:
    brush.shape(ORANGE, (42, 4), (58, 4), (78, 84), (22, 84))
    brush.shape(SILVER, (37, 24), (63, 24), (67, 40), (33, 40))
    brush.shape(SILVER, (29, 56), (71, 56), (75, 72), (25, 72))
    brush.box(41, 2, 59, 8, ORANGE, 3)
    brush.box(15, 79, 85, 90, AMBER, 4)
    brush.box(4, 86, 96, 97, ORANGE, 5)


def _windmill(brush: Brush) -> None:
    brush.shape(TAN, (38, 44), (62, 44), (73, 97), (27, 97))
    brush.box(34, 28, 66, 50, CRIMSON, 16, TOP_CORNERS)
    brush.box(43, 79, 57, 97, UMBER, 7, TOP_CORNERS)
    for across, down in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
        _sail(brush, across, down)
    brush.oval(44, 39, 56, 51, WALNUT)


def _sail(brush: Brush, across: int, down: int) -> None:
    """Draw one arm and its sail, which stands on the same side of each arm when the wheel turns."""
    aside = (-7 * down, 7 * across)
    near, far = ((50 + out * across, 45 + out * down) for out in (9, 35))
    sail = (near, far, (far[0] + aside[0], far[1] + aside[1]), (near[0] + aside[0], near[1] + aside[1]))
    brush.shape(YELLOW, *sail)
    brush.stroke(WALNUT, 4, (50, 45), far)


OUTDOORS: dict[str, Painter] = {
    "barrel": _barrel,
    "birdhouse": _birdhouse,
    "fence": _fence,
    "fire hydrant": _fire_hydrant,
    "lighthouse": _lighthouse,
    "traffic cone": _traffic_cone,
    "windmill": _windmill,
}
