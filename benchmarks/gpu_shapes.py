"""Models of full size with random weights: what they cost is that of the real ones, what they say is nothing.

They are built on the device, saved in the format that `hf:` reads, and loaded from there by the same code as real weights. Their
tokenizers are of bytes, from tests/tiny, so that nothing is downloaded: a text has some four times the tokens that it really has.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import torch

TINY_TOKENIZERS: Final = Path(__file__).resolve().parents[1] / "tests" / "tiny"
PATCH_PX: Final = 28  # of Qwen2.5-VL: 2 x 2 patches of 14 px are a token

# hidden, layers, heads, intermediate, vocabulary of the text; hidden, layers, heads, px of the encoder; channels, multipliers of
# the decoder. As far as is known of deepseek-community/Janus-Pro-7B and -1B: compare with their config.json.
JANUS: Final[Mapping[str, tuple[tuple[int, ...], tuple[int, ...], tuple[int, tuple[int, ...]]]]] = {
    "tiny": ((32, 2, 4, 64, 512), (32, 2, 4, 32), (32, (1, 1))),
    "1b": ((2048, 24, 16, 5632, 102_400), (1024, 24, 16, 384), (128, (1, 1, 2, 2, 4))),
    "7b": ((4096, 30, 32, 11_008, 102_400), (1024, 24, 16, 384), (128, (1, 1, 2, 2, 4))),
}
# hidden, layers, heads, heads of keys, intermediate, vocabulary of the text; hidden, layers, heads, intermediate of the encoder.
# As far as is known of Qwen/Qwen2.5-VL-7B-Instruct: compare with its config.json.
SEEING: Final[Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]] = {
    "tiny": ((32, 2, 2, 2, 64, 512), (32, 2, 2, 64)),
    "7b": ((3584, 28, 28, 4, 18_944, 152_064), (1280, 32, 16, 3420)),
}
# layers, heads, parts of a head that turn with each axis, width of the text, tokens along a picture's side.
# As far as is known of the transformer of Qwen/Qwen-Image, at 1024 px: 20 thousand million weights.
DIFFUSION: Final[Mapping[str, tuple[int, int, tuple[int, int, int], int, int]]] = {
    "tiny": (2, 2, (8, 4, 4), 16, 4),
    "qwen-image": (60, 24, (16, 56, 56), 3584, 64),
}


@dataclass(frozen=True)
class Saved:
    """A model on disk, and what the arithmetic of its speed needs.

    Attributes:
        folder: As `hf:` takes it.
        text_weights: Of the layers that every token passes.
        sight_weights: Of the layers that every patch of a picture passes.
        tokens: Of a picture: drawn by a Janus, read by a judge from a picture of `side_px`.
        bytes_a_weight: In memory.
    """

    folder: Path
    text_weights: int
    sight_weights: int
    tokens: int
    bytes_a_weight: int


def save_janus(folder: Path, shape: str, device: torch.device, dtype: torch.dtype) -> Saved:
    """Return a Janus of some shape."""
    from transformers import JanusConfig, JanusForConditionalGeneration, JanusImageProcessor, JanusProcessor

    (hidden, layers, heads, inner, vocabulary), (seen, sight_layers, sight_heads, side), (base, channels) = JANUS[shape]
    specials = {"image_token": "<image_placeholder>", "boi_token": "<begin_of_image>", "eoi_token": "<end_of_image>"}
    names = {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>"}
    tokenizer = _bytes([*names.values(), *specials.values()], specials, **names, padding_side="left")
    ids = {f"{name}_id": tokenizer.convert_tokens_to_ids(text) for name, text in names.items()}
    patch = 16 if side > 64 else 8
    tokens = (side // patch) ** 2
    text = {**_sizes(hidden, layers, heads, heads, inner, vocabulary), "model_type": "llama", **ids}
    sight = {"hidden_size": seen, "num_hidden_layers": sight_layers, "num_attention_heads": sight_heads, "mlp_ratio": 4.0}
    config = JanusConfig(
        text_config=text,
        vision_config={**sight, "image_size": side, "patch_size": patch, "projection_dim": hidden, "num_image_tokens": tokens},
        vq_config={"base_channels": base, "channel_multiplier": list(channels), **_decoded(shape, hidden)},
        image_token_id=tokenizer.convert_tokens_to_ids(specials["image_token"]),
    )
    model = _random(lambda: JanusForConditionalGeneration(config), device, dtype)
    for name, value in ids.items():
        setattr(model.generation_config, name, value)
    model.save_pretrained(folder)
    images = JanusImageProcessor(size={"height": side, "width": side}, min_size=14, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    JanusProcessor(images, tokenizer, num_image_tokens=tokens).save_pretrained(folder)
    weights = _count(model.model.language_model.layers) + _count(model.model.generation_head)
    return Saved(folder, weights, 0, tokens, dtype.itemsize)


def save_seeing(folder: Path, shape: str, device: torch.device, dtype: torch.dtype, side_px: int) -> Saved:
    """Return a Qwen2.5-VL of some shape."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, Qwen2VLImageProcessorPil

    (hidden, layers, heads, keys, inner, vocabulary), (seen, depth, sight_heads, sight_inner) = SEEING[shape]
    tiny = _of_tests("tiny_vision")
    tokenizer = tiny.qwen_tokenizer()
    half = hidden // heads // 2
    rope = {
        "rope_type": "default",
        "mrope_section": [half // 4, half * 3 // 8, half - half // 4 - half * 3 // 8],
        "rope_theta": 1e6,
    }
    text = {
        **_sizes(hidden, layers, heads, keys, inner, vocabulary),
        "rope_parameters": rope,
        "eos_token_id": tokenizer.eos_token_id,
    }
    sight = {"hidden_size": seen, "depth": depth, "num_heads": sight_heads, "intermediate_size": sight_inner, "patch_size": 14}
    more = {
        "out_hidden_size": hidden,
        "window_size": 112,
        "fullatt_block_indexes": list(range(depth // 4 or 1, depth, depth // 4 or 1)),
    }
    config = Qwen2_5_VLConfig(
        text_config={**text, "bos_token_id": None, "tie_word_embeddings": False},
        vision_config={**sight, **more, "spatial_merge_size": 2, "temporal_patch_size": 2},
        **{name: tokenizer.convert_tokens_to_ids(token) for name, token in tiny.QWEN_NAMED.items()},
    )
    model = _random(lambda: Qwen2_5_VLForConditionalGeneration(config), device, dtype)
    pixels = (side_px // PATCH_PX * PATCH_PX) ** 2
    for part in (model, tokenizer, Qwen2VLImageProcessorPil(min_pixels=pixels, max_pixels=pixels)):
        part.save_pretrained(folder)
    weights, seeing = _count(model.model.language_model.layers), _count(model.model.visual)
    return Saved(folder, weights, seeing, (side_px // PATCH_PX) ** 2, dtype.itemsize)


def diffusion_step(shape: str, device: torch.device, dtype: torch.dtype) -> tuple[Callable[[int], Any], Any, int, int]:
    """Return one forward pass for a number of pictures, the module that is asked, its weights and the tokens of a picture."""
    from diffusers import QwenImageTransformer2DModel

    layers, heads, axes, width, side = DIFFUSION[shape]
    channels = 64 if side > 8 else 16
    sizes = {"num_layers": layers, "num_attention_heads": heads, "attention_head_dim": sum(axes), "joint_attention_dim": width}
    module = _random(
        lambda: QwenImageTransformer2DModel(  # type: ignore[no-untyped-call]
            patch_size=2, in_channels=channels, out_channels=channels // 4, axes_dims_rope=axes, **sizes
        ),
        device,
        dtype,
    )

    def step(pictures: int) -> Any:
        with torch.no_grad():
            return module(
                hidden_states=torch.zeros(pictures, side * side, channels, device=device, dtype=dtype),
                encoder_hidden_states=torch.zeros(pictures, 64, width, device=device, dtype=dtype),
                encoder_hidden_states_mask=torch.ones(pictures, 64, device=device, dtype=torch.long),
                timestep=torch.full((pictures,), 0.5, device=device, dtype=dtype),
                img_shapes=[[(1, side, side)]] * pictures,
                return_dict=False,
            )

    return step, module, _count(module.transformer_blocks), side * side + 64


def _random(make: Callable[[], Any], device: torch.device, dtype: torch.dtype) -> Any:
    """Return a module with random weights, made where it is to run: a full size never passes through the machine's memory."""
    torch.manual_seed(0)
    default = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            return make().eval()
    finally:
        torch.set_default_dtype(default)


def _bytes(specials: list[str], named: Mapping[str, str], **settings: Any) -> Any:
    return _of_tests("tiny_tokenizer").byte_tokenizer(specials, named, **settings)


def _of_tests(name: str) -> ModuleType:
    if str(TINY_TOKENIZERS) not in sys.path:
        sys.path.append(str(TINY_TOKENIZERS))
    return import_module(name)


def _sizes(hidden: int, layers: int, heads: int, keys: int, inner: int, vocabulary: int) -> dict[str, int]:
    attention = {"num_attention_heads": heads, "num_key_value_heads": keys, "max_position_embeddings": 8192}
    return {"hidden_size": hidden, "num_hidden_layers": layers, "intermediate_size": inner, "vocab_size": vocabulary, **attention}


def _decoded(shape: str, hidden: int) -> dict[str, int]:
    """Return the codes of a decoder: 16,384 of 8 numbers, and few in the tiny one."""
    small = shape == "tiny"
    codes = {"num_embeddings": 64 if small else 16_384, "embed_dim": 4 if small else 8, "latent_channels": 16 if small else 256}
    return {**codes, "num_res_blocks": 1 if small else 2, "projection_dim": hidden, "image_token_embed_dim": hidden}


def _count(module: Any) -> int:
    return sum(weight.numel() for weight in module.parameters())
