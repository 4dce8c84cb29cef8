"""A model in a process of its own: whatever the process does, each request gets its own result or its own fault."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from unisandbox.errors import InputError
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.models import worker_side
from unisandbox.evaluation.models.registry import open_model
from unisandbox.evaluation.models.worker import Settings, Worker
from unisandbox.evaluation.protocol import Answer, AskRequest, Drawing, DrawRequest, Fault

HEAD = """
import base64, json, os, sys, time
def say(**message):
    print(json.dumps(message), flush=True)
def hello(**identity):
    say(hello={"protocol": 1, "capabilities": {"draws": True, "answers": True, "batch": 4}, "identity": identity})
def drawing(request, **more):
    picture = base64.b64encode(request["draw"]["prompt"].encode()).decode()
    say(id=request["id"], drawing={"picture": picture, **more})
def requests():
    for line in sys.stdin:
        yield json.loads(line)
"""
EVENLY = "hello(name='w')\nfor request in requests():\n    drawing(request)\n"
SERVED = """
from worker_side import serve
class Model:
    capabilities = {"draws": True, "answers": True, "thinks": "native", "understanding": "same_weights", "batch": 3}
    identity = {"name": "mine"}
    def draw(self, requests):
        print("drawing", len(requests))
        for request in requests:
            if "bad" in request["prompt"]:
                raise ValueError("cannot draw that")
            if "memory" in request["prompt"]:
                raise MemoryError
        return [{"picture": r["prompt"].encode(), "thought": "hm", "thought_tokens": 1, "truncated": True} for r in requests]
    def answer(self, requests):
        return [r["prompt"].upper() for r in requests]
serve(Model())
"""

Start = Callable[..., Worker]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a worker of some code, and end it after the test."""
    workers: list[Worker] = []

    def started(code: str, *, head: str = HEAD, timeout_s: float = 30.0, start_timeout_s: float = 30.0) -> Worker:
        path = tmp_path / "worker.py"
        path.write_text(head + code)
        settings = Settings(timeout_s, start_timeout_s, str(tmp_path / "worker.log"))
        workers.append(Worker([sys.executable, str(path)], settings))
        return workers[-1]

    yield started
    for worker in workers:
        worker.close()


def drawings(*prompts: str) -> list[DrawRequest]:
    return [
        DrawRequest(f"item {number}", "draw/normal", prompt, 0, (1 << 62) + number, 64) for number, prompt in enumerate(prompts)
    ]


def pictures(made: object) -> list[str | None]:
    assert isinstance(made, list)
    return [one.picture.decode() if isinstance(one, Drawing) else None for one in made]


def kinds(made: object) -> list[str]:
    assert isinstance(made, list)
    return [one.kind if isinstance(one, Fault) else "" for one in made]


def test_a_worker_says_what_it_can_do_and_draws_each_request(start: Start) -> None:
    worker = start(EVENLY)
    assert (worker.capabilities.draws, worker.capabilities.batch, worker.capabilities.thinks) == (True, 4, "none")
    for _ in range(2):
        assert pictures(worker.draw(drawings("a", "b", "c"))) == ["a", "b", "c"]


def test_replies_in_any_order_reach_their_own_requests(start: Start) -> None:
    worker = start(
        "hello()\nwhile True:\n    for request in [json.loads(input()) for _ in range(5)][::-1]:\n        drawing(request)\n"
    )
    assert pictures(worker.draw(drawings(*"abcde"))) == list("abcde")


def test_a_picture_may_be_a_file_that_the_worker_wrote(start: Start, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"picture")
    say = f"say(id=request['id'], drawing={{'path': os.path.join({str(tmp_path)!r}, request['draw']['prompt'])}})"
    worker = start(f"hello()\nfor request in requests():\n    {say}\n")
    made = worker.draw(drawings("a.png", "none.png", "."))
    assert pictures(made) == ["picture", None, None]
    assert kinds(made) == ["", "bad_picture", "bad_picture"]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("drawing={'picture': '@@@'}", "bad_picture"),
        ("drawing={}", "bad_picture"),
        ("drawing=[1]", "bad_reply"),
        ("answer={'text': 'pear'}", "bad_reply"),
        ("other=1", "bad_reply"),
        ("fault={'kind': 'refused', 'message': 'no'}", "refused"),
        ("fault={'kind': 'tired', 'message': 'no'}", "crashed"),
    ],
)
def test_a_reply_that_is_no_picture_costs_its_own_request(reply: str, kind: str, start: Start) -> None:
    code = f"say(id=request['id'], {reply}) if request['draw']['prompt'] == 'b' else drawing(request)"
    made = start(f"hello()\nfor request in requests():\n    {code}\n").draw(drawings(*"abc"))
    assert kinds(made) == ["", kind, ""]


