"""The rules that single texts of a wording file keep: slots, blanks, first and last character.

`templates.py` reads the files and keeps the rules that concern several templates; it says what the rules are.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator

from unisandbox.errors import Violation


def slots_in(text: str) -> list[str] | None:
    """Return the slots of a text in order, or None where its braces do not make plain slots."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return None
    slots = [name for _, name, _, _ in parts if name is not None]
    plain = all(not spec and not conversion for _, _, spec, conversion in parts) and all(slot.isidentifier() for slot in slots)
    return slots if plain else None


def _blank_faults(place: str, text: str) -> Iterator[Violation]:
    if text != " ".join(text.split()):
        yield Violation(place, repr(text), "single blanks, none at an end", "remove the blanks")


def template_faults(place: str, text: str, declared: tuple[str, ...]) -> Iterator[Violation]:
    """Yield what is wrong with the text of a template that must use each `declared` slot once.

    >>> [violation.found for violation in template_faults("draw d01", "Draw {value}.", ("value", "objects"))]
    ['no slot {objects}']
    """
    yield from _blank_faults(place, text)
    if not text.endswith((".", "?", "!")):
        yield Violation(place, repr(text[-10:]), "an end in . ? or !", "add the mark")
    if not (text[:1].isupper() or text.startswith("{")):
        yield Violation(place, repr(text[:10]), "a capital or a slot first", "capitalise it")
    used = slots_in(text)
    if used is None:
        yield Violation(place, repr(text), "plain slots such as {value}", "correct the braces")
        return
    for slot, times in sorted(Counter(used).items()):
        if slot not in declared:
            yield Violation(place, f"slot {{{slot}}}", " | ".join(declared), "take it out or declare it under [slots]")
        elif times > 1:
            yield Violation(place, f"slot {{{slot}}} {times} times", "once", "say it once")
    for slot in declared:
        if slot not in used:
            yield Violation(place, f"no slot {{{slot}}}", "every declared slot once", "put it in")


def bare(text: str) -> str:
    """Return a text without case and punctuation, slots kept."""
    return " ".join(re.findall(r"\{\w*\}|\w+", text.lower()))


def phrase_faults(place: str, texts: tuple[str, ...]) -> Iterator[Violation]:
    """Yield what is wrong with a list of phrases: all have the slots of the first, and no two are alike."""
    slots = [slots_in(text) for text in texts]
    for text, own in zip(texts, slots, strict=True):
        yield from _blank_faults(place, text)
        if own is None:
            yield Violation(place, repr(text), "plain slots such as {value}", "correct the braces")
        elif set(own) != set(slots[0] or ()):
            yield Violation(place, repr(text), "the slots of the first of the list", "give all texts the same slots")
    for text, times in sorted(Counter(map(bare, texts)).items()):
        if times > 1:
            yield Violation(place, f"{text!r} {times} times", "texts that differ", "remove the repeats")
