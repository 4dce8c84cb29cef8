"""A detector as a judge: boxes become a kind and a count, and a person is nothing that it can be wrong about."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tiny_vision import save_tiny_llava, save_tiny_owl
from typer.testing import CliRunner, Result

from unisandbox.cli import app
from unisandbox.evaluation.canary import known_pictures, tried
from unisandbox.evaluation.judges.boxes import Box, alone, reading_of, sure_boxes
from unisandbox.evaluation.judges.detector import Detector, open_detector
from unisandbox.evaluation.protocol import Fault, JudgeRequest, Question, Reading
from unisandbox.evaluation.questions import COUNTS, MORE, SEVERAL, SOMETHING_ELSE
from unisandbox.evaluation.released import Words
from unisandbox.evaluation.run import questions_of

COUNT = Question("count", COUNTS)
HAT = Question("hat", ("none", "cap"))
CORNERS = st.tuples(*(st.floats(0, 1) for _ in range(4))).map(lambda four: (*sorted(four[:2]), *sorted(four[2:])))
BOXES = st.lists(
    st.tuples(st.sampled_from(["pear", "kiwi"]), st.floats(0, 1), CORNERS).map(
        lambda one: Box(one[0], one[1], (one[2][0], one[2][2], one[2][1], one[2][3]))
    ),
    max_size=12,
)


def png(colour: tuple[int, int, int]) -> bytes:
    image, sink = Image.new("RGB", (64, 64), colour), io.BytesIO()
    image.paste((0, 0, 0), (5, 5, 20, 20))
    image.save(sink, "PNG")
    return sink.getvalue()


def asked(picture: bytes, *names: str) -> JudgeRequest:
    return JudgeRequest(picture, "objects", (Question("object", (*names, SOMETHING_ELSE, SEVERAL)), COUNT))


def row(name: str, number: int, score: float) -> list[Box]:
    return [Box(name, score, (place / 40, 0.0, place / 40 + 0.02, 0.1)) for place in range(number)]


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
def owl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_owl(tmp_path_factory.mktemp("owl"))


@pytest.fixture(scope="module")
def judge(owl: Path) -> Detector:
    return open_detector(str(owl), Path(), {"batch": "4"})


def test_boxes_say_a_kind_and_how_many() -> None:
    assert reading_of(row("pear", 5, 0.6), 0.4).answers == {"object": "pear", "count": "5"}
    assert reading_of(row("pear", 21, 0.6), 0.4).answers["count"] == MORE
    assert reading_of([], 0.4).answers == {"object": SOMETHING_ELSE, "count": "0"}


def test_a_second_kind_counts_once_it_is_clear() -> None:
    doubtful, clear = [Box("kiwi", 0.39, (0.9, 0.9, 1, 1))], [Box("kiwi", 0.4, (0.9, 0.9, 1, 1))]
    assert reading_of([*row("pear", 3, 0.6), *doubtful], 0.4).answers == {"object": "pear", "count": "4"}
    assert reading_of([*row("pear", 3, 0.6), *clear], 0.4).answers["object"] == SEVERAL


@given(BOXES, st.floats(0, 1))
def test_an_object_is_counted_once_however_the_boxes_come(boxes: list[Box], overlap: float) -> None:
    kept = alone(boxes, overlap)
    assert kept == alone(boxes[::-1], overlap)
    assert {*kept} <= {*boxes}
    assert bool(kept) == bool(boxes)
    assert alone(kept, overlap) == kept
    assert not boxes or kept[0].score == max(box.score for box in boxes)


def test_boxes_below_the_threshold_and_of_other_names_are_left_out() -> None:
    shares = torch.tensor([[0.5, 0.1], [0.19, 0.1], [0.3, 0.7]])
    boxes = torch.tensor([[0.5, 0.5, 0.2, 0.2]] * 3)
    found = sure_boxes(("pear", "kiwi"), shares, boxes, 0.2)
    assert [(box.name, round(box.score, 3)) for box in found] == [("pear", 0.5), ("kiwi", 0.7)]
    assert found[0].corners == pytest.approx((0.4, 0.4, 0.6, 0.6))


def test_a_picture_is_read_the_same_alone_and_beside_others(judge: Detector) -> None:
    requests = [asked(png((200, 30, 20)), "apple", "tennis ball", "drum"), asked(png((20, 30, 220)), "kiwi")]
    together = judge.read(requests)
    assert [judge.read([one])[0] for one in requests] == list(together)
    assert all(isinstance(one, Reading) for one in together)
    assert together[0] != together[1]


def test_thresholds_are_kept_to(owl: Path) -> None:
    one = asked(png((200, 30, 20)), "apple", "drum")

    def count(**thresholds: str) -> int:
        (found,) = open_detector(str(owl), Path(), {"batch": "1", **thresholds}).read([one])
        assert isinstance(found, Reading)
        return int(found.answers["count"])

    assert count(threshold="1") == 0
    assert count(threshold="0", overlap="1") == 16, "every box of the model"
    assert 0 < count(threshold="0", overlap="0") < 16


def test_a_person_is_a_fault_of_its_own_kind(judge: Detector) -> None:
    portrait = JudgeRequest(png((9, 9, 9)), "portrait", (Question("hair_style", ("bun", "bob")), HAT))
    found = judge.read([portrait, asked(png((200, 30, 20)), "apple"), portrait])
    assert found[0] == Fault(
        "unsupported", "a detector counts objects and cannot tell hair style, hat: judge portraits with a model that sees"
    )
    assert isinstance(found[1], Reading)
    assert found[2] == found[0]


def test_the_canary_asks_it_about_objects_alone(judge: Detector, scored_release: Path) -> None:
    pictures = known_pictures(scored_release)
    assert "portrait" in {one.item.target["kind"] for one in pictures}
    result = tried(judge, pictures, questions_of(Words(scored_release)))
    assert "attributes" not in result.shares
    assert "identity" in result.failed, "boxes of random weights name nothing"


def test_its_identity_holds_weights_words_and_thresholds(owl: Path, judge: Detector) -> None:
    known = dict(judge.identity())
    assert (known["kind"], known["architecture"]) == ("detector", "Owlv2ForObjectDetection")
    assert dict(open_detector(str(owl), Path(), {"batch": "1"}).identity()) == known
    for name in ("threshold", "overlap", "clear"):
        assert dict(open_detector(str(owl), Path(), {name: "0.3"}).identity()) == {**known, name: 0.3}
    assert json.loads(json.dumps(known)) == known


@pytest.fixture
def run(scored_release: Path, tmp_path: Path, owl: Path) -> tuple[object, ...]:
    (tmp_path / "truth.toml").write_text("ask = 1.0\nliteral = 1.0\nnormal = 1.0\n", encoding="utf-8")
    fixed = ("--model", f"scripted:{tmp_path / 'truth.toml'}", "--judge", f"detector:{owl}", "--out", tmp_path / "run")
    return ("score", "--data", scored_release, *fixed)


def test_a_whole_run_of_objects_is_read_by_it(run: tuple[object, ...]) -> None:
    done = invoke(*run, "--no-canary", "--family", "math", "--limit", 12, "--json")
    assert done.exit_code == 0, done.output
    (document,) = json.loads(done.stdout)["runs"]
    assert sum(document["outcomes"]["draw/normal"].values()) == 12
    assert {*document["outcomes"]["draw/normal"]} <= {"correct", "wrong"}


def test_portraits_of_a_run_are_errors_of_the_judge_and_never_wrong(run: tuple[object, ...]) -> None:
    done = invoke(*run, "--no-canary", "--family", "knowledge", "--json")
    assert done.exit_code == 3
    (document,) = json.loads(done.stdout)["runs"]
    assert document["outcomes"]["draw/normal"] == {"judge_error": 8}


def test_random_weights_are_stopped_before_the_run(run: tuple[object, ...]) -> None:
    done = invoke(*run)
    assert done.exit_code == 3
    assert "identity, before the run" in done.output
    assert "attributes, before the run" not in done.output


def test_what_is_no_detector_is_refused_in_one_line(run: tuple[object, ...], tmp_path: Path, owl: Path) -> None:
    llava = save_tiny_llava(tmp_path / "llava")
    wrong = {
        f"{tmp_path}/absent": "found no folder",
        str(llava): "found weights of the kind llava; allowed: a detector of the kind",
    }
    for place, said in wrong.items():
        done = invoke(*run, "--judge", f"detector:{place}")
        assert done.exit_code == 2
        assert [said in line for line in done.output.splitlines() if f"detector:{place}" in line] == [True]
    done = invoke(*run, "--judge-arg", "threshold=high", "--judge-arg", "clear=7")
    assert done.exit_code == 2
    assert [f"--judge-arg {name}: found" in done.output for name in ("threshold", "clear")] == [True, True]
