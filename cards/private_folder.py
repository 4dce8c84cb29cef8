"""What stands beside sealed rows: the salt that proves them, and the words that tell a person what this folder is."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import Final

from jinja2 import Environment, StrictUndefined

from unisandbox.cards.seal import SALT_BYTES
from unisandbox.errors import DataError, Violation
from unisandbox.schemas.files import replacing
from unisandbox.schemas.manifest import Manifest
from unisandbox.schemas.seals import Seal

SALT: Final = "salt"
README: Final = "README.md"
IGNORED: Final = ".gitignore"
TEMPLATE: Final = "private.md.jinja"


def make_private_folder(folder: Path, salt: bytes) -> None:
    """Make a folder that its owner alone may enter, with the salt in a file that its owner alone may read.

    Raises:
        DataError: Something stands there: a salt that is lost is a proof that is lost.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        found = "a private folder" if (folder / SALT).exists() else "other files"
        fix = "give another --out; remove a private folder only if no release holds its commitment"
        raise DataError(Violation(str(folder), found, "a new folder", fix))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    handle = os.open(folder / SALT, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as sink:
        sink.write(f"{salt.hex()}\n".encode())
        sink.flush()
        os.fsync(sink.fileno())


def write_private_notes(folder: Path, manifest: Manifest, seal: Seal) -> None:
    """Write what a person should know of a private folder, and what keeps git from taking it in."""
    source = (files("unisandbox.cards") / TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    text = environment.from_string(source).render(manifest=manifest, seal=seal, folder=folder.name)
    for name, content in ((README, text), (IGNORED, "*\n")):
        with replacing(folder / name) as sink:
            sink.write(content.encode())


def read_salt(folder: Path) -> bytes:
    """Return the salt of a private folder; raises `DataError` where there is none."""
    path, allowed = folder / SALT, f"{SALT_BYTES} bytes in hex"
    fix = "restore it from a copy: without it nothing can be proved"
    try:
        salt = bytes.fromhex(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        raise DataError(Violation(str(path), "no file", allowed, fix)) from None
    except ValueError:  # of ASCII and of hex
        raise DataError(Violation(str(path), "other text", allowed, fix)) from None
    if len(salt) != SALT_BYTES:
        raise DataError(Violation(str(path), f"{len(salt)} bytes", allowed, fix))
    return salt
