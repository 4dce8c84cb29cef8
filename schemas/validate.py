"""The verdict on rows given as mappings, by `jsonschema`: slow, plain, and the measure of the columnar checks.

Three types are read more strictly than `jsonschema` reads them, because a column must hold them: a number is finite, a whole
number is an int (not 3.0), and a string can be written as UTF-8.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, cast

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from unisandbox.errors import Violation
from unisandbox.schemas.declarations import inlined, row_schema
from unisandbox.schemas.findings import Finding, RowName, row_name, violation
from unisandbox.schemas.kernels import MEDIA_SIGNATURES
from unisandbox.schemas.rows import bytes_of
from unisandbox.schemas.rules import broken_rules


def check_rows(rows: Iterable[Mapping[str, Any]], name: str, *, where: RowName | None = None) -> list[Violation]:
    """Return everything that is wrong with rows, or with a manifest, in the order of rows and paths.

    Rows of `item` may have the optional columns too; rows of `pictured_item` must have them. Of a picture, only how its file
    begins is looked at; `check_pictures` decodes it.

    Args:
        rows: Mappings as JSON gives them: nested dicts and lists.
        name: The declaration that the rows must follow.
        where: Names a row from its index and itself; by default its `id`, or `row 3` where it has none.

    >>> print(check_rows([{"id": "e1"}], "entity")[0])
    e1: attributes: found nothing; allowed: a value; add the field
    """
    naming = where or row_name
    broken: list[Violation] = []
    for index, row in enumerate(rows):
        found = sorted({finding[:3]: finding for finding in findings_of(row, name, index)}.items())
        broken += [violation(finding, naming(index, row if isinstance(row, Mapping) else {})) for _, finding in found]
    return broken


def findings_of(row: Any, name: str, index: int = 0) -> Iterator[Finding]:
    """Yield what is wrong with one row, unsorted; where a type is wrong, nothing else is said of that value."""
    errors = list(_validator(name).iter_errors(row))
    mistyped = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    for error in errors:
        if error.validator == "type" or tuple(error.absolute_path) not in mistyped:
            yield from _findings(error, index)
    yield from broken_rules(row, name, index)


def _findings(error: ValidationError, index: int) -> Iterator[Finding]:
    path, rule, schema = tuple(error.absolute_path), str(error.validator), cast("dict[str, Any]", error.schema)
    argument: Any = error.validator_value
    value: Any = error.instance
    if rule == "required":
        for member in argument:
            if member not in value:
                yield Finding(index, (*path, member), rule, argument, None)
    elif rule == "additionalProperties":
        for member in sorted(value.keys() - schema["properties"].keys()):
            yield Finding(index, (*path, member), rule, argument, value[member])
    else:
        yield Finding(index, path, rule, argument, value)


@cache
def _validator(name: str) -> Validator:
    checker = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"string": _is_string, "integer": _is_whole, "number": _is_finite},
    )
    asserted = {"pattern": _pattern, "contentEncoding": _encoding, "contentMediaType": _media_type}
    stricter: type[Validator] = extend(Draft202012Validator, validators=asserted, type_checker=checker)  # type: ignore[no-untyped-call]
    schema = row_schema(name)
    return stricter(inlined(schema, schema.get("$defs", {})))


def _pattern(validator: Validator, pattern: str, value: Any, schema: Any) -> Iterator[ValidationError]:
    """Read a last `$` as JSON Schema does: the end of the text, and never before a last line break."""
    strictly = f"{pattern[:-1]}\\Z" if pattern.endswith("$") else pattern
    yield from Draft202012Validator.VALIDATORS["pattern"](validator, strictly, value, schema)


def _encoding(_: Validator, encoding: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """Assert the encoding, which JSON Schema leaves open."""
    if isinstance(value, str) and _bytes_of(value) is None:
        yield ValidationError(f"not in {encoding}")


def _media_type(_: Validator, media_type: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """Assert that the file begins as one of its type, and nothing where it is not encoded: that is said already."""
    content = _bytes_of(value) if isinstance(value, str) else None
    if content is not None and not content.startswith(MEDIA_SIGNATURES[media_type]):
        yield ValidationError(f"no {media_type}")


def _bytes_of(text: str) -> bytes | None:
    try:
        return bytes_of(text)
    except ValueError:
        return None


def _is_string(_: Any, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_whole(_: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_finite(_: Any, value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
