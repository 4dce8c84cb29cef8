from __future__ import annotations

from pathlib import Path

import pytest

from unisandbox.errors import InputError
from unisandbox.evaluation.arms import Way, absent_arms, checked_arms, units
from unisandbox.evaluation.items import scored_items
from unisandbox.evaluation.protocol import ARMS, ASK, LITERAL, NORMAL, THINK, AskRequest, Capabilities, DrawRequest

EVERYTHING = Capabilities(draws=True, answers=True, thinks="native")


@pytest.mark.parametrize(
    ("can", "absent"),
    [
        (EVERYTHING, {}),
        (Capabilities(True, True), {THINK: "the model does not think before it draws"}),
        (Capabilities(True, False, "two_pass"), {ASK: "the model answers no questions"}),
        (Capabilities(False, True), dict.fromkeys((LITERAL, NORMAL, THINK), "the model makes no pictures")),
        (Capabilities(True, True, "native", lacks={LITERAL: "no such pictures"}), {LITERAL: "no such pictures"}),
    ],
)
def test_an_arm_that_a_model_lacks_has_a_reason(can: Capabilities, absent: dict[str, str]) -> None:
    assert absent_arms(can) == absent


def test_only_wanted_arms_can_be_absent() -> None:
    assert absent_arms(Capabilities(False, True), [ASK, LITERAL]) == {LITERAL: "the model makes no pictures"}


def test_arms_are_named_in_any_order_and_draw_is_both_modes() -> None:
    assert checked_arms([]) == ARMS
    assert checked_arms(["draw", "ask"]) == (ASK, NORMAL, THINK)
    with pytest.raises(InputError, match="--arms: found 'drw'; allowed: ask, literal, draw/normal, draw/think, draw"):
        checked_arms(["drw"])


def test_all_arms_and_samples_of_an_item_stand_together(scored_release: Path) -> None:
    items = scored_items(scored_release, limit=6).items
    made = list(units(items, Way(samples=2), "model"))
    assert [(unit.item.id, unit.request.sample, unit.arm) for unit in made] == [
        (item.id, sample, arm) for item in items for sample in (0, 1) for arm in ARMS
    ]
    assert len({unit.key for unit in made}) == len(made) == len({unit.request.seed for unit in made})


def test_each_arm_asks_its_own_view(scored_release: Path) -> None:
    items = scored_items(scored_release, limit=6).items
    for unit in units(items, Way(size_px=384), "model"):
        view = {ASK: unit.item.ask, LITERAL: unit.item.literal, NORMAL: unit.item.draw, THINK: unit.item.draw}[unit.arm]
        assert unit.request.prompt == view
        if unit.arm == ASK:
            assert isinstance(unit.request, AskRequest)
        else:
            assert isinstance(unit.request, DrawRequest)
            assert (unit.request.arm, unit.request.size_px) == (unit.arm, 384)


def test_keys_and_seeds_do_not_depend_on_which_items_are_asked_beside(scored_release: Path) -> None:
    alone = {unit.key: unit.request for unit in units(scored_items(scored_release, limit=6).items, Way(), "model")}
    among = {unit.key: unit.request for unit in units(scored_items(scored_release).items, Way(), "model")}
    assert alone.items() <= among.items()


def test_the_size_of_pictures_is_no_part_of_an_answer_s_key(scored_release: Path) -> None:
    items = scored_items(scored_release, limit=6).items
    small, large = (list(units(items, Way(size_px=size), "m")) for size in (256, 512))
    same = {one.arm for one, other in zip(small, large, strict=True) if one.key == other.key}
    assert same == {ASK}
