"""Emu3 in the format of transformers: pictures as lines of visual tokens; its chat checkpoint may answer in its place."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import torch

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.local.pixels import pngs_of
from unisandbox.evaluation.local.settings import LocalSettings, device_of, dtype_of
from unisandbox.evaluation.local.weight_files import read_json
from unisandbox.evaluation.local.weights import architecture_of, load_weights, weights_folder, weights_identity
from unisandbox.evaluation.models.hf_model import BROKEN, HfModel, Telling, Wanted
from unisandbox.evaluation.models.hf_noise import SAMPLER
from unisandbox.evaluation.models.hf_text import TextSide, load_tokenizer, with_begin
from unisandbox.evaluation.models.hf_tokens import Language, Layout, Sampling, TokenDrawer
from unisandbox.evaluation.protocol import Fault
from unisandbox.evaluation.settings import settings_of

ARCHITECTURE: Final = "Emu3ForConditionalGeneration"
AREA_PX: Final = 720 * 720  # of a picture, as its authors draw, where the checkpoint names no `image_area`
VISUAL: Final = "<|visual token "
END_OF_LINE: Final = "<|extra_200|>"
BEGIN: Final = "<|image start|>{lines}*{line}<|image token|>"  # what its authors write before the tokens of a picture
FORM: Final = "emu3/1"  # another number where the same words reach the model in another form
DRAWN: Final = ("guidance", "temperature", "top_k", "positive", "negative")  # settings that change pictures
PREPARED: Final = ("processor_config.json", "preprocessor_config.json")


@dataclass(frozen=True, slots=True)
class Settings:
    """The model's own arguments.

    Attributes:
        guidance: Of classifier-free guidance, 3 as its authors draw; 1 is none.
        temperature, top_k: Of visual tokens.
        positive: Words after each prompt; its authors write ` masterpiece, film grained, best quality.`
        negative: What guidance leads away from; nothing where empty.
        understanding: Weights that answer and think in its place: the chat checkpoint, a folder or a repository of the Hub.
        max_tokens, thought_tokens: Most tokens of an answer and of a thought.
    """

    guidance: float = 3.0
    temperature: float = 1.0
    top_k: int = 2048
    positive: str = ""
    negative: str = ""
    understanding: str = ""
    max_tokens: int = 256
    thought_tokens: int = 512


class Emu3Painter:
    """Draws with the visual tokens of an Emu3, line by line; nothing else can be said in a picture, so each is whole.

    Args:
        model, tokenizer: Of transformers.
        colours: Mean and spread that the pictures were normalised with.
        settings: How it draws.
        device: Where it is.
        compiled: Whether the step of one token is compiled.
    """

    def __init__(
        self, model: Any, tokenizer: Any, colours: Colours, settings: Settings, device: torch.device, *, compiled: bool
    ) -> None:
        self._model, self._tokenizer, self._colours, self._settings = model, tokenizer, colours, settings
        self._area_px = int(getattr(model.config, "image_area", AREA_PX))
        self._token_px: int = 2 ** (len(model.config.vq_config.channel_multiplier) - 1)
        words = model.config.vocabulary_map
        self._visual = torch.tensor([words[name] for name in sorted(words) if name.startswith(VISUAL)], device=device)
        self._end_of_line = int(words[END_OF_LINE])
        text = model.config.text_config
        embed, head = model.get_input_embeddings(), model.lm_head.weight[self._visual]
        language = Language(
            core=model.model.text_model,
            embed=embed,
            embed_codes=lambda codes: embed(self._visual[codes]),
            score=lambda hidden: torch.nn.functional.linear(hidden, head),
            codes=len(self._visual),
            pad=tokenizer.pad_token_id if tokenizer.pad_token_id is not None else text.pad_token_id,
            positions=text.max_position_embeddings,
        )
        sampling = Sampling(settings.guidance, settings.temperature, settings.top_k)
        self._drawer = TokenDrawer(language, sampling, device, compiled=compiled)

    def paint(self, wanted: Sequence[Wanted]) -> list[bytes | Fault]:
        """Return a PNG or a fault for each, in order; those of one size together."""
        found: dict[int, bytes | Fault] = {}
        for size_px in dict.fromkeys(one.size_px for one in wanted):
            ours = [place for place, one in enumerate(wanted) if one.size_px == size_px]
            side = self._side(size_px)
            codes, sound = self.codes([wanted[place] for place in ours], side)
            pngs = pngs_of([self._decoded(picture, side) for picture in codes])
            painted = [png if is_sound else BROKEN for png, is_sound in zip(pngs, sound.tolist(), strict=True)]
            found.update(zip(ours, painted, strict=True))
        return [found[place] for place in range(len(wanted))]

    def codes(self, wanted: Sequence[Wanted], side: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the visual tokens of each, pictures x tokens by number, and whether the scores were numbers throughout.

        Args:
            wanted: Pictures of one size.
            side: Tokens of a line, and lines of a picture.
        """
        begin = BEGIN.format(lines=side, line=side)
        asked = [with_begin(self._tokenizer, f"{one.prompt}{self._settings.positive}{begin}") for one in wanted]
        unasked = [with_begin(self._tokenizer, f"{self._settings.negative}{begin}")] * len(wanted)
        layout = Layout(side * side, side, self._end_of_line)
        return self._drawer.draw(asked, unasked, [one.seed for one in wanted], layout)

    def _side(self, size_px: int | None) -> int:
        wanted_px: float = size_px if size_px is not None else math.sqrt(self._area_px)
        return max(round(wanted_px / self._token_px), 1)

    @torch.no_grad()
    def _decoded(self, codes: torch.Tensor, side: int) -> Any:
        """Return height x width x 3 in 0 … 1, but for what the decoder overshoots; decoded alone: a batch rounds otherwise."""
        lines = self._visual[codes].view(1, side, side)
        ended = torch.cat([lines, lines.new_full((1, side, 1), self._end_of_line)], dim=2).view(1, -1)
        after = ended.new_zeros(1, 3)  # the ends of file, picture and text, which the library takes off
        made = self._model.decode_image_tokens(image_tokens=torch.cat([ended, after], dim=1), height=side, width=side)
        mean, spread = (torch.tensor(part).view(3, 1, 1) for part in self._colours)
        return (made[0].float().cpu() * spread + mean).permute(1, 2, 0).numpy()


