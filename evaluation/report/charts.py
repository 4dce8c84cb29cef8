"""The plot of arms by level, as SVG that takes its colours from the page and says its figures to a screen reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from unisandbox.evaluation.protocol import ARMS, ASK, LITERAL, NORMAL, THINK
from unisandbox.evaluation.report.shown import ARM_CLASS, ARM_NAMES, between, percent

Block = Mapping[str, Any]
WIDTH, HEIGHT = 360, 250
LEFT, RIGHT, TOP, BOTTOM = 38, 12, 12, 34
APART: Final = 9.0  # between the marks of two arms at one level
SIZE: Final = 4.2  # of a mark
GRID: Final = (0, 25, 50, 75, 100)


class Point(NamedTuple):
    """One figure of an arm at a level, in the plot's own units."""

    x: float
    y: float
    low: float | None
    high: float | None
    said: str


def level_plot(family: str, levels: Sequence[tuple[str, Block]]) -> Markup:
    """Return the plot of one family.

    Args:
        family: Its name.
        levels: Name of each level and its part of the results, in order.
    """
    arms = [arm for arm in ARMS if any(_accuracy(part, arm) for _, part in levels)]
    lines = [(arm, _points(levels, arm, (place - (len(arms) - 1) / 2) * APART)) for place, arm in enumerate(arms)]
    said = "; ".join(point.said for _, points in lines for point in points)
    drawn = [*_grid(levels), *_chance(levels), *(mark for arm, points in lines for mark in _line(arm, points))]
    label = Markup("Accuracy by level, {}: {}").format(family, said)
    start = Markup('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDTH, HEIGHT, label)
    return start + Markup("").join(drawn) + Markup("</svg>")


def mark(arm: str, x: float, y: float) -> Markup:
    """Return the mark of an arm: each has a shape of its own, so that it is told apart without colour."""
    size = SIZE
    shapes = {
        ASK: f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}"/>',
        LITERAL: f'<rect x="{x - size * 0.9:.1f}" y="{y - size * 0.9:.1f}" width="{size * 1.8:.1f}" height="{size * 1.8:.1f}"/>',
        NORMAL: f'<path d="M{x:.1f} {y - size * 1.2:.1f}l{size * 1.2:.1f} {size * 2.1:.1f}h{-size * 2.4:.1f}z"/>',
        THINK: f'<path d="M{x:.1f} {y - size * 1.35:.1f}l{size * 1.35:.1f} {size * 1.35:.1f}l{-size * 1.35:.1f} {size * 1.35:.1f}'
        f'l{-size * 1.35:.1f} {-size * 1.35:.1f}z"/>',
    }
    return Markup(shapes[arm])


def _points(levels: Sequence[tuple[str, Block]], arm: str, shift: float) -> list[Point]:
    found = []
    for place, (name, part) in enumerate(levels):
        figure = _accuracy(part, arm)
        if figure:
            known = f"{between(figure['interval'])}, n {figure['judged']:,}"
            said = f"level {name}, {ARM_NAMES[arm]} {percent(figure['value'])} ({known})"
            low, high = (None if end is None else _y(end) for end in figure["interval"] or (None, None))
            found.append(Point(_x(place, len(levels)) + shift, _y(figure["value"]), low, high, said))
    return found


def _line(arm: str, points: Sequence[Point]) -> Iterator[Markup]:
    path = " ".join(f"{point.x:.1f},{point.y:.1f}" for point in points)
    yield Markup('<g class="arm {}">').format(ARM_CLASS[arm])
    yield Markup('<polyline points="{}"/>').format(path)
    for point in points:
        if point.low is not None and point.high is not None:
            yield Markup(
                f'<line class="whisker" x1="{point.x:.1f}" x2="{point.x:.1f}" y1="{point.low:.1f}" y2="{point.high:.1f}"/>'
            )
        yield Markup('<g class="mark"><title>{}</title>{}</g>').format(point.said, mark(arm, point.x, point.y))
    yield Markup("</g>")


def _grid(levels: Sequence[tuple[str, Block]]) -> Iterator[Markup]:
    for share in GRID:
        y = _y(share / 100)
        yield Markup(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        yield Markup(f'<text class="tick" x="{LEFT - 6}" y="{y + 3.5:.1f}" text-anchor="end">{share}</text>')
    for place, (name, _) in enumerate(levels):
        x = _x(place, len(levels))
        yield Markup('<text class="tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            x, HEIGHT - 14, f"level {name}"
        )


def _chance(levels: Sequence[tuple[str, Block]]) -> Iterator[Markup]:
    """Yield a dashed line at what blind guessing scores, for each level."""
    half = (WIDTH - LEFT - RIGHT) / len(levels) / 2 - 4
    for place, (_, part) in enumerate(levels):
        known = [arm["chance"] for arm in part["arms"].values() if arm and arm["chance"] is not None]
        if known:
            x, y, said = _x(place, len(levels)), _y(known[0]), f"blind guessing scores {percent(known[0])}"
            yield Markup('<line class="chance" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"><title>{}</title></line>').format(
                x - half, x + half, y, y, said
            )


def _accuracy(part: Block, arm: str) -> Block | None:
    found: Block | None = (part["arms"][arm] or {}).get("accuracy")
    return found


def _x(place: int, of: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (place + 0.5) / of


def _y(share: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)


def legend(arms: Iterable[str]) -> Markup:
    """Return the marks of arms with their names."""
    keys = (
        Markup('<li class="arm {}"><svg viewBox="0 0 16 16" aria-hidden="true"><g class="mark">{}</g></svg>{}</li>').format(
            ARM_CLASS[arm], mark(arm, 8, 8), ARM_NAMES[arm]
        )
        for arm in arms
    )
    dashes = '<svg viewBox="0 0 16 16" aria-hidden="true"><path class="chance" d="M0 8H16"/></svg>'
    chance = Markup(f'<li class="by-chance">{dashes}blind guessing</li>')
    return Markup('<ul class="legend">') + Markup("").join(keys) + chance + Markup("</ul>")
