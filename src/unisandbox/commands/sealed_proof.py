"""Whether revealed rows are those that a public release committed to, and those that nobody but the salt chose."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from unisandbox.cards.seal import check_opening, check_rows_of_seal, read_opening
from unisandbox.commands.sealed_folders import Step, lines_in, made_shards, seal_of_rows, shards_of
from unisandbox.errors import DataError, Violation
from unisandbox.generators.plan import schema_of_items
from unisandbox.generators.release_canonical import release_of
from unisandbox.generators.sealed import draw_splits, published_keys
from unisandbox.generators.sealed_release import plan_of_sealed, release_of_sealed, splits_of_seal
from unisandbox.schemas.manifest import FILE_NAME, Manifest, read_manifest, verify_folder
from unisandbox.schemas.seals import Seal

CHOSEN = "the rows were not drawn as the salt says"
OTHER_RELEASE = "compare it with the release that sealed it"


@dataclass(frozen=True)
class Verified:
    """What was looked at: rows of a seal, whether they were drawn again, and all that differs from what was committed to."""

    seal: str
    rows: int
    drawn_again: bool
    differences: tuple[Violation, ...]


def verify_item(path: Path, public: Path) -> Verified:
    """Return whether one opened row was sealed; raises `DataError` where either side cannot be read."""
    opening = read_opening(path.read_bytes(), where=str(path))
    seal = _committed(read_manifest(public), opening.seal)
    wrong = check_opening(opening, seal) if seal else [_no_such_seal(opening.seal, public)]
    return Verified(opening.seal, 1, False, tuple(wrong))


def verify_folder_of_seal(folder: Path, public: Path, source: str | None, workers: int, step: Step, *, draw: bool) -> Verified:
    """Return whether the rows of a revealed folder were sealed and, with `draw`, whether the salt alone chose them.

    Raises:
        DataError: Either folder cannot be read; the public one is not what its manifest says, or of another version.
    """
    revealed, told = read_manifest(folder), read_manifest(public)
    own = _revealed(revealed, folder)
    seal = _committed(told, own.name)
    if seal is None:
        return Verified(own.name, 0, False, (_no_such_seal(own.name, public),))
    broken = verify_folder(folder)
    if broken:
        return Verified(seal.name, 0, False, tuple(broken))
    release = release_of(told, source, where=str(public / FILE_NAME))
    schema = schema_of_items(release_of_sealed(release, splits_of_seal(release, seal), seal.name))
    lines = [lines_in(folder, shards_of(revealed, one.config, one.split), schema) for one in seal.splits]
    salt = bytes.fromhex(own.salt or "")
    wrong = [*_other_claims(own, seal), *check_rows_of_seal(seal, salt, lines)]
    if draw:
        wrong += _drawn_otherwise(seal, salt, lines, public, told, source, workers, step)
    return Verified(seal.name, sum(map(len, lines)), draw, tuple(sorted(set(wrong))))


def _drawn_otherwise(
    seal: Seal,
    salt: bytes,
    lines: Sequence[Sequence[str]],
    public: Path,
    told: Manifest,
    source: str | None,
    workers: int,
    step: Step,
) -> Iterator[Violation]:
    """Yield how rows differ from those that the salt draws from the public release."""
    changed = verify_folder(public)
    if changed:
        raise DataError(changed)
    release = release_of(told, source, where=str(public / FILE_NAME))
    splits = splits_of_seal(release, seal)
    keys = {config.family: published_keys(public, told, config.family) for config, _ in splits}
    drawn = draw_splits(release, splits, keys, salt)
    own = release_of_sealed(release, splits, seal.name)
    with tempfile.TemporaryDirectory(prefix="unisandbox-seal-") as place:
        again = Path(place)
        shards = made_shards(own, plan_of_sealed(own, drawn), again, workers, step)
        made = seal_of_rows(seal.name, salt, own, drawn, again, shards)
        for split, found, of in zip(made.splits, lines, seal.splits, strict=True):
            where = f"{seal.name}: {of.config}/{of.split}"
            mine = [shard for shard in shards if (shard.config, shard.split) == (split.config, split.split)]
            expected = lines_in(again, mine, schema_of_items(own))
            yield from _first_other(where, found, expected)
            if split.levels != of.levels:
                yield Violation(f"{where}: levels", str(of.levels), str(split.levels), CHOSEN)


def _first_other(where: str, found: Sequence[str], expected: Sequence[str]) -> Iterator[Violation]:
    for number, (one, other) in enumerate(zip(found, expected, strict=False)):
        if one != other:
            yield Violation(f"{where}, row {number}", one[:120], other[:120], CHOSEN)
            return


def _committed(manifest: Manifest, name: str) -> Seal | None:
    """Return the seal of this name that a release committed to, as it was before it was revealed."""
    return next((replace(seal, salt=None) for seal in manifest.seals if seal.name == name), None)


def _revealed(manifest: Manifest, folder: Path) -> Seal:
    seals = [seal for seal in manifest.seals if seal.salt]
    if len(seals) != 1 or manifest.private:
        found = "a private folder" if manifest.private else f"{len(seals)} seals with a salt"
        fix = "give what `unisandbox reveal` has made"
        raise DataError(Violation(str(folder / FILE_NAME), found, "the rows of one seal, revealed", fix))
    return seals[0]


def _other_claims(own: Seal, seal: Seal) -> Iterator[Violation]:
    """Yield what the revealed folder says of the seal otherwise than the public one."""
    for name in (field.name for field in fields(Seal) if field.name != "salt"):
        if (mine := getattr(own, name)) != (committed := getattr(seal, name)):
            yield Violation(f"{seal.name}: {name}", str(mine), f"{committed}, as sealed", OTHER_RELEASE)


def _no_such_seal(name: str, public: Path) -> Violation:
    allowed = "a seal that this release has committed to"
    return Violation(f"{public / FILE_NAME}: seals", f"none named {name!r}", allowed, OTHER_RELEASE)
