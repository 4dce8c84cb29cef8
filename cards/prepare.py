"""What would be published: the data of a folder, and beside it the card and what it needs, for one repository and version.

Which versions came before is read from the repository itself: the manifest and the list of versions at the highest tag below.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from unisandbox.cards.access import Access
from unisandbox.cards.card_gate import refuse_unlike
from unisandbox.cards.companions import companions
from unisandbox.cards.gates import files_of, refuse_secrets
from unisandbox.cards.place import Place, is_version, numbers_of
from unisandbox.cards.remote import LocalFile, Refs, Remote, local_file
from unisandbox.cards.render import CARD
from unisandbox.cards.versions import VERSIONS, Version, check_newer, check_version, history, read_versions
from unisandbox.errors import DataError, HubError, Violation
from unisandbox.schemas.files import replacing
from unisandbox.schemas.manifest import FILE_NAME, Manifest, read_manifest


@dataclass(frozen=True, slots=True)
class Intent:
    """What is asked for: a folder, whose manifest says the version, a repository, and who may see it."""

    folder: Path
    manifest: Manifest
    repo: str
    public: bool = False

    @property
    def place(self) -> Place:
        """Where the release will stand."""
        return Place(self.repo, self.manifest.version)


@dataclass(frozen=True, slots=True)
class Prepared:
    """All files of a release as they will stand in the repository, and how it follows on the version before it.

    Attributes:
        files: Path -> file.
        versions: All versions up to this one, oldest first.
        misnumbered: What is wrong with its number, or None.
    """

    intent: Intent
    files: Mapping[str, LocalFile]
    versions: tuple[Version, ...]
    misnumbered: Violation | None

    def write(self) -> None:
        """Write the card and what stands beside it into the folder, where it differs: what is published is what lies there."""
        for path, file in self.files.items():
            there = self.intent.folder / path
            if isinstance(file.source, bytes) and not (there.is_file() and there.read_bytes() == file.source):
                with replacing(there) as sink:
                    sink.write(file.source)


def intent_of(folder: Path, repo: str, access: Access, *, public: bool = False) -> Intent:
    """Return what is asked for of a folder; raises `DataError` as `read_manifest` does, and for a manifest that holds a token."""
    path = folder / FILE_NAME
    if path.is_file():
        refuse_secrets({str(path): path.read_bytes()}, access.secrets)  # before it is read: what is wrong in it is quoted
    return Intent(folder, read_manifest(folder), repo, public)


def published(refs: Refs) -> list[str]:
    """Return the versions that have a tag, lowest first; other tags are nobody's version.

    >>> published(Refs({}, {"v0.10.0": "a", "v0.9.0": "b", "v1": "c", "draft": "d"}))
    ['0.9.0', '0.10.0']
    """
    return sorted((tag[1:] for tag in refs.tags if tag[:1] == "v" and is_version(tag[1:])), key=numbers_of)


def before(refs: Refs, version: str) -> tuple[str, str] | None:
    """Return the highest published version below one, and the commit of its tag."""
    below = [one for one in published(refs) if numbers_of(one) < numbers_of(version)]
    return (below[-1], refs.tags[f"v{below[-1]}"]) if below else None


def prepared(intent: Intent, remote: Remote, access: Access, previous: tuple[str, str] | None) -> Prepared:
    """Return what would be published after a previous version and its commit.

    Raises:
        DataError: A card that contradicts the manifest; a token in what would be written.
        HubError: A previous version that is no release of this form.
    """
    folder, manifest = intent.folder, intent.manifest
    old, listed = _previous(remote, Place(intent.repo, previous[0]), previous[1]) if previous else (None, ())
    versions = history(listed, old, manifest)
    beside = companions(folder, manifest, repo=intent.repo, earlier=versions)
    refuse_secrets(beside, access.secrets)
    refuse_unlike(beside[CARD].decode(), manifest)
    known = {shard.path: shard.sha256 for shard in manifest.shards}
    files = {path: local_file(path, folder / path, known.get(path)) for path in files_of(folder) if path not in beside}
    files |= {path: local_file(path, content) for path, content in beside.items()}
    return Prepared(intent, files, versions, check_version(old, manifest) if old else None)


def refuse_number(made: Prepared, refs: Refs) -> None:
    """Check the number of a version that has no tag yet; raises `DataError` where it does not follow on what is published."""
    wrong = check_newer(made.intent.manifest.version, published(refs)) or made.misnumbered
    if wrong:
        raise DataError(wrong)


def _previous(remote: Remote, place: Place, commit: str) -> tuple[Manifest, tuple[Version, ...]]:
    """Return the manifest of a published version and the versions that it lists."""
    manifest, listed = (remote.read(name, commit) for name in (FILE_NAME, VERSIONS))
    fix = "only releases that `unisandbox publish` has put there can be followed on; take another repository"
    if manifest is None:
        raise HubError(Violation(f"{place}: {FILE_NAME}", "no file", "a release of this form", fix))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, FILE_NAME).write_bytes(manifest)
        wrong: tuple[Violation, ...] = ()
        try:
            old = read_manifest(Path(folder))
        except DataError as error:
            wrong = tuple(replace(one, where=one.where.replace(folder, str(place)), fix=fix) for one in error.violations)
    if wrong:
        raise HubError(wrong)
    if old.version != place.version:
        raise HubError(Violation(f"{place}: {FILE_NAME}: version", old.version, place.version, fix))
    return old, read_versions(listed, where=f"{place}: {VERSIONS}") if listed is not None else ()
