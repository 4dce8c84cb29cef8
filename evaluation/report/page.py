"""report.html: one file that opens from disk, asks nothing of any server, and runs no text of a model as code."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

from unisandbox.evaluation.part_figures import TRANSFER
from unisandbox.evaluation.protocol import ARMS, ASK, NORMAL, THINK
from unisandbox.evaluation.report.charts import legend, level_plot
from unisandbox.evaluation.report.gallery import gallery_data
from unisandbox.evaluation.report.sentences import in_short
from unisandbox.evaluation.report.shown import (
    ARM_CLASS,
    ARM_NAMES,
    DIFFERENCES,
    OUTCOME_NAMES,
    PAIR_NAMES,
    arm_cell,
    cell,
    listed,
    percent,
)
from unisandbox.evaluation.run_folder import PAGE
from unisandbox.evaluation.sample_rows import whole
from unisandbox.schemas.files import replacing

Block = Mapping[str, Any]
CONDITIONS: Final = (("11", "right", "right"), ("10", "right", "wrong"), ("01", "wrong", "right"), ("00", "wrong", "wrong"))
CORRECTED: Final = ("as judged", "by the judge's rates", "by people's labels")
FACTOR_NAMES: Final = {
    "split": "split",
    "count": "number of objects",
    "operators": "operator in the expression",
    "style": "how the value is written",
    "direction": "direction of the fact",
    "depth": "depth",
    "attribute": "attribute",
}


def write_page(folder: Path, results: Block, rows: Iterable[Block], upstream: Block | None = None) -> Path:
    """Write report.html into a run folder and return its path; the arguments are those of `page`."""
    path = folder / PAGE
    with replacing(path) as sink:
        sink.write(whole(page(results, rows, upstream)).encode())
    return path


def page(results: Block, rows: Iterable[Block], upstream: Block | None = None) -> str:
    """Return the page of a run.

    Args:
        results: As `results.schema.json` declares.
        rows: Of samples.jsonl; their pictures are named by paths inside the run folder.
        upstream: As `upstream.json` of a run on a file of UniSandbox holds it.
    """
    style, script = _text("page.css"), _text("page.js")
    headline = list(_headline(results))
    return _template().render(
        results=results,
        run=results["run"],
        style=Markup(style),
        script=Markup(script),
        policy=_policy(script),
        short=in_short(results),
        upstream=upstream,
        arms=[arm for arm in ARMS if results["parts"][0]["arms"][arm]],
        columns=_columns(results),
        headline=headline,
        headline_notes=_notes((row["name"], row["cells"]) for row in headline),
        legend=legend([arm for arm in ARMS if results["parts"][0]["arms"][arm]]),
        plots=[(family, level_plot(family, levels)) for family, levels in _levels(results).items()],
        transfers=list(_transfers(results["parts"][0])),
        factors=_factors(results),
        canary=listed(results["judge_quality"]["canary"] or {}),
        agreement=listed(results["judge_quality"]["agreement"] or {}),
        corrected=_corrected(results["parts"][0]),
        corrected_heads=CORRECTED,
        counts=_counts(results),
        data=gallery_data(rows),
        names=ARM_NAMES,
        css=ARM_CLASS,
        outcome_names=OUTCOME_NAMES,
        percent=percent,
        dump=_dump,
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(_text("page.html.jinja"))


def _text(name: str) -> str:
    return (files("unisandbox.evaluation.report") / name).read_text(encoding="utf-8")


def _policy(script: str) -> str:
    """Return what the browser may do with the page: run this script and no other, show pictures beside the page, ask nobody."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = ("img-src 'self' file: data:", "style-src 'unsafe-inline'", f"script-src 'sha256-{digest}'")
    return "; ".join(("default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"))


def _columns(results: Block) -> list[Block]:
    """Return the parts that are columns of the headline table: all items, and each family where there are several."""
    families = [part for part in results["parts"] if part["by"] == "family"]
    return [results["parts"][0], *families] if len(families) > 1 else families


def _headline(results: Block) -> Iterator[dict[str, Any]]:
    columns = _columns(results)
    for arm in ARMS:
        found = [part["arms"][arm] for part in columns]
        judged = next((block["judged_by"] for block in found if block), None)
        cells = [arm_cell(block, results["absent"].get(arm)) for block in found]
        yield {"name": ARM_NAMES[arm], "about": f"judged by {judged}" if judged else "", "css": ARM_CLASS[arm], "cells": cells}
    for place, pair in enumerate(columns[0]["paired"]):
        found = [part["paired"][place] for part in columns]
        if any(block["figure"] for block in found):
            name, about = PAIR_NAMES[pair["name"], pair["of"]]
            signed = pair["name"] in DIFFERENCES
            cells = [cell(_without_count(block), block["reason"], signed=signed) for block in found]
            yield {"name": name, "about": about, "css": "pair", "cells": cells}


