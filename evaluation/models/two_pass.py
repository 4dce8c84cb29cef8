"""Thinking in two passes: the model's own text side reasons about the prompt, and what it concludes is added to what is drawn."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from unisandbox.evaluation.chat import Reply
from unisandbox.evaluation.protocol import Fault
from unisandbox.evaluation.service_faults import ServiceError

THOUGHT_TAGS: Final = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
MARKUP: Final = "*_#> \t"

Ask = Callable[[str, str], Reply]


@dataclass(frozen=True, slots=True)
class TwoPass:
    """The texts of the first pass: what the text side is told, what its last line begins with, and how prompts are joined."""

    system: str
    conclusion: str
    joined: str


@dataclass(frozen=True, slots=True)
class Thought:
    """What was thought: all of it with its number of tokens, whether it was cut short, and the prompt that came of it."""

    text: str
    tokens: int | None
    truncated: bool
    prompt: str


@cache
def two_pass() -> TwoPass:
    """Return the texts of the package."""
    text = (files("unisandbox.evaluation.models") / "prompts.toml").read_text(encoding="utf-8")
    return TwoPass(**tomllib.loads(text)["two_pass"])


def think(prompt: str, ask: Ask) -> Thought:
    """Return what a text side thinks about a prompt, and the prompt to be drawn.

    Args:
        prompt: What is to be drawn.
        ask: Returns the reply to a system prompt and a user's words.

    Raises:
        ServiceError: What `ask` raises, or `bad_reply` where nothing was thought.
    """
    texts = two_pass()
    reply = ask(texts.system, prompt)
    thought = "\n\n".join(part for part in (reply.reasoning.strip(), reply.text.strip()) if part)
    if not thought:
        raise ServiceError(Fault("bad_reply", "the first pass gave an empty reply"))
    found = conclusion_of(reply.text, texts.conclusion) or conclusion_of(thought, texts.conclusion)
    drawn = texts.joined.format(prompt=prompt, conclusion=found) if found else prompt
    return Thought(thought, reply.tokens, reply.truncated, drawn)


def conclusion_of(text: str, begin: str) -> str:
    r"""Return what stands after the last line that begins with `begin`, else the last paragraph; without thoughts in tags.

    >>> conclusion_of("2 + 1 = 3.\n**Picture:** 3 apples.\n", "Picture:")
    '3 apples.'
    >>> conclusion_of("<think>Picture: a pear</think>\nFirst.\n\nSo three apples.", "Picture:")
    'So three apples.'
    """
    said = THOUGHT_TAGS.sub("", text).strip()
    lines = [line.strip(MARKUP) for line in said.splitlines()]
    for line in reversed(lines):
        if line.casefold().startswith(begin.casefold()) and (rest := line[len(begin) :].strip(MARKUP)):
            return rest
    return said.rpartition("\n\n")[2].strip()
