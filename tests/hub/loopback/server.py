"""The server: a thread with a socket on 127.0.0.1, the record of its requests, and the faults put into it."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import RLock, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from loopback.accounts import BY_TOKEN, Account, token
from loopback.exchange import Answer, Call, RefusedError
from loopback.faults import Fault, fault
from loopback.repositories import Repo
from loopback.routes import route

DROPPED = 0


@dataclass(frozen=True)
class Request:
    """A request that arrived: method, path with query as it came, and the status it was answered with (0: no answer)."""

    method: str
    path: str
    status: int = DROPPED


class LoopbackHub:
    """A Hub for as long as the `with` lasts.

    `lfs_chunk_bytes`: larger objects are uploaded in parts of this size; None: all in one piece. `page_entries`: entries of a
    tree in one answer.
    """

    def __init__(self, lfs_chunk_bytes: int | None = None, page_entries: int = 1000) -> None:
        self.lfs_chunk_bytes, self.page_entries = lfs_chunk_bytes, page_entries
        self.requests: list[Request] = []
        self.repos: dict[str, Repo] = {}
        self.renamed: dict[str, str] = {}
        self._faults: list[Fault] = []
        self._lock = RLock()
        self._server = Server(("127.0.0.1", 0), self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """The endpoint: what HF_ENDPOINT is set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()

    def token(self, kind: str) -> str:
        """Return the token of a kind: write, fineGrained (writes, but makes no repository), read, or none (a stranger's)."""
        return token(kind)

    def repo(self, name: str) -> Repo:
        """Return a repository as it stands, whoever may see it; KeyError when there is none."""
        return self.repos[name]

    def rename(self, old: str, new: str) -> None:
        """Give a repository another name; the old one redirects to it from now on, as on the Hub."""
        with self._lock:
            self.repos[new] = self.repos.pop(old)
            self.repos[new].id = new
            self.renamed[old] = new

    def fault(
        self,
        at: int,
        kind: str,
        status: int = 500,
        *,
        times: int | None = 1,
        only: str = "",
        call: Callable[[], object] | None = None,
    ) -> None:
        """Let the at-th request from now go wrong (0 is the next one).

        Kinds: `before` answers with the status and does nothing; `after` does it and answers with the status; `drop` closes the
        connection and does nothing; `drop_after` does it and closes the connection; `kill` drops this request and all that
        follow; `call` runs `call()` first and then answers as ever. `times` requests in a row are hit, None: all until `heal()`.
        With `only`, requests are counted whose "METHOD /path" contains it.
        """
        with self._lock:
            self._faults.append(fault(at, kind, status, times, only, call))

    def heal(self) -> None:
        """Take every fault away, those that have not struck as well."""
        with self._lock:
            self._faults.clear()

    def arrived(self, method: str, path: str) -> tuple[int, Fault | None]:
        """Record a request; return its number and the first fault that strikes it."""
        with self._lock:
            self.requests.append(Request(method, path))
            struck = [each for each in self._faults if each.strikes(f"{method} {path}")]
            return len(self.requests) - 1, struck[0] if struck else None

    def answered(self, number: int, status: int) -> None:
        """Record with what a request was answered."""
        with self._lock:
            self.requests[number] = replace(self.requests[number], status=status)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Return what the Hub says to a request; one request at a time, so that a commit is all or nothing."""
        with self._lock:
            try:
                return self._answer(method, path, headers, body)
            except RefusedError as refused:
                return refused.answer()
            except (KeyError, TypeError, ValueError) as error:  # a body of another shape than the route reads
                return RefusedError(400, f"malformed request: {error!r}").answer()

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        parsed = urlsplit(path)
        found = route(method, parsed.path)
        if found is None:
            raise RefusedError(404, f"this Hub has no route for {method} {parsed.path}")
        account = who(headers.get("authorization"))
        answers, parts = found
        moved = self.renamed.get(unquote(parts[0])) if parts else None
        if moved and unquote(parts[0]) not in self.repos:
            return Answer(307, headers={"Location": path.replace(parts[0], moved, 1)})
        call = Call(
            method=method,
            path=parsed.path,
            parts=tuple(unquote(part) for part in parts),
            query=dict(parse_qsl(parsed.query)),
            headers=headers,
            body=body,
            account=account,
            url=self.url,
            repos=self.repos,
            page_entries=self.page_entries,
            lfs_chunk_bytes=self.lfs_chunk_bytes,
        )
        return answers(call)


def who(authorization: str | None) -> Account | None:
    """Return the account of an Authorization header, None without one; 401 for a token that is nobody's."""
    if authorization is None:
        return None
    found = BY_TOKEN.get(authorization.removeprefix("Bearer "))
    if found is None:
        raise RefusedError(401, "Invalid credentials in Authorization header")
    return found


class Server(ThreadingHTTPServer):
    """A thread per connection; `hang_up` ends the connections that clients keep open, and waits for their threads."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, address: tuple[str, int], hub: LoopbackHub) -> None:
        super().__init__(address, Handler)
        self.hub = hub
        self.open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Handle a connection in a thread, and know of it."""
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection whose thread is done."""
        super().shutdown_request(request)
        self.open.discard(request)

    def hang_up(self) -> None:
        """Close the socket and every connection."""
        for connection in tuple(self.open):
            with suppress(OSError):  # closed by its client meanwhile
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print what went wrong here, but nothing of a client that went away in the middle of an answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection: reads a request, lets the hub answer it, with the fault that is due."""

    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        """Send small answers at once."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, *_: Any) -> None:
        """Stay silent: the hub keeps a record."""

    def read_body(self) -> bytes:
        """Return the body, sent with a length or in chunks."""
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def handle_request(self) -> None:
        """Answer one request, or not."""
        hub, body = self.server.hub, self.read_body()
        number, due = hub.arrived(self.command, self.path)
        kind = due.kind if due else "none"
        if due and due.call:
            due.call()
        if kind == "drop":
            self.close_connection = True
            return
        injected = RefusedError(due.status, "a fault was put here").answer() if due and kind in ("before", "after") else None
        headers = {name.lower(): value for name, value in self.headers.items()}
        done = injected if injected and kind == "before" else hub.answer(self.command, self.path, headers, body)
        if kind == "drop_after":
            self.close_connection = True
            return
        self.send(number, injected or done)

    def send(self, number: int, answer: Answer) -> None:
        """Send an answer; the record has it before the client does."""
        self.server.hub.answered(number, answer.status)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_request  # noqa: N815 - the names that http.server looks for
