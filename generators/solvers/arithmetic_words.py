"""The words of arithmetic in English, and what each does in a sentence.

Written from common English, without a look at how wording is drawn. The words around arithmetic are in `lists/math_words.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

END = "\n"  # behind the last word of a text; no word is equal to it

TEENS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBERS: Mapping[str, int] = {
    **{word: value for value, word in enumerate(TEENS)},
    **{word: 10 * value for value, word in enumerate(TENS, start=2)},
    **{f"{tens}-{TEENS[ones]}": 10 * value + ones for value, tens in enumerate(TENS, start=2) for ones in range(1, 10)},
    "hundred": 100,
    "dozen": 12,
}
FRACTIONS: Mapping[str, int] = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
POWERS: Mapping[str, int] = {word: value for value, word in enumerate(ORDINALS, start=1)}


class Infix(NamedTuple):
    """An operator between two operands: how strongly it binds, what it does, and the words that must follow its first one.

    `loose` ones ("3 increased by 5") have no accepted order of precedence, so nothing may hang on it.
    """

    strength: int
    operator: str
    tail: tuple[str, ...] = ()
    loose: bool = False


INFIXES: Mapping[str, tuple[Infix, ...]] = {
    **dict.fromkeys(("+", "plus"), (Infix(1, "+"),)),
    **dict.fromkeys(("-", "minus"), (Infix(1, "-"),)),
    **dict.fromkeys(("*", "times", "x"), (Infix(2, "*"),)),
    **dict.fromkeys(("/", "over"), (Infix(2, "/"),)),
    **dict.fromkeys(("mod", "modulo"), (Infix(2, "%"),)),
    "%": (Infix(3, "percent", ("of",), loose=True), Infix(2, "%")),
    "percent": (Infix(3, "percent", ("of",), loose=True),),
    "^": (Infix(3, "^"),),
    "multiplied": (Infix(2, "*", ("by",)), Infix(2, "*", ("with",))),
    "divided": (Infix(2, "/", ("by",)),),
    "raised": (Infix(3, "^", ("to", "power", "of")), Infix(3, "^", ("to", "power")), Infix(3, "^", ("to",))),
    "to": (Infix(3, "^", ("power", "of")), Infix(3, "^", ("power",))),
    "increased": (Infix(1, "+", ("by",), loose=True),),
    **dict.fromkeys(("decreased", "reduced", "diminished", "lowered"), (Infix(1, "-", ("by",), loose=True),)),
    "added": (Infix(1, "+", ("to",), loose=True),),
    **dict.fromkeys(("subtracted", "deducted", "removed"), (Infix(1, "from", ("from",), loose=True),)),
    "taken": (Infix(1, "from", ("from",), loose=True), Infix(1, "from", ("away", "from"), loose=True)),
    **dict.fromkeys(("less", "fewer"), (Infix(1, "from", ("than",), loose=True),)),
    **dict.fromkeys(("more", "greater"), (Infix(1, "+", ("than",), loose=True),)),
}
NEED_AN_OPERAND = frozenset({"over", "x", "to", "raised"})  # these are operators only where an operand follows
PASSIVES = frozenset({"is", "are", "gets", "being"})
POSTFIXES: Mapping[str, tuple[str, int]] = {
    "squared": ("^", 2),
    "cubed": ("^", 3),
    "doubled": ("*", 2),
    "tripled": ("*", 3),
    "quadrupled": ("*", 4),
    "halved": ("/", 2),
}
MAY_BE_ADJECTIVES = frozenset({"doubled", "tripled", "quadrupled", "halved"})  # "four halved lemons"
PARTICIPLES = frozenset(
    {
        *POSTFIXES,
        "multiplied",
        "divided",
        "raised",
        "increased",
        "decreased",
        "reduced",
        "added",
        "subtracted",
        "deducted",
        "taken",
    }
)
SUPERSCRIPTS: Mapping[str, int] = {"²": 2, "³": 3}
MARKS = frozenset({*SUPERSCRIPTS, "!"})
BRACKETS: Mapping[str, str] = {"(": ")", "[": "]", "{": "}"}


def _by_word(rows: Mapping[str, str]) -> dict[str, str]:
    return {word: meaning for meaning, words in rows.items() for word in words.split()}


# name( -> operator; those with two arguments are known by it
FUNCTIONS: Mapping[str, str] = {
    f"{name}(": operator
    for name, operator in _by_word(
        {
            "+": "add sum plus",
            "-": "subtract sub minus difference",
            "*": "multiply mul times product",
            "/": "divide div quotient",
            "%": "modulo mod remainder",
            "^": "power pow",
            "√": "sqrt squareroot",
            "∛": "cbrt",
            "²": "square",
            "abs": "abs",
            "floor": "floor",
            "ceil": "ceil ceiling",
            "max": "max maximum",
            "min": "min minimum",
        }
    ).items()
}
BINARY = frozenset({"+", "-", "*", "/", "%", "^", "max", "min"})

# nouns of two or more operands: "the sum of 3 and 5"
FOLDS: Mapping[str, str] = {"sum": "+", "total": "+", "difference": "-", "product": "*", "quotient": "/", "ratio": "/"}
MULTIPLES: Mapping[str, tuple[str, int]] = {
    **dict.fromkeys(("double", "doubling", "twice"), ("*", 2)),
    **dict.fromkeys(("triple", "tripling", "thrice"), ("*", 3)),
    "quadruple": ("*", 4),
    **dict.fromkeys(("halve", "halving"), ("/", 2)),
}
# verbs in the imperative and as gerunds -> the method that reads what they do
VERBS: Mapping[str, str] = _by_word(
    {
        "adding": "add adding",
        "subtracting": "subtract subtracting deduct deducting remove removing",
        "multiplying": "multiply multiplying",
        "dividing": "divide dividing",
        "raising": "raise raising",
        "taking": "take taking keep keeping find finding get getting compute computing calculate calculating",
        "starting": "start starting begin beginning",
        "multiple": " ".join(MULTIPLES),
        "growing": "increase increasing",
        "shrinking": "decrease decreasing reduce reducing",
        "rounding": "round rounding",
    }
)
IMPERATIVES = frozenset(word for word in VERBS if not word.endswith("ing") and word not in MULTIPLES)
# what an operand can begin with, apart from digits -> the method that reads it
OPENERS: Mapping[str, str] = {
    **dict.fromkeys(NUMBERS, "number_in_words"),
    **dict.fromkeys(BRACKETS, "bracketed"),
    **dict.fromkeys(FUNCTIONS, "called"),
    **dict.fromkeys(FOLDS, "folded"),
    **VERBS,
    **dict.fromkeys(("square", "squaring", "cube", "cubing", "cubic"), "squared"),
    **dict.fromkeys(("√", "∛", "sqrt", "root"), "root"),
    **dict.fromkeys(FRACTIONS, "fraction"),
    **dict.fromkeys(("a", "an"), "after_article"),
    **dict.fromkeys(("positive", "principal"), "after_adjective"),
    "remainder": "remainder",
    "absolute": "absolute",
    **dict.fromkeys(("floor", "ceiling"), "rounded_noun"),
}
# words that stand for the number so far, or lead to an expression
REFERENCES = frozenset({"it", "its", "result", "that", "this", "answer", "outcome", "number", "value", "total"})
RESULT_WORDS = frozenset({"result", "value", "outcome", "answer", "solution", "number", "output"})
RESULT_LINKS = frozenset(
    [
        "of",
        "when",
        "if",
        "you",
        "we",
        "that",
        "which",
        "returned",
        "obtained",
        "given",
        "to",
        "from",
        "by",
        "after",
        "for",
        "on",
        "upon",
    ]
)  # "the result of 3"
LINKS_TO_VERBS = frozenset(
    {"from", "by", "after", "for", "on", "upon"}
)  # "the result from adding", but "the result from 3" is another
MORE_LINKS = RESULT_LINKS | {"get", "gets", "obtain", "reach", "comes", "out"}
NEW = frozenset({"resulting", "new", "previous", "obtained", "current"})
SEPARATORS = frozenset(
    [
        ",",
        ";",
        ".",
        "?",
        ":",
        "and",
        "then",
        "equals",
        "is",
        "next",
        "finally",
        "afterwards",
        "afterward",
        "now",
        "lastly",
        "before",
        "subsequently",
        "also",
    ]
)
AFTER_THAT = ("after", "that")
STEP_ENDS = frozenset({",", ";", ".", "?", "!", ":", ")", "and", "then", "before", END})

# everyday words too, which may turn out to be nothing: where arithmetic may begin with them, and where only a step may
SOFT_ANCHORS = frozenset(
    {*BRACKETS, "take", "taking", "start", "starting", "begin", "beginning", "total", "raise", "round", "remove"}
    | {"third", "fifth", "tenth"}
)
SOFT_STEPS = frozenset(
    {"find", "finding", "get", "getting", "keep", "keeping", "compute", "computing", "calculate", "calculating"}
)
SOFT = SOFT_ANCHORS - {"round"} | SOFT_STEPS
ANCHORS = frozenset(OPENERS) - SOFT_STEPS - {"a", "an", "positive", "principal"}
# what a root without a name may follow; behind anything else it may be another root: "the fourth root"
ROOT_MAY_FOLLOW = frozenset({"as", "of", "is", "by", "plus", "minus", "times", "and", "to", "from", "take", "taking", "its", "("})
