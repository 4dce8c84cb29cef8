"""`families`, `show`, `preview`: what can be made, before anything is built."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unisandbox.commands.base import DEFAULT_RELEASE, Family, Json, Level, ReleaseName, SplitName, command
from unisandbox.errors import InputError, Violation
from unisandbox.terminal import print_json, print_panel, print_table

if TYPE_CHECKING:
    from unisandbox.generators.families.base import Item


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
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with pictures and near misses to this file.")] = None,
    png: Annotated[Path | None, typer.Option("--png", help="Write the same as one picture to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Show several items side by side: what is asked, and what a right image shows.

    Example: unisandbox preview mapping --level 2 --n 6 --html out.html
    """
    from unisandbox.generators.catalogue import sample_items, target_text

    items = sample_items(release, family, level, split, start, n)
    if (html or png) and as_json:
        raise InputError(Violation("--json", "--html or --png beside it", "one of them", "call it twice"))
    if html or png:
        _write_pictures(release, family, level, items, html, png)
        return
    if as_json:
        print_json([_mapping(item) for item in items])
        return
    lines = [(item.id, item.draw, item.answer, target_text(item)) for item in items]
    print_table(f"{family}, level {level}", ("id", "draw", "answer", "target"), lines)


def _write_pictures(release: str, family: str, level: int, items: Sequence[Item], html: Path | None, png: Path | None) -> None:
    """Write items with their pictures to the files that are named."""
    from unisandbox.generators.preview_page import preview_page, preview_sheet
    from unisandbox.generators.release_file import read_release
    from unisandbox.generators.render import png as png_of
    from unisandbox.generators.shown import shown_items
    from unisandbox.schemas.files import replacing

    said = read_release(release)
    shown = shown_items(said, family, items)
    if html:
        with replacing(html) as sink:
            sink.write(preview_page(said, family, level, shown).encode())
    if png:
        with replacing(png) as sink:
            sink.write(png_of(preview_sheet(said, family, level, shown)))
    for path in filter(None, (html, png)):
        typer.echo(f"{path}: {len(shown)} items")


def _mapping(item: Item) -> Mapping[str, Any]:
    from unisandbox.schemas.rows import mapping_of

    return mapping_of(item, "item")
