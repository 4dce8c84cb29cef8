"""Compares the coined names of a release with real words and names, and with each other.

A name that a list holds is wrong. One that is a single edit away from a word may remind a model of it: that is judged where the
release promises more, and told elsewhere. Words are looked up among all texts one edit from a name (some 400 a name), so that the
lists are read once, a language at a time: ten million words in some seconds.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from unisandbox.generators.checks.base import FAIL, JUDGEMENT, MOST_EXAMPLES, NOTE, PASS, PROOF, Published, Result, Rule, shared
from unisandbox.generators.name_lists import WordList, around, person_lists, vocabulary_list

ENTITIES, KNOWLEDGE = "entities", "knowledge"
COMMON_ZIPF = 3.0  # once in a million words
SCALE = 100  # bucket i of a list holds the words of 10 ** -(i / 100)
HIGHEST_ZIPF = 9.0
UNDIVIDED = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "ß": "ss",
}  # NFKD keeps them whole
LATIN = r"^[\x{00}-\x{24f}\x{1e00}-\x{1eff}]+$"
IN_ORDER = [("word", "ascending"), ("where", "ascending"), ("zipf", "descending")]
MOST_GROWN = 2  # letters that a word gains when its letters like æ are taken apart
ANY, COMMON = "any word", f"words of zipf {COMMON_ZIPF:g} and up"

RULES = (
    Rule(
        "listed-name",
        "no name is a word of wordfreq, a Faker name of any locale, or a word of the vocabulary",
        "lists/SOURCES.md",
    ),
    Rule("twin-names", "no two names of the release are one edit apart", "DESIGN 5, names"),
    Rule(
        "near-name",
        "names that are one edit away from such a word; none where the release's `least_name_edits` is 2",
        "Levenshtein 1966",
        JUDGEMENT,
    ),
    Rule("refused-names", "candidates that were looked at for the names, and refused", "manifest.json: facts", JUDGEMENT),
)


class Near(NamedTuple):
    """A listed word that is a name, or one edit away from it."""

    name: str
    word: str
    where: str
    zipf: float


@dataclass
class Found:
    """What the lists of one source hold of the names and of what is one edit away from them."""

    listed: list[Near] = field(default_factory=list)
    near: list[Near] = field(default_factory=list)


def check_names(published: Published) -> Iterator[Result]:
    """Yield how names compare with words and with each other, list by list, and how many candidates were refused for them."""
    if ENTITIES not in published.manifest.configs:
        return
    names = [
        name for split in published.splits(ENTITIES) for name in published.table(ENTITIES, split, ["name"])["name"].to_pylist()
    ]
    texts = around(names)
    is_promised = published.options(KNOWLEDGE).get("least_name_edits") == 2
    yield _twins(names, texts)
    for source, found in _found(texts).items():
        yield _told_listed(source, len(names), found)
        yield _told_near(f"{ENTITIES}, {source}, {ANY}", names, found.near, is_promised)
        if source == "wordfreq":
            common = [one for one in found.near if one.zipf >= COMMON_ZIPF]
            yield _told_near(f"{ENTITIES}, {source}, {COMMON}", names, common, is_promised)
    yield from _refused(published.manifest.facts.get(KNOWLEDGE, {}))


def folded(words: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return words in small letters and without accents, as names are spelled.

    >>> folded(pa.chunked_array([["Čeněk", "Øre", "straße"]])).to_pylist()
    ['cenek', 'ore', 'strasse']
    """
    bare = pc.utf8_normalize(pc.utf8_lower(words), form="NFKD")
    bare = pc.replace_substring_regex(bare, r"\p{Mn}+", "")
    for letter, spelled in UNDIVIDED.items():
        bare = pc.replace_substring(bare, letter, spelled)
    return bare


def _found(texts: Mapping[str, list[str]]) -> dict[str, Found]:
    """Return what each source holds, by its name."""
    found = {source: Found() for source in ("wordfreq", "Faker", "vocabulary")}
    wanted = pa.array(texts, pa.string())
    lengths = [len(text) for text in texts] or [0]
    for source, every in _lists():
        words = _of_length(every, min(lengths), max(lengths))
        for hit in words.filter(pc.is_in(words["word"], value_set=wanted)).sort_by(IN_ORDER).to_pylist():
            for name in texts[hit["word"]]:
                kept = found[source].listed if name.lower() == hit["word"] else found[source].near
                kept.append(Near(name, hit["word"], hit["where"], hit["zipf"]))
    return found


