from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisandbox.cards.versions import (
    Version,
    bump,
    check_newer,
    check_version,
    history,
    read_versions,
    versions_text,
)
from unisandbox.errors import DataError
from unisandbox.generators.build import build
from unisandbox.generators.release_file import parse_release
from unisandbox.schemas.manifest import Manifest, Shard, canonical_sha256
from unisandbox.schemas.parquet import read_tables
from unisandbox.schemas.seals import Seal, SealedLevel, SealedSplit

RELEASE: dict[str, Any] = {
    "name": "small",
    "version": "0.2.0",
    "line": "small-1",
    "seed": 3,
    "edition": 0,
    "editions": 8,
    "vocabulary": 2,
    "images": "none",
    "canary": "small-canary",
    "configs": [
        {
            "family": "math",
            "family_version": 1,
            "options": {"answers": [2, 7], "test_share": 0.1},
            "splits": [
                {"name": "train", "levels": [1, 2], "rows": [50, 50], "held_out": []},
                {"name": "test", "levels": [1, 2], "rows": [20, 20], "held_out": ["key"]},
            ],
        },
        {
            "family": "knowledge",
            "family_version": 1,
            "options": {"worlds": 1},
            "splits": [{"name": "test", "levels": [1], "rows": [30], "held_out": ["key", "entity"]}],
        },
    ],
}
TABLES = {("knowledge_corpus", "train"): 40}


def manifest_of(release: dict[str, Any], *, tables: dict[tuple[str, str], int] = TABLES, salt: str = "") -> Manifest:
    """Return the manifest that a build of this release would have: what a split holds follows from all that decides its rows."""
    identity = {key: value for key, value in release.items() if key not in ("version", "configs", "images")}
    shards = []
    for config in release["configs"]:
        for split in config["splits"]:
            images = split.get("images") or release["images"]
            made_of = [identity, config["family_version"], config["options"], {**split, "images": images}, salt]
            shards.append(shard(config["family"], split["name"], sum(split["rows"]), made_of))
    shards += [shard(config, split, rows, [identity, salt]) for (config, split), rows in tables.items()]
    named = {key: release[key] for key in ("name", "version", "line", "seed", "edition", "canary")}
    return Manifest(**named, fingerprint=canonical_sha256(release), shards=tuple(shards), release=release)


def shard(config: str, split: str, rows: int, made_of: Any) -> Shard:
    digest = canonical_sha256({"made of": made_of})
    return Shard(config, split, f"data/{config}/{split}-00000-of-00001.parquet", rows, 1000, digest, digest)


def changed(**fields: Any) -> dict[str, Any]:
    return {**copy.deepcopy(RELEASE), **fields}


def with_split(name: str, **fields: Any) -> dict[str, Any]:
    release = copy.deepcopy(RELEASE)
    splits = release["configs"][0]["splits"]
    place = next((place for place, split in enumerate(splits) if split["name"] == name), len(splits))
    old = splits[place] if place < len(splits) else {"name": name, "held_out": ["key"]}
    splits[place : place + 1] = [{**old, **fields}]
    return release


def with_math(**fields: Any) -> dict[str, Any]:
    release = copy.deepcopy(RELEASE)
    release["configs"][0] |= fields
    return release


def without(family: str, split: str | None = None) -> dict[str, Any]:
    release = copy.deepcopy(RELEASE)
    if split is None:
        release["configs"] = [config for config in release["configs"] if config["family"] != family]
    else:
        config = next(config for config in release["configs"] if config["family"] == family)
        config["splits"] = [one for one in config["splits"] if one["name"] != split]
    return release


