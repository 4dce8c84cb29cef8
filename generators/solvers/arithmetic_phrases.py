"""Reads operands that are named in words: "the sum of 3 and 5", "half of 8", "the remainder when 9 is divided by 4".

The last operand of such a phrase has no end of its own: "the sum of 3 and 5 divided by 2" is why there are two ways to read.
"""

from __future__ import annotations

from unisandbox.generators.solvers.arithmetic import Expressions
from unisandbox.generators.solvers.arithmetic_operations import Number
from unisandbox.generators.solvers.arithmetic_words import (
    FOLDS,
    FRACTIONS,
    IMPERATIVES,
    MULTIPLES,
    OPENERS,
    ROOT_MAY_FOLLOW,
    STEP_ENDS,
    VERBS,
)
from unisandbox.generators.solvers.reading import UnreadableError


class Phrases(Expressions):
    """A reader of arithmetic with named operands; see `Expressions` for its arguments.

    Attributes:
        running: The number so far, once there is one; left-out operands stand for it.
        used: Whether the step that is being read has used it.
    """

    running: Number | None = None
    used: bool = False

    def so_far(self) -> Number:
        """Return the running number."""
        if self.running is None:
            raise UnreadableError(f"nothing that '{self.words[self.at - 1]}' could refer to")
        self.used = True
        return self.running

    def number_in_words(self) -> Number:
        """Return a number in words, or a fraction of what follows: "one third of 9"."""
        if self.words[self.at] == "one" and self.words[self.at + 1] in FRACTIONS and self.words[self.at + 2] == "of":
            self.at += 1
            return self.fraction()
        return super().number_in_words()

    def after_article(self) -> Number:
        """Return the operand behind `a`."""
        self.at += 1
        if self.words[self.at] in ("hundred", "dozen"):
            return self.number_in_words()
        if OPENERS.get(self.words[self.at]) in ("fraction", "folded"):
            return self.unit()
        raise UnreadableError(f"'a {self.words[self.at].strip()}' is no number")

    def after_adjective(self) -> Number:
        """Return the operand behind `positive` or `principal`."""
        self.at += 1
        if self.words[self.at] not in ("square", "root", "difference"):
            raise UnreadableError(f"'{self.words[self.at - 1]} {self.words[self.at].strip()}' is no number")
        return self.unit()

    def absolute(self) -> Number:
        """Return an absolute value or difference."""
        self.at += 1
        if self.words[self.at] == "difference":
            return self.absolute_difference()
        self.expect("value", "of")
        return self.compute("abs", self.last_operand(), 0)

    def absolute_difference(self) -> Number:
        """Return the distance of two operands."""
        self.at += 1
        values = self.operands("difference")
        value = values[0] if len(values) == 1 else self.compute("-", values[0], values[1])
        return max(value, -value)

    def folded(self) -> Number:
        """Return a sum, difference, product or quotient that is named by its noun."""
        before, word = self.words[self.at - 1], self.words[self.at]
        self.at += 1
        if self.running is not None and self.words[self.at] not in ("of", "between"):
            return self.so_far()
        values = self.operands(word)
        operator = FOLDS[word]
        if operator == "-" and values[0] < values[-1]:
            if before != "positive":
                raise UnreadableError("a difference that names the smaller number first")
            values.reverse()
        value = values[0]
        for operand in values[1:]:
            value = self.compute(operator, value, operand)
        return value

    def operands(self, word: str) -> list[Number]:
        """Return the operands of a noun: those of "of 3 and 5", or the one value of "of 3 + 5"."""
        self.at += self.words[self.at] in ("of", "between", "from", "when", "if")
        self.at += self.words[self.at] in ("you", "we")
        self.last = ""
        values = [self.inside()]
        while self.words[self.at] == "," and self.opens(self.at + 1) and self.words[self.at + 1] not in VERBS:
            self.at += 1
            values.append(self.inside())
        listed = len(values) > 1
        self.at += self.words[self.at] == "," and self.words[self.at + 1] == "and"
        if self.words[self.at] in ("and", "to", "by") and self.opens(self.at + 1) and self.words[self.at + 1] not in VERBS:
            if self.words[self.at] != "and" and word not in ("ratio", "quotient", "product"):
                raise UnreadableError(f"'{word}' with '{self.words[self.at]}'")
            self.at += 1
            values.append(self.last_operand())
        elif listed or (self.last != FOLDS[word] and word != "total"):
            raise UnreadableError(f"'{word}' of one number")
        if len(values) > 2 and word not in ("sum", "total", "product"):
            raise UnreadableError(f"'{word}' of {len(values)} numbers")
        return values

    def remainder(self) -> Number:
        """Return a remainder, told as "of a divided by b", "when a is divided by b", "after dividing a by b"."""
        self.at += 1
        while self.words[self.at] in ("left", "over", "you", "get", "obtained", "that"):
            self.at += 1
        link = self.words[self.at]
        if link not in ("of", "when", "after", "if", "from", "on", "upon", "in", "by"):
            if self.running is not None:
                return self.so_far()
            raise UnreadableError("'remainder' of what?")
        self.at += 1
        while self.words[self.at] in ("you", "we", "one") and self.words[self.at + 1] in ("divide", "divided"):
            self.at += 1
        return self.compute("%", self.dividend(link), self.last_operand())

    def dividend(self, link: str) -> Number:
        """Return what is divided, and move to the divisor."""
        word = self.words[self.at]
        if word in ("dividing", "divide", "division", "divided"):
            self.at += 1
            self.at += word == "division" and self.words[self.at] == "of"
            value = self.so_far() if self.words[self.at] == "by" else self.inside()
            self.expect("by")
            return value
        if link == "of":
            value = self.unit()
            if self.words[self.at] in ("/", "%", "mod", "modulo", "over", "and", "by"):
                self.at += 1
                return value
            self.at += self.words[self.at] == "when"
            self.at += self.words[self.at] == "it"
        else:
            passive, self.passive = self.passive, False
            value = self.expression()
            self.passive = passive
        self.at += self.words[self.at] == "is"
        self.expect("divided", "by")
        return value

    def squared(self) -> Number:
        """Return a square or cube, or the root that begins with its name."""
        operator, power = ("√", 2) if self.words[self.at].startswith("squ") else ("∛", 3)
        self.at += 1
        if self.words[self.at] == "root":
            return self.root_of(operator)
        if self.words[self.at - 1] == "cubic":
            raise UnreadableError("'cubic' without a root")
        return self.compute("^", self.of_operand(), power)

    def root(self) -> Number:
        """Return a root that is told by a sign or as `root`; a sign takes one unit, whatever follows."""
        word = self.words[self.at]
        if word in ("√", "∛"):
            self.at += 1
            return self.compute(word, self.unit(), 0)
        if word == "root" and self.words[self.at - 1] not in ROOT_MAY_FOLLOW:
            raise UnreadableError(f"'{self.words[self.at - 1].strip()} root'")
        return self.root_of("√")

    def root_of(self, operator: str) -> Number:
        """Return the root of what follows the word that stands here."""
        self.at += 1
        return self.compute(operator, self.of_operand(), 0)

    def of_operand(self) -> Number:
        """Return the operand behind an optional `of`; the running number if there is none."""
        if self.words[self.at] == "of":
            self.at += 1
            return self.last_operand()
        if self.opens(self.at) and self.words[self.at] not in IMPERATIVES:
            return self.last_operand()
        if self.words[self.at] not in STEP_ENDS:  # "double check", "square tables"
            raise UnreadableError(f"'{self.words[self.at - 1]} {self.words[self.at]}'")
        return self.so_far()

    def fraction(self) -> Number:
        """Return half, a third … of an operand; "half a dozen" is a number."""
        part = FRACTIONS[self.words[self.at]]
        self.at += 1
        if part == 2 and self.words[self.at : self.at + 2] == ["a", "dozen"]:
            self.at += 2
            return 6
        if self.words[self.at] == "of":
            self.at += 1
        elif part != 2:
            raise UnreadableError("an ordinal")
        return self.compute("/", self.last_operand(), part)

    def multiple(self) -> Number:
        """Return double, triple or half of an operand."""
        word = self.words[self.at]
        operator, number = MULTIPLES[word]
        self.at += 1
        if word in ("twice", "thrice"):  # no imperatives, so these never stand without an operand
            return self.compute(operator, self.last_operand(), number)
        return self.compute(operator, self.of_operand(), number)

    def rounded_noun(self) -> Number:
        """Return "the floor of" an operand."""
        operator = "floor" if self.words[self.at] == "floor" else "ceil"
        self.at += 1
        self.expect("of")
        return self.compute(operator, self.last_operand(), 0)
