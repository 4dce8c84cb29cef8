"""The solver of `math` on sentences that nobody tuned it to: what it reads, and what it must refuse."""

from __future__ import annotations

import ast
from fractions import Fraction
from pathlib import Path

import pytest

from unisandbox.generators.solvers import arithmetic, arithmetic_steps, math, math_context
from unisandbox.generators.solvers.math import LONGEST_TEXT, Solved, solve
from unisandbox.generators.solvers.reading import UnreadableError

# value | what is counted, or - | operations | text
READ = """
128 | cats | 1 | Draw as many cats as 2 to the seventh power.
  4 | cats | 1 | Draw as many cats as the cubic root of 64.
  2 | apples | 1 | Draw eight divided by four apples.
  2 | apples | 1 | Draw as many apples as eight divided by four.
  2 | owls | 1 | Sketch twenty-one minus nineteen owls.
  2 | owls | 1 | Sketch twenty one minus nineteen owls.
  3 | eggs | 1 | Draw as many eggs as a dozen divided by 4.
 12 | eggs | 0 | Draw a dozen eggs.
  6 | eggs | 0 | Draw half a dozen eggs.
 24 | eggs | 0 | Draw two dozen eggs.
  3 | cats | 3 | Generate as many cats as ((2 + 4) / [3 - 1]).
  4 | cats | 4 | Generate as many cats as {2 + [3 * (4 - 3)]} - 1.
  4 | cats | 2 | Generate as many cats as 3 squared minus 5.
  2 | cats | 2 | Generate as many cats as 2 cubed divided by 4.
  1 | cats | 3 | Generate as many cats as 3² - 2³.
  3 | cats | 2 | Generate as many cats as 2 to the power of 3 minus 5.
  4 | cats | 1 | Generate as many cats as 2 raised to the power of 2.
  8 | cats | 1 | Generate as many cats as 2 to the third power.
  2 | cats | 1 | Generate as many cats as the remainder of 17 divided by 5.
  2 | cats | 1 | Generate as many cats as the remainder when 17 is divided by 5.
  2 | cats | 1 | Generate as many cats as the remainder after dividing 17 by 5.
  2 | cats | 1 | Generate as many cats as the remainder you get when you divide 17 by 5.
  2 | cats | 1 | Generate as many cats as the remainder from the division of 17 by 5.
  3 | cats | 2 | Generate as many cats as the remainder when 17 is divided by 5, plus 1.
  2 | cats | 1 | Generate as many cats as the remainder of 17 / 5.
  2 | cats | 1 | Generate as many cats as 17 modulo 5.
  3 | cats | 2 | Generate as many cats as 17 mod 5 + 1.
  2 | cats | 1 | Generate as many cats as 20 % 6.
  2 | cats | 1 | Generate as many cats as 20% of 10.
  2 | cats | 1 | Generate as many cats as 20 percent of 10.
  3 | cats | 2 | Generate as many cats as 6 × 2 ÷ 4.
  4 | cats | 1 | Generate as many cats as 6 − 2.
  6 | cats | 1 | Generate as many cats as 3 · 2.
  4 | cats | 2 | Generate as many cats as 2 ** 3 - 4.
  6 | cats | 1 | Generate as many cats as 3 x 2.
  4 | cats | 1 | Generate as many cats as half of 8.
  3 | cats | 1 | Generate as many cats as a third of 9.
  3 | cats | 1 | Generate as many cats as one quarter of 12.
  4 | cats | 1 | Generate as many cats as double 2.
  3 | cats | 2 | Generate as many cats as twice 2, minus 1.
  3 | cats | 2 | Generate as many cats as triple the difference between 5 and 4.
  5 | cats | 1 | Generate as many cats as the sum of 2 and 3.
  6 | cats | 2 | Generate as many cats as the sum of 1, 2 and 3.
  5 | cats | 1 | Generate as many cats as the difference between 9 and 4.
  5 | cats | 1 | Generate as many cats as the difference of 9 and 4.
  6 | cats | 1 | Generate as many cats as the product of 2 and 3.
  2 | cats | 1 | Generate as many cats as the quotient of 8 and 4.
  2 | cats | 1 | Generate as many cats as the ratio of 8 to 4.
  5 | cats | 2 | Generate as many cats as 2 plus 6 minus 3.
  5 | cats | 2 | Generate as many cats as 2 plus 3 times 1.
  4 | cats | 1 | Generate as many cats as the square root of 16.
  3 | cats | 2 | Generate as many cats as sqrt(16) - 1.
  5 | cats | 2 | Generate as many cats as √(9 + 16).
  3 | cats | 1 | Generate as many cats as the cube root of 27.
  2 | cats | 2 | Generate as many cats as ∛27 - 1.
  4 | cats | 2 | Add 3 and 5, then divide the result by 2. Draw that many cats.
  7 | cats | 1 | Subtract 3 from 10 and draw that many cats.
  2 | cats | 1 | Generate as many cats as the result of dividing 8 by 4.
  5 | cats | 1 | Generate as many cats as 3 increased by 2.
  5 | cats | 1 | Generate as many cats as 7 decreased by 2.
  5 | cats | 1 | Generate as many cats as 3 less than 8.
  5 | cats | 1 | Generate as many cats as 2 more than 3.
  2 | cats | 1 | Generate as many cats as 8 over 4.
  6 | cats | 1 | Generate as many cats as 2 multiplied by 3.
  2 | cats | 2 | Start with 12, divide it by 3, then subtract 2. Draw that many cats.
  5 | cats | 3 | Take 3 squared, add 1, and halve it. Draw that many cats.
  2 | cats | 2 | Generate as many cats as 10 minus the product of 2 and 4.
  6 | cats | 2 | Generate as many cats as the product of 2 and the sum of 1 and 2.
  2 | cats | 5 | Generate as many cats as (3^2 - √16) / 5 + 1.
  4 | cats | 3 | Generate as many cats as 2 * (3 + 1) - 4.
  2 | cats | 2 | Generate as many cats as 5! / 60.
  2 | cats | 2 | Generate as many cats as the absolute value of (3 - 5).
  2 | cats | 2 | Generate as many cats as 11 / 4 rounded down.
  3 | cats | 2 | Generate as many cats as 11 / 4, rounded up to the nearest whole number.
  2 | cats | 2 | Generate as many cats as floor(11 / 4).
  2 | belts | 2 | Create the same quantity of belts as 11 / 4 equals then rounded down.
  4 | cats | 2 | Draw as many cats as the sum of 3 and 5 divided by 2.
  4 | cats | 2 | Draw as many cats as the sum of 3 and 5, divided by 2.
  2 | cats | 2 | Draw as many cats as the square root of 16 minus 2.
  4 | cats | 2 | Draw as many cats as the square of 3 minus 5.
  4 | cats | 1 | Draw as many cats as the square of 2.
  5 | cats | 1 | Draw as many cats as 3 added to 2.
  2 | cats | 1 | Draw the number of cats you get when 8 is divided by 4.
  2 | cats | 1 | Draw the number of cats you get when 3 is subtracted from 5.
  5 | cats | 2 | If you multiply 2 by 3 and subtract 1, how many cats are there? Draw that many cats.
  2 | - | 1 | What is 8 / 4? Answer with a number only.
  2 | - | 1 | How much is 8 / 4?
  3 | apples | 0 | Draw 3 apples.
  1 | apple | 0 | Draw one apple.
  3 | - | 0 | Draw 3.
  3 | apples | 0 | An image with 3 apples in it, no more and no fewer.
  3 | teddy bears | 0 | Draw exactly three teddy bears on a plain background.
  2 | pieces of cake | 0 | Draw 2 pieces of cake.
  2 | pieces of cake | 1 | Draw as many pieces of cake as 8 / 4.
  5 | double-decker buses | 0 | Draw five double-decker buses.
  4 | tennis balls | 1 | Show an image of tennis balls, as many of them as 6 - 2.
  3 | bananas | 1 | Please produce exactly (2 + 1) bananas.
  3 | red balloons | 1 | Render 6 / 2 red balloons against a blue sky.
  2 | stars | 1 | Provide the number of stars given by 10 % 4.
  2 | stars | 1 | Let the number of stars be 10 - 8.
  3 | pens | 1 | Illustrate a quantity of pens that is identical to 3 * 1.
  2 | owls | 1 | Doodle as many owls as 7 - 5 makes.
  3 | kites | 1 | As many kites as 9 / 3 should be in the picture.
  3 | kites | 1 | Solve 9 / 3 and illustrate this many kites.
  2 | kites | 1 | 7 - 5 = ? Draw that many kites.
  3 | - | 1 | Draw x kites, where x = 9 / 3.
  3 | kites | 2 | Begin with 20, subtract 5, divide by 5. Paint that many kites.
  4 | kites | 2 | Begin with 4; square it; take away 12. Paint that many kites.
  3 | kites | 1 | Take 9 away from 12 and paint that many kites.
  4 | kites | 2 | Take the square root of 81, then subtract 5. Paint that many kites.
  2 | kites | 2 | Divide 20 by 4. Then subtract 3 from the result. Paint that many kites.
  2 | kites | 2 | Multiply 3 by 4. Divide the product by 6. Paint that many kites.
  3 | pens | 3 | Compute 2 + 2, double the result, and subtract 5 from it. Draw that many pens.
  3 | pens | 1 | Draw as many pens as the number obtained by adding 2 to 1.
  3 | pens | 2 | Draw as many pens as the number obtained by multiplying 2 by 4 and then subtracting 5.
  4 | pens | 1 | Draw as many pens as there are in 3 + 1.
  4 | pens | 1 | Draw pens. Their count equals 3 + 1.
  3 | pens | 3 | Draw as many pens as modulo(35, add(subtract(37, 32), 11)).
  4 | pens | 2 | Draw as many pens as 20 divided by the sum of 3 and 2.
  4 | pens | 2 | Draw as many pens as the quotient of 20 and the sum of 3 and 2.
  5 | pens | 2 | Draw as many pens as five times two, halved.
  2 | pens | 1 | Draw as many pens as 4 + -2.
  5 | lemons | 1 | Draw as many lemons as the positive difference between 4 and 9.
  3 | apples | 2 | Draw as many apples as nine squared divided by twenty-seven.
  2 | apples | 2 | Draw as many apples as six divided by the sum of one and two.
  5 | apples | 2 | Draw as many apples as the result of 3 plus 4 take away 2.
  6 | apples | 2 | Draw as many apples as 2 added to 1, then doubled.
  4 | eggs | 1 | Take a dozen, divide it by three and draw that many eggs.
  3 | roses | 1 | Please draw the same number of roses as the remainder of 23 ÷ 4.
  3 | roses | 1 | Make a picture where you can count exactly 3 * 1 roses.
  4 | roses | 1 | Draw exactly 2 to the power of 2 roses.
  4 | cups | 1 | Generate as many cups as 0.5 * 8.
  3 | cups | 2 | Generate as many cups as the difference between the square root of 49 and 4.
  2 | dogs | 3 | Produce a number of dogs equal to (√16 + 2) / 3.
  4 | cats | 2 | Generate as many cats as 8 divided by 4 and then squared.
  5 | cats | 2 | Divide 8 by 4 before adding 3, and draw that many cats.
  2 | apples | 2 | Round 11 / 4 down and draw that many apples.
  2 | apples | 1 | Draw a total of 8 / 4 apples.
  2 | cats | 1 | Draw as many cats as there are when you take 3 from 5.
  3 | - | 1 | Picture the sum of 1 and 2 in ducks.
  2 | ducks | 1 | Draw as many ducks as the value you obtain if you subtract 4 from 6.
  2 | ducks | 3 | Draw as many ducks as √16 ÷ √4.
  3 | ducks | 2 | Draw as many ducks as the remainder of (3 + 8) divided by 4.
  2 | ducks | 1 | Draw as many ducks as a hundred divided by fifty.
  4 | ducks | 2 | Draw as many ducks as 3 doubled minus 2.
  3 | ducks | 1 | What's 5 - 2? Draw that number of ducks.
  2 | pairs of shoes | 0 | Draw 2 pairs of shoes.
"""

