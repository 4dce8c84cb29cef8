"""`seal`, `reveal`, `verify-seal`: a test that nobody sees before its time, and the proof that it was not changed since."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from unisandbox.commands.base import FOUND_SOMETHING, MOST_PRINTED, Json, command
from unisandbox.commands.hub import here
from unisandbox.errors import InputError, Violation
from unisandbox.terminal import bar, print_error, print_json, print_table

if TYPE_CHECKING:
    from unisandbox.schemas.seals import Seal

FEW = 20  # candidates for each sealed row; of fewer, all can be learned by heart

Source = Annotated[
    str | None, typer.Option("--release", help="Release file that the folder was built from; needed only if it has own art.")
]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes; 0 means one a core.")]


@command
def seal(
    folder: Annotated[Path, typer.Argument(help="Public release folder; its manifest and card get the commitment.")],
    out: Annotated[Path, typer.Option("--out", help="New private folder, outside the public one.")],
    split: Annotated[list[str], typer.Option("--split", help="Published test to draw a twin of: math/test, or math/test:2,3.")],
    rows: Annotated[int, typer.Option("--rows", help="Rows of each level.")] = 200,
    name: Annotated[str, typer.Option("--name", help="Name of the seal: `spring` makes `spring_test` of `test`.")] = "sealed",
    release: Source = None,
    workers: Workers = 0,
    as_json: Json = False,
) -> None:
    """Draw a private split from a secret salt, and commit to it in the public release.

    Example: unisandbox seal build/unisandbox-0.2.0 --split math/test:2,3 --out ../sealed-spring
    """
    from unisandbox.commands.sealed_folders import Asked, seal_folder

    asked = Asked(folder=folder, out=out, splits=tuple(split), rows=rows, name=name, source=release, workers=_processes(workers))
    with bar("sealing", quiet=as_json) as shown:
        made = seal_folder(asked, shown.step)
    _warn(made)
    if as_json:
        from unisandbox.schemas.seals import document_of_seal

        print_json({"folder": str(folder), "private": str(out), "seal": document_of_seal(made)})
        return
    _print_seal(made)
    typer.echo(f"commitment {made.commitment}, in {folder / 'manifest.json'}")
    typer.echo(f"{out}: keep it, its `salt` above all, and never publish it; `unisandbox reveal {out}` when its time has come")


@command
def reveal(
    private: Annotated[Path, typer.Argument(help="Private folder that `unisandbox seal` has made.")],
    out: Annotated[Path, typer.Option("--out", help="New release folder; with --item, a JSON file.")],
    item: Annotated[str | None, typer.Option("--item", help="Show this row alone, with a proof that it was sealed.")] = None,
    release: Source = None,
    workers: Workers = 0,
    as_json: Json = False,
) -> None:
    """Make a release folder of sealed rows and their salt, to audit and publish; or show a single row.

    Example: unisandbox reveal ../sealed-spring --out build/unisandbox-0.2.0-revealed
    """
    if item is not None:
        _reveal_item(private, out, item, as_json=as_json)
        return
    from unisandbox.commands.sealed_folders import reveal_folder

    with bar("revealing", quiet=as_json) as shown:
        made = reveal_folder(private, out, release, _processes(workers), shown.step)
    rows = sum(one.rows for one in made.seals[0].splits)
    if as_json:
        print_json({"folder": str(out), "rows": rows, "digest": made.digest})
        return
    typer.echo(f"{out}: {rows:,} rows and their salt; nothing is secret about them once it is published")
    typer.echo(f"next: unisandbox verify-seal {out} --against PUBLIC_RELEASE, then unisandbox audit {out}")


@command
def verify_seal(
    revealed: Annotated[Path, typer.Argument(help="Folder or JSON file that `unisandbox reveal` has made.")],
    against: Annotated[Path, typer.Option("--against", help="Public release that holds the seal: folder or org/name@vX.Y.Z.")],
    draw: Annotated[
        bool, typer.Option("--draw/--no-draw", help="Draw all rows again from the salt, so that nobody chose them.")
    ] = True,
    release: Source = None,
    workers: Workers = 0,
    as_json: Json = False,
) -> None:
    """Check revealed rows against the commitment that was published before them; exit 1 if they differ.

    Example: unisandbox verify-seal build/unisandbox-0.2.0-revealed --against build/unisandbox-0.2.0
    """
    from unisandbox.commands.sealed_proof import verify_folder_of_seal, verify_item

    public = here(against, quiet=as_json)
    place = here(revealed, quiet=as_json)
    if place.is_dir():
        with bar("drawing again", quiet=as_json) as shown:
            found = verify_folder_of_seal(place, public, release, _processes(workers), shown.step, draw=draw)
    else:
        found = verify_item(place, public)
    if as_json:
        print_json({"revealed": str(revealed), "against": str(against), **asdict(found)})
    else:
        for line in [str(one) for one in found.differences][:MOST_PRINTED]:
            print_error(line)
        again = ", and drawn again from the salt" if found.drawn_again else ""
        verdict = f"{len(found.differences)} differences" if found.differences else f"as sealed{again}"
        typer.echo(f"{revealed}: seal {found.seal!r}, {found.rows:,} rows: {verdict}")
    raise typer.Exit(FOUND_SOMETHING if found.differences else 0)


def _processes(workers: int) -> int:
    return workers or os.cpu_count() or 1


def _reveal_item(private: Path, out: Path, item: str, *, as_json: bool) -> None:
    from unisandbox.cards.seal import opening_text
    from unisandbox.commands.sealed_folders import reveal_item
    from unisandbox.schemas.files import replacing

    if out.exists():
        raise InputError(Violation("--out", f"{out}, which is there", "a new file", "give another --out, or remove it"))
    opening = reveal_item(private, item)
    with replacing(out) as sink:
        sink.write(opening_text(opening).encode())
    if as_json:
        print_json({"file": str(out), **asdict(opening)})
        return
    typer.echo(f"{out}: {item} with its proof, row {opening.number} of {opening.config}/{opening.split}; the others stay sealed")


def _warn(made: Seal) -> None:
    """Say on standard error which levels hold so few candidates that they can all be learned."""
    for split in made.splits:
        for level in split.levels:
            if level.candidates < FEW * level.rows:
                where = f"{split.config}/{split.split}, level {level.level}"
                told = f"about {level.candidates:,} rows could have been drawn, less than {FEW} for each sealed one"
                print_error(f"warning: {where}: {told}; whoever learns all of them knows the sealed ones")


def _print_seal(made: Seal) -> None:
    lines = [
        (
            split.config,
            split.split,
            level.level,
            f"{level.rows:,}",
            f"{level.first:,} to {level.end - 1:,}",
            f"{level.candidates:,}",
        )
        for split in made.splits
        for level in split.levels
    ]
    columns = ("config", "split", "level", "rows", "of the indexes", "candidates, about")
    print_table(f"seal {made.name!r}", columns, lines, numbers=("level", "rows", "candidates, about"))
