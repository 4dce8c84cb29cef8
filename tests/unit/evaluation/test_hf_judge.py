"""A vision-language judge in this process: its probabilities are the model's own, and a random one stops a run."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from tiny_vision import save_tiny_llava, save_tiny_owl, save_tiny_qwen3_vl, save_tiny_qwen_vl
from typer.testing import CliRunner, Result

from unisandbox.cli import app
from unisandbox.evaluation.judges.hf_vision import HFVision, open_hf_vision
from unisandbox.evaluation.judges.prompts import AGAIN, FIRST, question_text
from unisandbox.evaluation.local.choices import ChoiceLogs
from unisandbox.evaluation.protocol import Fault, JudgeRequest, Question, Reading

FAMILIES = {"qwen2.5-vl": save_tiny_qwen_vl, "qwen3-vl": save_tiny_qwen3_vl, "llava": save_tiny_llava}
COUNT = Question("count", ("0", "3", "7", "12", "more than 20"))
OBJECT = Question("object", ("tea", "tea pot", "teas", "kiwi", "something else"))
ANY = {"min_mass": "0", "batch": "4"}


def png(colour: tuple[int, int, int]) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(sink, "PNG")
    return sink.getvalue()


RED, BLUE = png((200, 30, 20)), png((20, 30, 220))


def request(picture: bytes, *questions: Question) -> JudgeRequest:
    return JudgeRequest(picture, "objects", questions)


def told(judge: HFVision, picture: bytes, question: Question) -> dict[str, float]:
    (found,) = judge.read([request(picture, question)])
    assert isinstance(found, Reading)
    return dict(found.probabilities[question.name])


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
    return {name: save(tmp_path_factory.mktemp(name)) for name, save in FAMILIES.items()}


@pytest.fixture(scope="module", params=FAMILIES)
def judge(request: pytest.FixtureRequest, folders: dict[str, Path]) -> HFVision:
    return open_hf_vision(str(folders[request.param]), Path(), ANY)


@pytest.fixture
def qwen(folders: dict[str, Path]) -> HFVision:
    return open_hf_vision(str(folders["qwen2.5-vl"]), Path(), {"batch": "4"})


def continued(judge: HFVision, picture: bytes, question: Question, tokens: tuple[int, ...]) -> torch.Tensor:
    """Return the log-probabilities after each token of a reply, without any cache: the prompt's own end first."""
    image = Image.open(io.BytesIO(picture))
    inputs = dict(judge._seeing.prompts.inputs([image], [question_text(question)]))
    before = inputs["input_ids"].shape[1]
    inputs["input_ids"] = torch.cat([inputs["input_ids"], torch.tensor([tokens])], 1)
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    if "mm_token_type_ids" in inputs:
        inputs["mm_token_type_ids"] = torch.cat([inputs["mm_token_type_ids"], torch.zeros(1, len(tokens), dtype=torch.int)], 1)
    with torch.no_grad():
        return judge._seeing.model(**inputs).logits[0, before - 1 :].float().log_softmax(-1)


def alone(judge: HFVision, tokens: tuple[int, ...], logs: torch.Tensor) -> tuple[float, float]:
    """Return how probable a reply is, and how probable that its last word ends there."""
    whole = sum(float(logs[place, token]) for place, token in enumerate(tokens))
    return math.exp(whole), 1 - float(logs[-1].exp()[torch.tensor(judge._scorer._on)].sum())


@pytest.mark.parametrize("choice", ["0", "7", "12", "more than 20"])
def test_a_probability_is_that_of_the_words_as_the_model_would_say_them(judge: HFVision, choice: str) -> None:
    found = told(judge, RED, COUNT)[choice]
    spelled = judge._tokens(choice)
    assert spelled
    expected = sum(math.prod(alone(judge, tokens, continued(judge, RED, COUNT, tokens))) for tokens in spelled)
    assert found == pytest.approx(expected, rel=1e-3)


def test_choices_that_begin_alike_exclude_one_another(judge: HFVision) -> None:
    def raw(text: str) -> float:
        return sum(alone(judge, tokens, continued(judge, RED, OBJECT, tokens))[0] for tokens in judge._tokens(text))

    def ended(text: str) -> float:
        return sum(math.prod(alone(judge, tokens, continued(judge, RED, OBJECT, tokens))) for tokens in judge._tokens(text))

    found = told(judge, RED, OBJECT)
    assert found["tea"] == pytest.approx(ended("tea") - raw("tea pot"), rel=1e-3), "what goes on to a longer choice is not said"
    assert found["teas"] == pytest.approx(ended("teas"), rel=1e-3), "and a letter more is another word"
    assert 0 < sum(found.values()) < 1


