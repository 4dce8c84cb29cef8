"""Joins the shards of one run: their ledgers and pictures in one folder, with the record of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.images import ImageStore
from unisandbox.evaluation.run_folder import IMAGES, RECORD, Record, read_record, read_rows, write_record, writing


def merged(folders: Sequence[Path], out: Path) -> Record:
    """Write the shards of one run as one run folder and return its record; where two have a line with one key, the last holds.

    Raises:
        DataError: A folder is no run, two of them asked different things or were read by different judges, or `out` has a run.
    """
    records = [read_record(folder) for folder in folders]
    wrong = [
        violation for folder, record in zip(folders, records, strict=True) for violation in _unlike(folder, record, records[0])
    ]
    if (out / RECORD).exists():
        wrong.append(Violation(str(out), "a run", "a new folder", "name another --out"))
    if wrong:
        raise DataError(wrong)
    with writing(out) as files:
        for folder in folders:
            images = ImageStore(folder / IMAGES)
            for ledger, rows in zip((files.generations, files.verdicts), read_rows(folder), strict=True):
                for row in rows.values():
                    if ledger is files.generations and row["picture"]:
                        files.images.put(images.get(row["picture"]))
                    ledger.append(row)
        record = replace(
            records[0], selection={**records[0].selection, "shard": None}, settings={"merged": [str(f) for f in folders]}
        )
        write_record(out, record)
    return record


def _unlike(folder: Path, record: Record, first: Record) -> Iterator[Violation]:
    for what, found, allowed in (
        ("items", record.items["sha256"], first.items["sha256"]),
        ("model", record.model.sha256, first.model.sha256),
        ("judge", _judge(record), _judge(first)),
        ("arms, samples, salt and size", record.way, first.way),
    ):
        if found != allowed:
            yield Violation(f"{folder}: {what}", str(found), f"{allowed}, as in the first folder", "merge shards of one run")


def _judge(record: Record) -> Any:
    return record.judge.sha256 if record.judge else None
