"""Cuts a `mapping` text into sentences: the spaces around a mark tell whether it ends a sentence or is a symbol."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unisandbox.generators.solvers.mapping_things import QUOTED

NUMBERED = re.compile(r"Rule \d+: ")
LABEL = re.compile(
    r"(?:^|(?<=[\s.;,(]))[*_]{0,2}(?i:rule|step|clue|fact|mapping|definition|premise|statement|law|principle)"
    r"(?:\s*(?:#|[Nn]o\.|number)?\s*\d+|\s+(?:[A-Z]|[IVX]{1,4}|(?i:one|two|three|four|five|six|seven|eight|nine|ten)))"
    r"\s*[*_]{0,2}(?:[:.)]|\s[-–—])[*_]{0,2}\s+"
)
MARK = re.compile(r"[.!?;]")
END = re.compile(rf"(?:(?<=[^\s{QUOTED}])[.!?;]|(?<=\w)[.!?][\"'”’)])(?=\s|$)")
LINE = re.compile(r"\s*\n\s*")
QUOTES = re.compile(
    r"(?<!\w)(?:\"(\S|\S[^\"\n]{0,30}?\S)\"|'(\S|[^\s'][^'\n]{0,30}?[^\s'])'|“(\S|\S[^”\n]{0,30}?\S)”|‘(\S|\S[^’\n]{0,30}?\S)’"
    r"|`(\S|\S[^`\n]{0,30}?\S)`|«\s?(\S|\S[^»\n]{0,30}?\S)\s?»|\*\*(\w+)\*\*|[(\[](\w|[^\w\s()\[\]])[)\]])(?!\w)"
)
ANY_QUOTE = re.compile(r"[\"'“‘`«(\[]|\*\*")
ENDED = re.compile(r"(.*\w)([.,;!?])")


def sentences(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the sentences of a text, each without the mark at its end, and whether "Rule 1:" or the like stands before it.

    Quoted tokens carry the sign QUOTED.

    >>> list(sentences("Rule 1: ! means an apple. Rule 2: A means !. What is A?"))
    [('! means an apple', True), ('A means !', True), ('What is A', False)]
    """
    if ANY_QUOTE.search(text):
        text = QUOTES.sub(_unquoted, text)
    splitter = NUMBERED if "Rule 1: " in text else LABEL
    labelled = False
    for part in splitter.split(text):
        for line in LINE.split(part) if "\n" in part else (part,):
            for sentence in _of_line(line.strip()):
                yield sentence, labelled
                labelled = False
        labelled = True


def _of_line(line: str) -> list[str]:
    mark = MARK.search(line)
    if mark is None:
        return [line] if line else []
    if mark.start() == len(line) - 1 > 0 and not line[-2].isspace() and line[-2] != QUOTED:
        return [line[:-1]]
    found, start = [], 0
    for end in END.finditer(line):
        found.append(line[start : end.start()].strip())
        start = end.end()
    rest = line[start:].strip()
    return [*found, rest] if rest else found


def _unquoted(match: re.Match[str]) -> str:
    inner = next(group for group in match.groups() if group is not None)
    ended = ENDED.fullmatch(inner)
    inner, end = (ended[1], ended[2]) if ended else (inner, "")
    return inner + end if " " in inner else f"{QUOTED}{inner}{end}"
