from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from unisandbox.errors import DataError
from unisandbox.evaluation.images import ImageStore


def test_a_picture_is_found_under_its_sha256(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    sha256 = store.put(b"png")
    assert sha256 == hashlib.sha256(b"png").hexdigest()
    assert store.path(sha256) == tmp_path / sha256[:2] / f"{sha256}.png"
    assert store.get(sha256) == b"png"
    assert store.known() == {sha256}


def test_equal_pictures_are_one_file(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    path = store.path(store.put(b"png"))
    before = path.stat()
    store.put(b"png")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert len(list(tmp_path.rglob("*.png"))) == 1


def test_many_threads_may_put_one_picture(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        pictures = [b"%d" % (number // 8) for number in range(400)]
        assert len(set(pool.map(store.put, pictures))) == 50
    assert all(path.suffix == ".png" for path in tmp_path.rglob("*.*"))


def test_a_cut_file_is_written_again(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    path = store.path(store.put(b"a picture"))
    path.write_bytes(b"a pic")
    assert store.get(store.put(b"a picture")) == b"a picture"


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_bytes(b"other")], ids=["gone", "changed"])
def test_a_picture_that_is_gone_or_changed_is_refused(tmp_path: Path, change: object) -> None:
    store = ImageStore(tmp_path)
    sha256 = store.put(b"png")
    change(store.path(sha256))  # type: ignore[operator]
    with pytest.raises(DataError, match="allowed: the picture of that sha256"):
        store.get(sha256)