def _without_count(pair: Block) -> Block | None:
    """Return the figure of a pair; that of transfer without the note that says what its `judged` says."""
    figure: Block | None = pair["figure"]
    return {**figure, "notes": figure["notes"][1:]} if figure and pair["name"] == TRANSFER else figure


def _notes(rows: Iterable[tuple[str, Iterable[Block]]]) -> list[tuple[str, str]]:
    """Return each note of some cells once, with the names of the rows that have it."""
    found: dict[str, dict[str, None]] = {}
    for name, cells in rows:
        for one in cells:
            for note in one.get("notes", ()):
                found.setdefault(note, {})[name] = None
    return [(note, ", ".join(names)) for note, names in found.items()]


def _corrected(part: Block) -> dict[str, list[dict[str, Any]]]:
    """Return each drawn arm's accuracy as judged, and as corrected by rates and by labels."""
    arms = {arm: block for arm, block in part["arms"].items() if block and arm != ASK}
    return {
        arm: [arm_cell(block), *(cell(block[name], block[f"{name}_reason"]) for name in ("corrected", "by_labels"))]
        for arm, block in arms.items()
    }


def _counts(results: Block) -> list[tuple[str, dict[str, Any]]]:
    """Return, of each family whose counts could be corrected, the cells of its arms."""
    found = []
    for part in results["parts"]:
        if part["by"] == "family":
            arms = {arm: block for arm, block in part["arms"].items() if block and arm != ASK}
            cells = {arm: cell(one["corrected_counts"], one["corrected_counts_reason"]) for arm, one in arms.items()}
            found += [(part["value"], cells)] if any(one["corrected_counts"] for one in arms.values()) else []
    return found


def _levels(results: Block) -> dict[str, list[tuple[str, Block]]]:
    found: dict[str, list[tuple[str, Block]]] = {}
    for part in results["parts"]:
        if part["by"] == "level":
            found.setdefault(part["family"], []).append((part["value"], part))
    return found


def _transfers(part: Block) -> Iterator[dict[str, Any]]:
    """Yield, for each mode that was drawn, how many samples are right in words, literally and drawn."""
    pairs = {(pair["name"], pair["of"]): pair for pair in part["paired"]}
    for mode in (NORMAL, THINK):
        table = part["together"][mode]
        if table and table["n_samples"]:
            counts, total = table["counts"], table["n_samples"]
            rows = [_condition(key, asked, literal, counts, total) for key, asked, literal in CONDITIONS]
            figure = cell(pairs["transfer", mode]["figure"], pairs["transfer", mode]["reason"])
            yield {"arm": mode, "name": ARM_NAMES[mode], "n": total, "rows": rows, "figure": figure}


def _condition(key: str, asked: str, literal: str, counts: Mapping[str, int], total: int) -> dict[str, Any]:
    right, wrong = counts[f"{key}1"], counts[f"{key}0"]
    share = right / (right + wrong) if right + wrong else None
    return {"asked": asked, "literal": literal, "right": right, "wrong": wrong, "share": share, "of_all": (right + wrong) / total}


def _factors(results: Block) -> list[tuple[str, list[tuple[str, list[dict[str, Any]], list[tuple[str, str]]]]]]:
    """Return each family with its factors, each with a row for every value and the notes of these."""
    families: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for part in results["parts"]:
        if part["by"] in FACTOR_NAMES:
            cells = {arm: arm_cell(part["arms"][arm]) for arm in ARMS if part["arms"][arm]}
            row = {"value": part["value"].replace("_", " "), "n": part["n_items"], "cells": cells}
            families.setdefault(part["family"], {}).setdefault(part["by"], []).append(row)
    found = []
    for family, factors in families.items():
        tables = [(FACTOR_NAMES[by], rows) for by, rows in factors.items() if by != "split" or len(rows) > 1]
        told = [(name, rows, _notes((row["value"], row["cells"].values()) for row in rows)) for name, rows in tables]
        found += [(family, told)] if told else []
    return found


def _dump(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
