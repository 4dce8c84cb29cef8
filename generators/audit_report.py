"""The audit of a release folder as a file beside its data: what a card shows, and what a reader can hold against it."""

from __future__ import annotations

import importlib.metadata
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from unisandbox import __version__
from unisandbox.errors import DataError
from unisandbox.generators.audit import Audited
from unisandbox.generators.checks.base import VERDICTS, Result
from unisandbox.generators.checks.catalogue import all_rules
from unisandbox.schemas.files import replacing
from unisandbox.schemas.manifest import Manifest, read_manifest
from unisandbox.schemas.validate import check_rows

FILE_NAME: Final = "audit.json"
FORMAT: Final = 1
DISTRIBUTIONS: Final = ("faker", "numpy", "pyarrow", "wordfreq")  # what the figures depend on, besides ourselves


def document(audited: Audited, manifest: Manifest) -> dict[str, Any]:
    """Return the audit of a release folder in the form of `schemas/audit.schema.json`."""
    findings = [{"file": one.file, **asdict(finding)} for one in audited.files for finding in one.findings]
    return {
        "format": FORMAT,
        "release": {name: getattr(manifest, name) for name in ("name", "version", "line", "edition", "fingerprint", "digest")},
        "versions": {"unisandbox": __version__, **{name: importlib.metadata.version(name) for name in DISTRIBUTIONS}},
        "verdicts": dict(zip(VERDICTS, _counts(audited.results), strict=True)),
        "results": [_plain(result) for result in audited.results],
        "findings": findings,
        "rules": {rule.name: {"says": rule.says, "source": rule.source} for rule in _reported(audited)},
    }


def write_report(folder: Path, audited: Audited) -> Path:
    """Write `audit.json` into a release folder and return its path; raises `DataError` for one out of form."""
    made, path = document(audited, read_manifest(folder)), folder / FILE_NAME
    wrong = check_rows([made], "audit", where=lambda *_: str(path))
    if wrong:
        raise DataError(wrong)
    with replacing(path) as sink:
        sink.write((json.dumps(made, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode())
    return path


def _plain(result: Result) -> dict[str, Any]:
    plain = asdict(result)
    return {**plain, "interval": list(plain["interval"]) if plain["interval"] else None, "examples": list(plain["examples"])}


def _counts(results: Sequence[Result]) -> list[int]:
    counted = Counter(result.verdict for result in results)
    return [counted[verdict] for verdict in VERDICTS]


def _reported(audited: Audited) -> list[Any]:
    named = {result.rule for result in audited.results} | {finding.rule for one in audited.files for finding in one.findings}
    return [rule for rule in all_rules() if rule.name in named]
