"""The exact judge: finds the release's own sprites and portrait parts in a picture by comparing pixels, and shares no code with
what draws them. It reads pictures that this package rendered, and those of models that compose such parts.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Mapping, Sequence
from glob import glob
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from unisandbox.errors import DataError, InputError, Violation
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.items import read_config
from unisandbox.evaluation.judges.sprite_answers import ADVICE, reading_of
from unisandbox.evaluation.protocol import Fault, JudgeRequest, Reading
from unisandbox.schemas.rows import bytes_of

if TYPE_CHECKING:
    from unisandbox.evaluation.exact.reader import PictureReader

PARSER: Final = 1  # one more whenever a picture may be read as something else
DEVICES: Final = ("auto", "cpu", "cuda")
DEVICE_FILES: Final = ("/dev/nvidia[0-9]*", "/dev/dxg")  # of a GPU under Linux, and under Linux in Windows
BATCH: Final = {"cpu": 32, "cuda": 256}


class SpritesJudge:
    """Reads pictures without error, or says that it cannot; on a GPU where there is one.

    What it says depends on what it finds, so that neither a broken judge nor a foreign picture looks like a bad model:

    * A scene whose objects all have names, a plain background, or a portrait is a reading, whatever was asked for. An object that
      no question names is answered by its name, an empty picture or a person as something else than the object, an attribute that
      does not show (any of them, where there is no person) as `unreadable`. Such a picture is wrong.
    * A scene in which some objects have names and others have none is a reading of `several kinds of objects`.
    * Anything else (a photograph, noise, a foreign drawing, a scene of which nothing has a name) is a fault `bad_picture`: an
      error of this judge on this picture and never a wrong picture. A run with many of them ends with exit code 3, and wants a
      judge of another kind. So is an object that two names fit, or one without a name in a picture so small that it may be the
      reader who fails.

    Args:
        sprites: PNG files with transparency by object name, as in the release's vocabulary.
        pixels_sha256: The digest of the pixels of each, from the same rows.
        device: One of `DEVICES`; `auto` is a GPU where there is one.

    Raises:
        InputError: No torch, or no such device.
    """

    blind = True

    def __init__(self, sprites: Mapping[str, bytes], pixels_sha256: Mapping[str, str], device: str = "auto") -> None:
        self._sprites, self._digest = dict(sprites), digest(dict(pixels_sha256))
        self._torch = _torch_version()
        self._device = device_kind(device, self._torch)
        self._reader: PictureReader | None = None
        self._loading = threading.Lock()

    @property
    def batch(self) -> int:
        """How many pictures it takes at once at most."""
        return BATCH[self._device]

    def identity(self) -> Mapping[str, Any]:
        """Return what its readings depend on: version of the parser, all sprites, torch, and the kind of device."""
        found = {"parser": PARSER, "sprites": self._digest, "torch": self._torch, "device": self._device}
        return {"kind": "sprites", **found}

    def read(self, requests: Sequence[JudgeRequest]) -> Sequence[Reading | Fault]:
        """Return what each picture shows, or a fault, in order; torch is loaded with the first of them."""
        found: dict[int, Reading | Fault] = {}
        by_side: dict[int, dict[int, bytes]] = {}
        for number, request in enumerate(requests):
            pixels = _pixels(request.picture)
            if isinstance(pixels, Fault):
                found[number] = pixels
            else:
                by_side.setdefault(pixels.side_px, {})[number] = pixels.values
        for side_px, pictures in by_side.items():
            looks = self._loaded().read(list(pictures.values()), side_px)
            found.update((number, reading_of(one, requests[number])) for number, one in zip(pictures, looks, strict=True))
        return [found[number] for number in range(len(requests))]

    def close(self) -> None:
        """Give back the memory of the templates."""
        self._reader = None

    def _loaded(self) -> PictureReader:
        with self._loading:
            if self._reader is None:
                import torch

                from unisandbox.evaluation.exact.reader import PictureReader

                if self._device == "cuda" and not torch.cuda.is_available():
                    found, fix = "a GPU that torch cannot use", "give --judge-arg device=cpu, or install torch for this GPU"
                    raise InputError(Violation("--judge sprites", found, "cuda that works, or cpu", fix))
                self._reader = PictureReader(self._sprites, self._device)
            return self._reader


def open_sprites(rest: str, release: Path, arguments: Mapping[str, str]) -> SpritesJudge:
    """Return the judge of a release's own pictures.

    Args:
        rest: Nothing: the URI is `sprites` alone.
        release: A release folder with pictures.
        arguments: `device`, one of `DEVICES`.

    Raises:
        DataError: The release has no sprites.
        InputError: Something after the name, another argument, or as `SpritesJudge`.
    """
    unknown = sorted({*arguments} - {"device"})
    if rest or unknown:
        found = f"sprites:{rest}" if rest else f"--judge-arg {', '.join(unknown)}"
        raise InputError(Violation("--judge", found, f"sprites, with device={'|'.join(DEVICES)} or without", "leave it out"))
    rows = read_config(release, "vocabulary", "noun")
    if not rows:
        fix = "build the release with pictures, or score with another judge"
        raise DataError(Violation(str(release), "no vocabulary", "one with sprites, as releases with pictures have", fix))
    sprites = {row["id"]: bytes_of(row["sprite"]["bytes"]) for row in rows}
    return SpritesJudge(sprites, {row["id"]: row["pixels_sha256"] for row in rows}, arguments.get("device", "auto"))


class Pixels(NamedTuple):
    """A square picture: its side, and four bytes a pixel."""

    side_px: int
    values: bytes


def _pixels(png: bytes) -> Pixels | Fault:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(png)) as image:
            if image.width != image.height:
                return Fault("bad_picture", f"{image.width} x {image.height} pixels, not a square: {ADVICE}")
            return Pixels(image.width, image.convert("RGB").convert("RGBA").tobytes())
    except (OSError, SyntaxError, ValueError) as error:
        return Fault("bad_picture", f"{len(png)} bytes that are no picture: {error}")


def _torch_version() -> str:
    try:
        return version("torch")
    except PackageNotFoundError as error:
        fix = "pip install 'unisandbox[score]'"
        raise InputError(Violation("--judge sprites", "no torch", "torch 2.6 or later", fix)) from error


def device_kind(wanted: str, torch_version: str) -> str:
    """Return `cpu` or `cuda`, without loading torch: a run that has nothing left to judge asks for no more than the identity."""
    if wanted not in DEVICES:
        raise InputError(Violation("--judge-arg device", repr(wanted), ", ".join(DEVICES), "name one of them"))
    if wanted != "auto":
        return wanted
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    there = any(glob(pattern) for pattern in DEVICE_FILES)
    return "cuda" if there and not hidden and not torch_version.endswith("+cpu") else "cpu"
