"""Prints how many pictures a second the exact judge reads on one core, over checking them in alone, and whether it errs.

    python benchmarks/judge.py --data build/unisandbox-0.2.0 --limit 300 --json benchmarks/results/judge.json

Pictures are the release's own: reference pictures, which are right, and foils, which are wrong. Each is checked as a run does it,
then read in the judge's batches. A second of a core is one of processor time with one thread; of a GPU it is one of the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from unisandbox import __version__
from unisandbox.evaluation.intake import take_in
from unisandbox.evaluation.items import scored_items
from unisandbox.evaluation.judges.registry import open_judge
from unisandbox.evaluation.known_pictures import KnownPicture, ReadPicture, read_pictures, rendered
from unisandbox.evaluation.released import Words
from unisandbox.evaluation.run import questions_of

WARM = 64  # pictures read first: torch, templates and the pages of the library are loaded by then


@dataclass(frozen=True)
class Measured:
    """What one kind of picture gave.

    Attributes:
        kind: `objects` or `portrait`.
        pictures: How many were read, of which `misread` were judged wrongly and `faults` not at all.
        per_s: Pictures a second: of processor time on a CPU, of the clock on a GPU.
        checked_per_s: Pictures a second of checking them in alone, which is part of the former.
    """

    kind: str
    pictures: int
    misread: int
    faults: int
    per_s: float
    checked_per_s: float


def measured(
    kind: str,
    known: Sequence[KnownPicture],
    read: Callable[[Sequence[KnownPicture]], list[ReadPicture]],
    clock: Callable[[], float],
) -> Measured:
    """Return the figures of one kind of picture."""
    read(known[:WARM])
    begun = clock()
    found = read(known)
    read_s = clock() - begun
    begun = clock()
    for one in known:
        take_in(one.content)
    checked_s = clock() - begun
    misread = sum(one.seen_right is not None and one.seen_right != one.picture.is_right for one in found)
    faults = sum(one.seen_right is None for one in found)
    return Measured(kind, len(known), misread, faults, len(known) / read_s, len(known) / checked_s)


def main() -> None:
    """Measure and print; write the figures where --json says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("build/unisandbox-0.2.0"), help="release folder with pictures")
    parser.add_argument("--limit", type=int, default=300, help="items, each with its reference picture and foils")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="where the judge reads")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    about = (
        torch.cuda.get_device_name() if options.device == "cuda" else f"{platform.machine()}, {os.cpu_count()} cores, one used"
    )
    machine = f"{about}, Python {platform.python_version()}, torch {torch.__version__}, unisandbox {__version__}"
    print(machine)
    judge = open_judge("sprites", options.data, {"device": options.device}).judge
    questions, clock = questions_of(Words(options.data)), time.perf_counter if options.device == "cuda" else time.process_time
    pictures = list(rendered(scored_items(options.data, limit=options.limit).items))
    found = []
    for kind in ("objects", "portrait"):
        known = [one for one in pictures if one.item.target["kind"] == kind]
        one = measured(kind, known, lambda some: list(read_pictures(judge, some, questions)), clock)
        found.append(asdict(one))
        print(
            f"{kind:<9} {one.per_s:6.1f} pictures/s, {one.per_s / one.checked_per_s:.2f} of checking alone;"
            f" {one.misread} misread and {one.faults} not read of {one.pictures:,}"
        )
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"machine": machine, "measured": found}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
