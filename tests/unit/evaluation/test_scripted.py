"""A planted truth: what the scripted model and judge do is what their settings say, the same in every run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisandbox.errors import InputError
from unisandbox.evaluation.arms import Way, units
from unisandbox.evaluation.items import Item, scored_items
from unisandbox.evaluation.judges.registry import open_judge
from unisandbox.evaluation.judges.scripted import Errs, ScriptedJudge
from unisandbox.evaluation.models.registry import open_model
from unisandbox.evaluation.models.scripted import Scripted, Truth
from unisandbox.evaluation.pictures import Pictures
from unisandbox.evaluation.protocol import ASK, LITERAL, NORMAL, THINK, Drawing, Fault, JudgeRequest, Question, Reading
from unisandbox.evaluation.spelled import read_spelled, spelled_picture

MANY = 4000


def items(count: int, clusters: int = 100) -> list[Item]:
    fixed: dict[str, Any] = {"family": "math", "level": 1, "split": "test", "draw": "d", "literal": "l", "ask": "a"}
    fixed |= {"answer": "2", "choices": ("1", "2", "3"), "chance": 1 / 3, "target": {}, "factors": {}}
    return [Item(id=f"i{n}", group=f"i{n}", cluster=f"c{n % clusters}", **fixed) for n in range(count)]


def rate(right: Callable[[Item], bool], among: list[Item]) -> float:
    return sum(map(right, among)) / len(among)


@pytest.mark.parametrize("spread", [0.0, 0.8])
def test_accuracies_are_those_that_are_planted(spread: float) -> None:
    truth = Truth(ask=0.8, literal=0.9, normal=0.5, think=0.7, transfer=0.6, cluster_spread=spread)
    found = items(MANY, clusters=MANY if spread else 100)
    for arm, planted in ((ASK, 0.8), (LITERAL, 0.9), (NORMAL, 0.5), (THINK, 0.7)):
        assert rate(lambda item, arm=arm: truth.is_right(item, arm, 0), found) == pytest.approx(planted, abs=0.03)
    both = [item for item in found if truth.is_right(item, ASK, 0) and truth.is_right(item, LITERAL, 0)]
    assert rate(lambda item: truth.is_right(item, NORMAL, 0), both) == pytest.approx(0.6, abs=0.03)


def test_clusters_lie_apart_as_far_as_planted() -> None:
    def spread_of(truth: Truth) -> float:
        means = [rate(lambda item: truth.is_right(item, LITERAL, 0), items(MANY, 20)[start::20]) for start in range(20)]
        return max(means) - min(means)

    assert spread_of(Truth(literal=0.5, cluster_spread=0.8)) > 0.5
    assert spread_of(Truth(literal=0.5)) < 0.25


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_transfer_is_refused_or_gives_the_accuracy(ask: float, literal: float, normal: float, transfer: float) -> None:
    both = ask * literal
    otherwise = (normal - transfer * both) / (1 - both) if both < 1 else normal
    if not -1e-9 <= otherwise <= 1 + 1e-9:
        with pytest.raises(InputError, match="scripted: transfer of draw/normal"):
            Truth(ask=ask, literal=literal, normal=normal, transfer=transfer)
        return
    rates = Truth(ask=ask, literal=literal, normal=normal, transfer=transfer).rates(NORMAL)
    if both < 1:
        assert rates[0] * both + rates[1] * (1 - both) == pytest.approx(normal, abs=1e-6)


def test_a_truth_comes_from_a_file_and_what_is_wrong_with_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "truth.toml"
    path.write_text("ask = 1\nthink = 0.4\nbatch = 3\n", encoding="utf-8")
    model = open_model(f"scripted:{path}")
    assert (model.capabilities.thinks, model.capabilities.batch) == ("native", 3)
    for text, message in (
        ("aks = 1", "truth.toml: aks: found no such key; allowed: ask, literal"),
        ("ask = '1'", "ask: found '1'; allowed: a number"),
        ("seed = 3", "seed: found 3; allowed: text"),
        ("ask = 1.5", "ask: found 1.5; allowed: 0 to 1"),
        ("ask =", "truth.toml: found "),
        ("pictures = 'none'", "pictures: found 'none'; allowed: spelled, release"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=message):
            open_model(f"scripted:{path}")


def test_an_outage_is_no_part_of_the_identity() -> None:
    truth = Truth()
    passing = replace(truth, error_rate=0.5, refusal_rate=0.1, delay_s=1.0, batch=8)
    assert Scripted(truth).identity() == Scripted(passing).identity()
    assert Scripted(truth).identity() != Scripted(replace(truth, ask=0.5)).identity()


def test_errors_and_refusals_come_as_often_as_planted(scored_release: Path) -> None:
    model = Scripted(Truth(error_rate=0.3, refusal_rate=0.2, think=0.5, truncation_rate=0.4))
    chosen = scored_items(scored_release).items
    model.bind(chosen, scored_release)
    requests = [unit.request for unit in units(chosen, Way(arms=(THINK,), samples=10), "m")]
    found = model.draw(requests)  # type: ignore[arg-type]
    kinds = [one.kind for one in found if isinstance(one, Fault)]
    assert kinds.count("crashed") / len(found) == pytest.approx(0.3, abs=0.07)
    assert kinds.count("refused") / len(found) == pytest.approx(0.2, abs=0.07)
    drawn = [one for one in found if isinstance(one, Drawing)]
    assert sum(one.truncated for one in drawn) / len(drawn) == pytest.approx(0.4, abs=0.1)
    assert all(one.thought and one.thought_tokens for one in drawn)


def test_it_draws_the_target_or_a_foil(scored_release: Path) -> None:
    chosen, pictures = scored_items(scored_release).items, Pictures()
    for truth in (Truth(literal=1), Truth(literal=0)):
        spelled, real = Scripted(truth), Scripted(replace(truth, pictures="release"))
        for model in (spelled, real):
            model.bind(chosen, scored_release)
        for unit in units(chosen, Way(arms=(LITERAL,)), "m"):
            said = read_spelled(spelled.draw([unit.request])[0].picture)  # type: ignore[union-attr, list-item]
            assert said is not None
            assert (said["shows"] == unit.item.target) == (truth.literal == 1)
            drawn = real.draw([unit.request])[0].picture  # type: ignore[union-attr, list-item]
            foils = [pictures.foil(unit.item, number) for number in range(len(unit.item.foils))]
            assert drawn in ([pictures.reference(unit.item)] if truth.literal == 1 else foils)


def test_no_two_requests_share_a_picture(scored_release: Path) -> None:
    model = Scripted(Truth())
    chosen = scored_items(scored_release).items
    model.bind(chosen, scored_release)
    requests = [unit.request for unit in units(chosen, Way(arms=(LITERAL, NORMAL), samples=2), "m")]
    pictures = [drawing.picture for drawing in model.draw(requests)]  # type: ignore[union-attr, arg-type]
    assert len(set(pictures)) == len(pictures) == 44 * 4


OBJECT = Question("object", ("apple", "kiwi", "something else", "several kinds of objects"))
COUNT = Question("count", tuple(map(str, range(21))))


def target(name: str, count: int) -> dict[str, Any]:
    return {"kind": "objects", "objects": [{"name": name, "count": count, "attributes": []}]}


def request(shows: object, wanted: object, number: int = 0) -> JudgeRequest:
    return JudgeRequest(spelled_picture({"shows": shows, "wanted": wanted, "for": number}), "objects", (OBJECT, COUNT))


def test_a_judge_that_never_errs_reads_what_is_shown(scored_release: Path) -> None:
    judge = open_judge("scripted:exact", scored_release).judge
    shown = [
        target("apple", 3),
        None,
        {"kind": "objects", "objects": [*target("apple", 1)["objects"], *target("kiwi", 2)["objects"]]},
    ]
    read = judge.read([request(one, target("kiwi", 3)) for one in shown])
    answers = [one.answers for one in read if isinstance(one, Reading)]
    assert answers == [
        {"object": "apple", "count": "3"},
        {"object": "something else", "count": "0"},
        {"object": "several kinds of objects", "count": "3"},
    ]


@pytest.mark.parametrize("is_right", [True, False])
def test_sensitivity_and_specificity_are_those_that_are_planted(is_right: bool) -> None:
    judge, wanted = ScriptedJudge(Errs(sensitivity=0.9, specificity=0.7, fault_rate=0.1)), target("apple", 3)
    read = judge.read([request(wanted if is_right else target("apple", 4), wanted, number) for number in range(MANY)])
    answers = [one.answers for one in read if isinstance(one, Reading)]
    assert 1 - len(answers) / MANY == pytest.approx(0.1, abs=0.02)
    share = sum(one == {"object": "apple", "count": "3"} for one in answers) / len(answers)
    assert share == pytest.approx(0.9 if is_right else 0.3, abs=0.03)


def test_a_picture_that_spells_nothing_is_a_fault(scored_release: Path) -> None:
    (item, *_) = scored_items(scored_release).items
    picture = Pictures().reference(item)
    assert picture
    (found,) = ScriptedJudge(Errs()).read([JudgeRequest(picture, "objects", (OBJECT,))])
    assert isinstance(found, Fault)


def test_an_unknown_judge_is_refused_with_all_forms(scored_release: Path) -> None:
    with pytest.raises(InputError, match=r"--judge: found 'nope:x'; allowed: .*sprites.*scripted:exact"):
        open_judge("nope:x", scored_release)


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_what_is_spelled_is_read(said: dict[str, Any]) -> None:
    assert read_spelled(spelled_picture(said)) == said
