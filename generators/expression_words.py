"""An expression as a noun phrase, in one of three styles: symbols, words, functions.

All three are unambiguous: symbols bracket every grown operand, functions nest, and words tell several operations as steps of a
running number ("the number you get by starting with 3, adding 5, then dividing by 2").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from unisandbox.generators.draws import Draws
from unisandbox.generators.expressions import FUNCTIONS, SO_FAR, Presented, Step
from unisandbox.generators.vocabulary import number_word

STYLES = ("symbols", "words", "functions")
STEP_PHRASES_GROWN_RIGHT = {"-": "step_subtract_from", "/": "step_divide_into", "%": "step_modulo_of", "^": "step_power_of"}

Phrases = Mapping[str, tuple[str, ...]]


def value_phrase(style: str, shown: Presented, phrases: Phrases, draws: Draws) -> str:
    """Return a noun phrase that denotes the value of an expression.

    Args:
        style: One of `STYLES`.
        shown: The expression.
        phrases: The phrase lists of `wording/math.toml`.
        draws: Chooses among the phrases of a list; at most two words and one for each step are taken.
    """
    if style == "symbols":
        return draws.choice(phrases["value_symbols"]).replace("{expression}", shown.symbols)
    if style == "functions":
        return draws.choice(phrases["value_functions"]).replace("{expression}", shown.functions)
    return _in_words(shown.steps, shown.swapped, phrases, draws)


def _in_words(steps: Sequence[Step], swapped: Sequence[bool], phrases: Phrases, draws: Draws) -> str:
    spelt: Callable[[int], str] = number_word if draws.below(2) else str
    first, swap = steps[0], swapped[0]
    left, right = first.left, first.right
    if swap and first.operator in "+*":
        left, right = right, left
    if len(steps) == 1:
        name = "sqrt" if first.operator == "√" else FUNCTIONS[first.operator]
        return draws.choice(phrases[name]).replace("{a}", spelt(left)).replace("{b}", spelt(right))
    told = [draws.choice(phrases["start"]).replace("{a}", spelt(left))]
    told.append(_told_step(first._replace(left=SO_FAR, right=right), phrases, draws, spelt))
    told += [_told_step(step, phrases, draws, spelt) for step in steps[1:]]
    return draws.choice(phrases["frame"]).replace("{steps}", f"{', '.join(told[:-1])}, then {told[-1]}")


def _told_step(step: Step, phrases: Phrases, draws: Draws, spelt: Callable[[int], str]) -> str:
    grows_right = step.left != SO_FAR
    name = STEP_PHRASES_GROWN_RIGHT[step.operator] if grows_right else f"step_{FUNCTIONS[step.operator]}"
    return draws.choice(phrases[name]).replace("{a}", spelt(step.left)).replace("{b}", spelt(step.right))
