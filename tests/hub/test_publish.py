"""`unisandbox publish`: what a user sees and what the Hub holds afterwards, dry and in earnest, first and later versions."""

from __future__ import annotations

import json

import publishing
import pytest
from loopback import LoopbackHub
from loopback.asking import client, commit
from publishing import REPO, Made, Run, assert_holds, assert_published_once, files_under, published, refused

made, run, without_pauses = publishing.made, publishing.run, publishing.without_pauses  # fixtures


def changing(hub: LoopbackHub) -> list[str]:
    """Return the requests that may have changed something."""
    return [f"{request.method} {request.path}" for request in hub.requests if request.method not in ("GET", "HEAD")]


def test_a_dry_run_says_what_would_change_and_touches_nothing(hub: LoopbackHub, made: Made, run: Run) -> None:
    folder = made()
    before = files_under(folder)
    ran = run(folder, "--dry-run")
    assert ran.exit_code == 0, ran.output
    assert (changing(hub), hub.repos) == ([], {})
    assert files_under(folder) == before
    for path in before:
        assert path in ran.output
    for words in ("add", "org/tiny, new, private", "v0.1.0, new", "0.1.0, the first one", "| `0.1.0` |", "nothing was written"):
        assert words in ran.output


def test_a_dry_run_tells_added_changed_and_removed_files_and_the_rule_of_the_version(
    hub: LoopbackHub, made: Made, run: Run
) -> None:
    published(hub, made())
    commit(client(hub), {"notes.md": b"by hand"}, name=REPO)
    asked, later = len(hub.requests), made("0.2.0", rows=30)
    (later / "schemas" / "more.schema.json").write_text("{}")
    ran = run(later, "--dry-run", "--json")
    told = json.loads(ran.stdout)
    assert [one["path"] for one in told["added"]] == ["schemas/more.schema.json"]
    assert {one["path"] for one in told["changed"]} > {"README.md", "manifest.json", "versions.json"}
    assert told["removed"] == [{"path": "notes.md", "size_bytes": 7}]
    assert all(one["size_bytes"] > 0 for one in told["added"] + told["changed"])
    assert (told["tag"], told["dry_run"], told["commit"], told["public"]) == ("v0.2.0", True, None, False)
    assert (told["version"]["follows"], told["version"]["change"]) == ("0.1.0", "minor")
    assert told["version"]["reasons"] == ["mapping/train: 10 rows more at level 1"]
    people = run(later, "--dry-run").output
    assert "1 files to add" in people
    assert "0.2.0 is a minor change to 0.1.0: mapping/train: 10 rows more at level 1" in people
    assert [each for each in hub.requests[asked:] if each.method not in ("GET", "HEAD")] == []


def test_a_dry_run_needs_no_token_where_nothing_is_there_yet(hub: LoopbackHub, made: Made, run: Run) -> None:
    assert run(made(), "--dry-run", kind=None).exit_code == 0
    assert hub.repos == {}


def test_a_dry_run_of_what_is_published_says_so(hub: LoopbackHub, made: Made, run: Run) -> None:
    folder = made()
    published(hub, folder)
    assert "org/tiny@v0.1.0 is published with this content already; nothing to do" in run(folder, "--dry-run").output


def test_a_dry_run_refuses_what_publishing_would_refuse(hub: LoopbackHub, made: Made, run: Run) -> None:
    published(hub, made())
    refused(run(made(seed=4), "--dry-run"), "published with other content")
    refused(run(made("0.1.1", rows=30), "--dry-run"), "a minor version")


def test_publishing_puts_the_folder_under_a_tag_and_says_how_to_load_it(hub: LoopbackHub, made: Made, run: Run) -> None:
    folder = made()
    ran = run(folder)
    assert ran.exit_code == 0, ran.output
    assert_published_once(hub, folder)
    assert hub.repo(REPO).private
    assert f"org/tiny@v0.1.0 is published, private: commit {hub.repo(REPO).tags['v0.1.0']}" in ran.stdout
    assert f"{hub.url}/datasets/org/tiny/tree/v0.1.0" in ran.stdout
    assert 'unisandbox.load("org/tiny@v0.1.0", "math", "train")' in ran.stdout
    assert 'load_dataset("org/tiny", "math", revision="v0.1.0")["train"]' in ran.stdout
    assert "sending 16/16 versions.json" in ran.stderr
    card = (folder / "README.md").read_text()
    assert "org/tiny" in card


