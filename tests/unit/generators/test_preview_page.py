from __future__ import annotations

import base64
import io
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from PIL import Image

from unisandbox.generators import preview_page as module
from unisandbox.generators.catalogue import sample_items
from unisandbox.generators.pictures import WITH_FOILS
from unisandbox.generators.preview_page import preview_page, preview_sheet
from unisandbox.generators.release import Release
from unisandbox.generators.release_file import read_release
from unisandbox.generators.sheet_layout import PAPER
from unisandbox.generators.shown import Shown, shown_items, source_words
from unisandbox.generators.typography import text_width

VOID = ("meta", "img", "br", "link")
FAMILY_LEVELS = (("math", 2), ("mapping", 6), ("knowledge", 1))


class Page(HTMLParser):
    """What a reader of the page gets: its tags, its texts, its pictures; every tag must be closed in its turn."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action")]
        if tag == "img":
            assert dict(attrs)["alt"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def release() -> Release:
    return read_release("0.1.0")


def shown(release: Release, family: str, level: int, count: int = 3) -> tuple[Shown, ...]:
    return shown_items(release, family, sample_items("0.1.0", family, level, None, 0, count))


@pytest.mark.parametrize(("family", "level"), FAMILY_LEVELS)
def test_the_page_holds_all_texts_of_all_items(release: Release, family: str, level: int) -> None:
    items = shown(release, family, level)
    words = Page(preview_page(release, family, level, items)).words
    assert len(items) == 3
    for one in items:
        for text in (one.item.id, one.item.draw, one.item.literal, one.item.ask, one.item.trace, *one.item.choices):
            assert text in words
        assert any(text.strip() == one.item.answer for text in words)
        assert {foil.change for foil in one.foils} <= set(words)


@pytest.mark.parametrize(("family", "level"), FAMILY_LEVELS)
def test_the_pictures_are_in_the_page_and_nothing_is_elsewhere(release: Release, family: str, level: int) -> None:
    items = shown(release, family, level)
    page = Page(preview_page(release, family, level, items))
    wanted = [picture for one in items for picture in (one.picture, *(foil.picture for foil in one.foils))]
    head = "data:image/png;base64,"
    assert len(wanted) > len(items)
    assert all(link.startswith(head) for link in page.links)
    assert [base64.b64decode(link.removeprefix(head)) for link in page.links] == wanted
    assert page.tags.count("img") == len(wanted)
    for picture in wanted:
        with Image.open(io.BytesIO(picture)) as opened:
            assert (opened.format, opened.size) == ("PNG", (release.image_size_px,) * 2)


def test_texts_are_escaped(release: Release) -> None:
    evil = '<script>alert("1")</script> & <img src=x>'
    items = [
        one._replace(item=one.item._replace(draw=evil, trace=evil, choices=(evil,)), words=evil)
        for one in shown(release, "math", 1, 1)
    ]
    source = preview_page(release, "math", 1, items)
    page = Page(source)
    assert "<script" not in source
    assert "script" not in page.tags
    assert page.words.count(evil) == 4
    assert page.tags.count("img") == 1 + len(items[0].foils)


def test_pictures_are_those_of_the_release_with_their_near_misses(release: Release) -> None:
    items = sample_items("0.1.0", "mapping", 2, "test", 4, 2)
    config = next(config for config in release.configs if config.family == "mapping")
    split = next(split for split in config.splits if split.name == "test")
    pictures = replace(release.pictures(config, split, 2), images=WITH_FOILS)
    for item, one in zip(items, shown_items(release, "mapping", items), strict=True):
        image, near = pictures.cells(item)
        assert image is not None
        assert one.picture == image[0]
        assert [foil.picture for foil in one.foils] == [drawn[0] for _, _, drawn in near if drawn]
        assert [foil.change for foil in one.foils] == ["other chain's object", "other object", "one more"]


def test_near_misses_can_be_left_out(release: Release) -> None:
    items = sample_items("0.1.0", "math", 1, None, 0, 2)
    assert [one.foils for one in shown_items(release, "math", items, with_foils=False)] == [(), ()]


@pytest.mark.parametrize(
    ("family", "level", "words"),
    [("math", 1, {"%", "-", "/", "+", "*", "^", "√"}), ("mapping", 2, {"→"}), ("knowledge", 2, {"'s"})],
)
def test_an_item_says_what_its_target_is_worked_out_from(family: str, level: int, words: set[str]) -> None:
    items = sample_items("0.1.0", family, level, "test", 0, 8)
    assert len(items) == 8
    assert all(any(word in source_words(item) for word in words) for item in items)


def test_clues_are_told_without_the_value_that_is_asked() -> None:
    inverse = [item for item in sample_items("0.1.0", "knowledge", 1, "test", 0, 40) if item.factors.direction == "inverse"]
    assert len(inverse) > 5
    assert all(source_words(item).startswith("one of 4: ") for item in inverse)
    assert all(item.answer not in source_words(item) for item in inverse)


@pytest.mark.parametrize(("family", "level"), FAMILY_LEVELS)
def test_the_sheet_has_a_row_an_item_with_its_texts_whole(
    release: Release, family: str, level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, int]] = []
    put_lines = module.put_lines

    def recorded(page: Image.Image, left: int, top: int, lines: list[tuple[str, int, tuple[int, int, int]]]) -> None:
        said.extend((text, size) for text, size, _ in lines)
        put_lines(page, left, top, lines)

    monkeypatch.setattr(module, "put_lines", recorded)
    items = shown(release, family, level)
    page = preview_sheet(release, family, level, items)
    told = " ".join(" ".join(text for text, _ in said).split())
    assert page.getpixel((2, page.height - 2)) == PAPER
    assert all(text_width(text, size) <= module.TEXT_PX for text, size in said)
    for one in items:
        assert f"{one.item.id} {one.item.draw} Literal: {one.item.literal} Ask: {one.item.ask} Answer: {one.item.answer}" in told


def test_page_and_sheet_are_the_same_every_time(release: Release) -> None:
    first, again = (shown(release, "knowledge", 1) for _ in range(2))
    assert preview_page(release, "knowledge", 1, first) == preview_page(release, "knowledge", 1, again)
    sheets = [preview_sheet(release, "knowledge", 1, items).tobytes() for items in (first, again)]
    assert sheets[0] == sheets[1]
