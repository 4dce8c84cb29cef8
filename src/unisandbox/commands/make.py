"""`build`, `sprites`: what writes data, and the art that it is drawn with."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unisandbox.commands.base import DEFAULT_RELEASE, Json, command
from unisandbox.errors import InputError, Violation
from unisandbox.terminal import bar, human_size, print_error, print_json, print_table

if TYPE_CHECKING:
    from unisandbox.generators.build import Finish
    from unisandbox.generators.release import Release
    from unisandbox.schemas.manifest import Manifest


@command
def build(
    release: Annotated[str, typer.Argument(help="Release file (TOML), or the version of a packaged one.")] = DEFAULT_RELEASE,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder; build/<name>-<version> by default, with --edition n -edition-<n> behind."),
    ] = None,
    edition: Annotated[int | None, typer.Option("--edition", help="Slice of every space; that of the file otherwise.")] = None,
    version: Annotated[str | None, typer.Option("--version", help="Version, X.Y.Z; that of the file otherwise.")] = None,
    workers: Annotated[int, typer.Option("--workers", min=0, help="Processes; 0 means one a core.")] = 0,
    shard: Annotated[str, typer.Option("--shard", help="Part i of n machines, e.g. 1/3; all share one folder.")] = "1/1",
    as_json: Json = False,
) -> None:
    """Build a release: every row proved, the folder complete or resumable.

    Example: unisandbox build 0.2.0 --out build/unisandbox-0.2.0
    """
    from unisandbox.generators.build import ShardDone
    from unisandbox.generators.build import build as build_release
    from unisandbox.generators.release_file import as_edition, read_release

    said = as_edition(read_release(release), edition, version)
    folder = out or Path("build") / f"{said.name}-{said.version}{'' if edition is None else f'-edition-{edition}'}"
    if said.is_pictured and not as_json:
        print_error(_pictures_told(said))
    with bar("shards", quiet=as_json) as shown:

        def report(done: ShardDone) -> None:
            stood = " (stood)" if done.reused else ""
            shown.step(f"{done.shard.config}/{done.shard.split}{stood}", done.done, done.of)

        built = build_release(
            said, folder, workers=workers or os.cpu_count() or 1, machine=_machine(shard), report=report, finish=finishing(said)
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
def sprites(
    folder: Annotated[Path, typer.Argument(help="Folder of art: one PNG file an object, and sprites.csv.")],
    pin: Annotated[bool, typer.Option("--pin", help="List the pictures that are there, after you replaced some.")] = False,
    as_json: Json = False,
) -> None:
    """Write the art out as a folder that a release can name, or list a folder again.

    Example: unisandbox sprites my-art
    """
    from unisandbox.generators.own_art import export_art, pin_art

    count = pin_art(folder) if pin else export_art(folder)
    if as_json:
        print_json({"folder": str(folder), "changed" if pin else "written": count})
        return
    fix = f'name it in a release file: sprites = "{folder.resolve()}"'
    typer.echo(f"{folder}: {count} pictures {'changed' if pin else 'written'}; {fix}")


def finishing(release: Release) -> Finish:
    """Return what a build writes for people once the data stands: card, licence, schemas and, with pictures, contact sheets."""
    from unisandbox.cards.companions import write_companions

    def finish(folder: Path, manifest: Manifest) -> None:
        if release.is_pictured:
            from unisandbox.generators.contact_sheet import write_sheets

            write_sheets(release, folder)
        write_companions(folder, manifest)

    return finish


def _pictures_told(release: Release) -> str:
    from unisandbox.generators.pictures import expected_bytes

    most, side = release.most_pictures, release.image_size_px
    return f"at most {most:,} pictures of {side} px, about {human_size(expected_bytes(most, side))}"


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
        typer.echo(f"{family}: {', '.join(_told(facts))}")
    typer.echo(f"content digest {manifest.digest}")


def _told(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield figures in words; those inside one another with their full name."""
    for name, value in facts.items():
        if isinstance(value, dict):
            yield from (f"{name} {inner}" for inner in _told(value))
        else:
            yield f"{name} {value}"
