"""`score`, `generate`, `judge`: a model's answers and pictures, what a judge reads there, and the figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from unisandbox.commands.base import DEFAULT_RELEASE, Json, command
from unisandbox.commands.hub import here
from unisandbox.commands.score_shown import judge_quality, measured, shown, telling, written
from unisandbox.commands.upstream_scoring import of_file
from unisandbox.errors import InputError, Violation

if TYPE_CHECKING:
    from unisandbox.evaluation.arms import Way
    from unisandbox.evaluation.plan import Plan, Selection
    from unisandbox.evaluation.run import Ran, Tell

DATA = Path("build") / f"unisandbox-{DEFAULT_RELEASE}"
SCORES = Path("build") / "scores"
BASELINES = ("baseline:oracle", "baseline:literal", "baseline:blind", "baseline:noise")
BASELINE_LIMIT = 800  # items: all four in minutes, a hundred of each family and level of the default release

Data = Annotated[Path, typer.Option("--data", help="Release folder, or org/name@vX.Y.Z.")]
ModelUri = Annotated[
    str, typer.Option("--model", help="Model: folder:PATH, openai:URL#NAME, exec:COMMAND, my_file.py:MyModel, baseline:oracle.")
]
Models = Annotated[
    list[str] | None,
    typer.Option("--model", help="Model, as for generate; may be repeated; all baselines otherwise."),
]
ModelArguments = Annotated[list[str] | None, typer.Option("--model-arg", help="key=value for the model, may be repeated.")]
JudgeUri = Annotated[
    str,
    typer.Option("--judge", help="Judge: sprites (exact, for drawn pictures), openai:URL#NAME, captions:URL#NAME, panel:A,B,C."),
]
JudgeArguments = Annotated[list[str] | None, typer.Option("--judge-arg", help="key=value for the judge, may be repeated.")]
Splits = Annotated[list[str] | None, typer.Option("--split", help="Split, may be repeated; test otherwise.")]
Families = Annotated[list[str] | None, typer.Option("--family", help="Family, may be repeated; all otherwise.")]
Levels = Annotated[list[int] | None, typer.Option("--level", help="Level, may be repeated; all otherwise.")]
ItemsFile = Annotated[Path | None, typer.Option("--items", help="UniSandbox's own JSONL file, in place of the release's items.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="Items at most, spread evenly, in whole groups.")]
Arms = Annotated[
    list[str] | None, typer.Option("--arms", help="ask, literal, draw/normal or draw/think, may be repeated; all otherwise.")
]
Out = Annotated[Path | None, typer.Option("--out", help="Run folder; build/scores/RELEASE/MODEL otherwise.")]
SampleCount = Annotated[int, typer.Option("--samples", min=1, help="Pictures and answers of each item in each arm.")]
Salt = Annotated[str, typer.Option("--salt", help="Another text gives other seeds.")]
Size = Annotated[int | None, typer.Option("--size", min=16, help="Wanted side of pictures in pixels; the model's own otherwise.")]
Shard = Annotated[str | None, typer.Option("--shard", help="Do part i of n of the groups, e.g. 1/3; see merge.")]
Workers = Annotated[int | None, typer.Option("--judge-workers", min=1, help="Threads that ask the judge.")]
EngineName = Annotated[
    str, typer.Option("--engine", help="Where model and judge run: local, or ray for pools of actors on many GPUs and nodes.")
]
EngineArguments = Annotated[
    list[str] | None,
    typer.Option("--engine-arg", help="key=value for the engine, e.g. model_actors=4, model_gpus=1; may be repeated."),
]
Retry = Annotated[bool, typer.Option("--retry-errors", help="Do again what failed, and what is missing.")]
NoCanary = Annotated[bool, typer.Option("--no-canary", help="Do not try the judge on pictures of known truth.")]
HalfWidth = Annotated[
    float | None,
    typer.Option("--until-halfwidth", min=0.0, max=0.5, help="Stop once intervals of draw are as narrow, e.g. 0.02."),
]
MaxErrorRate = Annotated[
    float, typer.Option("--max-error-rate", min=0.0, max=1.0, help="Exit 3 if a larger share of an arm has no verdict.")
]
Calibrated = Annotated[
    Path | None,
    typer.Option("--calibration", help="calibration.json of the judge: corrected accuracies stand beside the raw ones."),
]
RunFolder = Annotated[Path, typer.Argument(help="Folder of a run.")]


@command
def score(
    model: Models = None,
    model_arg: ModelArguments = None,
    judge: JudgeUri = "sprites",
    judge_arg: JudgeArguments = None,
    data: Data = DATA,
    items: ItemsFile = None,
    split: Splits = None,
    family: Families = None,
    level: Levels = None,
    limit: Limit = None,
    arms: Arms = None,
    samples: SampleCount = 1,
    salt: Salt = "0",
    size: Size = None,
    shard: Shard = None,
    until_halfwidth: HalfWidth = None,
    judge_workers: Workers = None,
    engine: EngineName = "local",
    engine_arg: EngineArguments = None,
    no_canary: NoCanary = False,
    retry_errors: Retry = False,
    max_error_rate: MaxErrorRate = 0.02,
    calibration: Calibrated = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Ask a model, judge its pictures at the same time, and print the figures. The same line goes on with a run that was stopped.

    Without --model the four baselines are scored on 800 items.

    Example: unisandbox score --model my_file.py:MyModel --data build/unisandbox-0.2.0 --limit 300
    """
    from unisandbox.evaluation.models.registry import arguments_of
    from unisandbox.evaluation.plan import Plan
    from unisandbox.evaluation.run import score as scored

    folder = _release(data, quiet=as_json)
    selection = _selection(split, family, level, limit if model else limit or BASELINE_LIMIT, shard)
    plans = [
        Plan(
            data=folder,
            out=place,
            model=uri,
            model_arguments=arguments_of(model_arg or ()),
            judge=judge,
            judge_arguments=arguments_of(judge_arg or (), "--judge-arg"),
            judge_workers=judge_workers,
            engine=engine,
            engine_arguments=arguments_of(engine_arg or (), "--engine-arg"),
            selection=selection,
            way=_way(arms, samples, salt, size),
            retry_errors=retry_errors,
            until_half_width=until_halfwidth,
            canary=not no_canary,
        )
        for uri, place in _places(out, folder, model or BASELINES, selection, items).items()
    ]
    plans = [of_file(plan, items) for plan in plans] if items else plans
    _run(scored, plans, max_error_rate, calibration, as_json=as_json)