REFUSED = """
Draw as many apples as 3 + 1 and a banana.
Draw as many cats as the fourth root of 16.
Draw as many cats as the integer quotient of 7 and 2.
Draw as many cats as the digit sum of 2 and 3.
Draw as many cats as what is left when 11 is divided by 4.
Draw some apples.
Draw an apple.
How many letters are there in the word banana?
How many sides does a triangle have? Draw that many apples.
What is the capital of France?
Which of the two is the largest?
Draw as many apples as the sum of 3 and 5 and 2 pears.
Draw 3 apples and 2 pears.
Draw 3 apples and a pear.
Draw twice as many apples as 8 / 4.
Draw half as many apples as 8 / 4.
Draw one more apple than 8 / 4.
Draw more than 3 apples.
Draw at least 3 apples.
Draw up to 3 apples.
Draw about 3 apples.
Draw 3 or 4 apples.
Do not draw 3 apples.
Draw the difference between 4 and 9 in apples.
Draw as many apples as the square root of 16 plus 9.
Draw as many apples as half of 8 plus 2.
Draw as many apples as twice 3 plus 1.
Draw as many apples as the square root of 10.
Draw as many apples as 4 / 0.
Draw as many apples as 4 % 0.
Draw as many apples as 7 + 5 mod 3.
Draw as many apples as 3 +.
Draw as many apples as (3 + 2.
Draw as many apples as 3 + 2).
Draw as many apples as 8 / 4!
Draw as many apples as the average of 2 and 4.
Draw as many apples as the larger of 2 and 4.
Draw as many apples as max(2, 4, 5).
Draw as many apples as gcd(8, 4).
Draw as many apples as the successor of 4.
Draw as many apples as the 3rd prime.
Draw as many apples as ½ of 8.
Draw as many apples as 2x.
Draw as many apples as 3 ± 1.
Draw as many apples as 3 < 4.
Draw as many legs as 2 dogs have.
Draw as many apples as the word three has letters.
Tom has 5 apples and eats 2. Draw how many are left.
Tom has 5 apples and gets 2 more. Draw them.
1. Draw as many apples as 8 / 4.
If x + 3 = 5, draw x apples.
Draw 3 + 1 = 4 apples.
Draw 1,000 / 500 apples.
Draw 2(3 + 1) apples.
Draw 2√9 apples.
Draw as many apples as 2 3.
Start with 12, add 3 and 5.
Start with 12. Add 3 to 5. Draw that many cats.
Draw 8 / 4 apples on each of 2 plates.
Draw 8 / 4 apples per plate.
Draw 3 apples plus 2 apples.
Divide it by 4 and draw that many apples.
Draw that many apples.
Draw as many apples as 11 / 4 rounded.
Draw as many apples as 3 | 4.
Draw as many apples as the remainder.
Draw 3 ± 1 apples.
What is 8 / 4? Double check, then draw that many cats.
Draw as many lemons as (-3^2 + 10).
Compute 8 / 4, then add that many apples to the scene.
Draw as many apples as the sum of 1,234 and 5.
Draw as many apples as 2 and 1 make together.
Draw as many roses as 5 choose 2.
Draw roses, 4 of them.
Generate as many cups as the result of 8 : 4.
Generate as many cups as the average of 2 and 4 plus 1.
Draw as many apples as the product of 3 and 2 minus 1.
Before adding 3, divide 8 by 4, and draw that many cats.
Draw as many apples as -3 + 5.
Draw as many apples as the number of days in a week minus 5.
Draw two thirds of the apples.
Draw as many ducks as the difference of the squares 9 and 4.
Draw as many ducks as 11 divided by 4 leaves as remainder.
Draw as many ducks as 12 divided by 3 and 2.
Draw 2x2 ice cream cones.
"""


