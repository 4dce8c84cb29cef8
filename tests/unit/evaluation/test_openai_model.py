"""A model behind an OpenAI-compatible service: each request gets its picture, its answer or its own fault, whatever happens."""

from __future__ import annotations

import base64
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai_server import CHAT, IMAGES, MODELS, Fault, OpenAIServer, Said, error, png

from unisandbox.errors import InputError
from unisandbox.evaluation.arms import absent_arms
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.models.openai_endpoint import OpenAIModel, open_openai
from unisandbox.evaluation.models.registry import open_model
from unisandbox.evaluation.patience import Clock, Patience
from unisandbox.evaluation.protocol import ARMS, NORMAL, THINK, Answer, AskRequest, Drawing, DrawRequest
from unisandbox.evaluation.protocol import Fault as Failed

SEED = (1 << 62) + 12345
KEY = "sk-test-0123456789abcdef"


class Waits:
    """A clock that never waits and remembers how long it should have; and the models that go by it."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.models: list[OpenAIModel] = []

    @property
    def clock(self) -> Clock:
        return Clock(time.monotonic, lambda: 0.0, self.waits.append)


@pytest.fixture
def waits() -> Iterator[Waits]:
    found = Waits()
    yield found
    for model in found.models:
        model.close()


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def opened(server: OpenAIServer, waits: Waits, **arguments: str) -> OpenAIModel:
    waits.models.append(open_openai(server.rest, arguments, Patience(), waits.clock))
    return waits.models[-1]


def drawing(prompt: str = "Draw 2 pears.", arm: str = NORMAL, size_px: int | None = 256) -> DrawRequest:
    return DrawRequest("math/1", arm, prompt, 0, SEED, size_px)


def asking(prompt: str = "What is 1 + 1?") -> AskRequest:
    return AskRequest("math/1", prompt, 0, SEED)


def fault_of(result: Any) -> Failed:
    assert isinstance(result, Failed), result
    return result


def test_pictures_come_in_order_with_their_own_prompt_size_and_seed(waits: Waits) -> None:
    requests = [drawing(f"Draw {number} pears.") for number in range(20)]
    with OpenAIServer() as server:
        model = opened(server, waits, concurrency="4")
        made = model.draw(requests)
    assert [one.picture for one in made if isinstance(one, Drawing)] == [png(request.prompt) for request in requests]
    body = next(one.body for one in server.asked(IMAGES) if one.words == "Draw 7 pears.")
    assert (body["n"], body["size"], body["seed"], body["model"]) == (1, "256x256", SEED % (1 << 31), "m")
    assert 1 <= server.most_at_once <= 4


def test_a_size_that_is_left_to_the_model_is_not_sent(waits: Waits) -> None:
    with OpenAIServer() as server:
        opened(server, waits).draw([drawing(size_px=None)])
    assert "size" not in server.asked(IMAGES)[0].body


def test_answers_come_in_order_and_say_whether_they_were_cut_short(waits: Waits) -> None:
    def say(request: Any) -> Said:
        return Said(request.words.upper(), "length" if "7" in request.words else "stop")

    with OpenAIServer(say) as server:
        made = opened(server, waits).answer([asking(f"q{number}") for number in range(10)])
    assert made == [Answer(f"Q{number}", truncated=number == 7) for number in range(10)]
    assert server.asked(CHAT)[0].body["temperature"] == 0


def test_a_thought_comes_first_and_its_conclusion_is_added_to_the_prompt(waits: Waits) -> None:
    thought = "One and one is two.\n**Picture:** 2 pears on a table."
    with OpenAIServer(lambda _: Said(thought, "length")) as server:
        made = opened(server, waits).draw([drawing("Draw 1 + 1 pears.", THINK)])[0]
    assert isinstance(made, Drawing)
    assert (made.thought, made.thought_tokens, made.truncated) == (thought, len(thought.split()), True)
    assert server.asked(IMAGES)[0].words == "Draw 1 + 1 pears.\n\n2 pears on a table."
    system, user = server.asked(CHAT)[0].body["messages"]
    assert (system["role"], user["content"]) == ("system", "Draw 1 + 1 pears.")


def test_reasoning_that_a_server_keeps_apart_is_part_of_the_thought(waits: Waits) -> None:
    with OpenAIServer(lambda _: Said("Picture: 2 pears.", message={"reasoning_content": "Let me add."})) as server:
        made = opened(server, waits).draw([drawing(arm=THINK)])[0]
    assert isinstance(made, Drawing)
    assert made.thought == "Let me add.\n\nPicture: 2 pears."


def test_a_thought_that_fails_fails_its_picture_and_nothing_is_drawn_without_it(waits: Waits) -> None:
    with OpenAIServer(lambda _: Said("", "stop")) as server:
        assert fault_of(opened(server, waits).draw([drawing(arm=THINK)])[0]).kind == "bad_reply"
    assert server.asked(IMAGES) == []


@pytest.mark.parametrize(
    ("routes", "absent", "named"),
    [
        ((CHAT, MODELS), ["literal", "draw/normal", "draw/think"], IMAGES.removeprefix("/v1")),
        ((IMAGES,), ["ask", "draw/think"], CHAT.removeprefix("/v1")),
        ((CHAT, IMAGES), [], ""),
    ],
)
def test_what_a_service_lacks_is_declared_with_the_reason(
    routes: tuple[str, ...], absent: list[str], named: str, waits: Waits
) -> None:
    with OpenAIServer(routes=routes) as server:
        can = opened(server, waits).capabilities
    found = absent_arms(can, ARMS)
    assert list(found) == absent
    assert all(named in reason and "404" in reason for reason in found.values())


def test_a_service_without_either_route_and_a_name_it_does_not_serve_end_the_command(waits: Waits) -> None:
    with OpenAIServer(routes=(MODELS,)) as server, pytest.raises(InputError, match=r"/images/generations.*most end with /v1"):
        opened(server, waits)
    with OpenAIServer() as server, pytest.raises(InputError, match="no model 'other'; allowed: m"):
        open_openai(server.rest.replace("#m", "#other"), {}, Patience(), waits.clock)


def test_a_service_that_is_not_there_ends_the_command_after_all_attempts(waits: Waits) -> None:
    with OpenAIServer() as server:
        rest = server.rest
    with pytest.raises(InputError, match=r"cannot be reached.*4 attempts.*start the service"):
        open_openai(rest, {}, Patience(), waits.clock)
    assert len(waits.waits) == 3
    assert waits.waits == sorted(waits.waits)


def test_a_service_whose_list_of_models_breaks_is_used_all_the_same_and_a_short_outage_changes_nothing(waits: Waits) -> None:
    with OpenAIServer() as server:
        whole = opened(server, waits).identity()
        server.fail(MODELS, *[Fault(500, b"Internal Server Error")] * 3)
        assert opened(server, waits).identity() == whole
        server.fail(MODELS, *[Fault(500, b"Internal Server Error")] * 4)
        assert opened(server, waits).answer([asking()]) == [Answer("Hello!")]


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504])
def test_a_status_that_passes_is_waited_for(status: int, waits: Waits) -> None:
    with OpenAIServer() as server:
        model = opened(server, waits)
        server.fail(CHAT, *[Fault(status, error("later"))] * 3)
        assert model.answer([asking()]) == [Answer("Hello!")]
    assert len(waits.waits) == 3


def test_the_wait_that_a_server_asks_for_is_kept(waits: Waits) -> None:
    with OpenAIServer() as server:
        model = opened(server, waits)
        server.fail(CHAT, Fault(429, error("later"), {"Retry-After": "7"}), Fault(503, b"", {"Retry-After": "0"}))
        dated = {"Retry-After": "Wed, 21 Oct 2026 07:28:40 GMT", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}
        server.fail(CHAT, Fault(429, b"", {"Retry-After-Ms": "1500"}), Fault(429, b"", dated))
        assert model.answer([asking()]) == [Answer("Hello!")]
    assert waits.waits == [7, 0, 1.5, 40]


def test_a_server_that_asks_for_hours_is_given_up(waits: Waits) -> None:
    with OpenAIServer() as server:
        model = opened(server, waits)
        server.fail(CHAT, Fault(429, error("later"), {"Retry-After": "3600"}))
        found = fault_of(model.answer([asking()])[0])
    assert found.kind == "unavailable"
    assert "3600 s" in found.message
    assert waits.waits == []


def test_an_empty_purse_is_not_waited_for(waits: Waits) -> None:
    with OpenAIServer() as server:
        model = opened(server, waits)
        server.fail(CHAT, Fault(429, error("You exceeded your quota", "insufficient_quota")))
        assert fault_of(model.answer([asking()])[0]).kind == "unavailable"
    assert waits.waits == []


def test_a_service_that_stays_away_is_given_up_and_after_some_requests_asked_once_each(waits: Waits) -> None:
    with OpenAIServer() as server:
        model = opened(server, waits, concurrency="1")
        server.fail(CHAT, *[Fault(503, b"")] * (8 * 6 + 4))
        made = [fault_of(one) for one in model.answer([asking()] * 12)]
        assert model.answer([asking()]) == [Answer("Hello!")]
        server.fail(CHAT, *[Fault(503, b"")] * 5)
        assert model.answer([asking()]) == [Answer("Hello!")]
    assert {one.kind for one in made} == {"unavailable"}
    assert len(waits.waits) == 8 * 5 + 5


@pytest.mark.parametrize(
    ("path", "found", "kind"),
    [
        (CHAT, Fault(200, b"<html>hello</html>"), "bad_reply"),
        (CHAT, Fault(200, b""), "bad_reply"),
        (CHAT, Fault(200, b'{"choices": [{"message": {"content": "4'), "bad_reply"),
        (CHAT, Fault(200, b'{"choices": []}'), "bad_reply"),
        (CHAT, Fault(200, b'{"choices": [{"message": null}]}'), "bad_reply"),
        (CHAT, Fault(200, b'{"choices": [{"message": {"content": null}}]}'), "bad_reply"),
        (CHAT, Fault(200, b'{"choices": [{"message": {"content": 4}}]}'), "bad_reply"),
        (CHAT, Fault(200, b"[" * 100_000), "bad_reply"),
        (CHAT, Fault(200, b"\xff\xfe\x00"), "bad_reply"),
        (CHAT, Fault(200, b"[1]"), "bad_reply"),
        (CHAT, Fault(200, b'{"choices": [{"finish_reason": "content_filter", "message": {"content": "I"}}]}'), "refused"),
        (CHAT, Fault(200, b'{"choices": [{"message": {"content": null, "refusal": "I will not."}}]}'), "refused"),
        (CHAT, Fault(400, error("The response was filtered", "content_filter")), "refused"),
        (CHAT, Fault(400, error("This model's maximum context length is 10 tokens")), "bad_reply"),
        (CHAT, Fault(401, error("wrong key")), "unavailable"),
        (CHAT, Fault(307, b"", {"Location": "http://elsewhere.example/v1"}), "unavailable"),
        (CHAT, Fault(200, b"packed", {"Content-Encoding": "gzip"}), "unavailable"),
        (IMAGES, Fault(200, b"<html>hello</html>"), "bad_picture"),
        (IMAGES, Fault(200, b'{"data": []}'), "bad_picture"),
        (IMAGES, Fault(200, b'{"data": [{"b64_json": "@@@@"}]}'), "bad_picture"),
        (IMAGES, Fault(200, b'{"data": [{"b64_json": null}]}'), "bad_picture"),
        (IMAGES, Fault(200, b'{"data": [{"b64_json": "aGVsbG8"}]}'), "bad_picture"),
        (IMAGES, Fault(200, b'{"data": [{"url": "http://elsewhere.example/a.png"}]}'), "bad_picture"),
        (IMAGES, Fault(200, b'{"data": [{"url": "file:///etc/hostname"}]}'), "bad_picture"),
        (IMAGES, Fault(200, b'{"data": [{"url": "http://[half"}]}'), "bad_picture"),
        (IMAGES, Fault(400, error("Your request was rejected by our safety system", "content_policy_violation")), "refused"),
        (IMAGES, Fault(400, error("Billing hard limit has been reached", "billing")), "bad_picture"),
        (IMAGES, Fault(400, error("blocked", "moderation_blocked")), "refused"),
        (IMAGES, Fault(500, error("CUDA out of memory. Tried to allocate 2 GiB")), "out_of_memory"),
        (IMAGES, Fault(200, b'{"error": {"message": "overloaded", "code": 503}}'), "unavailable"),
    ],
)
def test_every_other_reply_is_a_fault_of_its_kind_and_costs_one_request(path: str, found: Fault, kind: str, waits: Waits) -> None:
    with OpenAIServer() as server:
        model = opened(server, waits, concurrency="1")
        server.fail(path, *[found] * (6 if kind in ("out_of_memory",) or b'"code": 503' in found.body or found.headers else 1))
        requests: list[Any] = [asking() if path == CHAT else drawing()] * 2
        first, second = model.answer(requests) if path == CHAT else model.draw(requests)
    assert fault_of(first).kind == kind
    assert isinstance(second, Answer | Drawing) or "Location" in found.headers
    assert len(fault_of(first).message) < 400
    assert "\n" not in fault_of(first).message


def test_a_connection_that_breaks_is_tried_again(waits: Waits) -> None:
    with OpenAIServer() as server:
        model = opened(server, waits)
        server.fail(CHAT, Fault(200, b'{"choices": []}', hang_up=4), Fault(200, b'{"choices": []}', hang_up=0))
        assert model.answer([asking()]) == [Answer("Hello!")]
    assert len(waits.waits) == 2


def test_a_server_that_is_slow_or_trickles_is_a_timeout_after_two_attempts(waits: Waits) -> None:
    with OpenAIServer() as server:
        model = opened(server, waits, timeout_s="0.4", concurrency="1")
        server.fail(CHAT, *[Fault(200, b"{}", wait_s=0.8)] * 2, *[Fault(200, b" " * 40, drip_s=0.03)] * 2)
        made = model.answer([asking()] * 3)
    assert [fault_of(one).kind for one in made[:2]] == ["timeout", "timeout"]
    assert made[2] == Answer("Hello!")
    assert len(waits.waits) == 2


def test_parameters_that_a_server_does_not_take_are_left_out_from_then_on(waits: Waits) -> None:
    with OpenAIServer(refuses=("seed", "size", "response_format", "max_tokens", "temperature")) as server:
        model = opened(server, waits, concurrency="1")
        assert all(isinstance(one, Drawing) for one in model.draw([drawing()] * 2))
        assert model.answer([asking()] * 2) == [Answer("Hello!")] * 2
    assert set(server.asked(IMAGES)[-1].body) == {"model", "prompt", "n"}
    assert server.asked(CHAT)[-1].body == {"model": "m", "messages": [{"role": "user", "content": asking().prompt}]} | {
        "max_completion_tokens": 1024
    }
    assert len(server.asked(IMAGES)) == 2 + 3


def test_a_prompt_with_a_parameters_name_in_it_costs_no_parameter(waits: Waits) -> None:
    with OpenAIServer() as server:
        model = opened(server, waits)
        server.fail(IMAGES, Fault(400, error("cannot draw: Plant a seed of this size")))
        assert fault_of(model.draw([drawing()])[0]).kind == "bad_picture"
        model.draw([drawing()])
    assert {"seed", "size"} <= set(server.asked(IMAGES)[-1].body)


def test_a_picture_by_address_is_fetched_from_the_same_host_alone(waits: Waits) -> None:
    with OpenAIServer(picture=lambda _: {"data": [{"url": "/files/a.png"}]}) as server:
        server.files["/files/a.png"] = png("a")
        made = opened(server, waits).draw([drawing()])[0]
        assert isinstance(made, Drawing)
        assert made.picture == png("a")
        server.picture = lambda _: {"data": [{"url": f"http://{server.host}/files/gone.png"}]}
        assert "404" in fault_of(opened(server, waits).draw([drawing()])[0]).message
        data = f"data:image/png;base64,{base64.b64encode(png('b')).decode()}"
        server.picture = lambda _: {"data": [{"url": data}]}
        made = opened(server, waits).draw([drawing()])[0]
        assert isinstance(made, Drawing)
        assert made.picture == png("b")


def test_the_key_goes_to_the_service_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], waits: Waits
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    with OpenAIServer() as server:
        model = opened(server, waits, concurrency="1")
        server.fail(CHAT, Fault(401, error(f"Incorrect API key provided: {KEY}")), Fault(200, f"you said {KEY}".encode()))
        made = [*model.answer([asking()] * 2), *model.draw([drawing()])]
        server.picture = lambda _: {"data": [{"url": f"http://localhost:{server.host.rpartition(':')[2]}/a.png"}]}
        said = json.dumps([str(made), dict(model.identity()), str(model.capabilities)])
        model.draw([drawing()])
    assert {one.headers["authorization"] for one in server.requests} == {f"Bearer {KEY}"}
    assert KEY not in said
    assert KEY not in caplog.text
    assert KEY not in "".join(capfd.readouterr())


@pytest.mark.parametrize("key", ["two words", "línea", "a\nb"])
def test_a_key_that_no_header_holds_is_refused_without_showing_it(
    key: str, monkeypatch: pytest.MonkeyPatch, waits: Waits
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with OpenAIServer() as server, pytest.raises(InputError) as caught:
        opened(server, waits)
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("http://localhost:8000/v1", "name the model after #"),
        ("localhost:8000/v1#m", "write the whole URL"),
        ("http://me:secret@localhost/v1#m", "a password"),
        ("http://localhost/v1?key=secret#m", "a query"),
        ("http://localhost:port/v1#m", "a URL that is none"),
        ("#m", "write the whole URL"),
        ("http://service.example/v1#m", "OPENAI_API_KEY"),
    ],
)
def test_an_address_that_is_none_ends_the_command_and_shows_no_secret(rest: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        open_model(f"openai:{rest}")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("argument", [{"concurrency": "0"}, {"timeout_s": "soon"}, {"draws": "maybe"}, {"colour": "red"}])
def test_arguments_that_are_none_end_the_command(argument: dict[str, str], waits: Waits) -> None:
    with OpenAIServer() as server, pytest.raises(InputError, match=next(iter(argument))):
        opened(server, waits, **argument)


def test_the_identity_says_what_answers_depend_on_and_not_how_fast_they_come(waits: Waits) -> None:
    with OpenAIServer() as server, OpenAIServer() as other:
        one, same = opened(server, waits), opened(server, waits, concurrency="2", timeout_s="9")
        warm, elsewhere = opened(server, waits, temperature="0.7"), opened(other, waits)
        moved = [opened(place, waits, service="ours") for place in (server, other)]
    digests = [digest(model.identity()) for model in (one, same, warm, elsewhere, *moved)]
    assert digests[0] == digests[1]
    assert len(set(digests[1:5])) == 4
    assert digests[4] == digests[5]
    assert one.identity()["root"] == "/weights/m"


def test_nothing_is_lost_and_nothing_mixed_up_among_faults_of_all_kinds(waits: Waits) -> None:
    bad = [Fault(429, b"", {"Retry-After": "1"}), Fault(500, b""), Fault(200, b"{}", hang_up=0)]
    with OpenAIServer(lambda request: request.words) as server:
        model = opened(server, waits, concurrency="8")
        server.fail(CHAT, *(bad * 20))
        made = model.answer([asking(f"question {number}") for number in range(120)])
    right = [one == Answer(f"question {number}") for number, one in enumerate(made)]
    assert all(
        isinstance(one, Failed) and one.kind == "unavailable" for one, is_right in zip(made, right, strict=True) if not is_right
    )
    assert sum(right) > 60


def test_the_registry_opens_it(tmp_path: Path) -> None:
    with OpenAIServer() as server:
        model = open_model(f"openai:{server.rest}", {"answers": "no"})
    model.close()
    assert not model.capabilities.answers
    assert model.capabilities.draws
