"""Writing on from prompts, many at once: words until the text ends, then the cells of a picture; each with a seed of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import torch
from torch import Tensor

from unisandbox.evaluation.models.tiny.network import Memory, Network
from unisandbox.evaluation.models.tiny.tokens import ASK, BEGIN, END, IMAGE, PAD, THINK, Tokenizer

MOST_THOUGHT: Final = 96  # tokens; the longest trace of a default release has 50
MOST_ANSWERED: Final = 24
NEVER: Final = -1e9


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be written: after which tokens, in which mode (`<ask>`, `<think>` or `<image>`), and with which seed."""

    prompt: Sequence[int]
    mode: str
    seed: int


@dataclass(slots=True)
class Written:
    """What was written: the tokens of the text, those of the cells, and whether the text ran into its limit."""

    text: list[int] = field(default_factory=list)
    cells: list[int] = field(default_factory=list)
    truncated: bool = False


class Writer:
    """Writes with a network.

    Args:
        network: On the device that it shall work on.
        tokenizer: Of the network.
        temperature: 0 takes the likeliest token; 1 draws from what the network says.
    """

    def __init__(self, network: Network, tokenizer: Tokenizer, temperature: float = 0.0) -> None:
        self._network, self._tokenizer, self._temperature = network, tokenizer, temperature
        self._device = network.embedding.weight.device
        size, special = len(tokenizer), tokenizer.special
        self._no_text = torch.zeros(size, device=self._device)
        self._no_text[: tokenizer.first_word] = NEVER
        self._no_text[special[END]] = 0
        self._no_cell = torch.full((size,), NEVER, device=self._device)
        self._no_cell[tokenizer.first_cell : tokenizer.first_word] = 0

    @torch.inference_mode()
    def write(self, wishes: Sequence[Wish]) -> list[Written]:
        """Return what comes after each prompt, in order; what one row gets depends on no other but by rounding."""
        if not wishes:
            return []
        states = [_State(wish, self._network.shape.cells) for wish in wishes]
        special = self._tokenizer.special
        rows = [[special[BEGIN], *wish.prompt, special[wish.mode]] for wish in wishes]
        longest = max(map(len, rows))
        skipped = torch.tensor([longest - len(row) for row in rows], device=self._device)
        tokens = torch.tensor([[special[PAD]] * (longest - len(row)) + row for row in rows], device=self._device)
        cells = torch.zeros_like(tokens)
        cells[:, -1] = torch.tensor([state.cell for state in states], device=self._device)
        memory, left = Memory(skipped), states
        while left:
            scores = self._network.scores(self._network(tokens, cells, memory)[:, -1])
            self._step(left, scores.float())
            going = [place for place, state in enumerate(left) if not state.is_done]
            if len(going) < len(left):
                memory.keep(torch.tensor(going, dtype=torch.int64, device=self._device))
            left = [left[place] for place in going]
            tokens = torch.tensor([[self._fed(state)] for state in left], device=self._device)
            cells = torch.tensor([[state.cell] for state in left], device=self._device)
        return [state.written for state in states]

    def _step(self, states: Sequence[_State], scores: Tensor) -> None:
        """Take one token for each row."""
        drawing = torch.tensor([state.cell > 0 for state in states], device=self._device)[:, None]
        scores = scores + torch.where(drawing, self._no_cell, self._no_text)
        if self._temperature > 0:
            noise = np.stack([state.noise(scores.shape[1]) for state in states])
            scores = scores / self._temperature + torch.from_numpy(noise).to(self._device)
        end = self._tokenizer.special[END]
        for state, token in zip(states, scores.argmax(dim=1).tolist(), strict=True):
            state.take(token, end)

    def _fed(self, state: _State) -> int:
        """Return the token that a row goes on from: after the thought comes a picture."""
        return self._tokenizer.special[IMAGE] if state.cell == 1 else state.last


class _State:
    """One row that is being written."""

    def __init__(self, wish: Wish, cells: int) -> None:
        self.written, self.last, self.is_done = Written(), -1, False
        self.cell = 1 if wish.mode == IMAGE else 0
        self._thinks, self._cells = wish.mode == THINK, cells
        self._most = MOST_THOUGHT if self._thinks else MOST_ANSWERED
        self._draws = np.random.Generator(np.random.Philox(key=wish.seed))

    def noise(self, size: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """Return noise of Gumbel's distribution: the largest of scores with it is a draw from their softmax."""
        return self._draws.gumbel(size=size).astype(np.float32)

    def take(self, token: int, end: int) -> None:
        """Take the next token."""
        self.last = token
        if self.cell:
            self.written.cells.append(token)
            self.cell += 1
            self.is_done = len(self.written.cells) == self._cells
            return
        if token != end:
            self.written.text.append(token)
        self.written.truncated = token != end and len(self.written.text) >= self._most
        if token == end or self.written.truncated:
            self.cell, self.is_done = int(self._thinks), not self._thinks


__all__ = ["ASK", "IMAGE", "THINK", "Wish", "Writer", "Written"]
