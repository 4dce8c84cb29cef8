"""Proves what the knowledge corpus promises: one value a fact, said after the name, often enough, and of no one else.

Documents are read as text, twice: by the solver that reads facts, and by a plain search for the values of the lists. Sentences
repeat with other names in them, so each is read once for all names: a corpus costs some microseconds a sentence.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from unisandbox.generators.checks.base import TRAIN, Published, Result, Rule, shared
from unisandbox.generators.solvers.knowledge import SENTENCE, Fact, stated_facts
from unisandbox.generators.solvers.reading import UnreadableError

KNOWLEDGE, CORPUS, ENTITIES = "knowledge", "knowledge_corpus", "entities"
TEXTS = ("draw", "literal", "ask", "answer", "trace")
NAMES = ("Babaka", "Dedega", "Fifimi", "Gogolo", "Kukupu", "Lalata")  # stand for the first, second, … name of a sentence
ARTICLE = re.compile("^(?:an?|the) ")
CAPITALISED = re.compile(r"\b[A-Z][a-z]+\b")
NEGATION = re.compile(r"\b(?:no|not|never|nor|neither|none|nobody|unlike|cannot)\b|n['\u2019]t\b", re.IGNORECASE)
SLICE_ROWS = 2**14

RULES = (
    Rule("fact-contradiction", "the corpus says one value of a fact, the one in `entities`", "schemas/entity.schema.json"),
    Rule("value-before-name", "no sentence of the corpus leads from a value to a name", "lists/corpus.csv: name, then value"),
    Rule("foreign-value", "no value of another, no other person and no negation beside a value", "DESIGN 5, knowledge"),
    Rule(
        "fact-exposures",
        "every fact that a split needs is stated as often as promised, each time in another wording",
        "option `exposures`",
    ),
    Rule("heldout-drawn", "no heldout character occurs in an item of train", "schemas/entity.schema.json: character_split"),
)


class Sentence(NamedTuple):
    """What a sentence says, with `NAMES` for the names in it: facts, the values that its words can mean, and what is wrong."""

    facts: tuple[Fact, ...]
    values: frozenset[tuple[str, str]]
    is_reversed: bool
    is_foreign: bool


class Profile(NamedTuple):
    """What is true of a character: attribute or relation -> value."""

    facts: Mapping[str, str]
    split: str


@dataclass
class Reading:
    """What was read so far: the templates that state a value of a fact, and the documents that break a rule."""

    profiles: Mapping[str, Profile]
    stated: dict[tuple[str, str], dict[str, set[str]]] = field(default_factory=dict)
    documents: int = 0
    reversed_in: list[str] = field(default_factory=list)
    foreign_in: list[str] = field(default_factory=list)

    def read(self, document: Mapping[str, Any]) -> None:
        """Take in one document."""
        self.documents += 1
        told = [(text, *self._sentence(text)) for turn in document["messages"] for text in SENTENCE.findall(turn["content"])]
        for _, sentence, names in told:
            for fact in sentence.facts:
                self._state(fact, names, document)
        owner = document["entity"]
        if wrong := next((text for text, one, names in told if one.is_reversed or (names and names[0] != owner)), ""):
            self.reversed_in.append(f"{document['id']}: {wrong.strip()}")
        if wrong := next((text for text, one, names in told if self._is_foreign(one, names, owner)), ""):
            self.foreign_in.append(f"{document['id']}: {wrong.strip()}")

    def _sentence(self, text: str) -> tuple[Sentence, list[str]]:
        """Return what a sentence says, and the names that stand behind `NAMES`."""
        names = [word for word in dict.fromkeys(CAPITALISED.findall(text)) if word in self.profiles]
        stand_in = dict(zip(names, NAMES, strict=False))
        return read_sentence(CAPITALISED.sub(lambda word: stand_in.get(word[0], word[0]), text).strip()), names

    def _state(self, fact: Fact, names: list[str], document: Mapping[str, Any]) -> None:
        subject, value = (
            names[NAMES.index(word)] if word in NAMES[: len(names)] else word for word in (fact.subject, fact.value)
        )
        templates = self.stated.setdefault((subject, fact.attribute), {}).setdefault(value, set())
        if document["kind"] != "profile":
            templates.add(document["template"])

    def _is_foreign(self, sentence: Sentence, names: list[str], owner: str) -> bool:
        """Return whether a sentence says of its character what is not true of it, or names one who does not belong there."""
        own = self.profiles[owner].facts if owner in self.profiles else {}
        meant: dict[str, set[tuple[str, str]]] = {}
        for attribute, value in sentence.values:
            meant.setdefault(value, set()).add((attribute, value))
        is_other = any(not any(own.get(attribute) == value for attribute, value in said) for said in meant.values())
        return sentence.is_foreign or is_other or any(name not in own.values() for name in names if name != owner)


def check_knowledge(published: Published) -> Iterator[Result]:
    """Yield what is proved of the corpus, of the facts that each split needs, and of the heldout characters."""
    if not {KNOWLEDGE, CORPUS, ENTITIES} <= {*published.manifest.configs}:
        return
    reading = _read_corpus(published)
    yield _contradictions(reading)
    yield shared("value-before-name", CORPUS, len(reading.reversed_in), reading.documents, reading.reversed_in)
    yield shared("foreign-value", CORPUS, len(reading.foreign_in), reading.documents, reading.foreign_in)
    for split in published.splits(KNOWLEDGE):
        if split != TRAIN:
            yield _exposures(published, split, reading)
    if TRAIN in published.splits(KNOWLEDGE):
        yield _heldout(published, reading.profiles)


@lru_cache(maxsize=2**16)
def read_sentence(text: str) -> Sentence:
    """Return what a sentence says; names in it are those of `NAMES`.

    >>> read_sentence("Babaka wears a cap").facts
    (Fact(subject='Babaka', attribute='hat', value='cap'),)
    >>> read_sentence("Who wears a cap").is_reversed, read_sentence("Babaka does not wear a cap").is_foreign
    (True, True)
    """
    names = [match.start() for match in CAPITALISED.finditer(text) if match[0] in NAMES]
    said = list(_phrases().finditer(text))
    try:
        facts = tuple(stated_facts(text))
        is_readable = True
    except UnreadableError:
        facts, is_readable = (), False
    is_reversed = bool(said) and not (names and names[0] < said[0].start())
    several = len({text[start : start + len(NAMES[0])] for start in names}) > 1
    is_foreign = not is_readable or (bool(said) and (several or bool(NEGATION.search(_phrases().sub("", text)))))
    return Sentence(facts, frozenset(value for match in said for value in _meanings()[match[0].lower()]), is_reversed, is_foreign)


@lru_cache
def _meanings() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return what each value of the lists can mean, (attribute, value), by its words without an article."""
    text = resources.files("unisandbox.generators").joinpath("lists", "attributes.csv").read_text(encoding="utf-8")
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in csv.DictReader(text.splitlines()):
        words = ARTICLE.sub("", row["stated"])
        found[words] = (*found.get(words, ()), (row["attribute"], row["value"]))
    return found


