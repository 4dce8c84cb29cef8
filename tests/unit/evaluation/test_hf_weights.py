"""Weights on a disk: which they are, whether they are whole, and that nothing of them is made up."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_janus import save_tiny_janus

from unisandbox.errors import HubError, InputError
from unisandbox.evaluation.local.remembered import cache_folder, recall, remember
from unisandbox.evaluation.local.weights import architecture_of, load_weights, weights_folder, weights_identity
from unisandbox.evaluation.models.hf import open_hf

WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_janus(tmp_path_factory.mktemp("weights") / "janus")


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def said(folder: Path | str, **arguments: str) -> str:
    with pytest.raises(InputError) as caught:
        open_hf(str(folder), arguments)
    return str(caught.value)


def cut(folder: Path) -> None:
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[:-1000])


def cut_in_the_header(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:500])


def empty(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(b"")


def pointer(folder: Path) -> None:
    (folder / WEIGHTS).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4\n", encoding="utf-8")


def longer(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes() + b"12345")


def half_an_index(folder: Path) -> None:
    (folder / WEIGHTS).rename(folder / "model-00001-of-00002.safetensors")
    names = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / INDEX).write_text(json.dumps({"weight_map": names}), encoding="utf-8")


def under_way(folder: Path) -> None:
    (folder / ".cache").mkdir()
    (folder / ".cache" / "abc.incomplete").write_bytes(b"1")


def pickles(folder: Path) -> None:
    (folder / WEIGHTS).rename(folder / "pytorch_model.bin")


def half_a_config(folder: Path) -> None:
    (folder / "config.json").write_text('{"architectures": [', encoding="utf-8")


def no_config(folder: Path) -> None:
    (folder / "config.json").unlink()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut, f"{WEIGHTS}, cut short: "),
        (cut_in_the_header, f"{WEIGHTS}, cut short or no safetensors file: 500 bytes"),
        (empty, f"{WEIGHTS}, cut short or no safetensors file: 0 bytes"),
        (pointer, f"{WEIGHTS}, a Git LFS pointer in place of the file"),
        (longer, f"{WEIGHTS}, 5 bytes too long"),
        (half_an_index, f"1 of 2 files of {INDEX} missing: model-00002-of-00002.safetensors"),
        (under_way, "a download that has not ended: .cache/abc.incomplete"),
        (pickles, "no weights: no file ends in .safetensors"),
        (half_a_config, "config.json, which is no whole JSON"),
        (no_config, "a folder without config.json: "),
    ],
    ids=lambda case: getattr(case, "__name__", ""),
)
def test_weights_that_are_not_whole_are_refused_in_one_line(copy: Path, damage: Callable[[Path], None], message: str) -> None:
    damage(copy)
    found = said(copy)
    assert len(found.splitlines()) == 1
    assert f"hf:{copy}: found {message}" in found


def test_a_path_that_is_not_there_and_a_file_are_refused(tmp_path: Path) -> None:
    assert f"found no folder {tmp_path}/none; allowed: a folder of weights, or a repository" in said(tmp_path / "none")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert f"found a file {tmp_path}/file; allowed: " in said(tmp_path / "file")


def test_a_repository_without_a_network_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(HubError) as caught:
        open_hf("nobody/nothing", {"revision": "v1"})
    assert str(caught.value).startswith("hf:nobody/nothing: found no folder nobody/nothing, and the Hub cannot be reached; ")
    assert len(str(caught.value).splitlines()) == 1


def test_a_folder_has_no_revision(whole: Path) -> None:
    assert "found revision=v1 of a folder; allowed: a revision of a repository of the Hub" in said(whole, revision="v1")


def test_a_missing_package_is_said_with_how_to_install_it(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    assert said(whole) == (
        f"hf:{whole}: found no transformers; allowed: the packages of the extra hf; pip install 'unisandbox[hf]'"
    )


@pytest.mark.parametrize(
    ("architecture", "fix"),
    [
        ("LlamaForCausalLM", "write a class for others"),
        ("MultiModalityCausalLM", "deepseek-community/Janus-Pro-7B"),
        ("Emu3ForCausalLM", "Emu3-community/Emu3-Gen-hf"),
        (None, "write a class for others"),
    ],
)
def test_another_architecture_is_refused_with_what_to_take_instead(copy: Path, architecture: str | None, fix: str) -> None:
    config = json.loads((copy / "config.json").read_bytes())
    config["architectures"] = [architecture] if architecture else None
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    found = said(copy)
    assert f"weights of {architecture or 'no architecture'}; allowed: weights of Emu3For" in found
    assert fix in found
    assert len(found.splitlines()) == 1


def test_an_argument_that_there_is_not_is_refused_before_anything_is_loaded(whole: Path) -> None:
    found = said(whole, steps="3", guidance="high")
    assert (
        "found steps; allowed: dtype, device, compile, batch, revision, guidance, temperature, max_tokens, thought_tokens"
        in found
    )
    assert "--model-arg guidance: found 'high'; allowed: a number above 0" in said(whole, guidance="high")


def test_weights_that_lack_one_are_refused_instead_of_filled_with_noise(copy: Path) -> None:
    weights = load_file(copy / WEIGHTS)
    gone = sorted(weights)[3]
    save_file({name: one for name, one in weights.items() if name != gone}, copy / WEIGHTS, {"format": "pt"})
    assert f"found 1 weights of JanusForConditionalGeneration missing in the files, the first is {gone}; " in said(copy)


def test_weights_of_another_shape_do_not_load_and_that_is_one_line(copy: Path) -> None:
    config = json.loads((copy / "config.json").read_bytes())
    config["text_config"]["hidden_size"] = 64
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    found = said(copy)
    assert "found weights that do not load: " in found
    assert len(found.splitlines()) == 1


def test_a_tokenizer_that_is_not_there_is_one_line(copy: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (copy / name).unlink()
    found = said(copy)
    assert "found a tokenizer that does not load: " in found
    assert len(found.splitlines()) == 1


def test_identity_is_that_of_the_content_wherever_it_is(whole: Path, copy: Path) -> None:
    assert weights_identity(whole, None) == weights_identity(copy, None)
    assert weights_identity(whole, None)["architecture"] == architecture_of(copy) == "JanusForConditionalGeneration"
    assert sorted(weights_identity(whole, None)["versions"]) == ["torch", "transformers"]


def test_one_weight_another_setting_and_another_revision_are_another_identity(whole: Path, copy: Path) -> None:
    same = weights_identity(whole, None)
    weights = load_file(copy / WEIGHTS)
    name = sorted(weights)[0]
    weights[name].view(-1)[0] += 1
    save_file(weights, copy / WEIGHTS, {"format": "pt"})
    assert (copy / WEIGHTS).stat().st_size == (whole / WEIGHTS).stat().st_size, "the shapes are the same"
    assert weights_identity(copy, None)["weights"] != same["weights"]
    shutil.copy(whole / WEIGHTS, copy / WEIGHTS)
    assert weights_identity(copy, None)["weights"] == same["weights"]
    (copy / "generation_config.json").write_text("{}", encoding="utf-8")
    assert weights_identity(copy, None)["weights"] != same["weights"]
    assert weights_identity(whole, "v2") != same


def test_what_is_no_part_of_a_model_is_no_part_of_its_identity(whole: Path, copy: Path) -> None:
    (copy / "README.md").write_text("words", encoding="utf-8")
    (copy / ".cache").mkdir()
    (copy / ".cache" / "about.json").write_text("{}", encoding="utf-8")
    assert weights_identity(copy, None) == weights_identity(whole, None)


def test_the_digest_of_a_large_file_is_remembered(copy: Path) -> None:
    (cache_folder() / "digests.json").unlink(missing_ok=True)
    first = weights_identity(copy, None)
    known = json.loads((cache_folder() / "digests.json").read_bytes())
    assert len(known) == 1, "the file of weights is the only large one"
    remember("digests", *known, "0" * 64)
    assert weights_identity(copy, None)["weights"] != first["weights"], "it was not read again"
    (copy / WEIGHTS).touch()
    assert weights_identity(copy, None) == first, "a file that was written since is read again"


def test_a_memory_that_is_damaged_or_cannot_be_written_is_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember("things", "key", [1])
    assert recall("things", "key") == [1]
    assert recall("things", "other") is None
    (cache_folder() / "things.json").write_text("[", encoding="utf-8")
    assert recall("things", "key") is None
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    (tmp_path / "file").write_text("x", encoding="utf-8")
    remember("things", "key", [2])
    assert recall("things", "key") is None


def test_weights_are_loaded_in_the_number_format_that_is_asked_for(whole: Path) -> None:
    from transformers import JanusForConditionalGeneration

    folder = weights_folder(str(whole), None, "hf")
    model = load_weights(JanusForConditionalGeneration, folder, "hf:x", torch.bfloat16, torch.device("cpu"))
    assert {one.dtype for one in model.parameters()} == {torch.bfloat16}
    assert not model.training
    assert not any(one.requires_grad for one in model.parameters())