def _of_length(every: pa.Table, shortest: int, longest: int) -> pa.Table:
    """Return the words of Latin script, folded, that can then have such a length."""
    length = pc.utf8_length(every["word"])
    fitting = every.filter(pc.and_(pc.greater_equal(length, shortest - MOST_GROWN), pc.less_equal(length, longest)))
    is_ascii = pc.string_is_ascii(fitting["word"])
    others = fitting.filter(pc.invert(is_ascii))
    others = others.filter(pc.match_substring_regex(others["word"], LATIN))
    return pa.concat_tables([fitting.filter(is_ascii), others.set_column(0, "word", folded(others["word"]))])


def _lists() -> Iterator[tuple[str, pa.Table]]:
    """Yield the source of words, and each with where it is listed and its zipf frequency: 0 for names and the vocabulary."""
    import wordfreq  # heavy, and needed here only

    for language, path in sorted(wordfreq.available_languages("best").items()):
        buckets = wordfreq.read_cBpack(path)
        zipfs = np.repeat(HIGHEST_ZIPF - np.arange(len(buckets)) / SCALE, [len(bucket) for bucket in buckets])
        words = pa.array(itertools.chain.from_iterable(buckets), pa.string())
        yield "wordfreq", pa.table({"word": words, "where": pa.repeat(language, len(words)), "zipf": zipfs})
    yield "Faker", pa.concat_tables(_plain_list(words) for words in person_lists())
    yield "vocabulary", _plain_list(vocabulary_list())


def _plain_list(words: WordList) -> pa.Table:
    lines = words.lines.split("\n")
    return pa.table({"word": lines, "where": [words.where] * len(lines), "zipf": np.zeros(len(lines))})


def _told_listed(source: str, count: int, found: Found) -> Result:
    listed = _one_a_name(found.listed)
    return shared("listed-name", f"{ENTITIES}, {source}", len(listed), count, listed)


def _one_a_name(found: list[Near]) -> list[str]:
    """Return the most frequent word beside each name, most frequent first."""
    ordered = sorted(found, key=lambda one: (-one.zipf, one.name, one.word, one.where))
    first: dict[str, Near] = {}
    for one in ordered:
        first.setdefault(one.name, one)
    return [f"{one.name}: {one.word} ({one.where})" for one in first.values()]


def _told_near(scope: str, names: list[str], near: list[Near], is_promised: bool) -> Result:
    """Return how many names are near a word: judged where the release promises more, a note elsewhere."""
    told = _one_a_name(near)
    return Result(
        rule="near-name",
        scope=scope,
        figure=f"{len(told):,} of {len(names):,}",
        allowed="0" if is_promised else "told, not promised",
        verdict=(FAIL if told else PASS) if is_promised else NOTE,
        severity=PROOF if is_promised else JUDGEMENT,
        n=len(names),
        value=float(len(told)),
        examples=tuple(told[:MOST_EXAMPLES]),
    )


def _twins(names: list[str], texts: Mapping[str, list[str]]) -> Result:
    """Return how many names are equal to another or one edit away from it."""
    near = {name: [other for other in texts[name.lower()] if other != name] for name in names}
    pairs = [f"{name}: {', '.join(others)}" for name, others in near.items() if others]
    repeated = [f"{name}: {count} times" for name, count in Counter(names).items() if count > 1]
    return shared("twin-names", ENTITIES, len(pairs) + len(repeated), len(names), [*repeated, *pairs])


def _refused(facts: Mapping[str, object]) -> Iterator[Result]:
    """Yield the candidates that the build refused: all, and by list where the manifest tells."""
    tried, refused = facts.get("names_tried"), facts.get("names_refused")
    by_list = facts.get("names_refused_by_list", {})
    if isinstance(tried, int) and isinstance(refused, int) and isinstance(by_list, dict):
        for source, count in {"all lists": refused, **by_list}.items():
            yield Result(
                rule="refused-names",
                scope=f"candidates, {source}",
                figure=f"{count:,} of {tried:,}",
                allowed="told, not judged",
                verdict=NOTE,
                severity=JUDGEMENT,
                n=tried,
                value=float(count),
            )