def test_a_crash_costs_only_the_request_that_always_crashes(start: Start) -> None:
    code = "hello()\nfor request in requests():\n    os._exit(7) if request['draw']['prompt'] == 'c' else drawing(request)\n"
    worker = start(code)
    made = worker.draw(drawings(*"abcde"))
    assert pictures(made) == ["a", "b", None, "d", "e"]
    fault = made[2]
    assert isinstance(fault, Fault)
    assert fault.kind == "crashed"
    assert "exit code 7" in fault.message
    assert pictures(worker.draw(drawings("f"))) == ["f"]


def test_what_a_worker_said_last_and_its_signal_are_told(start: Start) -> None:
    code = "hello()\nnext(requests())\nprint('no weights left', file=sys.stderr, flush=True)\nos.kill(os.getpid(), 11)\n"
    fault = start(code).draw(drawings("a"))[0]
    assert isinstance(fault, Fault)
    assert "SIGSEGV" in fault.message
    assert "no weights left" in fault.message


def test_a_crash_in_a_batch_that_goes_well_alone_costs_nothing(start: Start, tmp_path: Path) -> None:
    flag = tmp_path / "crashed"
    code = f"hello()\nfor request in requests():\n    if request['left'] == 1 and not os.path.exists({str(flag)!r}):\n"
    code += f"        open({str(flag)!r}, 'w').close()\n        os._exit(1)\n    drawing(request)\n"
    assert pictures(start(code).draw(drawings(*"abc"))) == ["a", "b", "c"]


def test_a_hang_is_killed_and_costs_its_own_request(start: Start) -> None:
    code = "hello()\nfor request in requests():\n    time.sleep(600) if request['draw']['prompt'] == 'b' else drawing(request)\n"
    made = start(code, timeout_s=1.5).draw(drawings(*"abc"))
    assert pictures(made) == ["a", None, "c"]
    assert kinds(made)[1] == "timeout"


def test_a_worker_that_reads_nothing_holds_nobody_up(start: Start) -> None:
    worker = start("hello()\ntime.sleep(600)\n", timeout_s=0.5)
    made = worker.draw(drawings("x" * 200_000, "y" * 200_000))
    assert kinds(made) == ["timeout", "timeout"]


@pytest.mark.parametrize("garbage", ["print('Loading: 10%', flush=True)", "say(id=99, drawing={})", "print('[1]', flush=True)"])
def test_a_line_that_is_no_reply_is_a_fault_with_the_line(garbage: str, start: Start) -> None:
    code = f"hello()\nfor request in requests():\n    if request['draw']['prompt'] == 'b': {garbage}\n    drawing(request)\n"
    made = start(code).draw(drawings(*"abc"))
    assert pictures(made) == ["a", None, "c"]
    fault = made[1]
    assert isinstance(fault, Fault)
    assert fault.kind == "bad_reply"
    assert any(part in fault.message for part in ("Loading: 10%", '"id": 99', "[1]"))


def test_a_reply_that_comes_twice_is_not_taken_for_another_one(start: Start) -> None:
    worker = start("hello()\nfor request in requests():\n    drawing(request)\n    drawing(request)\n")
    first, second = (worker.draw(drawings(prompt)) for prompt in "ab")
    assert (pictures(first), pictures(second)) == (["a"], ["b"])


