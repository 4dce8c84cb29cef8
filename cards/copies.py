"""A published version as a folder of one's own: fetched, copied, and proved again where it lies."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from unisandbox.cards.load import beside, fetch, wanted_shards
from unisandbox.cards.place import Place
from unisandbox.errors import DataError, Violation
from unisandbox.schemas.files import TEMPORARY
from unisandbox.schemas.manifest import read_manifest, shard_violations


def fetch_into(out: Path, place: Place, *, configs: Sequence[str] | None = None, cache_dir: Path | None = None) -> Path:
    """Return `out`, which holds a published version afterwards; it appears when all of it is there and proved, or not at all.

    Args:
        out: A folder that is not there, or is empty.
        place: What to fetch.
        configs: Configs to fetch, with what explains them; None for the whole release. A folder with some of them can be
            loaded; its manifest still lists the others, so that `validate` misses them.
        cache_dir: Where fetched files are kept; None for the client's own place.

    Raises:
        DataError: There is something at `out`; or what `fetch` raises.
        HubError: As `fetch`.
    """
    if out.is_symlink() or (out.exists() and not (out.is_dir() and not any(out.iterdir()))):
        raise DataError(Violation(str(out), "a file, or a folder with files", "a new or an empty folder", "name another one"))
    folder = fetch(place, configs=configs, cache_dir=cache_dir)
    shards = wanted_shards(read_manifest(folder), str(place), configs)
    staged = out.with_name(f"{out.name}.{os.getpid()}{TEMPORARY}")
    try:
        for path in [*beside(folder), *(shard.path for shard in shards)]:
            (staged / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / path, staged / path)
        if wrong := [one for shard in shards for one in shard_violations(staged, shard)]:
            raise DataError(wrong)
        if out.exists():
            out.rmdir()
        staged.rename(out)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return out
