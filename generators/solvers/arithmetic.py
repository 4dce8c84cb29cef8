"""Reads arithmetic in symbols, operator words and function calls: an expression grammar over a list of words.

One reader walks the words once, left to right, and computes as it reads; a phrase that could belong to either of two operands is
read as tightly as it can be, or with `greedy` as widely, and noted as `ambiguous`, so that a caller can compare the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from unisandbox.generators.solvers.arithmetic_operations import Number, applied
from unisandbox.generators.solvers.arithmetic_words import (
    BINARY,
    BRACKETS,
    FUNCTIONS,
    IMPERATIVES,
    INFIXES,
    MARKS,
    MAY_BE_ADJECTIVES,
    NEED_AN_OPERAND,
    NUMBERS,
    OPENERS,
    PARTICIPLES,
    PASSIVES,
    POSTFIXES,
    POWERS,
    REFERENCES,
    STEP_ENDS,
    SUPERSCRIPTS,
    TENS,
    Infix,
)
from unisandbox.generators.solvers.reading import UnreadableError

DEEPEST = 50
LONGEST_NUMBER = 12
DIGITS = frozenset("0123456789")


class Expressions:
    """A reader of one arithmetic phrase.

    Args:
        words: The words of the text, with `END` four times behind them.
        at: Index of the first word of the phrase.
        greedy: Whether the last operand of a phrase reaches as far as it can.

    Attributes:
        at: Index of the next word.
        operations: How many operations were read.
        ambiguous: Whether the other way of `greedy` could give another value.
    """

    def __init__(self, words: Sequence[str], at: int, greedy: bool) -> None:
        self.words = words
        self.at = at
        self.greedy = greedy
        self.operations = 0
        self.ambiguous = False
        self.last = ""  # the operator computed last
        self.passive = True  # whether "is divided by" is read like "divided by"
        self.depth = 0

    def expression(self, floor: int = 1) -> Number:
        """Return the value of operands joined by operators that bind at least as strongly as `floor`."""
        value, joined = self.operand(floor), False
        while (infix := self.infix()) is not None and infix.strength >= floor:
            if infix.operator == "%" and floor == 2 and self.words[self.at] != "%":
                raise UnreadableError("a modulo in words beside a sum needs brackets")
            value, joined = self.joined(value, infix, joined), True
        return value

    def joined(self, left: Number, infix: Infix, compound: bool = False) -> Number:
        """Return the value of an operator between `left` and what follows; `compound` says that `left` is an unbracketed one."""
        self.pass_infix(infix)
        self.refuse_order()
        if infix.loose:
            if compound and infix.tail[0] != "by":
                raise UnreadableError(f"what stands before '{self.words[self.at - 1]}' can be read in two ways")
            right = self.last_operand()
            return self.compute("-", right, left) if infix.operator == "from" else self.compute(infix.operator, left, right)
        right = self.expression(3 if infix.operator == "^" else infix.strength + 1)
        return self.compute(infix.operator, left, right)

    def infix(self) -> Infix | None:
        """Return the operator that stands next, or None; it is not passed yet."""
        word, after = self.words[self.at], self.at + 1
        if word in PASSIVES and self.passive:
            after += self.words[after] == "then"
            word, after = (self.words[after], after + 1) if self.words[after] in PARTICIPLES else ("", after)
        for infix in INFIXES.get(word, ()):
            end = after + len(infix.tail)
            if not infix.tail or tuple(self.words[after:end]) == infix.tail:
                return infix if word not in NEED_AN_OPERAND or self.opens(end) else None
        return None

    def pass_infix(self, infix: Infix) -> None:
        """Move behind an operator that `infix` returned."""
        if self.words[self.at] in PASSIVES:
            self.at += 2 if self.words[self.at + 1] == "then" else 1
        self.at += 1 + len(infix.tail)

    def operand(self, floor: int = 1) -> Number:
        """Return the value of one operand with what follows it at once: squared, doubled, to the second power."""
        value = self.unit()
        while (postfix := self.postfix()) is not None:
            operator, number, width = postfix
            if operator != "^" and floor > 1:
                raise UnreadableError(f"'{self.words[self.at]}' after a sum or product can be read in two ways")
            self.at += width
            value = self.compute(operator, value, number)
        return value

    def postfix(self) -> tuple[str, int, int] | None:
        """Return operator, right operand and number of words of a postfix that stands next, or None."""
        word, start = self.words[self.at], self.at
        if word in PASSIVES and self.words[start + 1] in POSTFIXES and self.passive:
            return (*POSTFIXES[self.words[start + 1]], 2)
        if word in POSTFIXES:
            after = self.words[start + 1]
            plain = word in MAY_BE_ADJECTIVES and after[0].isalpha() and after not in INFIXES and after not in STEP_ENDS
            return None if plain else (*POSTFIXES[word], 1)
        start += word == "raised"
        if self.words[start] == "to" and self.words[start + 1] in POWERS and self.words[start + 2] == "power":
            return "^", POWERS[self.words[start + 1]], start + 3 - self.at
        return None

    def last_operand(self) -> Number:
        """Return the operand that ends a phrase: one unit, or if `greedy` all that follows."""
        self.refuse_order()
        if self.greedy:
            passive, self.passive = self.passive, False
            value = self.expression()
            self.passive = passive
            return value
        value = self.unit()
        if self.words[self.at] not in PASSIVES and (self.infix() is not None or self.postfix() is not None):
            self.ambiguous = True
        return value

    def refuse_order(self) -> None:
        """Refuse an imperative in the place of an operand: "plus add 3"."""
        if self.words[self.at] in IMPERATIVES:
            raise UnreadableError(f"'{self.words[self.at]}' is no number")

    def unit(self) -> Number:
        """Return the value of a number, bracket, call or phrase."""
        self.depth += 1
        word = self.words[self.at]
        if self.depth > DEEPEST:
            raise UnreadableError("nested too deeply")
        if word[0] in DIGITS:
            value = self.number()
        elif word in OPENERS:
            value = getattr(self, OPENERS[word])()
        elif word == "-" and self.words[self.at + 1][0] in DIGITS:
            self.at += 1
            value = self.negative()
        else:
            value = self.reference()
        self.depth -= 1
        return self.marked(value) if self.words[self.at] in MARKS else value

    def negative(self) -> Number:
        """Return a negative number in digits."""
        value = -self.number()
        if self.words[self.at] in MARKS or self.words[self.at] == "^" or self.postfix() is not None:
            raise UnreadableError("the power of a negative number without brackets")
        return value

    def opens(self, at: int) -> bool:
        """Return whether an operand can begin at an index."""
        word = self.words[at]
        return word[0] in DIGITS or word in OPENERS or word in REFERENCES

    def reference(self) -> Number:
        """Return what a word like `it` stands for."""
        raise UnreadableError(f"'{self.words[self.at].strip() or 'the end'}' is no number")

    def number(self) -> Number:
        """Return a number in digits."""
        text = self.words[self.at]
        whole = text.isdecimal()
        plain = whole or text.replace(".", "", 1).isdecimal()
        if not plain or len(text) > LONGEST_NUMBER or (whole and text[0] == "0" != text):
            raise UnreadableError(f"'{text[:LONGEST_NUMBER]}' is no number that can be read for sure")
        self.at += 1
        return int(text) if whole else Fraction(text)

    def number_in_words(self) -> Number:
        """Return a number in words up to the hundreds, or in dozens."""
        word = self.words[self.at]
        self.at += 1
        value = NUMBERS[word]
        following = NUMBERS.get(self.words[self.at], 0)
        if word in TENS and 0 < following < 10:
            self.at += 1
            value += following
        if self.words[self.at] in ("hundred", "dozen") and 0 < value < 100:
            value *= NUMBERS[self.words[self.at]]
            self.at += 1
            word = "hundred"
        if word == "hundred" and self.words[self.at - 1] == "hundred" and 0 < NUMBERS.get(self.words[self.at], 0) < 100:
            value += int(self.number_in_words())
        return value

    def bracketed(self) -> Number:
        """Return the value inside a pair of brackets."""
        close = BRACKETS[self.words[self.at]]
        self.at += 1
        value = self.inside()
        self.expect(close)
        return value

    def inside(self) -> Number:
        """Return an expression whose end is marked, so that nothing about it depends on what follows."""
        passive, self.passive = self.passive, True
        value = self.expression()
        self.passive = passive
        return value

    def called(self) -> Number:
        """Return the value of a function call."""
        name = self.words[self.at]
        operator = FUNCTIONS[name]
        self.at += 1
        arguments = [self.inside()]
        if operator in BINARY:
            self.expect(",")
            arguments.append(self.inside())
        self.expect(")")
        return self.compute(operator, arguments[0], arguments[-1])

    def marked(self, value: Number) -> Number:
        """Return a value with its superscripts and factorial marks."""
        word = self.words[self.at]
        if word == "!":
            after = self.words[self.at + 1]
            if after not in INFIXES and after not in BRACKETS.values():
                raise UnreadableError("'!' may be a factorial or the end of the sentence")
        self.at += 1
        value = self.compute("!", value, 0) if word == "!" else self.compute("^", value, SUPERSCRIPTS[word])
        return self.marked(value) if self.words[self.at] in MARKS else value

    def expect(self, *words: str) -> None:
        """Move behind these words.

        Raises:
            UnreadableError: Others stand there.
        """
        for word in words:
            if self.words[self.at] != word:
                raise UnreadableError(f"'{self.words[self.at].strip() or 'the end'}' where '{word}' should be")
            self.at += 1

    def compute(self, operator: str, left: Number, right: Number) -> Number:
        """Return the value of an operation and count it; see `applied`."""
        self.operations += 1
        self.last = operator
        return applied(operator, left, right)
