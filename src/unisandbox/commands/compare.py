"""`contamination`: what a model's scores on two editions say of each other."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unisandbox.commands.base import FOUND_SOMETHING, Json, command
from unisandbox.terminal import print_json, print_table

if TYPE_CHECKING:
    from unisandbox.evaluation.clustered import Estimate
    from unisandbox.evaluation.contamination import Accuracy, Comparison

NUMBERS = ("public", "fresh", "items", "difference", "memorised", "80% power")
NOTHING = "–"  # the reason stands in --json, and in the lines below the table
COLUMNS = ("family", "arm", "split", "level", *NUMBERS)


@command
def contamination(
    results_public: Annotated[Path, typer.Argument(help="samples.jsonl of the model on the public edition.")],
    results_fresh: Annotated[Path, typer.Argument(help="samples.jsonl of the model on an edition it cannot have seen.")],
    allow_different_models: Annotated[
        bool, typer.Option("--allow-different-models", help="Compare although the files name different models.")
    ] = False,
    fail_on_leak: Annotated[
        bool, typer.Option("--fail-on-leak", help="Exit 1 if a difference over all levels lies above 0 with its whole interval.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compare scores on a public edition with those on a fresh one, and say which leak they are compatible with.

    Example: unisandbox contamination public/samples.jsonl fresh/samples.jsonl
    """
    from unisandbox.evaluation.contamination import compare
    from unisandbox.evaluation.samples import read_samples

    public, fresh = read_samples(results_public), read_samples(results_fresh)
    compared = compare(public, fresh, different_models=allow_different_models)
    if as_json:
        named = {name: {"path": str(one.path), "model": one.model} for name, one in (("public", public), ("fresh", fresh))}
        print_json({**named, "comparisons": [_mapping(one) for one in compared]})
    else:
        _print(f"{results_public} against {results_fresh}", compared)
    raise typer.Exit(FOUND_SOMETHING if fail_on_leak and any(one.is_leak for one in compared) else 0)


def _mapping(one: Comparison) -> dict[str, Any]:
    from unisandbox.evaluation.contamination import sentence

    return {**asdict(one), "says": sentence(one)}


def _print(title: str, compared: tuple[Comparison, ...]) -> None:
    from unisandbox.evaluation.contamination import sentence

    print_table(title, COLUMNS, [_line(one) for one in compared], numbers=NUMBERS)
    typer.echo("Intervals are of 95%, differences in points; without any leak, 1 interval in 40 lies above 0 by chance.")
    for one in compared:
        if one.level is None:
            typer.echo(sentence(one))


def _line(one: Comparison) -> tuple[str, ...]:
    place = (one.family, one.arm, one.split or "all", str(one.level or "all"))
    items = " + ".join(f"{side.items:,}" if side else "0" for side in (one.public, one.fresh))
    seen = NOTHING if one.smallest_seen is None else f"{one.smallest_seen:.1%}"
    return (*place, _accuracy(one.public), _accuracy(one.fresh), items, _points(one.difference), _share(one.memorised), seen)


def _accuracy(side: Accuracy | None) -> str:
    if side is None:
        return NOTHING
    interval = "" if side.low is None or side.high is None else f" ({100 * side.low:.1f}–{100 * side.high:.1f})"
    return f"{side.value:.1%}{interval}"


def _points(found: Estimate | None) -> str:
    return f"{100 * found.value:+.1f} ({100 * found.low:+.1f} to {100 * found.high:+.1f})" if found else NOTHING


def _share(found: Estimate | None) -> str:
    return f"{found.value:.1%} ({found.low:.1%}–{found.high:.1%})" if found else NOTHING
