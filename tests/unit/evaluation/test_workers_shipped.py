"""The workers for BAGEL and BLIP3-o, each in a process of its own, against stand-ins with the interface of upstream's code."""

from __future__ import annotations

import io
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from unisandbox.errors import InputError
from unisandbox.evaluation.models import workers
from unisandbox.evaluation.models.registry import open_model
from unisandbox.evaluation.models.two_pass import conclusion_of, two_pass
from unisandbox.evaluation.models.workers import blip3o, serving
from unisandbox.evaluation.protocol import Answer, AskRequest, Drawing, DrawRequest, Fault, Model

PICTURE = """
import torch
from PIL import Image
def picture(words, side):
    assert torch.initial_seed() != 0
    pixels = torch.randint(0, 256, (side, side, 3), dtype=torch.uint8)
    pixels[0, 0] = torch.tensor([len(words) % 256, side % 251, 7])
    return Image.fromarray(pixels.numpy())
"""
BAGEL = {
    "picture.py": PICTURE,
    "accelerate.py": """
from contextlib import nullcontext as init_empty_weights
def load_checkpoint_and_dispatch(model, checkpoint, device_map=None, dtype=None):
    open(checkpoint).close()
    assert list(device_map) == [""]
    return model
""",
    "data/__init__.py": "",
    "data/data_utils.py": "def add_special_tokens(tokenizer):\n    return tokenizer, {'eos_token_id': 1}, 1\n",
    "data/transforms.py": "def ImageTransform(most, least, step):\n    return (most, least, step)\n",
    "modeling/__init__.py": "",
    "modeling/autoencoder.py": """
class Decoder:
    def to(self, device):
        return self
    def eval(self):
        return self
def load_ae(local_path):
    open(local_path).close()
    return Decoder(), {}
""",
    "modeling/qwen2.py": """
class Qwen2Tokenizer:
    @classmethod
    def from_pretrained(cls, path):
        return cls()
    def encode(self, text):
        return text.split()
""",
    "modeling/bagel.py": """
import json
from types import SimpleNamespace
class Config(SimpleNamespace):
    @classmethod
    def from_json_file(cls, path):
        return cls(**json.load(open(path)))
Qwen2Config = SiglipVisionConfig = Config
def BagelConfig(*, visual_gen, visual_und, llm_config, vit_config, vae_config, vit_max_num_patch_per_side, connector_act,
                latent_patch_size, max_latent_size):
    assert (llm_config.layer_module, vit_config.num_hidden_layers) == ("Qwen2MoTDecoderLayer", 26)
    return llm_config
def Qwen2ForCausalLM(config):
    return config
def SiglipVisionModel(config):
    embeddings = SimpleNamespace(convert_conv2d_to_linear=lambda config, meta: None)
    return SimpleNamespace(vision_model=SimpleNamespace(embeddings=embeddings))
class Bagel:
    def __init__(self, language_model, vit_model, config):
        self.vit_model = vit_model
    def eval(self):
        return self
""",
    "inferencer.py": """
from picture import picture
class InterleaveInferencer:
    def __init__(self, model, vae_model, tokenizer, vae_transform, vit_transform, new_token_ids):
        self.tokenizer = tokenizer
    def __call__(self, image=None, text=None, **given):
        return self.interleave_inference([text], **given)
    def interleave_inference(self, input_lists, think=False, understanding_output=False, max_think_token_n=1000, do_sample=False,
                             text_temperature=0.3, cfg_text_scale=3.0, cfg_img_scale=1.5, cfg_interval=[0.4, 1.0],
                             timestep_shift=3.0, num_timesteps=50, cfg_renorm_min=0.0, cfg_renorm_type="global",
                             image_shapes=(1024, 1024)):
        (text,) = input_lists
        print("asked", text)
        if "broken" in text:
            raise RuntimeError("CUDA error")
        if understanding_output:
            return {"image": None, "text": f"It is {text}."}
        thought = "<think> " + "word " * (max_think_token_n if "long" in text else 3) + "</think>"
        return {"image": picture(text, image_shapes[0]), "text": thought if think else None}
""",
}
BLIP3O = {
    "picture.py": PICTURE,
    "blip3o/__init__.py": "",
    "blip3o/conversation.py": """
class Conversation:
    roles = ("user", "assistant")
    def __init__(self):
        self.messages = []
    def copy(self):
        return Conversation()
    def append_message(self, role, words):
        self.messages.append((role, words))
    def get_prompt(self):
        return "".join(f"<{role}>{words or ''}" for role, words in self.messages)
conv_templates = {"qwen": Conversation()}
""",
    "blip3o/mm_utils.py": "def get_model_name_from_path(path):\n    return path.rpartition('/')[2]\n",
    "blip3o/utils.py": "def disable_torch_init():\n    pass\n",
    "blip3o/model/__init__.py": "",
    "blip3o/model/builder.py": """
import torch
class Model:
    device = "cpu"
    def generate(self, input_ids, attention_mask, max_new_tokens, do_sample):
        assert not do_sample
        return torch.cat([input_ids, torch.tensor([[ord(letter) for letter in "So.\\n**Picture:** 3 apples"]])], 1)
def load_pretrained_model(model_path, model_base, model_name):
    open(model_path + "/config.json").close()
    return "tokenizer", Model(), 2048
""",
    "diffusers.py": """
from types import SimpleNamespace
from picture import picture
class DiffusionPipeline:
    vae = unet = SimpleNamespace(to=lambda device: None)
    @classmethod
    def from_pretrained(cls, path, *, custom_pipeline, torch_dtype, use_safetensors, variant, multimodal_encoder, tokenizer,
                        safety_checker):
        assert (custom_pipeline, tokenizer) == ("pipeline_llava_gen", "tokenizer")
        return cls()
    def __call__(self, prompt, guidance_scale):
        print("asked", repr(prompt[0]))
        assert prompt[0].startswith("<user>Please generate image based on the following caption: ")
        return SimpleNamespace(image=picture(prompt[0], 32))
""",
    "transformers.py": """
import torch
class Inputs(dict):
    def to(self, device):
        return self
class AutoProcessor:
    @classmethod
    def from_pretrained(cls, name):
        assert name == "Qwen/Qwen2.5-VL-7B-Instruct"
        return cls()
    def apply_chat_template(self, messages, tokenize, add_generation_prompt):
        return "".join(f"<{one['role']}>{one['content'][0]['text']}" for one in messages)
    def __call__(self, text, padding, return_tensors):
        ids = torch.tensor([[ord(letter) % 128 for letter in text[0]]])
        return Inputs(input_ids=ids, attention_mask=torch.ones_like(ids))
    def batch_decode(self, ids, skip_special_tokens):
        return ["".join(chr(one) for one in row) for row in ids]
""",
}
WEIGHTS = {
    "config.json": "{}",
    "llm_config.json": "{}",
    "vit_config.json": '{"num_hidden_layers": 27}',
    "ae.safetensors": "",
    "ema.safetensors": "",
}

