"""The commitment to a private split: made from its rows and a secret salt, opened for single rows, and checked by anybody.

Rows are canonical lines (`schemas/canonical.py`). Answers are few and the space of rows can be walked, so nothing is ever hashed
without something secret: the commitment begins with the salt, and each leaf of a Merkle tree with a salt of its own, which is
derived from the salt and tells nothing of it. A row is opened by its line, its own salt and its path to the root.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

from unisandbox.cards.merkle import HASH_BYTES, leaf_hash, path_to, root_from, root_of
from unisandbox.errors import DataError, Violation
from unisandbox.schemas.seals import Seal, SealedLevel, SealedSplit

SALT_BYTES: Final = 32
SCHEME: Final = 1
ROWS: Final = b"unisandbox seal 1 rows\0"
LEAF_SALT: Final = b"unisandbox seal 1 leaf\0"
FORMAT: Final = 1
NOT_SEALED: Final = "the rows are not those that were sealed"


class Drawn(NamedTuple):
    """A sealed split before it is committed to: what is told of it, and its canonical lines in order."""

    config: str
    split: str
    twin: str
    levels: tuple[SealedLevel, ...]
    lines: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One row of a sealed split with the proof that it was sealed.

    Attributes:
        seal: Name of the seal.
        number: Place of the row in its split, from 0.
        line: The row as a canonical line.
        salt: The row's own salt in hex.
        path: Neighbours on the way to the root of the split in hex, lowest first.
    """

    seal: str
    config: str
    split: str
    number: int
    line: str
    salt: str
    path: tuple[str, ...]


def sealed(name: str, salt: bytes, splits: Sequence[Drawn]) -> Seal:
    """Return the commitment to splits; nothing in it can be recomputed without the salt of 32 bytes."""
    made = tuple(
        SealedSplit(config=one.config, split=one.split, twin=one.twin, levels=one.levels, root=_root(salt, one)) for one in splits
    )
    every = (line for one in splits for line in one.lines)
    return Seal(name=name, scheme=SCHEME, commitment=commitment(salt, every), splits=made)


def commitment(salt: bytes, lines: Iterable[str]) -> str:
    r"""Return sha256(tag, salt, lines) in hex: a tag of the scheme, 32 bytes of salt, each line with a line break after it.

    >>> commitment(bytes(32), ["a", "b"]) == hashlib.sha256(ROWS + bytes(32) + b"a\nb\n").hexdigest()
    True
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt of {len(salt)} bytes, not {SALT_BYTES}")
    digest = hashlib.sha256(ROWS + salt)
    for line in lines:
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


def row_salt(salt: bytes, config: str, split: str, number: int) -> bytes:
    """Return the salt of one row: HMAC-SHA256 of its place, so that it tells nothing of the salt and of other rows."""
    return hmac.digest(salt, LEAF_SALT + f"{config}/{split}/{number}".encode(), "sha256")


def opened(name: str, salt: bytes, config: str, split: str, lines: Sequence[str], number: int) -> Opening:
    """Return one row of a sealed split with its proof."""
    leaves = _leaves(salt, config, split, lines)
    return Opening(
        seal=name,
        config=config,
        split=split,
        number=number,
        line=lines[number],
        salt=row_salt(salt, config, split, number).hex(),
        path=tuple(step.hex() for step in path_to(leaves, number)),
    )


def check_rows_of_seal(seal: Seal, salt: bytes, splits: Sequence[Sequence[str]]) -> list[Violation]:
    """Return how revealed lines, given split by split, differ from what a seal says of them."""
    found = []
    for split, lines in zip(seal.splits, splits, strict=True):
        where = f"{seal.name}: {split.config}/{split.split}"
        if len(lines) != split.rows:
            found.append(Violation(f"{where}: rows", str(len(lines)), f"{split.rows}, as sealed", NOT_SEALED))
            continue
        root = root_of(_leaves(salt, split.config, split.split, lines)).hex()
        if root != split.root:
            found.append(Violation(f"{where}: root", root, f"{split.root}, as sealed", NOT_SEALED))
    made = commitment(salt, (line for lines in splits for line in lines))
    if made != seal.commitment:
        found.append(Violation(f"{seal.name}: commitment", made, f"{seal.commitment}, as sealed", NOT_SEALED))
    return found


def check_opening(opening: Opening, seal: Seal) -> list[Violation]:
    """Return what is wrong with an opened row, given what was published of its seal."""
    where = f"{opening.seal}: {opening.config}/{opening.split}, row {opening.number}"
    split = next((one for one in seal.splits if (one.config, one.split) == (opening.config, opening.split)), None)
    if opening.seal != seal.name or split is None:
        names = " | ".join(f"{seal.name}: {one.config}/{one.split}" for one in seal.splits)
        return [Violation(where, "no such sealed split", names, "compare it with the release that sealed it")]
    leaf = leaf_hash(bytes.fromhex(opening.salt) + opening.line.encode())
    root = root_from(leaf, opening.number, split.rows, [bytes.fromhex(step) for step in opening.path])
    if root is None:
        allowed = f"the path of one of {split.rows} rows"
        return [Violation(where, f"a path of {len(opening.path)} steps", allowed, "the proof was changed: ask for it again")]
    if root.hex() != split.root:
        return [Violation(f"{where}: root", root.hex(), f"{split.root}, as sealed", "this row was not sealed there")]
    return []


def opening_text(opening: Opening) -> str:
    """Return an opened row as the text of a JSON file; its row stands in it as the canonical line that was hashed."""
    return json.dumps({"format": FORMAT, **asdict(opening)}, indent=2, ensure_ascii=False) + "\n"


def read_opening(text: str | bytes, *, where: str) -> Opening:
    """Return the opened row that a file holds; raises `DataError` where it is none."""
    fix = "make it again with `unisandbox reveal --item`"
    try:
        told: dict[str, Any] = json.loads(text)
        if told.pop("format") != FORMAT:
            raise DataError(Violation(f"{where}: format", "another", str(FORMAT), "use the version that made it"))
        opening = Opening(**{**told, "path": tuple(told["path"])})
        kinds = (opening.seal, opening.config, opening.split, opening.line, opening.salt, *opening.path)
        hashes = [bytes.fromhex(text) for text in (opening.salt, *opening.path)]
        is_right = all(type(one) is str for one in kinds) and type(opening.number) is int
        if not is_right or any(len(one) != HASH_BYTES for one in hashes):
            raise ValueError("values of another kind")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        found = f"no opened row ({str(error).splitlines()[0]})"
        raise DataError(Violation(where, found, "a file that `unisandbox reveal --item` wrote", fix)) from None
    return opening


def _root(salt: bytes, one: Drawn) -> str:
    return root_of(_leaves(salt, one.config, one.split, one.lines)).hex()


def _leaves(salt: bytes, config: str, split: str, lines: Sequence[str]) -> list[bytes]:
    return [leaf_hash(row_salt(salt, config, split, n) + line.encode()) for n, line in enumerate(lines)]
