"""Opens a judge by its URI: `sprites`, `scripted:errs.toml` and what else `SCHEMES` lists."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.protocol import Judge

Opening = Callable[[str, Path, Mapping[str, str]], Judge]
OVER_HTTP: Final = 16  # requests at once: a server batches them


class Scheme(NamedTuple):
    """How a judge is opened.

    Attributes:
        place: Module and function; it takes what follows the colon, the release folder, and the judge's own arguments.
        form: How its URI is written.
        workers: How many threads may ask it at once; 0 for one a core.
    """

    place: str
    form: str
    workers: int


SCHEMES: Final = {
    "sprites": Scheme("unisandbox.evaluation.judges.sprites:open_sprites", "sprites", 0),
    "openai": Scheme("unisandbox.evaluation.judges.openai_vision:open_vision", "openai:URL#NAME", OVER_HTTP),
    "captions": Scheme("unisandbox.evaluation.judges.captions:open_captions", "captions:URL#NAME", OVER_HTTP),
    "panel": Scheme("unisandbox.evaluation.judges.panel:open_panel", "panel:JUDGE,JUDGE", OVER_HTTP),
    "hf": Scheme("unisandbox.evaluation.judges.hf_vision:open_hf_vision", "hf:PATH_OR_ID", 1),
    "detector": Scheme("unisandbox.evaluation.judges.detector:open_detector", "detector:PATH_OR_ID", 1),
    "scripted": Scheme("unisandbox.evaluation.judges.scripted:open_scripted", "scripted:exact or scripted:FILE.toml", OVER_HTTP),
}


class Opened(NamedTuple):
    """A judge, and how many threads may ask it at once."""

    judge: Judge
    workers: int


def open_judge(uri: str, release: Path, arguments: Mapping[str, str] | None = None) -> Opened:
    """Return the judge that a URI names.

    Args:
        uri: As the forms of `SCHEMES` show.
        release: The release folder whose pictures are judged: its objects and characters are what a judge may see.
        arguments: The judge's own, by name, as text.

    Raises:
        InputError: No such scheme, or what the scheme's own opening refuses.
    """
    name, _, rest = uri.partition(":")
    if name not in SCHEMES:
        allowed = ", ".join(scheme.form for scheme in SCHEMES.values())
        raise InputError(Violation("--judge", repr(uri), allowed, "name a judge in one of these forms"))
    scheme = SCHEMES[name]
    module, _, function = scheme.place.partition(":")
    opening: Opening = getattr(import_module(module), function)
    return Opened(opening(rest, release, arguments or {}), scheme.workers or os.cpu_count() or 1)
