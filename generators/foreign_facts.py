"""Reads questions about coined characters, "Generate a portrait of character X from W", and finds contradictions between them.

A gold tells the appearance, as a list ("Asian; black hair; kid; female") or in prose, or one favourite ("sunflower"). A question
that names no character tells it by other facts, and is compared with whoever fits them. Only what excludes itself is a
contradiction: a list with fewer entries is none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from unisandbox.generators.findings import JUDGEMENT, PROOF, Finding
from unisandbox.generators.foreign_appearance import GREY_AREA, SLOTS, appearance
from unisandbox.generators.foreign_objects import ARTICLE, DECORATION, object_forms
from unisandbox.generators.foreign_questions import Question

Told = tuple[tuple[str, frozenset[str]], ...]  # attribute -> the forms or values of one fact

NAME = r"[^\W\d_a-z][\w’'-]*(?:\s+[^\W\d_a-z][\w’'-]*)*"
CHARACTER = re.compile(r"\bcharacters?\b", re.IGNORECASE)
NAMED = re.compile(
    rf"\b[Cc]haracters?:?\s+(?:named\s+|called\s+)?[\"“‘']?({NAME})((?:[\"”’']?(?:,|\s+and|\s+or|,\s+and|,\s+or)\s+{NAME})*)"
)
MORE_NAMES = re.compile(NAME)
WORLD = re.compile(rf"\bfrom\s+(?:the\s+(?:[a-z]+\s+){{0,2}}(?:of\s+)?)?[\"“‘']?({NAME})")
CLUE = re.compile(
    r"\bfavou?rite\s+([a-z]+)\s+(?:is|are|was)\s+(?:an?\s+|the\s+)?([a-z][a-z -]*?)"
    r"(?=[.,;!?]|\s+(?:and|who|whose|from|with|in)\b|$)",
    re.IGNORECASE,
)
FAVOURITE = re.compile(r"\bfavou?rite\s+([a-z]+)", re.IGNORECASE)
LIKED = re.compile(
    r"\b(?:the|which|what)\s+([a-z]+)\s+(?:that\s+|which\s+)?(?:the\s+)?characters?\b.*\b(?:likes?|loves?|prefers?)\b",
    re.IGNORECASE,
)
OF_CHARACTER = re.compile(r"\b(?:the|an?)\s+(?:[a-z]+\s+)*?([a-z]+)\s+of\s+(?:the\s+)?characters?\b", re.IGNORECASE)
LIKES = re.compile(r"\bwho\s+(?:[a-z]+\s+)?(?:likes?|loves?|prefers?)\s+(?:an?\s+|the\s+)?([a-z]+)", re.IGNORECASE)
SHOWN = re.compile(
    r"\b(?:portrait|image|picture|photo|photograph|drawing|painting|illustration|depiction|appearance)s?\b", re.IGNORECASE
)
DESCRIBED = re.compile(r"\bfavou?rite\s+[a-z]+\s+of\s+(?:the|an?)\s", re.IGNORECASE)
RELATIVES = "friend|neighbou?r|teacher|sister|brother|mother|father|parent|daughter|son"
RELATED = re.compile(rf"\b(?:{RELATIVES})(?:['’]s|\s+of)\b|['’]s\s+(?:{RELATIVES})\b", re.IGNORECASE)
LABEL = re.compile(r"^[A-Za-z]+:\s+")  # "Flower: sunflower"
APPEARANCE, LIKED_BEST = "appearance", "favourite"


@dataclass(frozen=True)
class Fact:
    """What a question and its gold tell: of whom (by name, or by `clues`), from where, and what (`told`)."""

    names: tuple[str, ...]
    world: str | None
    clues: Told
    told: Told


class Stated(NamedTuple):
    """What one question tells of an attribute of a character."""

    values: frozenset[str]
    question: Question
    fact: Fact


OfName = Mapping[str, Sequence[Stated]]


def read_fact(question: Question, known: Collection[str] = ()) -> Fact | None:
    """Return the fact that a question asks for and its gold tells; None if it is about no character, or not read for sure.

    Args:
        question: The question.
        known: Names of characters, by which a question is known to be about one though it does not say so.
    """
    text = question.text
    looks = appearance(question.gold)
    listed = ";" in question.gold and len(looks) > 1
    names = tuple(_names(text)) or tuple(name for name in known if re.search(rf"\b{re.escape(name)}\b", text))
    if not (names or listed or CHARACTER.search(text) or DESCRIBED.search(text)) or RELATED.search(text):
        return None
    wanted = _wanted(text) or (APPEARANCE if looks else None)
    if wanted is None:
        return None
    told = tuple(sorted(looks.items())) if wanted == APPEARANCE else ((wanted, _value_forms(question.gold, wanted)),)
    world = WORLD.search(text)
    place = world[1].lower() if world and world[1] not in names else None
    return Fact(names, place, () if len(names) == 1 else _clues(text), told) if told else None


def contradictions(facts: Sequence[tuple[Question, Fact]]) -> Iterator[tuple[Question, Finding]]:
    """Yield every question whose gold contradicts what the golds before it tell of the same character; then the inverse ones."""
    known: dict[str, dict[str, list[Stated]]] = {}
    inverse = [(question, fact) for question, fact in facts if len(fact.names) != 1]
    for question, fact in facts:
        for attribute, values in fact.told if len(fact.names) == 1 else ():
            before = known.setdefault(fact.names[0].lower(), {}).setdefault(attribute, [])
            if not any(values & other.values for other in before):
                stated = Stated(values, question, fact)
                yield from ((question, _finding(attribute, stated, other)) for other in before[:1])
                before.append(stated)
    for question, fact in inverse:
        yield from ((question, finding) for finding in _of_inverse(question, fact, known))


def characters(facts: Iterable[Fact]) -> list[str]:
    """Return the names of the characters that facts are about, sorted."""
    return sorted({name for fact in facts for name in fact.names})


def _of_inverse(question: Question, fact: Fact, known: Mapping[str, OfName]) -> Iterator[Finding]:
    """Yield a finding if everybody who fits the clues is told of otherwise than the gold tells."""
    among = sorted({name.lower() for name in fact.names} & known.keys()) if fact.names else sorted(known)
    clashes = []
    for of_name in (known[name] for name in among if fact.clues and _fit(fact, known[name])):
        clash = [(attribute, values) for attribute, values in fact.told if _excluded(values, of_name.get(attribute, ()))]
        if not clash:
            return
        clashes.append((*clash[0], of_name[clash[0][0]][0]))
    for attribute, values, other in clashes[:1]:
        yield _finding(attribute, Stated(values, question, other.fact), other)


def _fit(fact: Fact, of_name: OfName) -> bool:
    """Return whether all clues are known of a character, and all are true."""
    worlds = {stated.fact.world for told in of_name.values() for stated in told} - {None}
    if fact.world is not None and worlds and fact.world not in worlds:
        return False
    return all(any(values & other for other in _values_of(attribute, of_name)) for attribute, values in fact.clues)


def _values_of(attribute: str, of_name: OfName) -> Iterator[frozenset[str]]:
    """Yield what is known of an attribute; of LIKED_BEST what is known of any favourite."""
    for name, told in of_name.items():
        if name == attribute or (attribute == LIKED_BEST and name.startswith("favourite ")):
            yield from (stated.values for stated in told)


def _excluded(values: frozenset[str], known: Sequence[Stated]) -> bool:
    return bool(known) and not any(values & stated.values for stated in known)


def _finding(attribute: str, later: Stated, earlier: Stated) -> Finding:
    elsewhere = None not in (later.fact.world, earlier.fact.world) and later.fact.world != earlier.fact.world
    doubtful = elsewhere or all(frozenset((one, two)) in GREY_AREA for one in later.values for two in earlier.values)
    found = f"{later.fact.names[0]}: {_shown(attribute, later)}"
    allowed = f"{_shown(attribute, earlier)}, as {earlier.question.item}"
    severity = JUDGEMENT if doubtful else PROOF
    return later.question.finding("contradiction", found, allowed, field=later.question.gold_field, severity=severity)


def _shown(attribute: str, stated: Stated) -> str:
    told = "/".join(sorted(stated.values)) if attribute in SLOTS else stated.question.gold.strip()[:60]
    return f"{attribute} {told}"


def _names(text: str) -> Iterator[str]:
    match = NAMED.search(text)
    if match:
        for name in (match[1], *MORE_NAMES.findall(match[2])):
            yield re.sub(r"['’]s?$", "", name)


def _wanted(text: str) -> str | None:
    """Return the attribute that a text asks for."""
    bare = CLUE.sub("", text)
    favourite = FAVOURITE.search(bare) or LIKED.search(bare)
    if favourite:
        return f"favourite {favourite[1].lower()}"
    if SHOWN.search(bare):
        return APPEARANCE
    of = OF_CHARACTER.search(bare)
    return of[1].lower() if of else None


def _clues(text: str) -> Told:
    """Return what a text tells of a character that it does not name."""
    favourites = [(f"favourite {kind.lower()}", _value_forms(value, kind)) for kind, value in CLUE.findall(text)]
    favourites += [(LIKED_BEST, _value_forms(value, "")) for value in LIKES.findall(text)]
    return (*favourites, *sorted(appearance(CLUE.sub("", text)).items()))


def _value_forms(gold: str, attribute: str) -> frozenset[str]:
    """Return the forms of a value; the word of its attribute behind it says nothing: "sunflower flowers" is "sunflower"."""
    plain = ARTICLE.sub("", LABEL.sub("", gold.strip(DECORATION)).lower())
    kind = attribute.rpartition(" ")[2]
    return object_forms(re.sub(rf"(?<=\w)\s+{kind}s?$", "", plain) if kind else plain)
