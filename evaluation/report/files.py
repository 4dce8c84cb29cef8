"""Everything that a run folder gets once a run has results: results.json, samples.jsonl, reference pictures and report.html."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from unisandbox.evaluation.outcomes import Joined
from unisandbox.evaluation.quality import Quality
from unisandbox.evaluation.report.page import write_page
from unisandbox.evaluation.report.references import keep_references
from unisandbox.evaluation.results import model_name, results_of, write_results
from unisandbox.evaluation.run_folder import Record
from unisandbox.evaluation.sample_rows import sample_rows


class Written(NamedTuple):
    """The page of a run, and its results."""

    page: Path
    results: dict[str, Any]


def write_report(
    folder: Path, record: Record, joined: Joined, quality: Quality | None = None, upstream: Mapping[str, Any] | None = None
) -> Written:
    """Write the results and the page of a run into its folder and return them.

    Args:
        folder: The run folder; pictures stand in it already.
        record: Of the run.
        joined: Its samples.
        quality: What is known of the judge besides its verdicts.
        upstream: Both scores of a run on a file of UniSandbox, as `upstream.json` holds them.

    Raises:
        DataError: No sample is finished.
    """
    results = results_of(record, joined.samples, unfinished=joined.unfinished, quality=quality)
    items = {sample.item.id: sample.item for sample in joined.samples}
    rows = sample_rows(joined.samples, model_name(record), keep_references(folder, items.values()))
    write_results(folder, results, rows)
    return Written(write_page(folder, results, rows, upstream), results)
