"""Finds the one symbol that a `mapping` text asks about, in the sentences that are no rules.

A symbol is named by its kind ("the letter A"), by quotes, or by standing where no word stands. Articles and pronouns look like
symbols ("A picture", "I would like"), so those count only where they cannot be anything else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from unisandbox.generators.solvers.mapping_doubts import doubt, undoes
from unisandbox.generators.solvers.mapping_lexicon import ARTICLES, ASKING, COUNTED, KINDS, NEUTRAL, NUMBER_WORDS, WORD_KINDS
from unisandbox.generators.solvers.mapping_statements import HEAD
from unisandbox.generators.solvers.mapping_things import QUOTED, Rule, Thing, is_symbol_form
from unisandbox.generators.solvers.reading import NoTargetError, UnreadableError

WORDS = re.compile(r"[a-z][a-z'’]*")
POSSESSIVE = re.compile(r"(.+)['’]s")
TRIMMED = re.compile(r"[(\"'“‘]*(.*?[^\W_])[)\"'”’.,;:!?]*")
MARKS = frozenset(".,;:!?)\"'”’")
NAMELESS = re.compile(r"\b(?:symbol|letter|number|digit|character|sign|word|code)s?\b|(?<=[a-z] )[A-Z][a-z]")
SCENE = re.compile(r"(?:someone|somebody|you|they|he|she|we|i|a friend|your friend|now|suppose|imagine)\b", re.IGNORECASE)
BEFORE = KINDS | WORD_KINDS
LOOKALIKES = frozenset({"A", "a", "I"})


def asked(sentences: Sequence[str], rules: Sequence[Rule]) -> str:
    """Return the name of the symbol that the sentences ask about, known to the rules or not.

    Raises:
        UnreadableError: It cannot be told for sure which one, or a sentence says something unknown.
        NoTargetError: None of them names a symbol.
    """
    known = _known(rules)
    words = [WORDS.findall(sentence.lower()) for sentence in sentences]
    asking = [not ASKING.isdisjoint(found) for found in words]
    symbols: dict[str, str] = {}
    for sentence, low, asks in zip(sentences, words, asking, strict=True):
        named = _named(sentence, known) or [long for long in known if " " in long and long in sentence.lower()]
        scene = bool(named) and any(asking) and SCENE.match(sentence) is not None
        reason = _objection(sentence, low, named, asks=asks or scene)
        if reason is not None:
            raise UnreadableError(f"{reason}: {sentence}")
        symbols.update(dict.fromkeys(named, sentence))
    if len(symbols) > 1:
        raise UnreadableError(f"asks about several symbols: {', '.join(symbols)}")
    for symbol, sentence in symbols.items():
        if symbol not in known and not HEAD.match(sentence):
            raise UnreadableError(f"may be a rule or a question: {sentence}")
        return symbol
    raise _nothing_asked(sentences, rules)


def _objection(sentence: str, words: Sequence[str], named: Sequence[str], *, asks: bool) -> str | None:
    """Return why a sentence beside the rules makes a text unsure, or None."""
    undoing = undoes(words)
    if undoing is not None:
        return f"{undoing!r} may change the rules"
    if words[:1] == ["rule"]:
        return "not read as a rule"
    if not named:
        return None if asks or not NEUTRAL.isdisjoint(words) else "neither a rule nor a question"
    return doubt(sentence, words, named) if asks else "names a symbol, but is neither a rule nor a question"


def name(text: str) -> str:
    """Return what two names of the same thing have in common: words are equal whatever their capitals, letters are not."""
    return text if len(text) < 3 else NUMBER_WORDS.get(text.lower(), text.lower())


def key_name(thing: Thing) -> str:
    """Return the name of a thing that rules read: of "the word zib" it is zib."""
    return name(thing.alias or thing.name)


def _known(rules: Sequence[Rule]) -> set[str]:
    """Return the names of what the rules read, and of all else that is a symbol by its form."""
    known = set()
    for key, value, both_ways in rules:
        known.add(key_name(key))
        if value.symbol or (both_ways and not key.symbol):
            known.add(name(value.name))
    return known


def _nothing_asked(sentences: Sequence[str], rules: Sequence[Rule]) -> Exception:
    """Return the error of a text that names no symbol outside its rules, as far as can be told."""
    values = {name(rule.value.name) for rule in rules}
    for rule in rules:
        if not rule.key.symbol and rule.value.symbol and name(rule.key.name) not in values:
            return UnreadableError(f"may be a rule or not: {rule.key.name} … {rule.value.name}")
    for sentence in sentences:
        if NAMELESS.search(sentence):
            return UnreadableError(f"asks about a symbol that is not named for sure: {sentence}")
    return NoTargetError("no sentence asks about a symbol")


def _named(sentence: str, known: Collection[str]) -> list[str]:
    """Return the symbols that a sentence names, in order.

    Raises:
        UnreadableError: A word that may be a symbol or not is all there is.
    """
    sure: dict[str, None] = {}
    doubtful: dict[str, None] = {}
    words, before = sentence.split(), ""
    for place, chunk in enumerate(words):
        low = chunk.lower()
        is_word = len(chunk) > 1 and chunk.isalpha() and (low == chunk or len(chunk) > 3)
        if not is_word or before in BEFORE or low in known:
            token = _clean(chunk, known)
            if _is_sure(words, place, token, before, known):
                sure[token] = None
            elif token in known or _is_foreign(token, place, before, words[place + 1] if place + 1 < len(words) else ""):
                doubtful[token] = None
        before = low
    if sure or not doubtful:
        return list(sure)
    unsure = [token for token in doubtful if token in known]
    if any(token not in LOOKALIKES for token in unsure):
        raise UnreadableError(f"{unsure[0]} may be a symbol or not in: {sentence}")
    return [token for token in doubtful if token not in known]


def _clean(chunk: str, known: Collection[str]) -> str:
    """Return a chunk without the marks around it: "'A'," -> A; of a chunk of marks what the rules know."""
    chunk = chunk.removeprefix(QUOTED)
    owner = POSSESSIVE.fullmatch(chunk)
    chunk = owner[1] if owner else chunk
    if name(chunk) in known:
        return name(chunk)
    shorter = chunk[:-1] if len(chunk) > 1 and chunk[-1] in MARKS else chunk
    if name(shorter) in known:
        return name(shorter)
    trimmed = TRIMMED.fullmatch(chunk)
    return name(trimmed[1]) if trimmed else shorter


def _is_sure(words: Sequence[str], place: int, token: str, before: str, known: Collection[str]) -> bool:
    """Return whether a token of a question is a symbol: by quotes, by a kind word, or as one of the rules."""
    chunk = words[place]
    after = words[place + 1] if place + 1 < len(words) else ""
    if chunk[0] == QUOTED:
        return True
    if before in KINDS:
        return token in known or (is_symbol_form(token) and token not in "-–—(") or chunk[0].isupper()
    if token in known and not _is_filler(token, place, before, after):
        return True
    return after.lower() in ("symbol", "sign", "character") and is_symbol_form(token) and chunk.lower() not in ARTICLES


def _is_filler(token: str, place: int, before: str, after: str) -> bool:
    """Return whether a token that equals a symbol is an article, a pronoun or a count here, or may be one."""
    if token.isdigit():
        return after.lower().strip(".,") in COUNTED or before in COUNTED
    if token not in LOOKALIKES:
        return False
    verb_follows = len(after) > 2 and after.endswith("s") and after.islower()
    if token == "A":
        return place == 0 and not verb_follows
    return after != "" and not verb_follows


def _is_foreign(token: str, place: int, before: str, after: str) -> bool:
    """Return whether a token that no rule knows has the form of a symbol."""
    if token in LOOKALIKES:
        return not _is_filler(token, place, before, after)
    if token.isdigit():
        return not _is_filler(token, place, before, after)
    if len(token) != 1:
        return False
    return token.isupper() if token.isalpha() else token not in "-–—.,;:"
