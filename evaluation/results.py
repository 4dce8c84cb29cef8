"""results.json and samples.jsonl of a run: every figure with its items, its interval, and who judged it.

The same samples give the same bytes, but for `timings`. What cannot be told is null and says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.columns import Columns
from unisandbox.evaluation.corrections import Rate
from unisandbox.evaluation.judges.panel import PANEL
from unisandbox.evaluation.judges.panel_agreement import panel_agreement
from unisandbox.evaluation.outcomes import Sample
from unisandbox.evaluation.part_figures import Figures
from unisandbox.evaluation.parts import ALL, Part, parts
from unisandbox.evaluation.protocol import ASK, DRAWN_ARMS, NORMAL, THINK
from unisandbox.evaluation.quality import Quality
from unisandbox.evaluation.repeat import SEEDS, command_line
from unisandbox.evaluation.run_folder import Party, Record
from unisandbox.evaluation.sample_rows import Row, sample_lines, whole
from unisandbox.schemas.files import replacing
from unisandbox.schemas.validate import check_rows

FORMAT: Final = 1
RESULTS: Final = "results.json"
SAMPLES: Final = "samples.jsonl"
ANSWERS_JUDGED_BY: Final = "match with the choices"
NO_JUDGE: Final = "no judge yet"


def results_of(
    record: Record, samples: Sequence[Sample], *, unfinished: int = 0, quality: Quality | None = None
) -> dict[str, Any]:
    """Return what `results.schema.json` declares.

    Args:
        record: Of the run.
        samples: What is done, in the order of work.
        unfinished: How many samples were not tried or not judged.
        quality: What is known of the judge.

    Raises:
        DataError: There is no sample.
    """
    if not samples:
        fix = "let the run finish a few items, then report again"
        raise DataError(Violation("results", "no finished sample", "one or more", fix))
    known = quality or Quality()
    arms, columns = record.way.arms, Columns(samples, record.way.arms)
    judged_by = _judged_by(record)
    figures = Figures(columns, samples, arms, absent=record.absent, judged_by=judged_by, known=known)
    return {
        "format": FORMAT,
        "run": run_document(record),
        "absent": dict(record.absent),
        "n_items": len(columns.items),
        "n_samples": len(samples),
        "unfinished": unfinished,
        "judge_quality": _quality(record, known, samples),
        "parts": [_part(part, figures) for part in parts(columns.items)],
        "timings": _timings(samples),
    }


def model_name(record: Record) -> str:
    """Return what files call the model of a run: its URI, blanks made single."""
    return " ".join(whole(record.model.uri).split())


def write_results(folder: Path, results: Mapping[str, Any], rows: Iterable[Row]) -> None:
    """Write results.json and samples.jsonl into a run folder."""
    with replacing(folder / SAMPLES) as sink:
        sink.writelines(sample_lines(rows))
    with replacing(folder / RESULTS) as sink:
        sink.write(f"{whole(json.dumps(results, indent=2, ensure_ascii=False, allow_nan=False))}\n".encode())


def read_results(folder: Path) -> dict[str, Any]:
    """Return the results of a run folder.

    Raises:
        DataError: There are none, or they are not as `results.schema.json` declares.
    """
    path = folder / RESULTS
    fix = f"run `unisandbox report {folder}`"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(Violation(str(path), "no file", "the results of a run", fix)) from None
    except ValueError as error:
        raise DataError(Violation(str(path), f"no JSON: {error}", "the results of a run", fix)) from None
    wrong = check_rows([document], "results", where=lambda *_: str(path))
    if wrong:
        raise DataError(wrong)
    found: dict[str, Any] = document
    return found


def _judged_by(record: Record) -> dict[str, str]:
    judge = " ".join(record.judge.uri.split()) if record.judge else NO_JUDGE
    return {ASK: ANSWERS_JUDGED_BY, **dict.fromkeys(DRAWN_ARMS, judge)}


def run_document(record: Record) -> dict[str, Any]:
    """Return what results say of how a run was made."""
    way = asdict(record.way)
    asked = {"arms": list(way["arms"]), "samples": way["samples"], "salt": way["salt"], "size_px": way["size_px"], "seeds": SEEDS}
    return {
        "command": command_line(record),
        "data": record.data,
        "release": dict(record.release),
        "selection": _plain(record.selection),
        "items": dict(record.items),
        "model": _party(record.model),
        "judge": _party(record.judge) if record.judge else None,
        "asked": asked,
        "settings": dict(record.settings),
        "stopping": dict(record.stopping) if record.stopping else None,
        "versions": dict(record.versions),
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _party(party: Party) -> dict[str, Any]:
    return {"uri": party.uri, "identity": dict(party.identity), "sha256": party.sha256, "facts": dict(party.facts)}


def _quality(record: Record, known: Quality, samples: Sequence[Sample]) -> dict[str, Any]:
    calibration = known.calibration and {
        "source": known.source,
        "sensitivity": _rate(known.calibration.sensitivity),
        "specificity": _rate(known.calibration.specificity),
    }
    is_panel = record.judge is not None and record.judge.identity.get("kind") == PANEL
    agreement = panel_agreement(samples) if is_panel else {}
    told = {"canary": dict(record.canary) or None, "calibration": calibration, "agreement": agreement or None}
    return {**told, "labels": len(known.labels) or None}


def _rate(rate: Rate) -> dict[str, Any]:
    return {"value": rate.value, "pictures": int(rate.pictures)}


def _part(part: Part, figures: Figures) -> dict[str, Any]:
    tables = {mode: figures.table(mode, part.mask) for mode in (NORMAL, THINK)} if part.by in (ALL, "family") else None
    named = {"by": part.by, "family": part.family, "value": part.value, "n_items": int(part.mask.sum())}
    return {**named, "arms": figures.arms(part.mask, part.family), "paired": figures.pairs(part.mask), "together": tables}


def _timings(samples: Sequence[Sample]) -> dict[str, Any]:
    """Return how long the model and the judge were busy; several at once count each for itself."""
    model_s, judge_s = sum(one.seconds_model for one in samples), sum(one.seconds_judge for one in samples)
    pictures = sum(one.seconds_judge > 0 for one in samples)
    rates = {"samples_per_model_s": len(samples) / model_s if model_s else None}
    return {
        "model_s": round(model_s, 3),
        "judge_s": round(judge_s, 3),
        **rates,
        "pictures_per_judge_s": pictures / judge_s if judge_s else None,
    }
