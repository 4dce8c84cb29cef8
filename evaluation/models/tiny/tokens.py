"""The reference model's tokens: the words of a release, names in syllables, and what a cell of a picture holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from unisandbox.errors import DataError, Violation

PAD, BEGIN, ASK, THINK, IMAGE, END = SPECIALS = ("<pad>", "<begin>", "<ask>", "<think>", "<image>", "<end>")
BLANK: Final = "<blank>"  # a cell of a picture with nothing in it
PIECE: Final = re.compile(r"\d+|'s\b|[^\W\d_]+(?:-[^\W\d_]+)*|[^\w\s]|_")
SYLLABLE: Final = re.compile(r"[^aeiou]*[aeiou]+(?:[^aeiou]+$)?", re.IGNORECASE)
INSIDE: Final = "##"  # before a syllable that goes on with a name
TO_THE_LEFT: Final = frozenset([".", ",", "?", "!", ":", ";", ")", "'s"])  # no blank before these, in ordinary sentences
TO_THE_RIGHT: Final = frozenset(["(", "√"])
TIGHT: Final = frozenset(["^"])


class UnknownWordError(DataError):
    """A text holds words that the model was not built with."""


class Tokenizer:
    """Text to numbers and back; the numbers of specials come first, then those of cells, then those of words.

    Args:
        cells: What a cell of a picture may hold besides `BLANK`, each once.
        words: All words, numbers, signs and syllables, each once.
    """

    def __init__(self, cells: Sequence[str], words: Sequence[str]) -> None:
        self.cells, self.words = (BLANK, *(cell for cell in cells if cell != BLANK)), tuple(words)
        self.first_cell = len(SPECIALS)
        self.first_word = self.first_cell + len(self.cells)
        self._ids = {word: self.first_word + place for place, word in enumerate(self.words)}
        self._cell_ids = {cell: self.first_cell + place for place, cell in enumerate(self.cells)}
        self.special = {name: place for place, name in enumerate(SPECIALS)}

    def __len__(self) -> int:
        """Return how many tokens there are."""
        return self.first_word + len(self.words)

    def encode(self, text: str, where: str = "text") -> list[int]:
        """Return the tokens of a text.

        Raises:
            UnknownWordError: Words that the model was not built with, each by name.

        >>> tokenizer = Tokenizer(["cell"], ["Draw", ".", "Mi", "##ra"])
        >>> tokenizer.decode(tokenizer.encode("Draw Mira."))
        'Draw Mira.'
        """
        found = [self._of_piece(piece) for piece in PIECE.findall(text)]
        if [] in found:
            unknown = [piece for piece, ids in zip(PIECE.findall(text), found, strict=True) if not ids]
            allowed, fix = f"one of its {len(self.words)} words and syllables", "train the model on a release that has the word"
            raise UnknownWordError(Violation(where, repr(word), allowed, fix) for word in dict.fromkeys(unknown))
        return [token for ids in found for token in ids]

    def decode(self, tokens: Iterable[int]) -> str:
        """Return the text of tokens, spaced as ordinary sentences are; specials and cells are left out."""
        text, tight = "", True
        for token in tokens:
            if token < self.first_word:
                continue
            word = self.words[token - self.first_word]
            inside = word.startswith(INSIDE) and word != INSIDE
            glued = tight or inside or word in TO_THE_LEFT or word in TIGHT
            text += ("" if glued else " ") + (word.removeprefix(INSIDE) if inside else word)
            tight = word in TO_THE_RIGHT or word in TIGHT
        return text

    def cell(self, name: str) -> int:
        """Return the token of what a cell holds; raises `UnknownWordError` where the model was not built with it."""
        if name not in self._cell_ids:
            fix = "train the model on a release that has it"
            raise UnknownWordError(Violation("picture", repr(name), f"one of {len(self.cells)} contents of cells", fix))
        return self._cell_ids[name]

    def held(self, token: int) -> str:
        """Return what the cell of a token holds."""
        return self.cells[token - self.first_cell]

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes."""
        return {"cells": list(self.cells), "words": list(self.words)}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Tokenizer:
        """Return the tokenizer that `to_json` described."""
        return cls(said["cells"], said["words"])

    def _of_piece(self, piece: str) -> list[int]:
        if (known := self._ids.get(piece)) is not None:
            return [known]
        if not piece[0].isupper():
            return []
        ids = [self._ids.get(syllable) for syllable in syllables(piece)]
        return [one for one in ids if one is not None] if None not in ids else []

    @cached_property
    def numbers(self) -> Mapping[int, int]:
        """Number -> token, of every number that the model knows in digits."""
        return {int(word): token for word, token in self._ids.items() if word.isdigit()}


def syllables(name: str) -> list[str]:
    """Return a name in syllables, all but the first marked as going on; a name without a vowel is one.

    >>> syllables("Gederizo")
    ['Ge', '##de', '##ri', '##zo']
    """
    first, *rest = SYLLABLE.findall(name) or [name]
    return [first, *(INSIDE + one for one in rest)]


def words_of(texts: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return what a tokenizer needs for some texts, sorted: words, signs, every number up to the largest, syllables of names.

    Args:
        texts: Sentences.
        names: Of characters; they are split into syllables wherever they stand.
    """
    known = frozenset(names)
    pieces = {piece for text in texts for piece in PIECE.findall(text)} - known
    largest = max((int(piece) for piece in pieces if piece.isdecimal()), default=0)
    split = {syllable for name in known for syllable in syllables(name)}
    return sorted(pieces | split | {str(number) for number in range(largest + 1)})
