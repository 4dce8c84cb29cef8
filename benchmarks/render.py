"""Prints pictures per CPU-second, from target to PNG file, over encoding the same pictures alone, all in one run.

    python benchmarks/render.py --pictures 600 --json benchmarks/results/render.json

Ratios are what to read, as in build.py. "First" draws with empty caches: sprites are rasterised and tiles cut on the way.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import io
import json
import os
import platform
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from unisandbox import __version__
from unisandbox.generators.draws import draws_of
from unisandbox.generators.families.base import Attribute, Target, TargetObject
from unisandbox.generators.portraits import PORTRAIT_VALUES
from unisandbox.generators.render import DEFAULT_SIZE_PX, PNG_LEVEL, png, render
from unisandbox.generators.vocabulary import nouns

REPEATS = 3
LEVELS = (1, 3, 6, 9)


@dataclass(frozen=True)
class Measured:
    """One kind of picture: CPU-seconds to draw and encode all of them, and to encode them alone."""

    kind: str
    pictures: int
    first_per_cpu_s: float
    per_cpu_s: float
    encode_only_per_cpu_s: float
    mean_bytes: int

    @property
    def over_encode_only(self) -> float:
        """Pictures per CPU-second over those of encoding alone."""
        return self.per_cpu_s / self.encode_only_per_cpu_s


def kinds(count: int) -> Iterator[tuple[str, list[Target]]]:
    """Yield targets of each kind of picture: objects as often as releases show them, persons of whom one thing is asked."""
    every = nouns()
    draws = draws_of("bench", count=4 * count)
    yield "scene of 1 to 9 objects", [_objects(draws.choice(every).name, 1 + number % 9) for number in range(count)]
    yield "single object", [_objects(draws.choice(every).name, 1) for _ in range(count)]
    few = every[:20]
    yield "scene of 1 to 9, 20 objects", [_objects(few[number % 20].name, 1 + number % 9) for number in range(count)]
    asked = [(name, value) for name, values in PORTRAIT_VALUES.items() for value in values]
    yield "portrait", [_person(*asked[number % len(asked)]) for number in range(count)]


def _objects(name: str, count: int) -> Target:
    return Target("objects", (TargetObject(name, count),))


def _person(attribute: str, value: str) -> Target:
    return Target("portrait", (TargetObject("person", 1, (Attribute(attribute, value),)),))


def measured(kind: str, targets: Sequence[Target]) -> Measured:
    """Return the figures of one kind of picture."""
    first = cpu_s(lambda: [png(render(target, seed)) for seed, target in enumerate(targets)])
    again = min(cpu_s(lambda: [png(render(target, seed)) for seed, target in enumerate(targets)]) for _ in range(REPEATS))
    images = [render(target, seed) for seed, target in enumerate(targets)]
    encode = min(cpu_s(lambda: [png(image) for image in images]) for _ in range(REPEATS))
    count, size = len(targets), sum(len(png(image)) for image in images)
    return Measured(kind, count, count / first, count / again, count / encode, size // count)


def settings(targets: Sequence[Target]) -> Iterator[dict[str, Any]]:
    """Yield size and speed of each way to write pictures of objects: paletted or RGB, and the effort of the compression."""
    images = [render(target, seed) for seed, target in enumerate(targets)]
    for mode, made in (("paletted", images), ("RGB", [image.convert("RGB") for image in images])):
        for level in LEVELS:
            sizes: list[int] = []
            seconds = cpu_s(lambda made=made, level=level, sizes=sizes: sizes.extend(_size(image, level) for image in made))
            yield {"mode": mode, "level": level, "per_cpu_s": round(len(made) / seconds), "mean_bytes": sum(sizes) // len(sizes)}


def _size(image: Image.Image, level: int) -> int:
    sink = io.BytesIO()
    image.save(sink, "PNG", compress_level=level)
    return sink.tell()


def cpu_s(work: Any) -> float:
    """Return the CPU-seconds of a piece of work."""
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> None:
    """Measure and print; write the figures where --json says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pictures", type=int, default=600, help="pictures of each kind")
    parser.add_argument("--json", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    pillow = importlib.metadata.version("pillow")
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, Pillow {pillow}"
    machine += f", unisandbox {__version__}, {DEFAULT_SIZE_PX} px, PNG level {PNG_LEVEL}"
    print(machine)
    found = []
    for kind, targets in kinds(arguments.pictures):
        one = measured(kind, targets)
        found.append({**{k: round(v, 1) if isinstance(v, float) else v for k, v in asdict(one).items()}})
        found[-1]["over_encode_only"] = round(one.over_encode_only, 3)
        print(
            f"{kind:<28} {one.per_cpu_s:>7,.0f}/CPU-s (first {one.first_per_cpu_s:,.0f}),"
            f" {one.over_encode_only:.2f} of encode-only, {one.mean_bytes:,} bytes",
            flush=True,
        )
    ways = list(settings(next(kinds(min(arguments.pictures, 200)))[1]))
    for way in ways:
        print(f"  {way['mode']:<9} level {way['level']}: {way['per_cpu_s']:>6,}/CPU-s, {way['mean_bytes']:,} bytes")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"machine": machine, "measured": found, "settings": ways}, indent=2)
        arguments.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