OLD = manifest_of(RELEASE)
MAPPING = {
    "family": "mapping",
    "family_version": 1,
    "options": {},
    "splits": [{"name": "test", "levels": [1, 2], "rows": [5, 5], "held_out": ["key"]}],
}
PICTURES = {"size_px": 384, "sprites_sha256": "a", "version": 1}
MINOR = {
    "math/test: 5 rows a level more": with_split("test", rows=[25, 25]),
    "math/test: 7 rows more at level 2": with_split("test", rows=[20, 27]),
    "math/test: level 3 is new, 9 rows": with_split("test", levels=[1, 2, 3], rows=[20, 20, 9]),
    "math/test_deeper: a new split of 9 rows": with_split("test_deeper", levels=[4], rows=[9]),
    "mapping: a new family of 10 rows": changed(configs=[*RELEASE["configs"], MAPPING]),
}
MAJOR = {
    "name other instead of small: another dataset": changed(name="other"),
    "line small-2 instead of small-1: other items": changed(line="small-2"),
    "seed 4 instead of 3: other items": changed(seed=4),
    "edition 2 instead of 0: other items": changed(edition=2),
    "16 editions instead of 8: an edition has other items": changed(editions=16),
    "canary new instead of small-canary: every row is another": changed(canary="new"),
    "vocabulary 1 instead of 2: other objects": {key: value for key, value in changed().items() if key != "vocabulary"},
    "release: future key 1 instead of nothing": changed(future_key=1),
    "pictures: size px 384 instead of nothing": changed(pictures=PICTURES),
    "math: family version 2 instead of 1": with_math(family_version=2),
    "math: option answers 1, 6 instead of 2, 7": with_math(options={"answers": [1, 6], "test_share": 0.1}),
    "math: option largest number 9 instead of nothing": with_math(
        options={"answers": [2, 7], "test_share": 0.1, "largest_number": 9}
    ),
    "math: the family is gone": without("math"),
    "math/test: the split is gone": without("math", "test"),
    "math/test: level 2 is gone": with_split("test", levels=[1], rows=[20]),
    "math/test: 19 rows instead of 20 at level 1": with_split("test", rows=[19, 20]),
    "math/test: held out key, object instead of key": with_split("test", held_out=["key", "object"]),
    "math/train: held out key instead of nothing": with_split("train", held_out=["key"]),
    "math/test: images reference instead of none": with_split("test", images="reference"),
}


@pytest.mark.parametrize(("reason", "release"), MINOR.items(), ids=list(MINOR))
def test_more_items_are_a_minor_change(reason: str, release: dict[str, Any]) -> None:
    change = bump(OLD, manifest_of(release))
    assert (change.kind, change.reasons) == ("minor", (reason,))


@pytest.mark.parametrize(("reason", "release"), MAJOR.items(), ids=list(MAJOR))
def test_what_makes_scores_incomparable_is_a_major_change_and_named(reason: str, release: dict[str, Any]) -> None:
    change = bump(OLD, manifest_of(release))
    assert change.kind == "major"
    assert reason in change.reasons


def test_the_same_rows_are_a_patch_whatever_else_differs() -> None:
    again = replace(OLD, version="0.2.1", shards=tuple(replace(one, sha256="f" * 64, size_bytes=9) for one in OLD.shards))
    assert bump(OLD, again).kind == "patch"
    assert bump(OLD, again).reasons == ("the same rows",)


SEAL = Seal(
    name="fresh",
    scheme=1,
    commitment="c" * 64,
    splits=(
        SealedSplit(
            config="math",
            split="private",
            twin="test",
            levels=(SealedLevel(level=1, rows=5, first=50, end=90, candidates=40),),
            root="d" * 64,
        ),
    ),
)
REVEALED = replace(SEAL, salt="5" * 64)
UNCHECKABLE = "what it committed to cannot be checked any more"


@pytest.mark.parametrize(
    ("was", "now", "kind", "reason"),
    [
        ((), (SEAL,), "patch", "seal fresh is new"),
        ((SEAL,), (REVEALED,), "patch", "seal fresh is revealed"),
        ((SEAL,), (SEAL,), "patch", None),
        ((SEAL,), (), "major", f"seal fresh is gone: {UNCHECKABLE}"),
        ((SEAL,), (replace(SEAL, commitment="e" * 64),), "major", f"seal fresh is another: {UNCHECKABLE}"),
        ((REVEALED,), (SEAL,), "major", f"seal fresh is another: {UNCHECKABLE}"),
        ((REVEALED,), (replace(REVEALED, salt="6" * 64),), "major", f"seal fresh is another: {UNCHECKABLE}"),
    ],
)
def test_a_seal_stays_what_it_was(was: tuple[Seal, ...], now: tuple[Seal, ...], kind: str, reason: str | None) -> None:
    change = bump(replace(OLD, seals=was), replace(OLD, seals=now))
    assert (change.kind, change.reasons) == (kind, (*([reason] if reason else []), "the same rows"))


