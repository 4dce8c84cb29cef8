"""Whatever fails at whatever request of a publication, one run more at most leaves one commit and a tag that is the build."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import publishing
import pytest
from killable import child
from loopback import LoopbackHub
from loopback.exchange import Answer
from publishing import REPO, assert_holds, assert_published_once, published, release_folder

from unisandbox.errors import HubError

without_pauses = publishing.without_pauses  # a fixture

REQUESTS = 24  # of a publication into an empty Hub; `test_the_matrix_covers_every_request` counts them
REQUESTS_OF_A_LATER_VERSION = 16
CLIENT_TRIES = 6  # of huggingface_hub 2.4.0 for an upload or a listing
FAULTS = {
    "500-before": ("before", 500),
    "503-before": ("before", 503),
    "429-before": ("before", 429),
    "502-after": ("after", 502),
    "dropped": ("drop", 0),
    "dropped-after": ("drop_after", 0),
}


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A release folder of 0.1.0, built and audited."""
    return release_folder(tmp_path_factory.getbasetemp(), tmp_path)


@pytest.fixture
def later(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A release folder of 0.2.0, with more rows."""
    return release_folder(tmp_path_factory.getbasetemp(), tmp_path, "0.2.0", rows=30)


def test_the_matrix_covers_every_request(hub: LoopbackHub, folder: Path) -> None:
    published(hub, folder)
    assert len(hub.requests) == REQUESTS, [f"{each.method} {each.path}" for each in hub.requests]
    again = len(hub.requests)
    published(hub, folder)
    assert [request.method for request in hub.requests[again:]] == ["GET", "GET", "GET"]
    assert_published_once(hub, folder)


@pytest.mark.parametrize("at", range(REQUESTS))
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_at_any_request_is_got_over(hub: LoopbackHub, folder: Path, name: str, at: int) -> None:
    kind, status = FAULTS[name]
    hub.fault(at, kind, status)
    published(hub, folder)
    struck = hub.requests[at]
    assert struck.status == status, "the fault has not struck"
    assert_published_once(hub, folder)


@pytest.mark.parametrize("at", range(REQUESTS))
def test_a_process_that_is_killed_at_any_request_leaves_what_another_run_finishes(
    hub: LoopbackHub, folder: Path, at: int
) -> None:
    with child(hub, folder) as process:
        hub.fault(at, "call", call=lambda: os.kill(process.pid or 0, signal.SIGKILL))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
    assert len(hub.requests) == at + 1
    published(hub, folder)
    assert_published_once(hub, folder)


@pytest.mark.parametrize("name", ["502-after", "dropped", "dropped-after"])
@pytest.mark.parametrize("at", range(REQUESTS_OF_A_LATER_VERSION))
def test_a_fault_at_any_request_of_a_later_version_is_got_over(
    hub: LoopbackHub, folder: Path, later: Path, name: str, at: int
) -> None:
    published(hub, folder)
    before = hub.repo(REPO).tags["v0.1.0"]
    hub.fault(at, *FAULTS[name])
    first = len(hub.requests)
    published(hub, later)
    assert hub.requests[first + at].status == FAULTS[name][1]
    repo = hub.repo(REPO)
    assert [commit.title for commit in repo.commits] == ["initial commit", "tiny 0.1.0", "tiny 0.2.0"]
    assert repo.tags == {"v0.1.0": before, "v0.2.0": repo.branches["main"]}
    assert_holds(repo.commits[-1], later)


def test_the_matrix_covers_every_request_of_a_later_version(hub: LoopbackHub, folder: Path, later: Path) -> None:
    published(hub, folder)
    first = len(hub.requests)
    published(hub, later)
    asked = [f"{request.method} {request.path}" for request in hub.requests[first:]]
    assert len(asked) == REQUESTS_OF_A_LATER_VERSION, asked


@pytest.mark.parametrize("name", ["503-before", "502-after", "dropped", "dropped-after"])
@pytest.mark.parametrize("only", ["PUT /storage/", "POST /storage/", "POST /datasets/org/tiny.git/info/lfs/objects/verify"])
@pytest.mark.parametrize("at", [0, 2])
def test_an_upload_in_parts_is_taken_up_after_a_fault(folder: Path, only: str, at: int, name: str) -> None:
    with LoopbackHub(lfs_chunk_bytes=8000) as hub:
        hub.fault(at, *FAULTS[name], only=only)
        published(hub, folder)
        assert [request.status for request in hub.requests if only in f"{request.method} {request.path}"][at] == FAULTS[name][1]
        assert_published_once(hub, folder)


@pytest.mark.parametrize("only", ["preupload", "objects/batch", "PUT /storage/", "objects/verify", "/tree/"])
def test_a_fault_that_outlasts_the_client_is_looked_at_again(hub: LoopbackHub, folder: Path, only: str) -> None:
    pauses: list[float] = []
    hub.fault(0, "before", 503, times=CLIENT_TRIES + 1, only=only)
    published(hub, folder, wait=pauses.append)
    assert pauses == [1.0]
    assert_published_once(hub, folder)


@pytest.mark.parametrize("only", ["create", "refs", "validate-yaml", "/commit/", "/tag/"])
def test_a_fault_that_comes_again_is_got_over_again(hub: LoopbackHub, folder: Path, only: str) -> None:
    pauses: list[float] = []
    hub.fault(0, "before", 500, times=5, only=only)
    published(hub, folder, wait=pauses.append)
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert_published_once(hub, folder)


@pytest.mark.parametrize("at", [0, 5, 20])
def test_a_hub_that_stays_away_is_told_and_the_same_call_goes_on_later(hub: LoopbackHub, folder: Path, at: int) -> None:
    pauses: list[float] = []
    hub.fault(at, "kill")
    with pytest.raises(HubError, match=f"{hub.url}: found no answer .*; check the network and HF_ENDPOINT, then run the same"):
        published(hub, folder, wait=pauses.append)
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0]
    hub.heal()
    published(hub, folder)
    assert_published_once(hub, folder)


def test_an_answer_that_is_no_json_is_a_fault_like_any_other(
    hub: LoopbackHub, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [Answer(502, b"<html>Bad Gateway</html>"), Answer(200, b"<html>Sign in</html>")]
    answer = hub.answer

    def garbled(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        return answers.pop() if answers and "validate-yaml" in path else answer(method, path, headers, body)

    monkeypatch.setattr(hub, "answer", garbled)
    published(hub, folder)
    assert answers == []
    assert_published_once(hub, folder)
