"""Reads arithmetic that is told as something to do: "adding 3 to 5", "start with 12, divide it by 3, then subtract 2".

While a sequence runs, `it`, `the result` and left-out operands stand for the number so far, and every step must use that number.
"""

from __future__ import annotations

from collections.abc import Sequence

from unisandbox.generators.solvers.arithmetic_operations import Number
from unisandbox.generators.solvers.arithmetic_phrases import Phrases
from unisandbox.generators.solvers.arithmetic_words import (
    AFTER_THAT,
    LINKS_TO_VERBS,
    MORE_LINKS,
    NEW,
    OPENERS,
    REFERENCES,
    RESULT_LINKS,
    RESULT_WORDS,
    SEPARATORS,
    SOFT,
    VERBS,
    Infix,
)
from unisandbox.generators.solvers.reading import UnreadableError


class Steps(Phrases):
    """A reader of everything: expressions, named operands and steps; see `Expressions` for its arguments."""

    def sequence(self) -> Number:
        """Return the value of an expression and of all steps behind it."""
        value, sums = self.expression(), False
        while True:
            start, before, depth = self.at, self.operations, self.depth
            self.running, self.used = value, False
            separators = self.pass_separators()
            infix = self.infix() if separators and "." not in separators else None
            infix = None if infix is not None and infix.tail == ("than",) else infix  # "is more than" compares
            word = self.words[self.at]
            try:
                value = self.step(value, start, infix, sums and "then" not in separators)
            except UnreadableError:
                if infix is not None or (word in VERBS and word not in SOFT):
                    raise
                self.operations, self.depth = before, depth
            if self.operations == before:
                self.at = start
                return value
            sums = infix is not None and infix.strength == 1

    def step(self, value: Number, start: int, infix: Infix | None, after_sum: bool) -> Number:
        """Return the number after one more step; the same, and no operation counted, if none stands here.

        Args:
            value: The number so far.
            start: Where it ended; what stands between there and here are separators.
            infix: The operator that stands here, or None.
            after_sum: Whether the step before was a plain sum, behind which a product is ambiguous.
        """
        word = self.words[self.at]
        if word == "rounded":
            self.at += 1
            return self.rounded(value)
        if infix is not None:
            if after_sum and infix.strength > 1:
                raise UnreadableError("a sum and a product in turn can be read in two ways")
            return self.joined(value, infix)
        if (postfix := self.postfix()) is not None and self.words[self.at - 1] != ".":
            operator, number, width = postfix
            self.at += width
            return self.compute(operator, value, number)
        separated = self.at > start
        if word not in VERBS and not (separated and (word in OPENERS or word in REFERENCES or word in NEW)):
            return value
        found = self.expression()
        if not self.used:
            raise UnreadableError(f"'{word}' leaves out the number so far")
        return found

    def pass_separators(self) -> Sequence[str]:
        """Move behind what stands between steps, and return it."""
        start = self.at
        while True:
            if self.words[self.at] in SEPARATORS and self.infix() is None and self.postfix() is None:
                self.at += 1
            elif tuple(self.words[self.at : self.at + 2]) == AFTER_THAT:
                self.at += 2
            else:
                return self.words[start : self.at]

    def reference(self) -> Number:
        """Return the running number where a word stands for it, or the expression that "the result of" leads to."""
        while self.words[self.at] in NEW:
            self.at += 1
        word = self.words[self.at]
        if word in RESULT_WORDS and self.leads_on(word):
            self.at += 1
            while self.words[self.at] in MORE_LINKS:
                self.at += 1
            return self.expression()
        if word not in REFERENCES and word not in RESULT_WORDS:
            return super().reference()
        self.at += 1
        if word == "its":
            return self.unit()
        if word in ("that", "this"):
            if self.words[self.at] == "many":
                raise UnreadableError("'that many' is no operand")
            self.at += self.words[self.at] in RESULT_WORDS
        return self.so_far()

    def leads_on(self, word: str) -> bool:
        """Return whether the result word that stands here leads to an expression, as in "the result of 3 + 5"."""
        link, after = self.words[self.at + 1 : self.at + 3]
        if link == "to":
            return word in ("answer", "solution")
        return link in RESULT_LINKS and (link not in LINKS_TO_VERBS or after in VERBS)

    def adding(self) -> Number:
        """Return a sum told by its verb."""
        self.at += 1
        self.at += self.words[self.at] in ("up", "together")
        values = [self.last_operand()]
        if self.words[self.at] == "to":
            self.at += 1
            return self.compute("+", self.last_operand(), values[0])
        if self.running is not None:
            self.refuse_more("and")
            return self.compute("+", self.so_far(), values[0])
        while self.words[self.at] == "," and self.opens(self.at + 1) and self.words[self.at + 1] not in VERBS:
            self.at += 1
            values.append(self.inside())
        self.at += self.words[self.at] == "," and self.words[self.at + 1] == "and"
        self.expect("and")
        values.append(self.last_operand())
        self.at += self.words[self.at] == "together"
        value = values[0]
        for operand in values[1:]:
            value = self.compute("+", value, operand)
        return value

    def subtracting(self) -> Number:
        """Return a difference told by its verb."""
        self.at += 1
        return self.taken_from(self.last_operand())

    def taken_from(self, value: Number) -> Number:
        """Return what remains when `value` is taken from what follows, or from the running number."""
        if self.words[self.at] == "from":
            self.at += 1
            return self.compute("-", self.last_operand(), value)
        self.refuse_more("and")
        return self.compute("-", self.so_far(), value)

    def refuse_more(self, *words: str) -> None:
        """Refuse a second operand where one was expected: nobody can say what is done with it."""
        if self.words[self.at] in words and self.opens(self.at + 1) and self.words[self.at + 1] not in VERBS:
            raise UnreadableError(f"a second number after '{self.words[self.at]}'")

    def multiplying(self) -> Number:
        """Return a product told by its verb."""
        left = self.acted_on()
        if self.words[self.at] not in ("by", "and", "with"):
            raise UnreadableError("multiplied by what?")
        self.at += 1
        return self.compute("*", left, self.last_operand())

    def dividing(self) -> Number:
        """Return a quotient told by its verb."""
        left = self.acted_on()
        if self.words[self.at] == "in" and self.words[self.at + 1] == "half":
            self.at += 2
            return self.compute("/", left, 2)
        self.expect("by")
        return self.compute("/", left, self.last_operand())

    def growing(self) -> Number:
        """Return a sum told as an increase."""
        left = self.acted_on()
        self.expect("by")
        return self.compute("+", left, self.last_operand())

    def shrinking(self) -> Number:
        """Return a difference told as a decrease."""
        left = self.acted_on()
        self.expect("by")
        return self.compute("-", left, self.last_operand())

    def acted_on(self) -> Number:
        """Return what the verb that stands here acts on: the running number if it is left out."""
        self.at += 1
        return self.so_far() if self.words[self.at] in ("by", "with") else self.last_operand()

    def raising(self) -> Number:
        """Return a power told by its verb."""
        self.at += 1
        infix = self.infix()
        if infix is not None and infix.operator == "^":
            return self.joined(self.so_far(), infix)
        self.last = ""
        value = self.expression(3)
        if self.last != "^":
            raise UnreadableError("raised to what?")
        return value

    def taking(self) -> Number:
        """Return what is taken: an operand, or what remains if it is taken from something."""
        self.at += 1
        away = self.words[self.at] == "away"
        self.at += away
        value = self.last_operand()
        if self.words[self.at] == "away":
            self.at, away = self.at + 1, True
        return self.taken_from(value) if away or self.words[self.at] == "from" else value

    def starting(self) -> Number:
        """Return the number that a sequence starts with."""
        self.at += 1
        self.at += self.words[self.at] in ("off", "out")
        self.at += self.words[self.at] in ("with", "from", "at", "by")
        if self.running is not None:
            raise UnreadableError("a second start")
        return self.last_operand()

    def rounding(self) -> Number:
        """Return the running number, rounded."""
        self.at += 1
        value = self.last_operand() if self.opens(self.at) else self.so_far()
        return self.rounded(value)

    def rounded(self, value: Number) -> Number:
        """Return a value rounded down or up, as the next words say."""
        word = self.words[self.at]
        if word not in ("down", "up"):
            raise UnreadableError("rounded which way?")
        self.at += 1
        self.at += self.words[self.at] == "to"
        self.at += self.words[self.at] in ("nearest", "next")
        if self.words[self.at] in ("whole", "integer"):
            self.at += 2 if self.words[self.at] == "whole" else 1
        return self.compute("floor" if word == "down" else "ceil", value, 0)
