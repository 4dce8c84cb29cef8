"""`folder:PATH`: pictures that were made elsewhere, whatever made them, each found by its place in the folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.models.base import BaseModel
from unisandbox.evaluation.models.layouts import LAYOUTS, Arranged, Wanted, arranged
from unisandbox.evaluation.models.registry import refuse_arguments
from unisandbox.evaluation.protocol import DRAWN_ARMS, NORMAL, THINK, Capabilities, Drawing, DrawRequest, Fault
from unisandbox.schemas.files import file_sha256

BATCH: Final = 16
LARGEST_FILE_BYTES: Final = 64 * 2**20  # before it is decoded; a picture of a model has some megabytes


class Folder(BaseModel):
    """A folder of pictures.

    Args:
        folder: The folder.
        arm: Whose pictures they are where the folder has no level for arms.
        layout: Name of a layout; None to find it.
    """

    def __init__(self, folder: Path, arm: str = NORMAL, layout: str | None = None) -> None:
        self._folder, self._arm, self._layout = folder, arm, layout
        self._found: Arranged | None = None
        self._sizes: dict[str, tuple[int, str]] = {}
        self._missing: list[str] = []

    @property
    def capabilities(self) -> Capabilities:
        """It has the pictures of the arms that its files are of, and nothing else."""
        served = {arm for arm, _, _ in self._places}
        lacks = {arm: self._why_not(arm) for arm in DRAWN_ARMS if arm not in served}
        return Capabilities(True, answers=False, thinks="native" if THINK in served else "none", batch=BATCH, lacks=lacks)

    def bind(self, items: Sequence[Item], release: Path) -> None:  # noqa: ARG002 - only the items say what is wanted
        """Find the picture of each item; raises `DataError` as `arranged` does."""
        found = self._found = arranged(self._folder, Wanted(items, self._arm), self._layout)
        self._sizes = {path: _measured(self._folder / path) for path in found.files}
        served = [arm for arm in DRAWN_ARMS if any(place[0] == arm for place in found.places)]
        wanted = [(arm, item.id, 0) for item in items for arm in served]
        self._missing = [f"{item}, {arm}" for arm, item, sample in wanted if (arm, item, sample) not in found.places]

    def identity(self) -> Mapping[str, Any]:
        """Return the layout and the digest of every file that it reads: path, size and content, wherever the folder stands."""
        content = [[path, *self._sizes[path]] for path in self._read.files]
        arm = None if self._read.says_arm else self._arm
        return {"kind": "folder", "layout": self._read.layout, "arm": arm, "files": len(content), "sha256": digest(content)}

    def facts(self) -> Mapping[str, Any]:
        """Return what people want to know of the folder: its layout, and what is missing or left over."""
        found = self._read
        return {
            "layout": f"{found.layout}: {found.form}",
            "pictures": len(found.places),
            "missing": list(self._missing),
            "unmatched": list(found.unmatched),
            "links_not_followed": list(found.outside),
            "other_files": found.others,
        }

    def draw_one(self, request: DrawRequest) -> Drawing | Fault:
        """Return the file of an item as it stands there, or say that it is missing."""
        path = self._places.get((request.arm, request.item, request.sample))
        if path is None:
            return Fault("missing", f"{self._folder}: no picture of {request.item}, {request.arm}, sample {request.sample}")
        size_bytes, sha256 = self._sizes[path]
        if size_bytes > LARGEST_FILE_BYTES:
            return Fault("bad_picture", f"{path}: {size_bytes // 10**6} MB, more than {LARGEST_FILE_BYTES // 10**6}")
        try:
            content = (self._folder / path).read_bytes()
        except OSError as error:
            return Fault("missing", f"{path}: {error.strerror}")
        if hashlib.sha256(content).hexdigest() != sha256:
            return Fault("bad_picture", f"{path}: changed while the run went on")
        return Drawing(content)

    @property
    def _read(self) -> Arranged:
        if self._found is None:
            raise RuntimeError("a folder of pictures is used before bind()")
        return self._found

    @property
    def _places(self) -> Mapping[tuple[str, str, int], str]:
        return self._read.places

    def _why_not(self, arm: str) -> str:
        if self._read.says_arm:
            return "the folder has no pictures of it"
        otherwise = f"--model-arg arm={arm} says otherwise"
        return f"the folder does not say of which arm its pictures are; they count as {self._arm} ({otherwise})"


def _measured(path: Path) -> tuple[int, str]:
    return path.stat().st_size, file_sha256(path)


def open_folder(path: str, arguments: Mapping[str, str]) -> Folder:
    """Return the folder of pictures at a path.

    Args:
        path: Of the folder.
        arguments: `arm`, whose pictures they are where the folder does not say; `layout`, a name of `LAYOUTS`.

    Raises:
        InputError: No folder there, or an argument or value that there is not.
    """
    uri = f"folder:{path}"
    refuse_arguments(uri, arguments, ("arm", "layout"))
    known = {"arm": DRAWN_ARMS, "layout": tuple(LAYOUTS)}
    wrong = [
        Violation(f"{uri}: --model-arg {name}", repr(value), ", ".join(known[name]), "name one of these")
        for name, value in arguments.items()
        if value not in known[name]
    ]
    if not Path(path).is_dir():
        wrong.append(Violation(f"--model {uri}", "no folder", "a folder of pictures", "check the path"))
    if wrong:
        raise InputError(wrong)
    return Folder(Path(path), arguments.get("arm", NORMAL), arguments.get("layout"))
