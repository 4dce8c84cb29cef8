"""Says which choice a judge's reply names, however it is written; what cannot be told is none."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from unisandbox.evaluation.answers import Answered, Lexicon, answered
from unisandbox.evaluation.numerals import is_number

PARSER: Final = 1  # part of a judge's identity; one more whenever a reply may be read as something else
ANSWER: Final = "answer"
FENCE: Final = re.compile(r"\A\s*```(?:json)?\s*(.*?)\s*(?:```\s*)?\Z", re.DOTALL | re.IGNORECASE)
MORE_THAN: Final = re.compile(r"more than (\d+)")
SAID_MORE: Final = r"\b(?:more than|over|above|greater than)\s+(?:{0})\b|[>＞]\s*{0}\b|\b{0}\s*\+"
IN_WORDS: Final = {"20": "twenty"}


def choice_of(text: str, choices: Sequence[str], lexicon: Lexicon, *, truncated: bool = False) -> str | None:
    """Return the choice that a reply names, or a number beyond the numbers among them; None where that cannot be told.

    Args:
        text: The reply as it came.
        choices: All answers that are allowed.
        lexicon: Of the release.
        truncated: Whether the reply was cut short; its last word then does not count.

    >>> lexicon = Lexicon([["pear", "knife"]], {"knife": "knives"})
    >>> counts = (*map(str, range(21)), "more than 20")
    >>> [choice_of(text, counts, lexicon) for text in ("Twelve.", '{"answer": "3"}', "More than twenty pears", "23")]
    ['12', '3', 'more than 20', '23']
    >>> [choice_of(text, counts, lexicon) for text in ("vier", '{"answer": "1', "")]
    [None, None, None]
    >>> choice_of("KNIVES", ("knife", "pear"), lexicon), choice_of("I see 1", counts, lexicon, truncated=True)
    ('knife', None)
    """
    said = _unpacked(text, truncated=truncated)
    if said is None:
        return None
    exact = {choice.casefold(): choice for choice in choices}
    if (found := exact.get(said.strip(" \n\t.\"'`*").casefold())) is not None and not truncated:
        return found
    whole = said.rpartition(" ")[0] if truncated else said
    numbers = [choice for choice in choices if is_number(choice)]
    if not numbers:
        return _named(whole, choices, lexicon)
    beyond = [choice for choice in choices if (more := MORE_THAN.fullmatch(choice)) and _says_more(whole, more[1])]
    return beyond[0] if beyond else _named(whole, numbers, lexicon, numeric=True)


def _named(text: str, choices: Sequence[str], lexicon: Lexicon, *, numeric: bool = False) -> str | None:
    found = answered(text, choices, lexicon)
    if not isinstance(found, Answered):
        return None
    return found.named if found.choice is not None or (numeric and found.named.isdecimal()) else None


def _says_more(text: str, number: str) -> bool:
    either = f"{number}|{IN_WORDS[number]}" if number in IN_WORDS else number
    return re.search(SAID_MORE.format(either), text, re.IGNORECASE) is not None


def _unpacked(text: str, *, truncated: bool) -> str | None:
    """Return the answer inside a JSON reply, or the reply where it is no JSON; None of half a JSON or one without."""
    fenced = FENCE.match(text)
    bare = (fenced[1] if fenced else text).strip()
    if not bare.startswith(("{", "[")):
        return text
    try:
        found: Any = None if truncated else json.loads(bare)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict):
        found = found.get(ANSWER, next(iter(found.values())) if len(found) == 1 else None)
    elif isinstance(found, list):
        found = found[0] if len(found) == 1 else None
    if isinstance(found, int | str) and not isinstance(found, bool):
        return str(found)
    return None
