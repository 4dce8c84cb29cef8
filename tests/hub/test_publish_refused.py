"""`unisandbox publish`: whom it refuses, what it refuses, and how it gets on with others who write at the same time."""

from __future__ import annotations

import shutil
from pathlib import Path

import publishing
import pytest
from loopback import LoopbackHub
from loopback.asking import client
from loopback.repositories import Blob
from publishing import REPO, Made, Run, assert_holds, assert_published_once, published, refused
from typer.testing import CliRunner

from unisandbox.cli import app
from unisandbox.errors import DataError, HubError

made, run, without_pauses = publishing.made, publishing.run, publishing.without_pauses  # fixtures


def test_public_has_to_be_said(hub: LoopbackHub, made: Made, run: Run) -> None:
    folder = made()
    assert "is published, for everybody to see" in run(folder, "--public").output
    assert not hub.repo(REPO).private
    refused(run(folder), "org/tiny: found a public dataset", "say --public")
    assert run(folder, "--public").exit_code == 0


def test_a_private_repository_does_not_become_public(hub: LoopbackHub, made: Made, run: Run) -> None:
    folder = made()
    run(folder)
    refused(run(folder, "--public"), "org/tiny: found a private dataset", "leave --public out")
    assert hub.repo(REPO).private


def test_a_public_repository_gets_nothing_that_was_meant_to_be_private(hub: LoopbackHub, made: Made, run: Run) -> None:
    client(hub).create_repo(REPO, repo_type="dataset", private=False)
    for arguments in ((), ("--dry-run",)):
        refused(run(made(), *arguments), "found a public dataset")
    assert [commit.title for commit in hub.repo(REPO).commits] == ["initial commit"]


def test_a_repository_that_has_another_name_now_is_refused(hub: LoopbackHub, made: Made, run: Run) -> None:
    client(hub).create_repo(REPO, repo_type="dataset", private=True)
    hub.rename(REPO, "org/other")
    refused(run(made(), kind="fineGrained"), "org/tiny: found the dataset org/other", "--repo org/other")
    assert [commit.title for commit in hub.repo("org/other").commits] == ["initial commit"]


@pytest.mark.parametrize("there", [False, True])
def test_a_read_token_is_told_which_role_is_needed(hub: LoopbackHub, made: Made, run: Run, there: bool) -> None:
    if there:
        client(hub).create_repo(REPO, repo_type="dataset", private=True)
    refused(run(made(), kind="read"), "token: found 403 Forbidden", "give it the role `write`, or write access to org/tiny")
    assert [commit.title for repo in hub.repos.values() for commit in repo.commits] == ["initial commit"] * there


def test_no_token_is_told_how_to_give_one(hub: LoopbackHub, made: Made, run: Run) -> None:
    refused(run(made(), kind=None), "token: found none", "set HF_TOKEN", "hf auth login")
    assert hub.requests == []


