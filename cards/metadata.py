"""The YAML block at the top of a card: what the Hub shows and what `load_dataset` obeys.

`configs` tells the loader which files are which split, and gives every config the release's version, so that an older release in
a cache is not loaded in silence. `dataset_info` tells it the types and the row counts, so that a truncated file is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from unisandbox.schemas.arrow import yaml_features
from unisandbox.schemas.manifest import Manifest, Shard

DEFAULT_CONFIG: Final = "math"
TASKS: Final = ("text-to-image", "question-answering")  # ids of huggingface.js, packages/tasks/src/pipelines.ts: `draw` and `ask`
ROW_NAMES: Final = {"knowledge_corpus": "document", "entities": "entity", "vocabulary": "noun"}  # all others hold items

SIZES: Final = (  # upper bounds of the Hub's size categories
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
    (10**9, "100M<n<1B"),
)
LARGEST: Final = "n>1B"


def row_name(config: str, *, pictured: bool = False) -> str:
    """Return the name of a config's rows in `schemas/`; the items of a release with pictures are `pictured_item`.

    >>> row_name("math"), row_name("math", pictured=True), row_name("vocabulary")
    ('item', 'pictured_item', 'noun')
    """
    return ROW_NAMES.get(config, "pictured_item" if pictured else "item")


def row_names(manifest: Manifest) -> dict[str, str]:
    """Return config -> name of its rows, in the order in which the manifest first names a config."""
    return {config: row_name(config, pictured=manifest.images is not None) for config in manifest.configs}


def item_configs(manifest: Manifest) -> list[str]:
    """Return the configs that hold items, which are named after their families, in the order of the manifest."""
    return [config for config in manifest.configs if config not in ROW_NAMES]


def size_category(rows: int) -> str:
    """Return the Hub's name for a number of rows.

    >>> size_category(999), size_category(48_500)
    ('n<1K', '10K<n<100K')
    """
    return next((name for bound, name in SIZES if rows < bound), LARGEST)


def splits_by_config(shards: Iterable[Shard]) -> dict[str, dict[str, list[Shard]]]:
    """Return config -> split -> shards, each in the order in which the manifest first names it."""
    found: dict[str, dict[str, list[Shard]]] = {}
    for shard in shards:
        found.setdefault(shard.config, {}).setdefault(shard.split, []).append(shard)
    return found


def metadata(manifest: Manifest) -> dict[str, Any]:
    """Return the whole block as plain values, in the order in which it is written."""
    configs, rows = splits_by_config(manifest.shards), row_names(manifest)
    default = default_config(manifest)
    version = re.split(r"[-+]", manifest.version)[0]  # the loader knows three numbers and nothing behind them
    return {
        "language": ["en"],
        "license": "cc-by-4.0",
        "pretty_name": f"{manifest.name} {manifest.version}",
        "annotations_creators": ["machine-generated"],
        "language_creators": ["machine-generated"],
        "source_datasets": ["original"],
        "size_categories": [size_category(sum(shard.rows for shard in manifest.shards))],
        "task_categories": list(TASKS),
        "tags": tags(manifest),
        "configs": [_config(name, splits, version, is_default=name == default) for name, splits in configs.items()],
        "dataset_info": [_info(name, splits, rows[name]) for name, splits in configs.items()],
    }


def tags(manifest: Manifest) -> list[str]:
    """Return what the dataset is found by; `text` and `image` are the Hub's names of what rows hold."""
    return ["benchmark", "synthetic", "reasoning", "text", *(["image"] if manifest.images is not None else [])]


def default_config(manifest: Manifest) -> str:
    """Return the config that is loaded when none is named."""
    return DEFAULT_CONFIG if DEFAULT_CONFIG in manifest.configs else manifest.configs[0]


def _config(name: str, splits: Mapping[str, Sequence[Shard]], version: str, *, is_default: bool) -> dict[str, Any]:
    files = [
        {"split": split, "path": f"{PurePosixPath(shards[0].path).parent}/{split}-*.parquet"} for split, shards in splits.items()
    ]
    return {"config_name": name, "version": version, **({"default": True} if is_default else {}), "data_files": files}


def _info(name: str, splits: Mapping[str, list[Shard]], rows: str) -> dict[str, Any]:
    sizes = [
        {
            "name": split,
            "num_bytes": sum(shard.size_bytes for shard in shards),
            "num_examples": sum(shard.rows for shard in shards),
        }
        for split, shards in splits.items()
    ]
    total = sum(shard.size_bytes for shards in splits.values() for shard in shards)
    return {
        "config_name": name,
        "features": yaml_features(rows),
        "splits": sizes,
        "download_size": total,
        "dataset_size": total,
    }
