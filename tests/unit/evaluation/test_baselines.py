"""Baselines on pictures that the exact judge reads: each shows what a score means, in every family and level."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from unisandbox.errors import DataError
from unisandbox.evaluation.arms import Way, units
from unisandbox.evaluation.exact.scenes import Seen, read_scene
from unisandbox.evaluation.exact.sprites import Sprites
from unisandbox.evaluation.items import ItemSet, scored_items
from unisandbox.evaluation.models.baselines import BASELINES, Baseline, open_baseline
from unisandbox.evaluation.models.compose import MOST_OBJECTS, scene
from unisandbox.evaluation.models.literal import Literal, Named
from unisandbox.evaluation.pictures import Pictures
from unisandbox.evaluation.plan import Plan, Selection
from unisandbox.evaluation.protocol import ARMS, ASK, LITERAL, NORMAL, Answer, AskRequest, Drawing, DrawRequest
from unisandbox.evaluation.released import nouns_of
from unisandbox.evaluation.results import results_of
from unisandbox.evaluation.run import score
from unisandbox.evaluation.summary import figure_of_arm, summary

VALUES = {
    "hair_colour": ("black", "red"),
    "shirt_colour": ("red", "blue"),
    "hat": ("cap", "none", "straw hat"),
    "age_group": ("adult",),
}
WORDS = Literal({"apple": "apples", "ball": "balls", "tennis ball": "tennis balls", "yo-yo": "yo-yos", "knife": "knives"}, VALUES)


@pytest.fixture
def chosen(scored_release: Path) -> ItemSet:
    return scored_items(scored_release)


def bound(name: str, chosen: ItemSet, release: Path) -> Baseline:
    model = open_baseline(name, {})
    model.bind(chosen.items, release)
    return model


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_every_baseline_draws_and_answers_each_request_the_same_in_any_batch(
    name: str, chosen: ItemSet, scored_release: Path
) -> None:
    model = bound(name, chosen, scored_release)
    every = list(units(chosen.items, Way(arms=(ASK, LITERAL, NORMAL)), "m"))
    drawn = [unit.request for unit in every if isinstance(unit.request, DrawRequest)]
    asked = [unit.request for unit in every if isinstance(unit.request, AskRequest)]
    pictures, answers = model.draw(drawn), model.answer(asked)
    assert all(isinstance(one, Drawing) and one.picture.startswith(b"\x89PNG") for one in pictures)
    assert all(isinstance(one, Answer) and one.text for one in answers)
    again = bound(name, chosen, scored_release)
    assert [again.draw([request])[0] for request in drawn[::-1]] == list(pictures)[::-1]
    assert [again.answer([request])[0] for request in asked[::-1]] == list(answers)[::-1]


def test_the_oracle_draws_the_reference_and_knows_the_answer(chosen: ItemSet, scored_release: Path) -> None:
    model, pictures = bound("oracle", chosen, scored_release), Pictures()
    for unit in units(chosen.items, Way(arms=(NORMAL,)), "m"):
        assert model.draw([unit.request]) == [Drawing(pictures.reference(unit.item) or b"")]  # type: ignore[list-item]
        assert model.answer([AskRequest(unit.item.id, "?", 0, 0)]) == [Answer(unit.item.answer)]


def test_the_identity_names_the_baseline_and_the_release(chosen: ItemSet, scored_release: Path) -> None:
    identities = [bound(name, chosen, scored_release).identity() for name in BASELINES]
    assert len({str(one) for one in identities}) == 4
    assert len({one["release"] for one in identities}) == 1


def test_a_release_without_pictures_has_nothing_to_draw_with(release: object) -> None:
    folder, _ = release()  # type: ignore[operator]
    with pytest.raises(DataError, match="found no pictures; allowed: pictures, which baselines draw with"):
        bound("oracle", scored_items(folder), folder)


@pytest.mark.parametrize(
    ("prompt", "named"),
    [
        ("Draw 2 apples.", Named("apple", 2)),
        ("Draw two knives and 3 apples.", Named("knife", 2)),
        ("Show the tennis balls: 5.", Named("tennis ball", 5)),
        ("Draw a yo-yo.", Named("yo-yo")),
        ("One of these: an apple or a knife. Draw it.", Named("apple")),
        ("Draw as many apples as 9 - 4.", Named("apple", 9)),
        ("Paint a person with red hair.", Named("red", attribute="hair_colour")),
        ("A portrait of a person in a blue shirt with black hair.", Named("blue", attribute="shirt_colour")),
        ("Draw an adult.", Named("adult", attribute="age_group")),
        ("A person without a hat.", Named("none", attribute="hat")),
        ("A person with a straw hat.", Named("straw hat", attribute="hat")),
        ("Draw what @ means.", Named("")),
    ],
)
def test_a_prompt_read_literally_says_what_it_names_first(prompt: str, named: Named) -> None:
    assert WORDS.named_first(prompt) == named


def test_a_question_read_literally_has_the_choice_named_first() -> None:
    assert WORDS.first_choice("@ means a knife, ~ means an apple. What does ~ mean?", ["apple", "knife"]) == "knife"
    assert WORDS.first_choice("What does @ mean?", ["apple", "knife"]) == "apple"


@pytest.fixture(scope="module")
def sprites(default_release: Path) -> Sprites:
    return Sprites.from_pngs({name: noun.sprite or b"" for name, noun in nouns_of(default_release).items()})


@pytest.mark.slow
@pytest.mark.xdist_group("default_release")
def test_every_object_that_is_composed_is_read_again(default_release: Path, sprites: Sprites) -> None:
    wrong = []
    for place, (name, noun) in enumerate(nouns_of(default_release).items()):
        count = place % 9 + 1
        with Image.open(io.BytesIO(scene(noun.sprite or b"", count))) as picture:
            wrong += [name] if read_scene(picture, sprites) != (Seen(name, count),) else []
    assert wrong == []


def test_a_scene_has_a_limit_and_one_colour_behind(scored_release: Path) -> None:
    sprite = nouns_of(scored_release)["drum"].sprite or b""
    assert scene(sprite, MOST_OBJECTS) == scene(sprite, 99) != scene(sprite, MOST_OBJECTS - 1)
    with Image.open(io.BytesIO(scene(sprite, 5, size_px=200))) as picture:
        assert (picture.mode, picture.size) == ("RGB", (200, 200))
        assert len(picture.getcolors(1000) or []) == 2, "the square of one colour, and the background"


@pytest.mark.slow
@pytest.mark.xdist_group("default_release")
@pytest.mark.parametrize("name", ["oracle", "literal", "blind"])
def test_baselines_score_what_they_must_in_every_family_and_level(default_release: Path, tmp_path: Path, name: str) -> None:
    """Oracle: at least 99.5% right. Literal: the control is right. Blind: chance lies within its interval, wherever one looks."""
    limit = None if name == "blind" else 800
    plan = Plan(
        data=default_release, out=tmp_path / "run", model=f"baseline:{name}", judge="sprites", selection=Selection(limit=limit)
    )
    ran = score(plan, lambda _: None)
    samples = ran.joined.samples
    arms = [arm for arm in ARMS if any(sample.arm == arm for sample in samples)]
    assert arms == [ASK, LITERAL, NORMAL]
    lines = summary(results_of(ran.record, samples))
    assert len(lines) == 9
    for line in lines:
        for arm in arms:
            figure = line.figures[arm]
            assert figure is not None
            assert figure.judged == line.items
            if name == "oracle" or (name, arm) == ("literal", LITERAL):
                assert figure.value >= 0.995, (line.family, line.level, arm)
            if name == "blind":
                assert line.chance is not None
                assert figure.low is not None
                assert figure.high is not None
                assert figure.low <= line.chance <= figure.high, (line.family, line.level, arm)
    assert figure_of_arm(samples, NORMAL) is not None
