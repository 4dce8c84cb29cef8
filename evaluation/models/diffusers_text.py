"""The text side of a text-to-image pipeline: a text encoder that is a whole language model answers and thinks as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from unisandbox.evaluation.chat import Reply
from unisandbox.evaluation.local.weights import quiet_transformers

ENCODER: Final = "text_encoder"
HEAD: Final = "lm_head.weight"
NO_SPEECH: Final = "its text encoder only reads: it is no whole language model"
NO_HEAD: Final = "its text encoder was saved without the weights that it would speak with"


class TextSide(NamedTuple):
    """A language model of a pipeline with its tokenizer, or why there is none."""

    model: Any
    tokenizer: Any
    lacks: str


def text_side(pipeline: Any, folder: Path) -> TextSide:
    """Return the text encoder of a pipeline that can speak.

    Args:
        pipeline: Of diffusers, loaded.
        folder: That it was loaded from: transformers would fill a head that is not in its files with random numbers.
    """
    lacks = NO_SPEECH
    for name in sorted(name for name in pipeline.components if name.startswith(ENCODER)):
        model, tokenizer = pipeline.components[name], pipeline.components.get(name.replace(ENCODER, "tokenizer"))
        tokenizer = getattr(tokenizer, "tokenizer", tokenizer)  # of a processor
        if model is None or tokenizer is None or not (hasattr(model, "can_generate") and model.can_generate()):
            continue
        if not _has_head(model, folder / name):
            lacks = NO_HEAD
            continue
        return TextSide(model, tokenizer, "")
    return TextSide(None, None, lacks)


def replies(side: TextSide, conversations: Sequence[Sequence[Mapping[str, str]]], tokens: int) -> list[Reply]:
    """Return what a language model says to conversations, the most probable token each time, all at once.

    Args:
        side: A text side that lacks nothing.
        conversations: Messages with `role` and `content`.
        tokens: Most tokens of a reply.
    """
    import torch
    from transformers import GenerationConfig

    tokenizer, model = side.tokenizer, side.model
    written = [_written(tokenizer, messages) for messages in conversations]
    templated = bool(tokenizer.chat_template)
    tokenizer_side, tokenizer.padding_side = tokenizer.padding_side, "left"
    try:
        inputs = tokenizer(written, padding=True, add_special_tokens=not templated, return_tensors="pt").to(model.device)
    finally:
        tokenizer.padding_side = tokenizer_side  # the pipeline itself pads on the side that it was trained with
    ids, ends = inputs["input_ids"], _ends(model, tokenizer)
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else ends[0]
    config: Any = GenerationConfig
    greedy = config(max_new_tokens=tokens, do_sample=False, eos_token_id=ends, pad_token_id=pad)
    with torch.no_grad(), quiet_transformers():
        said = model.generate(input_ids=ids, attention_mask=inputs["attention_mask"], generation_config=greedy)
    return [_reply(tokenizer, row.tolist(), ends) for row in said[:, ids.shape[1] :]]


def _has_head(model: Any, folder: Path) -> bool:
    """Return whether the weights of the last step, from a thought to a word, are in the files, or are those of the first step."""
    from safetensors import safe_open

    text = model.config.get_text_config()
    if text.tie_word_embeddings or getattr(model.config, "tie_word_embeddings", False):
        return True
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "pt") as weights:
            if any(name.endswith(HEAD) for name in weights.keys()):  # noqa: SIM118 - it is no mapping
                return True
    return False


def _written(tokenizer: Any, messages: Sequence[Mapping[str, str]]) -> str:
    """Return a conversation in the words of the tokenizer's template; one after the other where it has none."""
    if not tokenizer.chat_template:
        return "\n\n".join(message["content"] for message in messages)
    written: str = tokenizer.apply_chat_template(list(messages), add_generation_prompt=True, tokenize=False)
    return written


def _ends(model: Any, tokenizer: Any) -> list[int]:
    """Return the tokens that end a reply, sorted."""
    known = model.generation_config.eos_token_id
    named = known if isinstance(known, list) else [known]
    return sorted({one for one in (*named, tokenizer.eos_token_id) if one is not None and one < len(tokenizer)})


def _reply(tokenizer: Any, ids: Sequence[int], ends: Sequence[int]) -> Reply:
    length = next((place for place, one in enumerate(ids) if one in ends), None)
    said = ids if length is None else ids[:length]
    text: str = tokenizer.decode(said, skip_special_tokens=True)
    return Reply(text, truncated=length is None, tokens=len(said))
