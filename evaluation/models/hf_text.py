"""The text side of a model of transformers: answers and thoughts, always the likeliest words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import torch

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.chat import Reply
from unisandbox.evaluation.local.weight_files import read_json
from unisandbox.evaluation.local.weights import quiet_transformers

FORM: Final = "chat/1"  # another number where the same words reach the model in another form
OLDER_TEMPLATE: Final = "chat_template.json"  # where processors kept it before it became a file of its own


class TextSide:
    """Answers in text, greedily, several at once.

    Args:
        model: A model of transformers with `generate`.
        tokenizer: Its tokenizer.
        device: Where it is.
    """

    def __init__(self, model: Any, tokenizer: Any, device: torch.device) -> None:
        self._model, self._tokenizer, self._device = model, tokenizer, device
        config = model.config.get_text_config(decoder=True)
        self._positions: int = config.max_position_embeddings
        said = model.generation_config.eos_token_id
        ends = said if said is not None else tokenizer.eos_token_id
        self._ends = [int(one) for one in (ends if isinstance(ends, list) else [ends]) if one is not None]
        pad = tokenizer.pad_token_id
        self._pad: int = int(pad) if pad is not None else self._ends[0]

    def say(self, prompts: Sequence[str], most_tokens: int) -> list[Reply]:
        """Return the reply to each prompt, with how many tokens it has and whether it ran into a limit.

        Args:
            prompts: A user's words.
            most_tokens: Of a reply; fewer where the model has no room for as many.

        Raises:
            ValueError: A prompt fills all the room that the model has.
        """
        rows = [with_begin(self._tokenizer, chat_text(self._tokenizer, prompt)) for prompt in prompts]
        longest = max(len(row) for row in rows)
        if longest >= self._positions:
            raise ValueError(f"a prompt of {longest} tokens: the model has room for {self._positions}")
        limits = [min(most_tokens, self._positions - len(row)) for row in rows]
        said = self._said(rows, longest, max(limits))
        return [self._reply(tokens[:limit]) for tokens, limit in zip(said, limits, strict=True)]

    @torch.no_grad()
    def _said(self, rows: Sequence[list[int]], longest: int, most_tokens: int) -> list[list[int]]:
        from transformers import GenerationConfig

        ids = torch.tensor([[self._pad] * (longest - len(row)) + row for row in rows], device=self._device)
        mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows], device=self._device)
        settings: Any = GenerationConfig  # not typed
        greedy = settings(
            max_new_tokens=most_tokens, do_sample=False, eos_token_id=self._ends, pad_token_id=self._pad, use_cache=True
        )
        with quiet_transformers():
            made = self._model.generate(ids, attention_mask=mask, generation_config=greedy)
        found: list[list[int]] = made[:, longest:].tolist()
        return found

    def _reply(self, tokens: Sequence[int]) -> Reply:
        end = next((place for place, token in enumerate(tokens) if token in self._ends), None)
        text = self._tokenizer.decode(tokens[:end], skip_special_tokens=True)
        return Reply(text.strip(), truncated=end is None, tokens=len(tokens) if end is None else end)


def load_tokenizer(folder: Path, where: str) -> Any:
    """Return the tokenizer of a folder; raises `InputError` where it has none that can be loaded."""
    from transformers import AutoTokenizer

    try:
        with quiet_transformers():
            found = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # noqa: BLE001 - code of others may raise anything; what it says is passed on
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
        fix = "finish the download, or save the tokenizer beside the weights"
        raise InputError(
            Violation(where, f"a tokenizer that does not load: {said}", "a tokenizer of transformers", fix)
        ) from None
    if not found.chat_template:
        found.chat_template = (read_json(folder / OLDER_TEMPLATE) or {}).get("chat_template")
    return found


def chat_text(tokenizer: Any, prompt: str) -> str:
    """Return a user's words in the form that the tokenizer's template gives a conversation; as they are where it has none."""
    if not tokenizer.chat_template:
        return prompt
    message = {"role": "user", "content": [{"type": "text", "text": prompt}]}
    found: str = tokenizer.apply_chat_template([message], add_generation_prompt=True, tokenize=False)
    return found


def with_begin(tokenizer: Any, text: str) -> list[int]:
    """Return the tokens of a text, with the one that begins a sequence once, where the tokenizer has one."""
    begin = tokenizer.bos_token
    has_it = bool(begin) and text.startswith(begin)
    ids: list[int] = tokenizer(text, add_special_tokens=not has_it)["input_ids"]
    is_there = begin is None or ids[:1] == [tokenizer.bos_token_id]
    return ids if is_there else [tokenizer.bos_token_id, *ids]
