"""Names content by what it says: canonical JSON, and the keys under which pictures, answers and verdicts are kept.

A key holds everything that its value depends on, so no two models, judges or prompts ever share one, whatever folder they are in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final


def canonical(value: Any) -> str:
    """Return a value as JSON in one form only: keys sorted, no blanks, UTF-8 as it is; a tuple is a list.

    Raises:
        TypeError: Something that JSON cannot say.
        ValueError: A number that is not finite.

    >>> canonical({"b": (1, None), "a": "é"})
    '{"a":"é","b":[1,null]}'
    """
    return _ENCODER.encode(value)


def digest(value: Any) -> str:
    """Return the sha256 of a value's canonical JSON in hex; raises as `canonical` does.

    >>> digest([1])[:8], digest((1,))[:8], digest([1.0])[:8]
    ('080a9ed4', '080a9ed4', 'c2272c0a')
    """
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def generation_key(*, item: str, arm: str, prompt: str, sample: int, seed: int, size_px: int | None, model: str) -> str:
    """Return the key of one picture or answer.

    Args:
        item: Id of the item.
        arm: One of `protocol.ARMS`.
        prompt: The text that the model is given.
        sample: Which of several, from 0.
        seed: Of this one alone.
        size_px: Wanted side of a picture; None where the model decides, and of answers.
        model: `digest` of the model's identity.
    """
    return digest([item, arm, prompt, sample, seed, size_px, model])


def verdict_key(*, picture: str, questions: str, judge: str) -> str:
    """Return the key of one reading: sha256 of the picture's file, digest of what was asked, digest of the judge's identity."""
    return digest([picture, questions, judge])


def _as_mapping(value: Any) -> dict[Any, Any]:
    """Return a mapping of another kind as a dict, and refuse what JSON has no form for."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a value of type {type(value).__name__}: {value!r:.60}; JSON has text, numbers, true, false, null and lists")


_ENCODER: Final = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_as_mapping
)
