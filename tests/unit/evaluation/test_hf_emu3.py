"""Emu3 on a tiny copy that is saved and loaded again: whole pictures line by line, and a sibling that answers."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from tiny_emu3 import END_OF_LINE, save_tiny_emu3
from tiny_janus import save_tiny_janus
from transformers import AutoProcessor, Emu3ForConditionalGeneration

from unisandbox.errors import InputError
from unisandbox.evaluation.models.hf import open_hf
from unisandbox.evaluation.models.hf_model import HfModel, Wanted
from unisandbox.evaluation.models.hf_text import load_tokenizer
from unisandbox.evaluation.protocol import NORMAL, THINK, Answer, AskRequest, Drawing, DrawRequest, Fault

PROMPTS = ("Draw a dog.", "Draw two cats that sit on a very long bench in the sun.", "x", "Draw 3 red apples.")
SHORT = {"max_tokens": "12", "thought_tokens": "10"}
SIDE = 4  # tokens of a line of the copy, of 4 pixels each


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
    return save_tiny_emu3(tmp_path_factory.mktemp("weights") / "emu3")


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_emu3(tmp_path_factory.mktemp("weights") / "chat", seed=1)


@pytest.fixture(scope="module")
def model(folder: Path) -> HfModel:
    return opened(folder)


def opened(folder: Path, **arguments: str) -> HfModel:
    found = open_hf(str(folder), {**SHORT, **arguments})
    assert isinstance(found, HfModel)
    return found


def drawing(number: int, arm: str = NORMAL, size_px: int | None = None) -> DrawRequest:
    return DrawRequest(f"math/1/test/{number:06d}", arm, PROMPTS[number], 0, (1 << 40) + number, size_px)


def asking(prompt: str) -> AskRequest:
    return AskRequest("math/1/test/000001", prompt, 0, 7)


def drawn(model: HfModel, requests: Sequence[DrawRequest]) -> list[bytes]:
    found = model.draw(requests)
    assert all(isinstance(one, Drawing) for one in found), found
    return [one.picture for one in found if isinstance(one, Drawing)]


def pixels(png: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(png)))


ALL = [drawing(number) for number in range(len(PROMPTS))]


def test_it_can_do_all_arms_with_the_same_weights(model: HfModel) -> None:
    can = model.capabilities
    assert (can.draws, can.answers, can.thinks, can.understanding) == (True, True, "two_pass", "same_weights")


def test_a_seed_gives_its_picture_alone_in_a_batch_and_in_another_order(folder: Path, model: HfModel) -> None:
    together = drawn(model, ALL)
    assert len(set(together)) == len(ALL)
    assert [drawn(model, [one])[0] for one in ALL] == together
    assert drawn(model, ALL[::-1])[::-1] == together
    assert drawn(opened(folder, batch="3"), ALL) == together


def test_a_picture_has_the_size_of_the_checkpoint_or_the_one_that_is_asked_for(model: HfModel) -> None:
    wanted = [drawing(0), drawing(1, size_px=32), drawing(2), drawing(1, size_px=32), drawing(3, size_px=21)]
    made = drawn(model, wanted)
    assert [pixels(png).shape for png in made] == [(side, side, 3) for side in (16, 32, 16, 32, 20)]
    assert made[0] == drawn(model, ALL[:1])[0]
    assert made[1] == made[3]


def test_its_loop_draws_token_for_token_what_the_librarys_constrained_generation_draws(folder: Path) -> None:
    library = Emu3ForConditionalGeneration.from_pretrained(folder).eval()
    processor = AutoProcessor.from_pretrained(folder)
    tokenizer, words = processor.tokenizer, library.config.vocabulary_map
    visual, line_end = library.vocabulary_mapping.image_tokens, words[END_OF_LINE]
    wrapper = tokenizer.image_wrapper_token_id
    steps = SIDE * (SIDE + 1)

    def allowed(_row: int, ids: torch.Tensor) -> Any:
        offset = len(ids) - int((ids == wrapper).nonzero()[0, 0])
        return [line_end] if offset % (SIDE + 1) == 0 else visual

    greedy = opened(folder, temperature="0", guidance="1")
    for prompt in PROMPTS:
        given = tokenizer([f"<bos>{prompt}<|image start|>{SIDE}*{SIDE}<|image token|>"], return_tensors="pt")
        said = library.generate(**given, max_new_tokens=steps, do_sample=False, prefix_allowed_tokens_fn=allowed)
        lines = said[0, given.input_ids.shape[1] :].view(SIDE, SIDE + 1)
        assert (lines[:, -1] == line_end).all()
        codes, sound = greedy._painter.codes([Wanted(prompt, 1, None)], SIDE)  # type: ignore[attr-defined]
        assert [visual[code] for code in codes[0].tolist()] == lines[:, :-1].flatten().tolist()
        assert sound.all()


def test_its_pictures_have_the_colours_of_the_librarys_own_processing(folder: Path, model: HfModel) -> None:
    library = Emu3ForConditionalGeneration.from_pretrained(folder).eval()
    processor = AutoProcessor.from_pretrained(folder)
    codes, _ = model._painter.codes([Wanted(PROMPTS[0], ALL[0].seed, None)], SIDE)  # type: ignore[attr-defined]
    visual = torch.tensor(library.vocabulary_mapping.image_tokens)
    end = torch.full((SIDE, 1), library.config.vocabulary_map[END_OF_LINE])
    tokens = torch.cat([torch.cat([visual[codes[0]].view(SIDE, SIDE), end], 1).flatten(), torch.zeros(3, dtype=torch.long)])
    made = library.decode_image_tokens(image_tokens=tokens[None], height=SIDE, width=SIDE)
    (expected,) = processor.postprocess([made[0]], return_tensors="PIL.Image.Image")["pixel_values"]
    found = pixels(drawn(model, ALL[:1])[0]).astype(int)
    assert abs(found - np.asarray(expected)).max() <= 1  # the library cuts off where this rounds


def test_top_k_of_one_leaves_the_likeliest(folder: Path) -> None:
    assert drawn(opened(folder, top_k="1"), ALL) == drawn(opened(folder, temperature="0"), ALL)


def test_words_before_and_against_change_pictures_and_identity(folder: Path, model: HfModel) -> None:
    for arguments in ({"positive": " best quality"}, {"negative": "lowres"}, {"guidance": "1"}, {"top_k": "5"}):
        other = opened(folder, **arguments)
        assert drawn(other, ALL) != drawn(model, ALL)
        assert other.identity() != model.identity()


def test_thoughts_and_answers_come_from_its_text_side(model: HfModel) -> None:
    found = model.draw([drawing(number, THINK) for number in range(4)])
    assert all(isinstance(one, Drawing) and one.thought and one.thought_tokens == 10 and one.truncated for one in found)
    together = model.answer([asking(prompt) for prompt in PROMPTS])
    assert [model.answer([asking(prompt)])[0] for prompt in PROMPTS] == together
    assert all(isinstance(one, Answer) and one.text for one in together)


def test_a_sibling_answers_and_thinks_and_the_pictures_stay(folder: Path, chat: Path, model: HfModel) -> None:
    paired, alone = opened(folder, understanding=str(chat)), opened(chat)
    assert paired.capabilities.understanding == "sibling_checkpoint"
    questions = [asking(prompt) for prompt in PROMPTS]
    assert paired.answer(questions) == alone.answer(questions) != model.answer(questions)
    assert drawn(paired, ALL) == drawn(model, ALL) != drawn(alone, ALL)
    thoughts = [[one.thought for one in each.draw([drawing(0, THINK)]) if isinstance(one, Drawing)] for each in (paired, alone)]
    assert thoughts[0] == thoughts[1] != [None]
    assert paired.identity()["understanding"]["weights"] == alone.identity()["weights"]
    assert paired.identity() != model.identity()


def test_a_sibling_that_is_none_is_refused_in_a_line(folder: Path, tmp_path: Path) -> None:
    janus = save_tiny_janus(tmp_path / "janus")
    for path, message in (
        (tmp_path / "none", "found no folder "),
        (
            janus,
            "found weights of JanusForConditionalGeneration; allowed: weights of Emu3ForConditionalGeneration; name the chat",
        ),
    ):
        with pytest.raises(InputError) as caught:
            opened(folder, understanding=str(path))
        assert str(caught.value).startswith(f"hf:{folder}: --model-arg understanding={path}: {message}")
        assert len(str(caught.value).splitlines()) == 1


def test_a_picture_without_room_is_a_fault_that_says_so(model: HfModel) -> None:
    (found,) = model.draw([drawing(0, size_px=200)])
    assert isinstance(found, Fault)
    assert "and a picture of 2550: the model has room for 2048; ask for a smaller picture" in found.message


def test_scores_that_are_no_numbers_are_a_fault_of_that_picture(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    weights = load_file(copy / "model.safetensors")
    tokenizer = load_tokenizer(folder, "hf:x")
    (name,) = [one for one in weights if one.endswith("embed_tokens.weight")]
    weights[name][tokenizer.convert_tokens_to_ids("~")] = float("nan")
    save_file(weights, copy / "model.safetensors", {"format": "pt"})
    bad = DrawRequest("math/1/test/000009", NORMAL, "Draw ~.", 0, 5)
    first, fault, last = opened(copy).draw([ALL[0], bad, ALL[1]])
    assert [first, last] == [Drawing(one) for one in drawn(opened(folder), ALL[:2])]
    assert isinstance(fault, Fault)
    assert fault.kind == "bad_picture"


def test_identity_changes_with_the_size_that_the_checkpoint_says(folder: Path, model: HfModel, tmp_path: Path) -> None:
    larger = opened(save_tiny_emu3(tmp_path / "larger", image_area=1024))
    assert pixels(drawn(larger, ALL[:1])[0]).shape == (32, 32, 3)
    assert larger.identity() != model.identity()
    assert json.loads(json.dumps(larger.identity())) == larger.identity()
