"""Reads rules that are no plain sentences: "# = apple", "The meaning of A is 7", "Let A be 7", "If you see #, think of 7"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from unisandbox.generators.solvers import mapping_lexicon as lexicon
from unisandbox.generators.solvers.mapping_things import QUOTED, Rule, thing

OPERATORS = {  # whether they would also hold the other way round
    **dict.fromkeys(
        ["->", "→", "=>", "⇒", "⟶", "-->", ":=", "↦", "⟼", "~>", "➔", "➜", "➡", "➡\ufe0f", "⟹", "==>", ":", ">>"], False
    ),
    **dict.fromkeys(["=", "==", "≡", "-", "–", "—", "↔", "<->", "<=>", "⇔", "≈"], True),
}
GLUED = re.compile(r"(?<=[^\s=<>:-])(-->|==>|->|=>|:=|<->|==|=|→|⇒|⟶|↦|⟹|➔|➜|↔|:)(?=[^\s=<>:-])")
COLON = re.compile(r"(?<=\S):(?=\s)")
NOMINAL = re.compile(
    r"(?:the )?(?P<noun>[a-z-]+) (?:of|for|behind|represented by|denoted by|assigned to|linked to|meant by) (?P<of>.+?)"
    r" (?:is|are|equals) (?P<value>.+)",
    re.IGNORECASE,
)
OWNED = re.compile(r"(?P<of>.+?)['’]s (?P<noun>[a-z]+) (?:is|equals) (?P<value>.+)")
TAKEN = re.compile(
    r"(?:let|take|read|treat|interpret|think of|decode|translate|replace|call|assume|suppose|exchange|swap) (?P<of>.+?)"
    r" (?:be|as|to be|to mean|mean|stand for|denote|represent|with|by|into|is|for) (?P<value>.+)",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"(?:if|when|whenever|where|wherever|upon|on|every time|each time|once|seeing|given|after|any ?time) "
    r"(?P<before>.+?)(?:,? then|,) (?P<after>.+)",
    re.IGNORECASE,
)
CONSEQUENCE = re.compile(
    r"(?:(?:you|we|one) )?(?:(?:should|must|can|will|have to) )?(?:just |simply |always )?"
    r"[a-z]+(?: (?:of|to|as|about|up|for|at|on|with))? (?P<value>.+)",
    re.IGNORECASE,
)
REFERRING = re.compile(r"(?:it|that|this) (?=[a-z])", re.IGNORECASE)


def nominals(words: Sequence[str]) -> Iterator[Rule]:
    """Yield the rules of "The meaning of A is 7", "A's object is an apple", "The symbol for an apple is #", "Let A be 7"."""
    text = " ".join(words)
    for pattern in (NOMINAL, OWNED, TAKEN):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        of, value = thing(match["of"].split()), thing(match["value"].split())
        noun = match["noun"].lower() if pattern is not TAKEN else "meaning"
        if of is None or value is None:
            continue
        if noun in lexicon.MEANING_NOUNS and of.symbol:
            yield Rule(of, value)
        elif noun in lexicon.SIGN_NOUNS and value.symbol and not of.symbol:
            yield Rule(value, of)


def notations(sentence: str) -> Iterator[Rule]:
    """Yield the rules of "# = apple", "A -> 7", "#: apple": one for every operator that has a thing on either side."""
    for text in dict.fromkeys((sentence, GLUED.sub(r" \1 ", sentence), COLON.sub(" :", sentence))):
        words = text.split()
        for place in range(1, len(words) - 1):
            if words[place] in OPERATORS:
                left, right = thing(words[:place]), thing(words[place + 1 :])
                if left is not None and right is not None:
                    yield Rule(left, right, OPERATORS[words[place]])


def condition(sentence: str) -> tuple[str, str] | Rule | None:
    """Return the rule of "If you see #, think of an apple"; of "If you see #, it means 7" its symbol and the rest, or None.

    >>> condition("When A appears, think of an apple").value.name
    'apple'
    >>> condition("If you see A, it means 7")
    ('A', 'means 7')
    """
    match = CONDITION.fullmatch(sentence)
    if match is None:
        return None
    named = [word for word in match["before"].split() if word.lower() not in lexicon.SCENE]
    key = thing(named)
    if key is None or not (key.symbol or named[0][0] == QUOTED):
        return None
    referring = REFERRING.match(match["after"])
    if referring is not None:
        return key.name, match["after"][referring.end() :]
    consequence = CONSEQUENCE.fullmatch(match["after"])
    value = None if consequence is None else thing(consequence["value"].split())
    return None if value is None else Rule(key, value)
