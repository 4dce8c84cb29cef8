"""Sheets of pictures to look at: one for each family, one of all sprites, and one that shows the best of a release.

What is shown is a function of the release alone. Pictures are those of the release, made smaller; captions stand beneath them,
never inside.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image

from unisandbox.generators.families.base import Item
from unisandbox.generators.foils import MOST_FOILS, foils
from unisandbox.generators.pictures import NONE, WITH_FOILS
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release import Config, Release, Split
from unisandbox.generators.render import png
from unisandbox.generators.rows import rows
from unisandbox.generators.sheet_layout import Block, Cell, Grid, footer, header, heading, rows_of, stacked
from unisandbox.generators.shown import Shown, credit, shown_items, source_words
from unisandbox.generators.sprites import sprite
from unisandbox.generators.typography import NEAR_MISS, RIGHT, Colour
from unisandbox.generators.vocabulary import Noun, category, nouns
from unisandbox.schemas.files import replacing

FAMILY_GRID: Final = Grid(columns=8, cell_px=192)
COMBINED_GRID: Final = Grid(columns=8, cell_px=160)
TILE: Final[Colour] = (206, 220, 233)  # light and dark sprites stand out from it
STRIP_GRID: Final = Grid(columns=20, cell_px=64, padding_px=0)
SPRITE_GRID: Final = Grid(columns=12, cell_px=140, padding_px=0, gutter_px=150)
SPRITE_PX: Final = 128
STRIP_ROWS: Final = 5
ALONE, WITH_NEAR_MISSES = 8, 2  # items of a level: a row of pictures, and a row of pictures beside their near misses
LOOKED_AT: Final = 60  # items of a level among which those are chosen
LEGEND: Final = "On a wide card the right picture comes first, then near misses of it: each differs by what its caption names."


class Chosen(NamedTuple):
    """What a sheet shows of a level: its split and how many items that holds, items alone, and items with their near misses."""

    level: int
    split: str
    held: int
    alone: tuple[Shown, ...]
    beside: tuple[Shown, ...]


def contact_sheet(cells: Sequence[Cell], *, title: str, columns: int, cell_px: int = 192) -> Image.Image:
    """Return a page of pictures, mode RGB: a title, then cells in rows of `columns`, each picture `cell_px` wide."""
    grid = Grid(columns, cell_px)
    return stacked([header(title, (), grid.width_px), *rows_of(cells, grid), footer((), grid.width_px)], grid.width_px)


def family_sheet(release: Release, config: Config) -> Image.Image:
    """Return the sheet of a family: for each level a row of items, and two items beside their near misses where it has them."""
    return _family_sheet(release, config, _gallery(release, config))


def vocabulary_sheet(release: Release) -> Image.Image:
    """Return the sheet of all objects of a release with their names, by category; mode P, for half the bytes."""
    every, width = nouns(release.vocabulary), SPRITE_GRID.width_px
    blocks = [
        header(f"{_title(release)} · vocabulary", (f"All {len(every)} objects that pictures may show, by category.",), width)
    ]
    for name, members in groupby(every, key=lambda one: one.category):
        held = list(members)
        cells = [Cell(_tile(one, release), (one.name,)) for one in held]
        blocks += rows_of(cells, SPRITE_GRID, _capital(category(name).plural), f"{len(held)} objects")
    page = stacked([*blocks, footer((credit(release),), width)], width)
    return page.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def write_sheets(release: Release, folder: Path) -> list[Path]:
    """Write the sheets of all families, of the vocabulary and of the release into a folder; return their paths in that order."""
    galleries = [(config, _gallery(release, config)) for config in release.configs]
    pages = [(f"-{config.family}", partial(_family_sheet, release, config, chosen)) for config, chosen in galleries]
    pages += [("-vocabulary", partial(vocabulary_sheet, release)), ("", partial(_combined_sheet, release, galleries))]
    return [_written(folder / f"contact-sheet{name}.png", draw()) for name, draw in pages]


def varied(items: Sequence[Item], count: int) -> list[Item]:
    """Return `count` items, or all if there are fewer: each is the one that shares least with those taken before it."""
    seen: Counter[Hashable] = Counter()
    left, taken = list(items), list[Item]()
    while left and len(taken) < count:
        best = min(left, key=lambda item: sum(seen[trait] for trait in _traits(item)))
        seen.update(_traits(best))
        taken.append(best)
        left.remove(best)
    return taken


def _traits(item: Item) -> Iterator[Hashable]:
    yield "group", item.group
    yield "level", item.level
    yield "kind", item.target.kind
    yield "style", item.factors.style
    yield "direction", item.factors.direction
    for attribute in item.factors.attributes[-1:]:
        yield from (("attribute", attribute),) * 3  # what is asked counts most
    for one in item.target.objects:
        yield from (("object", one.name), ("count", one.count), *one.attributes)


def _gallery(release: Release, config: Config) -> list[Chosen]:
    levels = sorted({level for split in config.splits for level in split.levels})
    return [_chosen(release, config, level) for level in levels]


def _chosen(release: Release, config: Config, level: int) -> Chosen:
    split = _split(release, config, level)
    held = split.rows[split.levels.index(level)]
    part = release.part(config, split, level)
    places = dict.fromkeys(number * held // LOOKED_AT for number in range(LOOKED_AT))
    looked_at = [item for place in places for item in rows(config.options, part, place, 1)]
    beside = _beside(looked_at, config.options.pictured(part)) if release.images_of(split) == WITH_FOILS else []
    alone = varied([item for item in looked_at if item not in beside], ALONE)
    show = partial(shown_items, release, config.family)
    return Chosen(level, split.name, held, show(alone, with_foils=False), show(beside))


def _beside(items: Sequence[Item], pictured: Sequence[Noun]) -> list[Item]:
    """Return the items to show beside their near misses, of those that have the most of them."""
    have = [len(foils(item, 0, pictured)) for item in items]  # no seed changes how many
    return varied([item for item, count in zip(items, have, strict=True) if count == max(have)], WITH_NEAR_MISSES)


def _split(release: Release, config: Config, level: int) -> Split:
    """Return the split whose items of a level are shown: `test`, else the first with pictures, else the first."""
    having = [split for split in config.splits if level in split.levels]
    return min(having, key=lambda split: (split.name != "test", release.images_of(split) == NONE))


def _family_sheet(release: Release, config: Config, gallery: Sequence[Chosen]) -> Image.Image:
    width = FAMILY_GRID.width_px
    told = [_capital(FAMILIES[config.family].summary), *([LEGEND] if _has_foils(gallery) else [])]
    blocks: list[Block] = [header(f"{_title(release)} · {config.family}", told, width)]
    for chosen in gallery:
        blocks.append(heading(f"Level {chosen.level}", f"split {chosen.split}, {chosen.held:,} items", width))
        blocks += rows_of([_cell(shown) for shown in chosen.alone], FAMILY_GRID)
        blocks += rows_of([cell for shown in chosen.beside for cell in _quartet(shown)], FAMILY_GRID)
    return stacked([*blocks, footer((credit(release),), width)], width)


def _combined_sheet(release: Release, galleries: Sequence[tuple[Config, list[Chosen]]]) -> Image.Image:
    width, every = COMBINED_GRID.width_px, nouns(release.vocabulary)
    told = [LEGEND] if any(_has_foils(gallery) for _, gallery in galleries) else []
    blocks = [header(_title(release), told, width)]
    for config, gallery in galleries:
        blocks.append(heading(_capital(config.family), FAMILIES[config.family].summary, width))
        alone, beside = _best((one.alone for one in gallery), ALONE), _best((one.beside for one in gallery), WITH_NEAR_MISSES)
        blocks += rows_of([_cell(shown, f"level {shown.item.level}: ") for shown in alone], COMBINED_GRID)
        blocks += rows_of([cell for shown in beside for cell in _quartet(shown)], COMBINED_GRID)
    blocks.append(heading("Vocabulary", f"{len(every)} objects; some of them", width))
    some = STRIP_GRID.columns * STRIP_ROWS
    strip = [every[number * len(every) // some] for number in range(some)] if len(every) > some else every
    blocks += rows_of([Cell(_tile(one, release), ()) for one in strip], STRIP_GRID)
    return stacked([*blocks, footer((credit(release),), width)], width)


def _best(levels: Iterable[Sequence[Shown]], count: int) -> list[Shown]:
    """Return the most varied of all levels, easy ones first."""
    by_id = {shown.item.id: shown for level in levels for shown in level}
    best = varied([shown.item for shown in by_id.values()], count)
    return [by_id[item.id] for item in sorted(best, key=lambda item: item.level)]


def _has_foils(gallery: Sequence[Chosen]) -> bool:
    return any(chosen.beside for chosen in gallery)


def _cell(shown: Shown, before: str = "") -> Cell:
    return Cell(_opened(shown.picture), (shown.words, f"{before}{source_words(shown.item)}"))


def _quartet(shown: Shown) -> list[Cell | None]:
    """Return an item and its near misses on one card, filled up to the width that most of them take."""
    right = Cell(_opened(shown.picture), (shown.words, source_words(shown.item)), RIGHT)
    near = [Cell(_opened(foil.picture), (foil.words, foil.change), NEAR_MISS, joined=True) for foil in shown.foils]
    return [right, *near, *[None] * (MOST_FOILS - len(near))]


def _tile(one: Noun, release: Release) -> Image.Image:
    drawn = sprite(one.name, release.look.art).resize((SPRITE_PX, SPRITE_PX), Image.Resampling.LANCZOS)
    tile = Image.new("RGB", (SPRITE_GRID.cell_px, SPRITE_GRID.cell_px), TILE)
    around = (SPRITE_GRID.cell_px - SPRITE_PX) // 2
    tile.paste(drawn, (around, around), drawn)
    return tile


def _opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture))


def _title(release: Release) -> str:
    return f"{release.name} {release.version}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _written(path: Path, page: Image.Image) -> Path:
    with replacing(path) as sink:
        sink.write(png(page))
    return path
