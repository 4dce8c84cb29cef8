"""Published and built releases as datasets, proved to be the version that was asked for before a row of them is seen.

`datasets` falls back to whatever version its cache holds when the Hub does not answer, and keeps the old rows of a folder that
has been written anew. So nothing is taken from its caches here: files come from the client by commit, each is proved against the
manifest, and the rows made of them are kept under the sha256 of those files.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, overload

from unisandbox.cards.download import folder_of, snapshot, tags_of
from unisandbox.cards.place import NAME_A_VERSION, Place, check_repo, parse_place
from unisandbox.cards.remote import blob_sha1
from unisandbox.errors import DataError, HubError, Violation
from unisandbox.schemas.files import file_sha256
from unisandbox.schemas.manifest import FILE_NAME, Manifest, Shard, read_manifest, shard_violations

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

BESIDE: Final = ("README.md", "LICENSE", "versions.json", "audit.json", "croissant.json", "eval.yaml", "schemas/*")
OF_GIT: Final = ".gitattributes"
OF_SHARDS: Final = ("data", "private")  # folders of a release that hold shards and nothing else
OWN: Final = "unisandbox"  # inside the cache of `datasets`
NAMED_LIKE: Final = 16  # hex digits that name the rows of some files

_SHA1, _SHA256 = re.compile("[0-9a-f]{40}"), re.compile("[0-9a-f]{64}")


@overload
def load(
    spec: str | os.PathLike[str], config: str, split: str, *, cache_dir: str | os.PathLike[str] | None = None
) -> Dataset: ...
@overload
def load(
    spec: str | os.PathLike[str], config: str, split: None = None, *, cache_dir: str | os.PathLike[str] | None = None
) -> DatasetDict: ...
def load(
    spec: str | os.PathLike[str], config: str, split: str | None = None, *, cache_dir: str | os.PathLike[str] | None = None
) -> Dataset | DatasetDict:
    """Return a split of a release as a `datasets.Dataset`, or all splits of a config as a `DatasetDict`; pictures are decoded.

    Every file is proved against the manifest first, on the Hub and on the disk.

    Args:
        spec: `org/name@vX.Y.Z`, or a release folder.
        config: Name of a config, e.g. `math`.
        split: Name of a split; None for all.
        cache_dir: Where fetched files and the rows made of them are kept; None for the caches of huggingface_hub and datasets.

    Raises:
        HubError: The Hub has no such version, or cannot be reached while the files are not all here.
        DataError: No version is named; no such config or split; files that are not what the manifest says.
    """
    kept = None if cache_dir is None else Path(cache_dir)
    if os.path.exists(spec):
        folder, where, fix = Path(spec), str(Path(spec)), "build or download the folder again"
        manifest = read_manifest(folder)
        shards = wanted_shards(manifest, where, [config], split)
        _refuse(_broken(folder, shards, where, fix))
    else:
        place = place_of(os.fspath(spec))
        folder, where, fix = fetch(place, configs=[config], cache_dir=kept), str(place), again(place, kept)
        manifest = read_manifest(folder)
        shards = wanted_shards(manifest, where, [config], split)
    loaded = _rows_of(folder, manifest, shards, kept)
    _refuse(_uncounted(loaded, shards, where, fix))
    return loaded if split is None else loaded[split]


def fetch(place: Place, *, configs: Sequence[str] | None = None, cache_dir: Path | None = None) -> Path:
    """Return a folder with a published version, every file of it proved; it belongs to the client's cache and is read only.

    Args:
        place: What to fetch.
        configs: Configs to fetch, with what explains them; None for the whole release.
        cache_dir: Where fetched files are kept; None for the client's own place.

    Raises:
        HubError: The Hub has no such version, or cannot be reached while the files are not all here.
        DataError: No such config; or the files are not those of the manifest, or not those of this version.
    """
    folder = snapshot(place, [FILE_NAME], cache_dir=cache_dir)
    manifest = _manifest(folder, place, cache_dir)
    shards = wanted_shards(manifest, str(place), configs)
    wanted = None if configs is None else [FILE_NAME, *BESIDE, *(shard.path for shard in shards)]
    folder = snapshot(place, wanted, commit=folder.name, cache_dir=cache_dir)
    fix = again(place, cache_dir)
    _refuse([*_broken(folder, shards, str(place), fix), *_edited(folder, place, fix)])
    return folder


def place_of(text: str) -> Place:
    """Return the place that a text names; raises `DataError` where it names no version, with those that there are."""
    owner, _, name = text.partition("/")
    is_path = os.path.isdir(owner)  # with a slip in it: nothing to ask the Hub about
    if "@" in text or "/" in name or not name or is_path:
        return parse_place(text)
    with suppress(HubError):  # where nobody may see it, or nothing is there, the form is what can be told
        allowed = ", ".join(f"{text}@{tag}" for tag in tags_of(check_repo(text))) or "a release that has been published"
        raise DataError(Violation("release", repr(text), allowed, NAME_A_VERSION))
    return parse_place(text)


def again(place: Place, cache_dir: Path | None = None) -> str:
    """Return what to do about files of a cache that are wrong."""
    return f"remove {folder_of(place.repo, cache_dir)} and load it again"


def wanted_shards(manifest: Manifest, where: str, configs: Sequence[str] | None = None, split: str | None = None) -> list[Shard]:
    """Return the files of configs, or of all; raises `DataError` for a config or a split that the release does not have."""
    if configs is None:
        return list(manifest.shards)
    allowed, fix = ", ".join(manifest.configs), "name one of these"
    _refuse(Violation(f"{where}: config", repr(one), allowed, fix) for one in configs if one not in manifest.configs)
    shards = [shard for shard in manifest.shards if shard.config in configs]
    splits = dict.fromkeys(shard.split for shard in shards)
    if split is not None and split not in splits:
        raise DataError(Violation(f"{where}: split of {', '.join(configs)}", repr(split), ", ".join(splits), fix))
    return [shard for shard in shards if split in (None, shard.split)]


def _manifest(folder: Path, place: Place, cache_dir: Path | None) -> Manifest:
    """Return the manifest of a snapshot; raises `DataError` where it is not the one of this version."""
    path, fix = folder / FILE_NAME, again(place, cache_dir)
    if not path.is_file():
        allowed = "a release that was published with its manifest"
        raise DataError(Violation(str(place), f"no {FILE_NAME}", allowed, f"check the name of the dataset, or {fix}"))
    try:
        manifest = read_manifest(folder)
    except DataError as error:
        wrong = error.violations
    else:
        if manifest.version != place.version:
            fix = f"{fix}; if it stays so, the tag stands on another release: tell its owner"
            wrong = (Violation(f"{place}: {FILE_NAME}", f"version {manifest.version}", f"version {place.version}", fix),)
        else:
            return manifest
    raise DataError(replace(one, fix=fix) for one in wrong)


def _broken(folder: Path, shards: Iterable[Shard], where: str, fix: str) -> Iterator[Violation]:
    for shard in shards:
        yield from (replace(one, where=f"{where}: {one.where}", fix=fix) for one in shard_violations(folder, shard))


def beside(folder: Path) -> Iterator[str]:
    """Yield the paths of all files of a release but its shards and what belongs to git, in order."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and name.parts[0] not in OF_SHARDS and name.as_posix() != OF_GIT:
            yield name.as_posix()


