"""Reads a left thing and the words from a verb on as a rule: "# stands for an apple", "An apple is denoted by #".

The verb itself is not looked up: only what turns a rule round, or leaves open which side is the symbol, is listed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from unisandbox.generators.solvers import mapping_lexicon as lexicon
from unisandbox.generators.solvers.mapping_things import PLAIN, Rule, Thing, thing

VERB = re.compile(r"[a-z]+(?:-[a-z]+)*[a-rt-z]s|is|has")
PARTICIPLE = re.compile("[a-z]{2,}(?:ed|nt)|[a-z]+wn")


def is_verb(word: str) -> bool:
    """Return whether a verb phrase of one subject may start with a word."""
    if word in lexicon.NOT_VERBS:
        return False
    return word in lexicon.BE or word in lexicon.MODALS or VERB.fullmatch(word) is not None


def is_adverb(word: str) -> bool:
    """Return whether a word between subject and verb says only how: "always", "directly"."""
    return word in lexicon.ADVERBS or (len(word) > 4 and word.endswith("ly") and word.islower())


def predicate(left: Thing, words: Sequence[str]) -> Rule | None:
    """Return the rule of a left thing and the words from its verb on, or None."""
    modal, place = False, 0
    while place < len(words) and (words[place] in lexicon.MODALS or is_adverb(words[place])):
        modal |= words[place] in lexicon.MODALS
        place += 1
    if place + 1 >= len(words) or (modal and words[place] != "be" and is_verb(words[place])):
        return None  # "a watering can is …" has no modal verb
    verb, rest = words[place], words[place + 1 :]
    if verb in lexicon.BE:
        return _passive(left, rest)
    if verb in lexicon.UNCERTAIN_VERBS or not (PLAIN.fullmatch(verb) if modal else is_verb(verb)):
        return None
    return _active(left, verb, rest)


def _active(left: Thing, verb: str, rest: Sequence[str]) -> Rule | None:
    """Return the rule of "# stands for an apple", "# leads you to an apple", "# has the meaning apple"."""
    place = _skip_links(rest, 0)
    place = _skip_meaning(rest, place) if verb in lexicon.HOLDING else place
    place = _skip_sign(rest, place)
    right = thing(rest[place:])
    if place == 0 and verb in lexicon.HOLDING:
        return None
    both = verb in lexicon.BOTH_WAYS or not lexicon.BOTH_WAYS.isdisjoint(rest[:place])
    return None if right is None else Rule(left, right, both)


def _skip_links(words: Sequence[str], place: int) -> int:
    """Return the place after adverbs, pronouns, prepositions and the infinitives that follow them."""
    linked = False
    while place < len(words) - 1:
        word = words[place]
        if word in lexicon.PREPOSITIONS or (linked and word in lexicon.INFINITIVES):
            linked = True
        elif word not in lexicon.ADVERBS and word not in lexicon.PRONOUNS:
            break
        place += 1
    return place


def _noun_place(words: Sequence[str], place: int) -> int:
    """Return the place of the noun of "a secret code for …": after its article and adjectives."""
    place += words[place].lower() in lexicon.ARTICLES
    while place < len(words) - 2 and words[place] in lexicon.SIGN_ADJECTIVES:
        place += 1
    return place


def _skip_sign(words: Sequence[str], place: int) -> int:
    """Return the place after "a code for", "the place of", "a picture of"; the same place if no such words stand there."""
    noun = _noun_place(words, place)
    if noun + 2 >= len(words) or words[noun] not in lexicon.SIGN_NOUNS:
        return place
    of = words[noun + 1] == "of" and words[noun] not in lexicon.COUNTING
    return noun + 2 if of or words[noun + 1] in lexicon.LINKING else place


def _skip_meaning(words: Sequence[str], place: int) -> int:
    """Return the place after "the meaning", "the value of"; the same place if no such words stand there."""
    noun = _noun_place(words, place)
    if noun + 1 >= len(words) or words[noun] not in lexicon.MEANING_NOUNS:
        return place
    return noun + 2 if words[noun + 1] == "of" else noun + 1


def _copula(left: Thing, rest: Sequence[str]) -> Rule | None:
    """Return the rule of "# is an apple", "# is for cats", "# is linked to @", "7 is the meaning of A"."""
    place = 0
    while place < len(rest) - 1 and is_adverb(rest[place]) and rest[place] not in lexicon.LINKING:
        place += 1
    after = _skip_complement(rest, place)
    if after > place:
        right = thing(rest[after:])
        return None if right is None else Rule(left, right, not lexicon.BOTH_WAYS.isdisjoint(rest[place:after]))
    noun = _noun_place(rest, place)
    if noun + 2 < len(rest) and rest[noun] in lexicon.MEANING_NOUNS and rest[noun + 1] in ("of", "for", "behind"):
        key = thing(rest[noun + 2 :])
        return Rule(key, left) if key is not None and key.symbol else None
    plain = thing(rest[place:])
    return None if plain is None else Rule(left, plain, both_ways=True)


def _skip_complement(rest: Sequence[str], place: int) -> int:
    """Return the place after "for", "linked to", "the code for", "shorthand for"; the same place if none of them stands there."""
    if rest[place] in lexicon.LINKING:
        return _skip_links(rest, place)
    after_sign = _skip_sign(rest, place)
    if after_sign > place:
        return after_sign
    start = place + (rest[place] == "the" and rest[place + 1 : place + 2] == ["same"])
    if start + 2 >= len(rest) or rest[start + 1] not in lexicon.LINKING:
        return place
    joint = rest[start]
    if joint in lexicon.UNRELATED:
        return place
    if is_participle(joint) or joint in lexicon.COMPLEMENTS or (rest[start + 1] in ("to", "for") and PLAIN.fullmatch(joint)):
        return _skip_sign(rest, _skip_links(rest, start + 1))
    return place


def is_participle(word: str) -> bool:
    """Return whether a word has the form of "represented", "meant", "shown"."""
    return PARTICIPLE.fullmatch(word) is not None or word in lexicon.IRREGULAR


def _passive(left: Thing, rest: Sequence[str]) -> Rule | None:
    """Return the rule of "An apple is represented by #" (# leads to an apple), "# is read as an apple", "A is linked with 7"."""
    if len(rest) < 3:
        return _copula(left, rest)
    place = 0
    while place < len(rest) - 3 and is_adverb(rest[place]):
        place += 1
    participle, end = rest[place], place + 1
    while end < len(rest) - 2 and is_adverb(rest[end]):
        end += 1
    joint = rest[end]
    if joint not in ("by", "as", "with", "using", "via", "through") or not is_participle(participle):
        return _copula(left, rest)
    right = thing(rest[end + 1 :])
    if right is None or participle in lexicon.UNCERTAIN_PASSIVES:
        return _copula(left, rest) if joint in lexicon.LINKING and right is None else None
    if participle in lexicon.MOVED_ON:
        return Rule(left, right)
    if participle in lexicon.WRITTEN and joint != "by":
        return _written(left, right)
    if joint == "by":
        return None if left.symbol and not right.symbol else Rule(right, left)  # "# is meant by an apple" may be meant either way
    return Rule(left, right, participle in lexicon.BOTH_WAYS) if joint in lexicon.LINKING else None


def _written(left: Thing, right: Thing) -> Rule | None:
    """Return the rule of "An apple is written as #"; of two symbols or two words it is open which one is written."""
    if left.symbol == right.symbol:
        return None
    return Rule(left, right) if left.symbol else Rule(right, left)
