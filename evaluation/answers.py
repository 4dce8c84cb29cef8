"""Says which of an item's choices a reply names, whatever is said around it; what names none or several is no answer.

The choices are not shown to a model. So a reply that names one thing of the same sort beside them (another number, another object
of the vocabulary) is an answer, and a wrong one; so is one that says it does not know. Prose that names nothing, or two things,
is neither right nor wrong: it is a fault of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from unisandbox.evaluation.numerals import DIGITS, is_number, numbers_of
from unisandbox.evaluation.protocol import Fault
from unisandbox.evaluation.reply_text import cleaned, conclusion, first_line

LONGEST_REPLY: Final = 20_000  # characters; an answer has a few words, a reasoning some thousand characters
TOKEN: Final = re.compile(rf"{DIGITS}|[^\W\d]+(?:'[^\W\d]+)*")
AFTER_EQUALS: Final = re.compile(r".*=", re.DOTALL)
REFUSING: Final = re.compile(
    r"\b(?:i (?:can not|cannot|can't|will not|won't)|unable to) (?:help|assist|comply|fulfil|answer|provide)"
)
UNKNOWING: Final = re.compile(
    r"\bi (?:do not|don't|cannot|can't|can not) (?:know|tell|say|determine)\b|\bi'?(?: a)?m not (?:sure|certain|aware|familiar)\b"
    r"|\bi (?:do not|don't) have (?:any )?(?:information|knowledge)|\bi have no (?:idea|information|knowledge)\b|\bunknown\b"
    r"|\bnot enough information\b|\bcan(?:not|'t| not) be (?:determined|known)\b|\bis (?:not known|not specified|unclear)\b"
)
WORN: Final = "glasses|eyewear|spectacles|sunglasses|hat|hats|headwear|anything"
NOTHING_WORN: Final = re.compile(
    rf"(?:\bno|\bwithout(?: any| a)?|(?:n't|\bnot) wear(?:ing)?(?: any| a)?) (?:{WORN})\b|\bnothing\b"
)
NOTHING: Final = "none"  # the value of what is not worn
NEGATIONS: Final = (("not",), ("isn't",), ("rather", "than"), ("instead", "of"))
ARTICLES: Final = ("a", "an", "the")
SPELLINGS: Final = {"blonde": "blond", "braided": "braids", "curls": "curly"}  # values as people also say them

Words = tuple[str, ...]
Forms = Mapping[str, tuple[tuple[Words, str], ...]]  # first word -> (all words, name), the longest first


@dataclass(frozen=True, slots=True)
class Answered:
    """What a reply says: one of the choices, or None where it names something else or says that it does not know."""

    choice: str | None
    named: str


class Lexicon:
    """What answers may be in a release, sort by sort: objects, names, and the values of each attribute.

    Args:
        sorts: The terms of each sort.
        plurals: Singular -> plural of the objects.
    """

    def __init__(self, sorts: Iterable[Iterable[str]], plurals: Mapping[str, str]) -> None:
        self._plurals = dict(plurals)
        self._sorts = [(frozenset(terms), self._forms(terms)) for terms in map(tuple, sorts)]
        self._own: dict[Words, Forms] = {}

    def forms(self, choices: Sequence[str]) -> Forms:
        """Return all terms of the sort that the choices belong to, by first word; of choices of no sort, themselves."""
        for terms, forms in self._sorts:
            if terms.issuperset(choices):
                return forms
        return self._own.setdefault(tuple(choices), self._forms(choices))

    def _forms(self, terms: Iterable[str]) -> Forms:
        found: dict[str, list[tuple[Words, str]]] = {}
        for term in terms:
            for form in {term, f"{term}s", term.removesuffix("s"), self._plurals.get(term, term)}:
                tokens = _tokens(cleaned(form))
                for words in {tokens, ("".join(tokens),)}:  # teddy bear, teddybear
                    found.setdefault(words[0], []).append((words, term))
        return {first: tuple(sorted(forms, key=lambda form: (-len(form[0]), form))) for first, forms in found.items()}


def answered(text: str, choices: Sequence[str], lexicon: Lexicon) -> Answered | Fault:
    """Return which choice a reply names, or a fault: `bad_reply` where it names none or several, `refused`.

    A boxed result counts alone; then the clause after the last "answer is" or its like, then a first line that is nothing but an
    answer, then all of the reply. What was thought between thinking tags does not count.

    Args:
        text: The reply as it came.
        choices: The closed answer set of the item.
        lexicon: Of the release.

    >>> lexicon = Lexicon([["parrot", "avocado", "knife"]], {"parrot": "parrots", "knife": "knives"})
    >>> answered("The answer is **4** apples.", ["3", "4"], lexicon)
    Answered(choice='4', named='4')
    >>> answered("Two Parrots!", ["parrot", "avocado"], lexicon).choice
    'parrot'
    >>> answered("A parrot or an avocado.", ["parrot", "avocado"], lexicon).kind
    'bad_reply'
    """
    if len(text) > LONGEST_REPLY:
        return Fault("bad_reply", f"a reply of {len(text):,} characters")
    reply = cleaned(text)
    named, knows = _settled(reply, choices, lexicon), not UNKNOWING.search(reply)
    if len(named) == 1 and knows:
        return Answered(named[0] if named[0] in choices else None, named[0])
    if not named and REFUSING.search(reply):
        return Fault("refused", _quoted(text))
    if not named and not knows:
        return Answered(None, "does not know")
    return Fault("bad_reply", f"names {', '.join(named[:4]) or 'no answer'}: {_quoted(text)}")


def _settled(reply: str, choices: Sequence[str], lexicon: Lexicon) -> list[str]:
    """Return what the part of a reply names that settles it."""
    for part in (conclusion(reply), _after_equals(reply, choices)):
        if len(named := _named(part, choices, lexicon)) == 1:
            return named
    start = first_line(reply)
    if len(named := _named(start, choices, lexicon)) == 1 and len(_tokens(start, ARTICLES)) == len(_tokens(cleaned(named[0]))):
        return named
    return _named(reply, choices, lexicon)


def _after_equals(reply: str, choices: Sequence[str]) -> str:
    """Return what stands after the last `=` of a calculation; of rules such as `@ = parrot` the last is no result."""
    found = AFTER_EQUALS.match(reply) if all(map(is_number, choices)) else None
    return reply[found.end() :] if found else ""


def _named(text: str, choices: Sequence[str], lexicon: Lexicon) -> list[str]:
    """Return what a text names, each once, without what it says is not so."""
    if NOTHING in choices:
        text = NOTHING_WORN.sub(f" {NOTHING} ", text)
    tokens = _tokens(text)
    found = numbers_of(tokens) if all(map(is_number, choices)) else _terms(tokens, lexicon.forms(choices))
    names = list(dict.fromkeys(name for name, start in found if not _is_negated(tokens, start)))
    if len(names) > 1 and "1" in names and "1" not in tokens:
        names.remove("1")  # "the one that …" is no number where another is named
    return names


def _terms(tokens: Words, forms: Forms) -> list[tuple[str, int]]:
    """Return the terms among words with the index of their first word; a longer term hides those inside it."""
    found, index = list[tuple[str, int]](), 0
    while index < len(tokens):
        fits = ((words, name) for words, name in forms.get(tokens[index], ()) if tokens[index : index + len(words)] == words)
        words, name = next(fits, ((), ""))
        found += [(name, index)] if words else []
        index += max(len(words), 1)
    return found


def _is_negated(tokens: Words, start: int) -> bool:
    before = tokens[max(start - 3, 0) : start]
    before = before[:-1] if before and before[-1] in ARTICLES else before
    return any(before[-len(words) :] == words for words in NEGATIONS)


def _tokens(text: str, without: Sequence[str] = ()) -> Words:
    tokens = (SPELLINGS.get(token, token) for token in (one.removesuffix("'s") for one in TOKEN.findall(text)))
    return tuple(token for token in tokens if token not in without)


def _quoted(text: str) -> str:
    return repr(" ".join(text.split())[:80])
