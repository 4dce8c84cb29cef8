"""Measures blind guessers on every split but train: none may score above the `chance` that the items state.

A probe guesses among an item's `choices` from one cue that is not the task: a place, a length, a frequency. It is scored on each
split and level (and direction, where there are several) and on all splits of a level together, and told with its interval of 99%.
Hundreds of such figures are judged at once, so some lie above chance by luck. A figure fails where it lies farther above chance
than luck brings any of them in one audit of a hundred (Bonferroni's bound, Dunn 1961); `allowed` says where that is. Choices that
share a best score share the hit. Items of one group and items with one key count as one case. A probe that scores below chance is
no shortcut and passes.

What is the task, is no shortcut and is not probed: the rule that names the queried symbol of a one-hop `mapping`, and which
candidate of an `inverse` item the corpus names beside the clues. The value that an `inverse` item shows is guessed from the clues
with its candidates left out of the count, so that nothing is left but how values go together in others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from unisandbox.generators.checks import probes
from unisandbox.generators.checks.base import CONFIDENCE, FAIL, MOST_EXAMPLES, NOTE, PASS, TRAIN, Published, Result, Rule
from unisandbox.generators.checks.guesses import NO_GUESS, Asked, Gain, Numbers, gain
from unisandbox.generators.checks.probes import Lessons, Told
from unisandbox.generators.vocabulary import categories, generic_words, noun_of_word, nouns_in

COLUMNS = (
    *("id", "group", "key", "draw", "answer", "choices", "chance"),
    *(f"factors.{name}" for name in ("direction", "operators", "symbols", "links", "entities", "attributes", "values")),
)
MOST_ASKED = 10_000  # rows of a split and level: an interval of a point to either side, and no more time than a minute
INVERSE = "inverse"
RULE = " > "  # stands in the links of `mapping` between the two that a rule joins
DOCUMENTED = "docs/releases.md, `chance`"


class Known(NamedTuple):
    """What a guesser may have read before it is asked: training items, and the corpus where there is one."""

    lessons: Lessons | None
    corpus: Told | None


class Guesses(NamedTuple):
    """What a probe scores of each item, NaN where it does not apply, and what chance scores."""

    hits: Numbers
    chance: Numbers


Probe = Callable[[Asked, Known], Guesses | None]


class Measured(NamedTuple):
    """One figure: a probe on the items of a split and level."""

    rule: str
    scope: str
    gain: Gain
    examples: tuple[str, ...]


def check_shortcuts(published: Published) -> Iterator[Result]:
    """Yield, for every probe, split but train and level that it applies to, its accuracy against the stated chance."""
    measured = [one for config in published.families for one in _of_config(published, config)]
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / len(measured)) if measured else 0.0
    for one in measured:
        yield _judged(one, z)


def _of_config(published: Published, config: str) -> list[Measured]:
    learned, corpus = probes.lessons(published, config), probes.told(published, config)
    found = []
    for asked in _asked(published, config):
        known = Known(learned.get(asked.level, learned.get(None)), corpus)
        found += [one for rule, probe in PROBES.items() for one in _measured(rule, probe, asked, known)]
    order = list(PROBES)
    return sorted(found, key=lambda one: order.index(one.rule))


def _asked(published: Published, config: str) -> Iterator[Asked]:
    """Yield the items of each split but train by level and direction, and those of several splits together."""
    together: dict[tuple[int, str], list[pa.Table]] = {}
    for split in published.splits(config):
        if split == TRAIN:
            continue
        for level, table in published.levels(config, split, COLUMNS):
            for direction, part in _directions(table):
                asked = Asked.of(f"{config}/{split}, level {level}{direction}", level, part.slice(0, MOST_ASKED))
                if len(asked.table):
                    together.setdefault((level, direction), []).append(asked.table)
                    yield asked
    for (level, direction), tables in together.items():
        if len(tables) > 1:
            yield Asked(f"{config}/all but train, level {level}{direction}", level, pa.concat_tables(tables))


def _directions(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Yield the items of each direction, with its name as a scope has it where there are several."""
    each = np.array(table.column("factors.direction").to_pylist(), object)
    several = list(dict.fromkeys(each.tolist()))
    for direction in several:
        yield f", {direction}" if len(several) > 1 else "", table.filter(pa.array(each == direction, pa.bool_()))


