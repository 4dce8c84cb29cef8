"""The pictures of a run, each under the sha256 of its file: equal pictures are one, and none is overwritten by another."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from unisandbox.errors import DataError, Violation
from unisandbox.schemas.files import replacing


class ImageStore:
    """A folder of PNG files, `<first two>/<sha256>.png`, for many threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks = [threading.Lock() for _ in range(16)]  # equal pictures come from several threads at once

    def path(self, sha256: str) -> Path:
        """Return where a picture stands, whether or not it is there."""
        return self._folder / sha256[:2] / f"{sha256}.png"

    def known(self) -> frozenset[str]:
        """Return the sha256 of every picture that is there."""
        return frozenset(path.stem for path in self._folder.glob("??/*.png"))

    def put(self, png: bytes) -> str:
        """Keep a picture and return its sha256; one that is there already is left alone."""
        sha256 = hashlib.sha256(png).hexdigest()
        path = self.path(sha256)
        with self._locks[int(sha256[0], 16)]:
            if not (path.is_file() and path.stat().st_size == len(png)):
                with replacing(path) as sink:
                    sink.write(png)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the file of a picture; raises `DataError` where it is gone or changed."""
        path, fix = self.path(sha256), "remove the file and run again: the picture is then made again"
        try:
            png = path.read_bytes()
        except FileNotFoundError:
            raise DataError(Violation(str(path), "no file", "the picture of that sha256", fix)) from None
        if hashlib.sha256(png).hexdigest() != sha256:
            raise DataError(Violation(str(path), "another content", "the picture of that sha256", fix))
        return png
