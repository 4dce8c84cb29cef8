"""Settings of what runs in this process: read from key=value, and all that is wrong with them said at once."""

from __future__ import annotations

import pytest
import torch

from unisandbox.errors import InputError
from unisandbox.evaluation.local.settings import LocalSettings, device_of, dtype_of, local_settings

WHERE = "hf:weights"


def test_without_arguments_everything_is_chosen_here() -> None:
    assert local_settings(WHERE, {}) == (LocalSettings("auto", "auto", False, None, None), {})


def test_all_are_read_and_those_of_the_model_are_left_over() -> None:
    given = {"dtype": "bfloat16", "device": "cuda:1", "compile": "true", "batch": "8", "revision": "v1", "guidance": "3"}
    assert local_settings(WHERE, given, ["guidance"]) == (LocalSettings("bfloat16", "cuda:1", True, 8, "v1"), {"guidance": "3"})


def test_batch_auto_is_the_default() -> None:
    assert local_settings(WHERE, {"batch": "auto", "compile": "false"})[0] == LocalSettings()


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("dtype", "int8", "auto, bfloat16, float16, float32"),
        ("device", "gpu", "auto, cpu, cuda, cuda:0, cuda:1 …"),
        ("compile", "1", "true or false"),
        ("batch", "0", "auto, or a whole number above 0"),
        ("batch", "²", "auto, or a whole number above 0"),
        ("revision", "", "a branch, a tag or a commit"),
    ],
)
def test_a_wrong_value_is_said_with_what_is_allowed(name: str, text: str, allowed: str) -> None:
    with pytest.raises(InputError) as caught:
        local_settings(WHERE, {name: text})
    assert str(caught.value) == f"{WHERE}: --model-arg {name}: found {text!r}; allowed: {allowed}; write one of these"


def test_all_that_is_wrong_is_said_at_once_with_the_option_that_it_came_by() -> None:
    with pytest.raises(InputError) as caught:
        local_settings(WHERE, {"batch": "x", "steps": "3", "dtype": "half"}, ["guidance"], option="--judge-arg")
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert all(line.startswith(f"{WHERE}: --judge-arg") for line in lines)
    assert "found steps; allowed: dtype, device, compile, batch, revision, guidance; leave it out" in lines[0]


def test_numbers_are_short_on_a_gpu_and_long_on_a_cpu() -> None:
    assert dtype_of(LocalSettings(), torch.device("cuda")) is torch.bfloat16
    assert dtype_of(LocalSettings(), torch.device("cpu")) is torch.float32
    assert dtype_of(LocalSettings(dtype="float16"), torch.device("cpu")) is torch.float16


def test_the_cpu_can_always_be_had() -> None:
    assert device_of(LocalSettings(device="cpu"), WHERE) == torch.device("cpu")


def test_a_gpu_that_is_not_there_is_refused_in_a_line() -> None:
    missing = torch.cuda.device_count() if torch.cuda.is_available() else 0
    with pytest.raises(InputError) as caught:
        device_of(LocalSettings(device=f"cuda:{missing}"), WHERE)
    assert str(caught.value).startswith(f"{WHERE}: --model-arg device: found cuda:{missing}, where torch ")
