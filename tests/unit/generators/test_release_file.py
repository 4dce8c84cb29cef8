"""Release files: everything that is wrong is told at once, with where, found, allowed and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from unisandbox.errors import CapacityError, ReleaseError
from unisandbox.generators.plan import plan
from unisandbox.generators.release import Release
from unisandbox.generators.release_file import packaged_releases, parse_release, read_release

HEAD = 'name = "r"\nversion = "1.0.0"\nline = "l"\nseed = 1\ncanary = "c"\n'
TRAIN = "[math.splits.train]\nlevels = [1, 2]\nrows = 12\n"


def said(text: str) -> Release:
    return parse_release(text, where="r.toml")


def test_every_packaged_release_can_be_planned() -> None:
    names = packaged_releases()
    assert "0.1.0" in names
    for name in names:
        assert read_release(name).version == name
        assert plan(read_release(name))


def test_what_is_said_is_what_is_built() -> None:
    release = said(
        f'{HEAD}[math]\nanswers = [1, 9]\n{TRAIN}[math.splits.test]\nlevels = [3]\nrows = [7]\nheld_out = ["key", "depth"]\n'
    )
    (config,) = release.configs
    assert vars(config.options)["answers"] == (1, 9)
    assert [(split.name, split.levels, split.rows) for split in config.splits] == [
        ("train", (1, 2), (12, 12)),
        ("test", (3,), (7,)),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = x", r"r\.toml: found no TOML: .*line 1"),
        (HEAD, r"r\.toml: found no family; allowed: math \| mapping \| knowledge"),
        (f"sead = 2\n{HEAD}{TRAIN}", r"r\.toml: sead: found an unknown key; .*; did you mean 'seed'\?"),
        (f"{HEAD}[maths]\n{TRAIN}", r"r\.toml: maths: found an unknown key; .*; did you mean 'math'\?"),
        (f"{HEAD}[math]\nanswer = [1, 2]\n{TRAIN}", r"math\.answer: found an unknown key; .*; did you mean 'answers'\?"),
        (f"{HEAD}[math]\nanswers = [1, 12]\n{TRAIN}", r"math\.answers: found \[1, 12\]; allowed: two rising numbers from 1 to 9"),
        (f"{HEAD}[math]\nanswers = 'x'\n{TRAIN}", r"math\.answers: found 'x'; allowed: a list of 2 whole numbers"),
        (f"{HEAD}{TRAIN}row = 3\n", r"math\.splits\.train\.row: found an unknown key; .*; did you mean 'rows'\?"),
        (HEAD + TRAIN.replace("[1, 2]", "[1, 6]"), r"math\.splits\.train\.levels: found level 6; allowed: 1 to 5"),
        (HEAD + TRAIN.replace("12", "0"), r"math\.splits\.train\.rows: found 0; allowed: a positive multiple of 1"),
        (HEAD + TRAIN.replace("12", "[1]"), r"math\.splits\.train\.rows: found 1 numbers; allowed: one, or 2"),
        (HEAD + TRAIN.replace("math", "mapping").replace("12", "7"), r"mapping\.splits\.train\.rows: found 7; allowed: .* of 2"),
        (f"{HEAD}{TRAIN}held_out = ['key']\n", r"math\.splits\.train\.held_out: found \['key'\]; allowed: nothing"),
        (HEAD.replace("1.0.0", "1.02.0") + TRAIN, r"r\.toml: version: found '1\.02\.0'; allowed: three numbers"),
        (HEAD.replace("1.0.0", "1.0") + TRAIN, r"r\.toml: version: found '1\.0'; allowed: three numbers"),
        (HEAD.replace("seed = 1", "seed = true") + TRAIN, r"r\.toml: seed: found True; allowed: a whole number"),
        (HEAD.replace("seed = 1", "seed = -1") + TRAIN, r"r\.toml: seed: found -1; allowed: 0 to 9007199254740991"),
        (HEAD.replace("seed = 1\n", "") + TRAIN, r"r\.toml: seed: found nothing; allowed: a whole number"),
        (f"images = 'png'\n{HEAD}{TRAIN}", r"r\.toml: images: found 'png'; allowed: none \| reference"),
        (f"edition = 8\n{HEAD}{TRAIN}", r"r\.toml: edition: found 8; allowed: 0 to 7"),
    ],
)
def test_a_wrong_release_file_says_where_and_what_to_do(text: str, message: str) -> None:
    with pytest.raises(ReleaseError, match=message) as caught:
        said(text)
    assert len(caught.value.violations) == 1


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ('levels = [1]\nrows = 5\nheld_out = ["key", "depth"]', r"splits\.test: found level 1, held out and in train"),
        ('levels = [1]\nrows = 5\nheld_out = ["depth"]', r'splits\.test\.held_out: found .*; allowed: "key" among others'),
        ("levels = [1]\nrows = 5", r'splits\.test\.held_out: found \[\]; allowed: "key" among others'),
        (
            'levels = [1]\nrows = 5\nheld_out = ["key", "entity"]',
            r"splits\.test\.held_out: found 'entity'; allowed: key \| object",
        ),
    ],
)
def test_hold_outs_that_hold_nothing_out_are_refused(split: str, message: str) -> None:
    with pytest.raises(ReleaseError, match=message):
        said(f"{HEAD}{TRAIN}[math.splits.test]\n{split}\n")


def test_two_splits_that_draw_from_one_space_are_refused() -> None:
    split = 'levels = [1]\nrows = 5\nheld_out = ["key"]\n'
    with pytest.raises(ReleaseError, match=r"splits\.test_b: found level 1 with the hold-outs of test_a"):
        said(f"{HEAD}{TRAIN}[math.splits.test_a]\n{split}[math.splits.test_b]\n{split}")


def test_all_violations_are_told_at_once() -> None:
    with pytest.raises(ReleaseError) as caught:
        said(
            'nam = 1\nversion = "1"\nline = "l"\nseed = "x"\n[math]\nanswers = [1]\n[math.splits.train]\nlevels = [9]\nrows = 0\n'
        )
    assert len(caught.value.violations) == 8
    assert list(caught.value.violations) == sorted(caught.value.violations)


def test_sizes_beyond_the_space_say_have_and_want() -> None:
    with pytest.raises(
        CapacityError, match=r"math\.splits\.train\.rows, level 1: found 9999999 rows; allowed: at most \d+"
    ) as caught:
        plan(said(HEAD + TRAIN.replace("12", "9999999")))
    assert caught.value.want == 9_999_999
    assert 0 < caught.value.have < 9_999_999


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"no such file; allowed: a TOML file, or one of 0\.1\.0"):
        read_release(tmp_path / "absent.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes('name = "é"'.encode("latin-1"))
    with pytest.raises(ReleaseError, match="found byte 0xe9 at offset 8; allowed: UTF-8"):
        read_release(latin)
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * 1_000_001)
    with pytest.raises(ReleaseError, match="found 1000001 bytes; allowed: at most 1000000 bytes"):
        read_release(large)


def test_the_fingerprint_is_of_what_is_said_not_of_where() -> None:
    one, other = (parse_release(HEAD + TRAIN, where=where) for where in ("a.toml", "b.toml"))
    assert one.fingerprint == other.fingerprint
    assert said(HEAD + TRAIN.replace("12", "13")).fingerprint != one.fingerprint
