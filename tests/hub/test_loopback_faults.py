"""What goes wrong at the Hub of the tests goes wrong for the real client, and at the request that was meant."""

from __future__ import annotations

import pytest
from huggingface_hub import HfApi
from loopback import LoopbackHub
from loopback.asking import NAME, commit, refused


def look(api: HfApi) -> object:
    return api.repo_info(NAME, repo_type="dataset")


def test_a_fault_before_the_work_leaves_it_undone(hub: LoopbackHub, api: HfApi) -> None:
    hub.fault(1, "before", 503)
    look(api)
    assert refused(api.create_tag, NAME, tag="v1", repo_type="dataset") == 503
    assert (hub.requests[-1].status, hub.repo(NAME).tags) == (503, {})
    api.create_tag(NAME, tag="v1", repo_type="dataset")


def test_a_fault_after_the_work_hides_that_it_was_done(hub: LoopbackHub, api: HfApi) -> None:
    hub.fault(0, "after", 502)
    assert refused(api.create_tag, NAME, tag="v1", repo_type="dataset") == 502
    assert list(hub.repo(NAME).tags) == ["v1"]


@pytest.mark.parametrize(("kind", "done"), [("drop", []), ("drop_after", ["v1"])])
def test_a_dropped_connection_answers_nothing(hub: LoopbackHub, api: HfApi, kind: str, done: list[str]) -> None:
    hub.fault(0, kind)
    with pytest.raises(Exception, match="disconnected") as error:
        api.create_tag(NAME, tag="v1", repo_type="dataset")
    assert "TransportError" in [each.__name__ for each in type(error.value).__mro__]
    assert (list(hub.repo(NAME).tags), hub.requests[-1].status) == (done, 0)


def test_a_hub_that_dies_answers_nothing_until_it_is_healed(hub: LoopbackHub, api: HfApi) -> None:
    hub.fault(1, "kill")
    look(api)
    for _ in range(2):
        with pytest.raises(Exception, match="disconnected"):
            look(api)
    hub.heal()
    look(api)


def test_a_fault_can_let_someone_else_act_at_that_moment(hub: LoopbackHub, api: HfApi) -> None:
    parent, repo = hub.repo(NAME).branches["main"], hub.repo(NAME)
    hub.fault(0, "call", only="POST /api/datasets/org/name/commit/", call=lambda: repo.commit("main", "another's", "", {}))
    assert refused(commit, api, {"a.json": b"1"}, parent=parent) == 412
    assert [each.title for each in repo.commits] == ["initial commit", "another's"]


def test_a_client_tries_an_upload_again(hub: LoopbackHub, api: HfApi) -> None:
    hub.fault(0, "before", 500, only="PUT /storage/")
    commit(api, {"a.parquet": b"rows"})
    assert [request.status for request in hub.requests if request.method == "PUT"] == [500, 200]


def test_a_fault_that_cannot_be_is_refused(hub: LoopbackHub) -> None:
    with pytest.raises(ValueError, match="no fault of kind 'later'"):
        hub.fault(0, "later")
    with pytest.raises(ValueError, match="needs call="):
        hub.fault(0, "call")
