"""Proves that splits share nothing with train on the axes that the release declares, and that editions share no item.

What a row has on an axis is read from its published columns. Train is only searched for what the other split has, so a million
rows of it cost little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from unisandbox.errors import DataError, Violation
from unisandbox.generators.checks.base import MOST_EXAMPLES, NOTE, TRAIN, VALIDATION, Promise, Published, Result, Rule, shared

RULES = (
    Rule("held-out-instance", "no id and no draw text of a split is one of train's", "docs/releases.md"),
    Rule("held-out-key", "no key of a split is one of train's", "docs/releases.md, axis `key`"),
    Rule(
        "held-out-object",
        "no object that a split names, shows or nearly shows is in train",
        "docs/releases.md, axis `object`",
    ),
    Rule("held-out-template", "no template of a split is used in train", "docs/releases.md, axis `template`"),
    Rule("held-out-entity", "no character of a split, candidates too, is in an item of train", "docs/releases.md, axis `entity`"),
    Rule("held-out-composition", "no operators or attributes of a split occur together in train", "a split that names the axis"),
    Rule("held-out-depth", "no depth of a split occurs in train", "docs/releases.md, axis `depth`"),
    Rule("validation-key", "no key of validation is one of a test's", "a choice made on validation must not see a test"),
    Rule("edition-instance", "no draw text of an edition is in another edition of its line", "docs/releases.md, `line`"),
    Rule(
        "edition-question",
        "no key of an edition has the objects and style that it has in the same split of another, however worded",
        "docs/releases.md, `line`",
    ),
    Rule("edition-key", "no key of an edition's train is in a test of another edition, either way", "docs/releases.md, `line`"),
    Rule("edition-entity", "no character of an edition is in another edition of its line", "docs/releases.md, `line`"),
)


class Had(NamedTuple):
    """What rows have on an axis: values, and beside each the id of the row that has it; a row can have several values or none."""

    values: pa.ChunkedArray
    ids: pa.ChunkedArray


Reading = Callable[[Published, str, str], Had]


def check_held_out(published: Published) -> Iterator[Result]:
    """Yield, for every split but train, the result of `instance` and of each axis that it promises to hold out.

    Raises:
        DataError: A split promises an axis that nothing here can check.
    """
    for config in published.families:
        splits = published.splits(config)
        trained: dict[str, Had] = {}
        for promise in published.promises if TRAIN in splits else ():
            if promise.config == config and promise.split != TRAIN and promise.split in splits:
                yield from _of_split(published, promise, trained)


def check_validation_keys(published: Published) -> Iterator[Result]:
    """Yield, for every test of a config with a validation split, how many of its keys validation has."""
    for config in published.families:
        splits = published.splits(config)
        for split in splits if VALIDATION in splits else ():
            if split not in (TRAIN, VALIDATION):
                own, validation = (_column("key")(published, config, name) for name in (split, VALIDATION))
                yield _result("validation-key", f"{config}/{split}", own, validation)


def against_release(published: Published, other: Published) -> Iterator[Result]:
    """Yield what two releases share. Editions of one line promise to share nothing; for any others the figure is a note."""
    mine, theirs = published.manifest, other.manifest
    is_promised = (mine.line, mine.seed) == (theirs.line, theirs.seed) and mine.edition != theirs.edition
    for result in _compared(published, other):
        yield result if is_promised else _as_note(result)


def common(own: pa.ChunkedArray, others: pa.ChunkedArray) -> pa.Array:
    """Return the values that both have, each once, in the order in which `own` has them first; only `own` is hashed whole.

    >>> common(pa.chunked_array([["b", "a", "b", "c"]]), pa.chunked_array([["a"], ["b", "d"]])).to_pylist()
    ['b', 'a']
    """
    values = pc.unique(own)
    found = pc.unique(others.filter(pc.is_in(others, value_set=values)))
    return values.filter(pc.is_in(values, value_set=found))


def _compared(published: Published, other: Published) -> Iterator[Result]:
    name = f"{other.manifest.name} {other.manifest.version}, edition {other.manifest.edition}"
    for config in (config for config in published.families if config in other.families):
        scope = f"{config} against {name}"
        yield _result("edition-instance", scope, *(_all_of(one, config, "draw") for one in (published, other)))
        for split in (split for split in published.splits(config) if split in other.splits(config)):
            mine, theirs = (_questions(one, config, split) for one in (published, other))
            yield _result("edition-question", f"{scope}, {split}", mine, theirs)
        for one, two, where in ((published, other, "train here"), (other, published, "train there")):
            tests = [split for split in two.splits(config) if split != TRAIN]
            if TRAIN in one.splits(config) and tests:
                trained, tested = _all_of(one, config, "key", [TRAIN]), _all_of(two, config, "key", tests)
                yield _result("edition-key", f"{scope}, {where}", trained, tested)
    if all("entities" in one.manifest.configs for one in (published, other)):
        yield _result(
            "edition-entity", f"entities against {name}", *(_all_of(one, "entities", "id") for one in (published, other))
        )


def _as_note(result: Result) -> Result:
    return replace(result, allowed="promised between editions of one line only", verdict=NOTE)


def _result(rule: str, scope: str, own: Had, others: Had) -> Result:
    """Return how many different values of `own` the others have too; an example names a row of either side."""
    hits = common(own.values, others.values)
    examples = [f"{_first(own, hit)}: {hit.as_py()} ({_first(others, hit)})" for hit in hits.slice(0, MOST_EXAMPLES)]
    return shared(rule, scope, len(hits), len(pc.unique(own.values)), examples)


def _of_split(published: Published, promise: Promise, trained: dict[str, Had]) -> Iterator[Result]:
    """Yield the results of a split; what train has on an axis is kept in `trained` for the next one."""
    scope = f"{promise.config}/{promise.split}"
    for axis in ("instance", *promise.held_out):
        if axis not in AXES:
            where = f"{published.folder / 'manifest.json'}: {scope}: held_out"
            raise DataError(Violation(where, axis, " | ".join(AXES), "audit it with the version that built it"))
        own = AXES[axis](published, promise.config, promise.split)
        if axis not in trained:
            trained[axis] = AXES[axis](published, promise.config, TRAIN)
        told = _instance if axis == "instance" else _result
        yield told(f"held-out-{axis}", scope, own, trained[axis])


def _instance(rule: str, scope: str, own: Had, trained: Had) -> Result:
    """Return how many rows have an id or a draw text of train."""
    ids, draws = (
        pc.is_in(mine, value_set=common(mine, theirs)) for mine, theirs in ((own.ids, trained.ids), (own.values, trained.values))
    )
    hits = pc.or_(ids, draws)
    rows, texts = (one.filter(hits).slice(0, MOST_EXAMPLES).to_pylist() for one in (own.ids, own.values))
    examples = [f"{row}: {text}" for row, text in zip(rows, texts, strict=True)]
    return shared(rule, scope, pc.sum(hits).as_py(), len(own.ids), examples)


def _first(had: Had, value: pa.Scalar) -> str:
    found: str = had.ids[pc.index(had.values, value).as_py()].as_py()
    return found


def _all_of(published: Published, config: str, column: str, splits: Sequence[str] = ()) -> Had:
    """Return a column of several splits, all unless named."""
    tables = [published.table(config, split, list(dict.fromkeys(("id", column)))) for split in splits or published.splits(config)]
    every = pa.concat_tables(table.select(["id"]).append_column("value", table[column]) for table in tables)
    return Had(every["value"], every["id"])


def _column(name: str) -> Reading:
    """Return what reads a column of one value a row."""

    def read(published: Published, config: str, split: str) -> Had:
        table = published.table(config, split, ["id", name])
        return Had(pc.cast(table[name], pa.string()), table["id"])

    return read


def _members(name: str) -> Reading:
    """Return what reads the members of a column of lists."""

    def read(published: Published, config: str, split: str) -> Had:
        table = published.table(config, split, ["id", name])
        return Had(pc.list_flatten(table[name]), table["id"].take(_parents(table[name])))

    return read


def _questions(published: Published, config: str, split: str) -> Had:
    """Return what each row asks, its wording apart: key, style and objects, as one text."""
    table = published.table(config, split, ["id", "key", "factors.style", "factors.objects"])
    parts = (table["key"], pc.fill_null(table["factors.style"], ""), pc.binary_join(table["factors.objects"], " + "))
    return Had(pc.binary_join_element_wise(*parts, " | "), table["id"])


def _composition(published: Published, config: str, split: str) -> Had:
    """Return the operators of each row in order of use, and after them the attributes that it is about, as one text."""
    table = published.table(config, split, ["id", "factors.operators", "factors.attributes"])
    parts = [pc.binary_join(table[name], " ") for name in table.column_names[1:]]
    return Had(pc.utf8_trim_whitespace(pc.binary_join_element_wise(*parts, " ")), table["id"])


def _objects(published: Published, config: str, split: str) -> Had:
    """Return every object that a row names, shows, or has in one of its near misses."""
    table = published.table(config, split, ["id", "factors.objects", "target"])
    found = [Had(pc.list_flatten(table["factors.objects"]), table["id"].take(_parents(table["factors.objects"])))]
    found.append(_shown(table["target"].combine_chunks(), table["id"]))
    paths = [shard.path for shard in published.manifest.shards if (shard.config, shard.split) == (config, split)]
    found += [had for path in paths for had in _near_misses(published.folder / path)]
    return Had(*(pa.chunked_array([chunk for had in found for chunk in had[side].chunks], pa.string()) for side in (0, 1)))


def _near_misses(path: Path) -> Iterator[Had]:
    """Yield the objects of the foils of a file, if it has any; the pictures are not read."""
    with pq.ParquetFile(path) as file:
        if "foils" in file.schema_arrow.names:
            table = file.read(columns=["id", "foils.list.element.target"])
            ids = table["id"].take(_parents(table["foils"]))
            yield _shown(pc.list_flatten(table["foils"]).combine_chunks().field("target"), ids)


def _shown(targets: pa.StructArray, ids: pa.ChunkedArray) -> Had:
    """Return the objects that targets show; a portrait shows none."""
    lists = targets.field("objects")
    parents = pc.list_parent_indices(lists)
    of_objects = pc.equal(targets.field("kind").take(parents), "objects")
    names = pc.list_flatten(lists).field("name").filter(of_objects)
    return Had(pa.chunked_array([names]), ids.take(parents.filter(of_objects)))


def _parents(lists: pa.ChunkedArray) -> pa.Array:
    return pc.list_parent_indices(lists.combine_chunks())


AXES: dict[str, Reading] = {
    "instance": _column("draw"),
    "key": _column("key"),
    "object": _objects,
    "template": _members("factors.templates"),
    "entity": _members("factors.entities"),
    "composition": _composition,
    "depth": _column("factors.depth"),
}
