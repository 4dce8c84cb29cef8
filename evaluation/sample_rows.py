"""The lines of samples.jsonl: everything that is known of one item, arm and sample, for people and for other tools.

A line says nothing of how long things took, so two runs that found the same have the same bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from unisandbox.evaluation.outcomes import Sample
from unisandbox.evaluation.verdicts import right_answers

Row = dict[str, Any]


def sample_rows(samples: Iterable[Sample], model: str, references: Mapping[str, str] | None = None) -> list[Row]:
    """Return a row of `sample.schema.json` for each sample, with more keys than it declares.

    Args:
        samples: In the order of work.
        model: What the file calls the model.
        references: Item -> path of its reference picture inside the run folder.
    """
    return [_row(sample, model, (references or {}).get(sample.item.id)) for sample in samples]


def sample_lines(rows: Iterable[Row]) -> Iterable[bytes]:
    """Yield each row as a line of JSON; half a surrogate pair, which a model may write and UTF-8 cannot, becomes U+FFFD."""
    for row in rows:
        yield f"{whole(json.dumps(row, ensure_ascii=False))}\n".encode()


def whole(text: str) -> str:
    r"""Return text that can be written as UTF-8.

    >>> whole("\ud83c\udf4e \ud83c") == "\U0001f34e \ufffd"
    True
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def picture_path(sha256: str) -> str:
    """Return where a picture stands in a run folder.

    >>> picture_path("ab12")
    'images/ab/ab12.png'
    """
    return str(PurePosixPath("images") / sha256[:2] / f"{sha256}.png")


def _row(sample: Sample, model: str, reference: str | None) -> Row:
    item = sample.item
    named = {name: getattr(item, name) for name in ("id", "family", "level", "split", "group", "cluster")}
    asked = {"sample": sample.sample, "seed": sample.seed, "prompt": sample.prompt, "answer": item.answer}
    target = {"literal": item.literal, "target": item.target, "factors": item.factors, "chance": item.chance}
    fault = {"kind": sample.fault.kind, "message": sample.fault.message} if sample.fault else None
    found = {"outcome": sample.outcome, "fault": fault, "parts": dict(sample.parts)}
    given = {"reply": sample.answer, "chosen": sample.chosen, "thought": sample.thought, "thought_tokens": sample.thought_tokens}
    read = {"reading": dict(sample.read), "probability": _probability(sample), "words": list(sample.words)}
    picture = {"picture": picture_path(sample.picture) if sample.picture else None, "reference": reference}
    judged = {"model": model, "arm": sample.arm, "correct": sample.correct}
    return {**named, **judged, **found, **asked, **target, **given, "truncated": sample.truncated, **picture, **read}


def _probability(sample: Sample) -> float | None:
    """Return how likely the judge takes the target to be, the product over its questions; None where it cannot tell."""
    told = sample.probabilities
    right = right_answers(sample.item.target) if told else {}
    if not right or not all(name in told for name in right):
        return None
    return math.prod(float(told[name].get(answer, 0.0)) for name, answer in right.items())
