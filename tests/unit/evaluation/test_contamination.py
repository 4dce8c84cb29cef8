from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from unisandbox.cli import app
from unisandbox.errors import DataError
from unisandbox.evaluation.contamination import Comparison, compare, sentence
from unisandbox.evaluation.samples import Samples

Row = dict[str, Any]
LEVELS = {1: 0.8, 2: 0.5, 3: 0.3}  # level -> accuracy on fresh items


def rows_of(
    seed: int, *, leak: float = 0.0, arm: str = "ask", items: int = 240, levels: dict[int, float] = LEVELS, **fixed: Any
) -> Iterator[Row]:
    """Rows of one arm: ids and clusters recur from edition to edition, as they do in releases."""
    rng = np.random.default_rng(seed)
    for level, accuracy in levels.items():
        for index in range(items):
            name = f"math/{level}/test/{index:06d}"
            right = bool(rng.random() < leak + (1 - leak) * accuracy)
            row = {"id": name, "family": "math", "level": level, "split": "test", "group": name, "cluster": f"d{index % 24}"}
            yield {**row, "model": "tiny", "arm": arm, "correct": right, **fixed}


def samples(name: str, *rows: Row) -> Samples:
    return Samples(Path(name), rows[0]["model"], rows)


def overall(public: Samples, fresh: Samples, **options: Any) -> Comparison:
    """The one comparison over all levels."""
    (found,) = [one for one in compare(public, fresh, **options) if one.level is None]
    return found


def exact(rights: dict[int, int], items: dict[int, int], **fixed: Any) -> list[Row]:
    """Rows with so many right answers at each level, each item a cluster of its own."""
    made = []
    for level, count in items.items():
        accuracies = {level: 0.0}
        for index, row in enumerate(rows_of(0, items=count, levels=accuracies)):
            made.append({**row, "cluster": f"c{index}", "correct": index < rights[level], **fixed})
    return made


def test_a_leak_is_told_with_its_share_and_one_that_is_not_there_is_not() -> None:
    fresh = samples("fresh", *rows_of(2, items=800))
    leaked = overall(samples("public", *rows_of(1, leak=0.2, items=800)), fresh)
    assert leaked.memorised is not None
    assert leaked.memorised.low < 0.2 < leaked.memorised.high
    assert leaked.is_leak
    assert "not with none, unless the public edition is the easier one" in sentence(leaked)
    clean = overall(samples("public", *rows_of(1, items=800)), fresh)
    assert clean.memorised is not None
    assert clean.memorised.low == 0 < clean.memorised.high < 0.2
    assert not clean.is_leak
    assert "compatible with 0.0% to" in sentence(clean)
    assert "would have been seen (power 80%)" in sentence(clean)


def test_files_in_the_wrong_order_show_a_negative_difference_and_say_so() -> None:
    found = overall(samples("fresh", *rows_of(2, items=800)), samples("public", *rows_of(1, leak=0.2, items=800)))
    assert found.difference is not None
    assert found.difference.high < 0
    assert (found.memorised, found.is_leak) == (None, False)
    assert "are the files in the right order?" in sentence(found)


def test_each_level_is_told_and_another_mix_of_levels_is_no_leak() -> None:
    public = samples("public", *exact({1: 80, 2: 200}, {1: 100, 2: 400}))
    fresh = samples("fresh", *exact({1: 320, 2: 50}, {1: 400, 2: 100}))
    first, second, both = compare(public, fresh)
    assert [(one.split, one.level) for one in (first, second, both)] == [("test", 1), ("test", 2), (None, None)]
    assert [one.difference.value for one in (first, second, both) if one.difference] == pytest.approx([0, 0, 0], abs=1e-12)
    assert both.public is not None
    assert (both.public.value, both.public.items, both.public.clusters) == (pytest.approx(0.65), 500, 400)


