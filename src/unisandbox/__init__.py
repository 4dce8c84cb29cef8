"""unisandbox makes, proves, publishes and scores controlled synthetic data for multimodal models."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

__version__ = "0.2.0"


@overload
def load(
    spec: str | os.PathLike[str], config: str, split: str, *, cache_dir: str | os.PathLike[str] | None = None
) -> Dataset: ...
@overload
def load(
    spec: str | os.PathLike[str], config: str, split: None = None, *, cache_dir: str | os.PathLike[str] | None = None
) -> DatasetDict: ...
def load(
    spec: str | os.PathLike[str], config: str, split: str | None = None, *, cache_dir: str | os.PathLike[str] | None = None
) -> Dataset | DatasetDict:
    """Return a split of a release as a `datasets.Dataset`, or all splits of a config as a `DatasetDict`; pictures are decoded.

    Unlike `datasets.load_dataset`, it never returns another version that a cache happens to hold: every file is proved against
    the release's manifest first, and what cannot be proved is an error that says what to do.

    ```python
    import unisandbox

    test = unisandbox.load("org/name@v0.2.0", "math", "test")
    test[0]["draw"], test[0]["image"]
    every_split = unisandbox.load("build/unisandbox-0.2.0", "math")
    ```

    Args:
        spec: `org/name@vX.Y.Z`, or a release folder.
        config: Name of a config, e.g. `math`.
        split: Name of a split; None for all.
        cache_dir: Where fetched files and the rows made of them are kept; None for the caches of huggingface_hub and datasets.

    Raises:
        unisandbox.errors.HubError: The Hub has no such version, or cannot be reached while the files are not all here.
        unisandbox.errors.DataError: No version is named; no such config or split; files that are not what the manifest says.
    """
    from unisandbox.cards.load import load as proved  # with everything that it needs, a second and more

    return proved(spec, config, split, cache_dir=cache_dir)
