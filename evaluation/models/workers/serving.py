"""What the workers of this folder share: the worker's half of the protocol, what weights and code they run, and PNG files.

It is imported beside the script that runs, under its bare name, so it needs Python 3.10 and the standard library alone.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

BLOCK = 1 << 24
WEIGHED = (".json", ".safetensors")


def serve(model: Any) -> None:
    """Answer requests until the scorer is done, by `worker_side.py` of the folder above."""
    path = Path(__file__).resolve().parents[1] / "worker_side.py"
    spec = importlib.util.spec_from_file_location("worker_side", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.serve(model)


def identity(name: str, repository: Path, weights: Path, packages: tuple[str, ...], **settings: Any) -> dict[str, Any]:
    """Return all that a model's answers depend on: the content of its weights, the commit of its code, versions and settings."""
    return {
        "name": name,
        "weights": weights_sha256(weights),
        "commit": commit_of(repository),
        "versions": {package: version_of(package) for package in packages},
        **settings,
    }


def weights_sha256(folder: Path) -> str:
    """Return the sha256 over names and contents of a folder's weights and settings."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in WEIGHED and ".cache" not in path.parts):
        one = hashlib.sha256()
        with path.open("rb") as source:
            while block := source.read(BLOCK):
                one.update(block)
        total.update(f"{path.relative_to(folder).as_posix()} {one.hexdigest()}\n".encode())
    return total.hexdigest()


def commit_of(repository: Path) -> str:
    """Return the commit that a repository stands at, with `-dirty` where files were changed; `unknown` where git cannot say."""
    line = ["git", "-C", str(repository), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def version_of(package: str) -> str:
    """Return the version of a package, or `none` where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def png_of(image: Any) -> bytes:
    """Return the PNG file of a picture of Pillow."""
    with io.BytesIO() as sink:
        image.save(sink, "PNG")
        return sink.getvalue()
