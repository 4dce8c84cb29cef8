from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unisandbox.generators import sheet_layout
from unisandbox.generators.catalogue import sample_items
from unisandbox.generators.contact_sheet import contact_sheet, family_sheet, varied, vocabulary_sheet, write_sheets
from unisandbox.generators.pictures import WITH_FOILS
from unisandbox.generators.release import Release
from unisandbox.generators.sheet_layout import CARD, EDGE, PAPER, Cell, Grid, caption
from unisandbox.generators.typography import LINE_HEIGHT, put_text, shortened, text_width, wrapped
from unisandbox.generators.vocabulary import categories, nouns, symbols

pytestmark = pytest.mark.xdist_group("contact sheet")  # what these tests build stands once

LARGEST_FILE_BYTES = 3_000_000
LARGEST_WIDTH_PX, LARGEST_HEIGHT_PX = 1600, 2400
LONG = "a caption of far more words than there is room for beneath a picture, Donaudampfschifffahrtsgesellschaft " * 3


@pytest.fixture(scope="module")
def pictured(request: pytest.FixtureRequest) -> Release:
    small: Release = request.getfixturevalue("small_release")
    return replace(small, images=WITH_FOILS, image_size_px=192)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is drawn on a sheet."""
    texts: list[str] = []

    def recorded(page: Image.Image, left: int, top: int, text: str, size_px: int, *colour: tuple[int, int, int]) -> None:
        texts.append(text)
        put_text(page, left, top, text, size_px, *colour)

    monkeypatch.setattr(sheet_layout, "put_text", recorded)
    return texts


def plain(colour: tuple[int, int, int] = (10, 20, 30)) -> Image.Image:
    return Image.new("RGB", (384, 384), colour)


def test_every_family_the_vocabulary_and_the_release_get_a_sheet(pictured: Release, tmp_path: Path) -> None:
    paths = write_sheets(pictured, tmp_path)
    names = ["-math", "-mapping", "-knowledge", "-vocabulary", ""]
    assert [path.name for path in paths] == [f"contact-sheet{name}.png" for name in names]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    for path in paths:
        assert path.stat().st_size < LARGEST_FILE_BYTES
        with Image.open(path) as page:
            assert page.format == "PNG"
    with Image.open(tmp_path / "contact-sheet.png") as page:
        assert page.width <= LARGEST_WIDTH_PX
        assert page.height <= LARGEST_HEIGHT_PX


def test_a_family_sheet_says_release_family_levels_and_changes(pictured: Release, said: list[str]) -> None:
    config = pictured.configs[0]
    family_sheet(pictured, config)
    assert f"{pictured.name} {pictured.version} · math" in said
    assert {"Level 1", "Level 2", "Level 3"} <= set(said)
    assert {"split test, 30 items", "one more", "one fewer", "other object"} <= set(said)


def test_the_split_test_is_shown_where_it_has_the_level_else_the_first(pictured: Release, said: list[str]) -> None:
    family_sheet(pictured, pictured.configs[0])
    assert [text for text in said if text.startswith("split ")] == [
        "split train, 90 items",
        "split test, 30 items",
        "split test, 30 items",
    ]


def test_a_knowledge_sheet_shows_portraits_of_several_attributes_and_favourites(pictured: Release, said: list[str]) -> None:
    family_sheet(pictured, next(config for config in pictured.configs if config.family == "knowledge"))
    asked = {"hair colour", "hairstyle", "age group", "glasses", "hat", "shirt colour"}
    assert len({change for change in asked if f"other {change}" in said}) >= 2
    assert any("favourite" in text for text in said)


def test_a_release_without_pictures_still_has_sheets_but_no_near_misses(small_release: Release, said: list[str]) -> None:
    family_sheet(small_release, small_release.configs[0])
    assert not {"one more", "other object"} & set(said)
    assert "Level 1" in said


def test_the_vocabulary_sheet_names_every_object_under_its_category(pictured: Release, said: list[str]) -> None:
    vocabulary_sheet(pictured)
    every = nouns(pictured.vocabulary)
    assert len(every) > 200
    assert [text for text in said if text in {one.name for one in every}] == [one.name for one in every]
    held = {one.category for one in every}
    for one in categories():
        assert (one.plural.split()[0].capitalize() in " ".join(said)) >= (one.name in held)


def test_the_same_release_gives_the_same_pixels(pictured: Release) -> None:
    config = pictured.configs[1]
    assert family_sheet(pictured, config).tobytes() == family_sheet(pictured, config).tobytes()


@pytest.mark.parametrize("columns", [1, 3])
def test_a_sheet_has_a_place_for_every_cell_and_no_more(columns: int) -> None:
    cells = [Cell(plain((200, number, 0)), (f"number {number}",)) for number in range(5)]
    page = np.asarray(contact_sheet(cells, title="numbers", columns=columns, cell_px=64))
    for number in range(5):
        assert (page == (200, number, 0)).all(axis=2).sum() > 64 * 64 * 0.9


def test_no_caption_leaves_its_cell() -> None:
    cells = [Cell(plain(), (LONG, LONG))] * 4
    grid = Grid(columns=2, cell_px=120)
    page = np.asarray(contact_sheet(cells, title=LONG, columns=2, cell_px=120))
    cards = (page == CARD).all(axis=2).any(axis=1)
    assert cards.sum() > 2 * 120
    left, right = grid.left_px(0), grid.left_px(1)
    around = (slice(0, left), slice(left + grid.card_px, right), slice(right + grid.card_px, None))
    assert all((page[cards][:, columns] == PAPER).all() for columns in around)
    assert page[cards][:, left : left + grid.padding_px].min() >= min(EDGE)  # nothing as dark as text beside the picture


def test_captions_are_measured_wrapped_and_shortened() -> None:
    rows = caption(Cell(plain(), (LONG, LONG)), 120)
    assert len(rows) == 3
    assert all(text_width(text, size) <= 120 for text, size, _ in rows)
    assert rows[1][0].endswith("…")
    assert rows[2][0].endswith("…")


def test_a_caption_with_room_is_whole() -> None:
    assert [text for text, _, _ in caption(Cell(plain(), ("3 geese", "6 / 2")), 120)] == ["3 geese", "6 / 2"]


def test_wrapping_loses_no_word() -> None:
    text = "Rule 1: Letter A means symbol €. Rule 2: § stands for a pig. Draw the object that A leads to."
    lines = wrapped(text, 16, 200)
    assert len(lines) > 2
    assert " ".join(lines) == text
    assert shortened(text, 16, 10_000) == text


def test_every_symbol_of_a_prompt_has_a_shape_of_its_own() -> None:
    shapes = {}
    for text in [*(symbol.text for symbol in symbols()), "√", "→", "÷", "中"]:  # the last has none in the font
        page = Image.new("L", (60, round(40 * LINE_HEIGHT)))
        rgb = page.convert("RGB")
        put_text(rgb, 4, 0, text, 40, (255, 255, 255))
        shapes[text] = rgb.tobytes()
    assert len(shapes) > 50
    assert len(set(shapes.values())) == len(shapes)


def test_varied_items_differ_before_anything_comes_again() -> None:
    items = sample_items("0.1.0", "math", 2, "test", 0, 60)
    taken = varied(items, 6)
    assert {item.target.objects[0].count for item in taken} == {1, 2, 3, 4, 5, 6}
    assert len({item.target.objects[0].name for item in taken}) == 6
    assert varied(items[:2], 6) == items[:2]
