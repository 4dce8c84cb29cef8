"""Merkle trees over leaf hashes, as RFC 6962 (section 2.1) cuts them: one root for all, and a short path that proves one leaf."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

LEAF, NODE = b"\0", b"\1"  # so that no leaf can be passed off as a node (RFC 6962)
HASH_BYTES: Final = 32


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf with this content."""
    return hashlib.sha256(LEAF + content).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over one leaf hash or more.

    >>> one, two, three = (leaf_hash(content) for content in (b"1", b"2", b"3"))
    >>> root_of([one, two, three]) == _node(_node(one, two), three)
    True
    """
    level = list(leaves)
    while len(level) > 1:
        level = _paired(level)
    return level[0]


def path_to(leaves: Sequence[bytes], number: int) -> list[bytes]:
    """Return what leads from the leaf of this number (0 is the first) to the root: the neighbours on the way, lowest first."""
    level, path = list(leaves), list[bytes]()
    while len(level) > 1:
        if number ^ 1 < len(level):
            path.append(level[number ^ 1])
        level, number = _paired(level), number // 2
    return path


def root_from(leaf: bytes, number: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a path leads to from a leaf hash, or None if no tree of `count` leaves has a path of this length."""
    if not 0 <= number < count or any(len(step) != HASH_BYTES for step in path):
        return None
    steps, width = list(path), count
    while width > 1:
        if number ^ 1 < width:
            if not steps:
                return None
            other = steps.pop(0)
            leaf = _node(other, leaf) if number % 2 else _node(leaf, other)
        number, width = number // 2, (width + 1) // 2
    return None if steps else leaf


def _paired(level: Sequence[bytes]) -> list[bytes]:
    """Return the level above; a last one without a neighbour goes up as it is, which is where RFC 6962 cuts."""
    pairs = [_node(*level[first : first + 2]) for first in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()
