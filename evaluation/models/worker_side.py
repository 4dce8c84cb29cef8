"""The worker's half of `exec:`: copy this file beside a model that has an environment of its own, and call `serve`.

It needs Python 3.8 or later and nothing else. The model is any object with
    capabilities: {"draws": True, "answers": False, "thinks": "none", "understanding": "none", "batch": 1}, as far as it differs;
    identity: a dict with all that its pictures depend on: name, weights, revision, settings;
    draw(requests): for each request, a dict with prompt, seed, size_px, arm, item and sample, the bytes of a picture, or a dict
        with "picture" (bytes) or "path" (of a file), and "thought", "thought_tokens", "truncated" where it thought;
    answer(requests): for each request, a dict with prompt, seed, item and sample, a text.
What it prints goes to standard error, which the scorer keeps in a log file. An exception costs the request that it is raised for.
"""

from __future__ import annotations

import base64
import json
import os
from typing import Any, TextIO

PROTOCOL = 1


def serve(model: Any) -> None:
    """Answer requests until the scorer closes standard input."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # so that nothing that a library prints gets between the replies
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    _say(replies, {"hello": {"protocol": PROTOCOL, "capabilities": model.capabilities, "identity": model.identity}})
    batch = []
    for line in iter(requests.readline, ""):
        batch.append(json.loads(line))
        if not batch[-1].get("left"):  # the last of it
            _reply(model, batch, replies)
            batch = []


def _reply(model: Any, batch: list[dict[str, Any]], replies: TextIO) -> None:
    kind = "draw" if "draw" in batch[0] else "answer"
    try:
        made = list(getattr(model, kind)([message[kind] for message in batch]))
        if len(made) != len(batch):
            raise ValueError(f"{len(made)} results for {len(batch)} requests")
        found = [_result(kind, one) for one in made]
    except Exception as error:  # noqa: BLE001 - whatever it is costs its own request and not the worker
        if len(batch) > 1:
            for message in batch:
                _reply(model, [message], replies)
            return
        out = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
        fault = {"kind": "out_of_memory" if out else "crashed", "message": f"{type(error).__name__}: {error}"}
        found = [{"fault": fault}]
    for place, message in enumerate(batch):
        _say(replies, {**found[place], "id": message["id"]})


def _result(kind: str, made: Any) -> dict[str, Any]:
    if kind == "answer":
        return {"answer": {"text": made} if isinstance(made, str) else dict(made)}
    drawing = {"picture": made} if isinstance(made, bytes) else dict(made)
    if isinstance(drawing.get("picture"), bytes):
        drawing["picture"] = base64.b64encode(drawing["picture"]).decode("ascii")
    return {"drawing": drawing}


def _say(replies: TextIO, message: dict[str, Any]) -> None:
    replies.write(json.dumps(message) + "\n")
    replies.flush()