class Colours(NamedTuple):
    """Mean and spread of red, green and blue that pictures were normalised with before they became tokens."""

    mean: Sequence[float]
    spread: Sequence[float]


def open_emu3(folder: Path, local: LocalSettings, arguments: Mapping[str, str], where: str) -> HfModel:
    """Return the model of a folder; arguments and errors are those of `open_janus`."""
    from transformers import Emu3ForConditionalGeneration

    settings = settings_of(f"{where}: --model-arg", arguments, Settings())
    sibling = _sibling(settings, where)
    device = device_of(local, where)
    dtype = dtype_of(local, device)
    tokenizer = load_tokenizer(folder, where)
    model = load_weights(Emu3ForConditionalGeneration, folder, where, dtype, device)
    text, other = TextSide(model, tokenizer, device), None
    if sibling:
        chat = load_weights(Emu3ForConditionalGeneration, sibling, f"{where}: understanding", dtype, device)
        text = TextSide(chat, load_tokenizer(sibling, f"{where}: understanding"), device)
        other = weights_identity(sibling, None)
    painter = Emu3Painter(model, tokenizer, _colours(folder), settings, device, compiled=local.compiled)
    drawn = {name: getattr(settings, name) for name in DRAWN}
    identity = {
        **weights_identity(folder, local.revision),
        "dtype": str(dtype).removeprefix("torch."),
        "drawn": {"sampler": SAMPLER, "form": FORM, **drawn, "compiled": local.compiled},
        "understanding": other,
    }
    telling = Telling(settings.max_tokens, settings.thought_tokens)
    return HfModel(painter, text, telling, identity, local, device, "sibling_checkpoint" if sibling else "same_weights")


def _sibling(settings: Settings, where: str) -> Path | None:
    """Return the folder of the weights that answer, where the user names some."""
    if not settings.understanding:
        return None
    named = f"{where}: --model-arg understanding={settings.understanding}"
    folder = weights_folder(settings.understanding, None, "hf", named)
    if (found := architecture_of(folder)) != ARCHITECTURE:
        fix = "name the chat checkpoint of the same model"
        raise InputError(Violation(named, f"weights of {found or 'no architecture'}", f"weights of {ARCHITECTURE}", fix))
    return folder


def _colours(folder: Path) -> Colours:
    """Return what the checkpoint says of its pictures; transformers' own default where it says nothing."""
    from transformers.utils.constants import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD

    for name in PREPARED:
        found = read_json(folder / name) or {}
        images = found.get("image_processor") or found
        if "image_mean" in images and "image_std" in images:
            return Colours(images["image_mean"], images["image_std"])
    return Colours(OPENAI_CLIP_MEAN, OPENAI_CLIP_STD)
