"""What baselines draw with: a release's own pictures of portraits, and scenes composed of its sprites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.items import Item, scored_items
from unisandbox.evaluation.models.compose import SIZE_PX, scene
from unisandbox.evaluation.pictures import Pictures
from unisandbox.evaluation.released import characters_of, nouns_of, released, values_of
from unisandbox.schemas.manifest import read_manifest

Portrait = tuple[Item, int | None]  # an item, and which of its foils; None for its reference picture


class Shelf:
    """The items that will be asked, by id, and what of their release a baseline may draw with.

    Raises:
        DataError: The release has no pictures.
    """

    def __init__(self, items: Sequence[Item], release: Path) -> None:
        about = released(release)
        if about.image_size_px is None:
            fix = "score a release that is built with pictures"
            raise DataError(Violation(str(release), "no pictures", "pictures, which baselines draw with", fix))
        self.items = {item.id: item for item in items}
        self.pictures, self.digest = Pictures(), about.digest
        self.nouns, self.characters = nouns_of(release), characters_of(release)
        self.values = values_of(self.characters)
        self._release, self._size_px = release, about.image_size_px
        self._portraits = _by_value(items)
        self._all_read = False

    def reference(self, item: Item) -> bytes:
        """Return the item's target; raises `DataError` where its split was built without pictures."""
        picture = self.pictures.reference(item)
        if picture is None:
            fix = "score splits that are built with pictures"
            raise DataError(Violation(f"{item.config}/{item.split}", "no reference pictures", "a picture of each item", fix))
        return picture

    def objects(self, name: str, count: int) -> bytes:
        """Return a picture of so many of one object of the vocabulary."""
        sprite = self.nouns[name].sprite
        if sprite is None:
            raise DataError(Violation(f"vocabulary: {name}", "no sprite", "a sprite of each object", "build it with pictures"))
        return scene(sprite, count, size_px=self._size_px or SIZE_PX)

    def portrait(self, attribute: str, value: str, pick: str) -> bytes:
        """Return a portrait of the release with that attribute; `pick` says which of them, whatever text it is.

        Raises:
            DataError: No picture of the release shows it.
        """
        place = (attribute, value)
        if place not in self._portraits and not self._all_read:
            self._portraits, self._all_read = _by_value(_all_items(self._release)), True
        found = self._portraits.get(place, [])
        start = int(digest([pick, *place])[:8], 16)
        for step in range(len(found)):
            item, foil = found[(start + step) % len(found)]
            picture = self.pictures.reference(item) if foil is None else self.pictures.foil(item, foil)
            if picture is not None:
                return picture
        fix = "build more items of knowledge with pictures"
        raise DataError(Violation(str(self._release), f"no portrait with {attribute} {value}", "one of each value", fix))


def only_attribute(target: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the attribute that a portrait must show, with `name` and `value`; a target names one person and one attribute."""
    attribute: Mapping[str, str] = target["objects"][0]["attributes"][0]
    return attribute


def _all_items(release: Path) -> Iterator[Item]:
    manifest = read_manifest(release)
    splits = sorted({shard.split for shard in manifest.shards if shard.config == "knowledge"})
    yield from scored_items(release, splits).items


def _by_value(items: Sequence[Item] | Iterator[Item]) -> dict[tuple[str, str], list[Portrait]]:
    """Return where each attribute shows: in reference pictures, and in foils where their pictures exist."""
    found: dict[tuple[str, str], list[Portrait]] = {}
    for item in items:
        if item.target["kind"] != "portrait":
            continue
        shown = [(item.target, None), *((foil["target"], number) for number, foil in enumerate(item.foils))]
        for target, foil in shown:
            for attribute in target["objects"][0]["attributes"]:
                found.setdefault((attribute["name"], attribute["value"]), []).append((item, foil))
    return found
