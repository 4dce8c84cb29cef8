"""Pictures as the reference model sees them: a square of cells, each with an object in it, or with one part of a portrait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any, Final

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.models.tiny.tokens import BLANK

LEAST_CELLS: Final = 9
OBJECT, PART = "object", "part"  # what stands before the colon of a cell's name


@dataclass(frozen=True, slots=True)
class Layout:
    """How cells stand for pictures.

    Attributes:
        cells: How many a picture has; a square number.
        parts: The attributes of a portrait in the order of their cells, with every value.
    """

    cells: int
    parts: Mapping[str, tuple[str, ...]]

    @property
    def side(self) -> int:
        """How many cells stand side by side."""
        return isqrt(self.cells)

    def names(self, objects: Sequence[str]) -> list[str]:
        """Return the name of all that a cell may hold."""
        parts = [f"{PART}:{name}={value}" for name, values in self.parts.items() for value in values]
        return [BLANK, *(f"{OBJECT}:{one}" for one in objects), *parts]

    def of_objects(self, name: str, count: int) -> list[str]:
        """Return the cells of so many of one object; raises `DataError` where there are not so many cells.

        >>> Layout(4, {}).of_objects("cat", 2)
        ['object:cat', 'object:cat', '<blank>', '<blank>']
        """
        if not 0 <= count <= self.cells:
            fix = "train on targets with fewer objects"
            raise DataError(Violation("target", f"{count} x {name}", f"0 to {self.cells} objects", fix))
        return [f"{OBJECT}:{name}"] * count + [BLANK] * (self.cells - count)

    def of_person(self, shown: Mapping[str, str]) -> list[str]:
        """Return the cells of a portrait; the cell of an attribute that is not given stays blank."""
        cells = [f"{PART}:{name}={shown[name]}" if name in shown else BLANK for name in self.parts]
        return cells + [BLANK] * (self.cells - len(cells))

    def of_target(self, target: Mapping[str, Any], looks: Mapping[str, str]) -> list[str]:
        """Return the cells of an item's target; `looks` says how a portrait looks beyond what the target names.

        Raises:
            DataError: The target shows several kinds of objects, or more of one than there are cells.
        """
        if len(target["objects"]) != 1:
            found, fix = f"{len(target['objects'])} kinds of objects", "train on items that show one kind"
            raise DataError(Violation("target", found, "one", fix))
        one = target["objects"][0]
        if target["kind"] == "portrait":
            return self.of_person({**looks, **{each["name"]: each["value"] for each in one["attributes"]}})
        return self.of_objects(one["name"], one["count"])


def layout_for(most_objects: int, parts: Mapping[str, tuple[str, ...]]) -> Layout:
    """Return the smallest square of cells that holds so many objects, and every part of a portrait.

    >>> layout_for(7, {}).cells, layout_for(10, {}).cells
    (9, 16)
    """
    wanted = max(LEAST_CELLS, most_objects, len(parts))
    side = isqrt(wanted - 1) + 1
    return Layout(side * side, parts)


def objects_of(cells: Sequence[str]) -> list[str | None]:
    """Return which object each cell holds, None where it holds none.

    >>> objects_of(["object:cat", "<blank>", "part:hat=cap"])
    ['cat', None, None]
    """
    return [cell.removeprefix(f"{OBJECT}:") if cell.startswith(f"{OBJECT}:") else None for cell in cells]


def looks_of(cells: Sequence[str]) -> dict[str, str]:
    """Return which parts of a portrait the cells hold, by attribute; of several for one the first.

    >>> looks_of(["part:hat=cap", "object:cat", "part:hat=none"])
    {'hat': 'cap'}
    """
    said = [cell.removeprefix(f"{PART}:").partition("=") for cell in cells if cell.startswith(f"{PART}:")]
    return {name: value for name, _, value in reversed(said)}
