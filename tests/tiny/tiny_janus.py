"""A Janus of 0.3 million random weights: it draws 16 x 16 pixels in 16 tokens, and babbles."""

from __future__ import annotations

from pathlib import Path

import torch
from tiny_tokenizer import byte_tokenizer, silence
from transformers import JanusConfig, JanusForConditionalGeneration, JanusImageProcessor, JanusProcessor

IMAGE, BEGIN, END = "<image_placeholder>", "<begin_of_image>", "<end_of_image>"
TEMPLATE = (
    "{% for message in messages %}{{ '<|User|>: ' if message['role'] == 'user' else '<|Assistant|>: ' }}"
    "{% for part in message['content'] %}{{ part['text'] }}{% endfor %}{{ '\\n\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}<|Assistant|>:{% endif %}"
)


def save_tiny_janus(folder: Path, seed: int = 0, positions: int = 2048) -> Path:
    """Return the folder, with a model that `from_pretrained` loads.

    Args:
        folder: Made where it is not there.
        seed: Of the weights.
        positions: Most tokens of a sequence.
    """
    tokenizer = byte_tokenizer(
        ["<bos>", "<eos>", "<pad>", IMAGE, BEGIN, END],
        {"image_token": IMAGE, "boi_token": BEGIN, "eoi_token": END},
        bos_token="<bos>",
        eos_token="<eos>",
        pad_token="<pad>",
        padding_side="left",
        chat_template=TEMPLATE,
    )
    ids = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    torch.manual_seed(seed)
    model = JanusForConditionalGeneration(_config(len(tokenizer), positions, tokenizer.convert_tokens_to_ids(IMAGE), ids)).eval()
    silence(model, tokenizer)
    for name, token in ids.items():
        setattr(model.generation_config, name, token)
    model.generation_config.generation_kwargs = {"boi_token_id": tokenizer.convert_tokens_to_ids(BEGIN)}
    model.save_pretrained(folder)
    images = JanusImageProcessor(size={"height": 32, "width": 32}, min_size=14, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    JanusProcessor(images, tokenizer, chat_template=TEMPLATE, num_image_tokens=16).save_pretrained(folder)
    return folder


def _config(vocabulary: int, positions: int, image_token: int, ids: dict[str, int]) -> JanusConfig:
    text = {
        "model_type": "llama",
        "vocab_size": vocabulary,
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 1,
        "num_key_value_heads": 1,
        "max_position_embeddings": positions,
        "initializer_range": 0.3,
        **ids,
    }
    vision = {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "image_size": 32,
        "patch_size": 8,
        "mlp_ratio": 2.0,
        "projection_dim": 16,
        "num_image_tokens": 16,
    }
    codes = {
        "embed_dim": 4,
        "num_embeddings": 64,
        "latent_channels": 16,
        "base_channels": 32,
        "channel_multiplier": [1, 1, 1],
        "num_res_blocks": 1,
        "projection_dim": 16,
        "image_token_embed_dim": 16,
    }
    return JanusConfig(text_config=text, vision_config=vision, vq_config=codes, image_token_id=image_token)
