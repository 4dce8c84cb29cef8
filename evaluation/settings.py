"""Settings from `key=value` arguments: a dataclass of numbers and texts, each in the type of its default."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from unisandbox.errors import InputError, Violation

Settings = TypeVar("Settings")
MAY_BE_ZERO = ("temperature",)


def settings_of(where: str, arguments: Mapping[str, str], defaults: Settings) -> Settings:
    """Return settings with those of the arguments in place of their defaults; unknown arguments are not looked at.

    Args:
        where: What messages begin with.
        arguments: As text, by name.
        defaults: An instance of the dataclass.

    Raises:
        InputError: A text that is no number, or one that is not above 0.
    """
    changed: dict[str, Any] = {}
    wrong: list[Violation] = []
    for field in fields(defaults):  # type: ignore[arg-type]
        if field.name in arguments:
            try:
                changed[field.name] = _value(arguments[field.name], getattr(defaults, field.name), field.name)
            except ValueError as error:
                wrong.append(Violation(f"{where} {field.name}", repr(arguments[field.name]), str(error), "write such a number"))
    if wrong:
        raise InputError(wrong)
    return replace(defaults, **changed)  # type: ignore[type-var]


def _value(text: str, default: Any, name: str) -> Any:
    if isinstance(default, str):
        return text
    kind = type(default)
    allowed = f"a {'whole ' if kind is int else ''}number {'from 0' if name in MAY_BE_ZERO else 'above 0'}"
    try:
        value = kind(text)
    except ValueError:
        raise ValueError(allowed) from None
    if not math.isfinite(value) or value < 0 or (value == 0 and name not in MAY_BE_ZERO):
        raise ValueError(allowed)
    return value