def test_a_picture_is_read_the_same_alone_and_beside_others(judge: HFVision) -> None:
    short = Question("hat", ("none", "cap"))
    requests = [request(RED, OBJECT, COUNT), request(BLUE, short), request(BLUE, COUNT)]
    together = judge.read(requests)
    for one, found in zip(requests, together, strict=True):
        (again,) = judge.read([one])
        assert isinstance(found, Reading)
        assert isinstance(again, Reading)
        assert found.answers == again.answers
        for name, shares in found.probabilities.items():
            assert again.probabilities[name] == pytest.approx(shares, rel=1e-3)


def test_the_picture_reaches_the_model(judge: HFVision) -> None:
    assert told(judge, RED, COUNT) == told(judge, RED, COUNT)
    assert told(judge, RED, COUNT) != told(judge, BLUE, COUNT)


def test_shares_of_the_choices_sum_to_one_however_little_lies_on_them() -> None:
    assert ChoiceLogs((-700.0, -701.0)).shares == pytest.approx((0.731059, 0.268941), abs=1e-6)
    assert ChoiceLogs((-math.inf, -math.inf)).shares == (0.5, 0.5)
    assert ChoiceLogs((-math.inf, -math.inf)).on_choices == 0


def planted(judge: HFVision, text: str, wording: str | None = None) -> list[bool]:
    """Let the model say a token and then end the reply; with a wording only where it is asked in those words, else prose."""
    tokenizer, model = judge._seeing.prompts.tokenizer, judge._seeing.model
    told: list[bool] = []
    says = {"now": ""}

    def look(_module: Any, _arguments: Any, inputs: dict[str, Any]) -> None:
        if "logits_to_keep" in inputs:  # what stands before the choices
            asked = tokenizer.decode(inputs["input_ids"][0])
            told.append(wording is None or question_text(COUNT, wording).splitlines()[0] in asked)
            says["now"] = text if told[-1] else "x"
        else:
            says["now"] = tokenizer.eos_token

    def say(_module: Any, _arguments: Any, logits: torch.Tensor) -> torch.Tensor:
        wanted = torch.zeros_like(logits)
        wanted[..., tokenizer.convert_tokens_to_ids(says["now"])] = 30.0
        return logits + wanted

    model.register_forward_pre_hook(look, with_kwargs=True)
    model.lm_head.register_forward_hook(say)
    return told


def test_a_model_that_says_a_choice_is_believed(qwen: HFVision) -> None:
    asked = planted(qwen, "3")
    (found,) = qwen.read([request(RED, COUNT)])
    assert isinstance(found, Reading)
    assert found.answers == {"count": "3"}
    assert found.probabilities["count"]["3"] == pytest.approx(1, abs=1e-6)
    assert found.words == ("count: 3 [1.000 of the choices; 1.000 on the choices]",)
    assert asked == [True], "it was asked once"


def test_a_question_that_is_not_understood_is_asked_in_other_words(qwen: HFVision) -> None:
    asked = planted(qwen, "3", AGAIN)
    (found,) = qwen.read([request(RED, COUNT)])
    assert isinstance(found, Reading)
    assert found.answers == {"count": "3"}
    assert asked == [False, True]
    assert question_text(COUNT, FIRST) != question_text(COUNT, AGAIN)


def test_prose_is_a_fault_and_never_a_wrong_answer(qwen: HFVision) -> None:
    (found,) = qwen.read([request(RED, OBJECT, COUNT)])
    assert isinstance(found, Fault)
    assert found.kind == "bad_reply"
    assert "0.0000 of the probability is on the choices, asked twice; min_mass is 0.1; object: " in found.message


def test_its_identity_holds_all_that_its_readings_depend_on(folders: dict[str, Path], qwen: HFVision) -> None:
    folder = str(folders["qwen2.5-vl"])
    known = dict(qwen.identity())
    assert dict(open_hf_vision(folder, Path(), {"batch": "2"}).identity()) == known, "how fast it is changes nothing"
    assert known["architecture"] == "Qwen2_5_VLForConditionalGeneration"
    assert {*known["versions"]} == {"torch", "transformers"}
    others = [
        open_hf_vision(folder, Path(), {"min_mass": "0.2"}),
        open_hf_vision(folder, Path(), {"dtype": "bfloat16"}),
        open_hf_vision(str(folders["llava"]), Path(), {}),
    ]
    found = [dict(one.identity()) for one in others]
    assert known not in found
    assert len({json.dumps(one, sort_keys=True) for one in found}) == len(found)
    assert json.loads(json.dumps(known)) == known


