"""Any text-to-image pipeline of diffusers, in this process; with the text side of its text encoder where that can speak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Final, NamedTuple

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.chat import Reply
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.local.batching import BatchRunner
from unisandbox.evaluation.local.pixels import pngs_of
from unisandbox.evaluation.local.settings import device_of, dtype_of, local_settings
from unisandbox.evaluation.local.weight_files import PIPELINE
from unisandbox.evaluation.local.weights import EXTRAS, weights_folder, weights_identity
from unisandbox.evaluation.models.base import BaseModel
from unisandbox.evaluation.models.diffusers_loading import (
    CALLED,
    call_of,
    compile_steps,
    load_pipeline,
    quiet_diffusers,
    wanted_call,
)
from unisandbox.evaluation.models.diffusers_text import TextSide, replies, text_side
from unisandbox.evaluation.models.two_pass import Thought, think, two_pass
from unisandbox.evaluation.protocol import ASK, THINK, Answer, AskRequest, Capabilities, Drawing, DrawRequest, Fault
from unisandbox.evaluation.service_faults import ServiceError
from unisandbox.evaluation.settings import settings_of

DRAWN_POINTS: Final = {"cpu": (1, 2, 4), "cuda": (1, 4, 16)}  # at 1024 px one picture alone keeps a GPU busy
SAID_POINTS: Final = {"cpu": (1, 4, 8), "cuda": (8, 32, 128)}
UNLIMITED: Final = 1 << 20  # tokens; a tokenizer that names more names no limit


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the text side may say: most tokens of an answer and of a thought."""

    max_tokens: int = 1024
    thought_tokens: int = 2048


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline that is loaded.

    Attributes:
        pipe: Of diffusers.
        call: What it is called with for every picture, under its own names.
        text: Its text side.
        about: Which weights these are, and how they are run.
        batch: Requests at once, as the user gave them; None is measured.
    """

    pipe: Any
    call: Mapping[str, Any]
    text: TextSide
    about: Mapping[str, Any]
    batch: int | None = None


class Planned(NamedTuple):
    """A picture to be drawn: the prompt as the pipeline gets it, the seed, the side, and the thought that led to it."""

    prompt: str
    seed: int
    size_px: int | None
    thought: Thought | None


class DiffusersModel(BaseModel):
    """Draws with a pipeline, every picture from a generator of its own, on the CPU: its noise is the same in any batch, anywhere.

    Args:
        pipeline: A pipeline that is loaded.
        limits: How much its text side may say.
    """

    def __init__(self, pipeline: Pipeline, limits: Limits) -> None:
        self._pipeline, self._limits, device = pipeline, limits, pipeline.pipe.device
        key = digest([pipeline.about, dict(pipeline.call), asdict(limits), str(device)])
        self._drawing = BatchRunner(DRAWN_POINTS[device.type], pipeline.batch, f"{key} draw")
        self._saying = BatchRunner(SAID_POINTS[device.type], pipeline.batch, f"{key} say")

    @property
    def capabilities(self) -> Capabilities:
        """Pictures; answers and thoughts where its text encoder can speak."""
        lacks, most = self._pipeline.text.lacks, self._drawing.most
        if lacks:
            return Capabilities(True, False, batch=most, lacks={ASK: lacks, THINK: f"nothing to think with: {lacks}"})
        return Capabilities(True, True, "two_pass", "text_encoder", max(most, self._saying.most))

    def identity(self) -> Mapping[str, Any]:
        """Return what its pictures and answers depend on: weights, libraries, number format, device, arguments and prompts."""
        text = {} if self._pipeline.text.lacks else {"text": asdict(self._limits), "two_pass": digest(asdict(two_pass()))}
        return {"kind": "diffusers", **self._pipeline.about, "call": dict(self._pipeline.call), **text}

    def facts(self) -> Mapping[str, Any]:
        """Return how many tokens of a prompt each of its tokenizers reads at most; what is beyond does not reach the picture."""
        found = {}
        for name, part in sorted(self._pipeline.pipe.components.items()):
            longest = getattr(part, "model_max_length", None) if name.startswith("tokenizer") else None
            if longest is not None and longest < UNLIMITED:
                found[f"{name}_reads"] = int(longest)
        return found

    def draw(self, requests: Sequence[DrawRequest]) -> Sequence[Drawing | Fault]:
        """Return a picture or a fault for each request, in order."""
        planned = self._planned(requests)
        drawn = iter(self._drawing.run([one for one in planned if isinstance(one, Planned)], self._drawn))
        return [next(drawn) if isinstance(one, Planned) else one for one in planned]

    def answer(self, requests: Sequence[AskRequest]) -> Sequence[Answer | Fault]:
        """Return an answer or a fault for each request, in order; one that is empty is a fault."""
        return self._saying.run(requests, self._answered)

    def _planned(self, requests: Sequence[DrawRequest]) -> list[Planned | Fault]:
        """Return what is drawn for each request; where it is to be thought about first, after the thought."""
        thoughts = iter(self._saying.run([one for one in requests if one.arm == THINK], self._thoughts))
        planned: list[Planned | Fault] = []
        for one in requests:
            thought = next(thoughts) if one.arm == THINK else None
            if isinstance(thought, Fault):
                planned.append(thought)
            else:
                planned.append(Planned(thought.prompt if thought else one.prompt, one.seed, one.size_px, thought))
        return planned

    def _drawn(self, planned: Sequence[Planned]) -> list[Drawing | Fault]:
        """Return the pictures of a batch; those of one size are drawn together."""
        found: list[Drawing | Fault] = []
        for size_px, several in groupby(planned, key=lambda one: one.size_px):
            together = list(several)
            pairs = zip(together, self._pictures(together, size_px), strict=True)
            found += [_drawing(made, one.thought) for one, made in pairs]
        return found

    def _pictures(self, planned: Sequence[Planned], size_px: int | None) -> list[bytes | Fault]:
        import torch

        call = {**self._pipeline.call, **({"height": size_px, "width": size_px} if size_px else {})}
        if "negative_prompt" in call:
            call["negative_prompt"] = [call["negative_prompt"]] * len(planned)
        generators = [torch.Generator("cpu").manual_seed(one.seed) for one in planned]
        with torch.no_grad(), quiet_diffusers():
            made = self._pipeline.pipe(prompt=[one.prompt for one in planned], generator=generators, **call)
        flagged = getattr(made, "nsfw_content_detected", None) or [False] * len(planned)
        pngs = pngs_of(list(made.images))
        declined = Fault("refused", "the pipeline's safety checker flagged the picture")
        return [declined if flag else png for flag, png in zip(flagged, pngs, strict=True)]

    def _answered(self, requests: Sequence[AskRequest]) -> list[Answer | Fault]:
        asked = [[{"role": "user", "content": one.prompt}] for one in requests]
        found = replies(self._pipeline.text, asked, self._limits.max_tokens)
        empty = Fault("bad_reply", "an empty answer")
        return [Answer(reply.text, reply.truncated) if reply.text.strip() else empty for reply in found]

    def _thoughts(self, requests: Sequence[DrawRequest]) -> list[Thought | Fault]:
        system = {"role": "system", "content": two_pass().system}
        asked = [[system, {"role": "user", "content": one.prompt}] for one in requests]
        found = replies(self._pipeline.text, asked, self._limits.thought_tokens)
        return [_thought(one.prompt, reply) for one, reply in zip(requests, found, strict=True)]


def open_pipeline(rest: str, arguments: Mapping[str, str]) -> DiffusersModel:
    """Return the model of a pipeline of diffusers.

    Args:
        rest: A folder with `model_index.json`, or a repository of the Hub.
        arguments: Those of `LocalSettings`, of `CALLED` and of `Limits`.

    Raises:
        InputError: Wrong arguments, or ones that the pipeline does not take; no such weights; no pipeline that draws from text.
    """
    where = f"--model diffusers:{rest}"
    settings, own = local_settings(where, arguments, [*CALLED, *Limits.__dataclass_fields__])
    limits, wanted = settings_of(f"{where}: --model-arg", own, Limits()), wanted_call(own, where)
    folder = weights_folder(rest, settings.revision, "diffusers", where)
    if not (folder / PIPELINE).is_file():
        found, allowed = f"a folder without {PIPELINE}: {folder}", "a pipeline of diffusers"
        raise InputError(Violation(where, found, allowed, "name the folder of the whole pipeline"))
    device = device_of(settings, where)
    dtype = dtype_of(settings, device)
    pipe = load_pipeline(folder, where, dtype, device)
    call = call_of(pipe, wanted, where)
    if settings.compiled:
        compile_steps(pipe)
    run = {"dtype": str(dtype).removeprefix("torch."), "device": device.type, "compiled": settings.compiled}
    about = {**weights_identity(folder, settings.revision, EXTRAS["diffusers"]), **run}
    return DiffusersModel(Pipeline(pipe, call, text_side(pipe, folder), about, settings.batch), limits)


def _drawing(made: bytes | Fault, thought: Thought | None) -> Drawing | Fault:
    if isinstance(made, Fault):
        return made
    return Drawing(made, thought.text, thought.tokens, thought.truncated) if thought else Drawing(made)


def _thought(prompt: str, reply: Reply) -> Thought | Fault:
    try:
        return think(prompt, lambda _system, _prompt: reply)
    except ServiceError as error:
        return error.fault