Start = Callable[..., Model]


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """A function that starts a worker against a stand-in of its repository, by the command that its docstring shows."""
    models: list[Model] = []

    def started(name: str, files: dict[str, str], weights: dict[str, str] = WEIGHTS) -> Model:
        places = [written(tmp_path / "repository", files), written(tmp_path / "weights", weights)]
        script = Path(workers.__path__[0]) / f"{name}.py"
        command = [sys.executable, str(script), "--repository", str(places[0]), "--weights", str(places[1])]
        models.append(open_model(f"exec:{shlex.join(command)}", {"log": str(tmp_path / "log"), "timeout_s": "60"}))
        return models[-1]

    yield started
    for model in models:
        model.close()


def drawn(model: Model, *requests: tuple[str, str, int]) -> list[Any]:
    """Return what a model makes of requests of arm, prompt and seed."""
    return list(model.draw([DrawRequest(f"i{n}", arm, prompt, 0, seed, None) for n, (arm, prompt, seed) in enumerate(requests)]))


def side(picture: bytes) -> int:
    with Image.open(io.BytesIO(picture)) as image:
        assert image.format == "PNG"
        return image.width


def test_bagel_draws_answers_and_thinks_by_its_inferencer(start: Start, tmp_path: Path) -> None:
    model = start("bagel", BAGEL)
    assert (model.capabilities.thinks, model.capabilities.understanding) == ("native", "same_weights")
    assert model.identity()["says"]["drawing"]["num_timesteps"] == 50
    plain, thought, cut, broken = drawn(
        model,
        ("draw/normal", "two pears", 1),
        ("draw/think", "two pears", 1),
        ("draw/think", "a long one", 2),
        ("literal", "broken", 3),
    )
    assert isinstance(plain, Drawing)
    assert isinstance(thought, Drawing)
    assert (side(plain.picture), plain.thought) == (1024, None)
    assert (thought.thought, thought.thought_tokens, thought.truncated) == ("<think> word word word </think>", 5, False)
    assert cut.truncated
    assert broken == Fault("crashed", "RuntimeError: CUDA error")
    assert model.answer([AskRequest("i", "a pear", 0, 9)]) == [Answer("It is a pear.")]
    (small,) = model.draw([DrawRequest("i", "literal", "p", 0, 1 << 62, 520)])
    assert isinstance(small, Drawing)
    assert side(small.picture) == 512, "a side is a multiple of 16"
    assert "asked two pears" in (tmp_path / "log").read_text(), "what upstream prints goes to the log"


