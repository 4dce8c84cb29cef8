"""What must hold of a release folder before any of it leaves this machine: nothing private, nothing strange, nothing unproved.

What may be published is a list of what is allowed, taken from the release file inside the manifest; everything else is refused by
name. A private split is refused three times over: by its path, by the flag of its manifest, and by that list.
"""

from __future__ import annotations

import json
import mmap
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from unisandbox.cards.access import TOKEN_LIKE, TOKENS_BEGIN
from unisandbox.cards.companions import LICENCE
from unisandbox.cards.croissant import CROISSANT
from unisandbox.cards.eval_file import EVAL_FILE
from unisandbox.cards.examples import FOLDER
from unisandbox.cards.metadata import ROW_NAMES
from unisandbox.cards.place import numbers_of
from unisandbox.cards.render import CARD
from unisandbox.cards.versions import VERSIONS
from unisandbox.errors import DataError, Violation
from unisandbox.schemas.files import TEMPORARY
from unisandbox.schemas.manifest import FILE_NAME, Manifest, verify_folder
from unisandbox.schemas.validate import check_rows

AUDIT: Final = "audit.json"
BESIDE: Final = (  # what is published besides the data
    *(CARD, LICENCE, CROISSANT, EVAL_FILE, VERSIONS, FILE_NAME, AUDIT),
    *("contact-sheet*.png", f"{FOLDER}/*.png", "schemas/*.schema.json"),
)
PRIVATE: Final = "private"
UNFINISHED: Final = re.compile(rf"\.\d+{re.escape(TEMPORARY)}$")  # as `schemas.files.replacing` names them
TABLE_SPLIT: Final = "train"  # of what a release publishes beside its items
ALLOWED: Final = "the manifest's data files, the card and its pictures, manifest, audit, schemas, contact sheets"
REBUILD: Final = "publish a folder as `unisandbox build` has written it"


def refuse_unfit(folder: Path, manifest: Manifest, secrets: Sequence[bytes] = ()) -> None:
    """Check all that can be known of a folder without the Hub; what is wrong is said all at once, but secrets before all else.

    Args:
        folder: The release folder.
        manifest: Its manifest.
        secrets: What must not stand in any file besides texts that read like tokens, e.g. the token in use.

    Raises:
        DataError: Files that are private, strange, links, altered or absent; splits that the release does not name; an audit
            that is absent, of other rows, or failed; a version that is no X.Y.Z; a token in a file.
    """
    paths = files_of(folder)
    regular = [path for path in paths if (folder / path).is_file() and not (folder / path).is_symlink()]
    if leaking := [_token_in(path) for path in regular if holds_secret(folder / path, secrets)]:
        raise DataError(leaking)  # alone: other messages quote what stands in files
    if manifest.private:  # alone: what else there is to say of such a folder would be advice to spoil it
        raise DataError([*_private(manifest, paths), *_unpromised(manifest)])
    wrong = [*_version(manifest), *_private(manifest, paths), *_unpromised(manifest)]
    wrong += [*_strange(folder, manifest, paths), *_audit(folder, manifest)]
    wrong += [one for one in verify_folder(folder) if not _is_private(one.where)]  # of those it says to remove them
    if wrong:
        raise DataError(dict.fromkeys(wrong))


def refuse_secrets(companions: Mapping[str, bytes], secrets: Sequence[bytes] = ()) -> None:
    """Check that no file that is about to be written holds a token; raises `DataError`."""
    if wrong := [_token_in(path) for path, content in companions.items() if _holds_secret(content, secrets)]:
        raise DataError(wrong)


def allowed_splits(manifest: Manifest) -> set[tuple[str, str]]:
    """Return config and split of all that may be public: what the release file names, its tables, and seals that are open.

    Nothing where the manifest has no release file.
    """
    if manifest.release is None:
        return set()
    named = {(config["family"], split["name"]) for config in manifest.release["configs"] for split in config["splits"]}
    revealed = {(split.config, split.split) for seal in manifest.seals if seal.salt is not None for split in seal.splits}
    return named | revealed | {(table, TABLE_SPLIT) for table in ROW_NAMES}


def is_beside(path: str) -> bool:
    """Return whether a path is one of what is published besides the data.

    >>> is_beside("README.md"), is_beside("schemas/item.schema.json"), is_beside("schemas/old/item.schema.json")
    (True, True, False)
    """
    return any(path.count("/") == form.count("/") and fnmatchcase(path, form) for form in BESIDE)


