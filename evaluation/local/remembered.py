"""What was found out once on this machine and is dear to find out again: digests of large files, good batch sizes.

It may be deleted at any time. Where the folder cannot be read or written, everything is found out anew.
"""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from unisandbox.schemas.files import replacing

HOME: Final = "XDG_CACHE_HOME"
_WRITING: Final = threading.Lock()


def cache_folder() -> Path:
    """Return the folder of this package in the user's cache folder."""
    return Path(os.environ.get(HOME) or Path.home() / ".cache") / "unisandbox"


def recall(kind: str, key: str) -> Any:
    """Return what is remembered under a key; None where nothing is."""
    return _all_of(kind).get(key)


def remember(kind: str, key: str, value: Any) -> None:
    """Keep a plain JSON value under a key. Of two processes that write at once, one may find its value forgotten."""
    with _WRITING, suppress(OSError):
        known = {**_all_of(kind), key: value}
        with replacing(_path(kind)) as sink:
            sink.write(json.dumps(known, indent=1, sort_keys=True).encode())


def _path(kind: str) -> Path:
    return cache_folder() / f"{kind}.json"


def _all_of(kind: str) -> dict[str, Any]:
    try:
        found = json.loads(_path(kind).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
