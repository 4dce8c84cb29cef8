"""Whether each picture of a row can be decoded: what the checks leave out, because it takes a millisecond or more a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from unisandbox.errors import DataError, Violation
from unisandbox.schemas.declarations import BYTES, Field, row_field
from unisandbox.schemas.findings import Path, RowName, path_text, row_name
from unisandbox.schemas.pixels import pixel_sha256
from unisandbox.schemas.rows import bytes_of


def check_pictures(rows: Iterable[Mapping[str, Any]], name: str, *, where: RowName | None = None) -> list[Violation]:
    """Return the pictures that cannot be decoded, in the order of rows and columns; null and what is no base64 is passed over.

    Args:
        rows: Mappings as JSON gives them; what else is wrong with them, `check_rows` says.
        name: The declaration of the rows.
        where: Names a row from its index and itself; by default its `id`, or `row 3` where it has none.
    """
    naming, broken = where or row_name, list[Violation]()
    for index, row in enumerate(rows):
        for path, text in _texts(row, row_field(name), ()):
            try:
                pixel_sha256(bytes_of(text))
            except DataError as error:
                place = f"{naming(index, row)}: {path_text(path)}"
                broken += [Violation(place, one.found, one.allowed, one.fix) for one in error.violations]
            except ValueError:
                continue  # no base64
    return broken


def _texts(value: Any, field: Field, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the place and the base64 text of all bytes in a row that may be wrong in any way."""
    if field.stored_as == BYTES and isinstance(value, str):
        yield path, value
    if isinstance(value, Mapping):
        for member, inner in field.members:
            yield from _texts(value.get(member), inner, (*path, member))
    if field.element is not None and isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts(each, field.element, (*path, index))
