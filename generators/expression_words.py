"""An expression as a noun phrase, in one of three styles: symbols, words, functions.

All three are unambiguous: symbols bracket every grown operand, functions nest, and words tell several operations as steps of a
running number ("the number you get by starting with 3, adding 5, then dividing by 2").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from unisandbox.generators.draws import Draws
from unisandbox.generators.expressions import SO_FAR, Step, in_symbols
from unisandbox.generators.vocabulary import number_word

STYLES = ("symbols", "words", "functions")
FUNCTIONS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo", "^": "power", "√": "sqrt"}
STEP_PHRASES_GROWN_RIGHT = {"-": "step_subtract_from", "/": "step_divide_into", "%": "step_modulo_of", "^": "step_power_of"}

Phrases = Mapping[str, tuple[str, ...]]


def value_phrase(style: str, steps: Sequence[Step], swapped: Sequence[bool], phrases: Phrases, draws: Draws) -> str:
    """Return a noun phrase that denotes the value of an expression.

    Args:
        style: One of `STYLES`.
        steps: The expression, in working order.
        swapped: For each step, whether the operands of + or * change places.
        phrases: The phrase lists of `wording/math.toml`.
        draws: Chooses among the phrases of a list; at most two words and one for each step are taken.
    """
    if style == "words":
        return _in_words(steps, swapped, phrases, draws)
    text = in_symbols(steps, swapped) if style == "symbols" else in_functions(steps, swapped)
    return draws.choice(phrases[f"value_{style}"]).format(expression=text)


def in_functions(steps: Sequence[Step], swapped: Sequence[bool]) -> str:
    """Return an expression as nested function calls.

    >>> in_functions([Step("+", 3, 5, 8), Step("/", 0, 2, 4)], [False, False])
    'divide(add(3, 5), 2)'
    """
    text = ""
    for step, swap in zip(steps, swapped, strict=True):
        left = str(step.left) if step.left != SO_FAR else text
        if step.operator == "√":
            text = f"sqrt({left})"
            continue
        right = str(step.right) if step.right != SO_FAR else text
        if swap and step.operator in "+*":
            left, right = right, left
        text = f"{FUNCTIONS[step.operator]}({left}, {right})"
    return text


def _in_words(steps: Sequence[Step], swapped: Sequence[bool], phrases: Phrases, draws: Draws) -> str:
    spelt: Callable[[int], str] = number_word if draws.below(2) else str
    first, swap = steps[0], swapped[0]
    left, right = first.left, first.right
    if swap and first.operator in "+*":
        left, right = right, left
    if len(steps) == 1:
        name = "sqrt" if first.operator == "√" else FUNCTIONS[first.operator]
        return draws.choice(phrases[name]).format(a=spelt(left), b=spelt(right))
    told = [draws.choice(phrases["start"]).format(a=spelt(left))]
    told.append(_told_step(first._replace(left=SO_FAR, right=right), phrases, draws, spelt))
    told += [_told_step(step, phrases, draws, spelt) for step in steps[1:]]
    return draws.choice(phrases["frame"]).format(steps=f"{', '.join(told[:-1])}, then {told[-1]}")


def _told_step(step: Step, phrases: Phrases, draws: Draws, spelt: Callable[[int], str]) -> str:
    grows_right = step.left != SO_FAR
    name = STEP_PHRASES_GROWN_RIGHT[step.operator] if grows_right else f"step_{FUNCTIONS[step.operator]}"
    return draws.choice(phrases[name]).format(a=spelt(step.left), b=spelt(step.right))