def test_a_seal_that_comes_with_more_items_is_told_too() -> None:
    change = bump(OLD, replace(manifest_of(with_split("test", rows=[25, 25])), seals=(SEAL,)))
    assert (change.kind, change.reasons) == ("minor", ("math/test: 5 rows a level more", "seal fresh is new"))


def test_one_major_reason_outweighs_all_additions() -> None:
    change = bump(OLD, manifest_of({**with_split("test", rows=[25, 25]), "seed": 4}))
    assert (change.kind, change.reasons) == ("major", ("seed 4 instead of 3: other items",))


def test_rows_that_contradict_an_equal_promise_are_a_major_change() -> None:
    change = bump(OLD, manifest_of(RELEASE, salt="another version of the package"))
    assert change.kind == "major"
    expected = "math/train: other rows, and nothing promises that the old ones are among them"
    assert expected in change.reasons
    assert len(change.reasons) == 4  # every split, and the table


def test_a_table_that_no_release_file_promises_is_told_by_its_rows() -> None:
    gone = bump(OLD, manifest_of(RELEASE, tables={}))
    assert (gone.kind, gone.reasons) == ("major", ("knowledge_corpus/train: its rows are gone",))
    more = bump(OLD, manifest_of(RELEASE, tables={**TABLES, ("vocabulary", "train"): 60}))
    assert (more.kind, more.reasons) == ("minor", ("vocabulary/train: new, 60 rows",))


def test_a_manifest_without_its_release_is_told_by_shards_alone() -> None:
    old = replace(OLD, release=None)
    assert bump(old, OLD).kind == bump(old, old).kind == "patch"
    added = bump(old, manifest_of(with_split("test_deeper", levels=[4], rows=[9])))
    assert (added.kind, added.reasons) == ("minor", ("math/test_deeper: new, 9 rows",))
    grown = bump(old, manifest_of(with_split("test", rows=[25, 25])))
    expected = ("math/test: other rows, and nothing promises that the old ones are among them",)
    assert (grown.kind, grown.reasons) == ("major", expected)
    gone = bump(old, manifest_of(without("math", "test")))
    assert (gone.kind, gone.reasons) == ("major", ("math/test: its rows are gone",))
    other = bump(old, manifest_of(changed(edition=2)))
    assert (other.kind, other.reasons) == ("major", ("edition 2 instead of 0: other items",))


@given(
    fields=st.fixed_dictionaries(
        {},
        optional={
            "seed": st.integers(0, 3),
            "edition": st.integers(0, 2),
            "editions": st.integers(1, 8),
            "images": st.just("reference"),
        },
    ),
    sizes=st.lists(
        st.tuples(st.sampled_from([1, 2, 3, 4]), st.integers(1, 60)), min_size=1, max_size=4, unique_by=lambda one: one[0]
    ),
    released=st.booleans(),
)
def test_a_minor_change_never_takes_rows_away_and_every_change_has_a_reason(
    fields: dict[str, Any], sizes: list[tuple[int, int]], released: bool
) -> None:
    levels, rows = zip(*sizes, strict=True)
    release = {**with_split("test", levels=list(levels), rows=list(rows)), **fields}
    new = manifest_of(release)
    change = bump(OLD if released else replace(OLD, release=None), new)
    assert change.reasons
    assert all(reason == reason.strip() and "  " not in reason for reason in change.reasons)
    same = all(release[key] == RELEASE[key] for key in ("seed", "edition", "editions", "images"))
    kept = all(dict(sizes).get(level, 0) >= 20 for level in (1, 2))
    assert (change.kind == "patch") == (new.digest == OLD.digest)
    if released and change.kind != "patch":
        assert (change.kind == "minor") == (same and kept)


