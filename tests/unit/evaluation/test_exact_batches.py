"""The readers of many pictures at once against those of one, on what both must read and on what neither may."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from unisandbox.evaluation.exact.looked import Scene
from unisandbox.evaluation.exact.portrait_batches import read_portraits
from unisandbox.evaluation.exact.portraits import read_portrait
from unisandbox.evaluation.exact.reader import PictureReader
from unisandbox.evaluation.exact.resampling import bilinear, block_sums, resampled
from unisandbox.evaluation.exact.scene_batches import SceneReader
from unisandbox.evaluation.exact.scenes import Seen, read_scene
from unisandbox.evaluation.exact.sprites import Sprites
from unisandbox.evaluation.exact.unreadable import UnreadableError
from unisandbox.evaluation.models.compose import scene as composed
from unisandbox.generators.draws import Draws, draws_of
from unisandbox.generators.families.base import Target, TargetObject
from unisandbox.generators.portraits import BACKGROUNDS, PORTRAIT_VALUES, SKINS, portrait
from unisandbox.generators.render import Look, png, render
from unisandbox.generators.scenes import MOST_OBJECTS
from unisandbox.generators.sprites import sprite, sprites
from unisandbox.generators.vocabulary import nouns

pytestmark = pytest.mark.xdist_group("exact batches")  # what these tests build stands once

NAMES = tuple(noun.name for noun in nouns() if noun.name in sprites())
HARD_PAIRS = tuple((noun.name, noun.hard_pair) for noun in nouns() if noun.hard_pair and {noun.name, noun.hard_pair} <= {*NAMES})


@pytest.fixture(scope="module")
def pngs() -> Mapping[str, bytes]:
    assert len(NAMES) >= 250
    return {name: png(sprite(name)) for name in NAMES}


@pytest.fixture(scope="module")
def few(pngs: Mapping[str, bytes]) -> Sprites:
    return Sprites.from_pngs({name: pngs[name] for name in ("apple", "car", "knife", "giraffe")})


@pytest.fixture(scope="module")
def reader(pngs: Mapping[str, bytes]) -> SceneReader:
    return SceneReader(pngs)


def tensor(images: Sequence[Image.Image]) -> Tensor:
    values = [np.asarray(image.convert("RGB").convert("RGBA")) for image in images]
    return torch.from_numpy(np.stack(values))


def objects_of(**counts: int) -> Target:
    return Target("objects", tuple(TargetObject(name, count) for name, count in counts.items()))


def targets(kinds: int, scenes: int, draws: Draws) -> Iterator[Target]:
    order: list[str] = []
    for _ in range(scenes):
        if len(order) < kinds:
            order = draws.shuffled(NAMES)
        chosen, order = order[:kinds], order[kinds:]
        yield Target("objects", tuple(TargetObject(name, 1 + draws.below(min(9, MOST_OBJECTS // kinds))) for name in chosen))


def rendered(kinds: int, scenes: int, size_px: int) -> tuple[list[Image.Image], list[tuple[Seen, ...]]]:
    """Pictures, and what they show."""
    draws = draws_of("batches", kinds, size_px, count=scenes * (kinds + 8) + 2 * len(NAMES) * (1 + scenes * kinds // len(NAMES)))
    chosen = list(targets(kinds, scenes, draws))
    images = [render(target, seed, Look(size_px=size_px)) for seed, target in enumerate(chosen)]
    return images, [tuple(sorted(Seen(one.name, one.count) for one in target.objects)) for target in chosen]


@pytest.mark.parametrize(
    ("kinds", "scenes", "size_px"),
    [(1, 16, 384), (2, 16, 384), (3, 16, 384), (4, 16, 384), (2, 16, 256), (1, 8, 512), (1, 2, 1024)],
)
def test_what_was_rendered_is_read(kinds: int, scenes: int, size_px: int, reader: SceneReader) -> None:
    images, shown = rendered(kinds, scenes, size_px)
    found = [scene for start in range(0, scenes, 16) for scene in reader.read(tensor(images[start : start + 16]))]
    assert found == [Scene(seen) for seen in shown]


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [1, 2, 3, 4])
@pytest.mark.parametrize("size_px", [256, 384])
def test_a_thousand_pictures_of_every_kind_are_read(kinds: int, size_px: int, reader: SceneReader) -> None:
    images, shown = rendered(kinds, 1000, size_px)
    found = [scene for start in range(0, 1000, 16) for scene in reader.read(tensor(images[start : start + 16]))]
    assert found == [Scene(seen) for seen in shown]
    assert {one.name for seen in shown for one in seen} == {*NAMES}


def test_company_changes_nothing(reader: SceneReader) -> None:
    images, _ = rendered(3, 6, 384)
    together = reader.read(tensor(images))
    assert [reader.read(tensor([image]))[0] for image in images] == together == reader.read(tensor(images[::-1]))[::-1]


def test_small_pictures_are_read_right_or_not_at_all(reader: SceneReader) -> None:
    images, shown = rendered(4, 24, 128)
    found = reader.read(tensor(images))
    assert [scene.seen == seen for scene, seen in zip(found, shown, strict=True) if not scene.doubt] == [True] * sum(
        not scene.doubt for scene in found
    )
    assert sum(bool(scene.doubt) for scene in found) <= 4


def test_pictures_that_baselines_compose_are_read(pngs: Mapping[str, bytes], reader: SceneReader) -> None:
    wanted = [(name, 1 + number % 9) for number, name in enumerate(NAMES[::10])]
    images = [Image.open(io.BytesIO(composed(pngs[name], count))) for name, count in wanted]
    assert reader.read(tensor(images)) == [Scene((Seen(name, count),)) for name, count in wanted]
    assert len(wanted) > 25


def test_hard_pairs_are_told_apart(reader: SceneReader) -> None:
    assert HARD_PAIRS
    images = [render(objects_of(**{one: 2, other: 3}), seed) for seed, (one, other) in enumerate(HARD_PAIRS)]
    wanted = [Scene(tuple(sorted((Seen(one, 2), Seen(other, 3))))) for one, other in HARD_PAIRS]
    assert reader.read(tensor(images)) == wanted


def test_an_object_that_is_not_known_is_never_taken_for_another(pngs: Mapping[str, bytes]) -> None:
    unknown = NAMES[::12]
    others = SceneReader({name: png for name, png in pngs.items() if name not in unknown})
    found = others.read(tensor([render(objects_of(**{name: 2}), seed) for seed, name in enumerate(unknown)]))
    assert len(unknown) > 20
    assert {(scene.seen, scene.unnamed) for scene in found} == {((), 2)}
    assert all("nothing known" in scene.doubt for scene in found)


def test_two_names_for_one_sprite_are_no_reading(pngs: Mapping[str, bytes]) -> None:
    twins = SceneReader({"apple": pngs["apple"], "twin": pngs["apple"], "car": pngs["car"]})
    car, apple = twins.read(tensor([render(objects_of(car=2), 1), render(objects_of(apple=1), 1)]))
    assert car == Scene((Seen("car", 2),))
    assert apple == Scene((), 1, "apple or twin", ambiguous=True)


def spoilt() -> Iterator[tuple[str, Image.Image, str]]:
    """Pictures that are no scenes, and what has to be said of them."""
    apple = render(objects_of(apple=1), 1).convert("RGB")
    behind = apple.getpixel((0, 0))
    seen = np.argwhere((np.asarray(apple) != np.array(behind)).any(axis=2))
    (top, left), (bottom, right) = seen.min(0).tolist(), seen.max(0).tolist()
    blot, speck, half = apple.copy(), apple.copy(), Image.new("RGB", apple.size, behind)
    ImageDraw.Draw(blot).rectangle((left, top, (left + right) // 2, (top + bottom) // 2), fill=(20, 20, 200))
    ImageDraw.Draw(speck).rectangle((left - 12, top - 12, left - 9, top - 9), fill=(20, 20, 200))
    half.paste(apple.crop((left, top, (left + right) // 2, bottom)), (left, top))
    noise = np.arange(384 * 384 * 3, dtype=np.uint32) * np.uint32(2_654_435_761) >> np.uint32(24)
    yield "a blot", blot, "nothing known"
    yield "a speck", speck, "nothing known"
    yield "half an apple", half, "nothing known"
    yield "a person", render(Target("portrait", (TargetObject("person", 1),)), 1), "a border of several colours"
    yield "noise", Image.fromarray(noise.astype(np.uint8).reshape(384, 384, 3)), "a border of several colours"
    line = Image.new("RGB", (384, 384), behind)
    ImageDraw.Draw(line).rectangle((2, 150, 380, 240), fill=(20, 20, 20))
    yield "a bar", line, "nothing known"


@pytest.mark.parametrize(("image", "said"), [one[1:] for one in spoilt()], ids=[one[0] for one in spoilt()])
def test_what_is_no_scene_is_doubted_by_both_readers(image: Image.Image, said: str, reader: SceneReader, few: Sprites) -> None:
    (scene,) = reader.read(tensor([image]))
    assert said in scene.doubt
    assert not scene.seen
    with pytest.raises(UnreadableError, match=said):
        read_scene(image, few)


def test_a_background_alone_shows_nothing(reader: SceneReader) -> None:
    assert reader.read(tensor([Image.new("RGB", (384, 384), (205, 228, 247))])) == [Scene()]


def test_a_scene_with_a_stranger_in_it_tells_what_is_known(pngs: Mapping[str, bytes]) -> None:
    others = SceneReader({name: pngs[name] for name in ("apple", "car", "knife")})
    (found,) = others.read(tensor([render(objects_of(apple=2, giraffe=3), 5)]))
    assert found == Scene((Seen("apple", 2),), 3, found.doubt)
    assert "nothing known" in found.doubt


def test_portraits_are_read_as_one_by_one() -> None:
    wrong, shown = 0, Counter[tuple[str, str | int]]()
    for size_px, portraits in ((384, 80), (256, 24), (512, 12), (192, 24)):
        draws, images, wanted = draws_of("portrait batches", size_px, count=(2 + len(PORTRAIT_VALUES)) * portraits), [], []
        for _ in range(portraits):
            values = {name: draws.choice(values) for name, values in PORTRAIT_VALUES.items()}
            skin, background = draws.below(SKINS), draws.below(BACKGROUNDS)
            images.append(portrait(values, skin=skin, background=background, size_px=size_px))
            wanted.append(values)
            shown.update([*values.items(), ("skin", skin), ("background", background)])
        wrong += sum(dict(found) != want for found, want in zip(read_portraits(tensor(images)), wanted, strict=True))
        assert dict(read_portraits(tensor(images[:1]))[0]) == read_portrait(images[0])
    assert not wrong
    assert len(shown) == sum(len(values) for values in PORTRAIT_VALUES.values()) + SKINS + BACKGROUNDS


def test_an_attribute_that_is_covered_is_missing_and_no_other() -> None:
    looks = {name: values[1] for name, values in PORTRAIT_VALUES.items()}
    picture = portrait(looks, skin=0, background=0, size_px=384)
    ImageDraw.Draw(picture).rectangle((100, 345, 290, 383), fill=(120, 120, 120))
    (found,) = read_portraits(tensor([picture]))
    assert found == {name: value for name, value in looks.items() if name != "shirt_colour"}


def test_a_scene_is_never_taken_for_a_person(pngs: Mapping[str, bytes]) -> None:
    reader = PictureReader(pngs, "cpu")
    images, shown = rendered(1, 24, 384)
    people = [render(Target("portrait", (TargetObject("person", 1),)), seed) for seed in range(20)]
    found = reader.read([np.asarray(image.convert("RGBA")).tobytes() for image in (*images, *people)], 384)
    assert [one.scene.seen for one in found[:24]] == shown
    assert [len(one.person) for one in found] == [0] * 24 + [len(PORTRAIT_VALUES)] * 20


@pytest.mark.parametrize(
    ("length", "made", "start", "step"), [(100, 37, 0.0, 100 / 37), (30, 41, 0.3, 29.1 / 41), (64, 64, 0.0, 1.0)]
)
def test_resampling_is_that_of_pillow(length: int, made: int, start: float, step: float) -> None:
    values = np.arange(length * length, dtype=np.uint32) * np.uint32(2_654_435_761) >> np.uint32(24)
    image = Image.fromarray(values.astype(np.uint8).reshape(length, length))
    whole = Image.new("L", (length + 40, length + 40))  # black around it, as here what is outside is 0
    whole.paste(image, (20, 20))
    box = (20 + start, 20 + start, 20 + start + made * step, 20 + start + made * step)
    wanted = np.asarray(whole.resize((made, made), Image.Resampling.BILINEAR, box=box), np.int32)
    weights = bilinear(torch.tensor([start]), torch.tensor([step]), torch.tensor([made]), made + 3, length)
    source = torch.from_numpy(np.array(image, np.float32))[None, :, None]
    found = resampled(source, weights, weights)[0, :, 0].numpy()
    assert np.abs(found[:made, :made] - wanted).max() <= 1.01
    assert not found[made:].any()


def test_block_sums_are_those_of_the_squares() -> None:
    values = torch.arange(2 * 4 * 3 * 6, dtype=torch.float32).reshape(2, 4, 3, 6)
    assert torch.equal(block_sums(values, 2), values.view(2, 2, 2, 3, 3, 2).sum((2, 5)))
