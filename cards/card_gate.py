"""Whether a card says of the data what the manifest says, read as the loader reads it: by the readers of `datasets`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from unisandbox.cards.metadata import splits_by_config
from unisandbox.cards.render import CARD
from unisandbox.errors import DataError, Violation
from unisandbox.schemas.manifest import Manifest, Shard

FIX = "write it again with `unisandbox card`"


def refuse_unlike(card: str, manifest: Manifest) -> None:
    """Check a card's YAML against the manifest.

    Raises:
        DataError: A block that `datasets` cannot read; other configs, splits, files, versions or row counts; not one default.
    """
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs
    from huggingface_hub import DatasetCard

    problem = ""
    try:
        data = DatasetCard(card).data
        configs: Mapping[str, Any] = MetadataConfigs.from_dataset_card_data(data)
        infos: Mapping[str, Any] = DatasetInfosDict.from_dataset_card_data(data)
    except Exception as error:  # noqa: BLE001 - the readers let out what YAML and features raise
        problem = f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
    if problem:
        raise DataError(Violation(CARD, problem, "a block of YAML that `datasets` reads", FIX))
    if wrong := [*_configs(configs, manifest), *_counts(infos, manifest)]:
        raise DataError(wrong)


def _configs(configs: Mapping[str, Any], manifest: Manifest) -> Iterator[Violation]:
    wanted = splits_by_config(manifest.shards)
    yield from _unlike(f"{CARD}: configs", sorted(configs), sorted(wanted))
    default = [name for name, one in configs.items() if one.get("default")]
    if len(default) != 1:
        yield Violation(f"{CARD}: configs: default", ", ".join(default) or "none", "exactly one", FIX)
    paths = [shard.path for shard in manifest.shards]
    for name in (name for name in configs if name in wanted):
        where = f"{CARD}: configs: {name}"
        yield from _unlike(f"{where}: version", str(configs[name].get("version")), manifest.version)
        found = {one["split"]: _matched(one["path"], paths) for one in configs[name].get("data_files") or ()}
        yield from _unlike(f"{where}: splits", sorted(found), sorted(wanted[name]))
        for split in (split for split in found if split in wanted[name]):
            yield from _unlike(f"{where}: files of {split}", found[split], _paths(wanted[name][split]))


def _counts(infos: Mapping[str, Any], manifest: Manifest) -> Iterator[Violation]:
    wanted = splits_by_config(manifest.shards)
    yield from _unlike(f"{CARD}: dataset_info", sorted(infos), sorted(wanted))
    for name in (name for name in infos if name in wanted):
        found = {split: info.num_examples for split, info in (infos[name].splits or {}).items()}
        rows = {split: sum(shard.rows for shard in shards) for split, shards in wanted[name].items()}
        yield from _unlike(f"{CARD}: dataset_info: {name}: rows", found, rows)


def _unlike(where: str, found: object, wanted: object) -> Iterator[Violation]:
    if found != wanted:
        yield Violation(where, str(found), f"{wanted}, of the manifest", FIX)


def _paths(shards: Sequence[Shard]) -> list[str]:
    return sorted(shard.path for shard in shards)


def _matched(patterns: str | Sequence[str], paths: Sequence[str]) -> list[str]:
    """Return the paths that fit a pattern, part by part: `*` does not stand for a slash."""
    forms = [patterns] if isinstance(patterns, str) else patterns
    return sorted(path for path in paths if any(_fits(path.split("/"), form.split("/")) for form in forms))


def _fits(parts: Sequence[str], forms: Sequence[str]) -> bool:
    return len(parts) == len(forms) and all(fnmatchcase(part, form) for part, form in zip(parts, forms, strict=True))
