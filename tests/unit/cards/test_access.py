"""A token goes to the Hub, to this machine or where it may go, comes from the environment or the store, and is never shown."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from unisandbox.cards.access import Access, checked_endpoint, open_access, plain_of, scrubbed
from unisandbox.errors import HubError

TOKEN = "hf_" + "AbCdE" * 7
HUB = "https://huggingface.co"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_ENDPOINT", "HF_OIDC_RESOURCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "token"))


@pytest.mark.parametrize("endpoint", ["", HUB, f"{HUB}/"])
def test_the_hub_is_the_endpoint(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert checked_endpoint() == HUB


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:8000", "http://127.8.9.1", "http://[::1]:8000", "http://localhost:1", "http://LOCALHOST:1/"]
)
def test_an_address_of_this_machine_is_used(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert checked_endpoint() == endpoint.rstrip("/")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://example.org",
        "http://huggingface.co",
        "https://huggingface.co.example.org",
        "https://huggingface.co:444",
        "https://HuggingFace.co",
        "https://huggingface.co/mirror",
        "https://hf.co",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://10.0.0.1",
        "http://0.0.0.0:80",
        "http://2130706433",
        "http://0x7f000001",
        "ftp://huggingface.co",
        "huggingface.co",
        "https://",
        "https://huggingface.co?to=example.org",
        "https://huggingface.co#example.org",
        "https://huggingface.co@example.org",
        "https://huggingface.co:pw@example.org",
        "http://127.0.0.1@example.org",
        "https://example.org\\@huggingface.co",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:x",
        "https://huggingfacé.co",
        "http://localhost\t.example.org",
    ],
)
def test_any_other_endpoint_is_refused_before_a_token_is_looked_for(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    def never() -> None:
        raise AssertionError

    monkeypatch.setattr("huggingface_hub.get_token", never)
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    with pytest.raises(HubError, match="HF_ENDPOINT") as error:
        open_access()
    assert ":pw@" not in str(error.value)


def test_another_endpoint_can_be_allowed_by_its_own_name_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example.org/")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert open_access(allowed="https://mirror.example.org").endpoint == "https://mirror.example.org"
    with pytest.raises(HubError, match=r"say --allow-endpoint https://mirror\.example\.org"):
        open_access(allowed="https://other.example.org")
    with pytest.raises(HubError, match="--allow-endpoint"):
        open_access()


def test_allowing_an_endpoint_that_is_not_set_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with pytest.raises(HubError, match="set HF_ENDPOINT to it too"):
        open_access(allowed="https://mirror.example.org")


def test_a_user_in_the_address_is_never_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://me:secret@example.org")
    with pytest.raises(HubError) as error:
        open_access(allowed="https://me:secret@example.org")
    assert "secret" not in str(error.value)


def test_the_token_is_that_of_the_environment_or_of_the_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hf_" + "s" * 34)
    assert open_access().token == "hf_" + "s" * 34
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert open_access().token == TOKEN


def test_no_token_is_an_error_only_where_one_is_needed() -> None:
    with pytest.raises(HubError, match="token: found none; allowed: a token with write access; set HF_TOKEN"):
        open_access()
    assert open_access(needs_token=False).token is None


@pytest.mark.parametrize("token", ["short", "hf_with a blank in it", "hf_nön-ascii-sign", "hf_line\nbreak-in-it"])
def test_what_cannot_be_a_token_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setattr("huggingface_hub.get_token", lambda: token)
    with pytest.raises(HubError) as error:
        open_access()
    assert token not in str(error.value)
    assert token not in repr(error.value)


def test_a_search_for_a_token_that_fails_is_told_without_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise RuntimeError(f"no OIDC for {TOKEN}")

    monkeypatch.setattr("huggingface_hub.get_token", fails)
    with pytest.raises(HubError, match="RuntimeError: no OIDC for <token>") as error:
        open_access()
    assert (error.value.__cause__, error.value.__context__) == (None, None)


def test_an_access_is_not_shown_or_pickled() -> None:
    access = Access(HUB, TOKEN)
    assert TOKEN not in repr(access)
    with pytest.raises(TypeError, match="not written anywhere"):
        pickle.dumps(access)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"say {TOKEN}!", "say <token>!"),
        ("hf_oauth_eyJhbGciOiJFZERTQSJ9.eyJzY29wZSI6WyJvcGVuaWQiXX0.x-y", "<token>"),
        ("api_org_" + "x" * 34, "<token>"),
        ("authorization: Bearer abc.def", "authorization: Bearer <token>"),
        ("http://me:pw@127.0.0.1/x", "http://<token>@127.0.0.1/x"),
        ("PUT 'https://s3/x?X-Amz-Signature=abc&y=1' failed", "PUT 'https://s3/x' failed"),
        ("hf_hub_download of a file, 100% at 12:00?", "hf_hub_download of a file, 100% at 12:00?"),
    ],
)
def test_texts_lose_their_secrets_and_nothing_else(text: str, wanted: str) -> None:
    assert scrubbed(text) == wanted


def test_the_token_in_use_is_taken_out_whatever_it_looks_like() -> None:
    assert Access(HUB, "unlikely-looking-secret").scrubbed("an unlikely-looking-secret here") == "an <token> here"
    assert Access(HUB, None).scrubbed("nothing to take out") == "nothing to take out"


def test_a_text_for_a_message_is_one_line() -> None:
    assert plain_of(ValueError(f"a\n\n  {TOKEN}\tb")) == "a <token> b"
