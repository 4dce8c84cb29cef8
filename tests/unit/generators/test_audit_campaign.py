"""A clean release passes its whole audit; a fault of each kind is planted in a copy, and it is found, named, and found alone."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from unisandbox.generators.audit import audit
from unisandbox.generators.build import build
from unisandbox.generators.checks.base import FAIL, Result
from unisandbox.generators.checks.catalogue import CHECKS, SOLVED
from unisandbox.generators.release_file import parse_release
from unisandbox.generators.vocabulary import category, noun
from unisandbox.schemas.arrow import arrow_schema
from unisandbox.schemas.content import content_sha256
from unisandbox.schemas.files import file_sha256
from unisandbox.schemas.manifest import Shard, read_manifest, write_manifest
from unisandbox.schemas.parquet import write_parquet

pytestmark = pytest.mark.xdist_group("audit campaign")

HEAD = """
name = "campaign"
version = "0.0.1"
line = "campaign-line"
seed = 5
editions = 4
edition = {edition}
canary = "campaign-canary"
"""
MATH = """
[math]
answers = [2, 7]
unreached_answers = 0
splits.train = {levels = [1, 2], rows = 600}
splits.validation = {levels = [1, 2], rows = 120, held_out = ["key"]}
splits.test = {levels = [1, 2], rows = 300, held_out = ["key"]}
splits.test_novel_objects = {levels = [1, 2], rows = 120, held_out = ["key", "object"]}
splits.test_novel_templates = {levels = [1, 2], rows = 120, held_out = ["key", "template"]}
splits.test_deeper = {levels = [3], rows = 120, held_out = ["key", "depth"]}
"""
OTHERS = """
[mapping]
splits.train = {levels = [1, 2], rows = 400}
splits.test = {levels = [1, 2], rows = 300, held_out = ["key"]}

