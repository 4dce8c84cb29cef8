"""What an error of the Hub's client means: something that may be gone at the next look, or something that the user has to mend.

The client raises what its HTTP library raises (httpx or httpx2, by version), what the Hub answers, and plain errors wrapped
around both, so the whole chain is looked at. Nothing of the chain is kept: it may hold the headers that were sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, Final, TypeVar

from unisandbox.cards.access import ENDPOINT, GIVE_A_TOKEN, Access, plain_of
from unisandbox.errors import HubError, UnisandboxError, Violation

T = TypeVar("T")

TAKEN: Final = frozenset({409, 412})  # somebody else wrote in between, or the same thing is there already
BUSY: Final = frozenset({408, 425, 429})
AGAIN: Final = "run the same command again: it goes on where it stopped"
LONGEST_SHOWN: Final = 300  # characters of what a server says
LONGEST_WAIT_S: Final = 300.0  # the Hub counts requests in windows of five minutes
_RESET: Final = re.compile(r"\bt=(\d+)")  # seconds, in the header `ratelimit`


class PassingError(UnisandboxError):
    """Something that may be gone at the next look: a failing server, a lost connection, somebody else's commit.

    Attributes:
        violation: What to tell the user where it does not pass.
        wait_s: How long the Hub asks to wait; 0 where it does not say.
    """

    def __init__(self, violation: Violation, wait_s: float = 0.0) -> None:
        self.violation, self.wait_s = violation, wait_s
        super().__init__(str(violation))


def asked(call: Callable[[], T], access: Access, repo: str) -> T:
    """Return what a call of the client returns.

    Raises:
        PassingError: An error that may be gone at the next look.
        HubError: Any other error of the client or the Hub.
        OSError: A file of this machine that cannot be read.
    """
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - the client's errors have no common base
        unread = next((one for one in _chain(error) if isinstance(one, OSError) and one.filename), None)
        wrong = meaning(error, access, repo) if unread is None else OSError(unread.errno, unread.strerror, unread.filename)
    raise wrong  # outside the handler, so that the client's error does not go along


def meaning(error: BaseException, access: Access, repo: str) -> HubError | PassingError:
    """Return the error of ours that an error of the client means."""
    chain = [*_chain(error)]
    responses = (getattr(one, "response", None) for one in chain)
    answer = next((one for one in responses if hasattr(one, "status_code")), None)
    if isinstance(error, RuntimeError):  # of an upload: whatever it was, a new look gets a new address to upload to
        found = _found(answer, chain, access) if answer is not None else _shown(chain, access)
        fix = f"check the network, then {AGAIN}"
        return PassingError(Violation(access.endpoint, f"{found}, at an upload", "an answer", fix), _wait_s(answer))
    if answer is not None:
        return _of_status(answer, _found(answer, chain, access), access, repo)
    return _of_silence(chain, _shown(chain, access), access, repo)


def _of_silence(chain: list[BaseException], shown: str, access: Access, repo: str) -> HubError | PassingError:
    if any(type(one).__name__ == "OfflineModeIsEnabled" for one in chain):
        return HubError(Violation(access.endpoint, "HF_HUB_OFFLINE is set", "a network", "unset HF_HUB_OFFLINE"))
    if any(_is_lost(one) for one in chain):
        fix = f"check the network and {ENDPOINT}, then {AGAIN}"
        return PassingError(Violation(access.endpoint, f"no answer ({shown})", "a Hub that can be reached", fix))
    if any(isinstance(one, json.JSONDecodeError) for one in chain):
        return PassingError(Violation(access.endpoint, f"an answer that is no JSON ({shown})", "an answer of the Hub", AGAIN))
    return HubError(Violation(repo, shown, "what the Hub accepts", "mend what it names"))


def _shown(chain: list[BaseException], access: Access) -> str:
    """Return in one line what an error began with."""
    first = chain[-1]
    return f"{type(first).__name__}: {plain_of(access.scrubbed(str(first)))}"[:LONGEST_SHOWN]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it, the first cause last."""
    seen: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in seen:
        seen.append(current)
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _is_lost(error: BaseException) -> bool:
    """Return whether the connection is what failed; the HTTP library's own errors are known by name, as there are two of them."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return isinstance(error, ConnectionError | TimeoutError) or bool(names & {"TransportError", "LocalEntryNotFoundError"})


def _found(answer: Any, chain: list[BaseException], access: Access) -> str:
    """Return the status of an answer, and in one line what the server said with it."""
    phrase = next((known.phrase for known in HTTPStatus if known == answer.status_code), "")
    said = next((text for one in chain if (text := getattr(one, "server_message", None))), "")
    told = plain_of(access.scrubbed(str(said)))[:LONGEST_SHOWN]
    return f"{answer.status_code} {phrase}".strip() + (f": {told}" if told else "")


def _of_status(answer: Any, found: str, access: Access, repo: str) -> HubError | PassingError:
    status = answer.status_code
    if status in TAKEN:
        fix = f"see who writes to it, then {AGAIN}"
        return PassingError(Violation(repo, found, "a repository that nobody else writes to meanwhile", fix), _wait_s(answer))
    if status in BUSY or status >= 500:
        return PassingError(Violation(access.endpoint, found, "an answer", f"wait, then {AGAIN}"), _wait_s(answer))
    if answer.headers.get("X-Error-Code") in ("RevisionNotFound", "EntryNotFound"):
        return PassingError(Violation(repo, found, "what the Hub has just listed", f"see who changes it, then {AGAIN}"))
    return HubError(_refused(status, found, access, repo))


def _refused(status: int, found: str, access: Access, repo: str) -> Violation:
    owner = repo.partition("/")[0]
    if status == 403:
        fix = f"give it the role `write`, or write access to {repo}, and to {owner} where the repository is not there yet"
        return Violation("token", found, f"a token that may write to {repo}", f"{fix}: https://huggingface.co/settings/tokens")
    if status == 401 and access.token is not None:
        return Violation("token", found, "a token that the Hub knows", GIVE_A_TOKEN)
    if status in (401, 404):
        return Violation(repo, found, "a dataset that the token may see", "check the name, and what the token has access to")
    return Violation(repo, found, "what the Hub accepts", "mend what it names")


def _wait_s(answer: Any) -> float:
    """Return how many seconds a server asks to wait, at most `LONGEST_WAIT_S`; 0 where it does not ask, or did not answer."""
    if answer is None:
        return 0.0
    after = answer.headers.get("Retry-After", "").strip()
    if not after.isdecimal():
        match = _RESET.search(answer.headers.get("RateLimit", ""))
        after = match.group(1) if match else "0"
    return min(float(after), LONGEST_WAIT_S)
