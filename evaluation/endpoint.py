"""A connection to an OpenAI-compatible service: requests that are tried again with patience, and errors that show no key."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import urljoin, urlsplit

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.address import Address, key_for
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.patience import Clock, Patience, asked_wait_s
from unisandbox.evaluation.protocol import Fault
from unisandbox.evaluation.service_faults import ServiceError, error_of_status, is_worth_trying_again, shortened, without_key

MOST_BYTES: Final = 128 * 1024 * 1024  # of a reply: a PNG of 4096 x 4096 px that nothing compresses takes 67 MB in base64
GIVEN_UP: Final = 8  # requests given up in a row, after which the next ones are sent once each until one succeeds
CONNECT_S: Final = 20.0
Found = TypeVar("Found")
HEADERS: Final = {"Accept-Encoding": "identity"}


class Endpoint:
    """A service at an address; threads may share one.

    Args:
        address: Where it is.
        timeout_s: How long one attempt may take.
        patience: How often it is tried.
        clock: The time, and how to wait.

    Raises:
        InputError: The package `openai` is missing, or there is no key.
    """

    def __init__(self, address: Address, timeout_s: float, patience: Patience | None = None, clock: Clock | None = None) -> None:
        try:
            import httpx2
            import openai

            from unisandbox.evaluation.transport import BoundedTransport
        except ModuleNotFoundError:
            fix = "pip install 'unisandbox[score]'"
            raise InputError(Violation(f"openai:{address.url}", "no package openai", "openai 3 or later", fix)) from None
        self.address, self._key = address, key_for(address)
        self._patience, self._clock = patience or Patience(), clock or Clock()
        transport = BoundedTransport(
            timeout_s, MOST_BYTES, encrypted=address.url.startswith("https:"), proxy=_proxy(address), now=self._clock.now
        )
        timeout = httpx2.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s))
        self._http = httpx2.Client(transport=transport, timeout=timeout, follow_redirects=False)
        self._client = openai.OpenAI(
            api_key=self._key,
            base_url=address.url,
            max_retries=0,
            http_client=self._http,
            timeout=timeout,
            default_headers=HEADERS,
        )
        self._lock, self._given_up = threading.Lock(), 0

    def post(self, route: str, body: Mapping[str, Any], bad: str = "bad_reply", attempts: int | None = None) -> Mapping[str, Any]:
        """Return the JSON object that a route answers a body with.

        Args:
            route: Below the address, e.g. `/chat/completions`.
            body: What is sent, as JSON.
            bad: The kind of fault of a reply that is none, `bad_reply` or `bad_picture`.
            attempts: How often it is sent at most, where not as often as the endpoint's patience says.

        Raises:
            ServiceError: No usable reply, after all attempts.
        """
        return self._patiently(lambda: self._object(self._sent("post", route, body, bad), bad), (route, body), attempts)

    def get(self, route: str, attempts: int | None = None) -> Mapping[str, Any]:
        """Return the JSON object at a route; raises as `post`."""
        return self._patiently(lambda: self._object(self._sent("get", route, None, "bad_reply"), "bad_reply"), route, attempts)

    def fetch(self, url: str) -> bytes:
        """Return the file at a URL of the same host, as a reply names it; raises as `post`, with `bad_picture`."""
        home = urlsplit(self.address.url)
        try:
            whole = urlsplit(urljoin(f"{self.address.url}/", url))
        except ValueError:
            raise ServiceError(Fault("bad_picture", f"the picture's address is none: {shortened(url)!r}")) from None
        if whole.scheme not in ("http", "https") or whole.hostname != home.hostname:
            said = f"the picture lies on another host, {whole.hostname}, and is not fetched from there"
            raise ServiceError(Fault("bad_picture", said))
        same = (whole.scheme, whole.netloc) == (home.scheme, home.netloc)  # only then the key may go with it
        headers = {**HEADERS, "Authorization": f"Bearer {self._key}"} if same else HEADERS
        return self._patiently(lambda: self._file(whole.geturl(), headers), url)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _patiently(self, send: Callable[[], Found], what: object, most_attempts: int | None = None) -> Found:
        """Return what `send` gives, sending again where that may help."""
        attempts = (most_attempts or self._patience.attempts) if self._given_up < GIVEN_UP else 1
        for attempt in range(1, attempts + 1):
            try:
                found = send()
            except _PassingError as error:
                most = min(attempts, self._patience.timeouts) if error.error.fault.kind == "timeout" else attempts
                wait_s = self._patience.wait_s(attempt, digest(what)) if error.wait_s is None else error.wait_s
                if attempt >= most or wait_s > self._patience.longest_asked_s:
                    self._count(given_up=True)
                    raise _given_up(error, attempt) from None
                self._clock.sleep(wait_s)
            except ServiceError:
                self._count(given_up=False)
                raise
            else:
                self._count(given_up=False)
                return found
        raise AssertionError("a request is sent at least once")

    def _count(self, *, given_up: bool) -> None:
        with self._lock:
            self._given_up = self._given_up + 1 if given_up else 0

    def _sent(self, method: str, route: str, body: Mapping[str, Any] | None, bad: str) -> str:
        """Return the body of a response that says that it is none of an error, without the key."""
        import httpx2
        import openai

        try:
            if method == "get":
                response = self._client.get(route, cast_to=httpx2.Response)
            else:
                response = self._client.post(route, cast_to=httpx2.Response, body=dict(body or {}))
        except openai.APIStatusError as error:
            raise self._status_error(error.response, bad) from None
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            raise self._no_reply(error, bad) from None
        return without_key(response.text, self._key)

    def _file(self, url: str, headers: Mapping[str, str]) -> bytes:
        import httpx2

        try:
            response = self._http.get(url, headers=headers)
        except httpx2.InvalidURL:
            raise ServiceError(Fault("bad_picture", f"the picture's address is none: {shortened(url)!r}")) from None
        except httpx2.HTTPError as error:
            raise self._no_reply(error, "bad_picture") from None
        if response.status_code != 200:
            raise self._status_error(response, "bad_picture")
        return response.content

    def _object(self, text: str, bad: str) -> Mapping[str, Any]:
        """Return the JSON object that a text is; one that tells of an error under HTTP 200 is an error."""
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise ServiceError(Fault(bad, f"the service replied with no JSON: {shortened(text)!r}")) from None
        if not isinstance(found, dict):
            raise ServiceError(Fault(bad, f"the service replied with no JSON object: {shortened(text)!r}"))
        if isinstance(inner := found.get("error"), Mapping) and not {"choices", "data"} & found.keys():
            code = inner.get("code")
            raise self._passing(error_of_status(code if isinstance(code, int) and 400 <= code < 600 else 400, text, bad), {})
        return found

    def _status_error(self, response: Any, bad: str) -> Exception:
        text = without_key(response.text, self._key)
        if 300 <= response.status_code < 400:
            text = f"it points to {response.headers.get('location', 'another place')}; give that address"
        return self._passing(error_of_status(response.status_code, text, bad), response.headers)

    def _passing(self, error: ServiceError, headers: Mapping[str, str]) -> Exception:
        again = is_worth_trying_again(error)
        return _PassingError(error, asked_wait_s(headers, self._clock.today())) if again else error

    def _no_reply(self, error: Exception, bad: str) -> Exception:
        """Return what it means that no whole response came."""
        import httpx2
        import openai

        from unisandbox.evaluation.transport import TooLargeError

        cause = error.__cause__ or error
        words = without_key(shortened(str(cause)) or type(cause).__name__, self._key)
        if isinstance(cause, TooLargeError):
            return ServiceError(Fault(bad, words))
        if isinstance(error, openai.APITimeoutError) or isinstance(cause, httpx2.TimeoutException):
            slow = "unavailable" if isinstance(cause, httpx2.ConnectTimeout) else "timeout"
            return _PassingError(ServiceError(Fault(slow, f"{self.address.url} gave no whole reply in time")), None)
        return _PassingError(ServiceError(Fault("unavailable", f"{self.address.url} cannot be reached: {words}")), None)


class _PassingError(Exception):
    """An error that the next attempt may not meet, and the wait that the server asks for."""

    def __init__(self, error: ServiceError, wait_s: float | None) -> None:
        super().__init__(str(error))
        self.error, self.wait_s = error, wait_s


def _given_up(error: _PassingError, attempts: int) -> ServiceError:
    found = error.error
    often = f" ({attempts} attempts)" if attempts > 1 else ""
    asks = f", and asks to wait {error.wait_s:.0f} s" if error.wait_s else ""
    return ServiceError(
        Fault(found.fault.kind, f"{found.fault.message}{often}{asks}"), found.status, found.words, found.parameter
    )


def _proxy(address: Address) -> str | None:
    """Return the proxy that the environment names; a service on this machine is never behind one."""
    if address.is_loopback or urllib.request.proxy_bypass(address.host):
        return None
    return urllib.request.getproxies().get(urlsplit(address.url).scheme)
