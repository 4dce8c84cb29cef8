"""Janus on a tiny copy that is saved and loaded again: its own loop draws what the library's draws, in any company."""

from __future__ import annotations

import gc
import io
import json
import shutil
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from tiny_janus import BEGIN, save_tiny_janus
from transformers import JanusForConditionalGeneration, LogitsProcessor, LogitsProcessorList

from unisandbox.evaluation.models.hf import open_hf
from unisandbox.evaluation.models.hf_model import HfModel, Wanted
from unisandbox.evaluation.models.hf_noise import Noise
from unisandbox.evaluation.models.hf_text import chat_text, load_tokenizer
from unisandbox.evaluation.models.two_pass import two_pass
from unisandbox.evaluation.protocol import NORMAL, THINK, Answer, AskRequest, Drawing, DrawRequest, Fault

PROMPTS = ("Draw a dog.", "Draw two cats that sit on a very long bench in the sun.", "x", "Draw 3 red apples.")
SHORT = {"max_tokens": "12", "thought_tokens": "10"}
WEIGHTS = "model.safetensors"


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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_janus(tmp_path_factory.mktemp("weights") / "janus")


@pytest.fixture(scope="module")
def model(folder: Path) -> HfModel:
    return opened(folder)


def opened(folder: Path, **arguments: str) -> HfModel:
    found = open_hf(str(folder), {**SHORT, **arguments})
    assert isinstance(found, HfModel)
    return found


def drawing(number: int, arm: str = NORMAL, seed: int | None = None) -> DrawRequest:
    return DrawRequest(f"math/1/test/{number:06d}", arm, PROMPTS[number], 0, (1 << 40) + number if seed is None else seed)


def asking(prompt: str) -> AskRequest:
    return AskRequest("math/1/test/000001", prompt, 0, 7)


def drawn(model: HfModel, requests: Sequence[DrawRequest]) -> list[bytes]:
    found = model.draw(requests)
    assert all(isinstance(one, Drawing) for one in found), found
    return [one.picture for one in found if isinstance(one, Drawing)]


ALL = [drawing(number) for number in range(len(PROMPTS))]


def test_it_can_do_all_arms_with_the_same_weights(model: HfModel) -> None:
    can = model.capabilities
    assert (can.draws, can.answers, can.thinks, can.understanding) == (True, True, "two_pass", "same_weights")
    assert can.batch == 64


def test_a_picture_is_an_rgb_png_of_the_models_size(model: HfModel) -> None:
    with Image.open(io.BytesIO(drawn(model, ALL[:1])[0])) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (16, 16))
        assert len(np.unique(np.asarray(image))) > 20


def test_a_seed_gives_its_picture_alone_in_a_batch_and_in_another_order(model: HfModel) -> None:
    together = drawn(model, ALL)
    assert len(set(together)) == len(ALL)
    assert [drawn(model, [one])[0] for one in ALL] == together
    assert drawn(model, ALL[::-1])[::-1] == together
    assert drawn(model, [ALL[1], ALL[1], ALL[3]]) == [together[1], together[1], together[3]]


def test_a_run_in_batches_of_another_size_gives_the_same_pictures(folder: Path, model: HfModel) -> None:
    assert drawn(opened(folder, batch="3"), ALL) == drawn(model, ALL)


def test_another_seed_gives_another_picture(model: HfModel) -> None:
    assert len(set(drawn(model, [drawing(0, seed=seed) for seed in range(6)]))) == 6


def test_without_temperature_seeds_have_no_say(folder: Path) -> None:
    cold = opened(folder, temperature="0")
    assert len(set(drawn(cold, [drawing(0, seed=seed) for seed in range(3)]))) == 1


class _Guided(LogitsProcessor):
    """What the library's loop is told to do in place of its own guidance and sampling, which differ between its versions."""

    def __init__(self, guidance: float, noise: Noise) -> None:
        self._guidance, self._noise = guidance, noise

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> Any:  # noqa: ARG002 - the library's form
        asked, unasked = scores.float().chunk(2)
        return unasked + (asked - unasked) * self._guidance + self._noise.step()


