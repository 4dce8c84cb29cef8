"""Judges of a few thousand random weights, made and saved through the real classes: Qwen2.5-VL, Qwen3-VL, LLaVA, OWLv2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tiny_tokenizer import byte_tokenizer
from tokenizers import pre_tokenizers
from transformers import (
    CLIPImageProcessorPil,
    CLIPTokenizer,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    Owlv2Config,
    Owlv2ForObjectDetection,
    Owlv2ImageProcessorPil,
    Owlv2Processor,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2VLImageProcessorPil,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
)

CHATML = """{% for m in messages %}<|im_start|>{{ m['role'] }}
{% if m['content'] is string %}{{ m['content'] }}{% else %}{% for c in m['content'] %}{% if c['type'] == 'image' %}\
<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ c['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
VICUNA = """{% for m in messages %}{{ m['role'].upper() }}: {% for c in m['content'] %}{% if c['type'] == 'image' %}<image>
{% else %}{{ c['text'] }} {% endif %}{% endfor %}{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}"""
QWEN_NAMED = {
    "image_token_id": "<|image_pad|>",
    "video_token_id": "<|video_pad|>",
    "vision_start_token_id": "<|vision_start|>",
    "vision_end_token_id": "<|vision_end|>",
}
QWEN_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", *QWEN_NAMED.values())
PIXELS = {"min_pixels": 56 * 56, "max_pixels": 28 * 28 * 64}


def qwen_tokenizer() -> Any:
    """Return a tokenizer of bytes with the special tokens and the chat template of Qwen."""
    tokenizer = byte_tokenizer(QWEN_TOKENS, eos_token="<|im_end|>", pad_token="<|endoftext|>", padding_side="left")
    tokenizer.chat_template = CHATML
    return tokenizer


def tiny_qwen_vl(tokenizer: Any, hidden: int = 32) -> Qwen2_5_VLForConditionalGeneration:
    """Return a Qwen2.5-VL, which is also the text encoder of Qwen-Image."""
    return Qwen2_5_VLForConditionalGeneration(
        Qwen2_5_VLConfig(
            text_config=_qwen_text(tokenizer, hidden),
            vision_config={
                **_qwen_vision(hidden),
                "patch_size": 14,
                "temporal_patch_size": 2,
                "window_size": 112,
                "fullatt_block_indexes": [1],
            },
            **_qwen_ids(tokenizer),
        )
    ).eval()


def save_tiny_qwen_vl(folder: Path) -> Path:
    """Return the folder of a Qwen2.5-VL judge."""
    torch.manual_seed(0)
    tokenizer = qwen_tokenizer()
    return _saved(folder, tiny_qwen_vl(tokenizer), tokenizer, Qwen2VLImageProcessorPil(**PIXELS))


def save_tiny_qwen3_vl(folder: Path) -> Path:
    """Return the folder of a Qwen3-VL judge."""
    torch.manual_seed(0)
    tokenizer = qwen_tokenizer()
    vision = {"patch_size": 16, "temporal_patch_size": 2, "num_position_embeddings": 64, "deepstack_visual_indexes": [0]}
    config = Qwen3VLConfig(
        text_config={**_qwen_text(tokenizer, 32), "head_dim": 16},
        vision_config={**_qwen_vision(32), **vision},
        **_qwen_ids(tokenizer),
    )
    model = Qwen3VLForConditionalGeneration(config).eval()
    return _saved(folder, model, tokenizer, Qwen2VLImageProcessorPil(**PIXELS, patch_size=16))


def save_tiny_llava(folder: Path) -> Path:
    """Return the folder of a LLaVA judge."""
    torch.manual_seed(0)
    tokenizer = byte_tokenizer(("<s>", "</s>", "<pad>", "<image>"), bos_token="<s>", eos_token="</s>", pad_token="<pad>")
    text = {
        "model_type": "llama",
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "max_position_embeddings": 1024,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    vision = {
        "model_type": "clip_vision_model",
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "image_size": 28,
        "patch_size": 14,
    }
    config = LlavaConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        vision_feature_select_strategy="default",
        vision_feature_layer=-1,
    )
    images = CLIPImageProcessorPil(size={"shortest_edge": 28}, crop_size={"height": 28, "width": 28})
    processor = LlavaProcessor(
        images,
        tokenizer,
        patch_size=14,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=VICUNA,
    )
    return _saved(folder, LlavaForConditionalGeneration(config).eval(), processor)


def clip_tokenizer(longest: int) -> CLIPTokenizer:
    """Return a tokenizer of CLIP that knows letters alone, for texts of so many tokens."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = ["!", *(one for one in letters if one != "!"), *(f"{one}</w>" for one in letters), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={word: place for place, word in enumerate(words)}, merges=[], model_max_length=longest)


def save_tiny_owl(folder: Path) -> Path:
    """Return the folder of an OWLv2 detector."""
    torch.manual_seed(0)
    tokenizer = clip_tokenizer(16)
    layers = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    ids = {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
    config = Owlv2Config(
        text_config={**layers, **ids, "vocab_size": len(tokenizer), "max_position_embeddings": 16},
        vision_config={**layers, "image_size": 64, "patch_size": 16},
        projection_dim=32,
    )
    processor = Owlv2Processor(Owlv2ImageProcessorPil(size={"height": 64, "width": 64}), tokenizer)
    return _saved(folder, Owlv2ForObjectDetection(config).eval(), processor)


def _qwen_text(tokenizer: Any, hidden: int) -> dict[str, Any]:
    rope = {"rope_type": "default", "mrope_section": {16: [1, 1, 2], 32: [2, 2, 4]}[hidden], "rope_theta": 1e6}
    sizes = {"vocab_size": len(tokenizer), "hidden_size": hidden, "intermediate_size": 2 * hidden, "num_hidden_layers": 2}
    ends = {"bos_token_id": None, "eos_token_id": tokenizer.eos_token_id, "tie_word_embeddings": False}
    return {
        **sizes,
        **ends,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "rope_parameters": rope,
        "tie_word_embeddings": False,
    }


def _qwen_vision(hidden: int) -> dict[str, Any]:
    sizes = {"depth": 2, "hidden_size": hidden, "intermediate_size": 2 * hidden, "num_heads": 2, "out_hidden_size": hidden}
    return {**sizes, "spatial_merge_size": 2}


def _qwen_ids(tokenizer: Any) -> dict[str, int]:
    return {name: tokenizer.convert_tokens_to_ids(token) for name, token in QWEN_NAMED.items()}


def _saved(folder: Path, *parts: Any) -> Path:
    for part in parts:
        part.save_pretrained(folder)
    return folder
