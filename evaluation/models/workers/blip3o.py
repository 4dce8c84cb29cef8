"""BLIP3-o (4B, 8B) as a worker: draws by its pipeline, answers by its frozen Qwen2.5-VL, and thinks in two passes.

Not tried on its real weights; tests ask a stand-in with the interface of its pipeline. The 8B takes one GPU with 40 GB. Its
packages (torch 2.3, transformers 4.51.3) do not go with ours, so it has an environment of its own. Upstream's repository also
holds BLIP3o-NEXT, which loads other weights: take the branch whose `inference.py` says `pipeline_llava_gen` (its issue 88).

    git clone --branch main https://github.com/JiuhaiChen/BLIP3o.git /src/BLIP3o
    conda create -n blip3o python=3.11 -y && conda activate blip3o
    pip install --upgrade pip setuptools && pip install -r /src/BLIP3o/requirements.txt && pip install -e /src/BLIP3o
    huggingface-cli download BLIP3o/BLIP3o-Model-8B --local-dir /weights/BLIP3o-Model-8B

Then, in our environment, with the Python of the other one:

    WORKERS=$(python -c "import unisandbox.evaluation.models.workers as w; print(w.__path__[0])")
    PLACES="--repository /src/BLIP3o --weights /weights/BLIP3o-Model-8B"
    unisandbox score --model "exec:/envs/blip3o/bin/python $WORKERS/blip3o.py $PLACES"

Upstream has no thinking mode: the model's text side is told what `prompts.toml` says, and its conclusion is added to the prompt.
Every picture is drawn alone after `torch.manual_seed` of its own seed: the pipeline draws from torch's global generator.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

GUIDANCE = 3.0
CAPTION = "Please generate image based on the following caption: {prompt}"
ANSWER_TOKENS = 1024
THOUGHT_TOKENS = 2048
MARKUP = "*_#> \t"


class Blip3oWorker:
    """Draws and answers by the parts of BLIP3-o.

    Args:
        pipe: Its diffusion pipeline, which holds the model.
        model, processor: The model and the processor of its text side.
        template: Puts a user's words into its conversation.
        two_pass: `system`, `conclusion` and `joined`: the texts of thinking in two passes.
        identity: What it depends on.
    """

    def __init__(
        self, pipe: Any, model: Any, processor: Any, template: Any, two_pass: dict[str, str], identity: dict[str, Any]
    ) -> None:
        self._pipe, self._model, self._processor, self._template = pipe, model, processor, template
        self._two_pass, self.identity = two_pass, identity
        self.capabilities = {"draws": True, "answers": True, "thinks": "two_pass", "understanding": "same_weights", "batch": 1}

    def draw(self, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return a picture for each request, with its thought where it thinks first."""
        return [self._drawn(request) for request in requests]

    def answer(self, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return an answer to each request."""
        found = []
        for request in requests:
            text, tokens = self._said([("user", request["prompt"])], ANSWER_TOKENS)
            found.append({"text": text, "truncated": tokens >= ANSWER_TOKENS})
        return found

    def _drawn(self, request: dict[str, Any]) -> dict[str, Any]:
        import torch
        from serving import png_of  # type: ignore[import-not-found]

        prompt, thought = request["prompt"], {}
        if request["arm"] == "draw/think":
            text, tokens = self._said([("system", self._two_pass["system"]), ("user", prompt)], THOUGHT_TOKENS)
            thought = {"thought": text, "thought_tokens": tokens, "truncated": tokens >= THOUGHT_TOKENS}
            prompt = self._two_pass["joined"].format(prompt=prompt, conclusion=conclusion_of(text, self._two_pass["conclusion"]))
        torch.manual_seed(request["seed"])
        made = self._pipe([self._template(CAPTION.format(prompt=prompt))], guidance_scale=GUIDANCE)
        return {"picture": png_of(made.image), **thought}

    def _said(self, turns: list[tuple[str, str]], most: int) -> tuple[str, int]:
        """Return the words that follow a conversation, and how many tokens they are."""
        messages = [{"role": role, "content": [{"type": "text", "text": words}]} for role, words in turns]
        text = self._processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        inputs = self._processor(text=[text], padding=True, return_tensors="pt").to(self._model.device)
        made = self._model.generate(**inputs, max_new_tokens=most, do_sample=False)[:, inputs["input_ids"].shape[1] :]
        return self._processor.batch_decode(made, skip_special_tokens=True)[0], made.shape[1]


def conclusion_of(text: str, begin: str) -> str:
    r"""Return what stands after the last line that begins with `begin`, else the last paragraph.

    >>> conclusion_of("2 + 1 = 3.\n**Picture:** 3 apples.\n", "Picture:")
    '3 apples.'
    """
    for line in reversed([line.strip(MARKUP) for line in text.strip().splitlines()]):
        if line.casefold().startswith(begin.casefold()) and (rest := line[len(begin) :].strip(MARKUP)):
            return rest
    return text.strip().rpartition("\n\n")[2].strip()


def load(repository: Path, weights: Path, processor: str, device: str) -> tuple[Any, Any, Any, Any]:
    """Return pipeline, model, processor and template, built as upstream's `inference.py` does, in its folder."""
    os.chdir(repository)
    sys.path[0] = str(repository)  # in place of this folder: this file has the name of upstream's package
    import torch
    from blip3o.conversation import conv_templates  # type: ignore[import-not-found]
    from blip3o.mm_utils import get_model_name_from_path  # type: ignore[import-not-found]
    from blip3o.model.builder import load_pretrained_model  # type: ignore[import-not-found]
    from blip3o.utils import disable_torch_init  # type: ignore[import-not-found]
    from diffusers import DiffusionPipeline
    from transformers import AutoProcessor

    disable_torch_init()
    tokenizer, model, _ = load_pretrained_model(str(weights), None, get_model_name_from_path(str(weights)))
    pipe = DiffusionPipeline.from_pretrained(  # type: ignore[no-untyped-call]
        str(weights / "diffusion-decoder"),
        custom_pipeline="pipeline_llava_gen",
        torch_dtype=torch.bfloat16,
        use_safetensors=True,
        variant="bf16",
        multimodal_encoder=model,
        tokenizer=tokenizer,
        safety_checker=None,
    )
    pipe.vae.to(device)
    pipe.unet.to(device)

    def template(words: str) -> str:
        conversation = conv_templates["qwen"].copy()
        conversation.append_message(conversation.roles[0], words)
        conversation.append_message(conversation.roles[1], None)
        return str(conversation.get_prompt())

    return pipe, model, AutoProcessor.from_pretrained(processor), template  # type: ignore[no-untyped-call]


def main() -> None:
    """Load and serve."""
    import tomllib

    from serving import identity, serve

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repository", type=Path, required=True, help="a clone of upstream's repository")
    parser.add_argument("--weights", type=Path, required=True, help="the folder of BLIP3o-Model-8B or -4B")
    parser.add_argument("--processor", default="Qwen/Qwen2.5-VL-7B-Instruct", help="of the text side, as upstream names it")
    parser.add_argument("--device", default="cuda:0")
    given = parser.parse_args()
    prompts = Path(__file__).resolve().parents[1] / "prompts.toml"
    two_pass = tomllib.loads(prompts.read_text(encoding="utf-8"))["two_pass"]
    repository, weights = given.repository.resolve(), given.weights.resolve()
    packages = ("torch", "transformers", "diffusers")
    said = identity("BLIP3-o", repository, weights, packages, guidance=GUIDANCE, caption=CAPTION, two_pass=two_pass)
    serve(Blip3oWorker(*load(repository, weights, given.processor, given.device), two_pass, said))


if __name__ == "__main__":
    main()