@pytest.mark.parametrize("guidance", [5.0, 2.5])
def test_its_loop_draws_token_for_token_what_the_librarys_own_draws(folder: Path, guidance: float) -> None:
    library = JanusForConditionalGeneration.from_pretrained(folder).eval()
    tokenizer = load_tokenizer(folder, "hf:x")
    library.generation_config.generation_kwargs = {"boi_token_id": tokenizer.convert_tokens_to_ids(BEGIN)}
    texts = [f"<bos>{chat_text(tokenizer, prompt)}{BEGIN}" for prompt in PROMPTS]
    given = tokenizer(texts, return_tensors="pt", padding=True)
    seeds = [one.seed for one in ALL]
    with Noise(seeds, 64, 16, torch.device("cpu")) as noise:
        expected = library.generate(
            input_ids=given.input_ids,
            attention_mask=given.attention_mask,
            generation_mode="image",
            do_sample=False,
            guidance_scale=1.0,
            logits_processor=LogitsProcessorList([_Guided(guidance, noise)]),
        )
    model = opened(folder, guidance=str(guidance))
    wanted = [Wanted(prompt, seed, None) for prompt, seed in zip(PROMPTS, seeds, strict=True)]
    codes, sound = model._painter.codes(wanted)  # type: ignore[attr-defined]
    assert codes.tolist() == expected.tolist()
    assert sound.all()


def test_guidance_of_one_is_none(folder: Path) -> None:
    plain, nearly = opened(folder, guidance="1"), opened(folder, guidance="1.0000001")
    assert drawn(plain, ALL) == drawn(nearly, ALL) != drawn(opened(folder, guidance="2"), ALL)


def test_noise_is_that_of_the_scores_softmax() -> None:
    scores = torch.tensor([2.0, 1.0, 0.0, -1.0])
    with Noise(range(400), 4, 50, torch.device("cpu")) as noise:
        chosen = torch.stack([(scores + noise.step()).argmax(-1) for _ in range(50)])
    shares = torch.bincount(chosen.flatten(), minlength=4) / chosen.numel()
    assert torch.allclose(shares, scores.softmax(-1), atol=0.012)  # four standard errors of 20,000 draws


def test_noise_of_a_seed_is_the_same_in_company() -> None:
    device = torch.device("cpu")
    with Noise([5], 7, 70, device) as alone, Noise([3, 5], 7, 70, device) as both:
        for _ in range(70):
            assert torch.equal(alone.step()[0], both.step()[1])


def test_answers_do_not_depend_on_the_batch(model: HfModel) -> None:
    together = model.answer([asking(prompt) for prompt in PROMPTS])
    assert len({one.text for one in together if isinstance(one, Answer)}) > 2
    assert [model.answer([asking(prompt)])[0] for prompt in PROMPTS] == together
    assert all(isinstance(one, Answer) and one.truncated for one in together), "a tiny copy babbles on"


def test_an_answer_is_what_the_librarys_greedy_generation_says(folder: Path, model: HfModel) -> None:
    library = JanusForConditionalGeneration.from_pretrained(folder).eval()
    tokenizer = load_tokenizer(folder, "hf:x")
    given = tokenizer([f"<bos><|User|>: {PROMPTS[0]}\n\n<|Assistant|>:"], return_tensors="pt")
    made = library.generate(**given, max_new_tokens=12, do_sample=False)[0, given.input_ids.shape[1] :]
    assert model.answer([asking(PROMPTS[0])]) == [Answer(tokenizer.decode(made, skip_special_tokens=True).strip(), True)]


