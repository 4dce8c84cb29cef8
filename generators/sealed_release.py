"""What is asked to be sealed, as splits of a release of their own; and the files that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Final, NamedTuple

from unisandbox.errors import InputError, Violation
from unisandbox.generators.plan import DATA, PRIVATE, Segment, ShardPlan, shards_of_split
from unisandbox.generators.release import Config, Release, Split
from unisandbox.generators.sealed import DrawnSplit
from unisandbox.schemas.seals import Seal

FORM: Final = re.compile(r"([a-z][a-z0-9_]*)/([a-z][a-z0-9_]*)(?::([0-9]+(?:,[0-9]+)*))?")
NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
NEVER_SEALED: Final = ("train", "validation")  # a model is made with the one and chosen by the other
MOST_ROWS: Final = 100_000  # of a level: some minutes

Sealed = tuple[Config, Split]


class Asked(NamedTuple):
    """One `--split`: a config, a published split of it, and the levels that are asked for, all if none."""

    text: str
    config: str
    split: str
    levels: tuple[int, ...]


def sealed_splits(release: Release, texts: Sequence[str], rows: int, name: str) -> tuple[Sealed, ...]:
    """Return the splits that are to be sealed, each with its config, in the order in which they are asked for.

    Args:
        release: The published release.
        texts: `config/split`, or `config/split:1,2` for some of its levels.
        rows: Rows of each level.
        name: Name of the seal; `sealed` makes `sealed_test` of `test`.

    Raises:
        InputError: Everything that is wrong with the arguments, at once.
    """
    asked, wrong = _asked(texts)
    if not NAME.fullmatch(name):
        wrong.append(Violation("--name", repr(name), "a-z, 0-9 and _, a letter first", "mend the name"))
    found = []
    for one in asked:
        faults = list(_faults(release, one, rows, name))
        wrong += faults
        if not faults:
            found.append(_sealed(release, one, rows, name))
    if wrong:
        raise InputError(wrong)
    return tuple(found)


def splits_of_seal(release: Release, seal: Seal) -> tuple[Sealed, ...]:
    """Return the splits of a seal, each with its config; raises `InputError` where the release has no such twin."""
    found, wrong = [], list[Violation]()
    for split in seal.splits:
        levels = tuple(level.level for level in split.levels)
        asked = Asked(f"{split.config}/{split.twin}", split.config, split.twin, levels)
        wrong += _unknown(release, asked, f"seal {seal.name}")
        if not wrong:
            config, made = _sealed(release, asked, 0, seal.name)
            rows = tuple(level.rows for level in split.levels)
            found.append((config, replace(made, name=split.split, rows=rows)))
    if wrong:
        raise InputError(wrong)
    return tuple(found)


def release_of_sealed(release: Release, splits: Sequence[Sealed], name: str) -> Release:
    """Return the release that holds these splits and no others, named after the seal."""
    own = [(config, tuple(split for of, split in splits if of.family == config.family)) for config in release.configs]
    configs = tuple(replace(config, splits=sealed) for config, sealed in own if sealed)
    return replace(release, name=f"{release.name}-{name}".replace("_", "-"), configs=configs)


def plan_of_sealed(release: Release, drawn: Sequence[DrawnSplit], top: str = PRIVATE) -> tuple[ShardPlan, ...]:
    """Return the files of sealed splits beneath `private/`, or, once they are revealed, beneath `data/`."""
    assert top in (DATA, PRIVATE)
    shards = []
    for config, split, levels in drawn:
        size = config.options.group_size
        segments = [Segment(level.level, start, size) for level in levels for start in level.starts]
        shards += shards_of_split(release, config, split, segments, top=top)
    return tuple(shards)


def _asked(texts: Sequence[str]) -> tuple[list[Asked], list[Violation]]:
    found, wrong = list[Asked](), list[Violation]()
    for text in texts:
        match = FORM.fullmatch(text)
        if match is None:
            wrong.append(Violation("--split", repr(text), "config/split, or config/split:levels", "write e.g. math/test:2,3"))
            continue
        levels = tuple(int(level) for level in match[3].split(",")) if match[3] else ()
        if (match[1], match[2]) in [(one.config, one.split) for one in found]:
            wrong.append(Violation("--split", f"{match[1]}/{match[2]} twice", "each split once", "name all its levels at once"))
        found.append(Asked(text, match[1], match[2], levels))
    if not texts:
        wrong.append(Violation("--split", "nothing", "at least one split", "name one, e.g. --split math/test"))
    return found, wrong


def _faults(release: Release, asked: Asked, rows: int, name: str) -> Iterator[Violation]:
    """Yield what is wrong with one split that is asked for."""
    unknown = list(_unknown(release, asked, "--split"))
    if unknown:
        yield from unknown
        return
    config = _config(release, asked.config)
    if asked.split in NEVER_SEALED:
        yield Violation("--split", asked.text, "a test", "seal the twin of a test: nobody is scored on this split")
    if f"{name}_{asked.split}" in [split.name for split in config.splits]:
        yield Violation("--name", f"{name!r}: {asked.config} has {name}_{asked.split}", "a new name", "give another --name")
    if len(set(asked.levels)) < len(asked.levels):
        yield Violation("--split", asked.text, "each level once", "mend the levels")
    size = config.options.group_size
    if rows > MOST_ROWS:
        yield Violation("--rows", f"{rows} for {asked.text}", f"at most {MOST_ROWS}", "ask for fewer: rows are drawn one by one")
    if rows < 1 or rows % size:
        yield Violation("--rows", f"{rows} for {asked.text}", f"a positive multiple of {size}", "mend the number")


def _unknown(release: Release, asked: Asked, where: str) -> Iterator[Violation]:
    """Yield what of a split that is asked for the release does not have."""
    configs = [config.family for config in release.configs]
    if asked.config not in configs:
        yield Violation(where, asked.text, _either(f"{name}/…" for name in configs), _nearest(asked.config, configs))
        return
    splits = {split.name: split for split in _config(release, asked.config).splits}
    if asked.split not in splits:
        allowed = _either(f"{asked.config}/{name}" for name in splits)
        yield Violation(where, asked.text, allowed, _nearest(asked.split, list(splits)))
        return
    levels = splits[asked.split].levels
    for level in sorted(set(asked.levels) - set(levels)):
        yield Violation(where, f"{asked.text}: level {level}", _either(map(str, levels)), "name levels that are published")


def _sealed(release: Release, asked: Asked, rows: int, name: str) -> Sealed:
    config = _config(release, asked.config)
    twin = next(split for split in config.splits if split.name == asked.split)
    levels = asked.levels or twin.levels
    return config, Split(
        name=f"{name}_{twin.name}",
        levels=levels,
        rows=(rows,) * len(levels),
        held_out=twin.held_out,
        images=release.images_of(twin),
        twin=twin.name,
    )


def _config(release: Release, family: str) -> Config:
    return next(config for config in release.configs if config.family == family)


def _either(names: Iterator[str] | map[str]) -> str:
    return " | ".join(names)


def _nearest(found: str, names: list[str]) -> str:
    near = get_close_matches(found, names, n=1)
    return f"did you mean {near[0]!r}?" if near else "name one that is published"
