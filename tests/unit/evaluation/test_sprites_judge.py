from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from unisandbox.errors import DataError, InputError
from unisandbox.evaluation.intake import Picture, take_in
from unisandbox.evaluation.judges import sprites
from unisandbox.evaluation.judges.sprites import SpritesJudge, open_sprites
from unisandbox.evaluation.protocol import Fault, JudgeRequest, Question, Reading
from unisandbox.evaluation.questions import COUNTS, SEVERAL, SOMETHING_ELSE, UNREADABLE
from unisandbox.generators.families.base import Attribute, Target, TargetObject
from unisandbox.generators.render import Look, png, render
from unisandbox.generators.sprites import sprite
from unisandbox.schemas.pixels import pixel_sha256

KNOWN = ("apple", "balloon", "banana", "car", "cat", "door", "knife", "tomato")
OBJECTS = (Question("object", ("apple", "car", SOMETHING_ELSE, SEVERAL)), Question("count", COUNTS))
LOOKS = (Question("hat", ("cap", "none")), Question("hair_colour", ("black", "red")))
MIXED = np.arange(384 * 384 * 3, dtype=np.uint32) * np.uint32(2_654_435_761) >> np.uint32(24)
NOISE = Image.fromarray(MIXED.astype(np.uint8).reshape(384, 384, 3))


@pytest.fixture(scope="module")
def pngs() -> Mapping[str, bytes]:
    return {name: png(sprite(name)) for name in KNOWN}


@pytest.fixture(scope="module")
def judge(pngs: Mapping[str, bytes]) -> SpritesJudge:
    return SpritesJudge(pngs, digests(pngs), "cpu")


def digests(pngs: Mapping[str, bytes]) -> dict[str, str]:
    return {name: pixel_sha256(one) for name, one in pngs.items()}


def scene(seed: int = 1, size_px: int = 384, **counts: int) -> Image.Image:
    return render(Target("objects", tuple(TargetObject(*one) for one in counts.items())), seed, Look(size_px=size_px))


def person(**values: str) -> Image.Image:
    attributes = tuple(Attribute(name.replace("_", "_"), value) for name, value in values.items())
    return render(Target("portrait", (TargetObject("person", 1, attributes),)), 3)


def request(image: Image.Image, kind: str = "objects") -> JudgeRequest:
    taken = take_in(png(image))
    assert isinstance(taken, Picture)
    return JudgeRequest(taken.png, kind, OBJECTS if kind == "objects" else LOOKS)


def answers(judge: SpritesJudge, image: Image.Image, kind: str = "objects") -> Mapping[str, str]:
    (found,) = judge.read([request(image, kind)])
    assert isinstance(found, Reading), found
    return found.answers


def fault(judge: SpritesJudge, image: Image.Image, kind: str = "objects") -> Fault:
    (found,) = judge.read([request(image, kind)])
    assert isinstance(found, Fault), found
    return found


def test_objects_are_named_and_counted(judge: SpritesJudge) -> None:
    assert answers(judge, scene(apple=3)) == {"object": "apple", "count": "3"}
    assert answers(judge, scene(cat=9)) == {"object": "cat", "count": "9"}  # though no choice names it


def test_several_kinds_are_no_object_and_counted_together(judge: SpritesJudge) -> None:
    assert answers(judge, scene(apple=2, car=3)) == {"object": SEVERAL, "count": "5"}


def test_attributes_are_read_by_name(judge: SpritesJudge) -> None:
    assert answers(judge, person(hat="cap", hair_colour="red"), "portrait") == {"hat": "cap", "hair_colour": "red"}
    assert answers(judge, person(hat="beanie"), "portrait")["hat"] == "beanie"


def test_an_empty_picture_is_an_answer_and_a_wrong_one(judge: SpritesJudge) -> None:
    blank = Image.new("RGB", (384, 384))
    assert answers(judge, blank) == {"object": SOMETHING_ELSE, "count": "0"}
    assert answers(judge, blank, "portrait") == {"hat": UNREADABLE, "hair_colour": UNREADABLE}


def test_another_kind_of_picture_than_was_asked_for_is_read_as_what_it_is(judge: SpritesJudge) -> None:
    assert answers(judge, person()) == {"object": "person", "count": "1"}
    assert answers(judge, scene(apple=3), "portrait") == {"hat": UNREADABLE, "hair_colour": UNREADABLE}


def test_an_attribute_that_does_not_show_is_unreadable_and_the_others_are_read(judge: SpritesJudge) -> None:
    picture = person(hat="cap", hair_colour="red").convert("RGB")
    ImageDraw.Draw(picture).rectangle((150, 60, 240, 104), fill=(1, 2, 3))
    assert answers(judge, picture, "portrait") == {"hat": UNREADABLE, "hair_colour": "red"}


