"""Reads a release file.

    name = "unisandbox"             # the folder becomes <name>-<version>
    version = "0.2.0"
    line = "unisandbox-2"           # editions of one line, with one seed and as many editions, never share an item
    seed = 20251120
    edition = 0                     # which slice of the item space, 0 … editions - 1
    editions = 8
    vocabulary = 2                  # which objects there are; 1 where the key is missing
    images = "none"                 # or "reference", or "reference+foils": pictures of the targets and of their near misses
    image_size_px = 384
    sprites = "twemoji"             # or a folder of own art, beside this file
    canary = "…"                    # a GUID that every row carries

    [math]                          # one table a family: its options …
    answers = [1, 6]
    [math.splits.test]              # … and its splits; levels and rows a level (one number, or one for each level)
    levels = [1, 2, 3]
    rows = 500
    held_out = ["key"]              # axes on which the split shares nothing with train
    images = "reference+foils"      # where it differs from the release's

A key that is not known is an error with a suggestion, never ignored.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from importlib import resources
from pathlib import Path
from typing import Any

from unisandbox.errors import ReleaseError, Violation
from unisandbox.generators.families.base import Family
from unisandbox.generators.pictures import IMAGES, NONE
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release import Config, Release, Split
from unisandbox.generators.render import DEFAULT_SIZE_PX, LARGEST_PX, SMALLEST_PX
from unisandbox.generators.sprites import PACKAGED
from unisandbox.generators.toml_values import Reader, joined
from unisandbox.generators.vocabulary_rules import VOCABULARIES

SPLIT_NAME = re.compile(r"[a-z][a-z0-9_]*")
TRAIN = "train"
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
MOST_EDITIONS = 1000
LARGEST_SEED = 2**53 - 1  # what every reader of JSON keeps exact
VERSION = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}")
LARGEST_FILE_BYTES = 1_000_000  # a release file is a page of text; more is something else


def packaged_releases() -> tuple[str, ...]:
    """Return the versions whose release files the package holds, sorted."""
    names = (entry.name for entry in resources.files("unisandbox.generators").joinpath("releases").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def read_release(source: str | Path) -> Release:
    """Return a release from a TOML file, or from the package by its version (`0.1.0`).

    Raises:
        ReleaseError: Everything that is wrong with the file, at once.
    """
    if str(source) in packaged_releases():
        file = resources.files("unisandbox.generators").joinpath("releases", f"{source}.toml")
        return parse_release(file.read_text(encoding="utf-8"), where=f"releases/{source}.toml")
    path = Path(source)
    if not path.is_file():
        known = ", ".join(packaged_releases())
        raise ReleaseError(Violation(str(source), "no such file", f"a TOML file, or one of {known}", "check the path"))
    if path.stat().st_size > LARGEST_FILE_BYTES:
        allowed = f"at most {LARGEST_FILE_BYTES} bytes"
        raise ReleaseError(Violation(str(source), f"{path.stat().st_size} bytes", allowed, "give a release file"))
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"byte {error.object[error.start]:#04x} at offset {error.start}"
        raise ReleaseError(Violation(str(source), found, "UTF-8", "save the file as UTF-8")) from None
    release = parse_release(text, where=str(source))
    if release.sprites == PACKAGED:
        return release
    return replace(release, sprites=str((path.parent / release.sprites).resolve()))


def parse_release(text: str, *, where: str) -> Release:
    """Return the release that a TOML text holds; `where` names it in messages.

    Raises:
        ReleaseError: Everything that is wrong with it, at once.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReleaseError(Violation(where, f"no TOML: {error}", "a TOML release file", "mend the line")) from None
    reader = _ReleaseReader(where)
    head = {key: value for key, value in raw.items() if key not in FAMILIES}
    reader.known("", raw, [*(field.name for field in fields(Release) if field.name not in ("configs", "where")), *FAMILIES])
    values = reader.values("", head, Release, required=("name", "version", "line", "seed", "canary"))
    configs = [reader.config(name, raw[name]) for name in FAMILIES if name in raw]
    if not configs:
        reader.wrong("", "no family", " | ".join(FAMILIES), "add a table such as [math]")
    reader.head(values)
    if reader.found:
        raise ReleaseError(reader.found)
    return Release(**values, configs=tuple(config for config in configs if config), where=where)


def as_edition(release: Release, edition: int | None, version: str | None) -> Release:
    """Return a release as another edition of its line, or under another version; None leaves what the file says.

    Raises:
        ReleaseError: An edition that the line does not have, or no version.
    """
    wrong = []
    if edition is not None and not 0 <= edition < release.editions:
        allowed = f"0 to {release.editions - 1}, as {release.where} has {release.editions} editions"
        wrong.append(Violation("--edition", str(edition), allowed, "name one of them"))
    if version is not None and not VERSION.fullmatch(version):
        wrong.append(Violation("--version", repr(version), "three numbers such as 0.1.0", "mend the version"))
    if wrong:
        raise ReleaseError(wrong)
    own = release.edition if edition is None else edition
    return replace(release, edition=own, version=release.version if version is None else version)


