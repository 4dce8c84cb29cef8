"""What stands beside the data of a release folder, so that it explains itself.

The card and its pictures, the licence, the schemas of its rows; for machines croissant.json, eval.yaml and versions.json.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from unisandbox.cards.croissant import CROISSANT, croissant_text
from unisandbox.cards.eval_file import EVAL_FILE, eval_text
from unisandbox.cards.examples import examples
from unisandbox.cards.figures import item_splits
from unisandbox.cards.metadata import row_names
from unisandbox.cards.proofs import proofs
from unisandbox.cards.prose import prose
from unisandbox.cards.render import CARD, Told, card_text
from unisandbox.cards.versions import VERSIONS, Version, history, read_versions, versions_text
from unisandbox.schemas.declarations import declaration, file_name
from unisandbox.schemas.files import replacing
from unisandbox.schemas.manifest import Manifest

LICENCE: Final = "LICENSE"
OF_FILES: Final = ("manifest", "audit", "versions")  # what has a schema and is no row


def companions(folder: Path, manifest: Manifest, *, repo: str | None = None, earlier: Sequence[Version] = ()) -> dict[str, bytes]:
    """Return path -> content of every file beside the data that follows from it, sorted by path; nothing is written.

    Args:
        folder: The release folder; its data and its `audit.json` are read.
        manifest: What the folder holds. It need not stand there yet.
        repo: Where the release is published, `org/name`; None where it lies in a folder alone.
        earlier: The versions up to and with this one, as `versions.history` tells them. Where nobody tells any, those that the
            folder lists if its list ends with this version, so that a card can be written again; else this one is the first.

    Raises:
        DataError: A data file, an audit or a list of versions that is not what it should be.
        WordingError: The release has something of which the card has no sentence.
    """
    sentences, splits = prose(manifest), item_splits(folder, manifest)
    versions = _versions(folder, manifest, earlier)
    items = examples(folder, manifest, splits)
    told = Told(manifest, sentences, splits, items, proofs(folder, manifest), versions, _sheets(folder), repo)
    made = {CARD: card_text(told), LICENCE: _licence(), CROISSANT: croissant_text(manifest, sentences, repo)}
    made[VERSIONS] = versions_text(versions)
    if (tests := eval_text(manifest)) is not None:
        made[EVAL_FILE] = tests
    for name in sorted({*row_names(manifest).values(), *OF_FILES}):
        made[f"schemas/{file_name(name)}"] = json.dumps(declaration(name), indent=2, ensure_ascii=False) + "\n"
    contents = {path: text.encode() for path, text in made.items()}
    contents |= {picture.path: picture.content for item in items for picture in item.pictures}
    return dict(sorted(contents.items()))


def write_companions(
    folder: Path, manifest: Manifest, *, repo: str | None = None, earlier: Sequence[Version] = ()
) -> tuple[str, ...]:
    """Write the companions of a release folder that differ from what stands there, and return their paths, sorted.

    Takes and raises what `companions` does; nothing is written where it raises.
    """
    made = companions(folder, manifest, repo=repo, earlier=earlier)
    differing = {path: content for path, content in made.items() if not _stands(folder / path, content)}
    for path, content in differing.items():
        with replacing(folder / path) as sink:
            sink.write(content)
    return tuple(differing)


def _stands(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _licence() -> str:
    return (files("unisandbox.cards") / "LICENSE-DATA").read_text(encoding="utf-8")


def _sheets(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in folder.glob("contact-sheet*.png")))


def _versions(folder: Path, manifest: Manifest, told: Sequence[Version]) -> tuple[Version, ...]:
    if told:
        if not _ends_with(told, manifest):
            raise ValueError(f"the list of versions ends with {told[-1].version} and not with {manifest.version} of these rows")
        return tuple(told)
    path = folder / VERSIONS
    if path.is_file():
        listed = read_versions(path.read_bytes(), where=str(path))
        if _ends_with(listed, manifest):
            return listed
    return history((), None, manifest)


def _ends_with(versions: Sequence[Version], manifest: Manifest) -> bool:
    wanted = (manifest.version, manifest.digest, manifest.fingerprint)
    return (versions[-1].version, versions[-1].digest, versions[-1].fingerprint) == wanted
