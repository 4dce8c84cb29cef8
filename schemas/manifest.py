"""The manifest: what a release folder holds. It is written last, so its presence means that the folder is complete.

It names no date and no machine: two builds of one release by the same versions have equal manifests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import DataError, Violation
from unisandbox.schemas.files import file_sha256, replacing
from unisandbox.schemas.seals import Seal, document_of_seal, seal_of
from unisandbox.schemas.validate import check_rows

FILE_NAME: Final = "manifest.json"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Shard:
    """One data file: where it belongs, its path inside the folder (with `/`), its size, and what it and its rows hash to."""

    config: str
    split: str
    path: str
    rows: int
    size_bytes: int
    sha256: str
    content_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a release folder holds, in the form of `schemas/manifest.schema.json`.

    Attributes:
        fingerprint: sha256 of the canonical release file.
        versions: Version of what built the folder, by name, e.g. `{"unisandbox": "0.1.0"}`.
        facts: Measured figures of the build, by name; anything that JSON can say.
        images: What the pictures are, by name, e.g. `{"size_px": 384, "art": "twemoji"}`; None for a release without pictures.
        release: The release file in canonical form: what was promised, and what an audit judges by. None in older folders.
        seals: Private splits of this release to which it commits, in the order in which they were sealed.
        private: Whether the folder holds the rows of a seal, which must not be published. Its `release` has no word of them.
    """

    name: str
    version: str
    line: str
    seed: int
    edition: int
    fingerprint: str
    canary: str
    shards: tuple[Shard, ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    images: Mapping[str, Any] | None = None
    release: Mapping[str, Any] | None = None
    seals: tuple[Seal, ...] = ()
    private: bool = False
    format: int = FORMAT

    @property
    def digest(self) -> str:
        """The content digest of the whole release: equal wherever and with whatever versions it is built."""
        content = sorted((shard.config, shard.split, shard.path, shard.rows, shard.content_sha256) for shard in self.shards)
        return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()

    @property
    def configs(self) -> tuple[str, ...]:
        """The names of the configs, in the order of the shards."""
        return tuple(dict.fromkeys(shard.config for shard in self.shards))


def write_manifest(folder: Path, manifest: Manifest) -> Path:
    """Write a folder's manifest in one piece and return its path; raises `DataError` for one that could not be read back."""
    path = folder / FILE_NAME
    _refuse(check_rows([document_of(manifest)], "manifest", where=lambda *_: str(path)))
    text = json.dumps(document_of(manifest), indent=2, ensure_ascii=False, allow_nan=False)
    with replacing(path) as sink:
        sink.write(f"{text}\n".encode())
    return path


def document_of(manifest: Manifest) -> dict[str, Any]:
    """Return a manifest as JSON holds it: the shards last, the digest with the rest; what it has nothing of is left out."""
    fields = asdict(manifest)
    front = ("format", "name", "version", "line", "seed", "edition", "fingerprint", "canary")
    document = {name: fields[name] for name in front} | {"digest": manifest.digest}
    for mapping in ("versions", "facts", "images", "release"):
        if fields[mapping] is not None:
            document[mapping] = dict(sorted(fields[mapping].items()))
    if manifest.seals:
        document["seals"] = [document_of_seal(seal) for seal in manifest.seals]
    if manifest.private:
        document["private"] = True
    return document | {"shards": [dict(shard) for shard in fields["shards"]]}


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a release folder; raises `DataError` where it is absent, malformed or contradicts itself."""
    path = folder / FILE_NAME
    document = _json_of(path)
    _refuse(check_rows([document], "manifest", where=lambda *_: str(path)))
    digest = document.pop("digest")
    seals = tuple(seal_of(seal) for seal in document.get("seals", ()))
    manifest = Manifest(**{**document, "seals": seals, "shards": tuple(Shard(**shard) for shard in document["shards"])})
    fix = "build or download the folder again"
    if manifest.digest != digest:
        _refuse([Violation(f"{path}: digest", digest, f"{manifest.digest}, from its shards", fix)])
    if manifest.release is not None and (own := canonical_sha256(manifest.release)) != manifest.fingerprint:
        _refuse([Violation(f"{path}: fingerprint", manifest.fingerprint, f"{own}, from `release`", fix)])
    return manifest


def canonical_sha256(release: Mapping[str, Any]) -> str:
    """Return the fingerprint of a release in canonical form: the sha256 of its JSON, keys sorted, without blanks.

    >>> canonical_sha256({"b": 1, "a": (2,)}) == canonical_sha256({"a": [2], "b": 1})
    True
    """
    text = json.dumps(release, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _json_of(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        wrong = Violation(str(path), "no file", "a release folder", "a folder without its manifest is unfinished: build it again")
    except OSError as error:
        wrong = Violation(
            str(path), error.strerror or str(error), "a file that can be read", "check the path and its permissions"
        )
    except UnicodeDecodeError as error:
        wrong = Violation(str(path), f"a byte that is not UTF-8 at {error.start}", "JSON in UTF-8", "build or download it again")
    except json.JSONDecodeError as error:
        wrong = Violation(str(path), f"{error.msg} at line {error.lineno}", "JSON", "build or download it again")
    raise DataError(wrong)


def verify_folder(folder: Path) -> list[Violation]:
    """Return how the data files of a release folder differ from its manifest, sorted; raises as `read_manifest` does."""
    shards = read_manifest(folder).shards
    wrong = [violation for shard in shards for violation in shard_violations(folder, shard)]
    listed = {shard.path for shard in shards}
    present = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet"))
    wrong += [
        Violation(path, "a file", "no file that the manifest does not list", "remove it")
        for path in present
        if path not in listed
    ]
    return sorted(wrong)


def shard_violations(folder: Path, shard: Shard) -> Iterator[Violation]:
    """Yield how the file of a shard differs from what the manifest says of it."""
    path, fix = folder / shard.path, "build or download the folder again"
    if not path.is_file():
        yield Violation(shard.path, "no file", f"a file of {shard.size_bytes} bytes", fix)
    elif (size := path.stat().st_size) != shard.size_bytes:
        yield Violation(shard.path, f"{size} bytes", f"{shard.size_bytes} bytes", fix)
    elif (digest := file_sha256(path)) != shard.sha256:
        yield Violation(shard.path, f"sha256 {digest}", f"sha256 {shard.sha256}", fix)


def _refuse(wrong: Iterable[Violation]) -> None:
    if violations := list(wrong):
        raise DataError(violations)