def test_a_token_that_the_hub_does_not_know_is_told_so_and_not_shown(
    hub: LoopbackHub, made: Made, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = "hf_" + "Unknown" * 5
    monkeypatch.setattr(hub, "token", lambda _: unknown)
    ran = run(made())
    refused(ran, "token: found 401 Unauthorized", "a token that the Hub knows")
    assert unknown not in ran.output + ran.stderr


def test_a_strangers_token_cannot_write_here(hub: LoopbackHub, made: Made, run: Run) -> None:
    client(hub).create_repo(REPO, repo_type="dataset", private=True)
    refused(run(made(), kind="none"), "token: found 403 Forbidden")


def test_a_token_of_one_repository_publishes_into_it_but_cannot_make_it(hub: LoopbackHub, made: Made, run: Run) -> None:
    refused(run(made(), kind="fineGrained"), "403", "and to org where the repository is not there yet")
    client(hub).create_repo(REPO, repo_type="dataset", private=True)
    folder = made()
    assert run(folder, kind="fineGrained").exit_code == 0
    assert_published_once(hub, folder)


def test_there_is_no_option_for_a_token(made: Made, run: Run) -> None:
    ran = run(made(), "--token", "hf_" + "x" * 34)
    assert ran.exit_code == 2
    assert "No such option" in ran.stderr
    assert "--token" not in CliRunner().invoke(app, ["publish", "--help"]).output


def test_a_commit_of_somebody_else_in_between_is_seen_and_its_files_are_not_in_the_tag(hub: LoopbackHub, made: Made) -> None:
    def interfere() -> None:
        repo = hub.repo(REPO)
        head = repo.find("main")
        assert head is not None
        repo.commit("main", "by hand", "", {**head.blobs, "stray.txt": Blob(b"stray", lfs=False)})

    folder = made()
    hub.fault(0, "call", only="/commit/main", call=interfere)
    published(hub, folder)
    repo = hub.repo(REPO)
    assert [commit.title for commit in repo.commits] == ["initial commit", "by hand", "tiny 0.1.0"]
    assert [request.status for request in hub.requests if "/commit/main" in request.path] == [412, 200]
    assert repo.tags == {"v0.1.0": repo.branches["main"]}
    assert_holds(repo.commits[-1], folder)


def test_a_repository_that_never_stands_still_is_given_up(hub: LoopbackHub, made: Made) -> None:
    def interfere() -> None:
        hub.repo(REPO).commit("main", "again", "", {})

    pauses: list[float] = []
    hub.fault(0, "call", only="/commit/main", call=interfere, times=None)
    with pytest.raises(HubError, match=r"org/tiny: found 412 Precondition Failed: .*; allowed: a repository that nobody else"):
        published(hub, made(), wait=pauses.append)
    assert len(pauses) == 5
    assert hub.repo(REPO).tags == {}


def test_two_who_publish_the_same_at_once_end_with_one_commit(hub: LoopbackHub, made: Made) -> None:
    folder, other = made(), made()
    hub.fault(0, "call", only="/commit/main", call=lambda: published(hub, other))
    assert published(hub, folder).is_there
    assert_published_once(hub, folder)


def test_a_tag_that_comes_in_between_is_taken_when_it_holds_the_same(hub: LoopbackHub, made: Made) -> None:
    def tag() -> None:
        hub.repo(REPO).tags["v0.1.0"] = hub.repo(REPO).branches["main"]

    folder = made()
    hub.fault(0, "call", only="/tag/", call=tag)
    assert published(hub, folder).is_there
    assert_published_once(hub, folder)


def test_a_tag_that_comes_in_between_with_other_content_is_never_moved(hub: LoopbackHub, made: Made) -> None:
    def tag() -> None:
        hub.repo(REPO).tags["v0.1.0"] = hub.repo(REPO).commits[0].oid

    hub.fault(0, "call", only="/tag/", call=tag)
    with pytest.raises(HubError, match=r"org/tiny@v0\.1\.0: found published with other content"):
        published(hub, made())
    assert hub.repo(REPO).tags == {"v0.1.0": hub.repo(REPO).commits[0].oid}


def test_a_commit_that_does_not_hold_what_was_sent_gets_no_tag(hub: LoopbackHub, made: Made) -> None:
    folder = made()
    sheet = folder / "contact-sheet.png"
    hub.fault(0, "call", only="preupload", call=lambda: sheet.write_bytes(b"changed while it was sent"))
    with pytest.raises(HubError, match=r"org/tiny: found other content in contact-sheet\.png at commit"):
        published(hub, folder)
    assert hub.repo(REPO).tags == {}


def test_a_folder_that_is_unfit_is_refused_before_anything_is_asked(hub: LoopbackHub, made: Made, run: Run) -> None:
    folder = made()
    (folder / "private").mkdir()
    (folder / "private" / "answers.parquet").write_bytes(b"secret")
    refused(run(folder), "private/answers.parquet: found a file in a folder `private`")
    shutil.rmtree(folder / "private")
    (folder / "audit.json").unlink()
    refused(run(folder), "audit.json: found no file", "run `unisandbox audit")
    assert hub.requests == []


def test_a_token_in_the_manifest_is_refused_and_not_quoted(hub: LoopbackHub, made: Made, run: Run) -> None:
    folder, secret = made(), "hf_" + "x" * 34
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace('"0.1.0"', f'"{secret}"', 1))
    ran = run(folder)
    refused(ran, "manifest.json: found a text that reads like an access token")
    assert secret not in ran.output + ran.stderr
    assert hub.requests == []


@pytest.mark.parametrize(
    "repo", ["tiny", "org/", "/tiny", "org/tiny/more", "../tiny", "org/ti ny", "https://huggingface.co/org/tiny"]
)
def test_a_name_that_the_hub_could_not_have_is_refused(hub: LoopbackHub, made: Made, run: Run, repo: str) -> None:
    refused(run(made(), repo=repo), "repository: found")
    assert hub.requests == []


def test_what_is_no_release_folder_is_refused(hub: LoopbackHub, tmp_path: Path, run: Run) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "empty", tmp_path / "none", tmp_path / "file"):
        refused(run(path), "manifest.json")
    assert hub.requests == []


def test_another_endpoint_gets_no_request(made: Made, run: Run, hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LoopbackHub, "url", "https://hub.example.org")
    for arguments in ((), ("--dry-run",), ("--allow-endpoint", "https://other.example.org")):
        refused(run(made(), *arguments), "HF_ENDPOINT: found https://hub.example.org", "--allow-endpoint https://hub.example.org")
    assert hub.requests == []


def test_unfit_data_are_an_error_of_data(hub: LoopbackHub, made: Made) -> None:
    folder = made()
    (folder / "data" / "math" / "test-00000-of-00001.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"data/math/test-00000-of-00001\.parquet: found 4 bytes"):
        published(hub, folder)
    assert hub.requests == []
