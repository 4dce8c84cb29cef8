"""Files here and on the Hub are compared by content, and what differs is told in the order of paths."""

from __future__ import annotations

import hashlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from unisandbox.cards.remote import Difference, HeldFile, LocalFile, blob_sha1, difference, local_file
from unisandbox.cards.staged import parts


def held(content: bytes, *, large: bool = False) -> HeldFile:
    """Return what the Hub lists of a file; git names a large one after its pointer, not its content."""
    digest = hashlib.sha256(content).hexdigest()
    return HeldFile(len(content), "0" * 40 if large else blob_sha1(content), digest if large else None)


def paths(files: tuple[LocalFile, ...]) -> list[str]:
    return [file.path for file in files]


def test_a_file_equals_what_holds_its_content_small_or_large(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    for file in (local_file("a", tmp_path / "a"), local_file("a", b"content")):
        assert file.equals(held(b"content"))
        assert file.equals(held(b"content", large=True))
        assert not file.equals(held(b"CONTENT"))
        assert not file.equals(held(b"CONTENT", large=True))
        assert not file.equals(held(b"content "))
        assert (file.size_bytes, file.content()) == (7, b"content")


def test_a_sha256_that_is_known_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    assert local_file("a", tmp_path / "a", "f" * 64).sha256 == "f" * 64


def test_what_is_new_other_or_too_much_is_told_apart_and_the_hubs_own_file_stays() -> None:
    files = {path: local_file(path, path.encode()) for path in ("new", "same", "other", "a-large-one")}
    there = {"same": held(b"same"), "other": held(b"else"), "a-large-one": held(b"a-large-one", large=True)}
    there |= {"gone": held(b"gone"), "a/gone": held(b"x"), ".gitattributes": held(b"*.parquet")}
    found = difference(files, there)
    assert (paths(found.added), paths(found.changed), found.removed) == (["new"], ["other"], (("a/gone", 1), ("gone", 4)))
    assert len(found) == 4


def test_equal_content_is_no_difference() -> None:
    found = difference({"a": local_file("a", b"a")}, {"a": held(b"a"), ".gitattributes": held(b"")})
    assert (found, bool(found)) == (Difference((), (), ()), False)


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(1, 7))
def test_parts_are_the_whole_in_order_and_none_is_too_large(added: int, changed: int, removed: int, most: int) -> None:
    files = [local_file(f"{i}", b"") for i in range(added + changed)]
    whole = Difference(tuple(files[:added]), tuple(files[added:]), tuple((f"r{i}", i) for i in range(removed)))
    found = [*parts(whole, most)]
    assert all(0 < len(part) <= most for part in found)
    assert len(found) == -(-len(whole) // most)
    for name in ("added", "changed", "removed"):
        assert [one for part in found for one in getattr(part, name)] == [*getattr(whole, name)]