def test_arms_and_families_are_compared_one_by_one_and_sorted() -> None:
    public = [*rows_of(1), *rows_of(2, arm="literal"), *rows_of(3, arm="ask", family="mapping")]
    fresh = [*rows_of(4, arm="literal"), *rows_of(5), *rows_of(6, arm="draw/normal")]
    found = compare(samples("public", *public), samples("fresh", *fresh))
    assert [(one.family, one.arm) for one in found if one.level is None] == [("math", "ask"), ("math", "literal")]


def test_a_level_that_one_file_lacks_has_no_figure_and_is_left_out_of_the_rest() -> None:
    public, fresh = samples("public", *rows_of(1)), samples("fresh", *rows_of(2, levels={1: 0.8, 2: 0.5}))
    *levels, both = compare(public, fresh)
    lacking = levels[2]
    assert (lacking.fresh, lacking.difference, lacking.memorised, lacking.smallest_seen) == (None, None, None, None)
    assert lacking.public is not None
    assert lacking.public.low is None
    assert lacking.reasons == both.reasons == ("test, level 3, fresh file: no items",)
    without = overall(samples("public", *rows_of(1, levels={1: 0.8, 2: 0.5})), fresh)
    assert (both.difference, both.public) == (without.difference, without.public)


def test_one_cluster_shows_no_spread_and_gets_no_interval() -> None:
    found = overall(samples("public", *rows_of(1, cluster="all")), samples("fresh", *rows_of(2)))
    assert (found.public, found.difference) == (None, None)
    assert sentence(found).startswith("math, ask: cannot be compared; test, level 1, public file: one cluster")


def test_where_every_fresh_answer_is_right_no_leak_is_told() -> None:
    sure = dict.fromkeys(LEVELS, 1.0)
    found = overall(
        samples("public", *rows_of(1, levels=dict.fromkeys(LEVELS, 0.99))), samples("fresh", *rows_of(2, levels=sure))
    )
    assert found.difference is not None
    assert (found.memorised, found.smallest_seen) == (None, None)
    assert "every fresh answer is right, so a leak would not show" in sentence(found)


def test_too_few_items_are_told_to_have_shown_no_leak() -> None:
    few = [samples(name, *exact({1: right}, {1: 3})) for name, right in (("public", 1), ("fresh", 2))]
    found = overall(*few)
    assert found.smallest_seen is None
    assert "no leak could have been seen: too few items or clusters" in sentence(found)


def test_errors_are_never_wrong_answers_and_their_bounds_are_told() -> None:
    rows = exact({1: 60}, {1: 100})
    lost = [{**row, "correct": None} if index % 10 == 0 else row for index, row in enumerate(rows)]
    found = overall(samples("public", *lost), samples("fresh", *exact({1: 50}, {1: 100})))
    assert found.public is not None
    assert (found.public.value, found.public.items, found.public.errors) == (pytest.approx(0.6), 90, 10)
    assert found.public.bounds == (pytest.approx(0.54), pytest.approx(0.64))
    assert found.difference_bounds == (pytest.approx(0.04), pytest.approx(0.14))
    assert "errors 10 public, 0 fresh: counted either way, +4.0 to +14.0 points" in sentence(found)


def test_a_level_of_errors_alone_is_left_out_with_the_reason() -> None:
    lost = [{**row, "correct": None} if row["level"] == 2 else row for row in rows_of(1)]
    found = overall(samples("public", *lost), samples("fresh", *rows_of(2)))
    assert found.reasons == ("test, level 2, public file: 240 errors and no answer",)


def test_splits_are_matched_by_name_unless_there_is_one_in_each_file() -> None:
    public, private = samples("public", *rows_of(1)), samples("fresh", *rows_of(2, split="private"))
    assert {one.split for one in compare(public, private)} == {"private / test", None}
    deeper = list(rows_of(3, split="test_deeper", levels={4: 0.2}))
    found = compare(samples("public", *rows_of(1), *deeper), samples("fresh", *rows_of(2)))
    assert [(one.split, one.level) for one in found] == [
        *(("test", level) for level in LEVELS),
        ("test_deeper", 4),
        (None, None),
    ]


def refused(public: Samples, fresh: Samples) -> str:
    with pytest.raises(DataError) as caught:
        compare(public, fresh)
    (violation,) = caught.value.violations
    return str(violation)


