"""The Hub of the tests keeps repositories as the Hub does, by what the real client sees of it."""

from __future__ import annotations

from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import RemoteEntryNotFoundError, RepositoryNotFoundError, RevisionNotFoundError
from loopback import LoopbackHub
from loopback.asking import CARD, NAME, client, commit, refused


def tags(api: HfApi) -> dict[str, str]:
    return {tag.name: tag.target_commit for tag in api.list_repo_refs(NAME, repo_type="dataset").tags}


def paths(api: HfApi, revision: str = "main") -> list[str]:
    return [entry.path for entry in api.list_repo_tree(NAME, recursive=True, revision=revision, repo_type="dataset")]


def test_the_client_of_the_tests_has_no_token_and_no_cache_of_the_persons() -> None:
    assert huggingface_hub.get_token() is None
    assert not Path(huggingface_hub.constants.HF_HUB_CACHE).is_relative_to(Path.home() / ".cache")


def test_commits_are_listed_tagged_and_their_files_deleted(hub: LoopbackHub, api: HfApi) -> None:
    first = commit(api, {"README.md": CARD, "data/a.parquet": b"rows", "data/notes.json": b"{}"})
    second = commit(api, {"README.md": CARD + b"more"}, gone=("data/",))
    api.create_tag(NAME, tag="v1.0.0", revision=first, repo_type="dataset")
    assert tags(api) == {"v1.0.0": first}
    assert paths(api, "v1.0.0") == [".gitattributes", "README.md", "data", "data/a.parquet", "data/notes.json"]
    assert paths(api) == [".gitattributes", "README.md"]
    assert [entry.path for entry in api.list_repo_tree(NAME, revision="v1.0.0", repo_type="dataset")] == [
        ".gitattributes",
        "README.md",
        "data",
    ]
    listed = api.list_repo_commits(NAME, repo_type="dataset")
    assert [each.commit_id for each in listed] == [second, first, hub.repo(NAME).commits[0].oid]
    assert [each.oid for each in hub.repo(NAME).commits] == [each.commit_id for each in reversed(listed)]
    files = {
        entry.path: entry
        for entry in api.get_paths_info(NAME, ["data/a.parquet", "README.md", "no"], revision=first, repo_type="dataset")
    }
    assert sorted(files) == ["README.md", "data/a.parquet"]
    assert [getattr(files[path], "lfs", None) is None for path in sorted(files)] == [True, False]
    api.delete_tag(NAME, tag="v1.0.0", repo_type="dataset")
    assert tags(api) == {}
    assert refused(api.delete_tag, NAME, tag="v1.0.0", repo_type="dataset", kind=RevisionNotFoundError) == 404
    api.delete_repo(NAME, repo_type="dataset")
    assert hub.repos == {}


def test_parquet_and_pictures_of_a_new_repository_are_large_files(hub: LoopbackHub, api: HfApi) -> None:
    commit(api, {"data/a.parquet": b"rows", "sheet.png": b"png", "manifest.json": b"{}", "big.txt": b"x" * 10_000_001})
    blobs = hub.repo(NAME).commits[-1].blobs
    assert [path for path in sorted(blobs) if blobs[path].lfs] == ["big.txt", "data/a.parquet", "sheet.png"]
    assert hub.repo(NAME).commits[-1].files["data/a.parquet"] == b"rows"


def test_a_commit_on_a_stale_parent_is_refused_and_changes_nothing(hub: LoopbackHub, api: HfApi) -> None:
    parent = api.repo_info(NAME, repo_type="dataset").sha
    head = commit(api, {"a.json": b"1"}, parent=parent)
    assert refused(commit, api, {"a.json": b"2"}, parent=parent) == 412
    assert hub.repo(NAME).branches == {"main": head}
    assert hub.repo(NAME).commits[-1].files["a.json"] == b"1"


def test_files_that_are_there_make_no_commit(hub: LoopbackHub, api: HfApi) -> None:
    files = {"README.md": CARD, "data/a.parquet": b"rows"}
    head = commit(api, files)
    assert commit(api, files, parent="0" * 40) == head  # the client looks at no parent when there is nothing to change
    assert len(hub.repo(NAME).commits) == 2


def test_one_refused_operation_refuses_the_commit(hub: LoopbackHub, api: HfApi) -> None:
    assert refused(commit, api, {"a.json": b"1"}, gone=("missing.json",), kind=RemoteEntryNotFoundError) == 404
    assert len(hub.repo(NAME).commits) == 1


def test_a_tag_that_exists_stays_where_it_is(hub: LoopbackHub, api: HfApi) -> None:
    first, second = commit(api, {"a.json": b"1"}), commit(api, {"a.json": b"2"})
    api.create_tag(NAME, tag="v1", revision=first, repo_type="dataset")
    assert refused(api.create_tag, NAME, tag="v1", revision=second, repo_type="dataset") == 409
    api.create_tag(NAME, tag="v1", revision=second, repo_type="dataset", exist_ok=True)
    assert hub.repo(NAME).tags == {"v1": first}
    assert refused(commit, api, {"a.json": b"3"}, branch="v1", kind=RevisionNotFoundError) == 404
    assert refused(api.create_tag, NAME, tag="v2", revision="no", repo_type="dataset", kind=RevisionNotFoundError) == 404


