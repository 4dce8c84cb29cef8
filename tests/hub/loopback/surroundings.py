"""The environment in which a process of its own meets a Hub of this machine, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from loopback.server import LoopbackHub

FROM_OUTSIDE = ("HF_", "HUGGINGFACE", "HUGGING_FACE")  # what would point a client elsewhere, or give it a token of the person's


def own_variables(hub: LoopbackHub, home: Path, token: str | None = None) -> dict[str, str]:
    """Return the variables that lead a client to the Hub: endpoint, cache, no Xet, and the token where there is one."""
    plain = {"HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    return {"HF_ENDPOINT": hub.url, "HF_HOME": str(home), **plain, **({"HF_TOKEN": token} if token else {})}


def surroundings(hub: LoopbackHub, home: Path, token: str | None = None) -> dict[str, str]:
    """Return the whole environment of such a process: that of this one, with those variables and no others of theirs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FROM_OUTSIDE)}
    return {**kept, **own_variables(hub, home, token)}
