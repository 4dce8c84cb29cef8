r"""Text as Markdown: what stands in a prompt is shown as it is, whatever it would mean to a renderer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

SIGNS: Final = re.compile(r"([\\`*_\[\]<>#|~])")
FORMULA: Final = ("$", "&#36;")  # between two of them GitHub and the Hub see a formula; a backslash does not help everywhere


def plain(text: str) -> str:
    r"""Return a text that renders as itself, also in the cell of a table.

    >>> print(plain("Symbol * designates $. 3_4 | x"))
    Symbol \* designates &#36;. 3\_4 \| x
    """
    return SIGNS.sub(r"\\\1", text.replace("&", "&amp;")).replace(*FORMULA)


def cell(text: str) -> str:
    """Return a text that holds Markdown already for the cell of a table.

    >>> print(cell("`a|b`"))
    `a\\|b`
    """
    return " ".join(text.split()).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Collection[int] = (), centred: bool = False) -> str:
    """Return a table; the cells are Markdown already, the columns in `numbers` (from 0) are set flush right.

    >>> print(table(("split", "items"), [("`test`", "1,500")], numbers={1}))
    | split | items |
    |---|---:|
    | `test` | 1,500 |
    """
    rules = ["---:" if number in numbers else ":---:" if centred else "---" for number in range(len(head))]
    lines = [f"| {' | '.join(line)} |" for line in [head, *rows]]
    return "\n".join([lines[0], f"|{'|'.join(rules)}|", *lines[1:]])
