"""What is shown of a folder of pictures that was scored: its layout, and what is missing or left over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

FIRST: Final = 3  # names that are shown; --json has them all
LISTS: Final = {
    "missing": "missing",
    "unmatched": "pictures of no item of this run",
    "links_not_followed": "links that lead out of the folder, not followed",
}


def folder_lines(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield lines about the folder that a model reads; none for other models.

    >>> list(folder_lines({"layout": "ids: math/2/test/000123.png", "pictures": 2, "missing": ["a", "b", "c", "d"]}))
    ['folder: 2 pictures in the layout ids: math/2/test/000123.png', 'folder: 4 missing: a; b; c …']
    """
    if "layout" not in facts:
        return
    yield f"folder: {facts['pictures']:,} pictures in the layout {facts['layout']}"
    for name, words in LISTS.items():
        if names := facts.get(name, []):
            yield f"folder: {len(names):,} {words}: {'; '.join(names[:FIRST])}{' …' if len(names) > FIRST else ''}"
