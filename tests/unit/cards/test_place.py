from __future__ import annotations

from pathlib import Path

import pytest

from unisandbox.cards.place import Place, check_repo, is_place, numbers_of, parse_place, resolve_url
from unisandbox.errors import DataError


def test_a_place_is_a_repository_and_a_version() -> None:
    place = parse_place("my-org/some.data_set@v0.10.2")
    assert place == Place("my-org/some.data_set", "0.10.2")
    assert (place.tag, str(place)) == ("v0.10.2", "my-org/some.data_set@v0.10.2")


@pytest.mark.parametrize(
    "text",
    ["org/name", "org/name@", "org/name@0.2.0", "org/name@v0.2", "org/name@v0.2.0-rc1", "org/name@v01.2.0", "org/name@main", "x"],
)
def test_a_place_without_a_whole_version_is_refused_in_four_parts(text: str) -> None:
    with pytest.raises(DataError) as refused:
        parse_place(text)
    (wrong,) = refused.value.violations
    assert (wrong.where, wrong.found) == ("release", repr(text))
    assert "org/name@vX.Y.Z" in wrong.allowed
    assert wrong.fix.startswith("name a version")


@pytest.mark.parametrize("repo", ["a/b", "Org-1/na.me_2", "o/" + "n" * 94])
def test_a_name_that_the_hub_can_have_is_returned_as_it_is(repo: str) -> None:
    assert check_repo(repo) == repo


@pytest.mark.parametrize(
    "repo",
    [
        "name",
        "a/b/c",
        "/b",
        "a/",
        "a--b/c",
        "a/b..c",
        "a/b.git",
        "a b/c",
        "a/-b",
        "a/b-",
        "ä/b",
        "o/" + "n" * 95,
        "../b",
        "a/b\n",
    ],
)
def test_a_name_that_the_hub_cannot_have_is_refused(repo: str) -> None:
    with pytest.raises(DataError, match=r"repository: found .*; allowed: org/name"):
        check_repo(repo)
    with pytest.raises(DataError):
        parse_place(f"{repo}@v1.0.0")


def test_a_name_that_we_allow_is_allowed_by_the_client_too() -> None:
    from huggingface_hub.utils import validate_repo_id

    for repo in ("a/b", "Org-1/na.me_2", "o/" + "n" * 94):
        validate_repo_id(check_repo(repo))


def test_versions_compare_by_their_numbers() -> None:
    assert sorted(["0.10.0", "0.2.0", "1.0.0", "0.9.9"], key=numbers_of) == ["0.2.0", "0.9.9", "0.10.0", "1.0.0"]
    for text in ("1.0", "1.0.0.0", "1.0.0-rc1", "v1.0.0", "١.0.0", ""):
        with pytest.raises(DataError, match="three numbers"):
            numbers_of(text)


def test_what_exists_on_the_disk_is_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_place("org/name@v0.2.0")
    assert is_place("org/name@0.2")  # meant as one: parse_place says what is wrong with it
    (tmp_path / "org" / "name@v0.2.0").mkdir(parents=True)
    assert not is_place("org/name@v0.2.0")
    assert not any(map(is_place, ("org/name", "build/unisandbox-0.2.0", "a/b/c@v1.0.0", "items.jsonl", "", "/a@v1.0.0")))


def test_an_address_is_pinned_to_the_tag_and_quoted() -> None:
    start = "https://huggingface.co/datasets/org/name/resolve/v0.2.0"
    assert resolve_url("org/name", "0.2.0", "data/math/a b.parquet") == f"{start}/data/math/a%20b.parquet"
