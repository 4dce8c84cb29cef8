"""A vision-language judge in this process, through transformers: closed questions, and the probability of each choice."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.judges.in_process import OPTION, POINTS, picture_of, shares_of
from unisandbox.evaluation.judges.picture_prompts import PicturePrompts, prefix_of, prompts_of
from unisandbox.evaluation.judges.prompts import AGAIN, FIRST, prompts_digest, question_text
from unisandbox.evaluation.local.batching import BatchRunner
from unisandbox.evaluation.local.choices import RULE, ChoiceLogs, ChoiceScorer, Tokens, spellings_as_tokens, words_going_on
from unisandbox.evaluation.local.settings import LocalSettings, device_of, dtype_of, local_settings
from unisandbox.evaluation.local.weights import load_weights, weights_folder, weights_identity
from unisandbox.evaluation.protocol import Fault, JudgeRequest, Question, Reading

if TYPE_CHECKING:
    from PIL.Image import Image

MIN_MASS: Final = "min_mass"
LEAST_ON_CHOICES: Final = (
    0.1  # below that a model says nine times in ten something else, and what it says of the choices is noise
)


class Asked(NamedTuple):
    """A question about a picture: of which request, and of which name."""

    request: int
    question: Question


@dataclass(frozen=True, slots=True)
class Seeing:
    """A model that sees.

    Attributes:
        model: Of transformers, loaded.
        prompts: How it is asked.
        about: Which weights these are, and how they are run.
        settings: As the user gave them.
    """

    model: Any
    prompts: PicturePrompts
    about: Mapping[str, Any]
    settings: LocalSettings


class HFVision:
    """Asks every closed question about every picture, blind to the target, the picture first.

    The answer is the most probable choice. Probabilities are those of the choices as they are (`ChoiceScorer`): they sum to how
    much of the judge's belief lies on the choices. A question with less on them than `least` is asked once more in other words,
    and then is a fault: a judge that would rather write prose has not read the picture as wrong.

    Args:
        seeing: The model that sees.
        least: The probability on the choices from which on an answer counts; 0 takes any.
    """

    blind = True

    def __init__(self, seeing: Seeing, least: float = LEAST_ON_CHOICES) -> None:
        self._seeing, self._least = seeing, least
        model, tokenizer = seeing.model, seeing.prompts.tokenizer
        size = int(model.get_input_embeddings().num_embeddings)
        self._scorer = ChoiceScorer(model, words_going_on(tokenizer, size))
        key = digest([seeing.about, "read", str(model.device)])
        self._runner = BatchRunner(POINTS[model.device.type], seeing.settings.batch, key)
        self._reading = threading.Lock()  # one device, and one measurement of its speed
        self._spelled: dict[str, tuple[Tokens, ...]] = {}

    @property
    def batch(self) -> int:
        """How many pictures it takes at once at most."""
        return self._runner.most

    def identity(self) -> Mapping[str, Any]:
        """Return what its readings depend on: weights, libraries, number format, kind of device, prompts and rule."""
        asking = {"prompts": prompts_digest("closed", "attributes"), "rule": RULE, MIN_MASS: self._least}
        return {"kind": "hf", **self._seeing.about, "pictures_by": self._seeing.prompts.pictures_by, **asking}

    def read(self, requests: Sequence[JudgeRequest]) -> Sequence[Reading | Fault]:
        """Return what each picture shows, or a fault, in order."""
        with self._reading:
            return self._runner.run(requests, self._read)

    def close(self) -> None:
        """Hold nothing beyond the memory of the weights, which goes with it."""

    def _read(self, requests: Sequence[JudgeRequest]) -> list[Reading | Fault]:
        pictures = [picture_of(request.picture) for request in requests]
        left = [Asked(number, question) for number, request in enumerate(requests) for question in request.questions]
        found: dict[Asked, ChoiceLogs] = {}
        for wording in (FIRST, AGAIN):
            found |= self._asked(left, pictures, wording)
            left = [one for one in left if found[one].on_choices < self._least]
            if not left:
                break
        return [self._reading_of(number, request.questions, found) for number, request in enumerate(requests)]

    def _asked(self, asked: Sequence[Asked], pictures: Sequence[Image], wording: str) -> dict[Asked, ChoiceLogs]:
        """Return what the model says to some questions, all in one pass."""
        import torch

        texts = [question_text(one.question, wording) for one in asked]
        with torch.no_grad():
            inputs = self._seeing.prompts.inputs([pictures[one.request] for one in asked], texts)
            model = self._seeing.model
            placed = {name: self._placed(value, model) for name, value in inputs.items()}
            choices = [[self._tokens(choice) for choice in one.question.choices] for one in asked]
            return dict(zip(asked, self._scorer.score(prefix_of(model, placed), choices), strict=True))

    @staticmethod
    def _placed(value: Any, model: Any) -> Any:
        return value.to(model.device, model.dtype) if value.is_floating_point() else value.to(model.device)

    def _tokens(self, choice: str) -> tuple[Tokens, ...]:
        """Return the spellings of a choice as tokens: as it is written, and with a capital."""
        if choice not in self._spelled:
            prompts, spellings = self._seeing.prompts, (choice, f"{choice[:1].upper()}{choice[1:]}")
            self._spelled[choice] = tuple(spellings_as_tokens(prompts.tokenizer, prompts.tail, spellings))
        return self._spelled[choice]

    def _reading_of(self, number: int, questions: Sequence[Question], found: Mapping[Asked, ChoiceLogs]) -> Reading | Fault:
        answers, probabilities, words = dict[str, str](), dict[str, dict[str, float]](), list[str]()
        for question in questions:
            logs = found[Asked(number, question)]
            best = max(range(len(question.choices)), key=lambda place: logs.logs[place])
            said = f"{question.name}: {question.choices[best]}"
            if logs.on_choices < self._least:
                little = f"{logs.on_choices:.4f} of the probability is on the choices, asked twice; {MIN_MASS} is {self._least:g}"
                return Fault("bad_reply", f"{little}; {said} is the most probable of them")
            answers[question.name] = question.choices[best]
            probabilities[question.name] = dict(zip(question.choices, logs.masses, strict=True))
            words.append(f"{said} [{logs.shares[best]:.3f} of the choices; {logs.on_choices:.3f} on the choices]")
        return Reading(answers, probabilities, tuple(words))


def open_hf_vision(rest: str, release: Path, arguments: Mapping[str, str]) -> HFVision:  # noqa: ARG001 - it needs no release
    """Return the judge whose weights are in a folder or repository.

    Args:
        rest: A folder, or a repository of the Hub.
        release: Not looked at.
        arguments: Those of `LocalSettings`, and `min_mass`.

    Raises:
        InputError: Wrong arguments, no such weights, or weights of no model that answers questions about pictures.
    """
    where = f"--judge hf:{rest}"
    settings, own = local_settings(where, arguments, [MIN_MASS], OPTION)
    least = shares_of(own, {MIN_MASS: LEAST_ON_CHOICES}, where)[MIN_MASS]
    folder = weights_folder(rest, settings.revision, "hf", where)
    config = vision_config(folder, where)
    device = device_of(settings, where, OPTION)
    dtype = dtype_of(settings, device)
    from transformers import AutoModelForImageTextToText

    prompts = prompts_of(folder, config, where)
    model = load_weights(AutoModelForImageTextToText, folder, where, dtype, device)
    if settings.compiled:
        import torch

        model.forward = torch.compile(model.forward, dynamic=True)
    run = {"dtype": str(dtype).removeprefix("torch."), "device": device.type, "compiled": settings.compiled}
    return HFVision(Seeing(model, prompts, {**weights_identity(folder, settings.revision), **run}, settings), least)


def vision_config(folder: Path, where: str) -> Any:
    """Return the configuration of a vision-language model; raises `InputError` where the weights are of no such model."""
    from transformers import AutoConfig, AutoModelForImageTextToText

    allowed = "a model that answers about pictures, such as Qwen2.5-VL, Qwen3-VL or LLaVA"
    fix = "name the weights of such a model; detectors are read by detector:PATH_OR_ID"
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
    except (ValueError, OSError, KeyError) as error:
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
        raise InputError(Violation(where, said, allowed, fix)) from None
    if type(config) not in AutoModelForImageTextToText._model_mapping:
        raise InputError(Violation(where, f"weights of the kind {config.model_type}", allowed, fix))
    return config
