"""Nothing leaves this machine that is private, strange, altered, unproved or secret; and what may leave does."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from unisandbox.cards.companions import companions
from unisandbox.cards.gates import allowed_splits, files_of, holds_secret, is_beside, refuse_secrets, refuse_unfit
from unisandbox.errors import DataError
from unisandbox.schemas.manifest import Manifest, canonical_sha256, read_manifest, write_manifest
from unisandbox.schemas.seals import Seal, SealedLevel, SealedSplit

Release = Callable[..., tuple[Path, Manifest]]
CANONICAL = {
    "configs": [
        {"family": "math", "splits": [{"name": "train"}, {"name": "test"}]},
        {"family": "mapping", "splits": [{"name": "test"}]},
    ]
}
TOKEN = b"hf_" + b"AbCdE" * 7
PASSED = {
    **{"rule": "solved-again", "scope": "math/test", "figure": "0 of 2", "allowed": "0", "verdict": "pass"},
    **{"severity": "proof", "n": 2, "value": 0.0, "interval": None, "examples": []},
}


def audited(folder: Path, manifest: Manifest, *results: dict[str, Any], **changes: Any) -> None:
    """Write an audit of a folder with one passed proof and these results; `changes` replace what it says of the release."""
    release = {name: getattr(manifest, name) for name in ("name", "version", "line", "edition", "fingerprint", "digest")}
    counts = {"pass": 1, "fail": len(results), "note": 0}
    document = {"format": 1, "release": {**release, **changes}, "versions": {}, "verdicts": counts}
    document |= {"results": [PASSED, *results], "findings": [], "rules": {}}
    (folder / "audit.json").write_text(json.dumps(document))


@pytest.fixture
def fit(release: Release) -> tuple[Path, Manifest]:
    """A folder that may be published, and its manifest."""
    folder, manifest = release(release=CANONICAL, fingerprint=canonical_sha256(CANONICAL))
    audited(folder, manifest)
    for path in ("README.md", "LICENSE", "contact-sheet-math.png", "card/math-0.png", "schemas/item.schema.json"):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(b"content")
    return folder, manifest


def changed(folder: Path, manifest: Manifest, **changes: Any) -> Manifest:
    """Write and return a manifest that differs in something."""
    write_manifest(folder, replace(manifest, **changes))
    return read_manifest(folder)


def refused(folder: Path, manifest: Manifest, *secrets: bytes) -> list[tuple[str, str]]:
    """Return where the gates stop a folder, and what they found there."""
    with pytest.raises(DataError) as error:
        refuse_unfit(folder, manifest, secrets)
    return [(one.where, one.found) for one in error.value.violations]


def test_a_fit_folder_passes(fit: tuple[Path, Manifest]) -> None:
    refuse_unfit(*fit, [TOKEN])


def test_a_private_manifest_is_refused(fit: tuple[Path, Manifest]) -> None:
    folder, manifest = fit
    assert refused(folder, changed(folder, manifest, private=True)) == [("manifest.json: private", "true")]


@pytest.mark.parametrize(
    "path", ["private/math/held-00000-of-00001.parquet", "data/Private/x.parquet", "private", "card/private/a.png"]
)
def test_a_private_path_is_refused_by_its_name(fit: tuple[Path, Manifest], path: str) -> None:
    folder, manifest = fit
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(b"rows")
    assert refused(folder, manifest) == [(path, "a file in a folder `private`")]


def test_a_private_path_in_the_manifest_is_refused_though_no_file_is_there(fit: tuple[Path, Manifest]) -> None:
    folder, manifest = fit
    hidden = replace(manifest.shards[0], path="private/math/train-00000-of-00002.parquet")
    found = refused(folder, changed(folder, manifest, shards=(*manifest.shards, hidden)))
    assert (hidden.path, "a file in a folder `private`") in found
    assert (hidden.path, "a file of math/train") in found


def test_a_split_that_the_release_does_not_name_is_refused(fit: tuple[Path, Manifest]) -> None:
    folder, manifest = fit
    smaller = {"configs": [CANONICAL["configs"][0]]}
    other = changed(folder, manifest, release=smaller, fingerprint=canonical_sha256(smaller))
    audited(folder, other)
    path = "data/mapping/test-00000-of-00001.parquet"
    assert refused(folder, other) == [(path, "mapping/test, which the release does not name")]


def test_a_path_that_says_another_split_than_its_line_is_refused(fit: tuple[Path, Manifest]) -> None:
    folder, manifest = fit
    first, *others = manifest.shards
    told = changed(folder, manifest, shards=(replace(first, split="test"), *others))
    audited(folder, told)
    assert refused(folder, told) == [(first.path, "a file of math/test")]


def test_a_manifest_without_its_release_file_has_no_list_of_what_is_allowed(release: Release) -> None:
    folder, manifest = release()
    audited(folder, manifest)
    assert allowed_splits(manifest) == set()
    assert refused(folder, manifest) == [("manifest.json: release", "nothing")]


def test_tables_are_allowed_and_a_sealed_split_only_once_its_salt_is_out(fit: tuple[Path, Manifest]) -> None:
    _, manifest = fit
    level = SealedLevel(level=1, rows=2, first=0, end=9, candidates=9)
    split = SealedSplit(config="math", split="sealed", twin="test", levels=(level,), root="0" * 64)
    seal = Seal(name="first", scheme=1, commitment="1" * 64, splits=(split,))
    tables = {("knowledge_corpus", "train"), ("entities", "train"), ("vocabulary", "train")}
    public = {("math", "train"), ("math", "test"), ("mapping", "test")} | tables
    assert allowed_splits(replace(manifest, seals=(seal,))) == public
    assert allowed_splits(replace(manifest, seals=(replace(seal, salt="2" * 64),))) == public | {("math", "sealed")}


@pytest.mark.parametrize(
    "path",
    [
        *(".env", ".git/config", "notes.md", "data/math/train.jsonl", "salt.txt", "schemas/deep/item.schema.json"),
        *("card/a.svg", "train.py", "other/contact-sheet.png", "audit.json.old", "line\nbreak.png"),
        "data/math/test-00000-of-00001.parquet.bak",
    ],
)
def test_a_file_that_is_not_on_the_list_is_refused_by_name(fit: tuple[Path, Manifest], path: str) -> None:
    folder, manifest = fit
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(b"content")
    shown = path if path.isprintable() else ascii(path)
    assert refused(folder, manifest) == [(shown, "a file that no release has")]


def test_links_are_refused_wherever_they_lead(fit: tuple[Path, Manifest], tmp_path: Path) -> None:
    folder, manifest = fit
    (tmp_path / "elsewhere").mkdir()
    (folder / "contact-sheet.png").symlink_to(folder / "README.md")
    (folder / "data" / "more").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (folder / "card" / "gone.png").symlink_to(tmp_path / "nothing")
    links = ["card/gone.png", "contact-sheet.png", "data/more"]
    assert refused(folder, manifest) == [(path, "a symbolic link") for path in links]


def test_a_pipe_is_refused_and_not_waited_for(fit: tuple[Path, Manifest]) -> None:
    folder, manifest = fit
    os.mkfifo(folder / "contact-sheet.png")
    assert refused(folder, manifest) == [("contact-sheet.png", "no regular file")]


def test_what_a_killed_process_left_half_written_is_no_file_of_the_release(fit: tuple[Path, Manifest]) -> None:
    folder, manifest = fit
    (folder / "README.md.4711.tmp").write_bytes(b"half")
    refuse_unfit(folder, manifest)
    assert "README.md.4711.tmp" not in files_of(folder)
    (folder / "my.tmp").write_bytes(b"mine")
    assert refused(folder, manifest) == [("my.tmp", "a file that no release has")]


def test_data_that_differ_from_the_manifest_are_refused(fit: tuple[Path, Manifest]) -> None:
    folder, manifest = fit
    first, second, *_ = manifest.shards
    content = bytearray((folder / first.path).read_bytes())
    content[-1] ^= 1
    (folder / first.path).write_bytes(content)
    (folder / second.path).unlink()
    found = dict(refused(folder, manifest))
    assert found.keys() == {first.path, second.path}
    assert found[first.path].startswith("sha256 ")
    assert found[second.path] == "no file"


@pytest.mark.parametrize("version", ["0.1.0-rc1", "0.1.0+local", "0.1.0.1"])
def test_a_version_of_more_than_three_numbers_is_refused(fit: tuple[Path, Manifest], version: str) -> None:
    folder, manifest = fit
    assert refused(folder, changed(folder, manifest, version=version)) == [("version", repr(version))]


@pytest.mark.parametrize("secret", [TOKEN, b"api_org_" + b"x" * 34, b"hf_oauth_" + b"ab-._" * 7, b"the token in use"])
@pytest.mark.parametrize("path", ["README.md", "contact-sheet-math.png", "schemas/item.schema.json", "audit.json"])
def test_a_token_in_any_file_is_refused(fit: tuple[Path, Manifest], path: str, secret: bytes) -> None:
    folder, manifest = fit
    whole = (folder / path).read_bytes()
    told = b'"rules": {}, "strange": "' + secret + b'"'  # which another gate would quote
    (folder / path).write_bytes(whole.replace(b'"rules": {}', told) if path == "audit.json" else whole + secret)
    assert refused(folder, manifest, b"the token in use") == [(path, "a text that reads like an access token")]


def test_a_token_in_what_will_be_written_is_refused() -> None:
    refuse_secrets({"README.md": b"hf_hub_download(...)"}, [b"the token in use"])
    with pytest.raises(DataError, match=r"croissant\.json: found a text that reads like an access token"):
        refuse_secrets({"README.md": b"", "croissant.json": b'"' + TOKEN + b'"'})


def test_an_empty_file_holds_no_secret(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert not holds_secret(tmp_path / "empty", [TOKEN])


def test_a_folder_without_an_audit_is_refused(fit: tuple[Path, Manifest]) -> None:
    folder, manifest = fit
    (folder / "audit.json").unlink()
    with pytest.raises(DataError, match=r"audit\.json: found no file; allowed: an audit of this folder; run `unisandbox audit "):
        refuse_unfit(folder, manifest)


@pytest.mark.parametrize("text", ["", "{", "\udcff", "[]", '{"format": 1}'])
def test_an_audit_that_is_none_is_refused(fit: tuple[Path, Manifest], text: str) -> None:
    folder, manifest = fit
    (folder / "audit.json").write_bytes(text.encode(errors="surrogateescape"))
    assert all(where.startswith("audit.json") for where, _ in refused(folder, manifest))


@pytest.mark.parametrize("name", ["digest", "fingerprint"])
def test_an_audit_of_other_rows_or_promises_is_refused(fit: tuple[Path, Manifest], name: str) -> None:
    folder, manifest = fit
    audited(folder, manifest, **{name: "f" * 64})
    assert refused(folder, manifest) == [(f"audit.json: {name}", "f" * 64)]


def test_a_proof_that_failed_stops_a_release_and_a_judgement_does_not(fit: tuple[Path, Manifest]) -> None:
    folder, manifest = fit
    audited(folder, manifest, {**PASSED, "rule": "first-choice", "verdict": "fail", "severity": "judgement"})
    refuse_unfit(folder, manifest)
    audited(folder, manifest, {**PASSED, "figure": "1 of 2", "verdict": "fail"})
    assert refused(folder, manifest) == [("audit.json: solved-again, math/test", "1 of 2")]


def test_an_audit_that_proves_nothing_is_refused(fit: tuple[Path, Manifest]) -> None:
    folder, manifest = fit
    audited(folder, manifest)
    document = json.loads((folder / "audit.json").read_text())
    (folder / "audit.json").write_text(json.dumps({**document, "results": []}))
    assert refused(folder, manifest) == [("audit.json: results", "none that proves anything")]


def test_of_a_private_folder_nothing_else_is_said(fit: tuple[Path, Manifest]) -> None:
    folder, manifest = fit
    (folder / "salt").write_bytes(b"secret")  # to remove it, as strange files are to be, would lose it
    (folder / "audit.json").unlink()
    assert refused(folder, changed(folder, manifest, private=True)) == [("manifest.json: private", "true")]


def test_everything_that_is_wrong_is_said_at_once(fit: tuple[Path, Manifest]) -> None:
    folder, manifest = fit
    (folder / ".env").write_bytes(b"")
    (folder / "audit.json").unlink()
    wheres = [where for where, _ in refused(folder, changed(folder, manifest, version="1.0.0-rc1"))]
    assert sorted(wheres) == [".env", "audit.json", "version"]


def test_a_folder_that_cannot_be_listed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files_of(tmp_path / "nothing")


def test_every_companion_is_on_the_list(release: Release) -> None:
    folder, manifest = release()
    beside = companions(folder, manifest, repo="org/name")
    assert len(beside) > 5
    assert [path for path in beside if not is_beside(path)] == []
