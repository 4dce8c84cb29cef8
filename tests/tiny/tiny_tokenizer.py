"""A tokenizer of bytes: no training, no download, and every text has tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast


def byte_tokenizer(specials: Sequence[str], named: Mapping[str, str] | None = None, **settings: Any) -> Any:
    """Return a tokenizer with one token for each byte and for each special text.

    Args:
        specials: Their ids follow those of the bytes, in this order.
        named: What a model's processor asks for by name, such as `image_token`.
        settings: Of the tokenizer: `bos_token` and the like, `padding_side`, `chat_template`.
    """
    vocabulary = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(specials))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, extra_special_tokens=dict(named or {}), **settings)


def silence(model: Any, tokenizer: Any) -> None:
    """Let a model of random weights say nothing but printable ASCII: other bytes are seldom text together."""
    printable = {chr(code) for code in range(33, 127)} | {"Ġ"}  # how the tokenizer writes a blank
    others = [number for letter, number in tokenizer.get_vocab().items() if len(letter) == 1 and letter not in printable]
    with torch.no_grad():
        model.get_output_embeddings().weight[others] = 0
