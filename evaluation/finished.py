"""Whether a run folder holds the page of a run as it stands, so that nothing needs to be read, drawn or written again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from unisandbox.evaluation.results import RESULTS, run_document
from unisandbox.evaluation.run_folder import GENERATIONS, IMAGES, PAGE, VERDICTS, Record


def current_results(folder: Path, record: Record) -> dict[str, Any] | None:
    """Return the results of a run folder if they say what its ledgers say; None where they must be worked out again.

    They do if its page, which is written last, is younger than the ledgers and than all folders of pictures (from which none can
    then have gone), and if they are of the same record, versions and canary included, without a correction.

    Args:
        folder: The run folder.
        record: Of the run, as it would be reported now.
    """
    try:
        written_ns = (folder / PAGE).stat().st_mtime_ns
        if any(path.stat().st_mtime_ns > written_ns for path in _sources(folder)):
            return None
        told = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
        known, run = told["judge_quality"], json.loads(json.dumps(run_document(record)))
        without_correction = (known["calibration"], known["labels"], known["canary"]) == (None, None, dict(record.canary) or None)
        return dict(told) if without_correction and told["run"] == run else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_finished(folder: Path, record: Record) -> bool:
    """Return whether the results of a run folder are current and of all that the run asked."""
    told = current_results(folder, record)
    return told is not None and told["unfinished"] == 0


def _sources(folder: Path) -> Iterator[Path]:
    yield from (path for path in (folder / GENERATIONS, folder / VERDICTS) if path.exists())
    yield from sorted((folder / IMAGES).glob("??"))
