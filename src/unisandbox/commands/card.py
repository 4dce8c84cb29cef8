"""`card`: writes what explains a release folder again, after an audit or for a repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unisandbox.commands.base import Json, command
from unisandbox.errors import DataError, Violation
from unisandbox.terminal import print_error, print_json


@command
def card(
    folder: Annotated[Path, typer.Argument(help="Release folder, built and complete.")],
    repo: Annotated[
        str | None, typer.Option("--repo", help="Where it is published on the Hub, org/name: links and addresses name it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the card of a release and the files beside it, with the figures of its audit.

    Example: unisandbox card build/unisandbox-0.2.0
    """
    from unisandbox.cards.companions import write_companions
    from unisandbox.cards.place import check_repo
    from unisandbox.cards.proofs import proofs
    from unisandbox.schemas.manifest import read_manifest

    place = check_repo(repo) if repo is not None else None
    manifest = read_manifest(folder)
    if manifest.private:
        fix = "keep it as it is; `unisandbox reveal` makes a release of it when its time has come"
        raise DataError(Violation(str(folder), "a private folder of sealed rows", "a release that may be published", fix))
    written = write_companions(folder, manifest, repo=place)
    is_audited = proofs(folder, manifest) is not None
    if as_json:
        print_json({"folder": str(folder), "repo": place, "written": list(written), "audited": is_audited})
        return
    for path in written:
        typer.echo(f"written: {folder / path}")
    if not written:
        typer.echo(f"{folder}: the card and all beside it stand as they should")
    if not is_audited:
        print_error(f"the card has no figures of an audit; run `unisandbox audit {folder}`, then this again")