def _edited(folder: Path, place: Place, fix: str) -> Iterator[Violation]:
    """Yield the files beside the shards that are not what the Hub sent.

    The client keeps a file under the name that the Hub gives to its content, git's sha1 or its sha256, and links to it. Where a
    system has no links or a mirror has other names, only the manifest proves anything: the shards.
    """
    for name in beside(folder):
        held = (folder / name).resolve().name
        if _SHA256.fullmatch(held):
            digest = file_sha256(folder / name)
        elif _SHA1.fullmatch(held):
            digest = blob_sha1((folder / name).read_bytes())
        else:
            continue
        if digest != held:
            yield Violation(f"{place}: {name}", f"content {digest}", f"content {held}", fix)


def _rows_of(folder: Path, manifest: Manifest, shards: Sequence[Shard], kept: Path | None) -> DatasetDict:
    """Return the rows of proved files, memory-mapped from a place that is named after the files' sha256."""
    from datasets import Version, config, load_dataset

    files: dict[str, list[str]] = {}
    for shard in shards:
        files.setdefault(shard.split, []).append(str(folder / shard.path))
    digest = hashlib.sha256(json.dumps([(shard.path, shard.sha256) for shard in shards]).encode()).hexdigest()
    own = Path(kept or config.HF_DATASETS_CACHE) / OWN / f"{manifest.name}-{digest[:NAMED_LIKE]}"
    loaded = load_dataset("parquet", data_files=files, cache_dir=str(own))
    for one in loaded.values():
        one.info.version = Version(re.split("[-+]", manifest.version)[0])
        one.info.dataset_name, one.info.config_name = manifest.name, shards[0].config
    return loaded


def _uncounted(loaded: DatasetDict, shards: Sequence[Shard], where: str, fix: str) -> Iterator[Violation]:
    for split, rows in loaded.items():
        promised = sum(shard.rows for shard in shards if shard.split == split)
        if len(rows) != promised:
            yield Violation(f"{where}: {split}", f"{len(rows)} rows", f"{promised}, as {FILE_NAME} says", fix)


def _refuse(wrong: Iterable[Violation]) -> None:
    if violations := list(wrong):
        raise DataError(violations)
