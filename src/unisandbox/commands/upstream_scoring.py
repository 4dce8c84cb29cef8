"""`score --items FILE`: UniSandbox's own files, scored by its rules beside ours, with what their wrong golds leave."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from unisandbox.errors import InputError, Violation
from unisandbox.terminal import print_table

if TYPE_CHECKING:
    from unisandbox.evaluation.items import Item
    from unisandbox.evaluation.plan import Plan
    from unisandbox.evaluation.run import Ran

FILE: Final = "upstream.json"
NUMBERS: Final = ("rows", "right", "UniSandbox", "ours")


def of_file(plan: Plan, items: Path) -> Plan:
    """Return a plan that asks the questions of a file in place of a release's; only its drawn arms can be asked.

    Raises:
        InputError: Options that choose among the items of a release, or arms that such a file has not.
    """
    from unisandbox.evaluation.plan import Selection
    from unisandbox.evaluation.protocol import ARMS, NORMAL, THINK

    kept = Selection(limit=plan.selection.limit, shard=plan.selection.shard)
    if plan.selection != kept:
        fix = "leave out --split, --family and --level, or --items"
        raise InputError(Violation("--items", "a choice among the items of a release", "--limit and --shard", fix))
    asked = plan.way.arms if plan.way.arms != ARMS else (NORMAL, THINK)
    if wrong := [arm for arm in asked if arm not in (NORMAL, THINK)]:
        fix = "use --arms draw, draw/normal or draw/think"
        raise InputError(Violation("--arms", ", ".join(wrong), "draw/normal, draw/think: all that the file asks", fix))
    return replace(plan, selection=replace(kept, file=str(items)), way=replace(plan.way, arms=asked))


def upstream_of(folder: Path, ran: Ran) -> dict[str, Any] | None:
    """Return both scores of a run on a file of UniSandbox, and its ceiling, and keep them in its folder; None of other runs."""
    from unisandbox.evaluation.upstream import upstream_document
    from unisandbox.schemas.files import replacing

    source = ran.record.selection.get("file")
    if not source:
        return None
    items = list({sample.item.id: sample.item for sample in ran.joined.samples}.values())
    if not items:
        return None
    strange = _strange(Path(ran.record.data), items)
    document = {
        "file": source,
        "strange_objects": strange,
        **upstream_document(items, ran.joined.samples, ran.record.way.arms, _findings(Path(source))),
    }
    with replacing(folder / FILE) as sink:
        sink.write(f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode())
    return document


def _strange(release: Path, items: list[Item]) -> list[str]:
    """Return the objects of a file that the release's vocabulary lacks, sorted: an exact judge cannot find these."""
    from unisandbox.evaluation.released import nouns_of

    return sorted({item.target["objects"][0]["name"] for item in items} - nouns_of(release).keys())


@cache
def _findings(source: Path) -> tuple[tuple[str, str], ...]:
    """Return rule and item of each finding of the audit of a file."""
    from unisandbox.generators.foreign import audit_file

    return tuple((one.rule, one.item) for one in audit_file(source).findings)


def print_upstream(document: dict[str, Any]) -> None:
    """Print both scores, and the ceiling in sentences."""
    lines = [
        (arm, each["upstream"]["rows"], each["upstream"]["right"], f"{each['upstream']['accuracy']:.1%}", _ours(each["ours"]))
        for arm, each in document["arms"].items()
    ]
    title = f"{document['file']}: UniSandbox's rules (right rows / rows, errors are wrong) beside ours"
    print_table(title, ("arm", *NUMBERS), lines, NUMBERS)
    left = document["ceiling"]
    typer.echo(
        f"ceiling: one who is always right gets at most {left['highest']:.1%}: {left['spoilt_rows']} of {left['rows']} rows "
        f"have a wrong gold or no answer"
    )
    if left["other_gold"] or left["no_answer"]:
        typer.echo(
            f"of {left['questions']} questions {left['other_gold']} have another right answer than the gold, so that a right "
            f"picture is marked wrong, and {left['no_answer']} have none: {', '.join(left['spoilt'][:6])}"
            f"{' …' if len(left['spoilt']) > 6 else ''}"
        )
    if strange := document["strange_objects"]:
        typer.echo(
            f"{len(strange)} objects of the file are not in the release's vocabulary; the judge `sprites` cannot find them"
        )
    if left["unknown"]:
        typer.echo(f"{left['unknown']} questions could not be solved for sure; their golds count as right")


def _ours(figure: dict[str, Any] | None) -> str:
    if figure is None:
        return "–"
    ends = figure["interval"]
    return f"{figure['value']:.1%}" + (f" ({100 * ends[0]:.1f}–{100 * ends[1]:.1f})" if ends else "")
