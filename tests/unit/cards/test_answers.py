"""Every error of the client becomes one of ours: to look again, or to tell; and nothing of it goes along."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable

import httpx2
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError, OfflineModeIsEnabled
from huggingface_hub.utils import hf_raise_for_status

from unisandbox.cards.access import Access
from unisandbox.cards.answers import LONGEST_WAIT_S, PassingError, asked, meaning
from unisandbox.errors import HubError

TOKEN = "hf_" + "AbCdE" * 7
ACCESS = Access("https://huggingface.co", TOKEN)
REPO = "org/name"
GONE = FileNotFoundError(2, "No such file or directory", "gone.parquet")
SIGNED = "https://s3.example.org/object?X-Amz-Signature=0123abcd"


def answer(status: int, *, said: str = "", code: str = "", headers: dict[str, str] | None = None) -> BaseException:
    """Return the client's error for an answer of the Hub."""
    named = {**({"X-Error-Message": said} if said else {}), **({"X-Error-Code": code} if code else {}), **(headers or {})}
    request = httpx2.Request("POST", SIGNED, headers={"authorization": f"Bearer {TOKEN}"})
    try:
        hf_raise_for_status(httpx2.Response(status, headers=named, request=request))
    except OSError as error:
        return error
    raise AssertionError


def wrapped(error: BaseException) -> BaseException:
    """Return the error in which the client wraps what went wrong with an upload."""
    try:
        raise RuntimeError("Error while uploading 'a.parquet' to the Hub.") from error
    except RuntimeError as outer:
        return outer


def raising(error: BaseException) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


@pytest.mark.parametrize("status", [408, 409, 412, 425, 429, 500, 502, 503, 504, 599])
def test_what_may_be_gone_at_the_next_look_is_passing(status: int) -> None:
    error = meaning(answer(status, said="busy"), ACCESS, REPO)
    assert isinstance(error, PassingError)
    assert error.violation.found.startswith(str(status))
    assert error.violation.found.endswith(": busy")


@pytest.mark.parametrize(("status", "code"), [(404, "RevisionNotFound"), (404, "EntryNotFound")])
def test_what_was_listed_and_is_gone_is_passing(status: int, code: str) -> None:
    assert isinstance(meaning(answer(status, code=code), ACCESS, REPO), PassingError)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (400, "org/name: found 400 Bad Request: because; allowed: what the Hub accepts"),
        (401, "token: found 401 Unauthorized: because; allowed: a token that the Hub knows; set HF_TOKEN"),
        (403, "token: found 403 Forbidden: because; allowed: a token that may write to org/name; give it the role `write`"),
        (404, "org/name: found 404 Not Found: because; allowed: a dataset that the token may see"),
        (413, "org/name: found 413 Request Entity Too Large: because"),
    ],
)
def test_what_does_not_pass_is_told_in_four_parts(status: int, told: str) -> None:
    error = meaning(answer(status, said="because"), ACCESS, REPO)
    assert isinstance(error, HubError)
    assert str(error).replace("Content Too Large", "Request Entity Too Large").startswith(told)


def test_without_a_token_a_401_speaks_of_the_dataset() -> None:
    assert str(meaning(answer(401), Access(ACCESS.endpoint, None), REPO)).startswith("org/name: found 401")


@pytest.mark.parametrize(
    "error",
    [
        httpx2.ConnectError("[Errno 111] Connection refused"),
        httpx2.RemoteProtocolError("Server disconnected"),
        httpx2.ReadTimeout("slow"),
        ConnectionResetError(104, "reset"),
        TimeoutError("slow"),
        wrapped(httpx2.WriteError("broken pipe")),
        RuntimeError("Data processing error: CAS service error"),
        LocalEntryNotFoundError("not reached, not cached"),
        json.JSONDecodeError("Expecting value", "<html>", 0),
    ],
)
def test_a_lost_connection_is_passing(error: BaseException) -> None:
    assert isinstance(meaning(error, ACCESS, REPO), PassingError)


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_any_answer_to_an_upload_is_passing_as_a_new_look_gets_a_new_address(status: int) -> None:
    assert isinstance(meaning(wrapped(answer(status)), ACCESS, REPO), PassingError)


def test_being_offline_is_no_failure_of_the_hub() -> None:
    assert "HF_HUB_OFFLINE is set" in str(meaning(OfflineModeIsEnabled("no"), ACCESS, REPO))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0.0),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"RateLimit": '"api";r=0;t=55'}, 55.0),
        ({"Retry-After": "99999"}, LONGEST_WAIT_S),
    ],
)
def test_the_hub_says_how_long_to_wait(headers: dict[str, str], seconds: float) -> None:
    error = meaning(answer(429, headers=headers), ACCESS, REPO)
    assert isinstance(error, PassingError)
    assert error.wait_s == seconds


@pytest.mark.parametrize(
    "error",
    [
        answer(500, said=f"echo: Bearer {TOKEN}"),
        answer(403, said=f"the token {TOKEN} may not"),
        wrapped(answer(503)),
        ValueError(f"bad header b'Bearer {TOKEN}'"),
        KeyError(TOKEN),
        httpx2.ConnectError(f"no way to {SIGNED}"),
    ],
)
def test_no_error_holds_a_token_an_address_or_its_cause(error: BaseException) -> None:
    with pytest.raises((HubError, PassingError)) as raised:
        asked(raising(error), ACCESS, REPO)
    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value.args)
    assert TOKEN not in told
    assert "Signature" not in told
    assert (raised.value.__cause__, raised.value.__context__) == (None, None)


def test_what_the_client_trips_over_is_told_and_not_thrown() -> None:
    with pytest.raises(HubError, match="org/name: found KeyError: 'commitOid'; allowed: what the Hub accepts"):
        asked(raising(KeyError("commitOid")), ACCESS, REPO)


def test_a_file_of_this_machine_that_cannot_be_read_is_its_own_error() -> None:
    with pytest.raises(FileNotFoundError, match=r"gone\.parquet"):
        asked(raising(GONE), ACCESS, REPO)
    with pytest.raises(FileNotFoundError, match=r"gone\.parquet") as error:
        asked(raising(wrapped(GONE)), ACCESS, REPO)
    assert (error.value.__cause__, error.value.__context__) == (None, None)


def test_an_interruption_is_not_held_up() -> None:
    with pytest.raises(KeyboardInterrupt):
        asked(raising(KeyboardInterrupt()), ACCESS, REPO)


def test_what_a_call_returns_is_returned() -> None:
    assert asked(lambda: 7, ACCESS, REPO) == 7