DEEPER_TRAIN = "[mapping.splits.train]\nlevels = [1, 2, 3]"


def test_the_old_rows_of_a_release_that_grew_are_among_the_new(small_text: str, tmp_path: Path) -> None:
    old = small_text.partition("[knowledge]")[0]  # its names take seconds
    grown = old.replace("rows = 30", "rows = 50").replace("[mapping.splits.train]\nlevels = [1, 2]", DEEPER_TRAIN)
    manifests, rows = [], []
    for name, text in (("old", old), ("new", grown)):
        manifest = build(parse_release(text, where="small.toml"), tmp_path / name, workers=1).manifest
        assert manifest is not None
        manifests.append(manifest)
        rows.append(
            {
                json.dumps(row, sort_keys=True)
                for one in manifest.shards
                for table in read_tables(tmp_path / name / one.path, "item")
                for row in table.to_pylist()
            }
        )
    change = bump(*manifests)
    assert change.kind == "minor"
    assert change.reasons == ("math/test: 20 rows a level more", "mapping/train: level 3 is new, 60 rows")
    assert rows[0] < rows[1]


SAME, MORE, OTHER = RELEASE, with_split("test", rows=[25, 25]), changed(edition=2)


@pytest.mark.parametrize(
    ("was", "now", "release"),
    [
        ("0.2.0", "0.2.1", SAME),
        ("0.2.0", "0.2.7", SAME),
        ("0.2.0", "0.3.0", MORE),
        ("0.2.9", "0.10.0", MORE),
        ("0.2.0", "0.3.0", OTHER),
        ("0.2.0", "1.0.0", SAME),
        ("0.2.0", "1.0.0", MORE),
        ("0.2.0", "1.0.0", OTHER),
        ("1.2.0", "1.2.1", SAME),
        ("1.2.0", "1.3.0", MORE),
        ("1.2.0", "2.0.0", OTHER),
    ],
)
def test_a_number_that_says_what_changed_is_accepted(was: str, now: str, release: dict[str, Any]) -> None:
    assert check_version(replace(OLD, version=was), manifest_of({**release, "version": now})) is None


PATCH_WHY = "the rows are the same (the same rows)"
MINOR_WHY = "there are more items (math/test: 5 rows a level more)"
MAJOR_WHY = "scores are not comparable (edition 2 instead of 0: other items)"


@pytest.mark.parametrize(
    ("was", "now", "release", "allowed", "why", "fix"),
    [
        ("0.2.0", "0.3.0", SAME, "a patch version", PATCH_WHY, "0.2.1"),
        ("0.2.0", "1.1.0", SAME, "a patch version", PATCH_WHY, "0.2.1"),
        ("1.2.0", "2.0.0", SAME, "a patch version", PATCH_WHY, "1.2.1"),
        ("0.2.0", "0.2.1", MORE, "a minor version", MINOR_WHY, "0.3.0"),
        ("1.2.0", "1.2.1", MORE, "a minor version", MINOR_WHY, "1.3.0"),
        ("1.2.0", "2.0.0", MORE, "a minor version", MINOR_WHY, "1.3.0"),
        ("0.2.0", "0.2.1", OTHER, "a minor version", MAJOR_WHY, "0.3.0"),
        ("1.2.0", "1.3.0", OTHER, "a major version", MAJOR_WHY, "2.0.0"),
        ("1.2.0", "1.2.1", OTHER, "a major version", MAJOR_WHY, "2.0.0"),
        ("0.2.0", "0.1.9", OTHER, "a version above 0.2.0", MAJOR_WHY, "0.3.0"),
        ("0.2.0", "0.2.0", MORE, "a version above 0.2.0", MINOR_WHY, "0.3.0"),
    ],
)
def test_a_number_that_says_too_little_or_too_much_is_refused_with_the_reason(
    was: str, now: str, release: dict[str, Any], allowed: str, why: str, fix: str
) -> None:
    wrong = check_version(replace(OLD, version=was), manifest_of({**release, "version": now}))
    assert str(wrong) == f"version: found {now}; allowed: {allowed}, as since {was} {why}; call it {fix}"