def test_a_worker_that_does_not_start_again_costs_the_rest_of_the_batch_alone(start: Start, tmp_path: Path) -> None:
    flag = tmp_path / "started"
    code = f"if os.path.exists({str(flag)!r}): sys.exit('out of luck')\nopen({str(flag)!r}, 'w').close()\nhello()\n"
    worker = start(code + "drawing(next(requests()))\nos._exit(1)\n")
    made = worker.draw(drawings(*"abc"))
    assert pictures(made) == ["a", None, None]
    assert "out of luck" in str(made[2])
    flag.unlink()
    assert pictures(worker.draw(drawings("d"))) == ["d"]


def test_a_worker_that_comes_back_as_another_model_is_not_asked(start: Start) -> None:
    made = start("hello(pid=os.getpid())\nnext(requests())\nos._exit(1)\n").draw(drawings(*"ab"))
    assert kinds(made) == ["crashed", "crashed"]
    assert "another model" in str(made[0])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print('Welcome!')", "'Welcome!'"),
        ("say(hello={'protocol': 2, 'capabilities': {}, 'identity': {}})", "protocol 2"),
        ("say(hello={'protocol': 1, 'capabilities': {'draws': 'yes'}, 'identity': {}})", "capabilities"),
        ("say(hello={'protocol': 1})", "without capabilities"),
        ("raise SystemExit('no such weights')", "no such weights"),
        ("time.sleep(600)", "no reply within"),
    ],
)
def test_a_worker_that_does_not_begin_well_ends_the_command(code: str, said: str, start: Start) -> None:
    with pytest.raises(InputError, match=said):
        start(code, start_timeout_s=3.0 if "sleep" in code else 30.0)


@pytest.mark.parametrize("command", ["/nowhere/python worker.py", "'half a quote", " "])
def test_a_command_that_is_none_ends_the_command(command: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exec:"):
        open_model(f"exec:{command}", {"log": str(tmp_path / "log")})


def test_a_worker_ends_by_itself_when_it_is_closed(start: Start, tmp_path: Path) -> None:
    worker = start(EVENLY + f"open({str(tmp_path / 'ended')!r}, 'w').close()\n")
    worker.close()
    assert (tmp_path / "ended").exists()
    worker.close()


def test_the_children_of_a_worker_end_with_it(start: Start, tmp_path: Path) -> None:
    code = "import subprocess\nchild = subprocess.Popen(['sleep', '600'])\n"
    code += f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n"
    start(code + EVENLY).close()
    status = Path(f"/proc/{(tmp_path / 'pid').read_text()}/status")
    until = time.monotonic() + 10
    while status.exists() and "zombie" not in status.read_text() and time.monotonic() < until:
        time.sleep(0.05)
    assert not status.exists() or "zombie" in status.read_text()


def test_the_identity_holds_the_workers_own_the_command_and_its_code(start: Start, tmp_path: Path) -> None:
    one = start(EVENLY)
    identity = one.identity()
    assert identity["says"] == {"name": "w"}
    assert identity["command"] == [sys.executable, str(tmp_path / "worker.py")]
    first = digest(identity)
    assert digest(start(EVENLY).identity()) == first
    assert digest(start(EVENLY + "# changed\n").identity()) != first


def test_the_workers_half_serves_a_model_from_a_copy_of_its_file(start: Start, tmp_path: Path) -> None:
    (tmp_path / "worker_side.py").write_bytes(Path(str(worker_side.__file__)).read_bytes())
    worker = start(SERVED, head="")
    assert (worker.capabilities.thinks, worker.capabilities.batch) == ("native", 3)
    assert worker.draw(drawings("a"))[0] == Drawing(b"a", "hm", 1, truncated=True)
    made = worker.draw(drawings("a", "a bad one", "out of memory"))
    assert kinds(made) == ["", "crashed", "out_of_memory"]
    assert "cannot draw that" in str(made[1])
    assert worker.answer([AskRequest("i", "pear", 0, 1)]) == [Answer("PEAR")]
    worker.close()
    assert "drawing 3" in (tmp_path / "worker.log").read_text()


def test_the_registry_opens_a_command(tmp_path: Path) -> None:
    path = tmp_path / "my worker.py"
    path.write_text(HEAD + EVENLY)
    model = open_model(f"exec:{shlex.join([sys.executable, str(path)])}", {"log": str(tmp_path / "log"), "timeout_s": "20"})
    assert pictures(model.draw(drawings("a"))) == ["a"]
    model.close()
