"""The `unisandbox` command: one function a sub-command, which parses, calls and prints.

Exit codes: 0 done; 1 the check found something; 2 the input or the call is wrong; 130 interrupted, and can be gone on with.
What is heavy is imported by the command that uses it, so that the first output comes at once.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unisandbox import __version__
from unisandbox.errors import InputError, UnisandboxError, Violation
from unisandbox.terminal import bar, human_size, print_error, print_json, print_panel, print_table

if TYPE_CHECKING:
    from unisandbox.generators.families.base import Item
    from unisandbox.schemas.manifest import Manifest

DEFAULT_RELEASE = "0.1.0"
FOUND_SOMETHING, WRONG_INPUT, INTERRUPTED = 1, 2, 130
MOST_PRINTED = 40  # findings on a terminal; --json has them all

app = typer.Typer(
    help="Makes, proves and audits controlled synthetic data for multimodal models.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
ReleaseName = Annotated[str, typer.Option("--release", help="Release file, or the version of a packaged one.")]
Level = Annotated[int, typer.Option("--level", help="Difficulty: operations or hops.")]
SplitName = Annotated[str | None, typer.Option("--split", help="Split to take items from; the first with that level by default.")]
Family = Annotated[str, typer.Argument(help="A family, as `unisandbox families` lists them.")]


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Register a sub-command; its errors become one message and an exit code."""

    @functools.wraps(function)
    def reported(*args: Any, **options: Any) -> None:
        try:
            function(*args, **options)
        except UnisandboxError as error:
            print_error(str(error))
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            print_error("stopped")
            raise typer.Exit(INTERRUPTED) from None
        except OSError as error:
            what = f"{error.filename or 'a file'}: {error.strerror or error}"
            print_error(f"{what}; check the path, its permissions and the space left")
            raise typer.Exit(WRONG_INPUT) from None

    app.command()(reported)
    return reported


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Make, prove and audit controlled synthetic data for multimodal models."""
    if version:
        typer.echo(f"unisandbox {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@command
def families(as_json: Json = False) -> None:
    """List the families: what they ask, their levels and wordings.

    Example: unisandbox families
    """
    from unisandbox.generators.catalogue import families_listed

    listed = families_listed()
    if as_json:
        print_json([asdict(family) for family in listed])
        return
    columns = ("family", "levels", "draw wordings", "ask wordings", "what to draw")
    lines = [(f.name, f"{f.levels[0]}–{f.levels[-1]}", f.draw_wordings, f.ask_wordings, f.summary) for f in listed]
    print_table("families", columns, lines, numbers=("draw wordings", "ask wordings"))


@command
def show(
    family: Family,
    level: Level = 1,
    index: Annotated[int, typer.Option("--index", min=0, help="Which item of the split.")] = 0,
    split: SplitName = None,
    release: ReleaseName = DEFAULT_RELEASE,
    as_json: Json = False,
) -> None:
    """Show one item whole: its views, gold, trace and target.

    Example: unisandbox show math --level 3
    """
    from unisandbox.generators.catalogue import sample_items, target_text

    (item,) = sample_items(release, family, level, split, index, 1)
    if as_json:
        print_json(_mapping(item))
        return
    fields = [(name, str(getattr(item, name))) for name in ("draw", "literal", "ask", "answer")]
    fields += [("choices", " | ".join(item.choices)), ("chance", f"{item.chance:.3g}"), ("trace", item.trace)]
    fields += [("target", target_text(item)), ("key", item.key), ("group", item.group), ("cluster", item.cluster)]
    chosen = {name: value for name, value in item.factors._asdict().items() if value not in (None, ())}
    print_panel(item.id, [*fields, ("factors", json.dumps(chosen, ensure_ascii=False))])


@command
def preview(
    family: Family,
    level: Level = 1,
    n: Annotated[int, typer.Option("--n", min=1, max=1000, help="How many items.")] = 5,
    start: Annotated[int, typer.Option("--start", min=0, help="Index of the first.")] = 0,
    split: SplitName = None,
    release: ReleaseName = DEFAULT_RELEASE,
    as_json: Json = False,
) -> None:
    """Show several items side by side: what is asked, and what a right image shows.

    Example: unisandbox preview mapping --level 2 --n 5
    """
    from unisandbox.generators.catalogue import sample_items, target_text

    items = sample_items(release, family, level, split, start, n)
    if as_json:
        print_json([_mapping(item) for item in items])
        return
    lines = [(item.id, item.draw, item.answer, target_text(item)) for item in items]
    print_table(f"{family}, level {level}", ("id", "draw", "answer", "target"), lines)


@command
def build(
    release: Annotated[str, typer.Argument(help="Release file (TOML), or the version of a packaged one.")] = DEFAULT_RELEASE,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; build/<name>-<version> by default.")] = None,
    workers: Annotated[int, typer.Option("--workers", min=0, help="Processes; 0 means one a core.")] = 0,
    shard: Annotated[str, typer.Option("--shard", help="Part i of n machines, e.g. 1/3; all share one folder.")] = "1/1",
    as_json: Json = False,
) -> None:
    """Build a release: every row proved, the folder complete or resumable.

    Example: unisandbox build 0.1.0 --out build/unisandbox-0.1.0
    """
    from unisandbox.cards.companions import write_companions
    from unisandbox.generators.build import ShardDone
    from unisandbox.generators.build import build as build_release
    from unisandbox.generators.release_file import read_release

    said = read_release(release)
    folder = out or Path("build") / f"{said.name}-{said.version}"
    with bar("shards", quiet=as_json) as shown:

        def report(done: ShardDone) -> None:
            stood = " (stood)" if done.reused else ""
            shown.step(f"{done.shard.config}/{done.shard.split}{stood}", done.done, done.of)

        built = build_release(
            said, folder, workers=workers or os.cpu_count() or 1, machine=_machine(shard), report=report, finish=write_companions
        )
    if built.manifest is None:
        print_error(
            f"{folder}: {built.missing} shards are missing; run the other parts of {shard}, the last completes the folder"
        )
        return
    if as_json:
        print_json({"folder": str(folder), "made": built.made, "reused": built.reused, "digest": built.manifest.digest})
        return
    _print_built(folder, built.manifest)


@command
def validate(
    path: Annotated[Path, typer.Argument(help="Release folder, Parquet file, or JSONL file of items.")],
    as_json: Json = False,
) -> None:
    """Check files against the manifest and every row against its schema.

    Example: unisandbox validate build/unisandbox-0.1.0
    """
    from unisandbox.schemas.paths import check_path

    with bar("files", quiet=as_json) as shown:
        checked = check_path(path, shown.step)
    violations = [asdict(violation) for violation in checked.violations]
    if as_json:
        print_json({"path": str(path), "files": checked.files, "rows": checked.rows, "violations": violations})
    else:
        for line in [str(violation) for violation in checked.violations][:MOST_PRINTED]:
            print_error(line)
        typer.echo(f"{path}: {checked.files} files, {checked.rows} rows, {len(violations)} violations")
    raise typer.Exit(FOUND_SOMETHING if violations else 0)


@command
def audit(
    path: Annotated[Path, typer.Argument(help="Release folder, Parquet file of items, or anybody's JSONL file.")],
    as_json: Json = False,
) -> None:
    """Solve every question again and report wrong golds, and questions without an answer.

    Example: unisandbox audit their_benchmark.jsonl --json
    """
    from unisandbox.generators.audit import audit as audit_path

    with bar("files", quiet=as_json) as shown:
        audits = audit_path(path, shown.step)
    findings = [finding for one in audits for finding in one.findings]
    if as_json:
        reports = [one.as_json() for one in audits]
        print_json(reports if path.is_dir() else reports[0])
    else:
        if findings:
            columns = ("rule", "item", "field", "found", "allowed")
            lines = [(f.rule, f.item, f.field, f.found, f.allowed) for f in findings[:MOST_PRINTED]]
            print_table(f"findings in {path}", columns, lines)
        if len(findings) > MOST_PRINTED:
            print_error(f"… and {len(findings) - MOST_PRINTED} more; --json has them all")
        typer.echo(f"{path}: {sum(one.items for one in audits)} items, {len(findings)} findings")
    raise typer.Exit(FOUND_SOMETHING if findings else 0)


def main() -> None:
    """Run the command line."""
    app()


def _mapping(item: Item) -> Mapping[str, Any]:
    from unisandbox.schemas.rows import mapping_of

    return mapping_of(item, "item")


def _machine(text: str) -> Any:
    from unisandbox.generators.build import Machine

    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise InputError(Violation("--shard", repr(text), "i/n with 1 <= i <= n", "write for example --shard 1/3"))
    return Machine(int(number), int(of))


def _print_built(folder: Path, manifest: Manifest) -> None:
    totals: dict[tuple[str, str], list[int]] = {}
    for shard in manifest.shards:
        total = totals.setdefault((shard.config, shard.split), [0, 0])
        total[0] += shard.rows
        total[1] += shard.size_bytes
    lines = [(config, split, f"{rows:,}", human_size(size)) for (config, split), (rows, size) in totals.items()]
    rows, size = (sum(column) for column in zip(*totals.values(), strict=True))
    lines.append(("all", f"{len(lines)} splits", f"{rows:,}", human_size(size)))
    print_table(str(folder), ("config", "split", "rows", "size"), lines, numbers=("rows", "size"))
    for family, facts in manifest.facts.items():
        typer.echo(f"{family}: {', '.join(f'{name} {value}' for name, value in facts.items())}")
    typer.echo(f"content digest {manifest.digest}")
