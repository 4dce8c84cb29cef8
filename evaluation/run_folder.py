"""The folder of a run: two ledgers, the pictures, and `run.json`, which says what was asked of whom."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.arms import Way
from unisandbox.evaluation.images import ImageStore
from unisandbox.evaluation.ledger import Ledger, Row, alone_in, read_ledger
from unisandbox.schemas.files import replacing

FORMAT: Final = 1
GENERATIONS: Final = "generations.jsonl"
VERDICTS: Final = "verdicts.jsonl"
RECORD: Final = "run.json"
IMAGES: Final = "images"
PAGE: Final = "report.html"  # written last


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A model or a judge as a run knew it.

    Attributes:
        uri: What opened it.
        identity: All that its results depend on.
        sha256: Digest of the identity.
        facts: What it says of itself besides: capabilities of a model, whether a judge is blind.
    """

    uri: str
    identity: Mapping[str, Any]
    sha256: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What `run.json` says: enough to repeat the run, and to report it again from its files.

    Attributes:
        data: The release folder that was read.
        release: Name, version, digest, fingerprint of it.
        selection: `splits`, `families`, `levels`, `limit`, and `shard` as [number, of].
        items: `count`, `sha256` and `sources` of the items of all shards.
        model: Who drew and answered.
        judge: Who read the pictures; None before any is judged.
        way: Arms, samples, salt, size.
        absent: Arms that were wanted and that the model lacks, each with the reason.
        settings: What changes no result: workers, the error rate allowed, and so on.
        stopping: The rule that ended the run before its last item, and what it saw; None where all items were asked.
        canary: What the judge made of pictures of known truth, `before` and `after`.
        versions: Of what ran, by name.
    """

    data: str
    release: Mapping[str, Any]
    selection: Mapping[str, Any]
    items: Mapping[str, Any]
    model: Party
    way: Way
    judge: Party | None = None
    absent: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    stopping: Mapping[str, Any] | None = None
    canary: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


class RunFiles:
    """The open files of a run that is being written."""

    def __init__(self, generations: Ledger, verdicts: Ledger, images: ImageStore) -> None:
        self.generations, self.verdicts, self.images = generations, verdicts, images

    def forget_faults(self) -> int:
        """Take what failed for not done, and return how many lines that are; the file keeps them until there are better ones."""
        forgotten = 0
        for ledger in (self.generations, self.verdicts):
            failed = [key for key, row in ledger.rows.items() if row["fault"]]
            for key in failed:
                del ledger.rows[key]
            forgotten += len(failed)
        return forgotten


@contextmanager
def writing(folder: Path) -> Iterator[RunFiles]:
    """Yield the files of a run folder, which is made if need be, for this process alone.

    Raises:
        DataError: Another process writes to the folder, or a ledger is damaged.
    """
    with ExitStack() as stack:
        stack.enter_context(alone_in(folder))
        generations = stack.enter_context(closing(Ledger(folder / GENERATIONS)))
        verdicts = stack.enter_context(closing(Ledger(folder / VERDICTS)))
        yield RunFiles(generations, verdicts, ImageStore(folder / IMAGES))


def read_rows(folder: Path) -> tuple[dict[str, Row], dict[str, Row]]:
    """Return the generations and the verdicts of a run folder by key, without writing anything."""
    return read_ledger(folder / GENERATIONS), read_ledger(folder / VERDICTS)


def write_record(folder: Path, record: Record) -> None:
    """Write `run.json`."""
    text = json.dumps({"format": FORMAT, **asdict(record)}, indent=2, ensure_ascii=False)
    with replacing(folder / RECORD) as sink:
        sink.write(f"{text}\n".encode())


def read_record(folder: Path) -> Record:
    """Return what `run.json` says.

    Raises:
        DataError: There is none, or it is no record of this format.
    """
    path = folder / RECORD
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.pop("format") != FORMAT:
            raise ValueError("another format")
        model, judge, way = document.pop("model"), document.pop("judge"), document.pop("way")
        return Record(
            model=Party(**model),
            judge=Party(**judge) if judge else None,
            way=Way(**{**way, "arms": tuple(way["arms"])}),
            **document,
        )
    except FileNotFoundError:
        fix = "name the folder of a run, as `unisandbox score` printed it"
        raise DataError(Violation(str(path), "no file", "the record of a run", fix)) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        fix = "take it from a copy, or score again into another folder"
        raise DataError(Violation(str(path), f"{type(error).__name__}: {error}", f"a record of format {FORMAT}", fix)) from None
