"""Rows to sequences of tokens: for each arm of a mixture the examples that a network may learn from, in flat arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from unisandbox.errors import DataError, InputError, Violation
from unisandbox.evaluation.models.tiny.layout import Layout
from unisandbox.evaluation.models.tiny.tokens import ASK, BEGIN, END, IMAGE, THINK, Tokenizer
from unisandbox.evaluation.released import nouns_of
from unisandbox.evaluation.training.keeping import read_kept
from unisandbox.evaluation.training.mixture import Arm, Mixture
from unisandbox.evaluation.training.rows import Row, documents, looks_of_characters, training_rows

NOISE: Final = (4, 28)  # words of a prompt that says nothing, at least and at most
NOISE_INSIDE: Final = (0, 14)  # the same of a thought before its caption
CAPTIONS: Final = 20_000  # how many captions and steps are made; more than a short training takes
EQUALS: Final = " = "


class Example(NamedTuple):
    """A sequence, and from which of its tokens on the network is to say them itself."""

    tokens: list[int]
    scored_from: int


@dataclass(frozen=True, slots=True)
class Examples:
    """Many examples behind one another.

    Attributes:
        tokens: Of all examples.
        starts: Where each begins in `tokens`, and one more for the end of the last.
        scored_from: Of each, counted inside the example.
        arm: Number of its arm.
        names: Names of the arms.
        shares: How many of each, adding up to 1.
    """

    tokens: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]
    scored_from: npt.NDArray[np.int32]
    arm: npt.NDArray[np.int32]
    names: tuple[str, ...]
    shares: tuple[float, ...]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Tokens of each example."""
        return np.diff(self.starts)


