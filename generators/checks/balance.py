"""Counts what is dealt in turn, level by level and split by split: equally many, one more or less, where that is promised.

What can come is taken from the files too: answers and places from `choices`, templates from all splits that hold out wording
alike; one that never comes counts as 0. Of what is drawn or runs out, the smallest and the largest count are told and not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from unisandbox.generators.checks.base import FAIL, NOTE, PASS, Published, Result, Rule
from unisandbox.generators.checks.guesses import encoded, named

DOCUMENTED = "docs/releases.md"
TOLD = "told, not promised"
RULES = (
    Rule("balanced-answers", "the answers of `math` are equally many, ±1", DOCUMENTED),
    Rule("balanced-templates", "the draw templates of each use are equally many, ±1, over groups of items", DOCUMENTED),
    Rule("balanced-places", "`draw` names the answer first, second, … of the choices equally often, ±1", DOCUMENTED),
    Rule("balanced-directions", "the directions of a level are equally many, ±1", DOCUMENTED),
    Rule("balanced-values", "the values of an attribute are equally many, ±1, in each class of a world", DOCUMENTED),
    Rule("counted-operators", "how often each sequence of operators comes", TOLD),
    Rule("counted-styles", "how often each style of expression comes", TOLD),
    Rule("counted-objects", "how often each object is shown or named", TOLD),
    Rule("counted-attributes", "how often each attribute is asked for", TOLD),
)
JUDGED = frozenset(rule.name for rule in RULES if rule.source != TOLD)
COLUMNS = (
    *("id", "group", "draw", "answer", "choices", "target.kind"),
    *(f"factors.{name}" for name in ("direction", "style", "operators", "objects", "attributes", "templates")),
)
MATH, ENTITIES = "math", "entities"
BALANCED = 1  # counts may differ by so much
BETWEEN = " | "
MOST_READ = 50_000  # prompts of a split and level whose words are read: the first ones, for any stretch is dealt evenly


class Tally(NamedTuple):
    """How often each thing came in a scope, and a row where it did; whatever comes in any tally of a pool could come in all."""

    rule: str
    scope: str
    counts: dict[str, int]
    rows: dict[str, str]
    pool: tuple[str, ...]


def check_balance(published: Published) -> Iterator[Result]:
    """Yield, for every split and level, whether what is dealt in turn is equally many, and how often the rest comes."""
    tallies = [tally for config in published.families for tally in _of_config(published, config)]
    tallies += _values(published)
    tallies = [tally for tally in tallies if any(tally.counts.values())]
    pools: dict[tuple[str, ...], dict[str, int]] = {}
    for tally in tallies:
        pools.setdefault(tally.pool, {}).update(dict.fromkeys(tally.counts, 0))
    for tally in tallies:
        if len(pools[tally.pool]) > 1:
            yield _judged(tally, pools[tally.pool] | tally.counts)


def _judged(tally: Tally, counts: dict[str, int]) -> Result:
    fewest, most = min(counts.values()), max(counts.values())
    verdict = NOTE if tally.rule not in JUDGED else PASS if most - fewest <= BALANCED else FAIL
    extremes = [next(name for name, count in counts.items() if count == extreme) for extreme in (most, fewest)]
    examples = [f"{name}: {counts[name]:,} ({tally.rows.get(name, 'no row')})" for name in extremes]
    return Result(
        rule=tally.rule,
        scope=tally.scope,
        figure=f"{fewest:,} to {most:,} of each of {len(counts):,}",
        allowed="equally many, ±1" if tally.rule in JUDGED else "not judged",
        verdict=verdict,
        n=sum(counts.values()),
        value=float(most - fewest),
        examples=tuple(examples) if verdict == FAIL else (),
    )


def _of_config(published: Published, config: str) -> list[Tally]:
    held_out = {promise.split: promise.held_out for promise in published.promises if promise.config == config}
    found: list[Tally] = []
    for split in published.splits(config):
        wording = "held out" if "template" in held_out.get(split, ()) else "seen"
        for level, table in published.levels(config, split, COLUMNS):
            found += _of_level(config, f"{config}/{split}, level {level}", str(level), wording, table)
    order = [rule.name for rule in RULES]
    return sorted(found, key=lambda tally: order.index(tally.rule))


def _of_level(config: str, scope: str, level: str, wording: str, table: pa.Table) -> Iterator[Tally]:
    if config == MATH:
        choices = dict.fromkeys(pc.unique(pc.list_flatten(table["choices"])).to_pylist(), 0)
        answers = _tally("balanced-answers", scope, table["answer"], table["id"], ("answers", scope))
        yield answers._replace(counts=choices | answers.counts)
    yield from _templates(config, scope, wording, table)
    yield from _places(scope, table)
    yield _tally("balanced-directions", scope, table["factors.direction"], table["id"], ("directions", config, level))
    for rule, texts, ids in _told(table):
        yield _tally(rule, scope, texts, ids, (rule, scope))


def _told(table: pa.Table) -> Iterator[tuple[str, pa.ChunkedArray, pa.ChunkedArray]]:
    """Yield what is only told: a rule, texts, null where an item has nothing of the kind, and the ids beside them."""
    ids, objects = table["id"], table["factors.objects"].combine_chunks()
    yield "counted-operators", _joined(table["factors.operators"]), ids
    yield "counted-styles", table["factors.style"], ids
    yield "counted-objects", pa.chunked_array([pc.list_flatten(objects)]), ids.take(pc.list_parent_indices(objects))
    yield "counted-attributes", pc.replace_substring_regex(_joined(table["factors.attributes"]), r".*\| ", ""), ids


def _templates(config: str, scope: str, wording: str, table: pa.Table) -> Iterator[Tally]:
    """Yield the draw templates of each use, that is of each direction and kind of picture; a group has one."""
    firsts = table.take(pa.array(np.sort(np.unique(encoded(table["group"])[0], return_index=True)[1])))
    uses = pc.binary_join_element_wise(pc.fill_null(firsts["factors.direction"], ""), firsts["target.kind"], " ")
    several = pc.unique(uses).to_pylist()
    for use in several:
        own = firsts.filter(pc.equal(uses, use))
        where = f"{scope}, {use.strip()}" if len(several) > 1 else scope
        drawn = pc.list_element(own["factors.templates"], 0)
        yield _tally("balanced-templates", where, drawn, own["id"], ("templates", config, wording, use))


def _places(scope: str, table: pa.Table) -> Iterator[Tally]:
    """Yield at which place `draw` names the answer, of items that name all their choices; for each number of choices."""
    places: dict[int, list[str]] = {}
    rows: dict[int, list[str]] = {}
    columns = (table[name].slice(0, MOST_READ).to_pylist() for name in ("id", "draw", "answer", "choices"))
    for row, draw, answer, choices in zip(*columns, strict=True):
        firsts = [first for first, _ in named(draw, choices)]
        if answer in choices and min(firsts) >= 0:
            places.setdefault(len(choices), []).append(str(sorted(firsts).index(firsts[choices.index(answer)]) + 1))
            rows.setdefault(len(choices), []).append(row)
    for size in sorted(places):
        tally = _tally("balanced-places", scope, _texts(places[size]), _texts(rows[size]), ("places", scope, str(size)))
        yield tally._replace(counts={str(place): tally.counts.get(str(place), 0) for place in range(1, size + 1)})


def _values(published: Published) -> Iterator[Tally]:
    """Yield how often each value of each attribute is given to the characters of a class."""
    found: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for split in published.splits(ENTITIES):
        for one in published.table(ENTITIES, split, ["id", "world", "character_split", "attributes"]).to_pylist():
            for fact in one["attributes"]:
                values, rows = found.setdefault((f"world {one['world']}, {one['character_split']}", fact["name"]), ([], []))
                values.append(fact["value"])
                rows.append(one["id"])
    for (scope, attribute), (values, rows) in found.items():
        yield _tally("balanced-values", f"{scope}, {attribute}", _texts(values), _texts(rows), ("values", attribute))


def _tally(rule: str, scope: str, texts: pa.ChunkedArray, ids: pa.ChunkedArray, pool: tuple[str, ...]) -> Tally:
    """Return how often each text comes, and the first row that has it; null is none."""
    given = pc.is_valid(texts)
    numbers, names = encoded(texts.filter(given))
    _, first, counts = np.unique(numbers, return_index=True, return_counts=True)
    rows = ids.filter(given).take(pa.array(first)).to_pylist()
    return Tally(rule, scope, dict(zip(names, counts.tolist(), strict=True)), dict(zip(names, rows, strict=True)), pool)


def _joined(lists: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the texts of each list as one text, null for an empty list."""
    return pc.if_else(pc.greater(pc.list_value_length(lists), 0), pc.binary_join(lists, BETWEEN), None)


def _texts(texts: list[str]) -> pa.ChunkedArray:
    return pa.chunked_array([texts], pa.string())
