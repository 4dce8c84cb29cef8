"""The sentences of a card, from `prose/*.toml`: those for every release, and those for the families, configs and axes of one.

A card never has a gap: what a release needs and no file says is an error that names it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from unisandbox.cards.metadata import item_configs
from unisandbox.cards.promises import held_out
from unisandbox.errors import Violation, WordingError
from unisandbox.schemas.manifest import Manifest

FOLDER: Final = "cards/prose"
OF_FAMILY: Final = ("asks", "level", "guess")
OF_CONFIG: Final = ("holds",)
OF_AXIS: Final = ("says",)


class Texts(dict[str, Any]):
    """A table of sentences by name; one that is not there is a `WordingError`."""

    def __init__(self, where: str, texts: Mapping[str, Any]) -> None:
        super().__init__(texts)
        self._where = where

    def __missing__(self, name: str) -> Any:
        """Refuse to leave a gap."""
        raise WordingError(_missing(self._where, name))


@dataclass(frozen=True, slots=True)
class Prose:
    """The sentences that one release needs: by section, and by family, config without items, and axis, in its own order."""

    card: Texts
    families: Mapping[str, Mapping[str, Any]]
    configs: Mapping[str, Mapping[str, Any]]
    axes: Mapping[str, Mapping[str, Any]]

    def points(self, section: str, *, pictured: bool = False) -> list[str]:
        """Return the points of a section, those about pictures only where there are some, and then those of the families."""
        points = [*self.card[section]["always"], *(self.card[section].get("pictures", ()) if pictured else ())]
        return points + [point for texts in self.families.values() for point in texts.get(section, ())]


def prose(manifest: Manifest) -> Prose:
    """Return the sentences for a release.

    Raises:
        WordingError: The release has families, configs or axes of which nothing is said; all of them at once.
    """
    items = item_configs(manifest)
    axes = list(dict.fromkeys(axis for held in held_out(manifest).values() for axis in held))
    others = [config for config in manifest.configs if config not in items]
    needed = (("families", items, OF_FAMILY), ("configs", others, OF_CONFIG), ("axes", axes, OF_AXIS))
    wrong = [violation for kind, names, keys in needed for violation in _gaps(kind, names, keys)]
    if wrong:
        raise WordingError(wrong)
    families, configs, said = ({name: _read(kind)[name] for name in names} for kind, names, _ in needed)
    card = {name: Texts(f"{FOLDER}/card.toml: {name}", texts) for name, texts in _read("card").items()}
    return Prose(Texts(f"{FOLDER}/card.toml", card), families, configs, said)


def one_line(text: str) -> str:
    """Return a text with its line breaks as blanks.

    >>> one_line("a\\nb\\n")
    'a b'
    """
    return " ".join(text.split())


def _gaps(kind: str, names: list[str], keys: tuple[str, ...]) -> Iterator[Violation]:
    said = _read(kind)
    for name in names:
        for key in keys:
            if key not in said.get(name, {}):
                yield _missing(f"{FOLDER}/{kind}.toml: {name}", key)


def _missing(where: str, name: str) -> Violation:
    return Violation(f"{where}.{name}", "no text", "a sentence for all that a card tells of", "write it there")


@cache
def _read(kind: str) -> dict[str, Any]:
    return tomllib.loads((files("unisandbox.cards") / "prose" / f"{kind}.toml").read_text(encoding="utf-8"))