def test_a_stranger_among_known_objects_is_another_kind(judge: SpritesJudge) -> None:
    assert answers(judge, scene(apple=2, giraffe=1)) == {"object": SEVERAL, "count": "3"}


@pytest.mark.parametrize(
    ("picture", "kind", "said"),
    [
        (NOISE, "objects", "border of several colours"),
        (NOISE, "portrait", "border of several colours"),
        (scene(giraffe=2), "objects", "nothing known"),
        (scene(apple=2, giraffe=1, size_px=192), "objects", "nothing known"),
        (scene(apple=2).convert("RGB").crop((0, 0, 384, 300)), "objects", "not a square"),
    ],
    ids=["noise", "noise for a person", "unknown objects", "a stranger in a small picture", "not a square"],
)
def test_what_is_no_drawing_of_the_release_is_a_fault_and_no_wrong_picture(
    picture: Image.Image, kind: str, said: str, judge: SpritesJudge
) -> None:
    found = fault(judge, picture, kind)
    assert found.kind == "bad_picture"
    assert said in found.message
    assert "no drawing of this release" in found.message


def test_an_object_that_two_names_fit_is_a_fault(pngs: Mapping[str, bytes]) -> None:
    twins = {"apple": pngs["apple"], "twin": pngs["apple"]}
    assert "apple or twin" in fault(SpritesJudge(twins, digests(twins), "cpu"), scene(apple=2)).message


def test_a_question_that_it_cannot_answer_is_a_fault(judge: SpritesJudge) -> None:
    (found,) = judge.read([JudgeRequest(request(scene(apple=1)).picture, "objects", (Question("colour", ("red",)),))])
    assert found == Fault("bad_reply", "this judge cannot tell colour")


def test_each_picture_gets_its_own_result_in_order(judge: SpritesJudge) -> None:
    pictures = [scene(apple=1), scene(car=2, size_px=256), NOISE, scene(knife=3), scene(cat=4, size_px=256)]
    requests = [request(picture) for picture in pictures]
    requests.insert(2, JudgeRequest(b"no picture", "objects", OBJECTS))
    found = judge.read(requests)
    seen = [None if isinstance(one, Fault) else (one.answers["object"], one.answers["count"]) for one in found]
    assert seen == [("apple", "1"), ("car", "2"), None, None, ("knife", "3"), ("cat", "4")]
    assert judge.read([]) == []


def test_it_says_what_it_saw_in_words(judge: SpritesJudge) -> None:
    found = judge.read([request(scene(apple=2, car=1)), request(Image.new("RGB", (64, 64)))])
    assert [one.words for one in found if isinstance(one, Reading)] == [
        ("2 x apple, 1 x car",),
        ("a plain background, and nothing on it",),
    ]


def test_its_identity_changes_with_a_sprite_and_not_with_their_order(pngs: Mapping[str, bytes]) -> None:
    judge = SpritesJudge(pngs, digests(pngs), "cpu")
    again = SpritesJudge(dict(reversed(pngs.items())), dict(reversed(digests(pngs).items())), "cpu")
    other = {**digests(pngs), "cat": digests(pngs)["car"]}
    assert judge.identity() == again.identity() != SpritesJudge(pngs, other, "cpu").identity()
    assert judge.identity()["device"] == "cpu"
    assert judge.blind


def test_nothing_of_torch_is_loaded_before_there_is_a_picture_to_read() -> None:
    code = (
        "import sys; from unisandbox.evaluation.judges.sprites import SpritesJudge;"
        "SpritesJudge({'a': b''}, {'a': ''}).identity(); print('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_gpu_is_chosen_where_there_is_one_that_torch_was_built_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(sprites, "DEVICE_FILES", (str(tmp_path / "nvidia[0-9]*"),))
    assert sprites.device_kind("auto", "2.13.0") == "cpu"
    (tmp_path / "nvidia0").touch()
    assert sprites.device_kind("auto", "2.13.0") == "cuda"
    assert sprites.device_kind("auto", "2.13.0+cpu") == "cpu"
    assert sprites.device_kind("cpu", "2.13.0") == "cpu"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert sprites.device_kind("auto", "2.13.0") == "cpu"


def test_a_release_opens_its_own_judge(scored_release: Path) -> None:
    judge = open_sprites("", scored_release, {"device": "cpu"})
    assert judge.identity() == open_sprites("", scored_release, {"device": "cpu"}).identity()


@pytest.mark.parametrize(("rest", "arguments"), [("more", {}), ("", {"devise": "cpu"}), ("", {"device": "tpu"})])
def test_what_cannot_be_opened_is_refused(rest: str, arguments: dict[str, str], scored_release: Path) -> None:
    with pytest.raises(InputError, match="cpu"):
        open_sprites(rest, scored_release, arguments)


def test_a_release_without_sprites_is_refused(release: Any) -> None:
    with pytest.raises(DataError, match="no vocabulary"):
        open_sprites("", release()[0], {})
