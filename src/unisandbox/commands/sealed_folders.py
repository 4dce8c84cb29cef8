"""The folders of sealed splits: the private one that `seal` makes, and what `reveal` makes of it.

Rows are drawn in `generators` and committed to in `cards`; here the two meet.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from unisandbox.cards.companions import write_companions
from unisandbox.cards.private_folder import make_private_folder, read_salt, write_private_notes
from unisandbox.cards.seal import Drawn, Opening, check_rows_of_seal, opened, sealed
from unisandbox.errors import DataError, InputError, RowError, Violation
from unisandbox.generators.engines import run
from unisandbox.generators.manifests import manifest_of
from unisandbox.generators.plan import ShardPlan, plan_of_tables, schema_of_items
from unisandbox.generators.release import Release
from unisandbox.generators.release_canonical import release_of
from unisandbox.generators.sealed import DrawnSplit, draw_splits, new_salt, published_keys
from unisandbox.generators.sealed_release import plan_of_sealed, release_of_sealed, sealed_splits, splits_of_seal
from unisandbox.generators.shards import ShardJob, make_shard
from unisandbox.generators.uniqueness import check_uniqueness
from unisandbox.schemas.canonical import lines_of
from unisandbox.schemas.manifest import FILE_NAME, Manifest, Shard, read_manifest, verify_folder, write_manifest
from unisandbox.schemas.parquet import read_rows, read_tables
from unisandbox.schemas.seals import Seal, SealedLevel

Step = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What `seal` is asked for: the splits of a public folder, the rows of each level, and the private folder to make."""

    folder: Path
    out: Path
    splits: tuple[str, ...]
    rows: int
    name: str
    source: str | None = None
    workers: int = 1


def seal_folder(asked: Asked, step: Step) -> Seal:
    """Draw sealed rows into a new private folder, and write the commitment to them into the public one.

    Raises:
        InputError: A public folder or a request that cannot be sealed; nothing is written then.
        CapacityError: Fewer rows are left than are asked for; nothing is written then.
        RowError: Rows that break a rule: a defect of their family.
    """
    public = read_manifest(asked.folder)
    release = release_of(public, asked.source, where=str(asked.folder / FILE_NAME))
    splits = sealed_splits(release, asked.splits, asked.rows, asked.name)
    _refuse_unfit(asked, public)
    keys = {config.family: published_keys(asked.folder, public, config.family) for config, _ in splits}
    salt = new_salt()
    drawn = draw_splits(release, splits, keys, salt)
    own = release_of_sealed(release, splits, asked.name)
    with _removed_if_unfinished(asked.out):
        make_private_folder(asked.out, salt)
        shards = made_shards(own, plan_of_sealed(own, drawn), asked.out, asked.workers, step)
        _refuse_repeated(own, asked.out, shards)
        seal = seal_of_rows(asked.name, salt, own, drawn, asked.out, shards)
        write_private_notes(asked.out, public, seal)
        write_manifest(asked.out, _private_manifest(own, asked.out, shards, public, seal))
        committed = replace(public, seals=(*public.seals, seal))
        write_companions(asked.folder, committed)
    write_manifest(asked.folder, committed)  # last, and never undone: from here on the salt is what a proof hangs on
    return seal


def reveal_folder(private: Path, out: Path, source: str | None, workers: int, step: Step) -> Manifest:
    """Make a release folder of the rows of a private one, with their salt, and return its manifest.

    Raises:
        DataError: No private folder, or one whose rows and salt are not those that were sealed; `out` holds something.
    """
    manifest, seal, salt = _private(private)
    release = release_of(manifest, source, where=str(private / FILE_NAME))
    splits = splits_of_seal(release, seal)
    own = release_of_sealed(release, splits, seal.name)
    _refuse_taken(out)
    with _removed_if_unfinished(out):
        shards = [_copied(private, shard, out) for shard in manifest.shards]
        shards += made_shards(own, plan_of_tables(own), out, workers, step)
        facts = {
            family: figures for family, figures in manifest.facts.items() if family in [config.family for config, _ in splits]
        }
        revealed = replace(manifest_of(own, out, shards, facts), seals=(replace(seal, salt=salt.hex()),))
        write_companions(out, revealed)
        write_manifest(out, revealed)
    return revealed


def reveal_item(private: Path, item: str) -> Opening:
    """Return one row of a private folder with its proof; raises `DataError` where no row has this id."""
    manifest, seal, salt = _private(private)
    for split in seal.splits:
        own = shards_of(manifest, split.config, split.split)
        ids = [row["id"] for shard in own for row in read_rows(private / shard.path, "item", ["id"])]
        if item in ids:
            lines = lines_in(private, own, _schema(manifest))
            return opened(seal.name, salt, split.config, split.split, lines, ids.index(item))
    names = ", ".join(f"{split.config}/{split.split}" for split in seal.splits)
    raise DataError(Violation("--item", repr(item), f"the id of a row of {names}", "look ids up in the private folder"))