@lru_cache
def _phrases() -> re.Pattern[str]:
    longest_first = sorted(_meanings(), key=lambda words: (-len(words), words))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)


def _read_corpus(published: Published) -> Reading:
    reading = Reading(_profiles(published))
    for split in published.splits(CORPUS):
        table = published.table(CORPUS, split, ["id", "entity", "kind", "template", "messages"])
        for start in range(0, len(table), SLICE_ROWS):
            for document in table.slice(start, SLICE_ROWS).to_pylist():
                reading.read(document)
    return reading


def _profiles(published: Published) -> dict[str, Profile]:
    found = {}
    for split in published.splits(ENTITIES):
        for row in published.table(ENTITIES, split, ["name", "character_split", "attributes", "relations"]).to_pylist():
            facts = {fact["name"]: fact["value"] for fact in (*row["attributes"], *row["relations"])}
            found[row["name"]] = Profile(facts, row["character_split"])
    return found


def _contradictions(reading: Reading) -> Result:
    """Return how many facts of the corpus have two values, or another than the character's profile."""
    wrong = []
    for (name, attribute), values in reading.stated.items():
        own = reading.profiles[name].facts.get(attribute) if name in reading.profiles else None
        if [*values] != [own]:
            wrong.append(f"{name}: {attribute} is {' and '.join(values)} in the corpus, {own} in entities")
    return shared("fact-contradiction", CORPUS, len(wrong), len(reading.stated), wrong)


def _exposures(published: Published, split: str, reading: Reading) -> Result:
    """Return how many facts that a split needs are stated in fewer wordings than promised, profiles apart."""
    promised = published.options(KNOWLEDGE)["exposures"]
    columns = [f"factors.{name}" for name in ("direction", "links", "entities", "attributes")]
    table = published.table(KNOWLEDGE, split, ["answer", *columns])
    needed = dict.fromkeys(fact for row in table.to_pylist() for fact in _needed(row))
    wrong = []
    for name, attribute in needed:
        value = reading.profiles[name].facts.get(attribute, "") if name in reading.profiles else ""
        count = len(reading.stated.get((name, attribute), {}).get(value, ()))
        if count < promised:
            wrong.append(f"{name}: {attribute}, {count} of {promised} wordings")
    told = shared("fact-exposures", f"{KNOWLEDGE}/{split}", len(wrong), len(needed), wrong)
    return replace(told, allowed=f"0 in fewer than {promised} wordings")


def _needed(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the facts that lead to the answer of an item: (name, attribute or relation)."""
    entities, attributes = row["factors.entities"], row["factors.attributes"]
    if row["factors.direction"] == "inverse":
        yield from ((name, clue) for name in entities for clue in attributes[:-1])
        yield row["answer"], attributes[-1]
        return
    for link in row["factors.links"]:
        name, relation, _ = link.split(" ")
        yield name, relation
    yield entities[-1], attributes[-1]


def _heldout(published: Published, profiles: Mapping[str, Profile]) -> Result:
    """Return how many heldout characters are named anywhere in the items of train."""
    table = published.table(KNOWLEDGE, TRAIN, ["id", *TEXTS, "choices", "factors.entities"])
    lists = [pc.binary_join(table[name], " ") for name in ("choices", "factors.entities")]
    texts = pc.binary_join_element_wise(*(table[name] for name in TEXTS), *lists, " ")
    words = {word for chunk in texts.chunks for word in _words(chunk)}
    heldout = [name for name, profile in profiles.items() if profile.split == "heldout"]
    named = [name for name in heldout if name in words]
    examples = [f"{name} in {table['id'][pc.index(pc.match_substring(texts, name), True).as_py()]}" for name in named]
    return shared("heldout-drawn", f"{KNOWLEDGE}/{TRAIN}", len(named), len(heldout), examples)


def _words(texts: pa.Array) -> list[str]:
    words: list[str] = pc.unique(pc.split_pattern_regex(texts, "[^A-Za-z]+").flatten()).to_pylist()
    return words
