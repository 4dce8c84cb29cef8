"""The solver of `mapping` answers wording it was not made for; what is unsure, unsolvable or no question is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from unisandbox.generators.families.base import Item, Part
from unisandbox.generators.families.mapping import Mapping
from unisandbox.generators.rows import rows
from unisandbox.generators.solvers.mapping import Resolved, solve
from unisandbox.generators.solvers.mapping_rules import read_rule
from unisandbox.generators.solvers.reading import NoTargetError, UnreadableError, UnsolvableError
from unisandbox.generators.templates import wording
from unisandbox.generators.vocabulary import symbols

HERE = Path(__file__).parent
UPSTREAM = HERE.parents[2].parent / "shared" / "upstream"
ERRORS: dict[str, type[Exception]] = {error.__name__: error for error in (NoTargetError, UnreadableError, UnsolvableError)}
UNRESOLVED = {"12_B", "20_B", "36_A", "36_B", "52_B", "65_B", "78_B"}  # 36_B stands there twice
WRONG_DEPTH = {"65_A": 3, "67_A": 3, "79_A": 3, "80_A": 3, "67_B": 1, "79_B": 1, "80_B": 1}

needs_upstream = pytest.mark.skipif(not UPSTREAM.is_dir(), reason="the seed paper's files are not beside the project")


def table(name: str) -> list[dict[str, Any]]:
    """Rows of a file of texts beside this one: `text`, and `answer` and `hops` or `error` and `reason`."""
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


def own_items(level: int, chains: int, split: str, *held_out: str) -> list[Item]:
    part = Part(
        line="x", seed=1, edition=0, editions=8, family="mapping", level=level, split=split, held_out=held_out, canary="c"
    )
    return list(rows(Mapping(chains=chains), part, 0, 60))


def upstream(name: str) -> Iterator[tuple[str, str, str]]:
    """Item name, text and gold of every question of a file."""
    for line in (UPSTREAM / name).read_text("utf-8").splitlines():
        row = json.loads(line)
        for side in "AB":
            if f"Question_{side}" in row:
                yield f"{row['ID']}_{side}", row[f"Question_{side}"], row["Answer"]


def same_object(answer: str, gold: str) -> bool:
    """Whether two names are equal but for capitals, an article and a plural."""
    left, right = (text.lower().removeprefix("a ").removeprefix("an ").removesuffix("s") for text in (answer, gold))
    return left == right


@pytest.mark.parametrize("row", table("mapping_texts.jsonl"), ids=lambda row: str(row["text"])[:60])
def test_foreign_wording_is_answered(row: dict[str, Any]) -> None:
    assert solve(row["text"]) == Resolved(row["answer"], row["hops"])


@pytest.mark.parametrize("row", table("mapping_texts_refused.jsonl"), ids=lambda row: str(row["text"])[:60])
def test_doubtful_and_unsolvable_texts_are_told_apart(row: dict[str, Any]) -> None:
    with pytest.raises(ERRORS[row["error"]], match=re.escape(row["reason"])):
        solve(row["text"])


def test_an_unread_sentence_is_named() -> None:
    with pytest.raises(UnreadableError, match="not read as a rule: Apples grow on trees"):
        solve("Rule 1: A means an apple. Rule 2: Apples grow on trees. Draw A.")


def test_a_sentence_without_end_is_refused_at_once() -> None:
    with pytest.raises(UnreadableError, match="a sentence of 2000011 characters"):
        solve("Draw what A" + " A" * 1_000_000 + "\n")


@pytest.mark.parametrize("view", ["draw", "ask"])
@pytest.mark.parametrize("query", ["the letter A", "letter A", "A", "the number 7", "7", "symbol =", "#", "the symbol &"])
def test_every_template_of_ours_is_read(view: str, query: str) -> None:
    name = query[-1]
    rules = f"Rule 1: A plum is denoted by {name}. Rule 2: The letter Q stands for a teddy bear."
    templates = getattr(wording("mapping"), view)
    assert len(templates) >= 15
    for template in templates:
        text = template.text.format(rules=rules, query=query, category="object")
        assert solve(text) == Resolved("plum", 1), text


@pytest.mark.parametrize("phrase", wording("mapping").phrases["rule_to_object"])
def test_every_rule_of_ours_about_an_object_is_read(phrase: str) -> None:
    forms = wording("mapping").phrases
    seen = 0
    for symbol in symbols():
        for form in forms[f"symbol.{symbol.kind}"]:
            for right in ("a plum", "an ice cream cone", "a soccer ball"):
                text = phrase.format(left=form.format(symbol=symbol.text), right=right)
                rule = read_rule(f"{text[0].upper()}{text[1:]}")
                assert rule is not None, text
                assert (rule.key.name, rule.value.name) == (symbol.text, right.partition(" ")[2]), text
                seen += 1
    assert seen > 300


@pytest.mark.parametrize("phrase", wording("mapping").phrases["rule_to_symbol"])
def test_every_rule_of_ours_about_a_symbol_is_read(phrase: str) -> None:
    forms = wording("mapping").phrases
    for left, right in pairwise([*symbols(), *reversed(symbols())]):
        for left_form, right_form in zip(forms[f"symbol.{left.kind}"], reversed(forms[f"symbol.{right.kind}"]), strict=True):
            if left == right:
                continue
            text = phrase.format(left=left_form.format(symbol=left.text), right=right_form.format(symbol=right.text))
            rule = read_rule(f"{text[0].upper()}{text[1:]}")
            assert rule is not None, text
            assert (rule.key.name, rule.value.name) == (left.text, right.text), text


@pytest.mark.parametrize("split", ["train", "test_templates"])
@pytest.mark.parametrize(("level", "chains"), [(1, 2), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4)])
def test_our_items_resolve_to_their_answer_and_level(level: int, chains: int, split: str) -> None:
    items = own_items(level, chains, split, *(() if split == "train" else ("key", "template")))
    assert len(items) == 60
    for item in items:
        assert solve(item.draw) == Resolved(item.answer, level), item.draw
        assert solve(item.ask) == Resolved(item.answer, level), item.ask


@needs_upstream
def test_all_questions_of_mapping1_resolve_to_their_gold() -> None:
    questions = list(upstream("mapping1.jsonl"))
    assert len(questions) == 200
    for name, text, gold in questions:
        found = solve(text)
        assert same_object(found.answer, gold), name
        assert found.hops == 1, name


@needs_upstream
def test_the_known_faults_of_mapping2_are_found_and_no_others() -> None:
    resolved, failed = {}, []
    for name, text, gold in upstream("mapping2.jsonl"):
        try:
            found = solve(text)
        except (NoTargetError, UnsolvableError):
            failed.append(name)
        else:
            assert same_object(found.answer, gold), name
            resolved[name] = found.hops
    assert len(failed) == 8
    assert set(failed) == UNRESOLVED
    assert len(resolved) + len(failed) == 201
    assert {name: hops for name, hops in resolved.items() if hops != 2} == WRONG_DEPTH
