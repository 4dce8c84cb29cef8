"""Names that are words, or near words or each other, are found list by list; what is promised is judged and the rest is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from unisandbox.generators.checks import coined_names
from unisandbox.generators.checks.base import FAIL, JUDGEMENT, NOTE, PASS, PROOF, Published, Result
from unisandbox.generators.checks.coined_names import RULES, check_names, folded
from unisandbox.schemas.manifest import Manifest, Shard

FACTS = {"names_tried": 217, "names_refused": 17, "names_refused_by_list": {"wordfreq": 12, "Faker": 5}}
PLAIN = {"characters": 200}  # a release that promises nothing of near words leaves the option out
WORDS = {  # source -> (word, where, zipf)
    "wordfreq": [("house", "en", 5.6), ("lulatu", "en", 2.9), ("Čeněka", "cs", 3.4), ("дом", "ru", 5.5)],
    "Faker": [("gopina", "Faker it_IT", 0.0)],
    "vocabulary": [("apple", "vocabulary", 0.0)],
}


def published(folder: Path, names: Sequence[str], facts: Mapping[str, Any], options: Mapping[str, Any]) -> Published:
    pq.write_table(pa.table({"name": names}), folder / "entities.parquet")
    shard = Shard("entities", "train", "entities.parquet", len(names), 1, "", "")
    one = Published(folder)
    told = {"name": "made", "version": "1.0.0", "line": "made-1", "seed": 1, "edition": 0, "fingerprint": "", "canary": "c"}
    release = {"configs": [{"family": "knowledge", "options": options, "splits": []}]}
    one.__dict__["manifest"] = Manifest(**told, shards=(shard,), facts={"knowledge": facts}, release=release)
    return one


@pytest.fixture
def few_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of a few words in place of millions."""
    tables = [
        (source, [dict(zip(("word", "where", "zipf"), word, strict=True)) for word in words]) for source, words in WORDS.items()
    ]
    monkeypatch.setattr(coined_names, "_lists", lambda: ((source, pa.Table.from_pylist(rows)) for source, rows in tables))


def checked(
    folder: Path, names: Sequence[str], facts: Mapping[str, Any] = FACTS, options: Mapping[str, Any] = PLAIN
) -> dict[tuple[str, str], Result]:
    results = list(check_names(published(folder, names, facts, options)))
    found = {(result.rule, result.scope.removeprefix("entities, ")): result for result in results}
    assert len(found) == len(results)
    return found


@pytest.mark.usefixtures("few_lists")
def test_names_that_nothing_resembles_pass_and_the_refused_are_told(tmp_path: Path) -> None:
    found = checked(tmp_path, ["Tovika", "Balido"])
    assert {key: (one.figure, one.verdict) for key, one in found.items()} == {
        ("twin-names", "entities"): ("0 of 2", PASS),
        ("listed-name", "wordfreq"): ("0 of 2", PASS),
        ("near-name", "wordfreq, any word"): ("0 of 2", NOTE),
        ("near-name", "wordfreq, words of zipf 3 and up"): ("0 of 2", NOTE),
        ("listed-name", "Faker"): ("0 of 2", PASS),
        ("near-name", "Faker, any word"): ("0 of 2", NOTE),
        ("listed-name", "vocabulary"): ("0 of 2", PASS),
        ("near-name", "vocabulary, any word"): ("0 of 2", NOTE),
        ("refused-names", "candidates, all lists"): ("17 of 217", NOTE),
        ("refused-names", "candidates, wordfreq"): ("12 of 217", NOTE),
        ("refused-names", "candidates, Faker"): ("5 of 217", NOTE),
    }


@pytest.mark.usefixtures("few_lists")
@pytest.mark.parametrize(
    ("name", "source", "example"),
    [
        ("Lulatu", "wordfreq", "Lulatu: lulatu (en)"),
        ("Ceneka", "wordfreq", "Ceneka: ceneka (cs)"),
        ("Gopina", "Faker", "Gopina: gopina (Faker it_IT)"),
        ("Apple", "vocabulary", "Apple: apple (vocabulary)"),
    ],
)
def test_a_name_that_a_list_holds_fails(name: str, source: str, example: str, tmp_path: Path) -> None:
    found = checked(tmp_path, ["Tovika", name])
    failed = {scope: result.examples for (_, scope), result in found.items() if result.verdict == FAIL}
    assert failed == {source: (example,)}


@pytest.mark.usefixtures("few_lists")
@pytest.mark.parametrize("promised", [False, True])
def test_a_name_near_a_word_fails_where_that_is_promised_and_is_told_elsewhere(promised: bool, tmp_path: Path) -> None:
    options = PLAIN | ({"least_name_edits": 2} if promised else {})
    found = checked(tmp_path, ["Lulata", "Cenekan", "Gopin", "Tovika"], {}, options)
    near = {scope: result for (rule, scope), result in found.items() if rule == "near-name"}
    assert {scope: result.examples for scope, result in near.items()} == {
        "wordfreq, any word": ("Cenekan: ceneka (cs)", "Lulata: lulatu (en)"),  # the more frequent word first
        "wordfreq, words of zipf 3 and up": ("Cenekan: ceneka (cs)",),
        "Faker, any word": ("Gopin: gopina (Faker it_IT)",),
        "vocabulary, any word": (),
    }
    assert [result.verdict for result in near.values()] == ([FAIL, FAIL, FAIL, PASS] if promised else [NOTE] * 4)
    assert {result.severity for result in near.values()} == {PROOF if promised else JUDGEMENT}
    assert {result.verdict for (rule, _), result in found.items() if rule == "listed-name"} == {PASS}


@pytest.mark.usefixtures("few_lists")
def test_names_that_are_one_edit_apart_or_equal_are_found(tmp_path: Path) -> None:
    found = checked(tmp_path, ["Tovika", "Tovikas", "Balido", "Balido"])["twin-names", "entities"]
    assert (found.verdict, found.figure) == (FAIL, "3 of 4")
    assert found.examples == ("Balido: 2 times", "Tovika: Tovikas", "Tovikas: Tovika")


def test_words_are_compared_without_case_and_accents() -> None:
    assert folded(pa.chunked_array([["ÅNGSTRÖM", "Łódź", "Æsir"]])).to_pylist() == ["angstrom", "lodz", "aesir"]


def test_real_words_and_names_are_found_in_the_lists_that_are_installed(tmp_path: Path) -> None:
    found = checked(tmp_path, ["Minimo", "Valeria", "Tomato", "Gederizo"], {})
    listed = {scope: result.examples for (rule, scope), result in found.items() if rule == "listed-name"}
    assert {example.partition(":")[0] for example in listed["wordfreq"]} == {"Minimo", "Valeria", "Tomato"}
    assert [example.partition(":")[0] for example in listed["Faker"]] == ["Valeria"]
    assert listed["vocabulary"] == ("Tomato: tomato (vocabulary)",)


def test_a_release_without_characters_gives_no_result(tmp_path: Path) -> None:
    one = published(tmp_path, ["Tovika"], {}, PLAIN)
    one.__dict__["manifest"] = Manifest(
        name="made", version="1.0.0", line="made-1", seed=1, edition=0, fingerprint="", canary="c", shards=()
    )
    assert list(check_names(one)) == []


@pytest.mark.usefixtures("few_lists")
def test_every_rule_that_is_reported_is_listed(tmp_path: Path) -> None:
    assert {rule for rule, _ in checked(tmp_path, ["Tovika"])} == {rule.name for rule in RULES}
