"""How probable each choice was, from the probabilities of the tokens that a judge said and could have said."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from unisandbox.evaluation.chat import Token

AS_JSON: Final = re.compile(r"\A\s*(?:```(?:json)?\s*)?\{\s*(?:\"answer\"\s*:\s*)?")
BEFORE_ANSWER: Final = re.compile(r"\A\s*(?:```(?:json)?\s*)?\{\s*\"answer\"\s*:\s*\"?")
OPENING: Final = " \n\t\r\"'`*_(["
SPACE_MARKS: Final = str.maketrans({"Ġ": " ", "▁": " ", "Ċ": "\n"})  # how some servers write blanks in the text of a token


class Masses(NamedTuple):
    """Probabilities of choices.

    Attributes:
        told: Choice -> probability, where the tokens tell it from every other; they are not scaled to sum to 1.
        shared: What lies on several choices at once, whose tokens begin alike and were not followed to where they part.
    """

    told: dict[str, float]
    shared: float

    @property
    def on_choices(self) -> float:
        """How much lies on the choices at all; a small part says that the judge would rather have said something else."""
        return sum(self.told.values()) + self.shared


def masses_of(tokens: Sequence[Token], choices: Sequence[str]) -> Masses:
    """Return how probable the choices were.

    The tokens that were said are followed from the first on. At each, what could have been said instead leads to one choice (it
    gets that probability), to several (the probability is shared and given to none) or away from all.

    Args:
        tokens: Those of the reply.
        choices: All answers that are allowed.

    >>> def token(text, p, **others):
    ...     return Token(text, math.log(p), tuple((t, math.log(q)) for t, q in {text: p, **others}.items()))
    >>> said = [token("be", 0.6, ca=0.3, d=0.05), token("e", 0.5, ar=0.25)]
    >>> found = masses_of(said, ("bear", "bee", "cat", "car", "dog"))
    >>> {name: round(p, 3) for name, p in sorted(found.told.items())}, round(found.shared, 3)
    ({'bear': 0.15, 'bee': 0.3, 'dog': 0.05}, 0.3)
    """
    told, shared, before, reached = dict[str, float](), 0.0, "", 1.0
    for token in tokens:
        for text, share in _alternatives(token):
            leads = _leads_to(before + text, choices)
            if len(leads) == 1:
                told[leads[0]] = told.get(leads[0], 0.0) + reached * share
            elif leads and _said(before + text):
                shared += reached * share
        before, reached = before + token.text.translate(SPACE_MARKS), reached * _share(token.logprob)
        leads = _leads_to(before, choices)
        if len(leads) <= 1:
            return Masses({**told, leads[0]: told.get(leads[0], 0.0) + reached} if leads else told, shared)
    ended = [choice for choice in choices if choice.casefold() == _said(before)]
    if ended:
        return Masses({**told, ended[0]: told.get(ended[0], 0.0) + reached}, shared)
    return Masses(told, shared + (reached if _said(before) else 0.0))


def _alternatives(token: Token) -> list[tuple[str, float]]:
    """Return what could have been said instead of a token, with its probability."""
    return [(text.translate(SPACE_MARKS), _share(one)) for text, one in token.others if text != token.text]


def _leads_to(text: str, choices: Sequence[str]) -> list[str]:
    """Return the choices that a text may still become: all of them while nothing is said, one that is said and then ended."""
    said = _said(text)
    longer = [choice for choice in choices if choice.casefold().startswith(said)]
    if longer:
        return longer
    ended = [choice for choice in choices if said.startswith(choice.casefold()) and not said[len(choice)].isalnum()]
    return sorted(ended, key=len)[-1:]


def _said(text: str) -> str:
    """Return what a text has said of the answer, in lower case; nothing while it is still in the JSON around it."""
    if AS_JSON.match(text):
        opened = BEFORE_ANSWER.match(text)
        return text[opened.end() :].lstrip(OPENING).casefold() if opened else ""
    if text.lstrip().startswith("{"):
        return ""
    return text.lstrip(OPENING).casefold()


def _share(logprob: float) -> float:
    return min(math.exp(logprob), 1.0) if logprob == logprob else 0.0