def test_a_branch_takes_commits_of_its_own(hub: LoopbackHub, api: HfApi) -> None:
    start = commit(api, {"a.json": b"1"})
    api.create_branch(NAME, branch="next", revision=start, repo_type="dataset")
    assert refused(api.create_branch, NAME, branch="next", repo_type="dataset") == 409
    there = commit(api, {"a.json": b"2"}, branch="next")
    assert hub.repo(NAME).branches == {"main": start, "next": there}
    api.delete_branch(NAME, branch="next", repo_type="dataset")
    assert refused(api.delete_branch, NAME, branch="main", repo_type="dataset") == 403
    assert refused(commit, api, {"a.json": b"3"}, branch="next", kind=RevisionNotFoundError) == 404


def test_a_private_repository_is_there_for_its_owners_alone(hub: LoopbackHub, api: HfApi) -> None:
    commit(api, {"README.md": CARD})
    look = {kind: client(hub, kind).repo_info for kind in (None, "none", "read")}
    assert refused(look[None], NAME, repo_type="dataset", kind=RepositoryNotFoundError) == 401
    assert refused(look["none"], NAME, repo_type="dataset", kind=RepositoryNotFoundError) == 404
    assert look["read"](NAME, repo_type="dataset").private is True
    assert refused(client(hub, None).repo_info, "org/other", repo_type="dataset", kind=RepositoryNotFoundError) == 401
    api.update_repo_settings(NAME, private=False, repo_type="dataset")
    assert look[None](NAME, repo_type="dataset").private is False
    assert hub.repo(NAME).private is False


def test_a_token_does_what_its_role_allows(hub: LoopbackHub, api: HfApi) -> None:
    assert [client(hub, kind).whoami()["auth"]["accessToken"]["role"] for kind in ("write", "read")] == ["write", "read"]
    assert refused(commit, client(hub, "read"), {"a.json": b"1"}) == 403
    assert refused(client(hub, "read").create_tag, NAME, tag="v1", repo_type="dataset") == 403
    commit(client(hub, "fineGrained"), {"a.json": b"1"})
    assert refused(client(hub, "fineGrained").create_repo, "org/more", repo_type="dataset") == 403
    assert refused(api.create_repo, "strangers/name", repo_type="dataset") == 403
    api.update_repo_settings(NAME, private=False, repo_type="dataset")
    assert refused(HfApi(endpoint=hub.url, token="hf_" + "x" * 34).repo_info, NAME, repo_type="dataset") == 401
    assert refused(commit, client(hub, "none"), {"a.json": b"2"}) == 403
    assert refused(commit, client(hub, None), {"a.json": b"2"}) == 401
    assert len(hub.repo(NAME).commits) == 2


def test_a_repository_that_exists_keeps_its_visibility(hub: LoopbackHub, api: HfApi) -> None:
    assert refused(api.create_repo, NAME, repo_type="dataset") == 409
    api.create_repo(NAME, repo_type="dataset", private=False, exist_ok=True)
    assert hub.repo(NAME).private is True


def test_a_renamed_repository_answers_with_its_new_name(hub: LoopbackHub, api: HfApi) -> None:
    hub.rename(NAME, "org/other")
    assert api.repo_info(NAME, repo_type="dataset").id == "org/other"


def test_a_card_whose_header_is_no_yaml_is_refused(hub: LoopbackHub, api: HfApi) -> None:
    with pytest.raises(ValueError, match="Invalid metadata in README"):
        commit(api, {"README.md": b"---\nlicense: [mit\n---\n"})
    assert len(hub.repo(NAME).commits) == 1


def test_a_long_listing_comes_in_pages() -> None:
    with LoopbackHub(page_entries=3) as hub:
        api = client(hub)
        api.create_repo(NAME, repo_type="dataset")
        commit(api, {f"{number}.json": b"1" for number in range(7)})
        assert paths(api) == [".gitattributes", *(f"{number}.json" for number in range(7))]
        assert len([request for request in hub.requests if "/tree/" in request.path]) == 3


def test_a_snapshot_at_a_tag_holds_the_files_of_the_tag(hub: LoopbackHub, api: HfApi, tmp_path: Path) -> None:
    files = {"README.md": CARD, "data/math/test.parquet": b"rows of one"}
    api.create_tag(NAME, tag="v1", revision=commit(api, files), repo_type="dataset")
    commit(api, {"data/math/test.parquet": b"rows of two"})
    got = huggingface_hub.snapshot_download(
        NAME, repo_type="dataset", revision="v1", endpoint=hub.url, token=hub.token("read"), cache_dir=tmp_path
    )
    assert {path: (Path(got) / path).read_bytes() for path in files} == files
