"""Sealed splits: the salt alone decides which rows they hold; none is published or can be, and all are dealt like tests."""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisandbox.errors import CapacityError, DataError, InputError
from unisandbox.generators.build import build
from unisandbox.generators.families.base import Item
from unisandbox.generators.folder import BuildFolder
from unisandbox.generators.plan import DATA, PRIVATE, plan, rows_of_shard
from unisandbox.generators.release import Config, Release, Split
from unisandbox.generators.release_canonical import release_of
from unisandbox.generators.release_file import parse_release, read_release
from unisandbox.generators.rows import rows
from unisandbox.generators.sealed import (
    DrawnSplit,
    draw_splits,
    new_salt,
    published_keys,
    reserved,
    secret_order,
)
from unisandbox.generators.sealed_release import plan_of_sealed, release_of_sealed, sealed_splits, splits_of_seal
from unisandbox.generators.uniqueness import Digests, digest, digests
from unisandbox.schemas.manifest import Manifest, canonical_sha256, read_manifest, write_manifest
from unisandbox.schemas.seals import Seal, SealedLevel, SealedSplit

SALT = b"salt of a test, not a secret one"
TEXT = """
name = "tested"
version = "0.0.1"
line = "tested-line"
seed = 8
editions = 8
canary = "tested-canary"
[math]
answers = [2, 7]
unreached_answers = 0
[math.splits]
train = {levels = [1, 2], rows = 90}
validation = {levels = [1, 2], rows = 30, held_out = ["key"]}
test = {levels = [1, 2], rows = 30, held_out = ["key"]}
test_novel_templates = {levels = [2], rows = 30, held_out = ["key", "template"]}
[mapping.splits]
train = {levels = [1], rows = 60}
test_novel_objects = {levels = [1, 2], rows = 40, held_out = ["key", "object"]}
"""
ALL = ["math/test:2", "math/test_novel_templates", "mapping/test_novel_objects"]


@pytest.fixture(scope="module")
def release() -> Release:
    return parse_release(TEXT, where="tested.toml")


