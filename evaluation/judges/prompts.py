"""The texts that judges over a service ask with, and the digest that stands for them in an identity."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.protocol import Question

FIRST: Final = "first"
AGAIN: Final = "again"
NAMED: Final = ("object", "count")


@cache
def prompts() -> Mapping[str, Any]:
    """Return the prompts of the package."""
    return tomllib.loads((files("unisandbox.evaluation.judges") / "prompts.toml").read_text(encoding="utf-8"))


def prompts_digest(*parts: str) -> str:
    """Return the sha256 of some tables of the prompts."""
    return digest({part: prompts()[part] for part in parts})


def question_text(question: Question, wording: str = FIRST) -> str:
    """Return how a closed question is asked in one of its two wordings, with its choices.

    >>> print(question_text(Question("hat", ("cap", "none")), AGAIN))
    The image shows a person. Say which kind of hat that the person wears (none where there is none) you see.
    Pick one entry of this list, copy it letter for letter, and write no other word:
    cap, none
    """
    texts = prompts()["closed"][wording]
    template = texts[question.name if question.name in NAMED else "attribute"]
    attribute = prompts()["attributes"].get(question.name, question.name.replace("_", " "))
    return f"{template.format(attribute=attribute)}\n{texts['choices'].format(choices=', '.join(question.choices))}"
