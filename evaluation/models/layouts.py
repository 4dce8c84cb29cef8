"""Which picture of a folder is of which item: the ways in which people arrange pictures, told apart by the items that fit.

A layout is taken only where it is the only one that gives items pictures. Two that do, or one place with two pictures, is an
error that names both: nothing is guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.arms import VIEW_OF
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.models.geneval_layout import GRID, SAMPLES_FOLDER, item_of_folder
from unisandbox.evaluation.models.picture_files import Listing, Placed, listing
from unisandbox.evaluation.models.picture_map import MAPS, mapped
from unisandbox.evaluation.protocol import DRAWN_ARMS, NORMAL, THINK

BETWEEN: Final = "__"  # what stands for the slashes of an id in a file's name
OUR_ID: Final = re.compile(r"[a-z][a-z0-9_]*?__\d{1,2}__[a-z][a-z0-9_]*?__\d{6,}")
SAMPLE: Final = re.compile(r"__s(\d{1,6})$")
UPSTREAM: Final = re.compile(r"(?:test/)?(normal|think)/([^/]+)/([^/]+)")
MODES: Final = {"normal": NORMAL, "think": THINK}
SHOWN: Final = 3  # names in a message


@dataclass(frozen=True)
class Wanted:
    """What pictures are wanted of.

    Attributes:
        items: Those that will be asked.
        arm: Whose pictures they are where the folder does not say.
    """

    items: Sequence[Item]
    arm: str = NORMAL

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """Ids of the items by the form that they have in names of files."""
        return {item.id.replace("/", BETWEEN): item.id for item in self.items}

    @cached_property
    def by_prompt(self) -> Mapping[str, Sequence[Item]]:
        """Items by what they are asked in the arm."""
        found: dict[str, list[Item]] = {}
        for item in self.items:
            found.setdefault(getattr(item, VIEW_OF[self.arm]), []).append(item)
        return found


class Layout(NamedTuple):
    """A way to arrange pictures: its name, how people write it, what finds out of which item each is, and which are of none."""

    name: str
    form: str
    place: Callable[[Listing, Wanted], list[Placed]]
    beside: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Arranged:
    """The pictures of a folder in their places.

    Attributes:
        layout: Its name.
        form: How people write it.
        places: (arm, id of the item, sample) -> path inside the folder, of the items that are wanted.
        files: Every path that the layout reads, also those of other items.
        says_arm: Whether the layout itself says of which arm a picture is.
        unmatched: Pictures that are of no item wanted, sorted.
        outside: Links that lead out of the folder or to a folder, which are not followed, sorted.
        others: How many files are no pictures by their names.
    """

    layout: str
    form: str
    places: Mapping[tuple[str, str, int], str]
    files: tuple[str, ...]
    says_arm: bool
    unmatched: tuple[str, ...]
    outside: tuple[str, ...]
    others: int


def arranged(folder: Path, wanted: Wanted, layout: str | None = None) -> Arranged:
    """Return where the pictures of a folder belong.

    Args:
        folder: The folder.
        wanted: The items that pictures are wanted of.
        layout: Name of the layout to take; None to find it.

    Raises:
        DataError: No folder, no picture of an item, several layouts that fit, or two pictures for one place.
    """
    found = listing(folder)
    names = [layout] if layout else _candidates(found)
    read = {name: LAYOUTS[name].place(found, wanted) for name in names}
    fitting = {name: placed for name, placed in read.items() if any(one.name in wanted.ids for one in placed)}
    if len(fitting) != 1:
        raise _several(folder, fitting, wanted) if fitting else _none(found, names)
    ((name, placed),) = fitting.items()
    _refuse_twice(folder, placed)
    ours = {(one.arm, wanted.ids[one.name], one.sample): one.path for one in placed if one.name in wanted.ids}
    used, beside = set(ours.values()), LAYOUTS[name].beside
    return Arranged(
        layout=name,
        form=LAYOUTS[name].form,
        places=ours,
        files=tuple(sorted({one.path for one in placed})),
        says_arm=any(one.says_arm for one in placed),
        unmatched=tuple(path for path in found.pictures if path not in used and not (beside and beside.fullmatch(path))),
        outside=found.outside,
        others=found.others,
    )


def _candidates(found: Listing) -> list[str]:
    """Return the layouts to try: a map says all by itself."""
    return ["map"] if any((found.folder / name).is_file() for name in MAPS) else [name for name in LAYOUTS if name != "map"]


def _by_id(found: Listing, wanted: Wanted) -> list[Placed]:
    placed = []
    for path in found.pictures:
        name = path.rpartition(".")[0].replace("/", BETWEEN)
        arm = next((arm for arm in DRAWN_ARMS if name.startswith(arm.replace("/", BETWEEN) + BETWEEN)), None)
        rest = name.removeprefix((arm or "").replace("/", BETWEEN) + BETWEEN) if arm else name
        sample = SAMPLE.search(rest)
        item = rest[: sample.start()] if sample else rest
        if item in wanted.ids or OUR_ID.fullmatch(item):
            placed.append(Placed(path, arm or wanted.arm, item, int(sample[1]) if sample else 0, says_arm=arm is not None))
    return placed


def _by_mode(found: Listing, wanted: Wanted) -> list[Placed]:
    placed = []
    for path in found.pictures:
        if place := UPSTREAM.fullmatch(path.rpartition(".")[0]):
            mode, stem, name = place.groups()
            item = name if name in wanted.ids or OUR_ID.fullmatch(name) else f"{stem}{BETWEEN}{name}"
            placed.append(Placed(path, MODES[mode], item, 0, says_arm=True))
    return placed


def _by_number(found: Listing, wanted: Wanted) -> list[Placed]:
    placed = []
    known: dict[str, str | None] = {}
    for path in found.pictures:
        if place := SAMPLES_FOLDER.fullmatch(path.rpartition(".")[0]):
            number, sample = place.groups()
            if number not in known:
                known[number] = item_of_folder(found.folder / number, wanted.items, wanted.by_prompt)
            item = known[number]
            name = item.replace("/", BETWEEN) if item else f"number {number}"
            placed.append(Placed(path, wanted.arm, name, int(sample)))
    return placed


def _by_map(found: Listing, wanted: Wanted) -> list[Placed]:
    return [
        Placed(one.path, one.arm or wanted.arm, one.item.replace("/", BETWEEN), one.sample, says_arm=one.arm is not None)
        for one in mapped(found)
    ]


LAYOUTS: Final = {
    layout.name: layout
    for layout in (
        Layout("ids", "[ARM/]math/2/test/000123[__s1].png, or with __ for /", _by_id),
        Layout("unisandbox", "{normal,think}/STEM/ID.png, with ID_A.png and ID_B.png", _by_mode),
        Layout("geneval", "NNNNN/samples/NNNN.png, with NNNNN/metadata.jsonl", _by_number, GRID),
        Layout("map", "map.jsonl or map.csv with item, path, and if need be arm and sample", _by_map),
    )
}


def _refuse_twice(folder: Path, placed: Sequence[Placed]) -> None:
    """Raise `DataError` where two files are of one item, arm and sample."""
    counts = Counter((one.arm, one.name, one.sample) for one in placed)
    wrong: dict[tuple[str, str, int], list[str]] = {}
    for one in placed:
        place = (one.arm, one.name, one.sample)
        if counts[place] > 1:
            wrong.setdefault(place, []).append(one.path)
    if wrong:
        raise DataError(
            Violation(f"{folder}: {name}, {arm}, sample {sample}", ", ".join(paths[:SHOWN]), "one picture", "remove the others")
            for (arm, name, sample), paths in wrong.items()
        )


def _several(folder: Path, fitting: Mapping[str, Sequence[Placed]], wanted: Wanted) -> DataError:
    counts = {name: sum(one.name in wanted.ids for one in placed) for name, placed in fitting.items()}
    told = " and ".join(f"{count} pictures in the layout {name} ({LAYOUTS[name].form})" for name, count in counts.items())
    fix = f"name one with --model-arg layout={next(iter(counts))}, or write a map.jsonl"
    return DataError(Violation(str(folder), told, "one layout", fix))


def _none(found: Listing, names: Sequence[str]) -> DataError:
    first = f", the first {', '.join(found.pictures[:SHOWN])}" if found.pictures else ""
    told = f"{len(found.pictures)} pictures, none of an item that is asked{first}"
    allowed = "; ".join(LAYOUTS[name].form for name in names)
    return DataError(Violation(str(found.folder), told, allowed, "rename them, or write a map.jsonl with item and path"))
