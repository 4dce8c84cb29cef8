"""For every family: a row depends on the release line, the seed, the family, the level and its index alone."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unisandbox.generators.families.base import Family, Item, Part
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.rows import rows

ROWS = 120
ANOTHER_PROCESS = """
import hashlib
from unisandbox.generators.families.base import Part
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.rows import rows
for name, entry in FAMILIES.items():
    part = Part(line="a-line", seed=42, edition=0, editions=3, family=name, level=2, split="train", held_out=(), canary="c")
    print(name, hashlib.sha256(repr(list(rows(entry.options(), part, 0, 120))).encode()).hexdigest())
"""


def part(family: str, level: int = 2, split: str = "train", **changes: Any) -> Part:
    held_out: dict[str, tuple[str, ...]] = {"train": (), "test": ("key", "entity") if family == "knowledge" else ("key",)}
    values = {"line": "a-line", "seed": 42, "edition": 0, "editions": 3, "canary": "c", "held_out": held_out[split], **changes}
    return Part(family=family, level=level, split=split, **values)


@cache
def made(family: str, level: int, split: str) -> list[Item]:
    return list(rows(options(family), part(family, level, split), 0, ROWS))


def options(family: str) -> Family:
    made_options: Family = FAMILIES[family].options()
    return made_options


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_range_gives_the_rows_of_the_whole(family: str, data: st.DataObject) -> None:
    level = data.draw(st.sampled_from([1, 2, 3]))
    split = data.draw(st.sampled_from(["train", "test"]))
    start = data.draw(st.integers(0, ROWS - 1))
    count = data.draw(st.integers(1, ROWS - start))
    assert (
        list(rows(options(family), part(family, level, split), start, count)) == made(family, level, split)[start : start + count]
    )


@pytest.mark.parametrize("flags", [(), ("-O",)], ids=["plain", "optimised"])
@pytest.mark.parametrize("hash_seed", ["0", "1", "12345"])
def test_a_fresh_process_makes_the_same_rows(hash_seed: str, flags: tuple[str, ...]) -> None:
    if flags and hash_seed != "0":
        hash_seed = "7"
    command = [sys.executable, "-P", *flags, "-c", ANOTHER_PROCESS]
    done = subprocess.run(command, env={"PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=True)
    digests = dict(line.split() for line in done.stdout.splitlines())
    assert list(digests) == list(FAMILIES)
    for family, digest in digests.items():
        assert hashlib.sha256(repr(made(family, 2, "train")).encode()).hexdigest() == digest


@pytest.mark.parametrize("family", FAMILIES)
def test_neighbouring_seeds_share_no_more_items_than_chance(family: str) -> None:
    one, other = ({item.draw for item in rows(options(family), part(family, seed=seed), 0, 400)} for seed in (42, 43))
    assert len(one) == len(other) == 400
    assert len(one & other) <= 4


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("split", ["train", "test"])
def test_editions_share_no_item(family: str, split: str) -> None:
    seen: set[str] = set()
    for edition in range(3):
        items = list(rows(options(family), part(family, split=split, edition=edition), 0, 300))
        assert len(items) == 300
        draws = {item.draw for item in items}
        assert not seen & draws
        seen |= draws
    assert len(seen) == 900


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("level", [1, 2, 3])
def test_train_and_tests_share_no_key_and_no_row_repeats(family: str, level: int) -> None:
    trained = list(rows(options(family), part(family, level), 0, 600))
    tested = list(rows(options(family), part(family, level, "test"), 0, 400))
    assert not {item.key for item in trained} & {item.key for item in tested}
    assert len({item.draw for item in trained + tested}) == len({item.id for item in trained + tested}) == 1000


def test_no_item_repeats_in_a_whole_space() -> None:
    family = FAMILIES["math"].options(largest_number=20)
    asked = part("math", 1, "test", editions=1)
    everything = list(rows(family, asked, 0, len(family.space(asked))))
    assert len(everything) > 1000
    assert len({(item.key, item.factors.objects, item.factors.style) for item in everything}) == len(everything)
    assert len({item.draw for item in everything}) == len(everything)


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_beyond_the_space_are_refused(family: str) -> None:
    asked = part(family, 1, "test")
    have = len(options(family).space(asked))
    with pytest.raises(ValueError, match=rf"the space holds {have}"):
        list(rows(options(family), asked, have, 1))
