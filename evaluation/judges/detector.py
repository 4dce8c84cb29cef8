"""A detector as a judge of another family: it looks for each object that is a choice, and counts the boxes. OWLv2, or OWL-ViT."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.judges.boxes import PARSER, Box, alone, reading_of, sure_boxes
from unisandbox.evaluation.judges.in_process import OPTION, POINTS, part_of, picture_of, shares_of
from unisandbox.evaluation.judges.prompts import prompts, prompts_digest
from unisandbox.evaluation.local.batching import BatchRunner
from unisandbox.evaluation.local.settings import device_of, dtype_of, local_settings
from unisandbox.evaluation.local.weights import load_weights, weights_folder, weights_identity
from unisandbox.evaluation.protocol import Fault, JudgeRequest, Question, Reading
from unisandbox.evaluation.questions import COUNT, OBJECT, SEVERAL, SOMETHING_ELSE

KINDS: Final = ("owlv2", "owlvit")
DEFAULTS: Final = {"threshold": 0.2, "overlap": 0.5, "clear": 0.4}
UNSUPPORTED: Final = "unsupported"


@dataclass(frozen=True, slots=True)
class Detecting:
    """A detector that is loaded.

    Attributes:
        model, processor: Of transformers.
        about: Which weights these are, and how they are run.
        batch: Pictures at once, as the user gave them; None is measured.
        threshold: The score from which on a box counts.
        overlap: Of two boxes that share more of their joint area than this, the surer one counts alone.
        clear: The score from which on a box of a second kind makes it several kinds of objects.
    """

    model: Any
    processor: Any
    about: Mapping[str, Any]
    batch: int | None = None
    threshold: float = DEFAULTS["threshold"]
    overlap: float = DEFAULTS["overlap"]
    clear: float = DEFAULTS["clear"]


class Detector:
    """Reads which objects a picture shows and how many; of a person it can say nothing, which is a fault `unsupported`.

    Scores of such models depend on the words and on the kind of picture: `unisandbox calibrate` says how often it is right with
    some thresholds.
    """

    blind = True

    def __init__(self, detecting: Detecting) -> None:
        self._detecting = detecting
        device = detecting.model.device
        key = digest([detecting.about, "detect", str(device)])
        self._runner = BatchRunner(POINTS[device.type], detecting.batch, key)
        self._reading = threading.Lock()  # one device, and one measurement of its speed

    @property
    def batch(self) -> int:
        """How many pictures it takes at once at most."""
        return self._runner.most

    def identity(self) -> Mapping[str, Any]:
        """Return what its readings depend on: weights, libraries, number format, kind of device, words and thresholds."""
        one = self._detecting
        rule = {"parser": PARSER, "threshold": one.threshold, "overlap": one.overlap, "clear": one.clear}
        by = type(one.processor.image_processor).__name__
        return {"kind": "detector", **one.about, "pictures_by": by, "prompts": prompts_digest("detector"), **rule}

    def read(self, requests: Sequence[JudgeRequest]) -> Sequence[Reading | Fault]:
        """Return what each picture shows, or a fault, in order."""
        with self._reading:
            found = iter(self._runner.run([one for one in requests if not _unknown(one)], self._read))
        return [_unsupported(_unknown(one)) if _unknown(one) else next(found) for one in requests]

    def close(self) -> None:
        """Hold nothing beyond the memory of the weights, which goes with it."""

    def _read(self, requests: Sequence[JudgeRequest]) -> list[Reading | Fault]:
        one = self._detecting
        names = [_names(request.questions) for request in requests]
        found = self._boxes([request.picture for request in requests], names)
        return [reading_of(alone(boxes, one.overlap), one.clear) for boxes in found]

    def _boxes(self, pictures: Sequence[bytes], names: Sequence[Sequence[str]]) -> list[list[Box]]:
        """Return the boxes of each picture that are sure enough; each picture is searched for its own names alone."""
        import torch

        one, query = self._detecting, prompts()["detector"]["query"]
        texts = [[query.format(name=name) for name in some] for some in names]
        images = [picture_of(picture) for picture in pictures]
        with torch.no_grad():
            inputs = one.processor(text=texts, images=images, truncation=True, return_tensors="pt").to(one.model.device)
            said = one.model(**{**inputs, "pixel_values": inputs["pixel_values"].to(one.model.dtype)})
            rows = zip(names, said.logits.float().sigmoid(), said.pred_boxes.float(), strict=True)
            return [sure_boxes(some, shares[:, : len(some)], boxes, one.threshold) for some, shares, boxes in rows]


def open_detector(rest: str, release: Path, arguments: Mapping[str, str]) -> Detector:  # noqa: ARG001 - it needs no release
    """Return the judge whose weights are in a folder or repository.

    Args:
        rest: A folder, or a repository of the Hub.
        release: Not looked at.
        arguments: Those of `LocalSettings`, and of `DEFAULTS`.

    Raises:
        InputError: Wrong arguments, no such weights, or weights of no detector that takes words.
    """
    where = f"--judge detector:{rest}"
    settings, own = local_settings(where, arguments, list(DEFAULTS), OPTION)
    thresholds = shares_of(own, DEFAULTS, where)
    folder = weights_folder(rest, settings.revision, "hf", where)
    _refuse_others(folder, where)
    device = device_of(settings, where, OPTION)
    dtype = dtype_of(settings, device)
    from transformers import AutoModelForZeroShotObjectDetection, AutoProcessor

    processor = part_of(AutoProcessor, folder)
    model = load_weights(AutoModelForZeroShotObjectDetection, folder, where, dtype, device)
    if settings.compiled:
        import torch

        model.forward = torch.compile(model.forward, dynamic=True)
    run = {"dtype": str(dtype).removeprefix("torch."), "device": device.type, "compiled": settings.compiled}
    return Detector(
        Detecting(model, processor, {**weights_identity(folder, settings.revision), **run}, settings.batch, **thresholds)
    )


def _refuse_others(folder: Path, where: str) -> None:
    """Raise `InputError` where weights are of no detector that is known here."""
    from unisandbox.evaluation.local.weight_files import CONFIG, read_json

    kind = (read_json(folder / CONFIG) or {}).get("model_type")
    if kind not in KINDS:
        fix = "name the weights of such a detector; models that answer about pictures are read by hf:PATH_OR_ID"
        raise InputError(Violation(where, f"weights of the kind {kind}", f"a detector of the kind {' or '.join(KINDS)}", fix))


def _unknown(request: JudgeRequest) -> list[str]:
    """Return the questions of a request that boxes do not answer."""
    return [one.name for one in request.questions if one.name not in (OBJECT, COUNT)]


def _unsupported(names: Sequence[str]) -> Fault:
    asked = ", ".join(name.replace("_", " ") for name in names)
    return Fault(UNSUPPORTED, f"a detector counts objects and cannot tell {asked}: judge portraits with a model that sees")


def _names(questions: Sequence[Question]) -> list[str]:
    choices = [choice for one in questions if one.name == OBJECT for choice in one.choices]
    return [choice for choice in choices if choice not in (SOMETHING_ELSE, SEVERAL)]