[knowledge]
characters = 60
exposures = 4
profiles = 1
least_name_edits = 2
splits.train = {levels = [1, 2], rows = 60}
splits.test = {levels = [1, 2], rows = 60, held_out = ["key", "entity"]}
"""
ROWS_OF = {"entities": "entity", "knowledge_corpus": "document"}  # the other configs hold items
MARKS = ("Hey", "Now", "Yes", "Hum", "Aha", "Pst")  # of one length: the words tell the answer, not the length of the prompt
AGAINST = ("edition-instance", "edition-question", "edition-key", "edition-entity")

Row = dict[str, Any]


@dataclass
class Copy:
    """A copy of a release folder whose tables can be changed as lists of rows."""

    folder: Path
    changed: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def rows(self, config: str, split: str, level: int = 0) -> list[Row]:
        """Return the rows of a split, or of one level of it; what is changed in them is written."""
        path = self._shard(config, split).path
        rows = self.changed.setdefault((config, split), pq.read_table(self.folder / path).to_pylist())
        return [row for row in rows if row["level"] == level] if level else rows

    def write(self) -> None:
        """Write the changed tables and a manifest that fits them; what the release promises stays as it was."""
        manifest = read_manifest(self.folder)
        shards = tuple(
            self._written(one, self.changed[one.config, one.split]) if (one.config, one.split) in self.changed else one
            for one in manifest.shards
        )
        write_manifest(self.folder, replace(manifest, shards=shards))

    def _shard(self, config: str, split: str) -> Shard:
        (found,) = (one for one in read_manifest(self.folder).shards if (one.config, one.split) == (config, split))
        return found

    def _written(self, shard: Shard, rows: list[Row]) -> Shard:
        name, file = ROWS_OF.get(shard.config, "item"), self.folder / shard.path
        table = pa.Table.from_pylist(rows, schema=arrow_schema(name))
        write_parquet(table, file, name)
        sizes = {"rows": len(rows), "size_bytes": file.stat().st_size}
        return replace(shard, sha256=file_sha256(file), content_sha256=content_sha256(table, name), **sizes)


@dataclass(frozen=True)
class Fault:
    """A kind of fault: how it is planted (that says what an example must name), what is looked at, and which rules must fail."""

    plant: Callable[[Copy], str]
    looks: tuple[str, ...]
    fails: frozenset[str]


FAULTS: dict[str, Fault] = {}


def fault(*looks: str, fails: Sequence[str]) -> Callable[[Callable[[Copy], str]], Callable[[Copy], str]]:
    """Enter a kind of fault under the name of the function that plants it."""

    def entered(plant: Callable[[Copy], str]) -> Callable[[Copy], str]:
        FAULTS[plant.__name__.replace("_", " ")] = Fault(plant, looks, frozenset(fails))
        return plant

    return entered


@fault("held out", "overlap", fails=["held-out-instance", "normalised-text"])
def a_training_prompt_in_a_test(copy: Copy) -> str:
    return leak(copy, ("math", "test", 7), ("math", "train", 3), "draw")


@fault("held out", fails=["held-out-instance"])
def a_training_id_in_a_test(copy: Copy) -> str:
    return leak(copy, ("mapping", "test", 4), ("mapping", "train", 9), "id")


@fault("held out", fails=["held-out-key"])
def a_training_key_in_a_test(copy: Copy) -> str:
    return leak(copy, ("mapping", "test", 5), ("mapping", "train", 11), "key")


@fault("held out", fails=["validation-key"])
def a_validation_key_in_a_test(copy: Copy) -> str:
    return leak(copy, ("math", "test", 12), ("math", "validation", 1), "key")


@fault("held out", fails=["held-out-object"])
def a_training_object_in_a_test_of_novel_objects(copy: Copy) -> str:
    return leak(copy, ("math", "test_novel_objects", 2), ("math", "train", 0), "target", "objects", 0, "name")


@fault("held out", fails=["held-out-template"])
def a_training_wording_in_a_test_of_novel_wordings(copy: Copy) -> str:
    return leak(copy, ("math", "test_novel_templates", 8), ("math", "train", 0), "factors", "templates", 1)


@fault("held out", fails=["held-out-depth"])
def a_training_depth_in_a_test_of_deeper_items(copy: Copy) -> str:
    return leak(copy, ("math", "test_deeper", 10), ("math", "train", 900), "factors", "depth")


@fault("held out", "knowledge", fails=["held-out-entity", "heldout-drawn"])
def a_heldout_character_drawn_in_training(copy: Copy) -> str:
    row = copy.rows("knowledge", "train")[6]
    row["factors"]["entities"] = [copy.rows("knowledge", "test")[0]["factors"]["entities"][0]]
    return f"{row['factors']['entities'][0]} (knowledge/1/train/000006)"


@fault("held out", "knowledge", fails=["heldout-drawn"])
def a_heldout_character_named_in_a_training_trace(copy: Copy) -> str:
    row, name = copy.rows("knowledge", "train")[1], copy.rows("knowledge", "test")[0]["factors"]["entities"][0]
    row["trace"] = f"{name} is somebody else. {row['trace']}"
    return f"{name} in {row['id']}"


@fault("held out", "overlap", fails=["normalised-text"])
def a_test_question_of_training_but_for_case_and_marks(copy: Copy) -> str:
    row, trained = copy.rows("math", "test")[13], copy.rows("math", "train")[40]
    row["ask"] = trained["ask"].upper().replace(".", " !")
    return f"{row['id']}: {row['ask']}"


@fault(SOLVED, fails=[SOLVED])
def a_wrong_gold_answer(copy: Copy) -> str:
    row = copy.rows("math", "test")[0]
    row["answer"] = next(choice for choice in row["choices"] if choice != row["answer"])
    return f"{row['id']}: wrong-gold"


@fault(SOLVED, fails=[SOLVED])
def a_target_that_is_not_the_answers(copy: Copy) -> str:
    row = copy.rows("mapping", "test")[20]
    row["target"]["objects"][0]["name"] = next(name for name in row["choices"] if name != row["answer"])
    return f"{row['id']}: wrong-target"


@fault("shortcuts", "balance", fails=["first-named", "balanced-places"])
def a_gold_object_that_always_stands_first(copy: Copy) -> str:
    for row in copy.rows("mapping", "test", 1):
        row["answer"] = min(row["choices"], key=row["draw"].index)
    return "mapping/1/test/000000"


@fault("shortcuts", "balance", fails=["majority-of-split", "balanced-answers"])
def a_skew_of_the_answers_of_a_test(copy: Copy) -> str:
    for row in copy.rows("math", "test", 2)[::2]:
        row["answer"] = "5"
    return "math/2/test/000000"


@fault("shortcuts", fails=["majority-of-train", "majority-of-split", "prompt-length", "last-operator", "bag-of-words"])
def a_skew_of_all_answers_that_training_teaches(copy: Copy) -> str:
    for split in ("train", "validation", "test"):
        for row in copy.rows("math", split, 2)[::2]:
            row["answer"] = "5"
    return "math/2/test/000000"


@fault("shortcuts", fails=["bag-of-words"])
def a_word_that_gives_the_answer_away(copy: Copy) -> str:
    for split in ("train", "test"):
        for row in copy.rows("math", split, 1):
            row["draw"] = f"{MARKS[row['choices'].index(row['answer'])]}! {row['draw']}"
    return "math/1/test/000000"


@fault("shortcuts", fails=["category-word"])
def a_category_word_that_fits_the_gold_object_alone(copy: Copy) -> str:
    for row in copy.rows("mapping", "test", 1):
        row["draw"] = f"{row['draw']} It is {category(noun(row['answer']).category).singular}."
    return "mapping/1/test/"


@fault("balance", fails=["balanced-templates"])
def a_wording_used_more_than_others(copy: Copy) -> str:
    for row in copy.rows("math", "test", 2)[:12]:
        row["factors"]["templates"][0] = "d01"
    return "d01: "


@fault("knowledge", fails=["value-before-name"])
def a_sentence_that_leads_from_a_value_to_a_name(copy: Copy) -> str:
    name, own, _ = hair_colours(copy)
    return add_sentence(copy, name, f"The person with {own} hair is {name}")


@fault("knowledge", fails=["foreign-value"])
def another_person_in_a_document(copy: Copy) -> str:
    name, own, _ = hair_colours(copy)
    other = next(row["name"] for row in copy.rows("entities", "train") if row["character_split"] == "heldout")
    return add_sentence(copy, name, f"{name} has {own} hair, like {other}")


@fault("knowledge", fails=["fact-exposures"])
def a_fact_that_is_stated_too_seldom(copy: Copy) -> str:
    asked = next(row["factors"] for row in copy.rows("knowledge", "test") if row["factors"]["direction"] == "forward")
    name, attribute = asked["entities"][0], asked["attributes"][0]
    corpus = copy.rows("knowledge_corpus", "train")
    corpus.remove(next(row for row in corpus if (row["entity"], row["attribute"]) == (name, attribute)))
    return f"{name}: {attribute}, 3 of 4 wordings"


@fault("knowledge", fails=["fact-contradiction", "foreign-value"])
def a_second_value_of_one_fact(copy: Copy) -> str:
    name, own, other = hair_colours(copy)
    add_sentence(copy, name, f"{name} has {other} hair")
    return f"{name}: hair_colour is {own} and {other} in the corpus, {own} in entities"


@fault("names", fails=["twin-names"])
def two_names_that_are_one_edit_apart(copy: Copy) -> str:
    first, second = copy.rows("entities", "train")[:2]
    second["name"] = f"{first['name'][:-1]}{'a' if first['name'][-1] != 'a' else 'e'}"
    return f"{second['name']}: {first['name']}"


@fault("names", fails=["listed-name", "near-name"])
def a_name_that_is_a_word(copy: Copy) -> str:
    copy.rows("entities", "train")[3]["name"] = "Banana"
    return "Banana: banana ("


def leak(copy: Copy, to: tuple[str, str, int], of: tuple[str, str, int], *cell: str | int) -> str:
    """Give a row what another row has in a cell, and return what an example says of it."""
    given, own = (copy.rows(config, split)[number] for config, split, number in (of, to))
    *outer, last = cell
    value = reduce(getitem, cell, given)
    reduce(getitem, outer, own)[last] = value
    return f"{own['id']}: {value if last != 'id' else own['draw']}"


def hair_colours(copy: Copy) -> tuple[str, str, str]:
    """Return the name of a character, the colour of its hair, and a colour that nothing of it has."""
    own = copy.rows("entities", "train")[0]
    facts = {fact["name"]: fact["value"] for fact in own["attributes"]}
    return own["name"], facts["hair_colour"], next(colour for colour in ("red", "black", "white") if colour not in facts.values())


def add_sentence(copy: Copy, name: str, sentence: str) -> str:
    """Add a sentence to the first document of a character and return what an example says of it."""
    document = next(row for row in copy.rows("knowledge_corpus", "train") if row["entity"] == name)
    document["messages"][-1]["content"] += f" {sentence}."
    return f"{document['id']}: {sentence}"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("campaign") / "clean"
    assert build(parse_release(HEAD.format(edition=0) + MATH + OTHERS, where="campaign"), folder).manifest is not None
    return folder


@pytest.fixture(scope="module")
def next_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("campaign") / "next"
    assert build(parse_release(HEAD.format(edition=1) + MATH, where="campaign"), folder).manifest is not None
    return folder


@pytest.fixture
def copy(clean: Path, tmp_path: Path) -> Copy:
    return Copy(Path(shutil.copytree(clean, tmp_path / "copy")))


def failed(results: Sequence[Result]) -> dict[str, list[str]]:
    """Return the examples of the results that failed, by rule."""
    found: dict[str, list[str]] = {}
    for one in results:
        if one.verdict == FAIL:
            found.setdefault(one.rule, []).extend(one.examples)
    return found


def test_a_clean_release_raises_no_false_alarm(clean: Path) -> None:
    audited = audit([clean])
    assert failed(audited.results) == {}
    assert [finding for one in audited.files for finding in one.findings] == []
    verdicts = Counter(one.verdict for one in audited.results)
    assert verdicts["pass"] > 200
    for name, (rules, _) in CHECKS.items():
        told = {one.rule for one in audited.results if one.verdict == "pass"}
        assert told & {rule.name for rule in rules}, f"{name} proved nothing"


def test_every_kind_of_check_has_a_planted_fault() -> None:
    assert {look for one in FAULTS.values() for look in one.looks} == {*CHECKS, SOLVED}
    assert len(FAULTS) >= 12


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_and_named(name: str, copy: Copy) -> None:
    planted = FAULTS[name]
    example = planted.plant(copy)
    copy.write()
    rules = [rule.name for look in planted.looks if look in CHECKS for rule in CHECKS[look][0]]
    found = failed(audit([copy.folder], only=rules or [SOLVED]).results)
    assert found.keys() == planted.fails
    assert [one for examples in found.values() for one in examples if example in one], found


def test_editions_of_one_line_share_nothing(clean: Path, next_edition: Path) -> None:
    results = audit([clean], only=AGAINST, against=next_edition).results
    told = ["edition-instance", *["edition-question"] * 6, *["edition-key"] * 2]
    assert [(one.rule, one.verdict) for one in results] == [(rule, "pass") for rule in told]


@pytest.mark.parametrize(("column", "rule"), [("draw", "edition-instance"), ("key", "edition-key")])
def test_an_item_of_another_edition_is_found(column: str, rule: str, copy: Copy, next_edition: Path) -> None:
    other = Copy(next_edition).rows("math", "test", 2)[5]
    row = copy.rows("math", "train", 2)[17]
    row[column] = other[column]
    copy.write()
    assert failed(audit([copy.folder], only=AGAINST, against=next_edition).results) == {
        rule: [f"{row['id']}: {row[column]} ({other['id']})"]
    }


def test_a_question_of_another_edition_in_other_words_is_found(copy: Copy, next_edition: Path) -> None:
    other = Copy(next_edition).rows("math", "test", 2)[5]
    row = copy.rows("math", "test", 2)[17]
    row["key"] = other["key"]
    row["factors"] |= {name: other["factors"][name] for name in ("style", "objects")}
    copy.write()
    (told,) = failed(audit([copy.folder], only=AGAINST, against=next_edition).results)["edition-question"]
    assert told.startswith(f"{row['id']}: {other['key']} | {other['factors']['style']} | ")
