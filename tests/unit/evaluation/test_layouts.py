"""Pictures made elsewhere find their items or nobody's: no layout is guessed, and nothing outside the folder is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from unisandbox.errors import DataError, InputError
from unisandbox.evaluation.items import Item, scored_items
from unisandbox.evaluation.models.folder import Folder, open_folder
from unisandbox.evaluation.models.layouts import Wanted, arranged
from unisandbox.evaluation.protocol import LITERAL, NORMAL, THINK, Drawing, DrawRequest, Fault

Names = Callable[[Item], list[str]]


@pytest.fixture(scope="module")
def items(scored_release: Path) -> tuple[Item, ...]:
    return scored_items(scored_release, limit=6, families=["math"]).items


def filled(folder: Path, items: tuple[Item, ...], names: Names) -> Path:
    for item in items:
        for name in names(item):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(f"{name} of {item.id}".encode())
    return folder


def flat(item: Item) -> str:
    return item.id.replace("/", "__")


def drawn(model: Folder, item: Item, arm: str = NORMAL, sample: int = 0) -> Drawing | Fault:
    (found,) = model.draw([DrawRequest(item.id, arm, item.draw, sample, 1)])
    return found


@pytest.mark.parametrize(
    ("names", "layout", "arms"),
    [
        (lambda item: [f"{item.id}.png"], "ids", {NORMAL}),
        (lambda item: [f"{flat(item)}.webp", f"{flat(item)}__s1.jpg"], "ids", {NORMAL}),
        (lambda item: [f"draw/think/{item.id}.png", f"literal__{flat(item)}.PNG"], "ids", {THINK, LITERAL}),
        (lambda item: [f"test/{mode}/math/{flat(item)}.png" for mode in ("normal", "think")], "unisandbox", {NORMAL, THINK}),
        (lambda item: [f"{item.row:05d}/samples/0000.png"], "geneval", {NORMAL}),
    ],
)
def test_a_layout_is_found_and_serves_the_arms_that_it_has(
    tmp_path: Path, items: tuple[Item, ...], names: Names, layout: str, arms: set[str]
) -> None:
    model = open_folder(str(filled(tmp_path, items, names)), {})
    model.bind(items, Path())
    assert model.identity()["layout"] == layout
    assert {NORMAL, THINK, LITERAL} - model.capabilities.lacks.keys() == arms
    for item in items:
        for arm in arms:
            found = drawn(model, item, arm)
            assert isinstance(found, Drawing)
            assert found.picture.endswith(item.id.encode())


def test_a_map_places_any_file(tmp_path: Path, items: tuple[Item, ...]) -> None:
    first, second = items[:2]
    for name in ("a.png", "b.png", "c.png"):
        (tmp_path / name).write_bytes(name.encode())
    lines = [{"item": first.id, "path": "a.png"}, {"item": second.id, "path": "b.png", "arm": THINK, "sample": 1}]
    (tmp_path / "map.jsonl").write_text("\n".join(map(json.dumps, lines)))
    model = Folder(tmp_path)
    model.bind(items, Path())
    assert drawn(model, first) == Drawing(b"a.png")
    assert drawn(model, second, THINK, 1) == Drawing(b"b.png")
    assert model.facts()["unmatched"] == ["c.png"]
    (tmp_path / "map.jsonl").unlink()
    (tmp_path / "map.csv").write_text(f"item,path,sample\n{first.id},c.png,0\n")
    again = Folder(tmp_path)
    again.bind(items, Path())
    assert drawn(again, first) == Drawing(b"c.png")


def test_prompts_in_the_metadata_say_which_item_a_numbered_folder_is_of(tmp_path: Path, scored_release: Path) -> None:
    items = scored_items(scored_release, families=["mapping"]).items
    for number, item in enumerate(reversed(items)):
        filled(tmp_path, (item,), lambda _, number=number: [f"{number:05d}/samples/0000.png"])  # type: ignore[misc]
        (tmp_path / f"{number:05d}" / "metadata.jsonl").write_text(json.dumps({"prompt": item.draw}))
        (tmp_path / f"{number:05d}" / "grid.png").write_bytes(b"all of them")
    model = Folder(tmp_path)
    model.bind(items, Path())
    assert all(getattr(drawn(model, item), "picture", b"").endswith(item.id.encode()) for item in items)
    assert model.facts()["unmatched"] == []


def test_a_prompt_that_two_items_share_says_nothing(tmp_path: Path, scored_release: Path) -> None:
    items = scored_items(scored_release, families=["math"]).items
    twice = [item for item in items if sum(item.draw == other.draw for other in items) > 1][:1]
    filled(tmp_path, (*twice,), lambda _: ["00000/samples/0000.png"])
    (tmp_path / "00000" / "metadata.jsonl").write_text(json.dumps({"prompt": twice[0].draw}))
    with pytest.raises(DataError, match="none of an item"):
        arranged(tmp_path, Wanted(items))
    (tmp_path / "00000" / "metadata.jsonl").write_text(json.dumps({"prompt": twice[0].draw, "id": twice[0].id}))
    assert list(arranged(tmp_path, Wanted(items)).places) == [(NORMAL, twice[0].id, 0)]


def test_what_is_missing_is_a_fault_and_what_is_left_over_is_listed(tmp_path: Path, items: tuple[Item, ...]) -> None:
    filled(tmp_path, items[1:], lambda item: [f"{item.id}.png"])
    (tmp_path / "holiday.png").write_bytes(b"sea")
    (tmp_path / "notes.txt").write_text("to do")
    model = Folder(tmp_path)
    model.bind(items, Path())
    found = drawn(model, items[0])
    assert isinstance(found, Fault)
    assert found.kind == "missing"
    assert items[0].id in found.message
    facts = model.facts()
    assert (facts["missing"], facts["unmatched"], facts["other_files"]) == ([f"{items[0].id}, {NORMAL}"], ["holiday.png"], 1)


def test_two_layouts_that_fit_are_an_error_until_one_is_named(tmp_path: Path, items: tuple[Item, ...]) -> None:
    filled(tmp_path, items, lambda item: [f"{item.id}.png", f"normal/math/{flat(item)}.png"])
    with pytest.raises(DataError, match=r"layout ids .* and .* layout unisandbox .*--model-arg layout=ids"):
        arranged(tmp_path, Wanted(items))
    assert arranged(tmp_path, Wanted(items), "unisandbox").layout == "unisandbox"


def test_two_pictures_for_one_place_are_an_error(tmp_path: Path, items: tuple[Item, ...]) -> None:
    filled(tmp_path, items, lambda item: [f"{item.id}.png", f"{flat(item)}.jpg"])
    with pytest.raises(DataError) as caught:
        arranged(tmp_path, Wanted(items))
    assert len(caught.value.violations) == len(items)


@pytest.mark.parametrize("names", [lambda _: [], lambda item: [f"cat-{item.row}.png"]])
def test_a_folder_without_a_picture_of_an_item_is_refused(tmp_path: Path, items: tuple[Item, ...], names: Names) -> None:
    with pytest.raises(DataError, match=r"none of an item that is asked"):
        arranged(filled(tmp_path, items, names), Wanted(items))


def test_nothing_outside_the_folder_is_read(tmp_path: Path, items: tuple[Item, ...]) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    folder = filled(tmp_path / "pictures", items[1:], lambda item: [f"{flat(item)}.png"])
    (folder / f"{flat(items[0])}.png").symlink_to(tmp_path / "secret.png")
    (folder / "more").symlink_to(tmp_path)
    model = Folder(folder)
    model.bind(items, Path())
    assert isinstance(drawn(model, items[0]), Fault)
    assert model.facts()["links_not_followed"] == [f"{flat(items[0])}.png", "more"]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ({"item": "i", "path": "../secret.png"}, "path"),
        ({"item": "i", "path": "/etc/hostname"}, "path"),
        ({"item": "i", "path": "a\0.png"}, "path"),
        ({"item": 3, "path": "a.png"}, "item"),
        ({"item": "i", "path": "a.png", "arm": "dream"}, "arm"),
        ({"item": "i", "path": "a.png", "sample": -1}, "sample"),
    ],
)
def test_a_line_of_a_map_that_says_no_place_is_refused(
    tmp_path: Path, items: tuple[Item, ...], line: dict[str, object], what: str
) -> None:
    (tmp_path / "map.jsonl").write_text(json.dumps(line))
    with pytest.raises(DataError) as caught:
        arranged(tmp_path, Wanted(items))
    assert [violation.where for violation in caught.value.violations] == [f"{tmp_path / 'map.jsonl'}: line 1: {what}"]


def test_the_identity_is_of_the_files_and_not_of_their_place_or_order_of_items(tmp_path: Path, items: tuple[Item, ...]) -> None:
    folders = [filled(tmp_path / name, items, lambda item: [f"{item.id}.png"]) for name in ("one", "two")]
    models = [Folder(folder) for folder in folders]
    models[0].bind(items, Path())
    models[1].bind(items[:2], Path())  # a shard
    assert models[0].identity() == models[1].identity()
    (folders[1] / f"{items[0].id}.png").write_bytes(b"another")
    changed = Folder(folders[1])
    changed.bind(items, Path())
    assert changed.identity() != models[0].identity()
    found = drawn(models[1], items[0])
    assert isinstance(found, Fault)
    assert "changed" in found.message


def test_wrong_arguments_are_refused_together(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        open_folder(str(tmp_path / "nowhere"), {"arm": "dream", "layout": "heap"})
    assert len(caught.value.violations) == 3
