"""The `unisandbox` command: its sub-commands stand in `commands/`, and appear in the order of the imports here."""

from __future__ import annotations

from typing import Annotated

import typer

from unisandbox import __version__
from unisandbox.commands import (
    calibrating,
    card,
    check,
    compare,
    hub,
    look,
    make,
    publish,
    report,
    reporting,
    score,
    sealing,
    training,
)
from unisandbox.commands.base import app, registered

__all__ = ["app", "main"]

registered(look, make, check, card, publish, hub, sealing, score, report, reporting, calibrating, compare, training)


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


def main() -> None:
    """Run the command line."""
    app()
