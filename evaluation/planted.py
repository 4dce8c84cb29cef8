"""Facts that a test decides beforehand: settings with rates from a TOML file, and chances that are the same in every run."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.identity import digest

Settings = TypeVar("Settings")
BITS = 52  # of a float between 0 and 1


def share(*what: Any) -> float:
    """Return a number from 0 to below 1 that depends on nothing but what it is for.

    >>> share("a", 1) == share("a", 1), share("a", 1) == share("a", 2)
    (True, False)
    """
    return int(digest(what)[: BITS // 4], 16) / (1 << BITS)


@contextmanager
def lasting(seconds: float) -> Iterator[None]:
    """Let the block take so long at least."""
    end = time.perf_counter() + seconds
    yield
    if (left := end - time.perf_counter()) > 0 and seconds:
        time.sleep(left)


def read_settings(path: Path, kind: type[Settings]) -> Settings:
    """Return a dataclass of settings from a TOML file; keys that the file leaves out keep their defaults.

    Raises:
        InputError: No such file, no TOML, a key or type that there is not; or what the dataclass refuses.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(Violation(str(path), "no file", "a TOML file of rates", "check the path")) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(Violation(str(path), str(error), "TOML in UTF-8", "mend the file")) from None
    known = {field.name: field.default for field in fields(kind)}  # type: ignore[arg-type]
    wrong = [*_unknown(path, found, known), *_mistyped(path, found, known)]
    if wrong:
        raise InputError(wrong)
    return kind(**found)


def refuse_rates(where: str, rates: Mapping[str, float | None]) -> None:
    """Raise `InputError` where a rate lies outside 0 to 1; None is no rate."""
    outside = {name: rate for name, rate in rates.items() if rate is not None and not 0 <= rate <= 1}
    if outside:
        raise InputError(Violation(f"{where}: {name}", str(rate), "0 to 1", "write a share") for name, rate in outside.items())


def _unknown(path: Path, found: Mapping[str, Any], known: Mapping[str, Any]) -> list[Violation]:
    return [Violation(f"{path}: {key}", "no such key", ", ".join(known), "remove it") for key in found if key not in known]


def _mistyped(path: Path, found: Mapping[str, Any], known: Mapping[str, Any]) -> list[Violation]:
    """Return the values of another type than the default's: a rate may be 1, and where the default is None it is a rate."""
    wrong = []
    for key in known.keys() & found.keys():
        is_text = isinstance(known[key], str)
        if isinstance(found[key], bool) or not isinstance(found[key], str if is_text else float | int):
            wrong.append(Violation(f"{path}: {key}", repr(found[key]), "text" if is_text else "a number", "mend the value"))
    return wrong
