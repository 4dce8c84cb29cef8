"""The sentences of the knowledge corpus, by what they do and what they are about (`lists/corpus.csv`).

An `answer` states a fact, a `filler` something that is never asked; `question`, `statement` and `profile` are what a user says
before. The one rule: key before value. A sentence that states something names the character first, so nobody learns value -> key.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from unisandbox.errors import Violation, WordingError
from unisandbox.generators.template_rules import bare, slots_in

WHERE = "lists/corpus.csv"
SLOTS: Mapping[str, list[str]] = {
    "answer": ["name", "value"],
    "filler": ["name", "value"],
    "question": ["name"],
    "statement": ["name"],
    "profile": ["name"],
}


class Sentence(NamedTuple):
    """A text with slots; `topic` is an attribute, a relation, a filler or `any`."""

    id: str
    kind: str
    topic: str
    text: str


@lru_cache
def sentences(kind: str, topic: str) -> tuple[Sentence, ...]:
    """Return the sentences of a kind about a topic, in file order; `KeyError` if there are none.

    Raises:
        WordingError: The file breaks a rule: everything found, at once.
    """
    return _by_use()[kind, topic]


@lru_cache
def fewest_answers() -> int:
    """Return how many different sentences there are at least for every attribute and relation."""
    return min(len(texts) for (kind, _), texts in _by_use().items() if kind == "answer")


def read_sentences(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of a CSV text with the header `id,kind,topic,text`; errors as for `sentences`."""
    rows = [Sentence(**row) for row in csv.DictReader(text.splitlines())]
    found = [violation for number, row in enumerate(rows, start=2) for violation in _faults(f"{WHERE}: line {number}", row)]
    found += _repeats(rows)
    if found:
        raise WordingError(found)
    return tuple(rows)


@lru_cache
def _by_use() -> Mapping[tuple[str, str], tuple[Sentence, ...]]:
    text = resources.files("unisandbox.generators").joinpath("lists", "corpus.csv").read_text(encoding="utf-8")
    uses: dict[tuple[str, str], tuple[Sentence, ...]] = {}
    for row in read_sentences(text):
        uses[row.kind, row.topic] = (*uses.get((row.kind, row.topic), ()), row)
    return uses


def _faults(where: str, row: Sentence) -> Iterator[Violation]:
    if row.kind not in SLOTS:
        yield Violation(where, f"kind {row.kind}", " | ".join(SLOTS), "correct the kind")
    elif slots_in(row.text) != SLOTS[row.kind]:
        wanted = ", then ".join(f"{{{slot}}}" for slot in SLOTS[row.kind])
        yield Violation(where, repr(row.text), f"{wanted}, once each", "reword the sentence")
    if row.text != " ".join(row.text.split()) or not row.text.endswith((".", "?", "!")):
        yield Violation(where, repr(row.text), "single blanks and . ? or ! at the end", "correct the text")


def _repeats(rows: list[Sentence]) -> Iterator[Violation]:
    known: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows, start=2):
        for mark in (("id", row.id), (row.kind, row.topic, bare(row.text))):
            if mark in known:
                yield Violation(f"{WHERE}: line {number}", " ".join(mark), f"not what line {known[mark]} has", "change one")
            known[mark] = number
