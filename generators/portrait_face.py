"""Body, shirt and head of a portrait, by age group.

The eyes and the skull are at one place at every age, so that glasses, hair and hats do not move with it. Below them a child has a
short round face and narrow shoulders, an old person a long face with hollows and wrinkles.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from unisandbox.generators.portrait_parts import INK, Blob, Block, Oval, Part, Shape, Stroke, both, symmetric

WHITE = (255, 255, 255)
MOUTH = (176, 50, 58)
LINE = 3


class Build(NamedTuple):
    """The outlines of an age group: head, ears, neck and shirt, and the collar's opening."""

    head: Shape
    ear: Oval
    neck: Shape
    shirt: Shape
    opening: Oval


BUILDS: Mapping[str, Build] = {
    "child": Build(
        symmetric((236, 102), (268, 140), (268, 196), (290, 232), (274, 276), (234, 300), (206, 302)),
        Oval(270, 214, 16, 20),
        symmetric((212, 270), (212, 310), (222, 340), (210, 350)),
        symmetric((214, 316), (252, 318), (286, 330), (294, 372), (298, 440)),
        Oval(192, 312, 30, 14),
    ),
    "adult": Build(
        symmetric((236, 102), (268, 140), (270, 200), (268, 262), (232, 304), (210, 308)),
        Oval(268, 216, 15, 23),
        symmetric((226, 270), (226, 300), (240, 338), (214, 352)),
        symmetric((228, 318), (276, 324), (330, 332), (344, 362), (350, 440)),
        Oval(192, 314, 42, 18),
    ),
    "elderly": Build(
        symmetric((236, 102), (268, 140), (272, 206), (256, 256), (256, 292), (226, 314), (206, 316)),
        Oval(268, 222, 18, 30),
        symmetric((220, 270), (218, 306), (234, 338), (214, 352)),
        symmetric((222, 322), (266, 334), (312, 346), (330, 372), (334, 440)),
        Oval(192, 320, 36, 16),
    ),
}


def body(age_group: str) -> tuple[Part, ...]:
    """Return the neck: everything of the body that lies behind the shirt."""
    build = BUILDS[age_group]
    shadow = (
        symmetric((240, 296), (230, 318), (206, 326)) if age_group == "adult" else symmetric((230, 300), (222, 318), (206, 324))
    )
    creases = both(Stroke(((214, 318), (206, 328), (206, 342)), 5)) if age_group == "elderly" else ()
    return (
        Part("skin", (build.neck,), line=LINE),
        Part("skin shade", (shadow,), within=(build.neck,)),
        *(Part("wrinkle", (crease,), within=(build.neck,)) for crease in creases),
    )


def shirt(age_group: str) -> tuple[Part, ...]:
    """Return the shirt with a round collar: one flat colour, and the folds of the sleeves."""
    build = BUILDS[age_group]
    collar = build.opening
    rim = collar._replace(rx=collar.rx + 9, ry=collar.ry + 9)
    fold = {"child": 262, "adult": 294, "elderly": 282}[age_group]
    return (
        Part("shirt", (build.shirt,), minus=(collar,), line=LINE),
        Part("shirt shade", (rim,), minus=(collar,), within=(build.shirt,)),
        Part("shirt shade", both(Stroke(((fold, 358), (fold + 5, 370), (fold + 5, 392)), 4))),
    )


def head(age_group: str) -> tuple[Part, ...]:
    """Return head, ears and features."""
    build = BUILDS[age_group]
    ear = build.ear
    inner = Oval(ear.x + 3, ear.y, ear.rx // 2, ear.ry // 2)
    features = {"child": _child, "adult": _adult, "elderly": _elderly}[age_group]
    return (
        Part("skin", both(ear), line=LINE),
        Part("skin shade", both(inner)),
        Part("skin", (build.head,), line=LINE),
        *features(),
    )


def _eyes(white: tuple[int, int], iris: int, pupil: int) -> tuple[Part, ...]:
    return (
        Part(WHITE, both(Oval(226, 214, *white)), line=2),
        Part((96, 64, 46), both(Oval(225, 214, iris, iris))),
        Part(INK, both(Oval(225, 214, pupil, pupil))),
        Part(WHITE, (Oval(229, 210, pupil // 2, pupil // 2), Oval(163, 210, pupil // 2, pupil // 2))),
    )


def _child() -> tuple[Part, ...]:
    smile = symmetric((202, 262), (218, 259), (218, 259), (212, 283), (198, 286))
    return (
        Part("blush", both(Oval(250, 252, 19, 13))),
        *_eyes((18, 19), 16, 11),
        Part(INK, both(Stroke(((215, 187), (226, 182), (239, 186)), 4))),
        Part("skin shade", (Oval(192, 242, 7, 5),)),
        Part(MOUTH, (smile,), line=2),
        Part(WHITE, (Block(((150, 240), (234, 240), (234, 267), (150, 267))),), within=(smile,)),
    )


def _adult() -> tuple[Part, ...]:
    return (
        *_eyes((16, 12), 10, 6),
        Part(INK, both(Stroke(((206, 190), (224, 182), (246, 190)), 6))),
        Part("skin shade", (Stroke(((194, 220), (206, 248), (190, 252), (182, 248)), 5),)),
        Part(MOUTH, (Stroke(((168, 272), (178, 284), (206, 284), (216, 272)), 6),)),
    )


def _elderly() -> tuple[Part, ...]:
    forehead = (Stroke(((166, 169), (192, 165), (218, 169)), 4), Stroke(((162, 179), (192, 175), (222, 179)), 4))
    lines = both(
        Stroke(((250, 209), (262, 203)), 4),
        Stroke(((250, 217), (263, 220)), 4),
        Stroke(((209, 232), (226, 242), (244, 231)), 5),
        Stroke(((212, 250), (226, 260), (228, 284)), 5),
        Stroke(((222, 286), (232, 296), (242, 296)), 4),
    )
    hollow = both(Blob(((264, 234), (238, 252), (242, 290), (276, 272))))
    return (
        Part("skin shade", hollow, within=(BUILDS["elderly"].head,)),
        Part("skin shade", both(Oval(226, 225, 19, 14))),
        *_eyes((15, 10), 9, 6),
        Part("skin shade", both(Blob(((207, 208), (212, 196), (240, 196), (245, 210), (226, 204))))),
        Part("wrinkle", (*forehead, *lines)),
        Part(INK, both(Stroke(((206, 191), (224, 183), (249, 196)), 7))),
        Part("wrinkle", (Stroke(((195, 222), (210, 250), (190, 256), (178, 250)), 5),)),
        Part(MOUTH, (Stroke(((170, 276), (180, 285), (204, 285), (214, 276)), 5),)),
    )
