"""What a check found in a row, and how it is said.

The row form (`jsonschema`) and the columnar form (Arrow kernels) of a check both end in `Finding`s, so they can be compared
one by one and read the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from unisandbox.errors import Violation
from unisandbox.schemas.rows import bytes_of

Path = tuple[str | int, ...]
RowName = Callable[[int, Mapping[str, Any]], str]

LONGEST_SHOWN: Final = 80  # characters of a value in a message
BEGINNING: Final = 8  # bytes of a file in a message
AROUND: Final = 24  # characters shown on each side of what a text must not hold

TYPE_WORDS: Final = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a finite number",
    "object": "an object",
    "array": "a list",
    "boolean": "true or false",
    "null": "null",
}


class Finding(NamedTuple):
    """One broken rule: row index from 0, path inside the row, keyword, the keyword's argument, and the value as JSON has it."""

    row: int
    path: Path
    rule: str
    argument: Any
    value: Any


class Wording(NamedTuple):
    """How a broken rule is said: what would be allowed (given the argument), and what to do."""

    allowed: Callable[[Any], str]
    fix: str


def _listed(options: Iterable[Any]) -> str:
    return ", ".join(str(option) for option in options)


def _types(named: Any) -> str:
    return " or ".join(TYPE_WORDS[kind] for kind in ([named] if isinstance(named, str) else named))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


WORDINGS: Final[Mapping[str, Wording]] = {
    "type": Wording(_types, "give a value of the declared type"),
    "required": Wording(lambda _: "a value", "add the field"),
    "additionalProperties": Wording(lambda _: "declared fields only", "remove the field"),
    "pattern": Wording(lambda regex: f"text that matches {regex!r}", "correct the text"),
    "not": Wording(lambda schema: f"text without {schema['description']}", "clean the text"),
    "minLength": Wording(lambda n: f"at least {_counted(n, 'character')}", "write the text"),
    "minItems": Wording(lambda n: f"at least {_counted(n, 'element')}", "add what is missing"),
    "maxItems": Wording(lambda n: f"at most {_counted(n, 'element')}", "remove what is too much"),
    "uniqueItems": Wording(lambda _: "elements that all differ", "remove what is repeated"),
    "enum": Wording(_listed, "use one of these"),
    "const": Wording(str, "use that value"),
    "minimum": Wording(lambda n: f"at least {n}", "raise it"),
    "maximum": Wording(lambda n: f"at most {n}", "lower it"),
    "exclusiveMinimum": Wording(lambda n: f"more than {n}", "raise it"),
    "contentEncoding": Wording(lambda encoding: f"bytes in {encoding}", "encode the file"),
    "contentMediaType": Wording(lambda media_type: f"a file of type {media_type}", "give such a file"),
    "among": Wording(lambda column: f"one of the row's {column}", "make the two agree"),
    "begins": Wording(lambda start: f"text that begins with {start!r}", "make the two agree"),
}


def violation(finding: Finding, row_name: str) -> Violation:
    """Return the four-part message of a finding in the row of this name.

    >>> print(violation(Finding(0, ("target", "objects", 0, "count"), "maximum", 9, 12), "math/1/test/000000"))
    math/1/test/000000: target.objects[0].count: found 12; allowed: at most 9; lower it
    """
    wording = WORDINGS[finding.rule]
    place = path_text(finding.path)
    return Violation(
        f"{row_name}: {place}" if place else row_name, _found(finding), wording.allowed(finding.argument), wording.fix
    )


def _found(finding: Finding) -> str:
    """Return what was found as text: of a long text with something forbidden in it, the part around that."""
    if finding.rule == "required":
        return "nothing"
    value = finding.value
    if finding.rule == "contentMediaType":
        content = bytes_of(value)
        return f"{len(content)} bytes that begin with {content[:BEGINNING]!r}"
    if finding.rule == "not" and len(value) > LONGEST_SHOWN and (hit := re.search(finding.argument["pattern"], value)):
        first, last = max(hit.start() - AROUND, 0), hit.end() + AROUND
        value = f"{'…' * (first > 0)}{value[first:last]}{'…' * (last < len(value))}"
    return shown(value)


def path_text(path: Path) -> str:
    """Return a path inside a row as people write it.

    >>> path_text(("target", "objects", 0, "count"))
    'target.objects[0].count'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def shown(value: Any) -> str:
    r"""Return a value as a message shows it: invisible characters escaped, long ones cut.

    >>> print(shown("two\xa0words"), shown(None), shown("x" * 100)[-5:])
    'two\xa0words' null xxxx…
    """
    text = "null" if value is None else repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def row_name(index: int, row: Mapping[str, Any]) -> str:
    """Return the name of a row: its `id` where it has one that can be read, else its index from 0.

    >>> row_name(3, {"id": "math/1/test/000003"}), row_name(3, {"id": ""})
    ('math/1/test/000003', 'row 3')
    """
    name = row.get("id")
    return name if isinstance(name, str) and name and name.isprintable() else f"row {index}"
