"""A release of more than a hundred files arrives on a branch of its own, and main takes it over in one commit, whatever fails."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import publishing
import pytest
from killable import child
from loopback import LoopbackHub
from publishing import REPO, assert_holds, published, release_folder

from unisandbox.errors import HubError

without_pauses = publishing.without_pauses  # a fixture

BRANCH = "release%2Fv0.1.0"
MUTATIONS = {  # what a publication in parts asks for, beside uploads; the part behind the slash counts them from 0
    "repository/0": "POST /api/repos/create",
    "branch/0": f"POST /api/datasets/{REPO}/branch/{BRANCH}",
    "part/0": f"POST /api/datasets/{REPO}/commit/{BRANCH}",
    "part/1": f"POST /api/datasets/{REPO}/commit/{BRANCH}",
    "tag/0": f"POST /api/datasets/{REPO}/tag/",
    "main/0": f"POST /api/datasets/{REPO}/commit/main",
    "branch-goes/0": f"DELETE /api/datasets/{REPO}/branch/{BRANCH}",
    "tree/0": f"GET /api/datasets/{REPO}/tree/",
    "tree/1": f"GET /api/datasets/{REPO}/tree/",
    "tree/2": f"GET /api/datasets/{REPO}/tree/",
    "tree/3": f"GET /api/datasets/{REPO}/tree/",
    "refs/0": f"GET /api/datasets/{REPO}/refs",
    "refs/1": f"GET /api/datasets/{REPO}/refs",
    "upload/0": "PUT /storage/",
    "upload/3": "PUT /storage/",
}
FAULTS = {"503-before": ("before", 503), "502-after": ("after", 502), "dropped": ("drop", 0), "dropped-after": ("drop_after", 0)}


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A release folder with more than a hundred files, most of them small, so that they travel inside the commits."""
    made = release_folder(tmp_path_factory.getbasetemp(), tmp_path)
    for number in range(100):
        (made / "schemas" / f"extra-{number:03d}.schema.json").write_text(f'{{"$id": "{number}"}}')
    return made


def assert_staged_once(hub: LoopbackHub, folder: Path) -> None:
    """Assert that the tag and main hold the folder, main by one commit of content, and that the branch is gone."""
    repo = hub.repo(REPO)
    main, tagged = repo.find("main"), repo.find("v0.1.0")
    assert main is not None
    assert tagged is not None
    assert [commit.title for commit in repo.history(main)] == ["tiny 0.1.0", "initial commit"]
    assert (list(repo.tags), list(repo.branches)) == (["v0.1.0"], ["main"])
    assert_holds(main, folder)
    assert_holds(tagged, folder)


def test_the_files_arrive_in_parts_and_main_has_one_commit(hub: LoopbackHub, folder: Path) -> None:
    done = published(hub, folder)
    assert (done.in_parts, done.commit) == (True, hub.repo(REPO).tags["v0.1.0"])
    assert_staged_once(hub, folder)
    titles = [commit.title for commit in hub.repo(REPO).commits]
    assert titles == ["initial commit", "tiny 0.1.0, part 1 of 2", "tiny 0.1.0, part 2 of 2", "tiny 0.1.0"]
    asked = [f"{request.method} {request.path}" for request in hub.requests]
    for step, line in MUTATIONS.items():
        assert sum(line in each for each in asked) > int(step.rpartition("/")[2]), step


def test_again_changes_nothing(hub: LoopbackHub, folder: Path) -> None:
    published(hub, folder)
    commits, first = list(hub.repo(REPO).commits), len(hub.requests)
    assert published(hub, folder).is_there
    assert hub.repo(REPO).commits == commits
    assert len(hub.requests) == first + 3
    assert_staged_once(hub, folder)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", MUTATIONS)
def test_a_fault_at_any_step_is_got_over(hub: LoopbackHub, folder: Path, step: str, fault: str) -> None:
    hub.fault(int(step.rpartition("/")[2]), *FAULTS[fault], only=MUTATIONS[step])
    published(hub, folder)
    assert FAULTS[fault][1] in {request.status for request in hub.requests}
    assert_staged_once(hub, folder)


@pytest.mark.parametrize("step", MUTATIONS)
def test_a_process_that_is_killed_at_any_step_leaves_what_another_run_finishes(hub: LoopbackHub, folder: Path, step: str) -> None:
    with child(hub, folder) as process:
        at, line = int(step.rpartition("/")[2]), MUTATIONS[step]
        hub.fault(at, "call", only=line, call=lambda: os.kill(process.pid or 0, signal.SIGKILL))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
    published(hub, folder)
    assert_staged_once(hub, folder)


def test_what_a_run_has_sent_is_not_sent_again(hub: LoopbackHub, folder: Path) -> None:
    hub.fault(1, "kill", only=f"commit/{BRANCH}")
    with pytest.raises(HubError):
        published(hub, folder)
    hub.heal()
    sent = [request.path for request in hub.requests if request.method == "PUT"]
    assert len(sent) == 5
    published(hub, folder)
    assert [request.path for request in hub.requests if request.method == "PUT"] == sent
    assert_staged_once(hub, folder)


def test_a_begun_branch_is_finished_though_little_is_missing(hub: LoopbackHub, folder: Path) -> None:
    hub.fault(0, "kill", only="/tag/")
    with pytest.raises(HubError):
        published(hub, folder)
    hub.heal()
    assert list(hub.repo(REPO).branches) == ["main", "release/v0.1.0"]
    assert published(hub, folder).in_parts
    assert_staged_once(hub, folder)


def test_a_release_that_was_overtaken_is_tagged_and_does_not_turn_main_back(
    hub: LoopbackHub, folder: Path, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    hub.fault(0, "kill", only="commit/main")
    with pytest.raises(HubError):
        published(hub, folder)
    hub.heal()
    later = release_folder(tmp_path_factory.getbasetemp(), tmp_path, "0.2.0", rows=30)
    published(hub, later)
    published(hub, folder)
    repo = hub.repo(REPO)
    assert (sorted(repo.tags), list(repo.branches)) == (["v0.1.0", "v0.2.0"], ["main"])
    main, tagged = repo.find("main"), repo.find("v0.1.0")
    assert main is not None
    assert tagged is not None
    assert_holds(main, later)
    assert_holds(tagged, folder)
