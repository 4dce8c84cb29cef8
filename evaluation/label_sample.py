"""Which pictures of a run people are asked to label: every picture as likely as every other, outcomes and families in proportion.

Equal chances keep the labels fit for rates of the judge: taking more of the rare outcomes would bias them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.images import ImageStore
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.outcomes import Sample
from unisandbox.evaluation.plan import Selection
from unisandbox.evaluation.released import Words
from unisandbox.evaluation.run import Ran, questions_of
from unisandbox.evaluation.run_folder import IMAGES
from unisandbox.schemas.files import replacing

SAMPLE: Final = "sample.json"
PICTURES: Final = "pictures"
FORMAT: Final = 1


def chosen(samples: Sequence[Sample], most: int, salt: str = "0") -> list[Sample]:
    """Return samples that have a picture, the strata of outcome and family in proportion, in an order that mixes them.

    The same run, number and salt give the same samples in the same order. Each stratum gives its share of `most`, rounded so that
    the largest remainders come first.

    Args:
        samples: Of a run.
        most: How many; all if there are fewer.
        salt: Another one gives other samples.
    """
    strata: dict[tuple[str, str], list[Sample]] = {}
    for one in sorted((one for one in samples if one.picture), key=lambda one: _draw(one, salt)):
        strata.setdefault((one.outcome, one.item.family), []).append(one)
    total = sum(map(len, strata.values()))
    wanted = min(most, total)
    exact = {stratum: wanted * len(there) / total for stratum, there in strata.items()}
    sizes = {stratum: int(share) for stratum, share in exact.items()}
    for stratum in sorted(strata, key=lambda one: (sizes[one] - exact[one], one))[: wanted - sum(sizes.values())]:
        sizes[stratum] += 1
    picked = [one for stratum, there in sorted(strata.items()) for one in there[: sizes[stratum]]]
    return sorted(picked, key=lambda one: _draw(one, f"{salt} shown"))


def write_sample(ran: Ran, run: Path, release: Path, out: Path, most: int) -> dict[str, Any]:
    """Write the pictures to label and `sample.json`, which says what they are of, and return the latter.

    Args:
        ran: The run.
        run: Its folder.
        release: The folder of its release.
        out: Where to; made if need be.
        most: How many pictures at most.

    Raises:
        DataError: The run has no picture, or `out` holds another sample, whose labels would be lost.
    """
    samples = chosen(ran.joined.samples, most)
    if not samples:
        raise DataError(Violation(str(run), "no picture", "a run with pictures", "let it draw first"))
    ask, images = questions_of(Words(release)), ImageStore(run / IMAGES)
    pictures = [_picture(number, one, ask(one.item)) for number, one in enumerate(samples, start=1)]
    document: dict[str, Any] = {
        "format": FORMAT,
        "data": ran.record.data,
        "release": dict(ran.record.release),
        "selection": dict(ran.record.selection),
        "pictures": pictures,
    }
    document["sha256"] = digest(document["pictures"])
    _refuse_other(out, document["sha256"])
    for one, sample in zip(pictures, samples, strict=True):
        with replacing(out / one["file"]) as sink:
            sink.write(images.get(str(sample.picture)))
    with replacing(out / SAMPLE) as sink:
        sink.write(f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode())
    return document


def read_sample(path: Path) -> dict[str, Any]:
    """Return what a `sample.json` says; raises `DataError` where it is none."""
    fix = "keep sample.json and the pictures in the folder that `unisandbox label` wrote"
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT or document["sha256"] != digest(document["pictures"]):
            raise ValueError("changed, or of another format")
    except FileNotFoundError:
        raise DataError(Violation(str(path), "no file", "the sample that was labelled", fix)) from None
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(Violation(str(path), str(error), "the sample that was labelled", fix)) from None
    return document


def items_of(document: Mapping[str, Any], release: Path) -> dict[str, Item]:
    """Return the items of a sample by id, from the release or file that the run asked."""
    return {item.id: item for item in Selection.from_json(document["selection"]).items(release).items}


def _draw(one: Sample, salt: str) -> str:
    return digest([salt, one.item.id, one.arm, one.sample])


def _picture(number: int, one: Sample, questions: Sequence[Any]) -> dict[str, Any]:
    name = f"{number:04d}"
    asked = [{"name": question.name, "choices": list(question.choices)} for question in questions]
    about = {"item": one.item.id, "arm": one.arm, "sample": one.sample, "outcome": one.outcome, "sha256": one.picture}
    return {"name": name, "file": f"{PICTURES}/{name}.png", "questions": asked, "about": about}


def _refuse_other(out: Path, sha256: str) -> None:
    there = out / SAMPLE
    if there.exists() and read_sample(there)["sha256"] != sha256:
        raise DataError(Violation(str(out), "another sample", "a new folder, or the same sample", "name another --out"))
