"""Answers `knowledge` prompts from the published corpus alone: it reads who has what, then follows names, relations and clues.

Text is read clause by clause as words: names are told by their form, values and cues by the lexicon. An answer is given only if
exactly one follows; what cannot be read, and what does not follow, are errors of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from unisandbox.errors import DataError, Violation
from unisandbox.generators.solvers.base import Documents, Solution, Solver
from unisandbox.generators.solvers.knowledge_lexicon import ARTICLES, COLOURS, CUES, FILLER, PEOPLE, RELATIONS, VALUES, objects
from unisandbox.generators.solvers.reading import NoTargetError, UnreadableError, UnsolvableError

NAME = re.compile("[B-DF-HJ-NP-TV-Z][aeiou](?:[b-df-hj-np-tv-z][aeiou]){2,3}")
NAME_WITHIN = re.compile(rf"(?<=[a-z,:;] ){NAME.pattern}\b")  # at the start of a sentence "Generate" has the form of a name
WORD = re.compile("[A-Za-z]+")
HYPHENED = re.compile("[A-Za-z]+(?:-[A-Za-z]+)*")
SENTENCE = re.compile("[^.?!]+")
CLAUSE = re.compile(r"[.?!:;,]|\band\b")


class Fact(NamedTuple):
    """That somebody's attribute or relation has a value; a relation's value is a name."""

    subject: str
    attribute: str
    value: str


class Answer(NamedTuple):
    """The answer of a prompt, and what a right image shows: (attribute, value) of a portrait, an object's name, or None.

    `hops` counts the steps to the answer: relations followed, and one for the attribute or the clues.
    """

    answer: str
    target: tuple[str, str] | str | None
    hops: int


@dataclass(frozen=True)
class Facts:
    """What the corpus says: attribute or relation -> value, by name."""

    of: Mapping[str, Mapping[str, str]]

    def value(self, name: str, attribute: str) -> str:
        """Return one value.

        Raises:
            UnsolvableError: The corpus does not say it.
        """
        try:
            return self.of[name][attribute]
        except KeyError:
            raise UnsolvableError(f"the corpus does not say the {attribute} of {name}") from None


def solver(documents: Documents) -> Solver:
    """Return the solver of `knowledge` items, who knows what the documents say and nothing else.

    Raises:
        DataError: The documents contradict each other.
    """
    try:
        facts = read_facts(documents)
    except UnsolvableError as error:
        raise DataError(Violation("knowledge_corpus", str(error), "one value a fact", "mend the world or the corpus")) from error

    def solution(text: str) -> Solution:
        found = solve(text, facts)
        return Solution(found.answer, None if found.target is None else _told(found.target), found.hops)

    return Solver(solution, picture_text)


def picture_text(text: str) -> str:
    """Return the picture that a literal text or the end of a trace names, as a `Solution` tells it; errors as `read_picture`.

    >>> picture_text("Draw an apple."), picture_text("Draw a portrait of a person with a cap.")
    ('1 apple', 'portrait hat=cap')
    """
    return _told(read_picture(text))


def _told(named: tuple[str, str] | str) -> str:
    return f"1 {named}" if isinstance(named, str) else f"portrait {named[0]}={named[1]}"


def read_facts(documents: Iterable[Iterable[str]]) -> Facts:
    """Return all facts that documents state.

    Args:
        documents: The turns of each document, as text.

    Raises:
        UnsolvableError: The documents contradict each other.
        UnreadableError: A sentence cannot be read for sure.

    >>> dict(read_facts([("Who is Tovika?", "Tovika wears a cap. Tovika's friend is Balido.")]).of["Tovika"])
    {'hat': 'cap', 'friend': 'Balido'}
    """
    found: dict[str, dict[str, str]] = {}
    for turns in documents:
        for turn in turns:
            for fact in stated_facts(turn):
                known = found.setdefault(fact.subject, {}).setdefault(fact.attribute, fact.value)
                if known != fact.value:
                    raise UnsolvableError(f"{fact.subject}: {fact.attribute} is {known} and {fact.value}")
    return Facts(found)


def stated_facts(text: str) -> Iterator[Fact]:
    """Yield the facts that a text states, sentence by sentence; questions and filler state none.

    Raises:
        UnreadableError: A sentence has more people or relations than a fact.
    """
    for sentence in SENTENCE.findall(text):
        words = WORD.findall(sentence)
        names = [word for word in words if NAME.fullmatch(word)]
        if not names or not FILLER.isdisjoint(words):
            continue
        relations = [word for word in words if word in RELATIONS]
        if relations and len(names) > 1:
            if len({*relations}) > 1 or len(names) > 2:
                raise UnreadableError(f"several relations or people in: {sentence.strip()}")
            yield Fact(names[0], relations[0], names[1])
        elif not relations:
            yield from (Fact(names[0], attribute, value) for attribute, value in _values(words))


def solve(text: str, facts: Facts) -> Answer:
    """Return the answer of a `draw` or `ask` prompt.

    Raises:
        UnreadableError: The words cannot be read for sure.
        NoTargetError: No attribute is asked for.
        UnsolvableError: No answer, or more than one, follows from the facts.

    >>> facts = Facts({"Tovika": {"hat": "cap", "friend": "Balido"}, "Balido": {"hat": "none"}})
    >>> solve("Draw a portrait of Tovika's friend that shows the hat.", facts)
    Answer(answer='none', target=('hat', 'none'), hops=2)
    """
    words = WORD.findall(text)
    names = list(dict.fromkeys(word for word in words if word in facts.of))
    strangers = [name for name in NAME_WITHIN.findall(text) if name not in facts.of]
    if strangers:
        raise UnsolvableError(f"the corpus does not know {strangers[0]}")
    if not names:
        raise UnreadableError("no character is named")
    if len(names) == 1:
        return _solve_single(words, names[0], facts)
    return _solve_inverse(text, names, facts)


def read_picture(text: str) -> tuple[str, str] | str:
    """Return what a literal prompt, or the end of a trace, shows: (attribute, value) of a portrait, or any object's name.

    Raises:
        UnreadableError: It names no picture, or several.

    >>> read_picture("Draw a portrait of a person with a cap."), read_picture("Draw a cap.")
    (('hat', 'cap'), 'cap')
    """
    words = WORD.findall(text)
    seen: list[tuple[str, str] | str] = [span for span in _spans(HYPHENED.findall(text)) if span in objects()]
    if not PEOPLE.isdisjoint(words):
        seen = [*dict.fromkeys(_values(words))]
    if len(seen) != 1:
        raise UnreadableError(f"{len(seen)} pictures named")
    return seen[0]


def _solve_single(words: Sequence[str], name: str, facts: Facts) -> Answer:
    person, path = name, _path(words, words.index(name))
    for relation in path:
        person = facts.value(person, relation)
    wanted = _cues(words)
    if not wanted:
        raise NoTargetError("no attribute is asked for")
    if len(wanted) > 1:
        raise UnreadableError(f"asks for {' and '.join(sorted(wanted))}")
    (attribute,) = wanted
    value = facts.value(person, attribute)
    return Answer(value, value if attribute.startswith("favourite_") else (attribute, value), len(path) + 1)


def _solve_inverse(text: str, names: Sequence[str], facts: Facts) -> Answer:
    clues: list[tuple[str, str]] = []
    wanted: set[str] = set()
    for clause in CLAUSE.split(text):
        words = WORD.findall(clause)
        values = _values(words)
        clues += values
        wanted |= set() if values else _cues(words)
    if not clues or len(wanted) > 1:
        raise UnreadableError(f"{len(clues)} clues, asks for {sorted(wanted)}")
    fitting = [name for name in names if all(facts.value(name, clue) == value for clue, value in clues)]
    if len(fitting) != 1:
        raise UnsolvableError(f"{len(fitting)} of {len(names)} candidates fit the clues")
    target = [(attribute, facts.value(fitting[0], attribute)) for attribute in wanted]
    return Answer(fitting[0], target[0] if target else None, 1)


def _path(words: Sequence[str], place: int) -> list[str]:
    """Return the relations from the named one to the one who is meant: those after the name, then those before it, backwards.

    Raises:
        UnreadableError: A relation is named that does not belong to the way.
    """
    path = []
    after = place + 1
    while words[after : after + 1] == ["s"] and words[after + 1 : after + 2] and words[after + 1] in RELATIONS:
        path.append(words[after + 1])
        after += 2
    before = place
    while before >= 2 and words[before - 1] == "of" and words[before - 2] in RELATIONS:
        path.append(words[before - 2])
        before -= 3 if words[before - 3 : before - 2] == ["the"] else 2
    if len(path) != sum(word in RELATIONS for word in words):
        raise UnreadableError("a relation that leads nowhere")
    return path


def _cues(words: Sequence[str]) -> set[str]:
    """Return the attributes that words are about."""
    cues = {CUES[word] for word in words if word in CUES}
    if "hair" in words and "colour" in words:
        cues = cues - {"hair_style"} | {"hair_colour"}
    return cues


def _values(words: Sequence[str]) -> list[tuple[str, str]]:
    """Return the values that the words of a clause say, each with its attribute."""
    spans = _spans(words)
    found = [VALUES[span] for span in spans if span in VALUES]
    cues = {CUES[word] for word in words if word in CUES}
    for word in words:
        if word in COLOURS:
            found += [("hair_colour", word)] if "hair_style" in cues else []
            found += [("shirt_colour", word)] if "shirt_colour" in cues else []
    if any(cue.startswith("favourite_") for cue in cues):
        known = objects()
        found += [(attribute, span) for span in spans if span in known for attribute in sorted(known[span] & cues)]
    return found


def _spans(words: Sequence[str]) -> list[str]:
    """Return the words, and two or three that follow one another, without articles."""
    bare = [word for word in words if word not in ARTICLES]
    return [*bare, *map(" ".join, pairwise(bare)), *map(" ".join, zip(bare, bare[1:], bare[2:], strict=False))]
