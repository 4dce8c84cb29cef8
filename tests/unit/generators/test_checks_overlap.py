"""Texts that are train's but for case and punctuation are found; n-grams are counted as a plain comparison counts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from unisandbox.generators.checks import overlap
from unisandbox.generators.checks.base import FAIL, JUDGEMENT, NOTE, PASS, Published, Result
from unisandbox.generators.checks.overlap import RULES, check_overlap, ngrams, normalised, words_of
from unisandbox.generators.draws import draws_of
from unisandbox.schemas.manifest import Manifest, Shard

LONG = "one two three four five six seven eight nine ten eleven twelve thirteen"
TRAIN = ["Draw as many caps as (8 - 4) / 2.", "Rule 1: A cap is # in all of Tovika's books. Draw what # stands for."]


def published(folder: Path, splits: Mapping[str, Sequence[str]]) -> Published:
    """Return a release of one config whose draw texts are these; what is asked is the draw text after `Ask: `."""
    shards = []
    for split, draws in splits.items():
        path = f"{split}.parquet"
        ids = [f"math/1/{split}/{number:06d}" for number in range(len(draws))]
        asks = [f"Ask: {draw}" for draw in draws]
        columns = {"id": ids, "draw": draws, "ask": asks}
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()}), folder / path)
        shards.append(Shard("math", split, path, len(draws), 1, "", ""))
    one = Published(folder)
    told = {"name": "made", "version": "1.0.0", "line": "made-1", "seed": 1, "edition": 0, "fingerprint": "", "canary": "c"}
    one.__dict__["manifest"] = Manifest(**told, shards=tuple(shards))
    promised = [{"name": split, "levels": [1], "held_out": ["key"]} for split in splits]
    one.__dict__["release"] = {"configs": [{"family": "math", "options": {}, "splits": promised}]}
    return one


def equal_texts(release: Published) -> list[Result]:
    return [result for result in check_overlap(release) if result.rule == "normalised-text"]


def shared_ngrams(release: Published) -> list[Result]:
    return [result for result in check_overlap(release) if result.rule != "normalised-text"]


def shares(folder: Path, splits: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], float | None]:
    return {(result.rule, result.scope): result.value for result in shared_ngrams(published(folder, splits))}


def test_case_punctuation_and_blanks_are_set_aside_and_operators_are_not() -> None:
    texts = ["“Draw”  Tovika’s HAT!", "What is (8 - 4) / 2?", "A means #; € means 2: yes."]
    found = normalised(pa.chunked_array([texts])).to_pylist()
    assert found == ["draw tovika s hat", "what is (8 - 4) / 2", "a means # € means 2 yes"]


def test_texts_that_train_does_not_have_pass_in_both_views(tmp_path: Path) -> None:
    splits = {"train": TRAIN, "test": ["Draw as many caps as (8 + 4) / 2.", "Draw a cap."], "validation": ["Draw a hat."]}
    results = equal_texts(published(tmp_path, splits))
    figures = [(one.scope, one.figure, one.verdict) for one in results]
    assert figures == [
        (f"math/{split}, {view}", f"0 of {n}", PASS) for view in ("draw", "ask") for split, n in (("test", 2), ("validation", 1))
    ]


@pytest.mark.parametrize(
    "leak",
    [
        "draw as many caps as (8 - 4) / 2",
        "Draw, as many CAPS as (8 - 4) / 2 !",
        "rule 1 a cap is # in all of Tovika s books draw what # stands for",
    ],
)
def test_a_planted_text_is_found_whatever_its_case_and_punctuation(leak: str, tmp_path: Path) -> None:
    results = equal_texts(published(tmp_path, {"train": TRAIN, "test": ["Draw a cap.", leak]}))
    assert [(one.verdict, one.figure) for one in results] == [(FAIL, "1 of 2")] * 2
    assert results[0].examples == (f"math/1/test/000001: {leak}",)


def test_a_leak_far_inside_train_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap, "CHUNK_ROWS", 2)
    trained = [f"Draw {number} caps of all the {number} caps that stand there." for number in range(7)]
    release = published(tmp_path, {"train": trained, "test": [trained[5].upper(), "Draw a cap."]})
    assert [result.value for result in equal_texts(release)] == [1, 1]
    assert {result.rule: result.value for result in shared_ngrams(release)} == {"shared-8-grams": 0.5, "shared-13-grams": 0}


def test_shares_of_ngrams_are_told_and_not_judged(tmp_path: Path) -> None:
    splits = {"train": [f"{LONG} fourteen"], "test": [f"zero {LONG}", LONG.replace("ten", "10"), "one two three", LONG[4:]]}
    assert shares(tmp_path, splits) == {("shared-8-grams", "math/test"): 0.75, ("shared-13-grams", "math/test"): 0.25}
    results = shared_ngrams(published(tmp_path, splits))
    assert {(one.verdict, one.severity) for one in results} == {(NOTE, JUDGEMENT)}
    assert results[0].figure == "75.0% of 4"


def test_ngrams_do_not_reach_from_one_text_into_the_next(tmp_path: Path) -> None:
    halves = ["one two three four five", "six seven eight nine ten eleven twelve thirteen fourteen"]
    assert shares(tmp_path, {"train": halves, "test": [LONG]})["shared-8-grams", "math/test"] == 1  # six to thirteen
    assert shares(tmp_path, {"train": [LONG], "test": halves})["shared-13-grams", "math/test"] == 0
    assert (
        shares(tmp_path, {"train": halves, "test": ["two three four five six seven eight nine"]})["shared-8-grams", "math/test"]
        == 0
    )


def test_every_split_has_its_own_share(tmp_path: Path) -> None:
    splits = {"train": [LONG], "validation": [LONG], "test": ["nothing of it"]}
    found = shares(tmp_path, splits)
    assert found["shared-13-grams", "math/validation"] == 1
    assert found["shared-13-grams", "math/test"] == 0


def test_the_digests_find_what_a_plain_comparison_of_words_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap, "CHUNK_ROWS", 16)
    draws = draws_of("overlap", count=20_000)
    texts = [" ".join(draws.choice("ab") for _ in range(draws.below(24))) for _ in range(120)]
    splits = {"train": texts[:60], "test": texts[60:]}
    found = shares(tmp_path, splits)
    for length in (8, 13):
        grams = {split: [in_a_row(text, length) for text in own] for split, own in splits.items()}
        known = set().union(*grams["train"])
        expected = sum(not known.isdisjoint(own) for own in grams["test"]) / 60
        assert 0 < expected < 1
        assert found[f"shared-{length}-grams", "math/test"] == expected


def in_a_row(text: str, length: int) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[place : place + length]) for place in range(len(words) - length + 1)}


def test_ngrams_say_which_text_they_are_of() -> None:
    texts = pa.chunked_array([["", LONG], ["a b", f"{LONG} end"]])
    found = ngrams(words_of(texts))
    assert {length: one.rows.tolist() for length, one in found.items()} == {8: [1] * 6 + [3] * 7, 13: [1, 3, 3]}
    assert len(set(found[8].digests.tolist())) == 7


def test_nothing_is_told_where_there_is_no_train(tmp_path: Path) -> None:
    release = published(tmp_path, {"test": [LONG]})
    assert list(check_overlap(release)) == []


def test_every_rule_that_is_reported_is_listed(tmp_path: Path) -> None:
    release = published(tmp_path, {"train": TRAIN, "test": [LONG]})
    assert {(one.rule, one.severity) for one in check_overlap(release)} == {(rule.name, rule.severity) for rule in RULES}