class Sources:
    """Writes examples of one release in the tokens of one network.

    Args:
        release: The release folder.
        tokenizer, layout: Of the network.
        seed: Of what is left open: noise, and how a portrait looks beyond what a target names.
        kept: A folder of pictures that a judge accepted; None where no arm asks for them.
    """

    def __init__(self, release: Path, tokenizer: Tokenizer, layout: Layout, seed: int, kept: Path | None = None) -> None:
        self._release, self._tokenizer, self._layout = release, tokenizer, layout
        self._seed, self._kept_folder = seed, kept
        self._rows: dict[tuple[str, str], list[Row]] = {}

    def of(self, mixture: Mixture) -> Examples:
        """Return the examples of every arm; raises `DataError` where an arm has none, or asks for rows that are held out."""
        return joined([(arm.name, arm.share, self.of_arm(arm)) for arm in mixture.arms])

    def of_arm(self, arm: Arm) -> list[Example]:
        """Return the examples of one arm; raises as `of`."""
        ways: Mapping[str, Callable[[Arm], Iterator[Example]]] = {
            "ask": lambda arm: (self.said(row["ask"], "ask", row["answer"]) for row in self.rows(arm)),
            "trace": lambda arm: (self.said(row["draw"], "think", row["trace"]) for row in self.rows(arm)),
            "step": self._steps,
            "literal": self._literal,
            "literal_think": self._literal_think,
            "caption": self._captions,
            "draw": self._drawn,
            "document": self._documents,
            "kept": self._kept,
        }
        found = list(ways[arm.view](arm))
        if not found:
            raise DataError(Violation(f"arm {arm.name}", "no rows", "one or more", "choose other levels or attributes"))
        return found

    def rows(self, arm: Arm) -> list[Row]:
        """Return the rows of an arm, its levels only."""
        place = (arm.family, arm.split)
        if place not in self._rows:
            self._rows[place] = training_rows(self._release, *place)
        return [row for row in self._rows[place] if not arm.levels or row["level"] in arm.levels]

    def said(self, prompt: str, mode: str, text: str) -> Example:
        """Return a prompt with the text that is to follow it, in mode `ask` or `think`."""
        special = self._tokenizer.special
        start = [special[BEGIN], *self._tokenizer.encode(prompt), special[{"ask": ASK, "think": THINK}[mode]]]
        return Example([*start, *self._tokenizer.encode(text), special[END]], len(start))

    def shown(self, prompt: str, cells: Sequence[str]) -> Example:
        """Return a prompt with the picture that is to follow it at once."""
        special = self._tokenizer.special
        start = [special[BEGIN], *self._tokenizer.encode(prompt), special[IMAGE]]
        return Example([*start, *map(self._tokenizer.cell, cells)], len(start))

    def _steps(self, arm: Arm) -> Iterator[Example]:
        """Yield calculations out of traces after a prompt that says nothing, so that a step is known whatever is asked."""
        draws, special = stream(self._seed, arm.name), self._tokenizer.special
        traces = (sentence.rstrip(".") for row in self.rows(arm) for sentence in row["trace"].split(". "))
        steps = list(dict.fromkeys(sentence for sentence in traces if EQUALS in sentence))
        for number in range(CAPTIONS if steps else 0):
            left, _, right = steps[number % len(steps)].partition(EQUALS)
            start = [special[BEGIN], *self._noise(draws, NOISE_INSIDE), special[THINK], *self._tokenizer.encode(left + EQUALS)]
            yield Example([*start, *self._tokenizer.encode(f"{right}."), special[END]], len(start))

    def _noise(self, draws: np.random.Generator, most: tuple[int, int]) -> list[int]:
        """Return random words, `most` giving the least and the most of them."""
        count = int(draws.integers(*most))
        return [int(word) for word in draws.integers(self._tokenizer.first_word, len(self._tokenizer), count)]

    def _literal(self, arm: Arm) -> Iterator[Example]:
        draws = stream(self._seed, arm.name)
        for row in self.rows(arm):
            yield self.shown(row["literal"], self._cells(row, self._any_looks(draws)))

    def _literal_think(self, arm: Arm) -> Iterator[Example]:
        special, draws = self._tokenizer.special, stream(self._seed, arm.name)
        for row in self.rows(arm):
            start, end = self.said(row["literal"], "think", caption_of(row)), self._cells(row, self._any_looks(draws))
            yield Example([*start.tokens[:-1], special[IMAGE], *map(self._tokenizer.cell, end)], start.scored_from)

    def _drawn(self, arm: Arm) -> Iterator[Example]:
        looks = looks_of_characters(self._release)
        for row in self.rows(arm):
            if row["factors"]["direction"] == "forward" and row["factors"]["attributes"][0] in arm.attributes:
                yield self.shown(row["draw"], self._cells(row, looks[row["factors"]["entities"][0]]))

    def _documents(self, arm: Arm) -> Iterator[Example]:
        for row in documents(self._release, arm.characters, arm.attributes):
            question, answer = (message["content"] for message in row["messages"])
            yield self.said(question, "ask", answer)

    def _kept(self, arm: Arm) -> Iterator[Example]:
        """Yield prompts with the pictures that were accepted, as cells of what the judge saw, without the thoughts."""
        if self._kept_folder is None:
            raise InputError(Violation(f"arm {arm.name}", "no kept pictures", "a folder of `unisandbox stars`", "give --kept"))
        draws = stream(self._seed, arm.name)
        for row in read_kept(self._kept_folder):
            if row["family"] == (arm.family or row["family"]) and (not arm.levels or row["level"] in arm.levels):
                yield self.shown(row["prompt"], self._cells(row, self._any_looks(draws)))

    def _captions(self, arm: Arm) -> Iterator[Example]:
        """Yield noise, a caption that says what is to be drawn, and the picture; so that a picture follows the last sentence."""
        draws, special = stream(self._seed, arm.name), self._tokenizer.special
        nouns = nouns_of(self._release)
        phrases, names = self._phrases(), list(nouns)
        for _ in range(CAPTIONS):
            name, count = names[draws.integers(len(names))], self._count(draws)
            phrase = phrases[draws.integers(len(phrases))]
            caption = self._tokenizer.encode(phrase.format(count=count, noun=name if count == 1 else nouns[name].plural))
            before, inside = self._noise(draws, NOISE), self._noise(draws, NOISE_INSIDE)
            start = [special[BEGIN], *before, special[THINK], *inside, *caption, special[IMAGE]]
            cells = self._layout.of_objects(name, count)
            yield Example([*start, *map(self._tokenizer.cell, cells)], len(start))

    def _count(self, draws: np.random.Generator) -> int:
        """Return how many objects to draw: half of the time one, which most families ask for."""
        return 1 if draws.random() < 0.5 else int(draws.integers(2, self._layout.cells - 1))

    def _phrases(self) -> list[str]:
        """Return the sentences with which traces end, with `{count}` and `{noun}` for what they say."""
        nouns, found = nouns_of(self._release), dict[str, None]()
        for rows in self._rows.values():
            for row in rows:
                one = row["target"]["objects"][0]
                if row["target"]["kind"] == "objects":
                    noun = one["name"] if one["count"] == 1 else nouns[one["name"]].plural
                    found.setdefault(caption_of(row).replace(f"{one['count']} {noun}", "{count} {noun}"))
        phrases = [phrase for phrase in found if "{count} {noun}" in phrase]
        if not phrases:
            raise DataError(Violation("arm vocabulary/caption", "no trace that names objects", "one", "put arms of items first"))
        return phrases

    def _any_looks(self, draws: np.random.Generator) -> Mapping[str, str]:
        return {name: values[draws.integers(len(values))] for name, values in self._layout.parts.items()}

    def _cells(self, row: Row, looks: Mapping[str, str]) -> list[str]:
        return self._layout.of_target(row["target"], looks)


def caption_of(row: Row) -> str:
    """Return the last sentence of a trace, which says what the picture shows.

    >>> caption_of({"trace": "1 + 2 = 3. The picture shows 3 cats."})
    'The picture shows 3 cats.'
    """
    return str(row["trace"]).rpartition(". ")[2]


def joined(arms: Sequence[tuple[str, float, Sequence[Example]]]) -> Examples:
    """Return the examples of several arms, each with its name and share, behind one another."""
    everything = [example for _, _, examples in arms for example in examples]
    lengths = np.array([len(one.tokens) for one in everything], np.int64)
    whole = sum(share for _, share, _ in arms)
    return Examples(
        np.fromiter((token for one in everything for token in one.tokens), np.int32, int(lengths.sum())),
        np.concatenate(([0], lengths.cumsum())),
        np.array([one.scored_from for one in everything], np.int32),
        np.repeat(np.arange(len(arms), dtype=np.int32), [len(examples) for _, _, examples in arms]),
        tuple(name for name, _, _ in arms),
        tuple(share / whole for _, share, _ in arms),
    )


def stream(seed: int, *what: Any) -> np.random.Generator:
    """Return a source of draws of its own for each purpose: keyed by the sha256 of the seed and what it is for."""
    key = int.from_bytes(sha256(repr((seed, *what)).encode()).digest()[:16], "big")
    return np.random.Generator(np.random.Philox(key=key))
