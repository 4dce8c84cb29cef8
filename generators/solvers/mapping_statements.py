"""Sorts the sentences of a `mapping` text into the rules that they state and what else they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from unisandbox.generators.solvers.mapping_rules import read_condition, read_rule
from unisandbox.generators.solvers.mapping_text import sentences
from unisandbox.generators.solvers.mapping_things import QUOTED, Rule
from unisandbox.generators.solvers.reading import UnreadableError

HEAD = re.compile(
    r"(?:please |now,? |finally,? |then,? |just )*(?:draw|generate|show|create|produce|provide|depict|illustrate|which|what|paint"
    r"|sketch|render|make|give|name|tell|find|could you|can you|i would|i want|work out)\b",
    re.IGNORECASE,
)
BULLET = re.compile(r"(?:[-•*–—‣▪●·]|\(?(?:\d{1,2}|[a-z]|[ivx]+)[.):]|\(\d{1,2}\)|\ue000\d{1,2})\s+")
ENUMERATOR = re.compile(r"\(?(\d{1,2})\)?")
LEAD = re.compile(
    r"(?:(?:(?:the )?[\w-]+ (?:rule|layer|level|tier)(?: is| says| states)?(?: that|:)"
    r"|imagine an? \w+ (?:in which|where)|and|also|but|while|whereas|then|next|first|finally|lastly|secondly|thirdly"
    r"|additionally|moreover|furthermore|meanwhile|similarly|likewise|here|now|in (?:this|the|our) [\w -]+,"
    r"|(?:please )?(?:note|remember|suppose|assume|imagine|recall)(?: that)?|(?:we|you) know that|given(?: that)?"
    r"),?:? )+",
    re.IGNORECASE,
)
LONGEST = 2000  # characters of a sentence
PREAMBLE = re.compile(r"(?P<before>[^:]{3,80}):\s+(?P<after>.+)")
IF = re.compile(rf"if (.+, (?:then )?{HEAD.pattern}.*)", re.IGNORECASE)  # "If A means 7, draw A"
RELATIVE = re.compile(r"(?:which|that|who) (?:in turn,? |then )?(?=[a-z]{2})", re.IGNORECASE)
PARTS = re.compile(r"\s*[,;]\s+(?:and |while |whereas |but |then )?|\s+(?:and|while|whereas|but)\s+")


def statements(text: str) -> tuple[list[Rule], list[str]]:
    """Return the rules that a text states, and its other sentences, both in order.

    Raises:
        UnreadableError: A sentence is too long to be one, or is numbered as a rule and does not read as one.

    >>> rules, others = statements("1. A means 7. 2. 7 is an apple. Draw what A means.")
    >>> [rule.key.name for rule in rules], others
    (['A', '7'], ['Draw what A means'])
    """
    rules: list[Rule] = []
    others: list[str] = []
    enumerated = 0
    for sentence, labelled in sentences(text):
        if len(sentence) > LONGEST:
            raise UnreadableError(f"a sentence of {len(sentence)} characters: {sentence[:80]}…")
        if _enumerates(sentence, enumerated + 1):
            enumerated += 1
            continue
        pieces = _pieces(sentence)
        found = [piece for piece in pieces if isinstance(piece, Rule)]
        if labelled and not found:
            raise UnreadableError(f"not read as a rule: {sentence}")
        rules += found
        others += [piece for piece in pieces if isinstance(piece, str)]
    return rules, others


def _enumerates(sentence: str, number: int) -> bool:
    match = ENUMERATOR.fullmatch(sentence) if len(sentence) < 5 else None
    return match is not None and int(match[1]) == number


@lru_cache(maxsize=4096)  # the queries of one rule set, and the sentences around them, say the same again
def _pieces(sentence: str) -> tuple[Rule | str, ...]:
    """Return the rules that a sentence states, and what else it says."""
    if HEAD.match(sentence):
        return (sentence,)
    rule = read_rule(sentence)
    return (rule,) if rule is not None else tuple(_loose(sentence))


def _loose(sentence: str) -> Iterator[Rule | str]:
    """Yield the pieces of a sentence that is more than a rule: a bullet, "note that", several rules in a row."""
    listed = _without(BULLET, sentence)
    bare = _without(LEAD, listed)
    for candidate in dict.fromkeys((sentence.rstrip(" .,;"), listed, bare)):
        rule = read_rule(candidate) or read_condition(candidate)
        if rule is not None:
            yield rule
            return
    supposed = IF.fullmatch(sentence)
    if supposed is not None:
        yield from list(_parts(supposed[1])) or [sentence]
        return
    preamble = PREAMBLE.fullmatch(bare)
    inner = list(_parts(preamble["after"])) if preamble else []
    if preamble and inner:
        yield preamble["before"]
        yield from inner
        return
    yield from list(_parts(bare)) or [sentence]


def _without(start: re.Pattern[str], sentence: str) -> str:
    match = start.match(sentence)
    return sentence[match.end() :] if match else sentence


def _parts(sentence: str) -> Iterator[Rule | str]:
    """Yield the rules of "A means 7, B means 8, and draw A", then the rest; nothing if the sentence does not start with rules."""
    parts = PARTS.split(sentence)
    rules: list[Rule] = []
    for part in (_without(BULLET, part) for part in parts):
        rule = _part(part, rules)
        if rule is None:
            break
        rules.append(rule)
    rest = parts[len(rules) :]
    if not rules or any(map(read_rule, rest)) or (rest and RELATIVE.match(rest[0])):
        return
    yield from rules
    if rest:
        yield ", ".join(rest)


def _part(part: str, before: Sequence[Rule]) -> Rule | None:
    """Return the rule of a part; "which means 8" goes on from the symbol before it."""
    relative = RELATIVE.match(part)
    if relative is None or not before or not before[-1].value.symbol:
        return read_rule(part)
    rule = read_rule(f"{QUOTED}{before[-1].value.name} {part[relative.end() :]}")
    return rule if rule is not None and rule.key == before[-1].value else None
