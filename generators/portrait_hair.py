"""Hair of portraits by style, in three layers: behind the body, over the shirt, and over the head.

Whatever the hat, hair shows at both temples, and each style shows where it differs from the others: bun and ponytail sit at the
side, below the brim. A hat that covers the skull hides the hair above its edge.
"""

from __future__ import annotations

from unisandbox.generators.portrait_parts import UNITS, Blob, Block, Oval, Part, Shape, Stroke, both, symmetric

LINE = 3
EDGE = 134  # hats that cover the skull end below it
ABOVE = Block(((0, 0), (UNITS, 0), (UNITS, EDGE), (0, EDGE)))
TIE = (70, 190, 190)  # the band of a bun, ponytail or braid

CURLS_HIGH = both(Oval(208, 92, 30, 30), Oval(248, 104, 32, 32), Oval(278, 134, 30, 30))
CURLS_LOW = both(
    Oval(292, 168, 28, 28), Oval(296, 206, 28, 28), Oval(288, 244, 27, 27), Oval(276, 274, 22, 22), Oval(262, 190, 30, 60)
)
CURLS_FRONT = both(
    Oval(204, 130, 22, 22), Oval(232, 136, 22, 22), Oval(258, 154, 21, 21), Oval(274, 184, 20, 20), Oval(276, 214, 17, 17)
)
LONG_BACK = symmetric((250, 200), (270, 250), (276, 330), (276, 360), (240, 366))
BRAID = tuple(Oval(x, y, r, r - 1) for x, y, r in ((272, 246, 20), (278, 272, 20), (281, 298, 19), (282, 323, 18)))
TAIL = Blob(
    ((276, 170), (292, 134), (348, 146), (354, 230), (340, 300), (354, 350), (354, 350), (298, 326), (302, 250), (300, 196))
)
TAIL_TIE = Oval(288, 166, 10, 18)
BUN = Oval(299, 174, 38, 37)


def hair_behind(hair_style: str, covered: bool) -> tuple[Part, ...]:
    """Return what lies behind the body; `covered` by a hat or not."""
    if hair_style == "long":
        return (Part("hair", (LONG_BACK,), line=LINE),)
    if hair_style == "curly":
        return (Part("hair", CURLS_LOW if covered else (*CURLS_HIGH, *CURLS_LOW), line=LINE),)
    if hair_style == "bun":
        swirl = (
            Stroke(((279, 194), (325, 208), (329, 168), (303, 148), (279, 168)), 4),
            Stroke(((291, 180), (313, 188), (311, 164), (297, 166)), 4),
        )
        return (Part("hair", (BUN,), line=LINE), Part("hair shade", swirl, within=(BUN,)))
    if hair_style == "ponytail":
        strands = (
            Stroke(((290, 176), (330, 176), (330, 240), (322, 300), (338, 330)), 4),
            Stroke(((290, 190), (312, 210), (312, 260), (310, 300)), 4),
        )
        return (Part("hair", (TAIL,), line=LINE), Part("hair shade", strands, within=(TAIL,)), Part(TIE, (TAIL_TIE,), line=LINE))
    return ()


def hair_over_shirt(hair_style: str) -> tuple[Part, ...]:
    """Return what falls over the shoulders, under the head."""
    if hair_style == "braids":
        end = Blob(((274, 342), (290, 342), (298, 362), (284, 376), (268, 362)))
        parts = [Part("hair", both(end), line=LINE), Part(TIE, both(Oval(282, 342, 12, 7)), line=LINE)]
        for knot in reversed(BRAID):
            notch = Stroke(((knot.x - 12, knot.y - 8), (knot.x, knot.y + 9), (knot.x + 12, knot.y - 8)), 4)
            parts += [Part("hair", both(knot), line=LINE), Part("hair shade", both(notch))]
        return tuple(parts)
    return ()


def hair_over_head(hair_style: str, covered: bool) -> tuple[Part, ...]:
    """Return the hair on the skull, with the hairline at the forehead; `covered` by a hat or not."""
    layer = {"short": _short, "long": _long, "curly": _curly, "braids": _parted}.get(hair_style, _swept)
    return layer(covered)