@pytest.mark.parametrize("line", READ.strip().splitlines())
def test_a_sentence_is_read_with_its_value_noun_and_operations(line: str) -> None:
    value, noun, operations, text = line.split(" | ", maxsplit=3)
    assert solve(text) == Solved(Fraction(value), None if noun == "-" else noun, int(operations))


@pytest.mark.parametrize("text", ["", *REFUSED.strip().splitlines()])
def test_a_sentence_that_is_not_understood_for_sure_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"\w"):
        solve(text)


@pytest.mark.parametrize(
    "text",
    [
        "Draw " + "sqrt(" * 500 + "1" + ")" * 500,
        "Draw " + "√" * 900 + "16 apples.",
        "Draw " + "half of " * 400 + "8 + 2 apples.",
        "Draw 9 ^ 64 ^ 64 apples.",
        "Draw 1" + "0" * 400 + " - 1 apples.",
        "Draw 8 / 4 apples." + " " * LONGEST_TEXT,
    ],
)
def test_a_hostile_sentence_is_refused_at_once(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"deeply|bounds|large|no number|characters"):
        solve(text)


def test_the_message_says_what_was_not_understood() -> None:
    with pytest.raises(UnreadableError, match="'minus' stands outside the arithmetic that was read"):
        solve("Draw 5 apples minus 2 apples.")
    with pytest.raises(UnreadableError, match="'half of 8 plus 2' can be read in two ways"):
        solve("Draw as many apples as half of 8 plus 2.")


def test_the_solver_knows_neither_families_nor_their_wording() -> None:
    for module in (arithmetic, arithmetic_steps, math, math_context):
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        ours = [name for name in imported if name.startswith("unisandbox")]
        assert ours
        assert [name for name in ours if ".solvers." not in name and not name.endswith(".vocabulary")] == []