def test_a_refusal_names_five_reasons_and_counts_the_rest() -> None:
    wrong = check_version(
        OLD, manifest_of(changed(version="0.2.1", name="a", line="b", seed=9, edition=1, editions=2, canary="c"))
    )
    assert wrong is not None
    assert wrong.allowed.count(" instead of ") == 5
    assert wrong.allowed.endswith("; and 1 more)")


def test_a_version_that_is_not_three_numbers_is_refused() -> None:
    with pytest.raises(DataError, match="three numbers"):
        check_version(OLD, replace(OLD, version="0.3.0-rc1"))


def test_a_version_must_be_above_all_that_are_published() -> None:
    assert check_newer("0.10.0", ["0.2.0", "0.9.0"]) is None
    assert check_newer("0.1.0", []) is None
    wrong = str(check_newer("0.3.0", ["0.2.0", "0.10.0", "0.9.0"]))
    assert wrong == "version: found 0.3.0; allowed: a version above 0.10.0, which is published; raise the version of the release"


def test_a_history_begins_with_the_first_version() -> None:
    (first,) = history((), None, OLD)
    assert (first.version, first.change, first.reasons) == ("0.2.0", "first", ())
    assert (first.rows, first.items, first.editions) == (210, 170, 8)


def test_a_history_goes_on_and_ends_at_the_new_version() -> None:
    new, newest = manifest_of({**MORE, "version": "0.3.0"}), manifest_of({**MORE, "edition": 1, "version": "0.4.0"})
    first = history((), None, OLD)
    second = history(first, OLD, new)
    third = history(second, new, newest)
    assert [(one.version, one.change) for one in third] == [("0.2.0", "first"), ("0.3.0", "minor"), ("0.4.0", "major")]
    assert third[:2] == second
    assert history(third, OLD, new) == second  # the version is published already, and later ones too
    assert history((), OLD, new) == second  # the old one was published before there were lists


def test_a_history_that_contradicts_the_published_manifest_is_refused() -> None:
    new = manifest_of({**MORE, "version": "0.3.0"})
    forged = tuple(replace(one, digest="0" * 64) for one in history((), None, OLD))
    with pytest.raises(DataError, match=r"versions\.json of v0\.2\.0: found 0\.2\.0 with digest 0{64}; allowed: 0\.2\.0 with"):
        history(forged, OLD, new)
    with pytest.raises(DataError, match=r"found 0\.1\.9 with digest"):
        history(history((), None, replace(OLD, version="0.1.9")), OLD, new)
    with pytest.raises(ValueError, match="does not stand before"):
        history((), new, OLD)


def test_versions_are_read_as_they_were_written() -> None:
    listed = history(history((), None, replace(OLD, release=None)), OLD, manifest_of({**OTHER, "version": "0.3.0"}))
    text = versions_text(listed)
    assert read_versions(text) == read_versions(text.encode()) == listed
    assert listed[0].editions is None
    assert text.endswith("}\n")


def test_a_list_that_is_malformed_is_refused_by_name() -> None:
    text = versions_text(history((), None, OLD))
    for broken, said in (
        ("{", "no JSON"),
        (b"\xff", "no JSON"),
        ("[]", "allowed: an object"),
        (text.replace('"format": 1', '"format": 2'), "format: found 2"),
        (text.replace('"first"', '"huge"'), r"versions\[0\].change: found 'huge'"),
    ):
        with pytest.raises(DataError, match=f"tag v1: versions.json.*{said}"):
            read_versions(broken, where="tag v1: versions.json")


@pytest.mark.parametrize("numbers", [("0.3.0", "0.2.0"), ("0.2.0", "0.2.0")])
def test_a_list_out_of_order_is_refused(numbers: tuple[str, str]) -> None:
    (first,) = history((), None, OLD)
    listed: list[Version] = [replace(first, version=number) for number in numbers]
    with pytest.raises(DataError, match="each version once, oldest first"):
        versions_text(listed)
