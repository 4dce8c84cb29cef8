"""A publication in a process of its own, which can be killed. The module imports little, as every such process does."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loopback import LoopbackHub

REPO = "org/tiny"
SLOW = (
    "datasets.info",
    "datasets.utils.metadata",
    "huggingface_hub.hf_api",
    "unisandbox.cards.publish",
    "jinja2",
    "pyarrow.parquet",
)


@contextmanager
def child(hub: LoopbackHub, folder: Path) -> Iterator[multiprocessing.process.BaseProcess]:
    """Yield a process, not yet started, that publishes a folder; the server that it is forked from has imported what is slow."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(SLOW))
    process = context.Process(target=publishing, args=(hub.url, hub.token("write"), str(folder)))
    try:
        yield process
    finally:
        if process.is_alive():
            process.kill()
        process.join()
        process.close()


def publishing(url: str, token: str, folder: str) -> None:
    """Publish with what the environment says, one upload at a time."""
    from unisandbox.cards.access import open_access
    from unisandbox.cards.prepare import intent_of
    from unisandbox.cards.publish import publish

    os.environ |= {"HF_ENDPOINT": url, "HF_TOKEN": token}
    allowed = open_access()
    publish(intent_of(Path(folder), REPO, allowed), allowed, report=lambda *_: None, threads=1)
