"""Compares the wording of splits with train's: texts that are equal once case and punctuation are set aside, and shared n-grams.

Equal texts are a leak. Shared n-grams are told and not judged: sentences are made of templates, so splits share most of their
words by design, and the figure says how many. Words and n-grams are compared by digests of 64 bits: where 10^7 n-grams are looked
for among 10^8, one in 2 x 10^4 audits counts one that is not shared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unisandbox.generators.checks.base import JUDGEMENT, MOST_EXAMPLES, NOTE, TRAIN, Published, Result, Rule, shared

Digests = npt.NDArray[np.uint64]

VIEWS = ("draw", "ask")
# Operators, brackets and the marks of rules carry meaning ("8 / 4" is not "8 - 4"): only the marks of sentences are set aside.
PUNCTUATION = r"""[.,;:!?"'\x{2018}\x{2019}\x{201c}\x{201d}]"""
LENGTHS = (8, 13)
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, so no factor of a digest is lost: Knuth's, the golden ratio in 64 bits
CHUNK_ROWS = 2**16
FILTER_BITS = 25  # a byte each: 32 MiB say of most n-grams of train that no other split has them

RULES = (
    Rule(
        "normalised-text", "no draw or ask text of a split is train's, case and punctuation apart", "docs/releases.md, axis `key`"
    ),
    Rule(
        "shared-8-grams",
        "share of draw texts of which some 8 words in a row stand in train",
        "the length is that of Chowdhery et al. 2022 (PaLM), section 8",
        JUDGEMENT,
    ),
    Rule(
        "shared-13-grams",
        "share of draw texts of which some 13 words in a row stand in train",
        "Brown et al. 2020 (GPT-3), appendix C",
        JUDGEMENT,
    ),
)


class Ngrams(NamedTuple):
    """The digests of all n-grams of some texts, and beside each the number of its text."""

    digests: Digests
    rows: npt.NDArray[np.int64]


def check_overlap(published: Published) -> Iterator[Result]:
    """Yield, for every split but train, how many of its texts train has, and which share of them has an n-gram of train's."""
    for config in published.families:
        splits = [split for split in published.splits(config) if split != TRAIN]
        if splits and TRAIN in published.splits(config):
            yield from _draw_overlap(published, config, splits)
            own = {split: published.table(config, split, ["id", "ask"]) for split in splits}
            equal = Equal(own, "ask")
            for words in _trained(published, config, "ask"):
                equal.look_in(words)
            yield from equal.results(config)


def words_of(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the words of texts in small letters, without the marks of sentences.

    >>> words_of(pa.chunked_array([["Draw  Kebola's hat!"]])).to_pylist()
    [['draw', 'kebola', 's', 'hat']]
    """
    bare = pc.replace_substring_regex(pc.utf8_lower(texts), PUNCTUATION, " ")
    return pc.ascii_split_whitespace(pc.ascii_trim_whitespace(bare))


def normalised(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return texts in small letters, without the marks of sentences, words one blank apart.

    >>> normalised(pa.chunked_array([["Draw  Kebola's hat!", "What is (8 - 2) / 3?"]])).to_pylist()
    ['draw kebola s hat', 'what is (8 - 2) / 3']
    """
    return pc.binary_join(words_of(texts), " ")


def ngrams(words: pa.ChunkedArray, lengths: tuple[int, ...] = LENGTHS) -> dict[int, Ngrams]:
    """Return the n-grams of the words of each text, for each length; a text with fewer words has none."""
    lists = words.combine_chunks()
    flat = lists.flatten().dictionary_encode()
    known = np.array([_digest(word) for word in flat.dictionary.to_pylist()], np.uint64)
    rows = pc.list_parent_indices(lists).to_numpy()
    is_word = known[flat.indices.to_numpy()] if len(flat) else known
    rolling = {1: is_word}
    found = {}
    for length in lengths:
        if len(rows) < length:
            found[length] = Ngrams(is_word[:0], rows[:0])
            continue
        firsts, lasts = rows[: len(rows) - length + 1], rows[length - 1 :]
        inside = firsts == lasts
        found[length] = Ngrams(_scattered(_rolled(rolling, length)[inside]), firsts[inside])
    return found


def _draw_overlap(published: Published, config: str, splits: list[str]) -> Iterator[Result]:
    own = {split: published.table(config, split, ["id", "draw"]) for split in splits}
    told = {split: ngrams(words_of(table["draw"])) for split, table in own.items()}
    sought = {length: Sought(np.concatenate([told[split][length].digests for split in splits])) for length in LENGTHS}
    equal = Equal(own, "draw")
    for words in _trained(published, config, "draw"):
        equal.look_in(words)
        for length, trained in ngrams(words).items():
            sought[length].look_in(trained.digests)
    yield from equal.results(config)
    for split in splits:
        for length in LENGTHS:
            one = told[split][length]
            hits = len(np.unique(one.rows[sought[length].found(one.digests)]))
            yield _note(f"shared-{length}-grams", f"{config}/{split}", hits, len(own[split]))


def _note(rule: str, scope: str, hits: int, n: int) -> Result:
    return Result(
        rule=rule,
        scope=scope,
        figure=f"{hits / n:.1%} of {n:,}",
        allowed="told, not judged",
        verdict=NOTE,
        severity=JUDGEMENT,
        n=n,
        value=hits / n,
    )


class Equal:
    """The normalised texts of splits, and which of them train has too."""

    def __init__(self, own: Mapping[str, pa.Table], view: str) -> None:
        self.own, self.view = own, view
        self.texts = {split: normalised(table[view]) for split, table in own.items()}
        self.wanted = pc.unique(pa.chunked_array([chunk for one in self.texts.values() for chunk in one.chunks], pa.string()))
        self.leaked = [self.wanted.slice(0, 0)]

    def look_in(self, words: pa.ChunkedArray) -> None:
        """Take note of which texts a chunk of train has."""
        trained = pc.binary_join(words, " ")
        self.leaked.append(pc.unique(trained.filter(pc.is_in(trained, value_set=self.wanted))))

    def results(self, config: str) -> Iterator[Result]:
        """Yield how many texts of each split were met."""
        leaked = pc.unique(pa.chunked_array(self.leaked))
        for split, texts in self.texts.items():
            hits = pc.is_in(texts, value_set=leaked)
            rows = self.own[split].filter(hits).slice(0, MOST_EXAMPLES).to_pylist()
            examples = [f"{row['id']}: {row[self.view]}" for row in rows]
            yield shared("normalised-text", f"{config}/{split}, {self.view}", pc.sum(hits).as_py(), len(hits), examples)


class Sought:
    """Digests that are looked for in one chunk after another; those that were met are looked for no more."""

    def __init__(self, wanted: Digests) -> None:
        self.left = np.unique(wanted)
        self.met: list[Digests] = []
        self._filter = _filter_of(self.left)

    def look_in(self, digests: Digests) -> None:
        """Take note of which digests of a chunk are wanted."""
        likely = np.sort(digests[self._filter[digests >> np.uint64(64 - FILTER_BITS)]])  # neighbours in cache for the search
        places = np.minimum(np.searchsorted(self.left, likely), len(self.left) - 1)
        hits = places[self.left[places] == likely]
        if len(hits):
            is_left = np.ones(len(self.left), bool)
            is_left[hits] = False
            self.met.append(self.left[~is_left])
            self.left = self.left[is_left]
            self._filter = _filter_of(self.left)

    def found(self, digests: Digests) -> npt.NDArray[np.bool_]:
        """Return which of these digests were met."""
        return np.isin(digests, np.concatenate([np.array([], np.uint64), *self.met]))


def _filter_of(digests: Digests) -> npt.NDArray[np.bool_]:
    """Return whether some digest begins with so many bits, for all values of these bits."""
    begun = np.zeros(2**FILTER_BITS, bool)
    begun[digests >> np.uint64(64 - FILTER_BITS)] = True
    return begun


def _scattered(digests: Digests) -> Digests:
    """Return digests whose first bits depend on all bits: the finaliser of SplitMix64 (Steele et al. 2014)."""
    mixed = (digests ^ (digests >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _digest(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")


def _rolled(known: dict[int, Digests], length: int) -> Digests:
    """Return the digest of as many words in a row from each word on, out of two shorter runs; all are kept in `known`."""
    if length not in known:
        left = 2 ** ((length - 1).bit_length() - 1)
        first, last = _rolled(known, left), _rolled(known, length - left)
        known[length] = first[: len(last) - left] * np.uint64(pow(int(MULTIPLIER), length - left, 2**64)) + last[left:]
    return known[length]


def _trained(published: Published, config: str, view: str) -> Iterator[pa.ChunkedArray]:
    """Yield the words of a column of train, some ten thousand rows at a time; the next are read while these are compared."""
    texts = published.table(config, TRAIN, [view])[view]
    chunks = (texts.slice(start, CHUNK_ROWS) for start in range(0, len(texts), CHUNK_ROWS))
    with ThreadPoolExecutor(1) as reader:
        ahead = None
        for chunk in chunks:
            read, ahead = ahead, reader.submit(words_of, chunk)
            if read:
                yield read.result()
        if ahead:
            yield ahead.result()
