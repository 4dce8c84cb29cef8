"""Glasses and hats of portraits. Their colours are fixed and none of them is a hair or shirt colour.

A frame is dark with a light inner rim, so that it stands out on every skin.
"""

from __future__ import annotations

from unisandbox.generators.portrait_parts import INK, Blob, Block, Oval, Part, Shape, Stroke, both, symmetric

LINE = 3
LENS = (226, 240, 248)
DARK_LENS = (30, 30, 36)
SHINE = (150, 160, 176)

COVERING = ("cap", "beanie", "top hat", "straw hat")  # a party hat sits on top of the hair


def glasses(kind: str) -> tuple[Part, ...]:
    """Return the glasses of a kind, `none` being an empty layer."""
    if kind == "none":
        return ()
    arms = both(Stroke(((262, 208), (276, 204)), 6))
    bridge = Stroke(((178, 212), (192, 203), (206, 212)), 6)
    if kind == "sunglasses":
        lens = Blob(((196, 190), (228, 188), (268, 190), (268, 212), (258, 242), (224, 248), (198, 236)))
        shine = (Stroke(((216, 208), (228, 198)), 5), Stroke(((148, 208), (160, 198)), 5))
        bar = Block(((170, 196), (214, 196), (214, 204), (170, 204)))
        return (Part(INK, (*arms, bar)), Part(DARK_LENS, both(lens), line=LINE), Part(SHINE, shine))
    frame, rim, lenses = (_lenses(kind, reach) for reach in (34, 28, 25))
    return (
        Part(LENS, lenses, percent=12),
        Part(LENS, rim, minus=lenses),
        Part(INK, frame, minus=rim),
        Part(INK, (*arms, bridge)),
    )


def _lenses(kind: str, reach: int) -> tuple[Shape, ...]:
    if kind == "round":
        return both(Oval(228, 215, reach, reach))
    left, right, top, bottom = 232 - reach, 232 + reach, 222 - reach, 208 + reach
    return both(Block(((left, top), (right, top), (right, bottom), (left, bottom))))


def hat(kind: str) -> tuple[Part, ...]:
    """Return the hat of a kind, `none` being an empty layer."""
    if kind == "none":
        return ()
    drawn = {"cap": _cap, "beanie": _beanie, "top hat": _top_hat, "straw hat": _straw_hat, "party hat": _party_hat}
    return drawn[kind]()


def _cap() -> tuple[Part, ...]:
    dome = symmetric((224, 64), (286, 78), (290, 130), (282, 146), (220, 140))
    visor = symmetric((240, 122), (300, 132), (304, 160), (270, 164), (232, 146))
    seams = both(Stroke(((206, 76), (232, 96), (236, 128)), 3))
    return (
        Part((240, 128, 36), (dome,), line=LINE),
        Part((190, 92, 20), seams),
        Part((240, 128, 36), (Oval(192, 74, 8, 5),), line=LINE),
        Part((206, 98, 20), (visor,), line=LINE),
    )


def _beanie() -> tuple[Part, ...]:
    dome = symmetric((236, 44), (288, 84), (286, 140), (230, 140))
    cuff = symmetric((250, 112), (296, 114), (294, 150), (250, 152))
    ribs = tuple(Stroke(((x, 120), (x, 146)), 3) for x in range(120, 276, 18))
    return (
        Part((40, 122, 128), (Oval(192, 46, 20, 20),), line=LINE),
        Part((64, 170, 172), (dome,), line=LINE),
        Part((40, 122, 128), (cuff,), line=LINE),
        Part((26, 88, 94), ribs, within=(cuff,)),
    )


def _top_hat() -> tuple[Part, ...]:
    crown = Block(((132, 22), (252, 22), (246, 136), (138, 136)))
    band = Block(((100, 104), (284, 104), (284, 128), (100, 128)))
    return (
        Part((86, 90, 106), (Oval(192, 134, 106, 17),), line=LINE),
        Part((86, 90, 106), (crown, Oval(192, 24, 60, 7)), line=LINE),
        Part((196, 62, 84), (band,), within=(crown,)),
    )


def _straw_hat() -> tuple[Part, ...]:
    brim = Oval(192, 138, 146, 24)
    crown = symmetric((236, 42), (266, 62), (262, 120), (262, 132), (240, 136))
    band = Block(((100, 100), (284, 100), (284, 122), (100, 122)))
    weave = tuple(Stroke(((110, y), (274, y)), 2) for y in (70, 82, 94))
    rings = tuple(Oval(192, 138, rx, ry) for rx, ry in ((128, 19), (125, 18)))
    return (
        Part((228, 202, 152), (brim,), line=LINE),
        Part((186, 152, 98), rings[:1], minus=rings[1:]),
        Part((228, 202, 152), (crown,), line=LINE),
        Part((186, 152, 98), weave, within=(crown,)),
        Part((150, 70, 60), (band,), within=(crown,)),
    )


def _party_hat() -> tuple[Part, ...]:
    cone = Blob(((192, 22), (192, 22), (258, 130), (258, 130), (192, 148), (126, 130), (126, 130)))
    stripes = tuple(Stroke(((120, y), (192, y - 18), (264, y - 44)), 10) for y in (82, 114, 146, 178))
    return (
        Part((36, 190, 214), (cone,), line=LINE),
        Part((255, 236, 120), stripes, within=(cone,)),
        Part((240, 90, 150), (Oval(192, 30, 15, 15),), line=LINE),
    )
