from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisandbox.evaluation.selection import evenly, in_groups, part_of


@dataclass(frozen=True)
class Thing:
    name: str
    family: str
    level: int
    split: str
    group: str


@st.composite
def things(draw: st.DrawFn) -> list[Thing]:
    sizes = draw(st.dictionaries(st.tuples(st.sampled_from("ab"), st.integers(1, 3)), st.lists(st.integers(1, 3), max_size=8)))
    found = []
    for (family, level), groups in sizes.items():
        for number, size in enumerate(groups):
            group = f"{family}/{level}/g{number}"
            found += [Thing(f"{group}/{place}", family, level, "test", group) for place in range(size)]
    return found


@given(things())
def test_without_a_limit_all_come_once_and_strata_keep_their_order(items: list[Thing]) -> None:
    chosen = evenly(items)
    assert sorted(one.name for one in chosen) == sorted(one.name for one in items)
    for stratum in {(one.family, one.level) for one in items}:
        ours = [one for one in chosen if (one.family, one.level) == stratum]
        assert ours == [one for one in items if (one.family, one.level) == stratum]


@given(things(), st.integers(0, 40))
def test_a_limit_keeps_groups_whole_and_strata_alike(items: list[Thing], limit: int) -> None:
    chosen = evenly(items, limit)
    assert len(chosen) <= limit
    sizes, taken = Counter(one.group for one in items), Counter(one.group for one in chosen)
    assert all(taken[group] == sizes[group] for group in taken)
    counts = Counter((one.family, one.level) for one in chosen)
    left = {(one.family, one.level) for one in items if one.group not in taken}
    for stratum in left:  # a stratum with items left lags behind the others by less than the largest group
        assert counts[stratum] >= max(counts.values(), default=0) - 3 or limit - len(chosen) < 3


@given(things(), st.integers(0, 20))
def test_items_of_a_group_stand_together(items: list[Thing], limit: int) -> None:
    chosen = evenly(items, limit)
    assert [one for group in in_groups(chosen) for one in group] == list(chosen)


@given(things(), st.integers(1, 5))
def test_parts_are_disjoint_whole_and_together_everything(items: list[Thing], of: int) -> None:
    chosen = evenly(items)
    parts = [part_of(chosen, number, of) for number in range(1, of + 1)]
    assert sorted(one.name for part in parts for one in part) == sorted(one.name for one in chosen)
    groups = [{one.group for one in part} for part in parts]
    assert sum(map(len, groups)) == len(set().union(*groups))


def test_pairs_and_single_items_of_two_families_are_as_many() -> None:
    singles = [Thing(f"s{number}", "math", 1, "test", f"s{number}") for number in range(20)]
    pairs = [Thing(f"p{number}", "mapping", 1, "test", f"p{number // 2}") for number in range(20)]
    chosen = evenly([*singles, *pairs], 20)
    assert Counter(one.family for one in chosen) == {"math": 10, "mapping": 10}


@pytest.mark.parametrize("limit", [3, 7, 12])
def test_a_beginning_of_a_run_is_what_a_limit_asks(limit: int) -> None:
    items = [Thing(f"{family}{number}", family, 1, "test", f"{family}{number}") for family in "ab" for number in range(10)]
    assert evenly(items, limit) == evenly(items)[:limit]