def _measured(rule: str, probe: Probe, asked: Asked, known: Known) -> Iterator[Measured]:
    guesses = probe(asked, known)
    if guesses is None:
        return
    applies = ~np.isnan(guesses.hits)
    if applies.any():
        hits = guesses.hits[applies]
        ids = asked.table.column("id").filter(pa.array(applies)).take(pa.array(np.flatnonzero(hits == 1)[:MOST_EXAMPLES]))
        scored = gain(hits, guesses.chance[applies], asked.cluster[applies])
        yield Measured(rule, asked.scope, scored, tuple(ids.to_pylist()))


def _judged(measured: Measured, z: float) -> Result:
    found = measured.gain
    limit = found.chance + z * found.error
    allowed, verdict = f"at most {found.chance:.3f}, by luck {limit:.3f}", PASS if found.accuracy <= limit + 1e-9 else FAIL
    if found.clusters <= z * z or limit >= 1:  # not even a guesser who is always right could be told from luck
        allowed, verdict = "too few cases to judge", NOTE
    low, high = found.interval()
    return Result(
        rule=measured.rule,
        scope=measured.scope,
        figure=f"{found.accuracy:.3f} [{low:.3f}, {high:.3f}]",
        allowed=allowed,
        verdict=verdict,
        n=found.items,
        value=found.accuracy,
        interval=(low, high),
        examples=measured.examples if verdict == FAIL else (),
    )


def _scored(score: Callable[[Asked], Numbers]) -> Probe:
    """Return the probe of scores that need nothing but the items."""
    return lambda asked, _: Guesses(asked.hits(score(asked)), asked.chance)


def _learned(score: Callable[[Asked, Lessons], Numbers]) -> Probe:
    """Return the probe of scores that are learned from train; it does not apply where there is no train."""
    return lambda asked, known: Guesses(asked.hits(score(asked, known.lessons)), asked.chance) if known.lessons else None


def _commonest_here(asked: Asked, _: Known) -> Guesses:
    """Return the hits of giving every item the answer that is most often right in these items."""
    answers = asked.texts("answer")
    counts = Counter(answers)
    best = [answer for answer, count in counts.items() if count == max(counts.values())]
    return Guesses(np.array([(answer in best) / len(best) for answer in answers]), asked.chance)


def _place(sign: int) -> Callable[[Asked], Numbers]:
    return lambda asked: sign * (np.arange(len(asked.choices)) - asked.starts[asked.item]).astype(np.float64)


def _length(sign: int) -> Callable[[Asked], Numbers]:
    def score(asked: Asked) -> Numbers:
        lengths = np.array([len(choice) for choice in asked.choices], np.float64)
        shortest, longest = (kind.reduceat(lengths, asked.starts)[asked.item] for kind in (np.minimum, np.maximum))
        return np.where(shortest == longest, NO_GUESS, sign * lengths)

    return score


def _first_named(asked: Asked) -> Numbers:
    first = asked.mentions[0]
    return np.where(first >= 0, -first, NO_GUESS)


def _last_named(asked: Asked) -> Numbers:
    last = asked.mentions[1]
    return np.where(last >= 0, last, NO_GUESS)


def _nearest_rule(asked: Asked) -> Numbers:
    """Return scores that choose the object whose rule stands nearest to the rule of the queried symbol, where these are two."""
    scores = np.full(len(asked.choices), NO_GUESS)
    rows = zip(asked.texts("factors.symbols"), asked.texts("factors.links"), strict=True)
    for (symbols, links), start, size in zip(rows, asked.starts.tolist(), asked.sizes.tolist(), strict=True):
        ends = [link.split(RULE) for link in links or () if RULE in link]
        rules = {right: number for number, (_, right) in enumerate(ends)}
        queried = [number for number, (left, _) in enumerate(ends) if symbols and left == symbols[0]]
        choices = asked.choices[start : start + size]
        if queried and ends[queried[0]][1] not in choices:
            scores[start : start + size] = [-abs(rules[one] - queried[0]) if one in rules else NO_GUESS for one in choices]
    return scores


