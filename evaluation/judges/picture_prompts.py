"""Writes a picture and a question the way a vision-language model was taught to read them, many at once."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.judges.in_process import part_of
from unisandbox.evaluation.local.choices import Prefix
from unisandbox.evaluation.local.weight_files import read_json

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

QWEN: Final = ("qwen2_vl", "qwen2_5_vl", "qwen3_vl", "qwen3_vl_moe")
TEMPLATE: Final = "chat_template.json"  # where it stood before transformers wrote chat_template.jinja
MARK: Final = "\u2042"  # stands for the question where the template's own words are looked at; no prompt has it


class PicturePrompts(Protocol):
    """Makes what a model takes of pictures and questions."""

    tokenizer: Any
    tail: str  # how every prompt ends

    @property
    def pictures_by(self) -> str:
        """The class that turns pictures into numbers; another one gives other numbers."""
        ...

    def inputs(self, pictures: Sequence[Image], texts: Sequence[str]) -> Mapping[str, torch.Tensor]:
        """Return a row for each picture with its text, the shorter ones padded on the left."""
        ...


class QwenPrompts:
    """Prompts of Qwen-VL, put together here: its own processor wants a library for videos to read a picture.

    Args:
        folder: Of the weights.
        image_token_id: What stands for a part of a picture.

    Raises:
        ValueError: The folder has no chat template that takes a picture.
    """

    def __init__(self, folder: Path, image_token_id: int) -> None:
        from transformers import AutoImageProcessor, AutoTokenizer

        self.tokenizer = part_of(AutoTokenizer, folder, padding_side="left")
        self._images = part_of(AutoImageProcessor, folder)
        self._id, self._token = image_token_id, self.tokenizer.convert_ids_to_tokens(image_token_id)
        self._template = self.tokenizer.chat_template or (read_json(folder / TEMPLATE) or {}).get("chat_template")
        if not self._template or self._written(MARK).count(self._token) != 1:
            raise ValueError("no chat template that takes a picture")
        self.tail = self._written(MARK).partition(MARK)[2]

    @property
    def pictures_by(self) -> str:
        """The class that turns pictures into numbers."""
        return type(self._images).__name__

    def inputs(self, pictures: Sequence[Image], texts: Sequence[str]) -> Mapping[str, torch.Tensor]:
        """Return a row for each picture with its text."""
        features = self._images(images=list(pictures), return_tensors="pt")
        sizes = (features["image_grid_thw"].prod(-1) // self._images.merge_size**2).tolist()
        written = [
            self._written(text).replace(self._token, self._token * size, 1) for text, size in zip(texts, sizes, strict=True)
        ]
        tokens = self.tokenizer(written, padding=True, add_special_tokens=False, return_tensors="pt")
        ids, mask = tokens["input_ids"], tokens["attention_mask"]
        kinds = {"mm_token_type_ids": (ids == self._id).int()}
        return {"input_ids": ids, "attention_mask": mask, **kinds, **features}

    def _written(self, text: str) -> str:
        written: str = self.tokenizer.apply_chat_template(
            _conversation(text), chat_template=self._template, add_generation_prompt=True, tokenize=False
        )
        return written


class ProcessorPrompts:
    """Prompts of a model's own processor, as LLaVA has one.

    Args:
        folder: Of the weights.

    Raises:
        ValueError: The folder has no chat template.
    """

    def __init__(self, folder: Path) -> None:
        from transformers import AutoProcessor

        self._processor = part_of(AutoProcessor, folder)
        self.tokenizer: Any = getattr(self._processor, "tokenizer", None)
        if self.tokenizer is None or not self._processor.chat_template:
            raise ValueError("no processor with a tokenizer and a chat template")
        self.tokenizer.padding_side = "left"
        self.tail = self._written(MARK).partition(MARK)[2]

    @property
    def pictures_by(self) -> str:
        """The class that turns pictures into numbers."""
        return type(self._processor.image_processor).__name__

    def inputs(self, pictures: Sequence[Image], texts: Sequence[str]) -> Mapping[str, torch.Tensor]:
        """Return a row for each picture with its text."""
        written = [self._written(text) for text in texts]
        begins = bool(self.tokenizer.bos_token) and written[0].startswith(self.tokenizer.bos_token)
        found: Mapping[str, torch.Tensor] = self._processor(
            images=list(pictures), text=written, padding=True, add_special_tokens=not begins, return_tensors="pt"
        )
        return dict(found)

    def _written(self, text: str) -> str:
        written: str = self._processor.apply_chat_template(_conversation(text), add_generation_prompt=True, tokenize=False)
        return written


def prompts_of(folder: Path, config: Any, where: str) -> PicturePrompts:
    """Return how a model is asked about pictures.

    Args:
        folder: Of the weights.
        config: Of the model.
        where: The URI, which messages begin with.

    Raises:
        InputError: The folder lacks the model's tokenizer, picture processor or chat template.
    """
    try:
        return QwenPrompts(folder, config.image_token_id) if config.model_type in QWEN else ProcessorPrompts(folder)
    except Exception as error:  # noqa: BLE001 - code of others may raise anything; what it says is passed on
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"[:240]
        allowed = "a tokenizer with a chat template, and a processor of pictures, beside the weights"
        fix = "name the folder of a model that was taught to answer about pictures, with all of its files"
        raise InputError(Violation(where, said, allowed, fix)) from None


def prefix_of(model: Any, inputs: Mapping[str, torch.Tensor]) -> Prefix:
    """Return inputs with the position of each token, as the model counts them."""
    counts = getattr(getattr(model, "model", None), "get_rope_index", None)
    if counts is not None:
        takes = inspect.signature(counts).parameters
        positions, _ = counts(**{name: value for name, value in inputs.items() if name in takes})
    else:
        positions = (inputs["attention_mask"].cumsum(-1) - 1).clamp(min=0)
    return Prefix(inputs, positions)


def _conversation(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": text}]}]
