"""A server on 127.0.0.1 that speaks a subset of OpenAI's protocol, and breaks it where a test says so.

Routes: models, chat completions with pictures, log probabilities and held replies, and pictures. What it says is up to the test;
what it says wrong comes from a queue of faults, one a request.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import socket
import struct
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

from PIL import Image

CHAT, IMAGES, MODELS = "/v1/chat/completions", "/v1/images/generations", "/v1/models"


@dataclass(frozen=True)
class Fault:
    """What a request is answered with instead: a status with a body, after a wait, sent in pieces, or cut off.

    `hang_up`: None to send all, else how many bytes of the body go out before the connection is reset.
    `drip_s`: pause between single bytes.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    hang_up: int | None = None
    drip_s: float = 0.0


@dataclass(frozen=True)
class Said:
    """What the chat route says: a text, how it ended, its tokens as (text, logprob, {other: logprob}), more of the message."""

    text: str | None
    finish: str = "stop"
    tokens: tuple[tuple[str, float, Mapping[str, float]], ...] = ()
    message: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A request that arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any

    @property
    def words(self) -> str:
        """The user's words of a chat request, or the prompt of a picture."""
        if "prompt" in self.body:
            return str(self.body["prompt"])
        content = self.body["messages"][-1]["content"]
        return content if isinstance(content, str) else next(part["text"] for part in content if part["type"] == "text")

    @property
    def picture(self) -> bytes | None:
        """The picture of a chat request."""
        content = self.body["messages"][-1]["content"]
        urls = [part["image_url"]["url"] for part in content if part["type"] == "image_url"] if isinstance(content, list) else []
        return base64.b64decode(urls[0].partition(",")[2]) if urls else None


def png(text: str, size_px: int = 32) -> bytes:
    """Return a small picture that is another one for each text."""
    sink = io.BytesIO()
    Image.new("RGB", (size_px, size_px), tuple(hashlib.sha256(text.encode()).digest()[:3])).save(sink, "PNG")
    return sink.getvalue()


def error(message: str, code: str | None = None, param: str | None = None) -> bytes:
    """Return the body of an error in OpenAI's form."""
    return json.dumps({"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}).encode()


class OpenAIServer:
    """A service for as long as the `with` lasts.

    Args:
        say: What the chat route says to a request; a text is said as it is.
        routes: Those that there are.
        structured: How replies can be held to choices: `structured_outputs`, `guided_choice`, `json_schema`.
        refuses: Parameters that it takes for an error.
        picture: The body of a picture's reply.
        name: Its model.
    """

    def __init__(
        self,
        say: Callable[[Request], str | Said] = lambda _: "Hello!",
        *,
        routes: tuple[str, ...] = (CHAT, IMAGES, MODELS),
        structured: tuple[str, ...] = (),
        refuses: tuple[str, ...] = (),
        picture: Callable[[Request], Mapping[str, Any]] | None = None,
        name: str = "m",
    ) -> None:
        self.say, self.routes, self.structured, self.refuses, self.name = say, routes, structured, refuses, name
        self.picture = picture or (lambda request: {"data": [{"b64_json": base64.b64encode(png(request.words)).decode()}]})
        self.files: dict[str, bytes] = {}
        self.requests: list[Request] = []
        self.faults: dict[str, list[Fault]] = {}
        self.most_at_once = self.at_once = 0
        self.lock = Lock()
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def rest(self) -> str:
        """What stands after `openai:`."""
        return f"http://{self.host}/v1#{self.name}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def fail(self, path: str, *faults: Fault) -> None:
        """Answer the next requests of a route with faults, one each."""
        with self.lock:
            self.faults.setdefault(path, []).extend(faults)

    def asked(self, path: str) -> list[Request]:
        """Return the requests of a route that had more than a model's name."""
        return [one for one in self.requests if one.path == path and len(one.body or ()) > 1]

    def response(self, request: Request) -> Fault:
        """Return the response to a request, a fault or not."""
        with self.lock:
            self.requests.append(request)
            waiting = self.faults.get(request.path)
            if waiting and len(request.body or ()) != 1:  # a look whether the route is there meets no fault
                return waiting.pop(0)
        if request.path in self.files:
            return Fault(200, self.files[request.path], {"Content-Type": "image/png"})
        if request.path not in self.routes:
            return Fault(404, json.dumps({"detail": "Not Found"}).encode())
        if request.path == MODELS:
            return _json({"object": "list", "data": [{"id": self.name, "object": "model", "root": f"/weights/{self.name}"}]})
        unknown = [name for name in request.body if name in self.refuses]
        if unknown:
            return Fault(400, error(f"Unknown parameter: '{unknown[0]}'.", "unknown_parameter", unknown[0]))
        return self._images(request) if request.path == IMAGES else self._chat(request)

    def _images(self, request: Request) -> Fault:
        if "prompt" not in request.body:
            return Fault(400, error("Missing required parameter: 'prompt'."))
        return _json(self.picture(request))

    def _chat(self, request: Request) -> Fault:
        if "messages" not in request.body:
            return Fault(422, json.dumps({"detail": [{"loc": ["body", "messages"], "msg": "Field required"}]}).encode())
        said = self._held(request) or self.say(request)
        said = Said(said) if isinstance(said, str) else said
        choice: dict[str, Any] = {"index": 0, "finish_reason": said.finish}
        choice["message"] = {"role": "assistant", "content": said.text, **said.message}
        if request.body.get("logprobs") and said.tokens:
            choice["logprobs"] = {"content": [_token(*token) for token in said.tokens]}
        usage = {"prompt_tokens": 1, "completion_tokens": len((said.text or "").split())}
        return _json({"id": "x", "object": "chat.completion", "choices": [choice], "usage": usage})

    def _held(self, request: Request) -> str | None:
        """Return the first of the choices that a reply is held to, where the test does not answer from among them itself."""
        body = request.body
        for kind in self.structured:
            if kind == "json_schema" and "response_format" in body:
                choices = body["response_format"]["json_schema"]["schema"]["properties"]["answer"]["enum"]
                free = self.say(request)
                return json.dumps({"answer": free if free in choices else choices[0]})
            choices = body.get("structured_outputs", {}).get("choice") if kind == "structured_outputs" else body.get(kind)
            if choices:
                free = self.say(request)
                return free if free in choices else choices[0]
        return None


def _token(text: str, logprob: float, others: Mapping[str, float]) -> dict[str, Any]:
    top = [{"token": text, "logprob": logprob}, *({"token": other, "logprob": one} for other, one in others.items())]
    return {"token": text, "logprob": logprob, "top_logprobs": top}


def _json(found: Mapping[str, Any]) -> Fault:
    return Fault(200, json.dumps(found).encode(), {"Content-Type": "application/json"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], served: OpenAIServer) -> None:
        self.served = served
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up; show everything else."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: Any) -> None:
        served = self.server.served
        with served.lock:
            served.at_once += 1
            served.most_at_once = max(served.most_at_once, served.at_once)
        try:
            request = Request(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            self._send(served.response(request))
        finally:
            with served.lock:
                served.at_once -= 1

    def _send(self, found: Fault) -> None:
        time.sleep(found.wait_s)
        self.send_response_only(found.status)
        for name, value in found.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        if found.hang_up is not None:
            self.wfile.write(found.body[: found.hang_up])
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closes with a reset
            self.close_connection = True
            return
        for start in range(0, len(found.body), 1 if found.drip_s else len(found.body) or 1):
            self.wfile.write(found.body[start : start + 1] if found.drip_s else found.body)
            time.sleep(found.drip_s)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        pass
