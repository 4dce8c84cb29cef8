"""Pipelines of diffusers: a seed gives its picture in any batch, and what a pipeline cannot do is said."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image
from safetensors.torch import load_file, save_file
from tiny_diffusion import save_tiny_qwen_image, save_tiny_stable_diffusion
from tiny_vision import save_tiny_llava
from typer.testing import CliRunner, Result

from unisandbox.cli import app
from unisandbox.errors import InputError
from unisandbox.evaluation.models.diffusers_pipeline import DiffusersModel, Limits, Pipeline, open_pipeline
from unisandbox.evaluation.models.diffusers_text import NO_HEAD, NO_SPEECH, TextSide
from unisandbox.evaluation.models.two_pass import two_pass
from unisandbox.evaluation.protocol import ASK, NORMAL, THINK, Answer, AskRequest, Drawing, DrawRequest, Fault

FEW = {"steps": "2", "batch": "4"}
QWEN = {**FEW, "height": "32", "width": "32", "max_tokens": "12", "thought_tokens": "12"}
LARGE = 1 << 62
GREY_LEVEL = 1  # diffusers promises no more of a picture in another batch


def drawing(prompt: str, seed: int, size_px: int | None = None, arm: str = NORMAL) -> DrawRequest:
    return DrawRequest("math/1/test/000001", arm, prompt, 0, seed, size_px)


def asking(prompt: str) -> AskRequest:
    return AskRequest("math/1/test/000001", prompt, 0, 7)


def pixels(found: Drawing | Fault) -> Any:
    assert isinstance(found, Drawing), found
    return np.asarray(Image.open(io.BytesIO(found.picture))).astype(int)


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "200"})


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache of this module, and one thread: matrices this small only wait for more."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {
        "sd": save_tiny_stable_diffusion(tmp_path_factory.mktemp("sd")),
        "qwen": save_tiny_qwen_image(tmp_path_factory.mktemp("qwen")),
    }


@pytest.fixture(scope="module")
def models(folders: dict[str, Path]) -> dict[str, DiffusersModel]:
    return {"sd": open_pipeline(str(folders["sd"]), FEW), "qwen": open_pipeline(str(folders["qwen"]), QWEN)}


def copied(folder: Path, to: Path) -> Path:
    for path in folder.rglob("*"):
        if path.is_file():
            place = to / path.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    return to


@pytest.mark.parametrize("name", ["sd", "qwen"])
def test_a_seed_gives_the_same_picture_alone_and_in_a_batch(name: str, models: dict[str, DiffusersModel]) -> None:
    requests = [
        drawing("Draw one apple.", LARGE + 1),
        drawing("Draw two drums and nothing else.", LARGE),
        drawing("Draw one apple.", LARGE + 2),
    ]
    together = [pixels(one) for one in models[name].draw(requests)]
    for request, picture in zip(requests, together, strict=True):
        (alone,) = models[name].draw([request])
        assert np.abs(pixels(alone) - picture).max() <= GREY_LEVEL
    turned = models[name].draw(requests[::-1])
    assert all(np.abs(pixels(one) - other).max() <= GREY_LEVEL for one, other in zip(turned[::-1], together, strict=True))
    assert np.abs(together[0] - together[2]).max() > GREY_LEVEL, "another seed is another picture"


def test_it_draws_as_its_library_does(folders: dict[str, Path], models: dict[str, DiffusersModel]) -> None:
    pipe = StableDiffusionPipeline.from_pretrained(folders["sd"], dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    (expected,) = pipe("Draw one apple.", generator=torch.Generator("cpu").manual_seed(5), num_inference_steps=2).images
    assert np.array_equal(pixels(models["sd"].draw([drawing("Draw one apple.", 5)])[0]), np.asarray(expected))


def test_a_wanted_side_comes_before_the_arguments_and_the_pipeline_s_own(models: dict[str, DiffusersModel]) -> None:
    found = models["sd"].draw([drawing("a", 1), drawing("b", 2, 32), drawing("c", 3, 32), drawing("d", 4)])
    assert [pixels(one).shape for one in found] == [(16, 16, 3), (32, 32, 3), (32, 32, 3), (16, 16, 3)]
    assert pixels(models["qwen"].draw([drawing("a", 1, 48)])[0]).shape == (48, 48, 3)
    (odd,) = models["sd"].draw([drawing("a", 1, 20)])
    assert isinstance(odd, Fault)
    assert odd.kind == "crashed"
    assert "divisible by 8" in odd.message


def test_a_pipeline_that_cannot_speak_says_why_it_answers_nothing(models: dict[str, DiffusersModel]) -> None:
    can = models["sd"].capabilities
    assert (can.draws, can.answers, can.thinks, can.understanding) == (True, False, "none", "none")
    assert can.lacks == {ASK: NO_SPEECH, THINK: f"nothing to think with: {NO_SPEECH}"}
    assert models["sd"].facts() == {"tokenizer_reads": 77}


def test_a_text_encoder_that_is_a_language_model_answers(models: dict[str, DiffusersModel]) -> None:
    can = models["qwen"].capabilities
    assert (can.draws, can.answers, can.thinks, can.understanding) == (True, True, "two_pass", "text_encoder")
    requests = [asking("What is 2 + 3?"), asking("What is 2 + 3 if it is not told otherwise by somebody who knows it?")]
    together = models["qwen"].answer(requests)
    assert [models["qwen"].answer([one])[0] for one in requests] == list(together)
    assert all(isinstance(one, Answer) and one.truncated for one in together), "random words know no end"


def test_what_was_thought_is_added_to_what_is_drawn(models: dict[str, DiffusersModel]) -> None:
    (found,) = models["qwen"].draw([drawing("Draw 2 + 3 drums.", 9, arm=THINK)])
    assert isinstance(found, Drawing)
    assert found.thought
    assert (found.thought_tokens, found.truncated) == (12, True)
    said = two_pass()
    conclusion = found.thought.rpartition("\n\n")[2].strip()
    joined = said.joined.format(prompt="Draw 2 + 3 drums.", conclusion=conclusion)
    (same,) = models["qwen"].draw([drawing(joined, 9)])
    (other,) = models["qwen"].draw([drawing("Draw 2 + 3 drums.", 9)])
    assert np.array_equal(pixels(found), pixels(same))
    assert not np.array_equal(pixels(found), pixels(other))


def test_a_head_that_is_not_in_the_files_is_not_made_up(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = copied(folders["qwen"], tmp_path / "headless")
    place = folder / "text_encoder" / "model.safetensors"
    weights = load_file(place)
    save_file({name: value for name, value in weights.items() if name != "lm_head.weight"}, place, {"format": "pt"})
    assert len(weights) > 1
    can = open_pipeline(str(folder), QWEN).capabilities
    assert (can.answers, can.lacks[ASK]) == (False, NO_HEAD)


@pytest.mark.parametrize(
    ("part", "file", "name"),
    [
        ("unet", "diffusion_pytorch_model", "conv_norm_out.weight"),
        ("text_encoder", "model", "encoder.layers.0.layer_norm1.weight"),
    ],
)
def test_weights_that_are_not_in_the_files_are_not_made_up(
    part: str, file: str, name: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    place = copied(folders["sd"], tmp_path / "holed") / part / f"{file}.safetensors"
    save_file({one: value for one, value in load_file(place).items() if one != name}, place, {"format": "pt"})
    with pytest.raises(InputError, match=f"1 weights missing in the files, the first is {part}: {name}"):
        open_pipeline(str(tmp_path / "holed"), FEW)


def test_numbers_that_overflowed_are_no_picture(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = copied(folders["sd"], tmp_path / "broken")
    place = folder / "vae" / "diffusion_pytorch_model.safetensors"
    weights = load_file(place)
    weights["decoder.conv_out.bias"][0] = float("nan")
    save_file(weights, place, {"format": "pt"})
    (found,) = open_pipeline(str(folder), FEW).draw([drawing("a", 1)])
    assert found == Fault("bad_picture", "256 of 768 values of the picture are not a number or infinite")


class Stub:
    """A pipeline without weights: it draws grey levels by prompt, flags what is forbidden, and has room for so many."""

    device = torch.device("cpu")
    components: dict[str, Any] = {}  # noqa: RUF012 - it is looked at alone

    def __init__(self, room: int = 99) -> None:
        self.room, self.batches = room, list[int]()

    def __call__(self, prompt: list[str], generator: list[torch.Generator]) -> Any:
        assert len(generator) == len(prompt)
        self.batches.append(len(prompt))
        if len(prompt) > self.room:
            raise torch.OutOfMemoryError("out of memory: tried to allocate 9 GiB")
        levels = [0.0 if one == "black" else 0.5 for one in prompt]
        return SimpleNamespace(
            images=[np.full((16, 16, 3), level) for level in levels], nsfw_content_detected=[one == "forbidden" for one in prompt]
        )


def stubbed(stub: Stub, batch: int = 4) -> DiffusersModel:
    return DiffusersModel(Pipeline(stub, {}, TextSide(None, None, NO_SPEECH), {"stub": id(stub)}, batch), Limits())


def test_what_its_safety_checker_flags_is_refused() -> None:
    found = stubbed(Stub()).draw([drawing("fine", 1), drawing("forbidden", 2), drawing("black", 3)])
    assert isinstance(found[0], Drawing)
    assert found[1] == Fault("refused", "the pipeline's safety checker flagged the picture")
    assert isinstance(found[2], Fault)
    assert found[2].kind == "bad_picture"


def test_a_batch_that_is_too_large_is_halved_for_good() -> None:
    stub = Stub(room=2)
    model = stubbed(stub, batch=4)
    assert all(isinstance(one, Drawing) for one in model.draw([drawing("fine", place) for place in range(8)]))
    assert stub.batches == [4, 2, 2, 2, 2]


def test_only_what_a_pipeline_takes_is_given_to_it(models: dict[str, DiffusersModel], folders: dict[str, Path]) -> None:
    assert models["sd"].identity()["call"] == {"num_inference_steps": 2, "output_type": "np"}
    call = models["qwen"].identity()["call"]
    assert call["negative_prompt"] == " ", "its scale has no effect without one"
    assert "negative_prompt" not in open_pipeline(str(folders["qwen"]), {"true_cfg_scale": "1"}).identity()["call"]
    with pytest.raises(InputError, match="true_cfg_scale: found nothing that StableDiffusionPipeline takes"):
        open_pipeline(str(folders["sd"]), {"true_cfg_scale": "2"})
    given = open_pipeline(str(folders["sd"]), {"guidance": "0", "negative_prompt": "grey"})
    assert given.identity()["call"] == {"guidance_scale": 0.0, "negative_prompt": "grey", "output_type": "np"}


def test_its_identity_holds_all_that_its_pictures_depend_on(folders: dict[str, Path], models: dict[str, DiffusersModel]) -> None:
    known = dict(models["sd"].identity())
    assert json.loads(json.dumps(known)) == known
    assert {*known["versions"]} == {"torch", "transformers", "diffusers"}
    assert dict(open_pipeline(str(folders["sd"]), {"steps": "2", "batch": "1"}).identity()) == known
    others = [{"steps": "3"}, {"steps": "2", "dtype": "bfloat16"}, {"steps": "2", "guidance": "2"}]
    assert known not in [dict(open_pipeline(str(folders["sd"]), one).identity()) for one in others]
    assert {"text", "two_pass"} <= {*models["qwen"].identity()}


@pytest.mark.parametrize("name", ["sd", "qwen"])
def test_a_whole_run_is_drawn_and_goes_on_where_it_was(
    name: str, folders: dict[str, Path], scored_release: Path, tmp_path: Path
) -> None:
    own = [f"--model-arg={key}={value}" for key, value in {"sd": FEW, "qwen": QWEN}[name].items()]
    llava = save_tiny_llava(tmp_path / "llava")
    judge = ("--judge", f"hf:{llava}", "--judge-arg", "min_mass=0", "--no-canary")
    line = ("score", "--data", scored_release, "--model", f"diffusers:{folders[name]}", *own, *judge, "--out", tmp_path / "run")
    part = invoke(*line, "--limit", 6, "--json")
    ledger = tmp_path / "run" / "generations.jsonl"
    done = invoke(*line, "--limit", 6, "--json")
    assert (part.exit_code, done.exit_code) == ((0, 0) if name == "sd" else (3, 3)), done.output
    (document,) = json.loads(done.stdout)["runs"]
    arms = 2 if name == "sd" else 4
    assert sum(sum(arm.values()) for arm in document["outcomes"].values()) == 6 * arms
    assert document["error_rates"]["draw/normal"] == 0
    assert len(ledger.read_text().splitlines()) == 6 * arms, "nothing is drawn twice"


def test_what_is_no_such_pipeline_is_refused_in_one_line(
    folders: dict[str, Path], scored_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(place: object, *own: str) -> str:
        line = ("generate", "--data", scored_release, "--model", f"diffusers:{place}", "--out", tmp_path / "run")
        done = invoke(*line, *own)
        assert done.exit_code == 2, done.output
        assert "Traceback" not in done.output
        assert not (tmp_path / "run").exists()
        (said,) = [one for one in done.output.splitlines() if f"diffusers:{place}" in one]
        return said

    cut = copied(folders["sd"], tmp_path / "cut")
    (cut / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"short")
    foreign = copied(folders["sd"], tmp_path / "foreign")
    (foreign / "model_index.json").write_text(json.dumps({"_class_name": "NoSuchPipeline", "_diffusers_version": "0.42.1"}))
    assert "found no folder" in refused(tmp_path / "absent")
    assert "found a folder without model_index.json" in refused(save_tiny_llava(tmp_path / "llava"))
    assert "cut short or no safetensors file: 5 bytes" in refused(cut)
    assert "found a pipeline that does not load" in refused(foreign)
    assert "steps: found '0'; allowed: a whole number above 0" in refused(folders["sd"], "--model-arg", "steps=0")
    monkeypatch.setattr("unisandbox.evaluation.local.weights.find_spec", lambda name: None if name == "diffusers" else name)
    assert "found no diffusers" in refused(folders["sd"])
