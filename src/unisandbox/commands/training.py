"""`train-reference` and `stars`: the reference model, and self-training data from any model that thinks and draws."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from unisandbox.commands.base import Json, command
from unisandbox.commands.hub import here
from unisandbox.commands.score import (
    DATA,
    Data,
    Families,
    JudgeArguments,
    JudgeUri,
    Levels,
    Limit,
    ModelArguments,
    ModelUri,
    NoCanary,
    Salt,
    SampleCount,
)
from unisandbox.commands.score_shown import PLAIN_EVERY_S, telling
from unisandbox.terminal import bar, print_json, print_table

if TYPE_CHECKING:
    from unisandbox.evaluation.training.learning import Learnt

REFERENCE = Path("build") / "reference"

Mixture = Annotated[str, typer.Option("--mixture", help="What to learn: base, injection, stars, or a TOML file.")]
Seed = Annotated[
    int, typer.Option("--seed", min=0, help="Of the first weights and of the order; another one gives another model.")
]
Device = Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")]
Threads = Annotated[int, typer.Option("--threads", min=1, help="Threads of the processor; one is fastest where others work too.")]
Start = Annotated[Path | None, typer.Option("--start", help="Folder of weights to go on from; a new network otherwise.")]
KeptFolder = Annotated[Path | None, typer.Option("--kept", help="Folder that `unisandbox stars` wrote, for arms of that kind.")]
Weights = Annotated[Path, typer.Option("--out", help="Folder for the weights; a training that was stopped goes on there.")]
Steps = Annotated[int | None, typer.Option("--steps", min=1, help="Steps of the optimiser; what the mixture says otherwise.")]


@command
def train_reference(
    data: Data = DATA,
    mixture: Mixture = "base",
    out: Weights = REFERENCE,
    seed: Seed = 0,
    steps: Steps = None,
    start: Start = None,
    kept: KeptFolder = None,
    device: Device = "auto",
    threads: Threads = 1,
    as_json: Json = False,
) -> None:
    """Train the reference model on a release's training data. The same line goes on with a training that was stopped.

    Example: unisandbox train-reference --data build/unisandbox-0.2.0 --out build/reference
    """
    from dataclasses import replace

    from unisandbox.evaluation.models.tiny.model import device_of
    from unisandbox.evaluation.training.mixture import read_mixture
    from unisandbox.evaluation.training.reference import Training, train

    wanted = read_mixture(mixture)
    wanted = replace(wanted, steps=steps) if steps else wanted
    asked = Training(
        release=here(data, quiet=as_json),
        out=out,
        mixture=wanted,
        seed=seed,
        device=device_of(device, "--device"),
        start=start,
        kept=kept,
        threads=threads,
    )
    begin = time.monotonic()
    with _learning(quiet=as_json) as tell:
        trained = train(asked, tell)
    weights = sum(weight.numel() for weight in trained.network.parameters())
    said = {"out": str(out), "weights": weights, "steps": wanted.steps, "seconds": round(time.monotonic() - begin, 1)}
    if as_json:
        print_json(said)
    else:
        typer.echo(f"{out}: {weights:,} weights after {wanted.steps} steps, {said['seconds']} s")


@command
def stars(
    model: ModelUri,
    out: Annotated[Path, typer.Option("--out", help="Folder for what is kept; the run itself stands in `run` inside it.")],
    model_arg: ModelArguments = None,
    judge: JudgeUri = "sprites",
    judge_arg: JudgeArguments = None,
    data: Data = DATA,
    split: Annotated[str, typer.Option("--split", help="A training split; others are refused.")] = "train",
    family: Families = None,
    level: Levels = None,
    limit: Limit = None,
    samples: SampleCount = 1,
    salt: Salt = "0",
    no_canary: NoCanary = False,
    bagel_files: Annotated[int, typer.Option("--bagel-files", min=1, help="Files of BAGEL's folder: one for each process.")] = 8,
    as_json: Json = False,
) -> None:
    """Let a model think and draw, keep what a judge accepts, and write it as training data of prompts and pictures alone.

    Example: unisandbox stars --model my_file.py:MyModel --judge openai:http://localhost:8000/v1#qwen --limit 5000 --out kept
    """
    from unisandbox.evaluation.models.registry import arguments_of
    from unisandbox.evaluation.training.stars import Harvest, harvest

    asked = Harvest(
        data=here(data, quiet=as_json),
        out=out,
        model=model,
        model_arguments=arguments_of(model_arg or ()),
        judge=judge,
        judge_arguments=arguments_of(judge_arg or (), "--judge-arg"),
        split=split,
        families=tuple(family or ()),
        levels=tuple(level or ()),
        limit=limit,
        samples=samples,
        salt=salt,
        canary=not no_canary,
        bagel_files=bagel_files,
    )
    with telling(model, quiet=as_json) as tell:
        reaped = harvest(asked, tell)
    if as_json:
        print_json({"out": str(out), "kept": reaped.kept, "acceptance": list(reaped.acceptance)})
        return
    columns = ("family", "level", "correct", "wrong", "generation_error", "judge_error", "kept_share")
    lines = [[f"{rate[name]:.1%}" if name == "kept_share" else rate[name] for name in columns] for rate in reaped.acceptance]
    print_table(f"{reaped.kept} pictures kept", columns, lines, numbers=columns[1:])
    typer.echo(str(out))


@contextmanager
def _learning(*, quiet: bool) -> Iterator[Callable[[Learnt], None]]:
    """Yield what shows how far a training is: a bar on a terminal, a line now and then elsewhere, nothing if quiet."""
    every_s, last_s = 0.0 if sys.stderr.isatty() else PLAIN_EVERY_S, 0.0
    with bar("train", quiet=quiet) as shown:

        def tell(learnt: Learnt) -> None:
            nonlocal last_s
            if learnt.step == learnt.of or time.monotonic() - last_s >= every_s:
                last_s = time.monotonic()
                shown.step(f"loss {learnt.loss:.3f}, {learnt.tokens:,} tokens", learnt.step, learnt.of)

        yield tell
