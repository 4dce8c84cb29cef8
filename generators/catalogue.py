"""What can be made, and samples of it: the answers behind `families`, `show` and `preview`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from unisandbox.errors import CapacityError, InputError, Shortage, Violation
from unisandbox.generators.families.base import Item
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release import Release, Split
from unisandbox.generators.release_file import read_release
from unisandbox.generators.rows import rows
from unisandbox.generators.templates import wording
from unisandbox.generators.vocabulary import counted, noun


@dataclass(frozen=True)
class ListedFamily:
    """A family as a list shows it."""

    name: str
    version: int
    levels: list[int]
    draw_wordings: int
    ask_wordings: int
    options: Mapping[str, object]
    summary: str


def families_listed() -> list[ListedFamily]:
    """Return all families with their levels, wordings and default options."""
    listed = []
    for name, entry in FAMILIES.items():
        family, texts = entry.options(), wording(name)
        levels, options = list(family.levels), dict(vars(family))
        listed.append(ListedFamily(name, entry.version, levels, len(texts.draw), len(texts.ask), options, entry.summary))
    return listed


def sample_items(source: str, family: str, level: int, split_name: str | None, start: int, count: int) -> list[Item]:
    """Return items of a release as its build makes them.

    Args:
        source: Release file, or the version of a packaged one.
        family: Name of a family.
        level: Level of that family; one that no split of the release has is shown as a test split would have it.
        split_name: Split to take, or None for the first that has the level.
        start: Index of the first item.
        count: How many.

    Raises:
        InputError: No such family, level or split, or not so many items.
    """
    release = read_release(source)
    config = next((config for config in release.configs if config.family == family), None)
    if config is None:
        raise InputError(_unknown("family", family, [config.family for config in release.configs]))
    if level not in config.options.levels:
        allowed = f"{config.options.levels[0]} to {config.options.levels[-1]}"
        raise InputError(Violation("--level", str(level), allowed, f"choose a level of {family}"))
    split = _split(release, family, level, split_name)
    part = release.part(config, split, level)
    have = len(config.options.space(part))
    if start + count > have:
        raise CapacityError(Shortage(f"{family} level {level}, split {split.name}", have, start + count))
    return list(rows(config.options, part, start, count))


def _split(release: Release, family: str, level: int, name: str | None) -> Split:
    splits = next(config.splits for config in release.configs if config.family == family)
    having = [split for split in splits if level in split.levels]
    if name is None:
        beyond = Split(name="test", levels=(level,), rows=(1,), held_out=("key",))
        return having[0] if having else beyond
    named = [split for split in having if split.name == name]
    if not named:
        raise InputError(_unknown(f"split with level {level}", name, [split.name for split in having]))
    return named[0]


def _unknown(what: str, found: str, names: list[str]) -> Violation:
    near = get_close_matches(found, names, n=1)
    fix = f"did you mean {near[0]!r}?" if near else f"name a {what} of the release"
    return Violation(what, repr(found), " | ".join(names), fix)


def target_text(item: Item) -> str:
    """Return the target in a few words, with the emoji of its objects where they have one."""
    shown = []
    for one in item.target.objects:
        wanted = ", ".join(f"{attribute.name.replace('_', ' ')} {attribute.value}" for attribute in one.attributes)
        if item.target.kind == "portrait":
            shown.append(f"portrait: {wanted}")
        else:
            shown.append(f"{noun(one.name).emoji} {counted(noun(one.name), one.count)}".strip())
    return "; ".join(shown)
