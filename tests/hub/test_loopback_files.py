"""The Hub of the tests stores and serves files as the Hub does: large ones apart, in parts, by ranges."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import RemoteEntryNotFoundError
from loopback import LoopbackHub
from loopback.asking import NAME, client, commit, refused


def fetch(
    url: str, method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    parsed = urlsplit(url)
    connection = http.client.HTTPConnection(parsed.netloc, timeout=10)
    connection.request(method, f"{parsed.path}?{parsed.query}", body, headers or {})
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


def test_large_files_arrive_in_parts_and_once() -> None:
    content = bytes(range(250)) * 10
    with LoopbackHub(lfs_chunk_bytes=1000) as hub:
        api = client(hub)
        api.create_repo(NAME, repo_type="dataset")
        commit(api, {"a.parquet": content, "small.parquet": content[:1000]})
        sent = [request.path.partition("?")[0] for request in hub.requests if request.method == "PUT"]
        assert sorted(path.rpartition("/")[2] for path in sent if len(path.rpartition("/")[2]) < 64) == ["1", "2", "3"]
        assert len(sent) == 4
        assert hub.repo(NAME).commits[-1].files["a.parquet"] == content
        commit(api, {"copy.parquet": content})
        assert len([request for request in hub.requests if request.method == "PUT"]) == 4


def test_the_storage_takes_only_what_was_announced(hub: LoopbackHub, api: HfApi) -> None:
    token, announced = {"Authorization": f"Bearer {hub.token('write')}"}, {"oid": "0" * 64, "size": 4}
    batch = json.dumps({"objects": [announced]}).encode()
    status, _, body = fetch(f"{hub.url}/datasets/{NAME}.git/info/lfs/objects/batch", "POST", batch, token)
    actions = json.loads(body)["objects"][0]["actions"]
    assert status == 200
    assert fetch(actions["upload"]["href"].partition("?")[0], "PUT", b"rows")[0] == 403
    assert fetch(actions["upload"]["href"], "PUT", b"rows")[0] == 200
    assert fetch(actions["verify"]["href"], "POST", json.dumps(announced).encode(), headers=token)[0] == 422
    assert hub.repo(NAME).objects == {}


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=10-11", 416, b""),
        ("lines=1-2", 200, b"0123456789"),
    ],
)
@pytest.mark.parametrize("path", ["a.txt", "a.parquet"])
def test_a_range_is_part_of_a_file(hub: LoopbackHub, api: HfApi, path: str, asked: str, status: int, content: bytes) -> None:
    commit(api, {path: b"0123456789"})
    token = {"Authorization": f"Bearer {hub.token('read')}"}
    url = f"{hub.url}/datasets/{NAME}/resolve/main/{path}"
    whole = fetch(url, "HEAD", headers=token)
    if path == "a.parquet":
        assert (whole[0], whole[1]["x-linked-size"]) == (302, "10")
        url = whole[1]["location"]
    found = fetch(url, headers={**token, "Range": asked})
    assert (found[0], found[2]) == (status, content)


def test_what_is_missing_is_named_by_its_kind(hub: LoopbackHub, api: HfApi) -> None:
    head = commit(api, {"a.json": b"1"})
    token = {"Authorization": f"Bearer {hub.token('read')}"}
    status, headers, body = fetch(f"{hub.url}/datasets/{NAME}/resolve/main/b.json", "HEAD", headers=token)
    assert (status, headers["x-error-code"], headers["x-repo-commit"], body) == (404, "EntryNotFound", head, b"")
    found = {
        revision: fetch(f"{hub.url}/api/datasets/{NAME}/revision/{revision}", headers=token) for revision in ("no", head[:7])
    }
    assert [(status, headers.get("x-error-code")) for status, headers, _ in found.values()] == [
        (404, "RevisionNotFound"),
        (200, None),
    ]
    assert refused(lambda: list(api.list_repo_tree(NAME, "no", repo_type="dataset")), kind=RemoteEntryNotFoundError) == 404
    assert fetch(f"{hub.url}/api/spaces")[0] == 404


STREAM = """
import json, os, sys
from datasets import load_dataset
rows = load_dataset("org/name", "math", split="test", revision="v1", streaming=True)
print("LOADED " + json.dumps([next(iter(rows)), str(rows.info.version)]), flush=True)
os._exit(0)  # a stream that was left half read may abort the interpreter's own end, in a thread of Arrow
"""
STREAMED_CARD = """---
configs:
- config_name: math
  version: 1.0.0
  data_files:
  - split: test
    path: data/math/test.parquet
---
"""


def test_datasets_streams_a_large_file_by_ranges(
    hub: LoopbackHub, api: HfApi, environment: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    pq.write_table(pa.table({"number": list(range(1000))}), tmp_path / "rows.parquet")
    head = commit(api, {"README.md": STREAMED_CARD.encode(), "data/math/test.parquet": (tmp_path / "rows.parquet").read_bytes()})
    api.create_tag(NAME, tag="v1", revision=head, repo_type="dataset")
    call = [sys.executable, "-P", "-c", STREAM]
    surroundings = environment(hub, token=hub.token("read"))
    done = subprocess.run(call, env=surroundings, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert json.loads(done.stdout.rpartition("LOADED ")[2]) == [{"number": 0}, "1.0.0"]
    assert 206 in [request.status for request in hub.requests]
