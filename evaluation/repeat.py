"""What somebody types to repeat a run, from its record."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from unisandbox.evaluation.protocol import ARMS
from unisandbox.evaluation.run_folder import Record

SEEDS = "first 63 bits of sha256 of the canonical JSON of [salt, item, arm, sample]; no seed depends on order, batch or resume"


def command_line(record: Record) -> str:
    """Return the command that makes a run again, with the arguments that differ from the defaults."""
    return shlex.join(["unisandbox", "score", *_arguments(record)])


def _arguments(record: Record) -> Iterator[str]:
    selection, way = record.selection, record.way
    yield from ("--model", record.model.uri, *_own(record, "model"))
    if record.judge:
        yield from ("--judge", record.judge.uri, *_own(record, "judge"))
    yield from ("--data", record.data)
    if selection.get("file"):
        yield from ("--items", selection["file"])
    for option, values in (("--split", "splits"), ("--family", "families"), ("--level", "levels")):
        for value in selection.get(values) or ():
            yield from (option, str(value))
    if selection.get("limit") is not None:
        yield from ("--limit", str(selection["limit"]))
    if selection.get("shard"):
        yield from ("--shard", "/".join(map(str, selection["shard"])))
    if {*way.arms, *record.absent} != {*ARMS}:
        yield from (part for arm in ARMS if arm in way.arms or arm in record.absent for part in ("--arms", arm))
    yield from _way(record)


def _own(record: Record, party: str) -> Iterator[str]:
    """Yield the arguments that a model or judge was given for itself."""
    for name, value in record.settings.get(f"{party}_arguments", {}).items():
        yield from (f"--{party}-arg", f"{name}={value}")


def _way(record: Record) -> Iterator[str]:
    if record.way.samples != 1:
        yield from ("--samples", str(record.way.samples))
    if record.way.salt != "0":
        yield from ("--salt", record.way.salt)
    if record.way.size_px is not None:
        yield from ("--size", str(record.way.size_px))
    if record.stopping:
        yield from ("--until-halfwidth", str(record.stopping["wanted"]))
