"""The lines between the scorer and a worker: one JSON object each, over the worker's standard input and output.

The worker begins: {"hello": {"protocol": 1, "capabilities": {...}, "identity": {...}}}.
The scorer asks: {"id": 7, "draw": {a DrawRequest}, "left": 2} or {"id": 8, "answer": {an AskRequest}, "left": 0}; `left` says how
many more of the batch follow. The worker replies in any order, once to each id:
    {"id": 7, "drawing": {"picture": base64} or {"path": file}, with "thought", "thought_tokens", "truncated" where it thought}
    {"id": 8, "answer": {"text": ..., "truncated": false}}
    {"id": 8, "fault": {"kind": one of FAULT_KINDS, "message": ...}}
The scorer closes the worker's standard input when it is done.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

from unisandbox.evaluation.protocol import FAULT_KINDS, Answer, AskRequest, Capabilities, Drawing, DrawRequest, Fault

PROTOCOL: Final = 1
MOST_BYTES: Final = 128 * 1024 * 1024  # of a picture's file, and of a line
THINKS: Final = ("native", "two_pass", "none")
UNDERSTANDING: Final = ("same_weights", "sibling_checkpoint", "text_encoder", "none")
SHOWN: Final = 160  # characters of a line that is none of ours

Hello = tuple[Capabilities, Mapping[str, Any]]


class GarbageError(Exception):
    """A line that is no message of the protocol."""


def request_line(number: int, request: DrawRequest | AskRequest, left: int) -> bytes:
    """Return the line that asks for something."""
    kind = "draw" if isinstance(request, DrawRequest) else "answer"
    return json.dumps({"id": number, kind: asdict(request), "left": left}).encode() + b"\n"


def message_of(line: bytes) -> dict[str, Any]:
    """Return the object of a line; raises `GarbageError` where it is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise GarbageError(quoted(line)) from None
    if not isinstance(found, dict):
        raise GarbageError(quoted(line))
    return found


def hello_of(line: bytes) -> Hello:
    """Return what a worker says of itself; raises `GarbageError` where the line is no greeting of this version."""
    found = message_of(line).get("hello")
    if not isinstance(found, dict):
        raise GarbageError(quoted(line))
    if found.get("protocol") != PROTOCOL:
        raise GarbageError(f"protocol {found.get('protocol')!r}, and this is {PROTOCOL}")
    said, identity = found.get("capabilities"), found.get("identity")
    if not isinstance(said, dict) or not isinstance(identity, dict):
        raise GarbageError(f"a greeting without capabilities and identity: {quoted(line)}")
    return _capabilities(said), identity


def result_of(message: Mapping[str, Any], request: DrawRequest | AskRequest) -> Drawing | Answer | Fault:
    """Return what a reply to a request holds; one that holds something else is a fault of that request."""
    if isinstance(fault := message.get("fault"), Mapping):
        kind = fault.get("kind")
        return Fault(kind if kind in FAULT_KINDS else "crashed", str(fault.get("message", ""))[:300])
    if isinstance(request, DrawRequest):
        drawing = message.get("drawing")
        return _drawing(drawing) if isinstance(drawing, Mapping) else Fault("bad_reply", _strange(message, "drawing"))
    answer = message.get("answer")
    if isinstance(answer, Mapping) and isinstance(answer.get("text"), str):
        return Answer(answer["text"], answer.get("truncated") is True)
    return Fault("bad_reply", _strange(message, "answer with a text"))


def quoted(line: bytes) -> str:
    """Return a line as messages show it.

    >>> quoted(b"Loading\\n")
    "'Loading'"
    """
    text = line.decode("utf-8", "replace").strip()
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


def _drawing(found: Mapping[str, Any]) -> Drawing | Fault:
    picture = _picture(found)
    if isinstance(picture, Fault):
        return picture
    thought, tokens = found.get("thought"), found.get("thought_tokens")
    counted = isinstance(tokens, int) and not isinstance(tokens, bool)
    return Drawing(
        picture, thought if isinstance(thought, str) else None, tokens if counted else None, found.get("truncated") is True
    )


def _picture(found: Mapping[str, Any]) -> bytes | Fault:
    if isinstance(path := found.get("path"), str):
        return _file(Path(path))
    encoded = found.get("picture")
    if not isinstance(encoded, str):
        return Fault("bad_picture", "the worker sent neither a picture nor a path")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return Fault("bad_picture", f"the worker sent a picture that is no base64: {encoded[:40]!r}")


def _file(path: Path) -> bytes | Fault:
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return Fault("bad_picture", f"{path}: no file of at most {MOST_BYTES:,} bytes")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        return Fault("bad_picture", f"{path}: {error}")


def _strange(message: Mapping[str, Any], wanted: str) -> str:
    return f"the worker replied without a {wanted}: {quoted(json.dumps(dict(message)).encode())}"


def _capabilities(said: Mapping[str, Any]) -> Capabilities:
    known = [field.name for field in fields(Capabilities)]
    lacks = said.get("lacks", {})
    right = (
        set(said) <= set(known)
        and all(isinstance(said.get(name, False), bool) for name in ("draws", "answers"))
        and said.get("thinks", "none") in THINKS
        and said.get("understanding", "none") in UNDERSTANDING
        and isinstance(said.get("batch", 1), int)
        and said.get("batch", 1) >= 1
        and isinstance(lacks, dict)
        and all(isinstance(reason, str) for reason in lacks.values())
    )
    if not right:
        raise GarbageError(f"capabilities {json.dumps(dict(said))[:SHOWN]}; there are {', '.join(known)}")
    return Capabilities(**{"draws": False, "answers": False, **said})