def holds_secret(path: Path, secrets: Sequence[bytes] = ()) -> bool:
    """Return whether a file holds one of the secrets, or a text that reads like a token of the Hub."""
    if path.stat().st_size == 0:
        return False
    with open(path, "rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return _holds_secret(content, secrets)


def _holds_secret(content: bytes | mmap.mmap, secrets: Sequence[bytes]) -> bool:
    if any(content.find(secret) >= 0 for secret in secrets):
        return True
    return any(TOKEN_LIKE.match(content, at) for beginning in TOKENS_BEGIN for at in _found(content, beginning))


def _found(content: bytes | mmap.mmap, text: bytes) -> Iterator[int]:
    """Yield where a text stands; many times faster than a search for a pattern."""
    at = content.find(text)
    while at >= 0:
        yield at
        at = content.find(text, at + 1)


def _token_in(path: str) -> Violation:
    return Violation(
        _shown(path), "a text that reads like an access token", "no secrets", "remove it, and revoke that token on the Hub"
    )


def files_of(folder: Path) -> list[str]:
    """Return the path of every file and link inside a folder, with `/`, sorted, but what a killed process left half written.

    Raises `OSError` for a folder that cannot be read.
    """

    def fail(error: OSError) -> None:
        raise error

    found = []
    for top, folders, names in os.walk(folder, onerror=fail):
        links = [name for name in folders if os.path.islink(os.path.join(top, name))]
        found += [Path(top, name).relative_to(folder).as_posix() for name in (*names, *links) if not UNFINISHED.search(name)]
    return sorted(found)


def _version(manifest: Manifest) -> Iterator[Violation]:
    try:
        numbers_of(manifest.version)
    except DataError as error:
        yield from error.violations


def _private(manifest: Manifest, paths: Sequence[str]) -> Iterator[Violation]:
    fix = "keep it back: `unisandbox reveal` publishes a private split when its time has come"
    if manifest.private:
        yield Violation(f"{FILE_NAME}: private", "true", "a release that is public", fix)
    for path in dict.fromkeys((*paths, *(shard.path for shard in manifest.shards))):
        if _is_private(path):
            yield Violation(_shown(path), f"a file in a folder `{PRIVATE}`", "public files", fix)


def _is_private(path: str) -> bool:
    return PRIVATE in path.casefold().split("/")


def _unpromised(manifest: Manifest) -> Iterator[Violation]:
    if manifest.release is None:
        yield Violation(f"{FILE_NAME}: release", "nothing", "the release file, which says what is public", "build it again")
        return
    allowed = allowed_splits(manifest)
    for shard in manifest.shards:
        if (shard.config, shard.split) not in allowed:
            found = f"{shard.config}/{shard.split}, which the release does not name"
            yield Violation(shard.path, found, "splits of the release file", REBUILD)
        if not re.fullmatch(rf"data/{shard.config}/{shard.split}-\d{{5}}-of-\d{{5}}\.parquet", shard.path):
            yield Violation(
                shard.path, f"a file of {shard.config}/{shard.split}", "a path that says its config and split", REBUILD
            )


def _strange(folder: Path, manifest: Manifest, paths: Sequence[str]) -> Iterator[Violation]:
    named = {shard.path for shard in manifest.shards}
    for path in paths:
        if (folder / path).is_symlink():
            yield Violation(_shown(path), "a symbolic link", "regular files", "put the file itself there, or remove it")
        elif not (folder / path).is_file():
            yield Violation(_shown(path), "no regular file", "regular files", "remove it")
        elif path not in named and not is_beside(path) and not _is_private(path):
            yield Violation(_shown(path), "a file that no release has", ALLOWED, "remove it")


def _shown(path: str) -> str:
    return path if path.isprintable() else ascii(path)


def _audit(folder: Path, manifest: Manifest) -> Iterator[Violation]:
    """Yield why the audit beside the data does not vouch for it."""
    path, fix = folder / AUDIT, f"run `unisandbox audit {folder}`"
    if not path.is_file():
        yield Violation(AUDIT, "no file", "an audit of this folder", fix)
        return
    try:
        document = json.loads(path.read_bytes())
    except ValueError:  # of JSON and of UTF-8
        yield Violation(AUDIT, "no JSON", "an audit of this folder", fix)
        return
    if wrong := check_rows([document], "audit", where=lambda *_: AUDIT):
        yield from wrong
        return
    for name in ("digest", "fingerprint"):
        if (found := document["release"][name]) != (own := getattr(manifest, name)):
            yield Violation(f"{AUDIT}: {name}", found, f"{own}, of this folder", fix)
    yield from _disproved(document)


def _disproved(document: Mapping[str, Any]) -> Iterator[Violation]:
    """Yield what an audit has proved to be wrong."""
    fix = "mend the release, build it and audit it again"
    for one in document["results"]:
        if one["severity"] == "proof" and one["verdict"] == "fail":
            yield Violation(f"{AUDIT}: {one['rule']}, {one['scope']}", one["figure"], one["allowed"] or "nothing of it", fix)
    for one in document["findings"]:
        if one["severity"] == "proof":
            yield Violation(f"{AUDIT}: {one['item']}: {one['field']}", one["found"], one["allowed"], one["fix"])
    if not any(one["severity"] == "proof" and one["verdict"] == "pass" for one in document["results"]):
        yield Violation(f"{AUDIT}: results", "none that proves anything", "an audit by every rule", fix)
