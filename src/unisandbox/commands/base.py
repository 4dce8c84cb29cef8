"""What every sub-command shares: how it is registered, how its errors end it, and the options that several have.

Exit codes: 0 done; 1 the check found something; 2 the input or the call is wrong; 130 interrupted, and can be gone on with.
What is heavy is imported by the command that uses it, so that the first output comes at once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Annotated, Any

import typer

from unisandbox.errors import UnisandboxError
from unisandbox.terminal import print_error

DEFAULT_RELEASE = "0.2.0"
FOUND_SOMETHING, WRONG_INPUT, INTERRUPTED = 1, 2, 130
MOST_PRINTED = 40  # findings on a terminal; --json has them all

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
ReleaseName = Annotated[str, typer.Option("--release", help="Release file, or the version of a packaged one.")]
Level = Annotated[int, typer.Option("--level", help="Difficulty: operations or hops.")]
SplitName = Annotated[str | None, typer.Option("--split", help="Split to take items from; the first with that level by default.")]
Family = Annotated[str, typer.Argument(help="A family, as `unisandbox families` lists them.")]

app = typer.Typer(
    help="Makes, proves and audits controlled synthetic data for multimodal models.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def registered(*modules: ModuleType) -> None:
    """Put the commands of modules into the order in which `--help` lists them: that of the modules, and inside each its own."""
    order = [module.__name__ for module in modules]
    app.registered_commands.sort(key=lambda one: order.index(one.callback.__module__) if one.callback else len(order))


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
