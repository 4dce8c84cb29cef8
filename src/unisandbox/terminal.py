"""What the commands print: tables and panels for people, JSON for machines, one line for an error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

PLAIN_WIDTH = 160  # of a pipe or a file, which has none of its own


def console() -> Console:
    """Return the console of standard output."""
    return Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False)


def print_json(value: Any) -> None:
    """Print a value as JSON, two blanks an indent."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def print_table(title: str, columns: Sequence[str], lines: Iterable[Sequence[object]], numbers: Sequence[str] = ()) -> None:
    """Print a table; the columns named in `numbers` are set flush right."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for line in lines:
        table.add_row(*(escape(str(cell)) for cell in line))
    console().print(table)


def print_panel(title: str, fields: Iterable[tuple[str, str]]) -> None:
    """Print named texts in a frame."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column(overflow="fold")
    for name, text in fields:
        grid.add_row(name, escape(text))
    console().print(Panel(grid, title=escape(title), title_align="left"))


def print_error(text: str) -> None:
    """Print what is wrong on standard error."""
    sys.stderr.write(text.rstrip() + "\n")


class Bar:
    """A progress bar on a terminal; elsewhere a plain line for each step on standard error, or nothing if quiet."""

    def __init__(self, what: str, progress: Progress | None, *, quiet: bool) -> None:
        self._what, self._progress, self._quiet = what, progress, quiet
        self._task = progress.add_task(what, total=None) if progress else None

    def step(self, text: str, done: int, of: int) -> None:
        """Show that `done` of `of` are done, the last one being `text`."""
        if self._progress and self._task is not None:
            self._progress.update(self._task, completed=done, total=of, description=f"{self._what} {text}")
        elif not self._quiet:
            print_error(f"{self._what} {done}/{of} {text}")


@contextmanager
def bar(what: str, *, quiet: bool = False) -> Iterator[Bar]:
    """Yield a progress bar."""
    shown = Console(stderr=True)
    if quiet or not shown.is_terminal:
        yield Bar(what, None, quiet=quiet)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=shown, transient=True) as progress:
        yield Bar(what, progress, quiet=False)


def human_size(size_bytes: int) -> str:
    """Return a size in bytes, kB or MB.

    >>> human_size(999), human_size(1500), human_size(2_340_000)
    ('999 B', '1.5 kB', '2.3 MB')
    """
    for unit, scale in (("MB", 1_000_000), ("kB", 1_000)):
        if size_bytes >= scale:
            return f"{size_bytes / scale:.1f} {unit}"
    return f"{size_bytes} B"