@command
def generate(
    model: ModelUri,
    model_arg: ModelArguments = None,
    data: Data = DATA,
    split: Splits = None,
    family: Families = None,
    level: Levels = None,
    limit: Limit = None,
    arms: Arms = None,
    samples: SampleCount = 1,
    salt: Salt = "0",
    size: Size = None,
    shard: Shard = None,
    engine: EngineName = "local",
    engine_arg: EngineArguments = None,
    retry_errors: Retry = False,
    max_error_rate: MaxErrorRate = 0.02,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Ask a model and keep its pictures and answers, to be judged later or elsewhere.

    Example: unisandbox generate --model my_file.py:MyModel --limit 300 --out my-run
    """
    from unisandbox.evaluation.models.registry import arguments_of
    from unisandbox.evaluation.plan import Plan
    from unisandbox.evaluation.run import score as scored

    folder = _release(data, quiet=as_json)
    selection = _selection(split, family, level, limit, shard)
    plan = Plan(
        data=folder,
        out=_places(out, folder, [model], selection)[model],
        model=model,
        model_arguments=arguments_of(model_arg or ()),
        engine=engine,
        engine_arguments=arguments_of(engine_arg or (), "--engine-arg"),
        selection=selection,
        way=_way(arms, samples, salt, size),
        retry_errors=retry_errors,
    )
    _run(scored, [plan], max_error_rate, as_json=as_json, has_page=False)


@command
def judge(
    run: RunFolder,
    judge: JudgeUri = "sprites",
    judge_arg: JudgeArguments = None,
    data: Annotated[Path | None, typer.Option("--data", help="Release folder, if it no longer is where the run read it.")] = None,
    judge_workers: Workers = None,
    engine: EngineName = "local",
    engine_arg: EngineArguments = None,
    no_canary: NoCanary = False,
    retry_errors: Retry = False,
    max_error_rate: MaxErrorRate = 0.02,
    as_json: Json = False,
) -> None:
    """Judge the pictures of a run, whoever made them; another judge reads the same pictures again.

    Example: unisandbox judge my-run --judge sprites
    """
    from unisandbox.evaluation.models.registry import arguments_of
    from unisandbox.evaluation.plan import Plan
    from unisandbox.evaluation.run import judge_again
    from unisandbox.evaluation.run_folder import read_record

    record = read_record(run)
    plan = Plan(
        data=here(data, quiet=as_json) if data else Path(record.data),
        out=run,
        model=record.model.uri,
        judge=judge,
        judge_arguments=arguments_of(judge_arg or (), "--judge-arg"),
        judge_workers=judge_workers,
        engine=engine,
        engine_arguments=arguments_of(engine_arg or (), "--engine-arg"),
        canary=not no_canary,
        retry_errors=retry_errors,
    )
    _run(judge_again, [plan], max_error_rate, as_json=as_json)


def _run(
    step: Callable[[Plan, Tell], Ran],
    plans: Sequence[Plan],
    max_error_rate: float,
    calibration: Path | None = None,
    *,
    as_json: bool,
    has_page: bool = True,
) -> None:
    """Do one plan after the other, print the figures of all, and end with the exit code that they deserve."""
    done = []
    for plan in plans:
        with telling(plan.model, quiet=as_json) as tell:
            done.append((plan.out, step(plan, tell)))
    results = {
        folder: written(folder, ran, judge_quality(ran, calibration)) if has_page else measured(folder, ran)
        for folder, ran in done
    }
    raise typer.Exit(shown(done, max_error_rate, as_json=as_json, results=results))


def _release(data: Path, *, quiet: bool) -> Path:
    """Return the folder of a release; of the default one say how to make it, where it is not there."""
    if data == DATA and not data.exists():
        raise InputError(Violation("--data", f"no folder {data}", "a built release", "run `make build-data`, or name one"))
    return here(data, quiet=quiet)


def _selection(
    split: list[str] | None, family: list[str] | None, level: list[int] | None, limit: int | None, shard: str | None
) -> Selection:
    from unisandbox.evaluation.plan import Selection, shard_of

    part = shard_of(shard) if shard else None
    return Selection(tuple(split or ("test",)), tuple(family or ()), tuple(level or ()), limit, part)


def _way(arms: list[str] | None, samples: int, salt: str, size: int | None) -> Way:
    from unisandbox.evaluation.arms import Way, checked_arms

    return Way(checked_arms(arms or ()), samples, salt, size)


def _places(
    out: Path | None, release: Path, uris: Sequence[str], selection: Selection, items: Path | None = None
) -> dict[str, Path]:
    """Return the run folder of each model: `out` itself for one, a folder inside it for each of several."""
    from unisandbox.evaluation.plan import slug
    from unisandbox.evaluation.released import released

    if out is not None and len(uris) == 1:
        return {uris[0]: out}
    about = released(release)
    part = f"-{slug(items.stem)}" if items else ""
    part += "-shard-{}-of-{}".format(*selection.shard) if selection.shard else ""
    return {uri: (out or SCORES / f"{about.name}-{about.version}") / f"{slug(uri)}{part}" for uri in uris}
