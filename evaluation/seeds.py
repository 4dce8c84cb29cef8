"""The seed of each picture and answer: its own, whatever batch, order, resume or shard it is made in."""

from __future__ import annotations

import hashlib

from unisandbox.evaluation.identity import canonical


def seed_of(salt: str, item: str, arm: str, sample: int) -> int:
    """Return the seed of one sample: the first 63 bits of the sha256 of what it belongs to.

    Args:
        salt: Chosen once a run; another one gives other pictures of the same items.
        item: Id of the item.
        arm: One of `protocol.ARMS`.
        sample: Which of several, from 0.

    >>> seed_of("0", "math/1/test/000000", "draw/normal", 0)
    8883689083475364474
    """
    first = hashlib.sha256(canonical([salt, item, arm, sample]).encode()).digest()[:8]
    return int.from_bytes(first, "big") >> 1
