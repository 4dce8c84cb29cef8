"""The way to a service: HTTP with a bound on how long a reply may take and how large it may be."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from typing import Final

import httpx2

PLAIN: Final = ("", "identity")
MOST_CONNECTIONS: Final = 64


class BoundedTransport(httpx2.BaseTransport):
    """HTTP in which a reply that trickles in for ever, or never ends, is an error like any other.

    The timeouts of an HTTP client hold for one read each: a server that sends a byte a second never meets them.

    Args:
        whole_s: How long a request may take from its start to the last byte of its reply.
        most_bytes: How large a reply may be.
        encrypted: Whether it speaks https; the certificates that this needs take half a second to read.
        proxy: URL of the proxy on the way; None for none.
        now: A clock in seconds that only goes forward.
    """

    def __init__(
        self,
        whole_s: float,
        most_bytes: int,
        *,
        encrypted: bool = True,
        proxy: str | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        verify = True if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # which trusts nobody
        limits = httpx2.Limits(max_connections=MOST_CONNECTIONS, max_keepalive_connections=MOST_CONNECTIONS)
        self._inner = httpx2.HTTPTransport(verify=verify, proxy=proxy, limits=limits)
        self._whole_s, self._most_bytes, self._now = whole_s, most_bytes, now

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the response; its body is bounded while it is read."""
        until = self._now() + self._whole_s
        response = self._inner.handle_request(request)
        coding = response.headers.get("content-encoding", "").strip().lower()
        if coding not in PLAIN:  # never asked for; a small packed reply may unpack to any size
            response.close()
            raise httpx2.RemoteProtocolError(f"a reply packed as {coding}, which was not asked for", request=request)
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Bounded(response.stream, request, until, self._most_bytes, self._now)
        return response

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class _Bounded(httpx2.SyncByteStream):
    def __init__(
        self, inner: httpx2.SyncByteStream, request: httpx2.Request, until: float, most_bytes: int, now: Callable[[], float]
    ) -> None:
        self._inner, self._request, self._until, self._most_bytes, self._now = inner, request, until, most_bytes, now

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._inner:
            size += len(piece)
            if self._now() > self._until:
                raise httpx2.ReadTimeout("the reply did not end in time", request=self._request)
            if size > self._most_bytes:
                raise TooLargeError(f"a reply of more than {self._most_bytes:,} bytes", request=self._request)
            yield piece

    def close(self) -> None:
        self._inner.close()


class TooLargeError(httpx2.ReadError):
    """A reply is larger than any picture or answer."""
