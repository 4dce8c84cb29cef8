"""The card: loaded by `datasets` as it stands, and right in every number that it tells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from datasets import Value, get_dataset_config_names, load_dataset
from datasets.exceptions import NonMatchingSplitsSizesError
from jinja2 import UndefinedError

from unisandbox.cards import render
from unisandbox.cards.companions import companions, write_companions
from unisandbox.cards.render import columns
from unisandbox.schemas.declarations import row_field
from unisandbox.schemas.manifest import Manifest
from unisandbox.schemas.seals import Seal, SealedLevel, SealedSplit

Own = tuple[Path, Manifest]
Release = Callable[..., Own]
pytestmark = pytest.mark.xdist_group("own_release")  # built once


@pytest.fixture(autouse=True)
def _cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")


def card(folder: Path, manifest: Manifest, **told: Any) -> str:
    return companions(folder, manifest, **told)["README.md"].decode()


def table_under(text: str, heading: str) -> Iterator[list[str]]:
    """Yield the cells of the first table after a heading, its first line too."""
    _, _, rest = text.partition(f"\n{heading}\n")
    assert rest, heading
    lines = rest.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    for line in lines[start:]:
        if not line.startswith("|"):
            return
        if not line.startswith("|---"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def rows_of(folder: Path, config: str) -> list[dict[str, Any]]:
    paths = sorted((folder / "data" / config).glob("*.parquet"))
    return [{**row, "file": path.name} for path in paths for row in pq.read_table(path).to_pylist()]


def test_a_folder_with_its_card_is_a_dataset_with_typed_splits(release: Release) -> None:
    folder, manifest = release()
    write_companions(folder, manifest)
    loaded = load_dataset(str(folder), "math")
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 5, "test": 2}
    features = loaded["train"].features
    assert list(features) == [name for name, _ in row_field("item").members]
    assert features["level"] == Value("int32")
    assert loaded["test"][0]["target"]["objects"][0]["name"] == "apple"
    assert str(loaded["test"].info.version) == "0.1.0"


def test_a_release_with_pictures_and_names_of_its_own_loads_with_its_card(own: Own) -> None:
    folder, _ = own
    assert get_dataset_config_names(str(folder)) == ["math", "mapping", "knowledge", "knowledge_corpus", "entities", "vocabulary"]
    loaded = load_dataset(str(folder), "math")
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 40, "exam": 33}
    assert loaded["exam"][0]["image"].size == (128, 128)
    assert loaded["exam"][0]["foils"][0]["image"].size == (128, 128)
    assert loaded["train"][0]["image"] is None
    assert len(load_dataset(str(folder), "mapping", split="strange_things")) == 10


def test_a_folder_with_its_card_streams(release: Release) -> None:
    folder, manifest = release()
    write_companions(folder, manifest)
    rows = list(load_dataset(str(folder), "mapping", split="test", streaming=True))
    assert [row["answer"] for row in rows] == ["2"]


def test_the_configs_are_those_of_the_manifest_and_math_needs_no_name(release: Release) -> None:
    folder, manifest = release()
    write_companions(folder, manifest)
    assert get_dataset_config_names(str(folder)) == ["math", "mapping"]
    assert set(load_dataset(str(folder))) == {"train", "test"}


def test_a_file_that_lost_rows_does_not_load(release: Release) -> None:
    folder, manifest = release()
    write_companions(folder, manifest)
    (folder / manifest.shards[1].path).unlink()
    with pytest.raises(NonMatchingSplitsSizesError, match="num_examples=5"):
        load_dataset(str(folder), "math")


@pytest.mark.parametrize("family", ["math", "mapping", "knowledge"])
def test_counts_and_guess_rates_of_the_card_are_those_of_the_rows(own: Own, family: str) -> None:
    folder, manifest = own
    head, *lines = table_under(card(folder, manifest), f"### Config `{family}`")
    rows = rows_of(folder, family)
    levels = sorted({row["level"] for row in rows})
    splits = list(dict.fromkeys(shard.split for shard in manifest.shards if shard.config == family))
    assert head == ["split", "holds out", "pictures", *(f"level&nbsp;{level}" for level in levels), "items"]
    counts = Counter((row["split"], row["level"]) for row in rows)
    told = {line[0]: line[3:] for line in lines if not line[0].startswith("*")}
    assert told == {
        f"`{split}`": [
            *(f"{counts[split, level]:,}" if counts[split, level] else "" for level in levels),
            f"{sum(counts[split, level] for level in levels):,}",
        ]
        for split in splits
    }
    rates = {line[0].replace("*guess rate of* ", ""): line[3:-1] for line in lines if line[0].startswith("*")}
    if "*guess rate*" in rates:
        rates = {f"`{split}`": rates["*guess rate*"] for split in splits}
    assert list(rates) == [f"`{split}`" for split in splits]
    for split in splits:
        for level, rate in zip(levels, rates[f"`{split}`"], strict=True):
            if chances := [row["chance"] for row in rows if (row["split"], row["level"]) == (split, level)]:
                assert float(rate.rstrip("%")) == pytest.approx(100 * sum(chances) / len(chances), abs=0.051)


def test_the_other_configs_are_counted_rightly(own: Own) -> None:
    folder, manifest = own
    _, *lines = table_under(card(folder, manifest), "### Other configs")
    assert [(line[0].strip("`"), line[1].strip("`"), line[2]) for line in lines] == [
        (config, "train", f"{len(rows_of(folder, config)):,}") for config in ("knowledge_corpus", "entities", "vocabulary")
    ]


def test_the_items_of_the_card_are_rows_and_its_pictures_lie_beside_it(own: Own) -> None:
    folder, manifest = own
    text = card(folder, manifest)
    sources = re.findall(r'<img src="([^"]+)"', text)
    assert len(sources) >= 4
    assert [source for source in sources if not (folder / source).is_file()] == []
    for family in ("math", "mapping", "knowledge"):
        (name,) = re.findall(rf"This is `({family}/[^`]+)`", text)
        (row,) = [row for row in rows_of(folder, family) if row["id"] == name]
        shown = re.sub(r"\\(.)", r"\1", text).replace("&#36;", "$").replace("&amp;", "&")
        for view in ("draw", "literal", "ask", "answer", "trace"):
            assert f"- **{view}**: {row[view]}\n" in shown


def test_every_column_stands_in_the_card(own: Own) -> None:
    folder, manifest = own
    text = card(folder, manifest)
    assert len(columns("item")) == len(row_field("item").members)
    for rows in ("pictured_item", "document", "entity", "noun"):
        assert all(f"| `{name}` | `{kind}` | {what} |" in text for name, kind, what in columns(rows))


def test_the_card_of_a_folder_loads_the_folder_and_that_of_a_repository_its_tag(own: Own) -> None:
    folder, manifest = own
    local, published = card(folder, manifest), card(folder, manifest, repo="org/name")
    assert 'unisandbox.load("FOLDER", "math", "exam")' in local
    assert "revision=" not in local
    assert 'load_dataset("org/name", "math", split="exam", revision="v1.4.2")' in published
    assert 'assert str(rows.info.version) == "1.4.2"' in published
    assert 'unisandbox.load("org/name@v1.4.2", "math", "exam")' in published
    assert "FOLDER" not in published.split("## Load")[1].split("## Score")[0]


def test_the_card_has_every_section_and_no_gap(audited: Own) -> None:
    folder, manifest = audited
    text = card(folder, manifest)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "One item of each family",
        "What it holds",
        "Load",
        "Score",
        "How it was made",
        "How it was proven",
        "Intended use",
        "Limits and biases",
        "Versions",
        "Licence",
        "Citation",
    ]
    body = text.split("---\n", 2)[2].replace("None: nobody", "")
    assert not re.search(r"More Information Needed|None|\{\{ |\{%|built-in|object at 0x", body)
    assert "\n\n\n" not in text
    assert "| `canary` |" in text
    assert "The canary is `own-canary`." in text


def test_sealed_splits_stand_in_the_card_of_a_release_that_has_some(release: Release) -> None:
    levels = (SealedLevel(level=2, rows=200, first=5, end=900, candidates=800),)
    split = SealedSplit(config="math", split="spring_test", twin="test", levels=levels, root="b" * 64)
    folder, manifest = release(seals=(Seal(name="spring", scheme=1, commitment="a" * 64, splits=(split,)),))
    text = card(folder, manifest, repo="org/name")
    assert f"- `math/spring_test`, 200 rows, not yet revealed\n  - commitment `{'a' * 64}`\n  - root `{'b' * 64}`\n" in text
    assert "unisandbox verify-seal REVEALED --against org/name@v0.1.0" in text
    revealed = replace(manifest, seals=(replace(manifest.seals[0], salt="c" * 64),))
    assert "- `math/spring_test`, 200 rows, revealed\n" in card(folder, revealed)
    assert "Sealed" not in card(*release())


def test_a_card_with_a_blank_is_refused(own: Own, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, manifest = own
    (tmp_path / render.TEMPLATE).write_text("by {{ curators }}")
    monkeypatch.setattr(render, "files", {"unisandbox.cards": tmp_path}.get)
    with pytest.raises(UndefinedError, match="'curators' is undefined"):
        companions(folder, manifest)
