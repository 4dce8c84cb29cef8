"""The token is in no output, no log, no exception and no file, whatever happens and whoever says it back."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import publishing
import pytest
from loopback import LoopbackHub
from loopback.exchange import Answer, RefusedError
from publishing import REPO, access, release_folder, silent

from unisandbox.cards.access import Access
from unisandbox.cards.prepare import intent_of
from unisandbox.cards.publish import publish
from unisandbox.errors import HubError, UnisandboxError

without_pauses = publishing.without_pauses  # a fixture

LOGGERS = ("", "huggingface_hub", "httpx2", "httpcore2", "urllib3")
UNKNOWN = "hf_" + "Unknown" * 5


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A release folder, built and audited."""
    return release_folder(tmp_path_factory.getbasetemp(), tmp_path)


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """The log of everything at DEBUG, the client's own loggers with it."""
    client = logging.getLogger("huggingface_hub")
    before = client.propagate
    client.propagate = True
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, logger=name)
    yield caplog
    client.propagate = before


def texts_of(error: BaseException | None) -> Iterator[str]:
    """Yield all that an exception says, with what it holds and what led to it."""
    while error is not None:
        yield "".join(traceback.format_exception(error))
        yield repr((error, error.args, vars(error)))
        error = error.__cause__ or error.__context__


def echo(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch, only: str, made: Callable[[str], Answer]) -> None:
    """Let the Hub say back the token where a path contains `only`."""
    answer = hub.answer

    def echoed(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        told = headers.get("authorization", "")
        return made(told) if only in path and told else answer(method, path, headers, body)

    monkeypatch.setattr(hub, "answer", echoed)


def remark(told: str) -> Answer:
    return Answer(200, json.dumps({"errors": [], "warnings": [{"message": f"seen {told}"}]}).encode())


FAULTS: dict[str, dict[str, Any]] = {
    "all-well": {"kind": "before", "only": "no such path"},
    "uploads-fail": {"kind": "before", "status": 503, "times": None, "only": "PUT"},
    "connections-drop": {"kind": "kill", "only": "/refs"},
    "commit-fails": {"kind": "after", "times": None, "only": "/commit/"},
    "tag-forbidden": {"kind": "before", "status": 403, "only": "/tag/"},
    "refs-unknown": {"kind": "before", "status": 404, "times": None, "only": "/refs"},
}
ECHOES: dict[str, tuple[str, Callable[[str], Answer]]] = {
    "echo-in-400": ("/commit/", lambda told: RefusedError(400, f"bad {told}").answer()),
    "echo-in-403": ("/preupload/", lambda told: RefusedError(403, f"not {told}").answer()),
    "echo-in-500": ("/batch", lambda told: RefusedError(500, f"failed {told}").answer()),
    "echo-in-no-json": ("/refs", lambda told: Answer(200, f"<html>{told}".encode())),
    "echo-in-json": ("/refs", lambda told: Answer(200, json.dumps({told: 1}).encode())),
    "echo-in-remark": ("/validate-yaml", remark),
}


def arrange(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch, scene: str) -> None:
    """Let go wrong what a scene is named after."""
    if scene in FAULTS:
        hub.fault(0, **FAULTS[scene])
    else:
        echo(hub, monkeypatch, *ECHOES[scene])


@pytest.mark.parametrize("scene", [*FAULTS, *ECHOES])
@pytest.mark.parametrize("kind", ["write", "read", "unknown"])
def test_the_token_is_nowhere(
    hub: LoopbackHub,
    folder: Path,
    everything_logged: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    scene: str,
    kind: str,
) -> None:
    allowed = Access(hub.url, UNKNOWN) if kind == "unknown" else access(hub, kind)
    arrange(hub, monkeypatch, scene)
    logging.getLogger("httpx2").debug("listening")
    told: list[str] = []
    try:
        done = publish(
            intent_of(folder, REPO, allowed),
            allowed,
            report=lambda text, *_: told.append(text),
            wait=lambda _: None,
        )
        told.append(repr(done))
    except UnisandboxError as error:
        told += texts_of(error)
    assert told
    told += [f"{record.getMessage()} {record.exc_text} {record.__dict__}" for record in everything_logged.records]
    told += capfd.readouterr()
    assert "listening" in everything_logged.messages
    token = allowed.token or ""
    assert [text for text in told if token in text or "signature=" in text] == []
    for place in (folder, Path(os.environ["HF_HOME"])):
        assert [path for path in place.rglob("*") if path.is_file() and token.encode() in path.read_bytes()] == []


def test_the_scenes_end_as_they_are_called(hub: LoopbackHub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed, told = access(hub), []
    arrange(hub, monkeypatch, "echo-in-remark")
    publish(intent_of(folder, REPO, allowed), allowed, report=lambda text, *_: told.append(text))
    assert any(text.endswith("seen Bearer <token>") for text in told), told
    arrange(hub, monkeypatch, "echo-in-json")
    with pytest.raises(HubError, match="org/tiny: found KeyError: 'branches'"):
        publish(intent_of(folder, REPO, allowed), allowed, report=silent)


def test_a_process_shows_no_token_though_the_client_is_told_to_debug(
    hub: LoopbackHub, folder: Path, environment: Callable[..., dict[str, str]]
) -> None:
    token = hub.token("write")
    around = {**environment(hub, token=token), "HF_DEBUG": "1", "HF_HUB_VERBOSITY": "debug", "HF_HUB_DISABLE_PROGRESS_BARS": "0"}
    called = [sys.executable, "-m", "unisandbox", "publish", str(folder), "--repo", REPO]
    hub.fault(0, "before", 403, only="/tag/")
    runs = [subprocess.run(called, env=around, capture_output=True, text=True, check=False, timeout=60) for _ in range(2)]
    assert [run.returncode for run in runs] == [2, 0], runs
    assert runs[0].stderr.splitlines()[-1].startswith("token: found 403 Forbidden: a fault was put here")
    assert not any(token in text for run in runs for text in (run.stdout, run.stderr))
    assert "signature" not in runs[0].stderr
    home = Path(around["HF_HOME"])
    assert [path for path in home.rglob("*") if path.is_file() and token.encode() in path.read_bytes()] == []
