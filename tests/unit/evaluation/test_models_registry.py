"""Models by URI: what is wrong with one is said in one line, and one of the user's own takes fifteen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from unisandbox.errors import InputError
from unisandbox.evaluation.models.base import BaseModel
from unisandbox.evaluation.models.registry import arguments_of, open_model
from unisandbox.evaluation.protocol import Answer, AskRequest, Drawing, DrawRequest, Fault

OWN = """
from unisandbox.evaluation.models.base import BaseModel


class MyModel(BaseModel):
    def __init__(self, colour: str = "red", path: str = "") -> None:
        self.colour = colour

    def identity(self) -> dict[str, str]:
        return {"weights": "none"}

    def draw_one(self, request: object) -> bytes:
        return self.colour.encode()


class Broken(BaseModel):
    def __init__(self) -> None:
        raise RuntimeError("no weights\\nat all")


class NoModel:
    pass


class Unsure(MyModel):
    def bind(self, items: object, release: object) -> None:
        raise LookupError("which weights?")

    def identity(self) -> dict[str, object]:
        return {"weights": 1 / 0}

    def close(self) -> None:
        raise RuntimeError("not again")


number = 7
"""
DRAW = DrawRequest("a", "literal", "Draw.", 0, 1)
ASK = AskRequest("a", "What?", 0, 1)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "my_file.py"
    path.write_text(OWN, encoding="utf-8")
    return path


@pytest.mark.parametrize("uri", ["", "oracle", "baseline:", "nope:x", "my_file.txt:MyModel", "file.py"])
def test_an_unknown_form_is_refused_with_all_forms(uri: str) -> None:
    with pytest.raises(
        InputError, match=r"--model: found .*; allowed: .*baseline:oracle.*scripted:FILE\.toml.*FILE\.py:CLASS"
    ) as error:
        open_model(uri)
    assert len(error.value.violations) == 1


@pytest.mark.parametrize(
    ("uri", "arguments", "message"),
    [
        ("baseline:best", {}, "found 'best'; allowed: oracle, literal, blind, noise"),
        ("baseline:oracle", {"steps": "3"}, "baseline:oracle: --model-arg: found steps; allowed: none"),
        ("scripted:no-such-file.toml", {}, "no-such-file.toml: found no file"),
        ("no_such_file.py:MyModel", {}, "found no file no_such_file.py"),
    ],
)
def test_what_a_scheme_does_not_have_is_refused(uri: str, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_model(uri, arguments)


def test_a_model_of_one_s_own_draws(own: Path) -> None:
    model = open_model(f"{own}:MyModel", {"colour": "blue"})
    assert model.draw([DRAW, DRAW]) == [Drawing(b"blue"), Drawing(b"blue")]
    assert (model.capabilities.draws, model.capabilities.answers, model.capabilities.thinks) == (True, False, "none")
    model.close()


def test_the_identity_of_a_file_is_its_content_and_its_arguments(own: Path) -> None:
    def identity(**arguments: str) -> str:
        return str(open_model(f"{own}:MyModel", arguments).identity())

    first, blue = identity(), identity(colour="blue")
    own.write_text(OWN + "\n# a comment\n", encoding="utf-8")
    assert len({first, blue, identity()}) == 3
    assert "weights" in first


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("Nothing", {}, "found no class Nothing"),
        ("number", {}, "found no class number"),
        ("NoModel", {}, "found no capabilities; allowed: capabilities, identity, draw, answer, close"),
        ("Broken", {}, r"found RuntimeError: no weights at my_file\.py:\d+; allowed: a file that runs"),
        ("MyModel", {"color": "red"}, r"unexpected keyword argument 'color'; allowed: the arguments of MyModel\(colour"),
    ],
)
def test_a_class_that_is_no_model_is_refused(own: Path, name: str, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_model(f"{own}:{name}", arguments)


def test_what_a_class_raises_before_the_first_request_is_said_in_a_line(own: Path) -> None:
    model = open_model(f"{own}:Unsure")
    with pytest.raises(InputError, match=r"ZeroDivisionError: division by zero at my_file\.py:\d+"):
        model.identity()
    with pytest.raises(InputError, match="LookupError: which weights"):
        model.bind([], own)  # type: ignore[attr-defined]
    model.close()


@pytest.mark.parametrize("content", ["def broken(:", "import no_such_module", "raise SystemExit(4)", "1 / 0"])
def test_a_file_that_does_not_run_is_refused_and_ends_nothing(tmp_path: Path, content: str) -> None:
    path = tmp_path / "my_file.py"
    path.write_text(f"\n{content}\n", encoding="utf-8")
    with pytest.raises(InputError, match="allowed: a file that runs"):
        open_model(f"{path}:MyModel")


def test_a_base_model_knows_what_it_can_by_what_it_overrides() -> None:
    class Answers(BaseModel):
        def answer_one(self, request: AskRequest) -> str:
            return request.prompt

    class DrawsBatches(BaseModel):
        def draw(self, requests: Sequence[DrawRequest]) -> list[Drawing | Fault]:
            return [Fault("refused", "no")] * len(requests)

    can = Answers().capabilities
    assert (can.draws, can.answers, can.understanding) == (False, True, "same_weights")
    assert Answers().answer([ASK]) == [Answer("What?")]
    assert DrawsBatches().capabilities.draws
    assert Answers().identity() != DrawsBatches().identity()


@pytest.mark.parametrize("text", ["steps", "=3", "steps=1 steps=2"])
def test_arguments_are_key_and_value_once(text: str) -> None:
    with pytest.raises(InputError, match="--model-arg: found"):
        arguments_of(text.split(" "))