def _category_word(asked: Asked) -> Numbers:
    """Return scores that choose the objects which the category word fits; no guess without such a word, or without objects."""
    scores = np.full(len(asked.choices), NO_GUESS)
    words = [_category_in(text) for text in asked.texts("draw")]
    for number, (choice, item) in enumerate(zip(asked.choices, asked.item.tolist(), strict=True)):
        if words[item] and noun_of_word(choice):
            scores[number] = choice in _fitting(words[item])
    return scores


def _category_in(text: str) -> str:
    """Return the category whose word stands last in a prompt, for what is asked follows the rules; "" without one."""
    found = _category_words().findall(text)
    return _categories_by_word()[found[-1]] if found else ""


@lru_cache
def _categories_by_word() -> dict[str, str]:
    return {one.singular: one.name for one in categories()}


@lru_cache
def _category_words() -> re.Pattern[str]:
    longest_first = sorted(_categories_by_word(), key=lambda word: (-len(word), word))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")


@lru_cache
def _fitting(category: str) -> frozenset[str]:
    generic = [one.name for one in generic_words()]
    return frozenset(noun.name for name in (generic if category in generic else [category]) for noun in nouns_in(name))


def _named_by_corpus(sign: int) -> Probe:
    def probe(asked: Asked, known: Known) -> Guesses | None:
        if known.corpus is None or not _is_inverse(asked):
            return None
        return Guesses(asked.hits(sign * probes.most_named(asked, known.corpus)), asked.chance)

    return probe


def _value_beside_clues(asked: Asked, known: Known) -> Guesses | None:
    if known.corpus is None or not _is_inverse(asked):
        return None
    return Guesses(*probes.value_beside_clues(asked, known.corpus))


def _is_inverse(asked: Asked) -> bool:
    return set(asked.texts("factors.direction")) == {INVERSE}


PROBES: dict[str, Probe] = {
    "majority-of-train": _learned(probes.commonest_of_train),
    "majority-of-split": _commonest_here,
    "first-choice": _scored(_place(-1)),
    "last-choice": _scored(_place(1)),
    "first-named": _scored(_first_named),
    "last-named": _scored(_last_named),
    "nearest-rule": _scored(_nearest_rule),
    "longest-choice": _scored(_length(1)),
    "shortest-choice": _scored(_length(-1)),
    "category-word": _scored(_category_word),
    "prompt-length": _learned(probes.prompt_length),
    "last-operator": _learned(probes.last_operator),
    "bag-of-words": _learned(probes.bag_of_words),
    "most-named-candidate": _named_by_corpus(1),
    "least-named-candidate": _named_by_corpus(-1),
    "value-beside-clues": _value_beside_clues,
}
GUESSES = {
    "majority-of-train": "the choice that train answers most often at this level",
    "majority-of-split": "the answer that is most often right in the split itself",
    "first-choice": "the first of `choices`",
    "last-choice": "the last of `choices`",
    "first-named": "the choice that `draw` names first",
    "last-named": "the choice that `draw` names last",
    "nearest-rule": "the object whose rule stands nearest to that of the queried symbol, from two hops on",
    "longest-choice": "the longest choice",
    "shortest-choice": "the shortest choice",
    "category-word": "the object that the category word in the question fits",
    "prompt-length": "the choice that train answers most often to prompts of this length",
    "last-operator": "the choice that train answers most often where this operator is worked last",
    "bag-of-words": "the choice that naive Bayes learns from the words of train's prompts",
    "most-named-candidate": "the candidate of an inverse item whom the corpus names most often",
    "least-named-candidate": "the candidate of an inverse item whom the corpus names least often",
    "value-beside-clues": "the value of an inverse item that goes most often with its clues, candidates apart",
}
RULES = tuple(Rule(name, f"guessing {guess} is not above chance", DOCUMENTED) for name, guess in GUESSES.items())
