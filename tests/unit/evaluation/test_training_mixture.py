from __future__ import annotations

from pathlib import Path

import pytest

from unisandbox.errors import InputError
from unisandbox.evaluation.training.mixture import PACKAGED, parse_mixture, read_mixture

LITERAL = '[[arms]]\nview = "literal"\nfamily = "math"\nshare = 1\n'


@pytest.mark.parametrize("name", PACKAGED)
def test_a_packaged_mixture_can_be_read(name: str) -> None:
    assert read_mixture(name).arms


def test_what_is_not_said_has_a_default() -> None:
    mixture = parse_mixture("steps = 3\n" + LITERAL, "mine.toml")
    assert (mixture.steps, mixture.arms[0].split, mixture.arms[0].levels) == (3, "train", ())


@pytest.mark.parametrize("split", ["test", "validation", "test_novel_objects", "heldout"])
def test_a_split_that_is_held_out_is_refused(split: str) -> None:
    with pytest.raises(InputError, match="a split whose name begins with 'train'"):
        parse_mixture(LITERAL + f'split = "{split}"\n', "mine.toml")


@pytest.mark.parametrize("family", ["math", "mapping"])
def test_a_prompt_that_is_to_be_reasoned_about_never_meets_its_picture(family: str) -> None:
    arm = f'[[arms]]\nview = "draw"\nshare = 1\nfamily = "{family}"\nattributes = ["hat"]\n'
    with pytest.raises(InputError, match="never meets its picture"):
        parse_mixture(arm, "mine.toml")


def test_facts_are_drawn_of_named_attributes_alone() -> None:
    arm = '[[arms]]\nview = "draw"\nshare = 1\nfamily = "knowledge"\n'
    with pytest.raises(InputError, match="attributes none"):
        parse_mixture(arm, "mine.toml")
    assert parse_mixture(arm + 'attributes = ["favourite_fruit"]\n', "mine.toml").arms[0].attributes == ("favourite_fruit",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps = 0\n" + LITERAL, "steps"),
        ("step = 5\n" + LITERAL, "unknown key"),
        (LITERAL + 'levels = ["one"]\n', "levels"),
        (LITERAL + "sahre = 2\n", "unknown key"),
        ('[[arms]]\nview = "dream"\nshare = 1\n', "dream"),
        ('[[arms]]\nview = "ask"\nshare = 1\n', "family"),
        ('[[arms]]\nview = "ask"\n', "share"),
        ("steps = 5\n", "no list of tables"),
        ("steps = ", "TOML"),
    ],
)
def test_a_wrong_mixture_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as found:
        parse_mixture(text, "mine.toml")
    assert all(violation.where.startswith("mine.toml") for violation in found.value.violations)


def test_a_mixture_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        read_mixture(str(tmp_path / "none.toml"))
