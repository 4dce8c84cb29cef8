"""Judges behind an OpenAI-compatible service: closed questions, probabilities, held replies, and captions."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from openai_server import CHAT, Fault, OpenAIServer, Request, Said, error, png

from unisandbox.errors import InputError
from unisandbox.evaluation.answers import Lexicon
from unisandbox.evaluation.chat import Token
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.judges.captions import Captions
from unisandbox.evaluation.judges.choice_probabilities import masses_of
from unisandbox.evaluation.judges.closed_replies import choice_of
from unisandbox.evaluation.judges.openai_vision import OpenAIVision
from unisandbox.evaluation.judges.registry import open_judge
from unisandbox.evaluation.judges.seeing_service import open_service
from unisandbox.evaluation.judges.service_offers import LOOK
from unisandbox.evaluation.patience import Clock, Patience
from unisandbox.evaluation.protocol import Fault as Failed
from unisandbox.evaluation.protocol import JudgeRequest, Question, Reading

COUNTS = (*map(str, range(21)), "more than 20")
OBJECTS = ("apple", "knife", "pear", "teddy bear", "something else", "several kinds of objects")
HATS = ("beanie", "cap", "none", "straw hat", "top hat")
LEXICON = Lexicon([OBJECTS[:4], HATS], {"knife": "knives", "apple": "apples", "pear": "pears"})
OBJECT, COUNT, HAT = Question("object", OBJECTS), Question("count", COUNTS), Question("hat", HATS)
PICTURE = png("a picture")

Open = Callable[..., Any]


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def opened(waits: list[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open a judge of a server; all are closed at the end."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    judges: list[Any] = []

    def made(server: OpenAIServer, kind: Any = OpenAIVision, **arguments: str) -> Any:
        clock = Clock(time.monotonic, time.time, waits.append)
        judges.append(kind(open_service(server.rest, "openai", arguments, Patience(), clock), LEXICON))
        return judges[-1]

    yield made
    for judge in judges:
        judge.close()


def asked(*questions: Question, kind: str = "objects", gold: str | None = None) -> list[JudgeRequest]:
    return [JudgeRequest(PICTURE, kind, questions, gold and "a prompt", gold)]


def saying(replies: Mapping[str, str | Said]) -> Callable[[Request], str | Said]:
    """Say what stands under the first word that a question holds."""
    return lambda request: next((said for word, said in replies.items() if word in request.words), "Hello!")


def real(server: OpenAIServer) -> list[Request]:
    """Return the questions that came after the looks at the service."""
    return [one for one in server.asked(CHAT) if one.words != LOOK]


def test_each_question_is_asked_with_the_picture_first_and_all_choices(opened: Open) -> None:
    with OpenAIServer(saying({"kind of object": "pear", "How many": "4"})) as server:
        found = opened(server).read(asked(OBJECT, COUNT))
    assert found == [Reading({"object": "pear", "count": "4"}, {}, ("object: pear", "count: 4"))]
    first, second = real(server)
    assert [part["type"] for part in first.body["messages"][0]["content"]] == ["image_url", "text"]
    assert first.picture == PICTURE
    assert all(choice in first.words for choice in OBJECTS)
    assert (first.body["temperature"], second.body["max_tokens"]) == (0, 48)


@pytest.mark.parametrize("kind", ["structured_outputs", "guided_choice", "json_schema"])
def test_a_service_that_can_be_held_to_choices_is(kind: str, opened: Open) -> None:
    with OpenAIServer(saying({"kind of object": "It is a nice pear"}), structured=(kind,)) as server:
        judge = opened(server)
        found = judge.read(asked(OBJECT))
    assert judge.identity()["structured"] == kind
    assert found[0].answers == {"object": "apple"}  # the first choice, where the model wants to say something else
    body = real(server)[0].body
    assert ("response_format" in body) == (kind == "json_schema")
    assert body.get("structured_outputs", {"choice": body.get(kind)})["choice"] in (list(OBJECTS), None)


def test_a_service_that_refuses_or_ignores_it_is_asked_in_plain_words(opened: Open) -> None:
    with OpenAIServer(saying({"": "pear"}), refuses=("response_format", "guided_choice")) as server:
        judge = opened(server)
        assert judge.read(asked(OBJECT))[0].answers == {"object": "pear"}
    assert judge.identity()["structured"] == "none"
    assert set(real(server)[0].body) == {"model", "messages", "max_tokens", "temperature"}


def test_probabilities_are_those_of_the_choices(opened: Open) -> None:
    tokens = (("pe", math.log(0.7), {"app": math.log(0.2), "The": math.log(0.05)}), ("ar", math.log(0.9), {"n": math.log(0.1)}))
    with OpenAIServer(lambda _: Said("pear", tokens=tokens)) as server:
        judge = opened(server)
        found = judge.read(asked(OBJECT))[0]
    assert judge.identity()["logprobs"] == 20
    assert found.probabilities["object"] == pytest.approx({"pear": 0.7, "apple": 0.2})
    assert real(server)[0].body["top_logprobs"] == 20


def test_a_service_that_gives_fewer_probabilities_is_asked_for_fewer(opened: Open) -> None:
    class Five(OpenAIServer):
        def response(self, request: Request) -> Fault:
            if (request.body or {}).get("top_logprobs", 0) > 5:
                return Fault(400, error("top_logprobs must be at most 5", param="top_logprobs"))
            return super().response(request)

    with Five(lambda _: Said("pear", tokens=(("pear", -0.1, {"x": -3.0}),))) as server:
        judge = opened(server)
        assert judge.read(asked(OBJECT))[0].probabilities["object"]["pear"] == pytest.approx(math.exp(-0.1))
    assert judge.identity()["logprobs"] == 5


def test_what_names_no_choice_is_asked_once_more_in_other_words(opened: Open) -> None:
    with OpenAIServer(saying({"one by one": "Four.", "How many": "A still life in the manner of old masters."})) as server:
        found = opened(server).read(asked(COUNT))
    assert found[0].answers == {"count": "4"}
    assert found[0].words == ("count: A still life in the manner of old masters.", "count: Four.")
    assert len(real(server)) == 2


@pytest.mark.parametrize(
    "reply",
    [
        Said("Das Bild zeigt vier Birnen."),
        Said("画面里有四个梨"),
        Said(""),
        Said(None),
        Said('{"answer": "1'),
        Said('{"reason": "pears", "count": 4}'),
        Said('{"answer": null}'),
        Said('["4", "5"]'),
        Said("There may be 3 or 4."),
        Said("I do not know."),
        Said("I count 1", "length"),
        Said("1", "length"),
        Said("x" * 30_000),
    ],
)
def test_what_names_no_choice_twice_is_a_fault_with_the_words_and_never_a_count(reply: Said, opened: Open) -> None:
    with OpenAIServer(lambda request: reply if request.words != LOOK else "Hello!") as server:
        found = opened(server).read(asked(COUNT))[0]
    assert isinstance(found, Failed)
    assert found.kind == "bad_reply"
    assert found.message.startswith("count: ")
    assert (reply.text or "''")[:8].strip() in found.message
    assert len(found.message) < 700


@pytest.mark.parametrize(
    ("text", "choices", "choice"),
    [
        ("4", COUNTS, "4"),
        (" 4.\n", COUNTS, "4"),
        ("Four pears", COUNTS, "4"),
        ("There are **twelve** of them.", COUNTS, "12"),
        ('{"answer": "12"}', COUNTS, "12"),
        ('```json\n{"answer": 12}\n```', COUNTS, "12"),
        ('{"count": 3}', COUNTS, "3"),
        ("more than 20", COUNTS, "more than 20"),
        ("Over twenty.", COUNTS, "more than 20"),
        ("20+", COUNTS, "more than 20"),
        ("> 20", COUNTS, "more than 20"),
        ("There are 25 pears", COUNTS, "25"),
        ("zero", COUNTS, "0"),
        ("TEDDY BEARS", OBJECTS, "teddy bear"),
        ("Knives.", OBJECTS, "knife"),
        ("several kinds of objects", OBJECTS, "several kinds of objects"),
        ("Something else", OBJECTS, "something else"),
        ("an apple or a pear", OBJECTS, None),
        ("She wears a straw hat.", HATS, "straw hat"),
        ("no hat", HATS, "none"),
        ("None", HATS, "none"),
        ("a hat", HATS, None),
    ],
)
def test_replies_in_other_forms_are_read_where_they_are_clear(text: str, choices: tuple[str, ...], choice: str | None) -> None:
    assert choice_of(text, choices, LEXICON) == choice


def test_tokens_that_begin_several_choices_give_none_of_them_a_probability() -> None:
    tokens = (Token("1", math.log(0.5), (("1", math.log(0.5)), ("2", math.log(0.3)), ("3", math.log(0.1)))),)
    found = masses_of((*tokens, Token("2", math.log(0.8), (("2", math.log(0.8)), ("<|end|>", math.log(0.2))))), COUNTS)
    assert found.told == pytest.approx({"12": 0.4, "1": 0.1, "3": 0.1})
    assert found.shared == pytest.approx(0.3)  # 2 or 20
    assert found.on_choices == pytest.approx(0.9)


def test_the_probabilities_inside_a_json_reply_are_those_of_its_answer() -> None:
    parts = ['{"', "answer", '": "', "pe", "ar", '"}']
    tokens = [
        Token(part, math.log(0.8 if part == "pe" else 1.0), (("app", math.log(0.2)),) if part == "pe" else ()) for part in parts
    ]
    assert masses_of(tokens, OBJECTS).told == pytest.approx({"pear": 0.8, "apple": 0.2})


def test_probabilities_never_exceed_one_whatever_a_server_says() -> None:
    tokens = [Token("pear", 5.0, (("apple", float("nan")), ("knife", float("-inf"))))]
    assert masses_of(tokens, OBJECTS).told == {"apple": 0.0, "knife": 0.0, "pear": 1.0}


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        ([Fault(500, b"")] * 6, "unavailable"),
        ([Fault(200, b"<html>")], "bad_reply"),
        ([Fault(400, error("filtered", "content_filter"))], "refused"),
        ([Fault(200, b"{}", hang_up=1)] * 6, "unavailable"),
    ],
)
def test_a_service_that_breaks_is_a_fault_of_that_picture_alone(broken: list[Fault], kind: str, opened: Open) -> None:
    with OpenAIServer(saying({"How many": "4"})) as server:
        judge = opened(server)
        server.fail(CHAT, *broken)
        first, second = judge.read(asked(COUNT) * 2)
    assert isinstance(first, Failed)
    assert first.kind == kind
    assert second.answers == {"count": "4"}


def test_a_service_that_sees_nothing_ends_the_command(opened: Open) -> None:
    class Blind(OpenAIServer):
        def response(self, request: Request) -> Fault:
            if request.path == CHAT and request.picture:
                return Fault(400, error("m is not a multimodal model"))
            return super().response(request)

    with Blind() as server, pytest.raises(InputError, match="not a multimodal model"):
        opened(server)


def test_the_identity_changes_with_what_readings_depend_on(opened: Open) -> None:
    with OpenAIServer() as server, OpenAIServer(structured=("guided_choice",)) as held:
        kinds = [opened(server), opened(server, timeout_s="5"), opened(server, max_tokens="9"), opened(held, service="x")]
        kinds += [opened(server, service="x"), opened(server, Captions)]
    digests = [digest(judge.identity()) for judge in kinds]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 5
    assert {"prompts", "parser"} <= kinds[0].identity().keys()


@pytest.mark.parametrize(
    ("said", "match"),
    [("Yes.", "yes"), ("**no**, there are five", "no"), ("<think>yes or no?</think> Yes", "yes")],
)
def test_captions_compares_what_it_saw_with_what_was_asked_for(said: str, match: str, opened: Open) -> None:
    with OpenAIServer(saying({"Describe": "4 pears", "Draw 4 pears.": said})) as server:
        judge = opened(server, Captions)
        found = judge.read(asked(OBJECT, COUNT, gold="Draw 4 pears."))[0]
    assert not judge.blind
    assert found.answers == {"object": "pear", "count": "4", "match": match}
    caption, compared = real(server)
    assert caption.picture == PICTURE
    assert "Draw 4 pears." not in caption.words
    assert compared.picture is None
    assert "4 pears" in compared.words


@pytest.mark.parametrize("caption", ["Error", "Caption: Error", "error.", "**ERROR**"])
def test_a_caption_that_says_error_is_no_match_without_a_comparison(caption: str, opened: Open) -> None:
    with OpenAIServer(saying({"Describe": caption})) as server:
        found = opened(server, Captions).read(asked(OBJECT, COUNT, gold="Draw 4 pears."))[0]
    assert found.answers == {"object": "unsaid", "count": "unsaid", "match": "no"}
    assert len(real(server)) == 1


@pytest.mark.parametrize(
    ("replies", "named"),
    [
        ({"Describe": ""}, "caption empty"),
        ({"Describe": Said("4 pe", "length")}, "caption cut short"),
        ({"Describe": "4 pears", "": "perhaps"}, "neither yes nor no"),
        ({"Describe": "4 pears", "": "yes and no"}, "neither yes nor no"),
    ],
)
def test_a_stage_of_captions_that_fails_is_a_fault_and_no_wrong_picture(
    replies: dict[str, str | Said], named: str, opened: Open
) -> None:
    with OpenAIServer(lambda request: "Hello!" if request.words == LOOK else saying(replies)(request)) as server:
        found = opened(server, Captions).read(asked(OBJECT, COUNT, gold="Draw 4 pears."))[0]
    assert isinstance(found, Failed)
    assert found.kind == "bad_reply"
    assert named in found.message


@pytest.mark.parametrize("scheme", ["openai", "captions"])
def test_the_registry_opens_both_with_many_threads(
    scheme: str, release: Callable[..., tuple[Path, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with OpenAIServer() as server:
        judge, workers = open_judge(f"{scheme}:{server.rest}", release()[0])
        judge.close()
    assert workers == 16
    assert judge.identity()["kind"] == scheme


@pytest.mark.parametrize("scheme", ["openai", "captions"])
def test_a_wrong_address_of_a_judge_names_its_option_and_form(scheme: str, release: Callable[..., tuple[Path, Any]]) -> None:
    with pytest.raises(InputError, match=f"--judge.*{scheme}:http://HOST:PORT/v1#NAME"):
        open_judge(f"{scheme}:http://localhost:1", release()[0])
