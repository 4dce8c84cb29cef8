"""BAGEL-7B-MoT as a worker: draws, answers, and thinks before it draws by its own `think=True`, one request at a time.

Not tried on its real weights; tests ask a stand-in with the interface of its `InterleaveInferencer`. It takes one GPU with 40 GB.
Its packages (torch 2.5.1, transformers 4.49) do not go with ours, so it has an environment of its own:

    git clone https://github.com/bytedance-seed/BAGEL.git /src/BAGEL
    conda create -n bagel python=3.10 -y && conda activate bagel
    pip install -r /src/BAGEL/requirements.txt
    huggingface-cli download ByteDance-Seed/BAGEL-7B-MoT --local-dir /weights/BAGEL-7B-MoT

Then, in our environment, with the Python of the other one:

    WORKERS=$(python -c "import unisandbox.evaluation.models.workers as w; print(w.__path__[0])")
    PLACES="--repository /src/BAGEL --weights /weights/BAGEL-7B-MoT"
    unisandbox score --model "exec:/envs/bagel/bin/python $WORKERS/bagel.py $PLACES"

Settings are those of its README for text to image. Every picture is drawn after `torch.manual_seed` of its own seed: upstream
takes one prompt at a time, so the order of requests changes nothing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

DRAWING = {
    "cfg_text_scale": 4.0,
    "cfg_interval": [0.4, 1.0],
    "timestep_shift": 3.0,
    "num_timesteps": 50,
    "cfg_renorm_min": 0.0,
    "cfg_renorm_type": "global",
}
THINKING = {"do_sample": False, "text_temperature": 0.3, "max_think_token_n": 1000}
ANSWERING = {"do_sample": False, "text_temperature": 0.3, "max_think_token_n": 512}
SIDE_PX = 1024
STEP_PX = 16  # of its latents: a side is a multiple


class BagelWorker:
    """Draws and answers by an inferencer of BAGEL.

    Args:
        inferencer: An `InterleaveInferencer`.
        identity: What it depends on.
    """

    def __init__(self, inferencer: Any, identity: dict[str, Any]) -> None:
        self._inferencer, self.identity = inferencer, identity
        self.capabilities = {"draws": True, "answers": True, "thinks": "native", "understanding": "same_weights", "batch": 1}

    def draw(self, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return a picture for each request, with its thought where it thinks first."""
        return [self._drawn(request) for request in requests]

    def answer(self, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return an answer to each request."""
        import torch

        found = []
        for request in requests:
            torch.manual_seed(request["seed"])
            text = self._inferencer(text=request["prompt"], understanding_output=True, **ANSWERING)["text"]
            found.append({"text": text, "truncated": self._tokens(text) + 1 >= ANSWERING["max_think_token_n"]})
        return found

    def _drawn(self, request: dict[str, Any]) -> dict[str, Any]:
        import torch
        from serving import png_of  # type: ignore[import-not-found]

        thinks = request["arm"] == "draw/think"
        side = (request["size_px"] or SIDE_PX) // STEP_PX * STEP_PX
        torch.manual_seed(request["seed"])
        made = self._inferencer(text=request["prompt"], think=thinks, image_shapes=(side, side), **DRAWING, **THINKING)
        drawing = {"picture": png_of(made["image"])}
        if thinks:
            tokens = self._tokens(made["text"])
            drawing |= {"thought": made["text"], "thought_tokens": tokens}
            drawing["truncated"] = tokens + 1 >= THINKING["max_think_token_n"]  # upstream counts the token that begins it
        return drawing

    def _tokens(self, text: str) -> int:
        return len(self._inferencer.tokenizer.encode(text))


def load(repository: Path, weights: Path, device: str) -> Any:
    """Return an inferencer with the weights of a folder on one device, built as upstream's `app.py` does."""
    sys.path[0] = str(repository)  # in place of this folder, whose names could stand before upstream's
    import torch
    from accelerate import init_empty_weights, load_checkpoint_and_dispatch  # type: ignore[import-untyped]
    from data.data_utils import add_special_tokens  # type: ignore[import-not-found]
    from data.transforms import ImageTransform  # type: ignore[import-not-found]
    from inferencer import InterleaveInferencer  # type: ignore[import-not-found]
    from modeling import bagel  # type: ignore[import-not-found]
    from modeling.autoencoder import load_ae  # type: ignore[import-not-found]
    from modeling.qwen2 import Qwen2Tokenizer  # type: ignore[import-not-found]

    words = bagel.Qwen2Config.from_json_file(str(weights / "llm_config.json"))
    words.qk_norm, words.tie_word_embeddings, words.layer_module = True, False, "Qwen2MoTDecoderLayer"
    sight = bagel.SiglipVisionConfig.from_json_file(str(weights / "vit_config.json"))
    sight.rope, sight.num_hidden_layers = False, sight.num_hidden_layers - 1
    decoder, decoding = load_ae(local_path=str(weights / "ae.safetensors"))
    config = bagel.BagelConfig(
        visual_gen=True,
        visual_und=True,
        llm_config=words,
        vit_config=sight,
        vae_config=decoding,
        vit_max_num_patch_per_side=70,
        connector_act="gelu_pytorch_tanh",
        latent_patch_size=2,
        max_latent_size=64,
    )
    with init_empty_weights():
        model = bagel.Bagel(bagel.Qwen2ForCausalLM(words), bagel.SiglipVisionModel(sight), config)
        model.vit_model.vision_model.embeddings.convert_conv2d_to_linear(sight, meta=True)
    tokenizer, token_ids, _ = add_special_tokens(Qwen2Tokenizer.from_pretrained(str(weights)))
    checkpoint = str(weights / "ema.safetensors")
    model = load_checkpoint_and_dispatch(model, checkpoint=checkpoint, device_map={"": device}, dtype=torch.bfloat16).eval()
    return InterleaveInferencer(
        model=model,
        vae_model=decoder.to(device).eval(),
        tokenizer=tokenizer,
        vae_transform=ImageTransform(1024, 512, 16),
        vit_transform=ImageTransform(980, 224, 14),
        new_token_ids=token_ids,
    )


def main() -> None:
    """Load and serve."""
    from serving import identity, serve

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repository", type=Path, required=True, help="a clone of upstream's repository")
    parser.add_argument("--weights", type=Path, required=True, help="the folder of BAGEL-7B-MoT")
    parser.add_argument("--device", default="cuda:0")
    given = parser.parse_args()
    said = identity(
        "BAGEL",
        given.repository,
        given.weights,
        ("torch", "transformers", "flash_attn"),
        drawing=DRAWING,
        thinking=THINKING,
        answering=ANSWERING,
    )
    serve(BagelWorker(load(given.repository.resolve(), given.weights, given.device), said))


if __name__ == "__main__":
    main()