@pytest.fixture(scope="module")
def public(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release folder that tests read only."""
    folder = tmp_path_factory.mktemp("sealed") / "public"
    assert build(release, folder).manifest is not None
    return folder


@pytest.fixture(scope="module")
def published(public: Path) -> dict[str, Digests]:
    manifest = read_manifest(public)
    return {config: published_keys(public, manifest, config) for config in manifest.configs}


def drawn(
    release: Release, published: dict[str, Digests], salt: bytes = SALT, texts: list[str] = ALL, count: int = 40
) -> tuple[DrawnSplit, ...]:
    return draw_splits(release, sealed_splits(release, texts, count, "sealed"), published, salt)


def items(release: Release, splits: tuple[DrawnSplit, ...]) -> list[Item]:
    """Return the items of drawn splits, in order."""
    own = release_of_sealed(release, [(one.config, one.split) for one in splits], "sealed")
    made = [item for shard in plan_of_sealed(own, splits) for item in rows_of_shard(own, shard)]
    assert all(isinstance(item, Item) for item in made)
    return made  # type: ignore[return-value]  # as has just been asserted


@given(key=st.binary(max_size=40), size=st.integers(0, 300))
def test_a_secret_order_is_a_permutation_of_the_key(key: bytes, size: int) -> None:
    order = list(secret_order(key, size))
    assert sorted(order) == list(range(size))
    assert order == list(secret_order(key, size))


def test_secret_orders_of_two_keys_have_nothing_in_common() -> None:
    one, other = (list(itertools.islice(secret_order(key, 2**62), 1000)) for key in (b"1", b"2"))
    assert not set(one) & set(other)
    assert len(set(one)) == 1000


def test_every_place_of_a_secret_order_is_as_likely_as_any_other() -> None:
    firsts = Counter(next(secret_order(str(key).encode(), 4)) for key in range(4000))
    assert sorted(firsts) == [0, 1, 2, 3]
    assert max(abs(count - 1000) for count in firsts.values()) < 150  # 5.5 standard deviations


def test_a_secret_order_is_pinned() -> None:
    """The rows of a seal must be the same for whoever draws them again, years later."""
    assert list(itertools.islice(secret_order(b"key", 1000), 6)) == PINNED_ORDER


PINNED_ORDER = [935, 621, 448, 73, 932, 406]


def test_salts_are_of_32_bytes_and_never_the_same() -> None:
    salts = {new_salt() for _ in range(100)}
    assert len(salts) == 100
    assert {len(salt) for salt in salts} == {32}


def test_the_systems_randomness_is_read_in_one_place() -> None:
    readers = [
        path.name for path in sources() if any(name_of(node) == "os.urandom" for node in ast.walk(ast.parse(path.read_text())))
    ]
    assert readers == ["sealed.py"]


def sources() -> Iterator[Path]:
    root = Path(__file__).resolve().parents[3]
    for room in ("schemas", "generators", "cards", "evaluation", "src"):
        yield from sorted((root / room).rglob("*.py"))


def name_of(node: ast.AST) -> str:
    return ast.unparse(node) if isinstance(node, ast.Attribute) else ""


def test_one_salt_draws_the_same_rows_again_and_another_draws_others(release: Release, published: dict[str, Digests]) -> None:
    one, again, other = (drawn(release, published, salt) for salt in (SALT, SALT, SALT[::-1]))
    assert one == again
    mine, theirs = ({item.draw for item in items(release, splits)} for splits in (one, other))
    assert len(mine) == len(theirs) == 160
    assert len(mine & theirs) < 40  # both were drawn from some hundreds to thousands


def test_rows_come_from_the_upper_half_in_whole_groups(release: Release, published: dict[str, Digests]) -> None:
    for config, split, levels in drawn(release, published):
        for level in levels:
            whole = len(config.options.space(release.part(config, split, level.level)))
            size = config.options.group_size
            assert whole // 2 <= level.first < level.end <= whole
            assert all(level.first <= start <= level.end - size and start % size == 0 for start in level.starts)
            assert len(set(level.starts)) == len(level.starts) == 40 // size
            assert 0 < level.candidates <= level.end - level.first


def test_what_is_published_beyond_the_half_is_not_sealed(release: Release) -> None:
    config = release.configs[0]
    part = release.part(config, config.splits[2], 2)
    whole = len(config.options.space(part))
    assert reserved(config.options, part, 30) == range(whole // 2, whole)
    assert reserved(config.options, part, whole - 5) == range(whole - 5, whole)
    assert len(reserved(config.options, part, whole)) == 0
    pairs = release.configs[1]
    part = release.part(pairs, pairs.splits[1], 1)
    span = reserved(pairs.options, part, 41)
    assert (span.start % 2, span.stop % 2) == (0, 0)


def test_no_sealed_key_is_published_or_drawn_twice(release: Release, public: Path, published: dict[str, Digests]) -> None:
    manifest = read_manifest(public)
    every = {digest(item.key) for item in items(release, drawn(release, published))}
    assert len(every) == 160
    for shard in manifest.shards:
        assert not every & set(digests(public, shard, "key").tolist()), shard.path


def test_a_sealed_item_is_the_twins_item_under_another_name(release: Release, published: dict[str, Digests]) -> None:
    """So what is true of the twin's rows (held out, solved, balanced) is true of these."""
    for split in drawn(release, published):
        for item in items(release, (split,)):
            config, part = split.config, release.part(split.config, split.split, item.level)
            (other,) = rows(config.options, replace(part, split=split.split.twin, twin=""), item.factors.index, 1)
            renamed = [other.id, other.group, other.split]
            assert [text.replace(split.split.twin, split.split.name) for text in renamed] == [item.id, item.group, item.split]
            assert item == other._replace(id=item.id, group=item.group, split=item.split)


def test_what_is_dealt_in_turn_stays_equally_many(release: Release, published: dict[str, Digests]) -> None:
    for split in drawn(release, published):
        for level in split.split.levels:
            assert_dealt(split.config, [item for item in items(release, (split,)) if item.level == level])


def test_families_deal_in_turn_what_they_say(small_release: Release) -> None:
    seen = 0
    for config in small_release.configs:
        for split in config.splits:
            for level, count in zip(split.levels, split.rows, strict=True):
                of_level = list(rows(config.options, small_release.part(config, split, level), 0, count))
                assert_dealt(config, of_level, uneven={"inverse attribute": 3})  # a small world lacks rivals for some queries
                seen += 1
    assert seen > 8


def assert_dealt(config: Config, of_level: list[Item], uneven: Mapping[str, int] = MappingProxyType({})) -> None:
    firsts = of_level[:: config.options.group_size]
    counts: dict[str, Counter[str]] = {}
    for item in firsts:
        for kind, value in config.options.dealt(item).items():
            counts.setdefault(kind, Counter())[value] += 1
    assert counts
    for kind, counted in counts.items():
        assert max(counted.values()) - min(counted.values()) <= uneven.get(kind, 1), (config.family, kind, counted)


def test_more_rows_than_are_left_are_refused_with_all_figures(release: Release, published: dict[str, Digests]) -> None:
    with pytest.raises(CapacityError) as error:
        drawn(release, published, texts=["math/test:1", "mapping/test_novel_objects:1"], count=90_000)
    assert [one.want for one in error.value.shortages] == [90_000] * 2
    assert all(0 < one.have < 90_000 for one in error.value.shortages)
    with pytest.raises(CapacityError) as error:
        drawn(release, published, texts=["math/test", "mapping/test_novel_objects"], count=300)
    said = str(error.value)
    assert (error.value.want, len(error.value.violations)) == (300, 1)
    assert 0 <= error.value.have < 300
    assert "math/test, level 1: rows whose key no published split has: found 300 rows; allowed: at most" in said
    assert "ask for fewer rows, or leave the level out: --split math/test:2" in said


@pytest.mark.parametrize(
    ("texts", "count", "name", "said"),
    [
        ([], 40, "sealed", "--split: found nothing"),
        (["math"], 40, "sealed", "--split: found 'math'; allowed: config/split"),
        (["math/test:"], 40, "sealed", "--split: found 'math/test:'"),
        (["../math/test"], 40, "sealed", "--split: found '../math/test'"),
        (["maths/test"], 40, "sealed", "did you mean 'math'?"),
        (["math/tests"], 40, "sealed", "did you mean 'test'?"),
        (["math/train"], 40, "sealed", "found math/train; allowed: a test"),
        (["math/validation"], 40, "sealed", "found math/validation; allowed: a test"),
        (["math/test:4"], 40, "sealed", "math/test:4: level 4; allowed: 1 | 2"),
        (["math/test:2,2"], 40, "sealed", "allowed: each level once"),
        (["math/test", "math/test:2"], 40, "sealed", "found math/test twice"),
        (["math/test"], 0, "sealed", "--rows: found 0 for math/test; allowed: a positive multiple of 1"),
        (
            ["mapping/test_novel_objects"],
            41,
            "sealed",
            "--rows: found 41 for mapping/test_novel_objects; allowed: a positive multiple of 2",
        ),
        (["math/test"], 100_001, "sealed", "--rows: found 100001 for math/test; allowed: at most 100000"),
        (["math/test"], 40, "Sealed", "--name: found 'Sealed'"),
        (["math/test"], 40, "a/b", "--name: found 'a/b'"),
    ],
)
def test_what_cannot_be_sealed_is_refused(texts: list[str], count: int, name: str, said: str, release: Release) -> None:
    with pytest.raises(InputError) as error:
        sealed_splits(release, texts, count, name)
    assert said in str(error.value)


def test_a_name_that_a_published_split_has_is_refused(release: Release) -> None:
    config = release.configs[0]
    taken = replace(config.splits[2], name="spring_test")
    crowded = replace(release, configs=(replace(config, splits=(*config.splits, taken)),))
    with pytest.raises(InputError, match="math has spring_test"):
        sealed_splits(crowded, ["math/test"], 30, "spring")


def test_everything_that_is_wrong_is_said_at_once(release: Release) -> None:
    with pytest.raises(InputError) as error:
        sealed_splits(release, ["math", "math/train", "mapping/tests"], 40, "No")
    assert len(error.value.violations) == 4


def test_the_splits_of_a_seal_are_those_that_were_asked_for(release: Release) -> None:
    asked = sealed_splits(release, ALL, 40, "spring")
    told = tuple(
        SealedSplit(
            config=config.family,
            split=split.name,
            twin=split.twin,
            levels=tuple(SealedLevel(level=level, rows=40, first=0, end=1, candidates=1) for level in split.levels),
            root="",
        )
        for config, split in asked
    )
    seal = Seal(name="spring", scheme=1, commitment="", splits=told)
    assert splits_of_seal(release, seal) == asked
    strange = replace(seal, splits=(replace(told[0], twin="test_deeper"),))
    with pytest.raises(InputError, match="seal spring: found math/test_deeper"):
        splits_of_seal(release, strange)


def test_the_files_of_sealed_rows_stand_apart(release: Release, published: dict[str, Digests]) -> None:
    splits = drawn(release, published)
    own = release_of_sealed(release, [(one.config, one.split) for one in splits], "sealed")
    assert own.name == "tested-sealed"
    paths = {top: [shard.path for shard in plan_of_sealed(own, splits, top)] for top in (PRIVATE, DATA)}
    assert paths[PRIVATE][0] == "private/math/sealed_test-00000-of-00001.parquet"
    assert [path.replace("private/", "data/") for path in paths[PRIVATE]] == paths[DATA]
    assert not set(paths[DATA]) & {shard.path for shard in plan(release)}


def test_a_release_comes_back_from_what_its_manifest_says(small_release: Release) -> None:
    pictured = read_release("0.2.0")
    for one in (small_release, pictured, replace(pictured, edition=3, version="0.9.0")):
        told = Manifest(
            name=one.name, version=one.version, line=one.line, seed=one.seed, edition=one.edition, fingerprint=one.fingerprint,
            canary=one.canary, shards=(), release=one.canonical(),
        )  # fmt: skip
        found = release_of(told)
        assert found.canonical() == one.canonical()
        assert replace(found, where=one.where) == one


def test_a_manifest_of_another_version_of_a_family_is_refused(public: Path, release: Release, tmp_path: Path) -> None:
    manifest = read_manifest(public)
    assert manifest.release is not None
    configs = [{**config, "family_version": 99} for config in manifest.release["configs"]]
    told = {**manifest.release, "configs": configs}
    with pytest.raises(DataError, match="the version of unisandbox that built it"):
        release_of(replace(manifest, release=told, fingerprint=canonical_sha256(told)))
    with pytest.raises(DataError, match="release: found nothing"):
        release_of(replace(manifest, release=None))
    with pytest.raises(DataError, match="a form that cannot be read"):
        release_of(replace(manifest, release={"name": "x"}))
    other = tmp_path / "other.toml"
    other.write_text(TEXT.replace("seed = 8", "seed = 9"), encoding="utf-8")
    with pytest.raises(DataError, match=r"other\.toml: found a release with fingerprint"):
        release_of(manifest, str(other))
    other.write_text(TEXT.replace("0.0.1", "0.0.7"), encoding="utf-8")
    assert release_of(manifest, str(other)).fingerprint == release.fingerprint


def test_a_folder_that_is_built_again_keeps_its_seals(release: Release, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    built = build(release, folder)
    assert built.manifest is not None
    split = SealedSplit(config="math", split="sealed_test", twin="test", levels=(LEVEL,), root="0" * 64)
    seals = (Seal(name="sealed", scheme=1, commitment="1" * 64, splits=(split,)),)
    write_manifest(folder, replace(built.manifest, seals=seals))
    (folder / built.manifest.shards[0].path).unlink()
    again = build(release, folder)
    assert (again.made, again.manifest) == (1, replace(built.manifest, seals=seals))
    (folder / built.manifest.shards[1].path).unlink()
    BuildFolder(folder, release).open()  # a build that was killed here has taken the manifest away
    BuildFolder(folder, release).open()
    assert not (folder / "manifest.json").exists()
    assert build(release, folder).manifest == read_manifest(folder) == replace(built.manifest, seals=seals)


LEVEL = SealedLevel(level=2, rows=30, first=500, end=1000, candidates=400)


def test_no_release_file_has_a_sealed_split() -> None:
    with pytest.raises(InputError, match=r"math\.splits\.test\.twin: found an unknown key"):
        parse_release(
            TEXT.replace("test = {levels = [1, 2], rows = 30,", 'test = {twin = "train", levels = [1, 2], rows = 30,'), where="t"
        )
    assert Split(name="test", levels=(1,), rows=(1,)).twin == ""


def test_digests_of_texts_are_those_of_columns(public: Path) -> None:
    shard = read_manifest(public).shards[0]
    assert digests(public, shard, "split").tolist() == [digest("train")] * shard.rows
    assert digests(public, shard, "split").dtype == np.uint64