def test_an_answer_that_ends_is_not_truncated_and_an_empty_one_is_a_fault(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    settings = json.loads((copy / "generation_config.json").read_bytes())
    tokenizer = load_tokenizer(folder, "hf:x")
    said = opened(folder).answer([asking(PROMPTS[0])])[0]
    assert isinstance(said, Answer)
    (copy / "generation_config.json").write_text(json.dumps({**settings, "eos_token_id": [*range(256)]}), encoding="utf-8")
    assert opened(copy).answer([asking(PROMPTS[0])]) == [Fault("bad_reply", "an empty answer")]
    first = tokenizer(said.text)["input_ids"][0]
    ends = [one for one in range(256) if one != first]
    (copy / "generation_config.json").write_text(json.dumps({**settings, "eos_token_id": ends}), encoding="utf-8")
    ended = opened(copy).answer([asking(PROMPTS[0])])[0]
    assert isinstance(ended, Answer)
    assert not ended.truncated


def test_a_thought_comes_before_its_picture_with_its_tokens_and_whether_it_was_cut(model: HfModel) -> None:
    found = model.draw([drawing(number, THINK) for number in range(4)])
    assert len({one.thought for one in found if isinstance(one, Drawing)}) == 4
    for one, plain in zip(found, drawn(model, ALL), strict=True):
        assert isinstance(one, Drawing)
        assert one.thought
        assert (one.thought_tokens, one.truncated) == (10, True)
        assert one.picture != plain, "the thought's conclusion is drawn too"


def test_what_is_drawn_after_a_thought_is_the_prompt_and_its_conclusion(model: HfModel) -> None:
    (found,) = model.draw([drawing(0, THINK)])
    assert isinstance(found, Drawing)
    (thought,) = model._text.say([f"{two_pass().system}\n\n{PROMPTS[0]}"], 10)
    assert found.thought == thought.text
    joined = two_pass().joined.format(prompt=PROMPTS[0], conclusion=thought.text)
    request = DrawRequest("math/1/test/000000", NORMAL, joined, 0, ALL[0].seed)
    assert drawn(model, [request]) == [found.picture]


def test_a_prompt_that_is_too_long_costs_itself_alone(model: HfModel) -> None:
    long = DrawRequest("math/1/test/000009", NORMAL, "far too long " * 200, 0, 1)
    first, fault, last = model.draw([ALL[0], long, ALL[1]])
    assert [first, last] == [Drawing(one) for one in drawn(model, ALL[:2])]
    assert isinstance(fault, Fault)
    assert fault.kind == "crashed"
    assert "and a picture of 16: the model has room for 2048" in fault.message
    (unanswered,) = model.answer([asking("far too long " * 200)])
    assert isinstance(unanswered, Fault)
    assert "the model has room for 2048" in unanswered.message


def broken(folder: Path, copy: Path, ending: str, value: float) -> HfModel:
    shutil.copytree(folder, copy)
    weights = load_file(copy / WEIGHTS)
    (name,) = [one for one in weights if one.endswith(ending)]
    weights[name][...] = value
    save_file(weights, copy / WEIGHTS, {"format": "pt"})
    return opened(copy)


def test_scores_that_are_no_numbers_are_a_fault_and_not_a_picture(folder: Path, tmp_path: Path) -> None:
    found = broken(folder, tmp_path / "copy", "generation_head.vision_head.weight", float("nan")).draw(ALL[:1])
    expected = "the model's scores are not a number or infinite; try --model-arg dtype=float32"
    assert found == [Fault("bad_picture", expected)]


def test_pixels_that_are_no_numbers_are_a_fault(folder: Path, tmp_path: Path) -> None:
    (found,) = broken(folder, tmp_path / "copy", "decoder.conv_out.bias", float("nan")).draw(ALL[:1])
    assert found == Fault("bad_picture", "768 of 768 values of the picture are not a number or infinite")


def test_a_black_picture_is_a_fault(folder: Path, tmp_path: Path) -> None:
    (found,) = broken(folder, tmp_path / "copy", "decoder.conv_out.bias", -50.0).draw(ALL[:1])
    assert found == Fault("bad_picture", "black picture: all 16 x 16 pixels are 0")


def test_identity_changes_with_all_that_changes_pictures_and_with_nothing_else(folder: Path, model: HfModel) -> None:
    same = model.identity()
    assert json.loads(json.dumps(same)) == same
    assert str(folder) not in json.dumps(same)
    for arguments in ({"guidance": "4"}, {"temperature": "0.5"}, {"dtype": "bfloat16"}, {"max_tokens": "9"}, {"compile": "true"}):
        assert opened(folder, **arguments).identity() != same, arguments
    for arguments in ({"batch": "2"}, {"device": "cpu"}, {"dtype": "float32"}):
        assert opened(folder, **arguments).identity() == same, arguments


def test_other_weights_of_the_same_shape_are_another_model(model: HfModel, tmp_path: Path) -> None:
    other = opened(save_tiny_janus(tmp_path / "other", seed=1))
    assert {name for name, value in other.identity().items() if value != model.identity()[name]} == {"weights"}
    assert drawn(other, ALL) != drawn(model, ALL)


def test_it_runs_in_short_numbers_too(folder: Path) -> None:
    assert len(set(drawn(opened(folder, dtype="bfloat16"), ALL))) == len(ALL)


def test_closed_it_gives_the_weights_back(folder: Path) -> None:
    found = opened(folder)
    weights = weakref.ref(found._painter._model)  # type: ignore[attr-defined]
    assert weights() is not None
    found.close()
    gc.collect()
    assert weights() is None
