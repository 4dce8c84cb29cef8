"""Brings a reply into a plain form before it is read: without thoughts, markup and accents, and cut down to its conclusion."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

THOUGHT: Final = re.compile(r"<(/?)(?:think|thinking|thought|thoughts|reasoning|analysis|scratchpad)>")
WRAPPED: Final = re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf|mathit|operatorname|displaystyle)\s?\{([^{}]*)\}")
BOXED: Final = re.compile(r"\\(?:boxed|fbox)\s?\{([^{}]*)\}")
ANSWER_TAG: Final = "<answer>"
LATEX: Final = re.compile(r"\\[a-z]+|[\\$]")
MARKUP: Final = re.compile(r"</?[a-z][^<>]*>|[*_`#~{}\[\]|]+")
CONCLUSION: Final = re.compile(
    r"\b(?:answer|result|solution|outcome|value|total|number|conclusion)\b[^.\n]{0,120}?"
    r"(?:\b(?:is|equals|would be|must be)\b|[:=])"
    r"|(?:^|[.!?\n])\s{0,4}(?:therefore|thus|hence|so)\b"
)
INVISIBLE: Final = ("Mn", "Me", "Cf")  # accents, enclosing marks, soft hyphens
END_OF_CLAUSE: Final = re.compile(r"[.!?](?=\s|$)|\n|[;(]|\b(?:because|since|whereas|while|given that|as)\b")
HEDGE: Final = re.compile(r"\W*(?:or|and|maybe|perhaps|possibly|alternatively)\b")
FEWEST_WORDS_AFTER: Final = 4  # of an explanation that follows an answer; fewer may be a second answer


def cleaned(text: str) -> str:
    r"""Return a reply in lower case without thoughts, LaTeX, markup and accents; of a reply with a boxed result, that alone.

    >>> cleaned("<think>3? No.</think> The ANSWER is $\\boxed{\\text{4}}$.")
    '4'
    >>> cleaned("So: **Piñata**").strip()
    'so:  pinata'
    """
    decomposed = unicodedata.normalize("NFKD", text).replace("’", "'")
    plain = "".join(letter for letter in decomposed if unicodedata.category(letter) not in INVISIBLE).casefold()
    unwrapped = WRAPPED.sub(r"\1", _without_thoughts(plain))
    boxes = BOXED.findall(unwrapped)
    tagged = unwrapped.rpartition(ANSWER_TAG)[2].partition("</answer>")[0]  # all of it where there is no tag
    return MARKUP.sub(" ", LATEX.sub(" ", boxes[-1] if boxes else tagged))


def conclusion(reply: str) -> str:
    """Return the clause after the last words that announce a result; nothing where none do.

    >>> conclusion("7 - 3 is easy. the answer is 4, as you see. ask again!")
    '4, '
    """
    ends = [found.end() for found in CONCLUSION.finditer(reply)]
    return first_clause(reply[ends[-1] :].lstrip(" \n:")) if ends else ""


def first_clause(text: str) -> str:
    """Return a text up to the first end of a sentence or line, or the first word that begins an explanation."""
    end = END_OF_CLAUSE.search(text)
    return text[: end.start()] if end else text


def first_line(reply: str) -> str:
    """Return the first clause where an explanation follows it, and nothing where it may be one of several answers."""
    start = reply.lstrip()
    clause = first_clause(start)
    after = start[len(clause) + 1 :]
    return clause if len(after.split()) >= FEWEST_WORDS_AFTER and not HEDGE.match(after) else ""


def _without_thoughts(text: str) -> str:
    """Return what stands outside thinking tags; before an end without start, or after a start without end, all is thought."""
    said, depth, start = list[str](), 0, 0
    for tag in THOUGHT.finditer(text):
        if not tag[1]:
            said += [text[start : tag.start()]] if not depth else []
            depth += 1
        elif depth:
            depth -= 1
        else:
            said = []
        start = tag.end()
    return " ".join(said if depth else [*said, text[start:]])
