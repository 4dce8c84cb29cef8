"""An Emu3 of 0.6 million random weights: it draws 16 x 16 pixels in 4 lines of 4 tokens, and babbles."""

from __future__ import annotations

from pathlib import Path

import torch
from tiny_tokenizer import byte_tokenizer, silence
from transformers import Emu3Config, Emu3ForConditionalGeneration, Emu3ImageProcessor, Emu3Processor

CODES = 64
VISUAL = [f"<|visual token {number:06d}|>" for number in range(CODES)]
NAMED = {
    "image_token": "<image>",
    "boi_token": "<|image start|>",
    "eoi_token": "<|image end|>",
    "image_wrapper_token": "<|image token|>",
    "eof_token": "<|extra_201|>",
}
END_OF_LINE = "<|extra_200|>"
SPECIALS = [*VISUAL, *NAMED.values(), END_OF_LINE]
TEMPLATE = (
    "{% for message in messages %}{{ message['role'].upper() + ': ' }}"
    "{% for part in message['content'] %}{{ part['text'] + ' ' }}{% endfor %}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}"
)


def save_tiny_emu3(folder: Path, seed: int = 0, image_area: int = 256) -> Path:
    """Return the folder, with a model that `from_pretrained` loads.

    Args:
        folder: Made where it is not there.
        seed: Of the weights.
        image_area: Pixels of a picture as the checkpoint says it.
    """
    tokenizer = byte_tokenizer(
        ["<bos>", "<eos>", "<pad>", *SPECIALS],
        NAMED,
        bos_token="<bos>",
        eos_token="<eos>",
        pad_token="<pad>",
        padding_side="left",
        chat_template=TEMPLATE,
    )
    torch.manual_seed(seed)
    model = Emu3ForConditionalGeneration(_config(tokenizer, image_area)).eval()
    silence(model, tokenizer)
    model.save_pretrained(folder)
    images = Emu3ImageProcessor(min_pixels=64, max_pixels=4096)
    Emu3Processor(images, tokenizer, chat_template=TEMPLATE).save_pretrained(folder)
    return folder


def _config(tokenizer: object, image_area: int) -> Emu3Config:
    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": 2048,
        "attention_dropout": 0.0,
        "initializer_range": 0.3,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    codes = {
        "codebook_size": CODES,
        "embed_dim": 4,
        "latent_channels": 4,
        "base_channels": 32,
        "channel_multiplier": [1, 2, 1],
        "num_res_blocks": 1,
        "attn_resolutions": [2],
        "temporal_downsample_factor": 1,
        "hidden_size": 32,
    }
    mapped = {name: tokenizer.convert_tokens_to_ids(name) for name in SPECIALS}
    return Emu3Config(text_config=text, vq_config=codes, vocabulary_map=mapped, image_area=image_area)