def test_again_is_three_questions_and_no_change(hub: LoopbackHub, made: Made, run: Run) -> None:
    folder = made()
    run(folder)
    here, asked, commits = files_under(folder), len(hub.requests), list(hub.repo(REPO).commits)
    ran = run(folder, "--json")
    told = json.loads(ran.stdout)
    assert (told["already_published"], told["commit"], told["added"]) == (True, hub.repo(REPO).tags["v0.1.0"], [])
    assert (files_under(folder), hub.repo(REPO).commits) == (here, commits)
    assert len(hub.requests) == asked + 3
    assert "nothing to do" in run(folder).output


def test_a_fresh_build_of_the_same_release_is_the_published_one(hub: LoopbackHub, made: Made) -> None:
    published(hub, made())
    assert published(hub, made()).is_there


def test_a_later_version_leaves_the_earlier_tag_as_it_was(hub: LoopbackHub, made: Made) -> None:
    first, later = made(), made("0.2.0", rows=30)
    published(hub, first)
    old = hub.repo(REPO).tags["v0.1.0"]
    done = published(hub, later)
    repo = hub.repo(REPO)
    assert repo.tags == {"v0.1.0": old, "v0.2.0": done.commit}
    held = {tag: repo.find(tag) for tag in repo.tags}
    for tag, folder in (("v0.1.0", first), ("v0.2.0", later)):
        found = held[tag]
        assert found is not None
        assert_holds(found, folder)
    listed = json.loads((later / "versions.json").read_text())["versions"]
    assert [(one["version"], one["change"]) for one in listed] == [("0.1.0", "first"), ("0.2.0", "minor")]
    commits = list(repo.commits)
    assert published(hub, first).is_there
    assert (repo.commits, repo.branches["main"]) == (commits, done.commit)


def test_a_card_alone_is_a_patch(hub: LoopbackHub, made: Made) -> None:
    published(hub, made())
    done = published(hub, made("0.1.1"))
    assert (done.version.change, done.previous) == ("patch", "0.1.0")


def test_tags_that_are_no_versions_are_let_be(hub: LoopbackHub, made: Made) -> None:
    api = client(hub)
    api.create_repo(REPO, repo_type="dataset", private=True)
    for tag in ("draft", "v9", "v9.9.9-rc1"):
        api.create_tag(REPO, tag=tag, repo_type="dataset")
    published(hub, made())
    assert sorted(hub.repo(REPO).tags) == ["draft", "v0.1.0", "v9", "v9.9.9-rc1"]


def test_other_content_under_the_same_version_is_refused(hub: LoopbackHub, made: Made, run: Run) -> None:
    published(hub, made())
    other = made(seed=4)
    here, commits, tags = files_under(other), list(hub.repo(REPO).commits), dict(hub.repo(REPO).tags)
    refused(run(other), "org/tiny@v0.1.0: found published with other content in", "raise the version of the release")
    assert (hub.repo(REPO).commits, hub.repo(REPO).tags, files_under(other)) == (commits, tags, here)


@pytest.mark.parametrize(
    ("version", "changes", "told"),
    [
        ("0.1.1", {"rows": 30}, ("a minor version", "mapping/train: 10 rows more at level 1", "call it 0.2.0")),
        ("0.1.1", {"seed": 4}, ("a minor version", "seed 4 instead of 3", "call it 0.2.0")),
        ("0.2.0", {}, ("a patch version", "the rows are the same", "call it 0.1.1")),
        ("0.0.9", {"rows": 30}, ("a version above 0.1.0",)),
    ],
)
def test_a_number_that_does_not_follow_is_refused_with_the_reason(
    hub: LoopbackHub, made: Made, run: Run, version: str, changes: dict[str, int], told: tuple[str, ...]
) -> None:
    published(hub, made())
    folder = made(version, **changes)
    here, commits = files_under(folder), list(hub.repo(REPO).commits)
    refused(run(folder), f"version: found {version}", *told)
    assert (hub.repo(REPO).commits, list(hub.repo(REPO).tags), files_under(folder)) == (commits, ["v0.1.0"], here)


def test_a_tag_that_nobody_published_with_this_cannot_be_followed(hub: LoopbackHub, made: Made, run: Run) -> None:
    api = client(hub)
    api.create_repo(REPO, repo_type="dataset", private=True)
    commit(api, {"data.csv": b"1"}, name=REPO)
    api.create_tag(REPO, tag="v0.0.1", repo_type="dataset")
    refused(run(made()), "org/tiny@v0.0.1: manifest.json: found no file")
    commit(api, {"manifest.json": b"{}"}, name=REPO)
    api.create_tag(REPO, tag="v0.0.2", repo_type="dataset")
    ran = run(made())
    refused(ran)
    assert "org/tiny@v0.0.2/manifest.json: digest: found nothing" in ran.stderr
    assert "/tmp" not in ran.stderr
    assert list(hub.repo(REPO).tags) == ["v0.0.1", "v0.0.2"]
