"""Runs made by hand for the tests of what is reported: samples that no model drew and no judge read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from unisandbox.evaluation.arms import VIEW_OF, Way
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.outcomes import CORRECT, WRONG, Sample
from unisandbox.evaluation.protocol import ARMS, ASK
from unisandbox.evaluation.run_folder import Party, Record

NOUNS = ("apple", "banana", "cherry", "duck")
Rule = Callable[[Item, str, int], bool]


def item(number: int, *, family: str = "math", level: int = 1, clusters: int = 12, groups: int = 1, **changes: Any) -> Item:
    """Return an item; `groups` says how many items share a group."""
    noun, count = NOUNS[number % len(NOUNS)], 2 + number % 3
    name = f"{family}/{level}/test/{number:06d}"
    return Item(
        **{
            "id": name,
            "family": family,
            "level": level,
            "split": "test",
            "group": f"{family}/{level}/g{number // groups}",
            "cluster": f"{family}/c{number % clusters}",
            "draw": f"Draw as many {noun}s as {count} + 0.",
            "literal": f"Draw {count} {noun}s.",
            "ask": f"What is {count} + 0?",
            "answer": str(count),
            "choices": ("2", "3", "4", "5"),
            "chance": 0.25,
            "target": {"kind": "objects", "objects": [{"name": noun, "count": count, "attributes": []}]},
            "factors": {"depth": level, "direction": None, "style": "words", "operators": ["+", "-"][: 1 + number % 2]},
            **changes,
        }
    )


def items(count: int, *, families: Sequence[str] = ("math",), levels: Sequence[int] = (1, 2), **changes: Any) -> list[Item]:
    """Return so many items of each family and level."""
    return [
        item(number, family=family, level=level, **changes) for number in range(count) for family in families for level in levels
    ]


def samples(chosen: Iterable[Item], right: Rule, *, arms: Sequence[str] = ARMS, each: int = 1) -> list[Sample]:
    """Return a sample of each item and arm, right where the rule says so."""
    found = []
    for one in chosen:
        for number in range(each):
            for arm in arms:
                outcome = CORRECT if right(one, arm, number) else WRONG
                found.append(sample(one, arm, number, outcome=outcome))
    return found


def sample(one: Item, arm: str, number: int = 0, **changes: Any) -> Sample:
    """Return one sample, with what an answer or a picture of it has."""
    outcome = changes.get("outcome", CORRECT)
    target = one.target["objects"][0]
    seen = {"object": target["name"], "count": str(target["count"] if outcome == CORRECT else 9)}
    if arm == ASK:
        given: dict[str, Any] = {"answer": f"It is {one.answer}.", "chosen": one.answer if outcome == CORRECT else "5"}
    else:
        told = {name: {value: 0.9} for name, value in seen.items()}
        given = {"picture": f"{abs(hash_of(one.id, arm, number)):064x}", "read": seen, "probabilities": told, "words": ("seen",)}
    prompt = getattr(one, VIEW_OF[arm])
    made = {"item": one, "arm": arm, "sample": number, "prompt": prompt, "seed": 7, "seconds_model": 0.5, "seconds_judge": 0.25}
    return Sample(**{**made, **given, "outcome": outcome, **changes})


def hash_of(*what: object) -> int:
    """Return a number that is the same in every process."""
    return int.from_bytes(repr(what).encode()[-30:], "big")


def record(**changes: Any) -> Record:
    """Return the record of such a run."""
    told: dict[str, Any] = {
        "data": "build/small-0.0.1",
        "release": {"name": "small", "version": "0.0.1", "digest": "d" * 64, "fingerprint": "f" * 64, "image_size_px": 64},
        "selection": {"splits": ["test"], "families": [], "levels": [], "limit": None, "shard": None},
        "items": {"count": 48, "sha256": "1" * 64, "sources": ["math/test"]},
        "model": Party(uri="my_file.py:Mine", identity={"weights": "w1"}, sha256="2" * 64),
        "judge": Party(uri="sprites", identity={"kind": "sprites"}, sha256="3" * 64),
        "way": Way(),
        "versions": {"python": "3.11"},
    }
    return Record(**{**told, **changes})


def half(_: Item, __: str, ___: int = 0) -> bool:
    """Right for every second item, whatever the arm."""
    return int(_.id[-1]) % 2 == 0
