"""Values of a TOML table as the fields of a dataclass, with everything that does not fit told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, get_type_hints

from unisandbox.errors import Violation


class Reader:
    """Reads the tables of one file and collects what is wrong in `found`; a path such as `math.splits` names a table."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Violation] = []

    def wrong(self, path: str, found: str, allowed: str, fix: str) -> None:
        """Note one violation at a path; the path of the whole file is empty."""
        self.found.append(Violation(f"{self.file}: {path}" if path else self.file, found, allowed, fix))

    def known(self, path: str, table: Mapping[str, Any], names: Iterable[str]) -> None:
        """Note every key of a table that is none of the names, with the nearest name."""
        allowed = list(names)
        for key in sorted(set(table) - set(allowed)):
            near = get_close_matches(key, allowed, n=1, cutoff=0.5)
            self.wrong(
                joined(path, key), "an unknown key", " | ".join(allowed), f"did you mean {near[0]!r}?" if near else "remove it"
            )

    def values(self, path: str, table: Mapping[str, Any], kind: type, required: Iterable[str] = ()) -> dict[str, Any]:
        """Return the fields of a dataclass that a table gives, each of its declared type; note the others."""
        hints = get_type_hints(kind)
        values = {}
        for name in (field.name for field in fields(kind)):
            if name in table:
                value, fits = _typed(table[name], hints[name])
                if fits:
                    values[name] = value
                else:
                    self.wrong(joined(path, name), repr(table[name]), _named(hints[name]), "mend the value")
            elif name in required:
                self.wrong(joined(path, name), "nothing", _named(hints[name]), "add the key")
        return values


def joined(path: str, key: str) -> str:
    """Return the path of a key in a table.

    >>> joined("math.splits", "train"), joined("", "seed")
    ('math.splits.train', 'seed')
    """
    return f"{path}.{key}" if path else key


def _typed(value: Any, hint: Any) -> tuple[Any, bool]:
    """Return a TOML value as the declared type, and whether it is one."""
    text = str(hint)
    if hint is float:
        return float(value) if _is_number(value) else value, _is_number(value)
    if hint in (int, str, bool):
        return value, type(value) is hint
    if text.startswith("tuple["):
        inner = str if "str" in text else int
        ok = isinstance(value, list) and all(type(part) is inner for part in value)
        fixed = 0 if "..." in text else text.count(",") + 1
        return tuple(value) if ok else value, ok and (not fixed or len(value) == fixed)
    return value, False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _named(hint: Any) -> str:
    """Return what a type is called in a message."""
    words = {int: "a whole number", str: "a text", float: "a number", bool: "true or false"}
    if hint in words:
        return words[hint]
    text = str(hint)
    inner = "texts" if "str" in text else "whole numbers"
    return f"a list of {inner}" if "..." in text else f"a list of {text.count(',') + 1} {inner}"
