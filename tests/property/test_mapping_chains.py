"""Chains of rules in made-up wording, none of it ours: the solver finds the object and the number of rules to it."""

from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unisandbox.generators.solvers.mapping import Resolved, solve
from unisandbox.generators.solvers.reading import UnsolvableError

SYMBOLS = [*string.ascii_uppercase, *string.digits, *"bcdefgz", *"#$%&*+<>@^~!?/|§☂★→αβΩ", "10", "42", "**", "B2"]
FORWARD = [
    *("{} conjures up {}", "{} is shorthand for {}", "{} equates to {}", "{} is tied to {}", "The symbol {} embodies {}"),
    *("{} → {}", "{} should be read as {}", "The meaning of {} is {}", "If you see {}, think of {}", "Let {} be {}"),
    *("the sign {} always brings {}", "{} serves as a stand-in for {}", "'{}' means {}", "{} is always decoded as {}"),
]
BACKWARD = ["{} is expressed by {}", "{} is always encrypted by the symbol {}", "{} is shown by “{}”"]
OBJECTS = ["an apple", "a pair of shoes", "teddy bears", "the lighthouse", "a watering can", "ice cream cone", "a bus", "a jelly"]
QUESTIONS = [
    *(
        "Please generate the object represented by the symbol {}.",
        "Show me the thing behind symbol {}.",
        "What is '{}'? Draw it.",
    ),
    *("Which object does the sign {} finally stand for? Paint it.", "Depict symbol {}'s object, and add no text."),
]
JOINED = [("Rule {}: ", ". ", ". "), ("{}. ", ".\n", ".\n"), ("- ", "\n", "\n"), ("", ". ", ". ")]


@st.composite
def chains(draw: st.DrawFn) -> list[tuple[list[str], str]]:
    """Two to four chains of disjoint symbols, each with its object."""
    count, hops = draw(st.integers(2, 4)), draw(st.integers(1, 4))
    drawn = draw(st.lists(st.sampled_from(SYMBOLS), min_size=count * hops, max_size=count * hops, unique_by=str.lower))
    objects = draw(st.lists(st.sampled_from(OBJECTS), min_size=count, max_size=count, unique=True))
    return [(drawn[place::count], objects[place]) for place in range(count)]


def rules_of(draw: st.DrawFn, chain: tuple[list[str], str]) -> list[str]:
    rules = []
    for left, right in zip(chain[0], [*chain[0][1:], chain[1]], strict=True):
        backward = draw(st.booleans())
        phrase = draw(st.sampled_from(BACKWARD if backward else FORWARD))
        rules.append(phrase.format(right, left) if backward else phrase.format(left, right))
    return rules


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str, int]:
    """A text with its answer and number of rules; the rules stand in any order."""
    made = draw(chains())
    rules = draw(st.permutations([rule for chain in made for rule in rules_of(draw, chain)]))
    head, between, end = draw(st.sampled_from(JOINED))
    asked = draw(st.sampled_from(made))
    listed = between.join(head.format(number) + rule for number, rule in enumerate(rules, 1))
    question = draw(st.sampled_from(QUESTIONS)).format(asked[0][0])
    answer = asked[1].removeprefix("an ").removeprefix("a ").removeprefix("the ")
    return f"{listed}{end}{question}", answer, len(asked[0])


@given(texts())
@settings(max_examples=400, deadline=None)
def test_chains_in_any_wording_resolve_to_their_object(made: tuple[str, str, int]) -> None:
    text, answer, hops = made
    assert solve(text) == Resolved(answer, hops)


@given(chains())
@settings(max_examples=100, deadline=None)
def test_a_chain_without_its_last_rule_has_no_answer(made: list[tuple[list[str], str]]) -> None:
    symbols, _ = made[0]
    rules = [f"The symbol {left} summons symbol {right}." for left, right in pairwise(symbols)]
    others = [f"The symbol {chain[-1]} summons {noun}." for chain, noun in made[1:]]
    with pytest.raises(UnsolvableError, match="no rule says what"):
        solve(" ".join([*rules, *others, f"Draw what the symbol {symbols[0]} stands for."]))
