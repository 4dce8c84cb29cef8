"""Tells whether a folder of weights is whole, without loading it: an interrupted download looks like a broken model otherwise."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import Violation

CONFIG: Final = "config.json"
PIPELINE: Final = "model_index.json"
SUFFIXES: Final = (".jinja", ".json", ".model", ".safetensors", ".txt")  # weights, settings, tokenizers; no pickles, no code
POINTER: Final = b"version https://git-lfs"
LONGEST_HEADER: Final = 100_000_000  # bytes; the format's own limit
FIX: Final = "finish the download, for example with `hf download`"


def files_of(folder: Path) -> list[Path]:
    """Return the files of a folder that a model is made of, sorted by path; nothing in hidden folders."""
    found = [path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file()]
    return sorted((path for path in found if not _is_hidden(path, folder)), key=lambda path: path.relative_to(folder).as_posix())


def unfinished(folder: Path, where: str) -> list[Violation]:
    """Return what a folder of weights lacks: files that an index names, the ends of files, components of a pipeline.

    Args:
        folder: The folder of a model, with `CONFIG`, or of a pipeline, with `PIPELINE`.
        where: The URI, which messages begin with.
    """
    if not (folder / CONFIG).is_file() and not (folder / PIPELINE).is_file():
        allowed, fix = f"one with {CONFIG}, or {PIPELINE} of a pipeline", "name the folder that the weights were saved to"
        return [Violation(where, f"a folder without {CONFIG}: {folder}", allowed, fix)]
    wrong = [Violation(where, found, allowed, FIX) for found, allowed in _missing(folder)]
    files = files_of(folder)
    weights = [path for path in files if path.suffix == ".safetensors"]
    if not weights and not wrong:
        found, allowed = "no weights: no file ends in .safetensors", "weights in safetensors; pickles are never loaded"
        wrong.append(Violation(where, found, allowed, f"{FIX}, or convert the weights"))
    for path in weights:
        if fault := _fault_of(path):
            wrong.append(Violation(where, f"{path.relative_to(folder)}, {fault}", "whole weights", FIX))
    return wrong


def read_json(path: Path) -> Mapping[str, Any] | None:
    """Return the mapping in a JSON file; None where there is none."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _missing(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield what is not there, and what should be."""
    if left := sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.incomplete")):
        yield f"a download that has not ended: {_listed(left)}", "no *.incomplete"
    for path in sorted(folder.rglob("*.safetensors.index.json")):
        index = read_json(path) or {}
        names = sorted({str(name) for name in dict(index.get("weight_map") or {}).values()})
        if gone := [name for name in names if not (path.parent / name).is_file()]:
            yield f"{len(gone)} of {len(names)} files of {path.relative_to(folder)} missing: {_listed(gone)}", "all of them"
        if not names:
            yield f"{path.relative_to(folder)}, which names no file", "an index of weights"
    for name in (CONFIG, PIPELINE):
        if (folder / name).is_file() and read_json(folder / name) is None:
            yield f"{name}, which is no whole JSON", "settings in JSON"
    parts = read_json(folder / PIPELINE) or {}
    named = [name for name, part in sorted(parts.items()) if isinstance(part, list) and part and part[0]]
    if gone := [name for name in named if not (folder / name).is_dir()]:
        yield f"{len(gone)} of {len(named)} parts of {PIPELINE} missing: {_listed(gone)}", "a folder for each"


def _fault_of(path: Path) -> str:
    """Return what is wrong with a safetensors file: eight bytes of length, a header in JSON, then as many bytes as it says."""
    size = path.stat().st_size
    with open(path, "rb") as source:
        start = source.read(len(POINTER))
        if start == POINTER:
            return "a Git LFS pointer in place of the file"
        source.seek(0)
        length = struct.unpack("<Q", source.read(8))[0] if size >= 8 else size
        if not 0 < length <= min(LONGEST_HEADER, size - 8):
            return f"cut short or no safetensors file: {size:,} bytes"
        try:
            header = json.loads(source.read(length))
            ends = [one["data_offsets"][1] for name, one in header.items() if name != "__metadata__"]
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            return "a safetensors file whose header cannot be read"
    wanted = 8 + length + max(ends, default=0)
    return (
        ""
        if size == wanted
        else f"cut short: {size:,} of {wanted:,} bytes"
        if size < wanted
        else f"{size - wanted:,} bytes too long"
    )


def _listed(names: list[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)
