from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from unisandbox.errors import DataError
from unisandbox.evaluation.items import items_sha256, scored_items
from unisandbox.evaluation.pictures import Pictures
from unisandbox.evaluation.released import characters_of, lexicon_of, nouns_of, released, values_of


def test_items_have_all_that_scoring_needs(scored_release: Path) -> None:
    items = {item.id: item for item in scored_items(scored_release).items}
    assert len(items) == 44
    pair = items["mapping/1/test/000001"]
    assert (pair.family, pair.level, pair.split, pair.group, pair.config) == (
        "mapping",
        1,
        "test",
        "mapping/1/test/g000000",
        "mapping",
    )
    assert (pair.answer, pair.choices, pair.chance) == ("knife", ("apple", "knife"), 0.5)
    assert pair.target["objects"] == [{"name": "knife", "count": 1, "attributes": []}]
    assert [foil["change"] for foil in pair.foils] == ["chain_twin"]
    assert pair.foils[0]["target"]["objects"][0]["name"] == "apple"


def test_a_limit_spreads_over_families_and_levels_in_whole_groups(scored_release: Path) -> None:
    chosen = scored_items(scored_release, limit=16).items
    assert Counter((item.family, item.level) for item in chosen) == {
        ("knowledge", 1): 4, ("mapping", 1): 4, ("math", 1): 4, ("math", 2): 4,
    }  # fmt: skip
    assert all(count == 2 for count in Counter(item.group for item in chosen if item.family == "mapping").values())


def test_families_and_levels_narrow_the_choice(scored_release: Path) -> None:
    chosen = scored_items(scored_release, families=["math"], levels=[2])
    assert {(item.family, item.level) for item in chosen.items} == {("math", 2)}
    assert chosen.sources == ("math/test",)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"splits": ["tset"]}, "found no split tset; allowed: test"),
        ({"families": ["maths"]}, "found no family maths; allowed: knowledge, mapping, math"),
        ({"levels": [7]}, "found no level 7; allowed: 1, 2"),
        ({"families": ["mapping"], "levels": [2]}, "found no item left"),
        ({"families": ["mapping"], "limit": 1}, "found no item left"),
    ],
)
def test_what_the_release_does_not_have_is_refused_with_what_it_has(
    scored_release: Path, wanted: dict[str, object], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        scored_items(scored_release, **wanted)  # type: ignore[arg-type]


def test_a_changed_file_is_refused(scored_release: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(scored_release, folder)
    path = folder / "data/math/test-00000-of-00001.parquet"
    content = bytearray(path.read_bytes())
    content[200] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="found sha256"):
        scored_items(folder)


def test_the_sha256_is_of_what_is_asked_whatever_the_order_and_the_place(scored_release: Path, tmp_path: Path) -> None:
    chosen = scored_items(scored_release)
    shutil.copytree(scored_release, tmp_path / "copy")
    assert scored_items(tmp_path / "copy").sha256 == chosen.sha256
    assert items_sha256(chosen.items[::-1]) == chosen.sha256
    for change in ({"draw": "other"}, {"answer": "other"}, {"target": {}}, {"choices": ("1",)}, {"cluster": "other"}):
        assert items_sha256([replace(chosen.items[0], **change), *chosen.items[1:]]) != chosen.sha256  # type: ignore[arg-type]


def test_pictures_are_those_of_the_item(scored_release: Path) -> None:
    pictures = Pictures()
    by_target: dict[str, set[bytes]] = {}
    for item in scored_items(scored_release, families=["mapping"]).items:
        reference, foil = pictures.reference(item), pictures.foil(item, 0)
        assert reference
        assert foil
        by_target.setdefault(item.target["objects"][0]["name"], set()).add(reference)
        by_target.setdefault(item.foils[0]["target"]["objects"][0]["name"], set()).add(foil)
    assert {len(found) for found in by_target.values()} == {1}, "one picture an object, whichever item shows it"
    assert len(by_target) == 6


def test_a_release_tells_its_objects_and_characters(scored_release: Path) -> None:
    about = released(scored_release)
    assert (about.name, about.version, about.image_size_px) == ("hand", "0.1.0", 64)
    nouns = nouns_of(scored_release)
    assert list(nouns) == sorted(nouns)
    assert nouns["knife"].plural == "knives"
    assert (nouns["knife"].sprite or b"").startswith(b"\x89PNG")
    assert values_of(characters_of(scored_release))["glasses"] == ("none", "round", "square", "sunglasses")


def test_the_lexicon_knows_terms_by_sort(scored_release: Path) -> None:
    lexicon = lexicon_of(scored_release)
    named = {name for forms in lexicon.forms(["apple", "kiwi"]).values() for _, name in forms}
    assert named == {"apple", "knife", "parrot", "tennis ball", "drum", "kiwi"}
    assert {name for forms in lexicon.forms(["Mira", "Dana"]).values() for _, name in forms} == {"Bolo", "Dana", "Mira", "Rutu"}


def test_a_release_without_pictures_has_none(release: object, tmp_path: Path) -> None:
    folder, _ = release()  # type: ignore[operator]
    (item,) = scored_items(folder, families=["mapping"]).items
    assert item.foils == ()
    assert Pictures().reference(item) is None
    assert Pictures().foil(item, 0) is None
    assert nouns_of(folder) == {}
