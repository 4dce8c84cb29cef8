"""The first half of self-training, for any model that thinks and draws: what a judge accepts is kept, and how much that is.

STARS (arXiv 2511.20561): sample with thinking, keep what is right, then train on prompt and picture without the thought.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import DataError, InputError, Violation
from unisandbox.evaluation.images import ImageStore
from unisandbox.evaluation.outcomes import CORRECT, OUTCOMES, Sample
from unisandbox.evaluation.protocol import THINK
from unisandbox.evaluation.training.rows import refuse_held_out
from unisandbox.schemas.files import replacing

KEPT, ACCEPTANCE, BAGEL = "kept.parquet", "acceptance.json", "bagel"
COLUMNS: Final = ("id", "family", "level", "split", "sample", "seed", "prompt", "thought", "target", "picture", "image")
BAGEL_NAME: Final = "unisandbox_stars"


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that a judge accepted.

    Attributes:
        id, family, level, split: Of the item.
        sample: Which of several of the item.
        seed: With which it was made.
        prompt: The `draw` view: what the picture is trained on, without the thought.
        thought: What the model thought before it drew.
        target: What the judge saw to be in the picture, in the form of the column of items.
        picture: sha256 of the file.
        image: The PNG file.
    """

    id: str
    family: str
    level: int
    split: str
    sample: int
    seed: int
    prompt: str
    thought: str
    target: Mapping[str, Any]
    picture: str
    image: bytes


def accepted(samples: Iterable[Sample], images: ImageStore) -> Iterator[Kept]:
    """Yield what is right among pictures drawn after thinking, each picture of an item once.

    Raises:
        DataError: An item is not for training, or a picture is gone.
    """
    right = [one for one in samples if one.arm == THINK and one.outcome == CORRECT and one.picture]
    refuse_held_out([{"id": one.item.id, "split": one.item.split} for one in right])
    seen: set[tuple[str, str]] = set()
    for one in right:
        assert one.picture is not None
        if (place := (one.item.id, one.picture)) not in seen:
            seen.add(place)
            item = one.item
            first = (item.id, item.family, item.level, item.split, one.sample, one.seed, one.prompt, one.thought or "")
            yield Kept(*first, item.target, one.picture, images.get(one.picture))


def acceptance(samples: Iterable[Sample]) -> list[dict[str, Any]]:
    """Return how many pictures drawn after thinking had which outcome, and the share kept, by family and level."""
    counts: dict[tuple[str, int], Counter[str]] = {}
    for one in samples:
        if one.arm == THINK:
            counts.setdefault((one.item.family, one.item.level), Counter())[one.outcome] += 1
    return [
        {
            "family": family,
            "level": level,
            **{name: found[name] for name in OUTCOMES},
            "kept_share": found[CORRECT] / found.total(),
        }
        for (family, level), found in sorted(counts.items())
    ]


def write_kept(kept: Sequence[Kept], rates: Sequence[Mapping[str, Any]], folder: Path, bagel_files: int) -> None:
    """Write `kept.parquet`, `acceptance.json`, and a folder in the form that BAGEL trains text to image on.

    Args:
        kept: At least one.
        rates: Of `acceptance`.
        folder: Where to.
        bagel_files: How many files BAGEL's folder has; each of its processes reads whole files, so at least one each.

    Raises:
        InputError: Nothing was kept, or less than a picture a file.
    """
    if not kept:
        fix = "look at the run's page; a model that is never right after thinking has nothing to learn from itself"
        raise InputError(Violation(str(folder), "no picture that the judge accepted", "one or more", fix))
    if len(kept) < bagel_files:
        fix = "ask for fewer files or sample more items"
        raise InputError(Violation("--bagel-files", str(bagel_files), f"1 to {len(kept)}, one kept picture each", fix))
    rows = [{name: getattr(one, name) for name in COLUMNS} for one in kept]
    for row in rows:
        row["target"] = json.dumps(row["target"], ensure_ascii=False)
    _write_parquet(rows, folder / KEPT)
    for number in range(bagel_files):
        part = kept[number::bagel_files]
        pairs = [{"image": one.image, "captions": json.dumps({"caption": one.prompt}, ensure_ascii=False)} for one in part]
        _write_parquet(pairs, folder / BAGEL / f"data-{number:05d}-of-{bagel_files:05d}.parquet")
    entry = {"data_dir": str(folder / BAGEL), "num_files": bagel_files, "num_total_samples": len(kept)}
    _write_json({"t2i_pretrain": {BAGEL_NAME: entry}}, folder / BAGEL / "dataset_info.json")
    _write_json(list(rates), folder / ACCEPTANCE)


def read_kept(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of a folder of kept pictures, without the pictures; raises `DataError` where it is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path, fix = folder / KEPT, "name a folder that `unisandbox stars` wrote"
    try:
        rows: list[dict[str, Any]] = pq.read_table(path, columns=[name for name in COLUMNS if name != "image"]).to_pylist()
        rows = [{**row, "target": json.loads(row["target"])} for row in rows]
    except (OSError, pa.ArrowInvalid, KeyError, ValueError) as error:
        raise DataError(Violation(str(path), f"{type(error).__name__}: {str(error)[:80]}", "kept pictures", fix)) from None
    refuse_held_out(rows)
    return rows


def _write_parquet(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with replacing(path) as sink:
        pq.write_table(pa.Table.from_pylist(list(rows)), sink, compression="zstd")


def _write_json(value: Any, path: Path) -> None:
    with replacing(path) as sink:
        sink.write((json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())
