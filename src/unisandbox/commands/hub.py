"""`fetch`: a published release, proved; and what lets other commands take one where they take a path."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from unisandbox.commands.base import Json, command
from unisandbox.terminal import print_json


@command
def fetch(
    place: Annotated[str, typer.Argument(help="A published release: org/name@vX.Y.Z.")],
    out: Annotated[Path | None, typer.Option("--out", help="New folder to copy it to; the client's cache otherwise.")] = None,
    config: Annotated[list[str] | None, typer.Option("--config", help="Config to fetch, may be repeated; all otherwise.")] = None,
    as_json: Json = False,
) -> None:
    """Fetch a published release, prove its files against its manifest, and print the folder that holds it.

    Example: unisandbox fetch org/name@v0.2.0 --out my-release
    """
    from unisandbox.cards import load
    from unisandbox.cards.copies import fetch_into
    from unisandbox.schemas.manifest import read_manifest

    wanted = load.place_of(place)
    with _shown_on_terminals(quiet=as_json):
        folder = fetch_into(out, wanted, configs=config) if out else load.fetch(wanted, configs=config)
    if not as_json:
        typer.echo(str(folder))
        return
    manifest = read_manifest(folder)
    shards = load.wanted_shards(manifest, str(wanted), config)
    counted = {"files": len(shards), "rows": sum(shard.rows for shard in shards), "digest": manifest.digest}
    print_json({"place": str(wanted), "folder": str(folder), "configs": config or list(manifest.configs), **counted})


def here(path: Path, *, quiet: bool = False) -> Path:
    """Return a path as it is, and for a place on the Hub the folder of that release: fetched, proved, not to be written to."""
    from unisandbox.cards.place import is_place, parse_place

    if not is_place(path.as_posix()):
        return path
    from unisandbox.cards.load import fetch as fetched

    with _shown_on_terminals(quiet=quiet):
        return fetched(parse_place(path.as_posix()))


@contextmanager
def _shown_on_terminals(*, quiet: bool) -> Iterator[None]:
    """Let the client show its progress to people, and nothing to machines."""
    from unisandbox.cards.remote import quiet_client

    if sys.stderr.isatty() and not quiet:
        yield
    else:
        with quiet_client():
            yield
