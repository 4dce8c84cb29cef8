"""Janus and Janus-Pro in the format of transformers: one set of weights that draws in picture tokens and answers in text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch

from unisandbox.evaluation.local.pixels import pngs_of
from unisandbox.evaluation.local.settings import LocalSettings, device_of, dtype_of
from unisandbox.evaluation.local.weights import load_weights, weights_identity
from unisandbox.evaluation.models.hf_model import BROKEN, HfModel, Telling, Wanted
from unisandbox.evaluation.models.hf_noise import SAMPLER
from unisandbox.evaluation.models.hf_text import FORM, TextSide, chat_text, load_tokenizer, with_begin
from unisandbox.evaluation.models.hf_tokens import Language, Layout, Sampling, TokenDrawer
from unisandbox.evaluation.protocol import Fault
from unisandbox.evaluation.settings import settings_of

BEGIN_OF_IMAGE: Final = "<begin_of_image>"


@dataclass(frozen=True, slots=True)
class Settings:
    """The model's own arguments.

    Attributes:
        guidance: Of classifier-free guidance, 5 as its authors draw; 1 is none.
        temperature: Of picture tokens.
        max_tokens, thought_tokens: Most tokens of an answer and of a thought.
    """

    guidance: float = 5.0
    temperature: float = 1.0
    max_tokens: int = 256
    thought_tokens: int = 512


class JanusPainter:
    """Draws with the picture tokens of a Janus; its pictures have one size, whatever is asked for.

    Args:
        model, tokenizer: Of transformers.
        sampling: How tokens are chosen.
        device: Where it is.
        compiled: Whether the step of one token is compiled.
    """

    def __init__(self, model: Any, tokenizer: Any, sampling: Sampling, device: torch.device, *, compiled: bool) -> None:
        self._model, self._tokenizer = model, tokenizer
        text = model.config.text_config
        self._begin = tokenizer.convert_tokens_to_ids(getattr(tokenizer, "boi_token", None) or BEGIN_OF_IMAGE)
        self._pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else text.pad_token_id
        language = Language(
            core=model.model.language_model,
            embed=model.get_input_embeddings(),
            embed_codes=model.prepare_embeddings_for_image_generation,
            score=model.model.generation_head,
            codes=model.config.vq_config.num_embeddings,
            pad=self._pad,
            positions=text.max_position_embeddings,
        )
        self._drawer = TokenDrawer(language, sampling, device, compiled=compiled)
        self._layout = Layout(model.config.vision_config.num_image_tokens)

    def codes(self, wanted: Sequence[Wanted]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the picture tokens of each, pictures x tokens, and for each whether its scores were numbers throughout."""
        asked = [self._tokens(one.prompt) for one in wanted]
        # As the library has it: without what is asked for, a prompt is as long as before, and padding but for its ends.
        unasked = [[row[0], *[self._pad] * (len(row) - 2), row[-1]] for row in asked]
        return self._drawer.draw(asked, unasked, [one.seed for one in wanted], self._layout)

    def paint(self, wanted: Sequence[Wanted]) -> list[bytes | Fault]:
        """Return a PNG or a fault for each, in order."""
        codes, sound = self.codes(wanted)
        pngs = pngs_of([self._decoded(picture) for picture in codes])
        return [png if is_sound else BROKEN for png, is_sound in zip(pngs, sound.tolist(), strict=True)]

    @torch.no_grad()
    def _decoded(self, codes: torch.Tensor) -> Any:
        """Return height x width x 3 in 0 … 1, but for what the decoder overshoots; decoded alone: a batch rounds otherwise."""
        return ((self._model.decode_image_tokens(codes[None])[0].float() + 1) / 2).cpu().numpy()

    def _tokens(self, prompt: str) -> list[int]:
        return [*with_begin(self._tokenizer, chat_text(self._tokenizer, prompt)), self._begin]


def open_janus(folder: Path, local: LocalSettings, arguments: Mapping[str, str], where: str) -> HfModel:
    """Return the model of a folder.

    Args:
        folder: As `weights_folder` returns it.
        local: How it is run.
        arguments: The model's own.
        where: The URI, which messages begin with.

    Raises:
        InputError: The weights do not load, the device cannot be used, or an argument is no number.
    """
    from transformers import JanusForConditionalGeneration

    settings = settings_of(f"{where}: --model-arg", arguments, Settings())
    device = device_of(local, where)
    dtype = dtype_of(local, device)
    tokenizer = load_tokenizer(folder, where)
    model = load_weights(JanusForConditionalGeneration, folder, where, dtype, device)
    sampling = Sampling(settings.guidance, settings.temperature)
    painter = JanusPainter(model, tokenizer, sampling, device, compiled=local.compiled)
    drawn = {"sampler": SAMPLER, "form": FORM, **asdict(sampling), "compiled": local.compiled}
    identity = {**weights_identity(folder, local.revision), "dtype": str(dtype).removeprefix("torch."), "drawn": drawn}
    telling = Telling(settings.max_tokens, settings.thought_tokens)
    return HfModel(painter, TextSide(model, tokenizer, device), telling, identity, local, device)