def test_two_models_are_refused_unless_that_is_wanted() -> None:
    public, fresh = samples("p.jsonl", *rows_of(1)), samples("f.jsonl", *rows_of(2, model="other"))
    assert refused(public, fresh) == (
        "f.jsonl: found model 'other'; allowed: 'tiny', as in p.jsonl; give results of one model, or --allow-different-models"
    )
    assert overall(public, fresh, different_models=True).difference is not None


def test_the_same_samples_are_refused_in_any_order_and_with_other_keys_beside_them() -> None:
    rows = list(rows_of(1))
    again = [{**row, "seconds": index} for index, row in enumerate(reversed(rows))]
    said = refused(samples("p.jsonl", *rows), samples("f.jsonl", *again))
    assert said.startswith("f.jsonl: found the samples of p.jsonl again; allowed: samples of a fresh edition")


@pytest.mark.parametrize("right", [True, False])
def test_a_model_that_is_always_right_or_always_wrong_can_be_compared(right: bool) -> None:
    """Ids and clusters recur from edition to edition: its samples of both are equal, and that is no mistake."""
    rows = list(rows_of(1, correct=right))
    one = overall(samples("p.jsonl", *rows), samples("f.jsonl", *rows))
    assert one.difference is not None
    assert (one.difference.value, one.is_leak) == (0.0, False)
    assert "again" in refused(samples("p.jsonl", *rows), samples("p.jsonl", *rows))


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"family": "mapping"}, "f.jsonl: found family mapping; allowed: math, as in p.jsonl; give samples of the same family"),
        ({"arm": "literal"}, "f.jsonl: found arm literal; allowed: ask, as in p.jsonl; give samples of the same arm"),
        ({"level": 4, "items": 24, "levels": {4: 0.5}}, "f.jsonl: found level 4; allowed: 1, 2, 3, as in p.jsonl"),
    ],
)
def test_files_with_nothing_in_common_are_refused_with_what_differs(other: dict[str, Any], message: str) -> None:
    assert message in refused(samples("p.jsonl", *rows_of(1)), samples("f.jsonl", *rows_of(2, **other)))


def test_files_that_share_each_part_but_no_whole_are_refused() -> None:
    public = [*rows_of(1, levels={1: 0.5}), *rows_of(2, levels={2: 0.5}, arm="literal")]
    fresh = [*rows_of(3, levels={2: 0.5}), *rows_of(4, levels={1: 0.5}, arm="literal")]
    said = refused(samples("p.jsonl", *public), samples("f.jsonl", *fresh))
    assert "found no family, arm, split and level together" in said


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """A function that calls the command on a leaked and a fresh file and returns its exit code and output."""
    for name, rows in (("public", rows_of(1, leak=0.3)), ("fresh", rows_of(2))):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        paths = [str(tmp_path / one) if one in ("public", "fresh") else one for one in arguments]
        result = CliRunner().invoke(app, ["contamination", *paths])
        return result.exit_code, result.output

    return run


def test_the_command_measures_and_fails_only_where_it_is_asked_to(call: Callable[..., tuple[int, str]]) -> None:
    code, output = call("public", "fresh")
    assert code == 0
    assert "math, ask: " in output
    assert call("public", "fresh", "--fail-on-leak")[0] == 1
    assert call("fresh", "public", "--fail-on-leak")[0] == 0


def test_json_holds_every_comparison_with_what_it_says(call: Callable[..., tuple[int, str]]) -> None:
    code, output = call("public", "fresh", "--json")
    told = json.loads(output)
    assert (code, told["public"]["model"], len(told["comparisons"])) == (0, "tiny", 4)
    last = told["comparisons"][-1]
    assert (last["level"], last["difference"]["low"] > 0) == (None, True)
    assert "of the public items memorised" in last["says"]


def test_a_wrong_file_ends_with_2_and_one_message(call: Callable[..., tuple[int, str]]) -> None:
    code, output = call("public", "public")
    assert (code, output.count("\n")) == (2, 1)
    assert "again; allowed: samples of a fresh edition" in output
