from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from unisandbox.errors import DataError
from unisandbox.evaluation.ledger import Ledger, alone_in, read_ledger

HOLDING = """
import sys
from pathlib import Path
from unisandbox.evaluation.ledger import alone_in
with alone_in(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def filled(path: Path, count: int = 3) -> Path:
    ledger = Ledger(path)
    for number in range(count):
        ledger.append({"key": f"k{number}", "value": number})
    ledger.close()
    return path


def test_what_is_appended_is_read_again(tmp_path: Path) -> None:
    path = filled(tmp_path / "sub" / "a.jsonl")
    assert [row["value"] for row in Ledger(path).rows.values()] == [0, 1, 2]
    assert read_ledger(path) == Ledger(path).rows


def test_a_line_is_in_the_file_before_append_returns(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.jsonl", sync_every_s=60)
    ledger.append({"key": "k"})
    assert (tmp_path / "a.jsonl").read_bytes() == b'{"key":"k"}\n'
    ledger.close()


def test_of_lines_with_one_key_the_last_holds(tmp_path: Path) -> None:
    ledger = Ledger(filled(tmp_path / "a.jsonl"))
    ledger.append({"key": "k1", "value": "again"})
    ledger.close()
    assert read_ledger(tmp_path / "a.jsonl")["k1"]["value"] == "again"
    assert len((tmp_path / "a.jsonl").read_bytes().splitlines()) == 4


@pytest.mark.parametrize(
    "torn", [b'{"key": "k9", "va', b"\0\0\0\0", b'{"key": "k9"', b'{"key":"k9"}', b"\0\0\n\0\0\n", b"[]\n", b"{}\n"]
)
def test_a_torn_end_is_cut_and_costs_nothing_else(tmp_path: Path, torn: bytes) -> None:
    path = filled(tmp_path / "a.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    assert list(read_ledger(path)) == ["k0", "k1", "k2"]
    assert path.read_bytes() == whole + torn, "reading alone changes nothing"
    ledger = Ledger(path)
    ledger.append({"key": "k3", "value": 3})
    ledger.close()
    assert path.read_bytes() == whole + b'{"key":"k3","value":3}\n'


def test_every_place_where_a_file_can_be_cut_leaves_whole_rows(tmp_path: Path) -> None:
    content = filled(tmp_path / "a.jsonl").read_bytes()
    for length in range(len(content)):
        path = tmp_path / "cut.jsonl"
        path.write_bytes(content[:length])
        assert len(read_ledger(path)) == content[:length].count(b"\n")


def test_a_broken_line_in_the_middle_is_refused_with_its_number(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"scribble\n" + lines[2])
    with pytest.raises(DataError, match="line 2: found no row"):
        Ledger(path)


def test_lines_of_many_threads_do_not_mix(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.jsonl")

    def write(name: int) -> None:
        for number in range(50):
            ledger.append({"key": f"{name}-{number}", "text": "é" * 500})

    threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()
    assert len(read_ledger(tmp_path / "a.jsonl")) == 400


def test_half_a_surrogate_pair_does_not_stop_a_run(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.jsonl")
    ledger.append({"key": "k", "text": "\ud83d and é, \ud83c\udf4e"})
    ledger.close()
    assert read_ledger(tmp_path / "a.jsonl")["k"]["text"] == "\ufffd and é, \U0001f34e"


def test_a_closed_ledger_takes_nothing(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.jsonl")
    ledger.close()
    with pytest.raises(ValueError, match="closed"):
        ledger.append({"key": "k"})


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_and_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    ledger = Ledger(path)
    os.dup2(os.open("/dev/full", os.O_WRONLY), ledger._file)
    for _ in range(2):
        with pytest.raises(OSError, match="No space left") as error:
            ledger.append({"key": "k"})
        assert error.value.filename == str(path)
    assert "k" not in ledger.rows


def test_a_folder_is_one_process_s_and_free_again_when_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(DataError, match="another process is writing"), alone_in(tmp_path):
            pass
        other.send_signal(signal.SIGKILL)
    with alone_in(tmp_path):
        pass


def test_ten_thousand_rows_are_kept_apart_by_key(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"key": f"k{number}"}) + "\n" for number in range(10_000)), encoding="utf-8")
    assert len(read_ledger(path)) == 10_000