@pytest.fixture
def run(scored_release: Path, tmp_path: Path) -> tuple[object, ...]:
    (tmp_path / "truth.toml").write_text("ask = 1.0\nliteral = 1.0\nnormal = 1.0\n", encoding="utf-8")
    return ("score", "--data", scored_release, "--model", f"scripted:{tmp_path / 'truth.toml'}", "--out", tmp_path / "run")


@pytest.mark.parametrize("name", FAMILIES)
def test_a_whole_run_is_read_by_it(name: str, run: tuple[object, ...], folders: dict[str, Path]) -> None:
    line = (*run, "--judge", f"hf:{folders[name]}", "--judge-arg", "min_mass=0", "--no-canary", "--limit", 12, "--json")
    done = invoke(*line)
    assert done.exit_code == 0, done.output
    (document,) = json.loads(done.stdout)["runs"]
    assert sum(document["outcomes"]["draw/normal"].values()) == 12
    assert document["error_rates"]["draw/normal"] == 0


def test_a_random_judge_is_stopped_before_the_run(run: tuple[object, ...], folders: dict[str, Path], tmp_path: Path) -> None:
    done = invoke(*run, "--judge", f"hf:{folders['llava']}", "--judge-arg", "min_mass=0")
    assert done.exit_code == 3
    assert "identity, before the run" in done.output
    assert "probability on the choices, before the run" in done.output
    assert not (tmp_path / "run" / "report.html").exists()


def test_a_judge_that_writes_prose_ends_a_run_with_errors_and_no_wrong_picture(
    run: tuple[object, ...], folders: dict[str, Path]
) -> None:
    done = invoke(*run, "--judge", f"hf:{folders['llava']}", "--no-canary", "--limit", 6, "--json")
    assert done.exit_code == 3
    (document,) = json.loads(done.stdout)["runs"]
    assert document["outcomes"]["draw/normal"] == {"judge_error": 6}


def test_calibrate_writes_what_a_random_judge_takes_for_what(
    scored_release: Path, folders: dict[str, Path], tmp_path: Path
) -> None:
    out = tmp_path / "calibration.json"
    line = ("calibrate", "--judge", f"hf:{folders['llava']}", "--judge-arg", "min_mass=0", "--data", scored_release, "--out", out)
    done = invoke(*line, "--limit", 12)
    assert done.exit_code == 0, done.output
    document = json.loads(out.read_text())
    (source,) = document["sources"]
    assert document["judge"]["identity"]["kind"] == "hf"
    assert {one["question"] for one in source["confusion"]} == {"object", "count", "glasses"}
    assert any(true != read for table in source["confusion"] for true, read, _ in table["cells"])
    assert source["faults"] == {}


def test_what_is_no_such_judge_is_refused_in_one_line(
    scored_release: Path, folders: dict[str, Path], tmp_path: Path, run: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    owl = save_tiny_owl(tmp_path / "owl")
    bare = tmp_path / "bare"
    bare.mkdir()
    for path in folders["qwen2.5-vl"].iterdir():
        if path.name != "chat_template.jinja":
            (bare / path.name).write_bytes(path.read_bytes())
    cut = tmp_path / "cut"
    cut.mkdir()
    for path in folders["llava"].iterdir():
        (cut / path.name).write_bytes(path.read_bytes()[: 9000 if path.suffix == ".safetensors" else None])
    wrong = {
        f"{tmp_path}/absent": "found no folder",
        str(owl): "found weights of the kind owlv2; allowed: a model that answers about pictures",
        str(bare): "no chat template that takes a picture",
        str(cut): "model.safetensors, cut short",
    }
    for place, said in wrong.items():
        done = invoke(*run, "--judge", f"hf:{place}")
        assert done.exit_code == 2, done.output
        assert said in done.output
        assert len([line for line in done.output.splitlines() if f"--judge hf:{place}" in line]) == 1
        assert "Traceback" not in done.output
    done = invoke(*run, "--judge", f"hf:{folders['llava']}", "--judge-arg", "min_mass=2", "--judge-arg", "batch=few")
    assert done.exit_code == 2
    monkeypatch.setattr("unisandbox.evaluation.local.weights.find_spec", lambda _: None)
    done = invoke(*run, "--judge", f"hf:{folders['llava']}")
    assert done.exit_code == 2
    assert "pip install 'unisandbox[hf]'" in done.output