def seal_of_rows(
    name: str, salt: bytes, release: Release, drawn: Sequence[DrawnSplit], folder: Path, shards: Sequence[Shard]
) -> Seal:
    """Return the commitment to rows that stand in a folder."""
    told = []
    for config, split, levels in drawn:
        size = config.options.group_size
        named = tuple(
            SealedLevel(level=one.level, rows=len(one.starts) * size, first=one.first, end=one.end, candidates=one.candidates)
            for one in levels
        )
        own = [shard for shard in shards if (shard.config, shard.split) == (config.family, split.name)]
        lines = lines_in(folder, own, schema_of_items(release))
        told.append(Drawn(config.family, split.name, split.twin, named, lines))
    return sealed(name, salt, told)


def made_shards(release: Release, plans: Sequence[ShardPlan], folder: Path, workers: int, step: Step) -> list[Shard]:
    """Return the shards of a plan, made in a folder, in the order of the plan; raises `RowError` for rows that break a rule."""
    made: dict[str, Shard] = {}
    for result in run(make_shard, [ShardJob(release, plan, folder) for plan in plans], workers):
        if not isinstance(result, Shard):
            raise RowError(result)
        made[result.path] = result
        step(f"{result.config}/{result.split}", len(made), len(plans))
    return [made[plan.path] for plan in plans]


def shards_of(manifest: Manifest, config: str, split: str) -> list[Shard]:
    """Return the files of a split, in order."""
    return [shard for shard in manifest.shards if (shard.config, shard.split) == (config, split)]


def lines_in(folder: Path, shards: Sequence[Shard], schema: str) -> list[str]:
    """Return the canonical lines of the rows of files, in order."""
    tables = (table for shard in shards for table in read_tables(folder / shard.path, schema))
    return [line for table in tables for batch in table.to_batches() for line in lines_of(batch, schema).to_pylist()]


def _private_manifest(own: Release, folder: Path, shards: Sequence[Shard], public: Manifest, seal: Seal) -> Manifest:
    """Return the manifest of a private folder: that of the public release, which has no word of its splits, with other files."""
    made = manifest_of(own, folder, shards, public.facts)
    return replace(public, shards=made.shards, versions=made.versions, images=made.images, seals=(seal,), private=True)


def _schema(manifest: Manifest) -> str:
    return "item" if manifest.images is None else "pictured_item"


def _refuse_unfit(asked: Asked, public: Manifest) -> None:
    """Check that the public folder is one, whole, and that the private one is new and elsewhere."""
    wrong = verify_folder(asked.folder)
    if public.private or any(seal.salt for seal in public.seals):
        fix = "seal the release from which it was drawn again"
        wrong.append(Violation(str(asked.folder), "sealed rows", "a public release as it was built", fix))
    if asked.name in [seal.name for seal in public.seals]:
        wrong.append(Violation("--name", repr(asked.name), "a name that no seal of the release has", "give another --name"))
    if asked.out.resolve().is_relative_to(asked.folder.resolve()):
        wrong.append(Violation("--out", str(asked.out), "a place outside the public folder", "name another folder"))
    if wrong:
        raise InputError(wrong)


def _refuse_repeated(release: Release, folder: Path, shards: Sequence[Shard]) -> None:
    if wrong := check_uniqueness(release, folder, shards):
        raise RowError(wrong)


def _refuse_taken(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError(Violation(str(out), "something already", "a new folder", "give another --out, or remove it"))


@contextmanager
def _removed_if_unfinished(folder: Path) -> Iterator[None]:
    """Take a new folder away again where the block fails; one that held something before is left alone."""
    is_new = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    try:
        yield
    except BaseException:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _private(folder: Path) -> tuple[Manifest, Seal, bytes]:
    """Return the manifest, the seal and the salt of a private folder whose rows are those that were sealed."""
    manifest = read_manifest(folder)
    if not manifest.private or len(manifest.seals) != 1:
        fix = "give the --out of `unisandbox seal`"
        raise DataError(Violation(str(folder), "a folder that is not private", "a private folder with its seal", fix))
    seal, salt = manifest.seals[0], read_salt(folder)
    wrong = verify_folder(folder)
    if not wrong:
        every = [lines_in(folder, shards_of(manifest, one.config, one.split), _schema(manifest)) for one in seal.splits]
        wrong = check_rows_of_seal(seal, salt, every)
    if wrong:
        raise DataError(wrong)
    return manifest, seal, salt


def _copied(private: Path, shard: Shard, out: Path) -> Shard:
    """Return a shard of a private folder where a published one stands, its file copied there."""
    moved = replace(shard, path=f"data/{shard.path.removeprefix('private/')}")
    (out / moved.path).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(private / shard.path, out / moved.path)
    return moved
