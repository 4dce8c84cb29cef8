"""The routes of `openai:` against a server that is not ours: `transformers serve` with tiny random copies, on loopback.

It has chat and no pictures: answers, thoughts and closed questions about a picture are tried. Words of random weights mean
nothing, so what is promised is that each request gets an answer or a fault of its own, the same one each time.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tiny_tokenizer import byte_tokenizer
from tiny_vision import save_tiny_llava

from unisandbox.errors import InputError
from unisandbox.evaluation.address import parse_address
from unisandbox.evaluation.chat import Reply, reply_of
from unisandbox.evaluation.endpoint import Endpoint
from unisandbox.evaluation.judges.registry import open_judge
from unisandbox.evaluation.models.registry import open_model
from unisandbox.evaluation.models.two_pass import think, two_pass
from unisandbox.evaluation.protocol import Answer, AskRequest, Fault, JudgeRequest, Question, Reading

pytestmark = pytest.mark.xdist_group("transformers serve")

STARTS_WITHIN_S = 120.0
REVISION = "0" * 40
CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def save_tiny_chat(folder: Path) -> Path:
    """Return the folder of a Llama with a chat template."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    tokenizer = byte_tokenizer(("<|im_start|>", "<|im_end|>", "<pad>"), eos_token="<|im_end|>", pad_token="<pad>")
    tokenizer.chat_template = CHATML
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    ends = {"bos_token_id": None, "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    config = LlamaConfig(vocab_size=len(tokenizer), max_position_embeddings=4096, **sizes, **ends)
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def cached(cache: Path, name: str) -> Path:
    """Return the folder in which a cache of the Hub keeps the files of a model of the organisation `tiny`."""
    place = cache / f"models--tiny--{name}"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text(REVISION)
    return place / "snapshots" / REVISION


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server; it finds both models in a cache that was made by hand, and reaches no network."""
    home = tmp_path_factory.mktemp("home")
    save_tiny_chat(cached(home / "hub", "chat"))
    save_tiny_llava(cached(home / "hub", "sees"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    line = [
        str(Path(sys.executable).parent / "transformers"),
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--device",
        "cpu",
    ]
    alone = {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with (home / "log").open("wb") as log, subprocess.Popen(line, stdout=log, stderr=log, env={**os.environ, **alone}) as server:
        try:
            wait_for(port, server, home / "log")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.kill()


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the server did not start:\n{log.read_text()[-2000:]}")


def test_answers_come_from_its_chat_and_pictures_are_absent(service: str) -> None:
    model = open_model(f"openai:{service}#tiny/chat", {"max_tokens": "8", "concurrency": "2"})
    assert (model.capabilities.answers, model.capabilities.draws) == (True, False)
    assert "no /images/generations" in model.capabilities.lacks["draw/normal"]
    requests = [AskRequest(f"i{number}", f"What is {number} + 2?", 0, number) for number in range(3)]
    said = model.answer(requests)
    assert all(isinstance(one, Answer) and one.truncated for one in said), said
    assert model.answer(requests[::-1])[::-1] == said, "an answer depends on its own request alone"
    model.close()


def test_a_thought_of_two_passes_comes_from_its_chat(service: str) -> None:
    endpoint = Endpoint(parse_address(f"{service}#tiny/chat", "--model"), 60.0)

    def ask(system: str, prompt: str) -> Reply:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        body: dict[str, Any] = {"model": "tiny/chat", "messages": messages, "max_tokens": 16, "temperature": 0, "seed": 1}
        return reply_of(endpoint.post("/chat/completions", body))

    thought = think("Draw as many pears as 1 + 2.", ask)
    endpoint.close()
    assert (thought.tokens, thought.truncated) == (16, True)
    assert thought.text
    assert thought.prompt.strip().startswith(
        two_pass().joined.format(prompt="Draw as many pears as 1 + 2.", conclusion="").strip()
    )


def test_closed_questions_about_a_picture_reach_a_model_that_sees(service: str, scored_release: Path) -> None:
    judge = open_judge(f"openai:{service}#tiny/sees", scored_release, {}).judge
    question = Question("count", ("1", "2", "3"))
    with io.BytesIO() as sink:
        Image.new("RGB", (64, 64), (200, 30, 40)).save(sink, "PNG")
        png = sink.getvalue()
    found = judge.read([JudgeRequest(png, "objects", (question,))] * 2)
    judge.close()
    for one in found:
        assert isinstance(one, Reading) or (isinstance(one, Fault) and one.kind == "bad_reply"), one
    assert found[0] == found[1]


def test_a_name_that_it_does_not_serve_is_refused_with_those_that_it_does(service: str) -> None:
    with pytest.raises(InputError, match="allowed: tiny/chat, tiny/sees"):
        open_model(f"openai:{service}#tiny/other", {})
