"""How figures look on the page: shares in percent, differences in points, and where each stands on a scale from 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from unisandbox.evaluation.protocol import ASK, LITERAL, NORMAL, THINK

Block = Mapping[str, Any]
NOTHING: Final = "–"
ARM_NAMES: Final = {ASK: "ask", LITERAL: "literal", NORMAL: "draw, normal", THINK: "draw, think"}
ARM_CLASS: Final = {ASK: "ask", LITERAL: "literal", NORMAL: "normal", THINK: "think"}
PAIR_NAMES: Final = {
    ("gap", NORMAL): ("gap, normal", "ask − draw"),
    ("gap", THINK): ("gap, think", "ask − draw"),
    ("think_gain", THINK): ("think gain", "think − normal"),
    ("control_loss", LITERAL): ("control loss", "1 − literal"),
    ("transfer", NORMAL): ("transfer, normal", "right where ask and literal are"),
    ("transfer", THINK): ("transfer, think", "right where ask and literal are"),
}
DIFFERENCES: Final = ("gap", "think_gain")
OUTCOME_NAMES: Final = {
    "correct": "correct",
    "wrong": "wrong",
    "generation_error": "generation error",
    "judge_error": "judge error",
}


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share in percent.

    >>> percent(0.3733), percent(None)
    ('37.3%', '–')
    """
    return NOTHING if share is None else f"{100 * share:.{digits}f}%"


def points(difference: float) -> str:
    """Return a difference of shares in points, with its sign.

    >>> points(0.4961), points(-0.02), points(0.0)
    ('+49.6', '−2.0', '0.0')
    """
    text = f"{100 * difference:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "−")


def between(interval: list[float] | None, *, signed: bool = False) -> str:
    """Return an interval without its unit.

    >>> between([0.359, 0.388]), between([-0.01, 0.02], signed=True), between(None)
    ('35.9–38.8', '−1.0 to +2.0', 'no interval')
    """
    if interval is None:
        return "no interval"
    return f"{points(interval[0])} to {points(interval[1])}" if signed else "–".join(f"{100 * end:.1f}" for end in interval)


def cell(block: Block | None, reason: str | None = None, *, signed: bool = False) -> dict[str, Any]:
    """Return what a table shows of a figure: text, interval, counts, and the place of each on a scale of 100."""
    if block is None:
        return {"text": NOTHING, "reason": reason or "not asked"}
    value, interval = block["value"], block["interval"]
    told = {
        "text": points(value) if signed else percent(value),
        "interval": between(interval, signed=signed),
        "n": f"{block['judged']:,}",
        "about": f"{block['judged']:,} of {block['items']:,} items judged, {block['clusters']:,} clusters, {block['method']}",
        "notes": list(block["notes"]),
    }
    return told if signed else {**told, "at": _place(value), **_span(interval)}


def arm_cell(arm: Block | None, absent: str | None = None) -> dict[str, Any]:
    """Return what a table shows of an arm's accuracy."""
    if arm is None:
        return cell(None, absent)
    return cell(arm["accuracy"], arm["reason"])


def _span(interval: list[float] | None) -> dict[str, str]:
    if interval is None:
        return {}
    return {"low": _place(interval[0]), "width": _place(interval[1] - interval[0])}


def _place(share: float) -> str:
    return f"{100 * share:.2f}"


def listed(values: Block) -> list[tuple[str, str]]:
    """Return named values of any kind as text; of those inside others, the names too.

    >>> listed({"before": {"pictures": 60, "shares": {"count": 0.95}, "failed": []}})
    [('before', 'pictures 60, count 0.950')]
    """
    return [(name.replace("_", " "), _said(value)) for name, value in values.items()]


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = [
            f"{_said(one)}" if isinstance(one, Mapping) else f"{name.replace('_', ' ')} {_said(one)}"
            for name, one in value.items()
            if one not in (None, [], {})
        ]
        return ", ".join(inner)
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value))
    return f"{value:.3f}" if isinstance(value, float) else str(value)
