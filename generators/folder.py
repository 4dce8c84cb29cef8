"""The folder that a build works in: what it holds so far, and what has been recorded as done.

`.build/` stands beside the data while a build is under way: the fingerprint of the release, and one record for each shard that
is done. The manifest takes its place in the end.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from unisandbox.errors import DataError, Violation
from unisandbox.generators.plan import ShardPlan
from unisandbox.generators.release import Release
from unisandbox.schemas.files import file_sha256, remove_unfinished, replacing
from unisandbox.schemas.manifest import FILE_NAME, Shard, read_manifest
from unisandbox.schemas.seals import Seal, document_of_seal, seal_of

RECORDS = ".build"
FINGERPRINT = "fingerprint"
SEALS = "seals.json"


@dataclass(frozen=True)
class BuildFolder:
    """The folder of one build of one release."""

    path: Path
    release: Release

    def open(self) -> None:
        """Make the folder ready for a build, and take away the manifest that would call it complete.

        Raises:
            DataError: The folder holds something else than this release.
        """
        self.refuse_other_content()
        self._write(FINGERPRINT, self.release.fingerprint)
        if seals := self.seals():
            self._write(SEALS, json.dumps([document_of_seal(seal) for seal in seals]))
        for shard in self.manifest_shards():
            self.record(shard)
        (self.path / FILE_NAME).unlink(missing_ok=True)

    def close(self) -> None:
        """Take the records and what killed builds left away; the manifest stands."""
        shutil.rmtree(self.path / RECORDS, ignore_errors=True)
        remove_unfinished(self.path)

    def refuse_other_content(self) -> None:
        """Check that the folder is absent or empty, or holds this release in part or whole."""
        if not self.path.exists():
            return
        fix = "give another --out, or remove it"
        if not self.path.is_dir():
            raise DataError(Violation(str(self.path), "a file", "a folder", fix))
        names = sorted(entry.name for entry in self.path.iterdir())
        if names and not {RECORDS, FILE_NAME} & set(names):
            raise DataError(Violation(str(self.path), f"other files ({names[0]} …)", "an empty folder or a build", fix))
        found = self._fingerprint() if names else None
        if found not in (None, self.release.fingerprint):
            allowed = f"{self.release.fingerprint[:12]}, which {self.release.where} has"
            raise DataError(Violation(str(self.path), f"a build with fingerprint {found[:12]}", allowed, fix))

    def standing(self, shards: Sequence[ShardPlan]) -> dict[str, Shard]:
        """Return the planned shards, by path, whose files stand with the sha256 that was recorded, in plan order."""
        known = {shard.path: shard for shard in self.manifest_shards()} or self._recorded(shards)
        return {plan.path: known[plan.path] for plan in shards if plan.path in known and self._is_whole(known[plan.path])}

    def refuse_strangers(self, shards: Sequence[Shard]) -> None:
        """Check that no data file stands beside the shards: a loader would read it with them.

        Raises:
            DataError: One does.
        """
        planned = {shard.path for shard in shards}
        present = sorted(path.relative_to(self.path).as_posix() for path in (self.path / "data").rglob("*.parquet"))
        strangers = [path for path in present if path not in planned]
        if strangers:
            allowed = "the files of this build, which a loader reads together"
            raise DataError(Violation(str(self.path / path), "a data file", allowed, "move it away") for path in strangers)

    def record(self, shard: Shard) -> None:
        """Note that a shard is done."""
        self._write(_record_name(shard.path), json.dumps(asdict(shard)))

    @property
    def is_complete(self) -> bool:
        """Whether a manifest says that everything is there."""
        return (self.path / FILE_NAME).exists()

    def manifest_shards(self) -> tuple[Shard, ...]:
        """Return the shards that the manifest names; none without a manifest."""
        return read_manifest(self.path).shards if self.is_complete else ()

    def seals(self) -> tuple[Seal, ...]:
        """Return the seals that the manifest names, or named before the build was taken up again: they outlast it."""
        if self.is_complete:
            return read_manifest(self.path).seals
        file = self.path / RECORDS / SEALS
        return tuple(seal_of(seal) for seal in json.loads(file.read_text("utf-8"))) if file.exists() else ()

    def _recorded(self, shards: Sequence[ShardPlan]) -> dict[str, Shard]:
        files = {plan.path: self.path / RECORDS / _record_name(plan.path) for plan in shards}
        return {path: Shard(**json.loads(file.read_text("utf-8"))) for path, file in files.items() if file.exists()}

    def _is_whole(self, shard: Shard) -> bool:
        file = self.path / shard.path
        return file.is_file() and file.stat().st_size == shard.size_bytes and file_sha256(file) == shard.sha256

    def _fingerprint(self) -> str | None:
        if self.is_complete:
            return read_manifest(self.path).fingerprint
        file = self.path / RECORDS / FINGERPRINT
        return file.read_text("utf-8").strip() if file.exists() else None

    def _write(self, name: str, text: str) -> None:
        with replacing(self.path / RECORDS / name) as sink:
            sink.write(text.encode())


def _record_name(path: str) -> str:
    return path.replace("/", "-").removesuffix(".parquet") + ".json"
