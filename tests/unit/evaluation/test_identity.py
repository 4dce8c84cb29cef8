from __future__ import annotations

from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisandbox.evaluation.identity import canonical, digest, generation_key, verdict_key
from unisandbox.evaluation.seeds import seed_of

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
REQUEST = {"item": "a", "arm": "literal", "prompt": "Draw.", "sample": 0, "seed": 1, "size_px": None, "model": "m"}


@given(st.dictionaries(st.text(), PLAIN, max_size=4))
def test_the_order_of_keys_changes_nothing(value: dict[str, object]) -> None:
    turned = dict(reversed(value.items()))
    assert canonical(value) == canonical(turned) == canonical(MappingProxyType(turned))


@given(PLAIN, PLAIN)
def test_two_values_have_two_digests(one: object, other: object) -> None:
    assert (digest(one) == digest(other)) == (canonical(one) == canonical(other))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": {1, 2}}, b"bytes", object()])
def test_what_json_cannot_say_has_no_digest(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        digest(value)


def test_a_key_differs_in_everything_that_a_generation_depends_on() -> None:
    other = {"item": "b", "arm": "ask", "prompt": "Draw!", "sample": 1, "seed": 2, "size_px": 384, "model": "n"}
    keys = {generation_key(**{**REQUEST, name: value}) for name, value in other.items()}  # type: ignore[arg-type]
    assert len(keys | {generation_key(**REQUEST)}) == len(other) + 1  # type: ignore[arg-type]


def test_two_models_never_share_a_key() -> None:
    identities = [
        {"weights": "a", "revision": 1},
        {"weights": "a", "revision": 2},
        {"weights": "b", "revision": 1},
        {"weights": "a"},
    ]
    keys = {generation_key(**{**REQUEST, "model": digest(identity)}) for identity in identities}  # type: ignore[arg-type]
    assert len(keys) == len(identities)


def test_a_verdict_key_differs_in_picture_questions_and_judge() -> None:
    base = {"picture": "p", "questions": "q", "judge": "j"}
    assert len({verdict_key(**{**base, name: "other"}) for name in base} | {verdict_key(**base)}) == 4


@given(st.text(), st.text(), st.sampled_from(["ask", "literal"]), st.integers(0, 99))
def test_a_seed_is_of_63_bits_and_of_its_own_sample(salt: str, item: str, arm: str, sample: int) -> None:
    seed = seed_of(salt, item, arm, sample)
    assert 0 <= seed < 2**63
    assert seed == seed_of(salt, item, arm, sample)
    assert seed != seed_of(salt, item, arm, sample + 1)
    assert seed != seed_of(f"{salt}x", item, arm, sample)


def test_seeds_stay_what_they_are() -> None:
    assert seed_of("0", "math/1/test/000000", "draw/normal", 0) == 8883689083475364474
