"""What judges in this process share: pictures at once, numbers among their arguments, what lies beside the weights."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from unisandbox.errors import InputError, Violation

if TYPE_CHECKING:
    from PIL.Image import Image

OPTION: Final = "--judge-arg"
POINTS: Final = {"cpu": (1, 4, 8), "cuda": (4, 16, 64)}  # pictures at once that are tried; each is asked two questions or more


def shares_of(arguments: Mapping[str, str], defaults: Mapping[str, float], where: str) -> dict[str, float]:
    """Return numbers from 0 to 1 by name, those among the arguments in place of their defaults.

    Args:
        arguments: As text, by name; others are not looked at.
        defaults: All that there are.
        where: The URI, which messages begin with.

    Raises:
        InputError: An argument that is no such number.

    >>> shares_of({"threshold": "0.3"}, {"threshold": 0.2, "overlap": 0.5}, "detector:folder")
    {'threshold': 0.3, 'overlap': 0.5}
    """
    found, wrong = dict(defaults), list[Violation]()
    for name in defaults:
        if name in arguments:
            try:
                found[name] = float(arguments[name])
            except ValueError:
                found[name] = -1.0
            if not 0 <= found[name] <= 1:
                place, allowed = f"{where}: {OPTION} {name}", "a number from 0 to 1"
                wrong.append(Violation(place, repr(arguments[name]), allowed, "write such a number"))
    if wrong:
        raise InputError(wrong)
    return found


def part_of(kind: Any, folder: Path, **settings: Any) -> Any:
    """Return what stands beside the weights of a folder, such as a tokenizer: an object of a class of transformers."""
    from unisandbox.evaluation.local.weights import quiet_transformers

    with quiet_transformers():
        return kind.from_pretrained(folder, local_files_only=True, **settings)


def picture_of(png: bytes) -> Image:
    """Return a checked PNG as a picture in RGB."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        return image.convert("RGB")
