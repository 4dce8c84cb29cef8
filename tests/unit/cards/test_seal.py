"""Seals: whatever is changed in revealed rows is noticed, a row is opened alone, and nothing public lets rows be guessed."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisandbox.cards.merkle import leaf_hash, path_to, root_from, root_of
from unisandbox.cards.seal import (
    Drawn,
    Opening,
    check_opening,
    check_rows_of_seal,
    commitment,
    opened,
    opening_text,
    read_opening,
    row_salt,
    sealed,
)
from unisandbox.errors import DataError
from unisandbox.schemas.seals import Seal, SealedLevel, document_of_seal

SALT = bytes(range(32))
ANSWERS = [str(number) for number in range(2, 8)]
LEAVES = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


def line(name: str, answer: str) -> str:
    return json.dumps([name, "math", 2, "sealed_test", f"Draw as many apples as {name}.", answer])


MATH = [line(f"a{number}", ANSWERS[number % 6]) for number in range(11)]
MAPPING = [line(f"b{number}", "owl") for number in range(4)]


def drawn(config: str, lines: Sequence[str]) -> Drawn:
    level = SealedLevel(level=2, rows=len(lines), first=5000, end=10_000, candidates=4000)
    return Drawn(config, "sealed_test", "test", (level,), lines)


def made(salt: bytes = SALT) -> Seal:
    return sealed("sealed", salt, [drawn("math", MATH), drawn("mapping", MAPPING)])


def rfc_6962(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash as RFC 6962, section 2.1, defines it: by its largest power of two below the size."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + rfc_6962(leaves[:half]) + rfc_6962(leaves[half:])).digest()


@given(contents=LEAVES)
def test_a_root_is_that_of_rfc_6962(contents: list[bytes]) -> None:
    assert root_of([leaf_hash(content) for content in contents]) == rfc_6962(contents)


@given(contents=LEAVES, data=st.data())
def test_a_path_proves_its_leaf_in_its_place_and_no_other(contents: list[bytes], data: st.DataObject) -> None:
    leaves = [leaf_hash(content) for content in contents]
    number = data.draw(st.integers(0, len(leaves) - 1))
    path, root = path_to(leaves, number), root_of(leaves)
    assert root_from(leaves[number], number, len(leaves), path) == root
    assert root_from(leaf_hash(b"other than all"), number, len(leaves), path) != root
    for other in set(range(len(leaves))) - {number}:
        if leaves[other] != leaves[number]:
            assert root_from(leaves[other], number, len(leaves), path) != root
            assert root_from(leaves[number], other, len(leaves), path) != root


@given(contents=LEAVES, data=st.data())
def test_a_path_with_a_flipped_bit_or_another_length_leads_elsewhere(contents: list[bytes], data: st.DataObject) -> None:
    leaves = [leaf_hash(content) for content in contents]
    number = data.draw(st.integers(0, len(leaves) - 1))
    path, root = path_to(leaves, number), root_of(leaves)
    assert root_from(leaves[number], number, len(leaves), [*path, bytes(32)]) is None
    if path:
        assert root_from(leaves[number], number, len(leaves), path[:-1]) is None
        step, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
        flipped = (int.from_bytes(path[step], "big") ^ 1 << bit).to_bytes(32, "big")
        assert root_from(leaves[number], number, len(leaves), [*path[:step], flipped, *path[step + 1 :]]) != root


def test_a_path_of_no_such_leaf_or_of_short_hashes_is_refused() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(5)]
    path = path_to(leaves, 4)
    assert root_from(leaves[4], 4, 5, path) == root_of(leaves)
    assert [root_from(leaves[4], number, 5, path) for number in (-1, 5)] == [None, None]
    assert root_from(leaves[4], 4, 5, [path[0][:31], *path[1:]]) is None


def test_hashes_of_a_seal_are_pinned() -> None:
    """Whoever holds a salt must be able to prove their rows with any later version."""
    seal = sealed("sealed", SALT, [drawn("math", ["one", "two", "three"])])
    assert commitment(SALT, ["one", "two", "three"]) == seal.commitment == PINNED[0]
    assert seal.splits[0].root == PINNED[1]
    assert row_salt(SALT, "math", "sealed_test", 0).hex() == PINNED[2]


PINNED = (
    hashlib.sha256(b"unisandbox seal 1 rows\0" + SALT + b"one\ntwo\nthree\n").hexdigest(),
    "b3c4af1cacf644626b36883f176d091613298777aed9d038689bbf54394d4b66",
    "f7ff1d037711a0b0fbfad78cb6805236bde26e838a6dfc5340f7e0904172c8be",
)


def test_rows_as_they_were_sealed_are_accepted() -> None:
    assert check_rows_of_seal(made(), SALT, [MATH, MAPPING]) == []


def flipped_salt() -> tuple[bytes, list[list[str]]]:
    return bytes([SALT[0] ^ 1, *SALT[1:]]), [MATH, MAPPING]


def flipped_byte() -> tuple[bytes, list[list[str]]]:
    return SALT, [[*MATH[:3], MATH[3].replace("apples", "Apples"), *MATH[4:]], MAPPING]


def other_order() -> tuple[bytes, list[list[str]]]:
    return SALT, [[MATH[1], MATH[0], *MATH[2:]], MAPPING]


def row_missing() -> tuple[bytes, list[list[str]]]:
    return SALT, [MATH[:-1], MAPPING]


def row_added() -> tuple[bytes, list[list[str]]]:
    return SALT, [[*MATH, MATH[0]], MAPPING]


def row_moved_to_the_next_split() -> tuple[bytes, list[list[str]]]:
    return SALT, [MATH[:-1], [MATH[-1], *MAPPING]]


def two_lines_as_one() -> tuple[bytes, list[list[str]]]:
    return SALT, [[f"{MATH[0]}\n{MATH[1]}", *MATH[2:]], MAPPING]


CHANGES = (flipped_salt, flipped_byte, other_order, row_missing, row_added, row_moved_to_the_next_split, two_lines_as_one)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_to_salt_row_order_or_count_is_noticed(change: Callable[[], tuple[bytes, list[list[str]]]]) -> None:
    salt, lines = change()
    said = [str(one) for one in check_rows_of_seal(made(), salt, lines)]
    assert any(one.startswith(("sealed: math/sealed_test: root", "sealed: math/sealed_test: rows")) for one in said)
    if change is not row_moved_to_the_next_split and change is not two_lines_as_one:
        assert any(one.startswith("sealed: commitment: found") for one in said)


@pytest.mark.parametrize("field", ["commitment", "root"])
def test_a_changed_commitment_is_noticed(field: str) -> None:
    seal = made()
    if field == "commitment":
        seal = replace(seal, commitment="0" + seal.commitment[1:] if seal.commitment[0] != "0" else "1" + seal.commitment[1:])
    else:
        seal = replace(seal, splits=(replace(seal.splits[0], root="0" * 64), seal.splits[1]))
    (found,) = check_rows_of_seal(seal, SALT, [MATH, MAPPING])
    assert f": {field}: found" in str(found)


def opening(number: int = 7) -> Opening:
    return opened("sealed", SALT, "math", "sealed_test", MATH, number)


@pytest.mark.parametrize("number", range(len(MATH)))
def test_every_row_can_be_opened_alone(number: int) -> None:
    one = opening(number)
    assert one.line == MATH[number]
    assert check_opening(one, made()) == []
    assert read_opening(opening_text(one), where="one.json") == one


@pytest.mark.parametrize(
    "change",
    [
        {"line": MATH[7].replace("apples", "pears")},
        {"salt": "00" * 32},
        {"number": 6},
        {"number": 11},
        {"number": -1},
        {"split": "sealed_test_deeper"},
        {"config": "mapping"},
        {"seal": "spring"},
        {"path": opening().path[:-1]},
        {"path": (*opening().path, "00" * 32)},
        {"path": (opening().path[1], opening().path[0], *opening().path[2:])},
        {"path": ("00" * 32, *opening().path[1:])},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_opening_is_noticed(change: dict[str, Any]) -> None:
    assert len(check_opening(replace(opening(), **change), made())) == 1


def test_an_opened_row_tells_nothing_of_the_salt_or_of_other_rows() -> None:
    text = opening_text(opening(7))
    assert SALT.hex() not in text
    for number in set(range(len(MATH))) - {7}:
        assert row_salt(SALT, "math", "sealed_test", number).hex() not in text
        unsalted = {hashlib.sha256(MATH[number].encode()).hexdigest(), leaf_hash(MATH[number].encode()).hex()}
        assert not any(one in text for one in (*unsalted, MATH[number]))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '"x"', '{"format": 1}', b"\xff\xfe", opening_text(opening()).replace('"number": 7', '"number": "7"')]
    + [opening_text(opening()).replace(opening().salt, salt) for salt in ("", "zz", "00" * 31)],
)
def test_what_is_no_opened_row_is_refused(text: str | bytes) -> None:
    with pytest.raises(
        DataError, match=r"one\.json: found no opened row .*; allowed: a file that `unisandbox reveal --item` wrote"
    ):
        read_opening(text, where="one.json")


def test_an_opened_row_of_a_later_format_is_refused() -> None:
    with pytest.raises(DataError, match="use the version that made it"):
        read_opening(opening_text(opening()).replace('"format": 1', '"format": 2'), where="one.json")


def test_nobody_can_guess_an_answer_from_what_is_public() -> None:
    """An attacker who knows all of a row but its answer, and all other rows, can check no guess; the salt is what is missing."""
    public = json.dumps(document_of_seal(made()))
    number = 7
    guesses = [line(f"a{number}", answer) for answer in ANSWERS]
    right = guesses.index(MATH[number])

    def hits(salt: bytes) -> list[int]:
        found = []
        for place, guess in enumerate(guesses):
            lines = [*MATH[:number], guess, *MATH[number + 1 :]]
            seal = sealed("sealed", salt, [drawn("math", lines), drawn("mapping", MAPPING)])
            plain = [hashlib.sha256(form).hexdigest() for form in unsalted_forms(guess, lines)]
            if any(digest in public for digest in (seal.commitment, seal.splits[0].root, *plain)):
                found.append(place)
        return found

    assert hits(SALT) == [right]
    assert [hits(salt) for salt in (bytes(32), b"\xff" * 32, hashlib.sha256(b"unisandbox").digest())] == [[], [], []]


def unsalted_forms(guess: str, lines: Sequence[str]) -> list[bytes]:
    """Return what careless commitments hash."""
    every = "\n".join([*lines, *MAPPING, ""]).encode()
    return [guess.encode(), f"{guess}\n".encode(), b"\0" + guess.encode(), json.loads(guess)[-1].encode(), every]


def test_equal_rows_have_nothing_in_common_under_two_salts() -> None:
    one, other = (sealed("sealed", salt, [drawn("math", ["same"] * 4)]) for salt in (SALT, SALT[::-1]))
    assert one.commitment != other.commitment
    assert one.splits[0].root != other.splits[0].root


def test_equal_rows_of_one_split_have_leaves_of_their_own() -> None:
    """Else rows that recur would show in paths."""
    hashes = [opened("sealed", SALT, "math", "sealed_test", ["same"] * 8, number).path for number in range(8)]
    steps = list(itertools.chain.from_iterable(path[:1] for path in hashes))
    assert len(set(steps)) == 8


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_salt_of_another_length_is_no_salt(length: int) -> None:
    with pytest.raises(ValueError, match="a salt of"):
        commitment(bytes(length), MATH)