def test_blip3o_draws_answers_and_thinks_in_two_passes(start: Start, tmp_path: Path) -> None:
    model = start("blip3o", BLIP3O)
    assert (model.capabilities.thinks, model.capabilities.understanding) == ("two_pass", "same_weights")
    plain, thought = drawn(model, ("draw/normal", "1 + 2 apples", 1), ("draw/think", "1 + 2 apples", 1))
    assert (plain.thought, thought.thought, thought.thought_tokens) == (None, "So.\n**Picture:** 3 apples", 25)
    assert model.answer([AskRequest("i", "1 + 2?", 0, 9)]) == [Answer("So.\n**Picture:** 3 apples")]
    said = (tmp_path / "log").read_text()
    assert two_pass().joined.format(prompt="1 + 2 apples", conclusion="3 apples").strip().replace("\n", "\\n") in said


@pytest.mark.parametrize(("name", "files"), [("bagel", BAGEL), ("blip3o", BLIP3O)])
def test_a_picture_depends_on_its_own_seed_alone(name: str, files: dict[str, str], start: Start) -> None:
    model = start(name, files)
    one, other = ("draw/normal", "a pear", 11), ("draw/normal", "a pear", 12)
    first, second = drawn(model, one, other)
    assert first.picture != second.picture
    assert drawn(model, other) == [second]
    assert drawn(model, other, one) == [second, first]


def test_the_identity_holds_the_content_of_the_weights(tmp_path: Path) -> None:
    def said(weights: dict[str, str]) -> Any:
        return serving.identity("M", tmp_path, written(tmp_path / "weights", weights), ("torch", "no-such-package"), steps=50)

    first = said(WEIGHTS)
    assert said(WEIGHTS) == first
    assert (first["commit"], len(first["weights"]), first["steps"]) == ("unknown", 64, 50), "the folder is no repository"
    assert said({"ema.safetensors": "other"})["weights"] != first["weights"]
    assert (first["versions"]["torch"] != "none", first["versions"]["no-such-package"]) == (True, "none")


@pytest.mark.parametrize("name", ["bagel", "blip3o"])
def test_without_upstreams_code_the_command_ends_with_one_line(name: str, start: Start) -> None:
    with pytest.raises(InputError, match="ModuleNotFoundError: No module named") as found:
        start(name, {"readme.md": ""})
    assert len(str(found.value).splitlines()) == 1


def test_blip3o_finds_the_conclusion_that_the_package_finds() -> None:
    begin = two_pass().conclusion
    for text in ("So.\n**Picture:** 3 apples", "One.\n\nTwo pears.", "Picture:\nPicture: a\n", "", "picture: x\nmore"):
        assert blip3o.conclusion_of(text, begin) == conclusion_of(text, begin)