class _ReleaseReader(Reader):
    """Turns the raw TOML of a release into dataclasses."""

    def head(self, values: Mapping[str, Any]) -> None:
        if not VERSION.fullmatch(values.get("version", "0.0.0")):
            self.wrong("version", repr(values["version"]), "three numbers such as 0.1.0", "mend the version")
        if not NAME.fullmatch(values.get("name", "a")):
            self.wrong("name", repr(values["name"]), "a-z, 0-9 and -", "rename the release")
        self.one_of("images", values.get("images", NONE), IMAGES)
        self.one_of("vocabulary", values.get("vocabulary", 1), VOCABULARIES)
        size_px = values.get("image_size_px", DEFAULT_SIZE_PX)
        if not SMALLEST_PX <= size_px <= LARGEST_PX:
            self.wrong("image_size_px", str(size_px), f"{SMALLEST_PX} to {LARGEST_PX}", "mend the number")
        if not 0 <= values.get("seed", 0) <= LARGEST_SEED:
            self.wrong("seed", str(values["seed"]), f"0 to {LARGEST_SEED}", "mend the number")
        editions, edition = values.get("editions", 8), values.get("edition", 0)
        if not 1 <= editions <= MOST_EDITIONS:
            self.wrong("editions", str(editions), f"1 to {MOST_EDITIONS}", "mend the number")
        elif not 0 <= edition < editions:
            self.wrong("edition", str(edition), f"0 to {editions - 1}", "mend the number")
        for key in ("line", "canary"):
            if not values.get(key, "a").strip():
                self.wrong(key, "an empty text", "a name", "fill it in")

    def one_of(self, path: str, found: str | int, allowed: Sequence[str | int]) -> None:
        """Note a value that is none of those allowed."""
        if found not in allowed:
            self.wrong(path, repr(found), " | ".join(map(str, allowed)), "name one of them")

    def config(self, name: str, table: Any) -> Config | None:
        if not isinstance(table, dict):
            self.wrong(name, repr(table), "a table", f"write [{name}]")
            return None
        kind = FAMILIES[name].options
        plain = {key: value for key, value in table.items() if key != "splits"}
        self.known(name, table, [*(field.name for field in fields(kind)), "splits"])
        options = kind(**self.values(name, plain, kind))
        for fault in options.faults():
            self.wrong(joined(name, fault.where), fault.found, fault.allowed, fault.fix)
        raw, path = table.get("splits", {}), joined(name, "splits")
        if not isinstance(raw, dict) or not raw:
            self.wrong(path, repr(raw), "a table a split", f"add [{path}.train]")
            return None
        splits = [self.split(joined(path, split), split, raw[split], options) for split in raw]
        made = tuple(split for split in splits if split)
        self.disjoint(path, made)
        return Config(family=name, options=options, splits=made)

    def split(self, path: str, name: str, table: Any, options: Family) -> Split | None:
        if not SPLIT_NAME.fullmatch(name):
            self.wrong(path, repr(name), "a-z, 0-9 and _, a letter first", "rename the split")
        if not isinstance(table, dict):
            self.wrong(path, repr(table), "a table with levels and rows", "write it as a table")
            return None
        before = len(self.found)
        levels, rows = table.get("levels"), table.get("rows")
        if isinstance(rows, int) and isinstance(levels, list):
            table = {**table, "rows": [rows] * len(levels)}
        self.known(path, table, ("levels", "rows", "held_out", "images"))
        values = self.values(path, {**table, "name": name}, Split, required=("levels", "rows"))
        if len(self.found) > before:
            return None
        split = Split(**values)
        if "images" in table:
            self.one_of(f"{path}.images", split.images, IMAGES)
        self.sizes(path, split, options)
        self.axes(path, split, options)
        return split

    def sizes(self, path: str, split: Split, options: Family) -> None:
        for level in split.levels:
            if level not in options.levels:
                allowed = f"{options.levels[0]} to {options.levels[-1]}"
                self.wrong(f"{path}.levels", f"level {level}", allowed, "lower it or take it out")
        if not split.levels or len(set(split.levels)) < len(split.levels):
            self.wrong(f"{path}.levels", str(list(split.levels)), "at least one, each once", "mend the list")
        if len(split.rows) != len(split.levels):
            self.wrong(f"{path}.rows", f"{len(split.rows)} numbers", f"one, or {len(split.levels)}", "give one for each level")
        for rows in sorted({rows for rows in split.rows if rows < 1 or rows % options.group_size}):
            self.wrong(f"{path}.rows", str(rows), f"a positive multiple of {options.group_size}", "mend the number")

    def axes(self, path: str, split: Split, options: Family) -> None:
        found = str(list(split.held_out))
        if split.name == TRAIN and split.held_out:
            self.wrong(f"{path}.held_out", found, "nothing", "take it out: train is what the others are held out from")
        elif split.name != TRAIN and "key" not in split.held_out:
            self.wrong(f"{path}.held_out", found, '"key" among others', 'add "key": no test shares a key with train')
        for axis in sorted(set(split.held_out) - set(options.axes)):
            self.wrong(f"{path}.held_out", repr(axis), " | ".join(options.axes), "mend the axis")

    def disjoint(self, path: str, splits: tuple[Split, ...]) -> None:
        """Note splits that draw from one space, and a depth held out that train has."""
        trained = {level for split in splits if split.name == TRAIN for level in split.levels}
        taken: dict[tuple[Any, ...], str] = {}
        for split in splits:
            bin_name = split.name if split.name in (TRAIN, "validation") else "test"
            axes = tuple(sorted(set(split.held_out) - {"key", "depth"}))
            for level in split.levels:
                if "depth" in split.held_out and level in trained:
                    self.wrong(f"{path}.{split.name}", f"level {level}, held out and in train", "other levels", "take it out")
                other = taken.setdefault((bin_name, axes, level), split.name)
                if other != split.name:
                    found = f"level {level} with the hold-outs of {other}"
                    self.wrong(f"{path}.{split.name}", found, "items of its own", "hold out another axis or take the level out")
