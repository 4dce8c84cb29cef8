"""What a new version of a release changes for those who have scores on the old one, told from the two manifests alone.

A row depends on the release line, the seed, the edition, the options and its own index, never on how many rows there are. So a
level that gains rows keeps those it had, and scores on them still hold. Where the release files do not promise that, or where
the rows of the manifests contradict them, the change is a major one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final, Literal

from unisandbox.schemas.manifest import Manifest

Kind = Literal["first", "major", "minor", "patch"]
Told = tuple[Kind, str]  # the kind of change that something makes, and the sentence for it
Plain = Mapping[str, Any]
Content = tuple[tuple[Any, ...], ...]  # path, rows and content digest of each file of a split

CONSEQUENCES: Final = {  # what decides all rows -> what follows where it changed
    "name": "another dataset",
    "line": "other items",
    "seed": "other items",
    "edition": "other items",
    "canary": "every row is another",
    "editions": "an edition has other items",
    "vocabulary": "other objects",
}
KINDS: Final[tuple[Kind, ...]] = ("major", "minor", "patch")  # the first for which there is a reason is the kind of a change
OF_A_MANIFEST: Final = ("name", "line", "seed", "edition", "canary")
LEFT_OUT: Final = {"vocabulary": 1}  # the value of what a canonical release leaves out
TOLD_APART: Final = frozenset({"version", "configs", "images", "pictures"})


@dataclass(frozen=True, slots=True)
class Change:
    """What a version is to the one before it, and why, in sentences for people.

    `major`: scores are not comparable; `minor`: the old rows are all there, and more; `patch`: the rows are the same.
    """

    kind: Kind
    reasons: tuple[str, ...]


def bump(old: Manifest, new: Manifest) -> Change:
    """Return what the rows of a new release are to those of an old one, whatever versions the two claim.

    The release files inside the manifests decide: a minor change has the same line, seed, edition, options, hold-outs and
    pictures, and every level of every split has at least its old rows. Manifests of 0.1.0 do not hold their release file: then
    a split with other files counts as changed, and only new splits beside equal ones are a minor change.
    """
    told = [*_seals(old, new)]
    if old.digest == new.digest:
        told.append(("patch", "the same rows"))
    else:
        told += _promises(old, new)
        if not _reasons("major", told):  # where promises changed, other rows are no news
            told += _contents(old, new)
    kind = next(kind for kind in KINDS if _reasons(kind, told))
    return Change(kind, _reasons(kind, told) + (_reasons("patch", told) if kind != "patch" else ()))


def _reasons(kind: Kind, told: Iterable[Told]) -> tuple[str, ...]:
    return tuple(text for one, text in told if one == kind)


def _seals(old: Manifest, new: Manifest) -> Iterator[Told]:
    before, after = ({seal.name: seal for seal in one.seals} for one in (old, new))
    for name, seal in before.items():
        if name not in after:
            yield "major", f"seal {name} is gone: what it committed to cannot be checked any more"
            continue
        expected = seal if seal.salt is not None else replace(seal, salt=after[name].salt)
        if after[name] != expected:
            yield "major", f"seal {name} is another: what it committed to cannot be checked any more"
        elif expected != seal:
            yield "patch", f"seal {name} is revealed"
    yield from (("patch", f"seal {name} is new") for name in after if name not in before)


def _promises(old: Manifest, new: Manifest) -> Iterator[Told]:
    if old.release is None or new.release is None:
        yield from _replaced({name: (getattr(old, name), getattr(new, name)) for name in OF_A_MANIFEST})
    else:
        yield from _release(old.release, new.release)


def _replaced(pairs: Mapping[str, tuple[Any, Any]]) -> Iterator[Told]:
    for name, (was, now) in pairs.items():
        if was != now:
            value = f"{now} {name}" if name == "editions" else f"{name} {now}"
            yield "major", f"{value} instead of {was}: {CONSEQUENCES[name]}"


def _release(old: Plain, new: Plain) -> Iterator[Told]:
    """Tell a release file in canonical form from another one."""
    yield from _replaced({name: tuple(one.get(name, LEFT_OUT.get(name)) for one in (old, new)) for name in CONSEQUENCES})
    yield from _others("release: ", old, new, but=TOLD_APART.union(CONSEQUENCES))
    yield from _others("pictures: ", old.get("pictures") or {}, new.get("pictures") or {})
    before, after = ({config["family"]: config for config in one["configs"]} for one in (old, new))
    yield from (("major", f"{family}: the family is gone") for family in before if family not in after)
    for family, config in after.items():
        if family in before:
            yield from _others(f"{family}: ", before[family], config, but={"family", "options", "splits"})
            yield from _others(f"{family}: option ", before[family]["options"], config["options"])
            yield from _splits(family, _splits_of(before[family], old), _splits_of(config, new))
        else:
            yield "minor", f"{family}: a new family of {sum(sum(split['rows']) for split in config['splits'])} rows"


def _splits_of(config: Plain, release: Plain) -> dict[str, Plain]:
    """Return the splits of a config by name, each with the pictures that it has in the end."""
    default = release.get("images", "none")
    return {split["name"]: {**split, "images": split.get("images") or default} for split in config["splits"]}


def _splits(family: str, before: Mapping[str, Plain], after: Mapping[str, Plain]) -> Iterator[Told]:
    yield from (("major", f"{family}/{name}: the split is gone") for name in before if name not in after)
    for name, split in after.items():
        where = f"{family}/{name}"
        if name in before:
            yield from _others(f"{where}: ", before[name], split, but={"levels", "rows"})
            yield from _levels(where, _rows_of(before[name]), _rows_of(split))
        else:
            yield "minor", f"{where}: a new split of {sum(split['rows'])} rows"


def _rows_of(split: Plain) -> dict[int, int]:
    return dict(zip(split["levels"], split["rows"], strict=True))


def _levels(where: str, was: Mapping[int, int], now: Mapping[int, int]) -> Iterator[Told]:
    for level, rows in was.items():
        if level not in now:
            yield "major", f"{where}: level {level} is gone"
        elif now[level] < rows:
            yield "major", f"{where}: {now[level]} rows instead of {rows} at level {level}"
    grown = {level: now[level] - rows for level, rows in was.items() if now.get(level, 0) > rows}
    if len(grown) == len(was) > 1 and len(set(grown.values())) == 1:
        yield "minor", f"{where}: {next(iter(grown.values()))} rows a level more"
    else:
        yield from (("minor", f"{where}: {rows} rows more at level {level}") for level, rows in grown.items())
    yield from (("minor", f"{where}: level {level} is new, {rows} rows") for level, rows in now.items() if level not in was)


def _others(what: str, old: Plain, new: Plain, but: Iterable[str] = ()) -> Iterator[Told]:
    for name in sorted((old.keys() | new.keys()).difference(but)):
        was, now = old.get(name), new.get(name)
        if was != now:
            yield "major", f"{what}{name.replace('_', ' ')} {_shown(now)} instead of {_shown(was)}"


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "nothing"
    return "nothing" if value is None else str(value)


def _contents(old: Manifest, new: Manifest) -> Iterator[Told]:
    """Tell where the files contradict equal promises, and what splits there are that no release file names, e.g. tables."""
    before, after = _content(old), _content(new)
    promised_before, promised_now = _promised(old, new)
    for split, files in before.items():
        if split not in promised_before and split not in after:
            yield "major", f"{split}: its rows are gone"
        elif promised_before.get(split) == promised_now.get(split) and after.get(split) != files:
            yield "major", f"{split}: other rows, and nothing promises that the old ones are among them"
    for split, files in after.items():
        if split not in before and (split not in promised_now or promised_now[split] == promised_before.get(split)):
            yield "minor", f"{split}: new, {sum(rows for _, rows, _ in files)} rows"


def _content(manifest: Manifest) -> dict[str, Content]:
    named = sorted((f"{shard.config}/{shard.split}", shard.path, shard.rows, shard.content_sha256) for shard in manifest.shards)
    return {split: tuple(file[1:] for file in files) for split, files in groupby(named, key=lambda file: file[0])}


def _promised(*manifests: Manifest) -> list[dict[str, dict[int, int]]]:
    """Return for each manifest the rows of each level by config/split; nothing where not every manifest holds its release."""
    releases = [manifest.release for manifest in manifests if manifest.release is not None]
    if len(releases) < len(manifests):
        return [{} for _ in manifests]
    return [
        {f"{config['family']}/{split['name']}": _rows_of(split) for config in release["configs"] for split in config["splits"]}
        for release in releases
    ]
