"""The tables of docs/models.md: what each model and judge does, how it is had, one command, its limits, what it was tried on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from unisandbox.evaluation.judges.registry import SCHEMES as JUDGES
from unisandbox.evaluation.models import workers
from unisandbox.evaluation.models.hf import FAMILIES
from unisandbox.evaluation.models.registry import FILE_FORM
from unisandbox.evaluation.models.registry import SCHEMES as MODELS

SOURCE = Path(__file__).with_name("models.toml")
HEAD = ("model", "URI", "what it does", "install", "one command", "known limits", "tried on")

Entry = Mapping[str, str]
Row = Sequence[str]


def model_rows(entries: Sequence[Entry] | None = None) -> list[Row]:
    """Return a row for every model; raises `ValueError` where a scheme, architecture or worker has no entry, or none is of it."""
    found = _entries("model") if entries is None else entries
    forms = {**{name: scheme.form for name, scheme in MODELS.items()}, FILE_FORM: FILE_FORM}
    _same("schemes of models", {entry["scheme"] for entry in found}, set(forms))
    _same("architectures", {entry["architecture"] for entry in found if "architecture" in entry}, set(FAMILIES))
    _same("workers", {entry["worker"] for entry in found if "worker" in entry}, _shipped())
    return [_row(entry, forms[entry["scheme"]]) for entry in found]


def judge_rows(entries: Sequence[Entry] | None = None) -> list[Row]:
    """Return a row for every judge; raises `ValueError` where an entry lacks its scheme or a scheme its entry."""
    found = _entries("judge") if entries is None else entries
    _same("schemes of judges", {entry["scheme"] for entry in found}, set(JUDGES))
    return [_row(entry, JUDGES[entry["scheme"]].form) for entry in found]


def _entries(kind: str) -> list[Entry]:
    found: list[Entry] = tomllib.loads(SOURCE.read_text(encoding="utf-8"))[kind]
    return found


def _row(entry: Entry, form: str) -> Row:
    worker = entry.get("worker")
    install = entry["install"] if entry["install"].startswith("an ") or not entry["install"] else f"`{entry['install']}`"
    name = f"{entry['name']} ([{worker}](../evaluation/models/workers/{worker}))" if worker else entry["name"]
    return (name, f"`{form}`", entry["does"], install, f"`{entry['command']}`", entry["limits"], entry["tried"])


def _shipped() -> set[str]:
    """Return the files of workers that are programs of their own."""
    (folder,) = (Path(path) for path in workers.__path__)
    return {path.name for path in folder.glob("*.py") if "__main__" in path.read_text(encoding="utf-8")}


def _same(what: str, said: set[str], known: set[str]) -> None:
    if said != known:
        missing, unknown = sorted(known - said), sorted(said - known)
        raise ValueError(f"{SOURCE.name}: {what}: without an entry: {missing or 'none'}; unknown: {unknown or 'none'}")
