"""Text on sheets: the font that Pillow brings along, and strokes of our own for the characters that it lacks.

Widths are measured before anything is drawn, so that a caption is wrapped or shortened and never runs over.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Line = tuple[tuple[float, float], ...]

INK: Final[Colour] = (30, 34, 42)
MUTED: Final[Colour] = (101, 108, 122)
RIGHT: Final[Colour] = (16, 112, 76)  # captions of right pictures
NEAR_MISS: Final[Colour] = (176, 66, 30)  # captions of near misses
ELLIPSIS: Final = "…"
LINE_HEIGHT: Final = 1.3  # of the font size
STROKE_EM: Final = 0.068  # as thick as the font's own stems
DOT: Final = 0.8  # the radius of a dot, in strokes
FINER: Final = 4  # text is drawn this much larger and shrunk: letters stand at their true distances


class Strokes(NamedTuple):
    """A character of our own, in em from the baseline up: its advance, a letter beneath, and lines; a lone point is a dot."""

    advance: float
    letter: str
    lines: tuple[Line, ...]


DRAWN: Mapping[str, Strokes] = {
    " ": Strokes(0.27, "", ()),  # the font's own is so narrow that words run together at small sizes
    "√": Strokes(0.60, "", (((0.04, 0.30), (0.14, 0.37), (0.28, 0.02), (0.54, 0.80)),)),
    "→": Strokes(0.92, "", (((0.08, 0.27), (0.82, 0.27)), ((0.60, 0.46), (0.83, 0.27), (0.60, 0.08)))),
    "–": Strokes(0.56, "", (((0.05, 0.26), (0.51, 0.26)),)),
    "÷": Strokes(0.58, "", (((0.06, 0.30), (0.52, 0.30)), ((0.29, 0.52),), ((0.29, 0.08),))),
    "×": Strokes(0.56, "", (((0.10, 0.10), (0.46, 0.46)), ((0.10, 0.46), (0.46, 0.10)))),
    "¢": Strokes(0.54, "c", (((0.29, -0.10), (0.29, 0.62)),)),
    "€": Strokes(0.74, "C", (((0.00, 0.42), (0.46, 0.42)), ((0.00, 0.28), (0.46, 0.28)))),
    "¥": Strokes(0.64, "Y", (((0.10, 0.31), (0.52, 0.31)), ((0.10, 0.17), (0.52, 0.17)))),
    "£": Strokes(
        0.60,
        "",
        (
            ((0.50, 0.55), (0.45, 0.65), (0.35, 0.69), (0.24, 0.64), (0.20, 0.52), (0.22, 0.20), (0.17, 0.07), (0.08, 0.02)),
            ((0.08, 0.03), (0.53, 0.03)),
            ((0.08, 0.34), (0.43, 0.34)),
        ),
    ),
    "§": Strokes(
        0.54,
        "",
        (
            ((0.43, 0.61), (0.35, 0.69), (0.24, 0.70), (0.14, 0.63), (0.15, 0.54),
             (0.37, 0.40), (0.44, 0.30), (0.38, 0.20), (0.29, 0.14)),
            ((0.10, -0.04), (0.18, -0.12), (0.29, -0.13), (0.39, -0.06), (0.38, 0.03),
             (0.16, 0.17), (0.09, 0.27), (0.15, 0.37), (0.24, 0.43)),
        ),
    ),
    "¶": Strokes(
        0.62,
        "",
        (
            ((0.36, -0.12), (0.36, 0.68), (0.22, 0.66), (0.12, 0.58), (0.10, 0.48), (0.15, 0.38), (0.24, 0.34), (0.36, 0.33)),
            ((0.36, 0.68), (0.52, 0.68), (0.52, -0.12)),
        ),
    ),
}  # fmt: skip


@lru_cache(maxsize=64)
def font(size_px: int) -> ImageFont.FreeTypeFont:
    """Return the bundled font in a size."""
    loaded = ImageFont.load_default(size_px)
    if not isinstance(loaded, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType; install it from a wheel")
    return loaded


def text_width(text: str, size_px: int) -> float:
    """Return how many pixels a text is wide.

    >>> text_width("10 → 4", 20) > text_width("10 4", 20) > 0
    True
    """
    return sum(_advance(run, size_px * FINER) for run in _runs(text)) / FINER


def line_px(size_px: int) -> int:
    """Return the height of a line of text."""
    return round(size_px * LINE_HEIGHT)


def put_text(page: Image.Image, left: int, top: int, text: str, size_px: int, colour: Colour = INK) -> None:
    """Draw a line of text whose line box has this upper left corner."""
    em = size_px * FINER
    wide, high = math.ceil(text_width(text, size_px)) + 2, line_px(size_px)
    mask = Image.new("L", (wide * FINER, high * FINER))
    draw, pen = ImageDraw.Draw(mask), 0.0
    for run in _runs(text):
        if run in DRAWN:
            _put_strokes(draw, pen, em, DRAWN[run])
        else:
            draw.text((pen, em), run, fill=255, font=font(em), anchor="ls")
        pen += _advance(run, em)
    page.paste(colour, (left, top), mask.resize((wide, high), Image.Resampling.BOX))


def shortened(text: str, size_px: int, width_px: int) -> str:
    """Return a text that fits a width, whole or cut before an ellipsis.

    >>> shortened("a very long caption", 20, 100).endswith("…"), shortened("short", 20, 100)
    (True, 'short')
    """
    if text_width(text, size_px) <= width_px:
        return text

    def width(kept: int) -> float:
        return text_width(text[:kept].rstrip() + ELLIPSIS, size_px)

    kept = bisect_right(range(1, len(text)), float(width_px), key=width)
    return text[:kept].rstrip() + ELLIPSIS


def wrapped(text: str, size_px: int, width_px: int, most_lines: int | None = None) -> list[str]:
    """Return a text as lines that fit a width; what is beyond `most_lines` ends in an ellipsis.

    >>> wrapped("one two three", 20, 80)
    ['one two', 'three']
    """
    lines: list[str] = []
    words, space = text.split(), text_width(" ", size_px)
    while words:
        if most_lines is not None and len(lines) == most_lines - 1:
            return [*lines, shortened(" ".join(words), size_px, width_px)]
        taken, used = 1, text_width(words[0], size_px)
        while taken < len(words) and (used := used + space + text_width(words[taken], size_px)) <= width_px:
            taken += 1
        lines.append(shortened(" ".join(words[:taken]), size_px, width_px))
        words = words[taken:]
    return lines


def _runs(text: str) -> Iterator[str]:
    """Yield a text as pieces: a space or a character of our own alone, what stands between them together."""
    start = 0
    for place, character in enumerate(text):
        if character in DRAWN:
            if start < place:
                yield text[start:place]
            yield character
            start = place + 1
    if start < len(text):
        yield text[start:]


def _advance(run: str, em: int) -> float:
    return DRAWN[run].advance * em if run in DRAWN else font(em).getlength(run)


def _put_strokes(draw: ImageDraw.ImageDraw, left: float, em: int, strokes: Strokes) -> None:
    thick = STROKE_EM * em
    draw.text((left, em), strokes.letter, fill=255, font=font(em), anchor="ls")
    for line in strokes.lines:
        points = [(left + x * em, em - y * em) for x, y in line]
        draw.line(points, fill=255, width=round(thick), joint="curve")
        half = thick * (DOT if len(points) == 1 else 0.5)
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - half, y - half, x + half, y + half), fill=255)