def _cap(covered: bool, outer: Shape, opening: Shape, strands: tuple[Shape, ...]) -> tuple[Part, ...]:
    hidden = (ABOVE,) if covered else ()
    return (
        Part("hair", (outer,), minus=(opening, *hidden), line=LINE),
        Part("hair shade", strands, minus=(opening, *hidden), within=(outer,)),
    )


def _short(covered: bool) -> tuple[Part, ...]:
    outer = symmetric((220, 74), (268, 84), (292, 122), (294, 176), (286, 204), (272, 230), (250, 228))
    opening = Blob(((120, 236), (133, 190), (138, 154), (186, 170), (244, 138), (251, 176), (264, 236), (192, 330)))
    strands = (
        Stroke(((236, 92), (204, 112), (156, 126)), 4),
        Stroke(((248, 102), (224, 124), (182, 138)), 4),
        Stroke(((206, 86), (178, 100), (146, 110)), 4),
    )
    return _cap(covered, outer, opening, strands)


def _long(covered: bool) -> tuple[Part, ...]:
    ends = ((304, 374), (304, 374), (288, 362), (272, 374), (272, 374), (258, 360), (240, 372), (240, 372))
    outer = symmetric((220, 78), (266, 88), (288, 124), (286, 200), (296, 300), *ends)
    left = ((244, 420), (140, 420), (140, 300), (126, 236), (132, 164), (152, 142))
    opening = Blob((*left, (166, 112), (166, 112), (222, 136), (252, 164), (258, 236), (244, 300), (244, 420)))
    lengths = both(
        Stroke(((270, 190), (270, 250), (284, 320)), 4),
        Stroke(((262, 290), (266, 320), (262, 346)), 4),
        Stroke(((280, 300), (290, 330), (290, 350)), 4),
    )
    parted = (
        Stroke(((166, 84), (166, 114)), 4),
        Stroke(((178, 106), (238, 106), (266, 150), (270, 190)), 4),
        Stroke(((158, 112), (130, 130), (116, 160), (114, 190)), 4),
    )
    return _cap(covered, outer, opening, (*lengths, *parted))


def _curly(covered: bool) -> tuple[Part, ...]:
    curls = both(
        Stroke(((262, 178), (276, 168), (286, 182), (276, 190)), 4),
        Stroke(((290, 216), (304, 206), (310, 220), (300, 226)), 4),
        Stroke(((282, 252), (294, 242), (300, 256)), 4),
        Stroke(((216, 140), (230, 130), (240, 144)), 4),
    )
    top = both(Stroke(((236, 100), (250, 90), (260, 104), (250, 110)), 4), Stroke(((196, 104), (208, 92), (220, 104)), 4))
    crown = (*CURLS_HIGH, Oval(192, 120, 80, 30))
    return (
        Part("hair", CURLS_FRONT if covered else (*CURLS_FRONT, *crown), minus=(ABOVE,) if covered else (), line=LINE),
        Part("hair shade", curls if covered else (*curls, *top)),
    )


def _parted(covered: bool) -> tuple[Part, ...]:
    outer = symmetric((220, 78), (268, 88), (290, 126), (284, 180), (290, 240), (262, 252))
    sides = ((252, 148), (254, 190), (268, 250), (192, 330), (116, 250), (130, 190), (132, 148))
    strands = both(Stroke(((200, 112), (246, 118), (268, 170), (270, 214)), 4), Stroke(((202, 96), (256, 98), (278, 140)), 4))
    return _cap(covered, outer, Blob(((192, 118), (192, 118), *sides)), (*strands, Stroke(((192, 70), (192, 124)), 4)))


def _swept(covered: bool) -> tuple[Part, ...]:
    outer = symmetric((220, 78), (266, 88), (290, 124), (292, 176), (284, 204), (270, 232), (248, 228))
    opening = symmetric((206, 146), (244, 148), (252, 184), (266, 236), (220, 330))
    strands = (
        Stroke(((152, 138), (170, 116), (224, 112), (274, 160)), 4),
        Stroke(((128, 166), (144, 104), (226, 88), (278, 150)), 4),
        Stroke(((196, 132), (232, 124), (272, 172)), 4),
        Stroke(((118, 196), (112, 150), (132, 112)), 4),
    )
    return _cap(covered, outer, opening, strands)
