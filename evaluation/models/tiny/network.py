"""The reference model's network: a decoder-only transformer over words and cells, with a memory for writing on.

Width 128, six blocks and four heads by default. Each block mixes three neighbouring tokens before it attends (looking something
up then takes one block, not two), places are told apart by rotation, and a token of a picture also says which cell comes next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name it has everywhere

NEIGHBOURS: Final = 3
ROTATION_BASE: Final = 10_000.0
SHARPNESS: Final = 2.5  # of attention: normed queries and keys alone could not single out one token of many
MASKED: Final = -1e4  # before a softmax; finite, so that a row with nothing to see stays a number


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a network: tokens it knows, cells of a picture, width, blocks, heads."""

    tokens: int
    cells: int
    width: int = 128
    blocks: int = 6
    heads: int = 4


class Memory:
    """What a network remembers of a batch that it goes on writing: keys, values, and the last inputs of each block.

    Args:
        skipped: How many tokens at the left of each row are padding, shape (batch,).
    """

    def __init__(self, skipped: Tensor) -> None:
        self.skipped, self.length = skipped, 0
        self.keys: list[Tensor] = []
        self.values: list[Tensor] = []
        self.recent: list[Tensor] = []

    def keep(self, chosen: Tensor) -> None:
        """Forget all rows but the chosen ones, given by number, shape (kept,)."""
        self.skipped = self.skipped[chosen]
        for parts in (self.keys, self.values, self.recent):
            parts[:] = [part[chosen] for part in parts]


class Block(nn.Module):
    """One block: three neighbours mixed, attention, then a layer that widens four times."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.mix = nn.Parameter(torch.zeros(NEIGHBOURS, shape.width))
        self.attend_in = nn.Linear(shape.width, 3 * shape.width, bias=False)
        self.attend_out = nn.Linear(shape.width, shape.width, bias=False)
        self.widen = nn.Linear(shape.width, 4 * shape.width, bias=False)
        self.narrow = nn.Linear(4 * shape.width, shape.width, bias=False)

    def forward(
        self, x: Tensor, turns: tuple[Tensor, Tensor], hidden: Tensor, valid: Tensor, memory: Memory | None, at: int
    ) -> Tensor:
        """Return the block's output, shape (batch, length, width).

        Args:
            x: Input, shape (batch, length, width).
            turns: Cosines and sines of the places of these tokens.
            hidden: What each token must not see, as numbers to add, shape (batch or 1, 1, length, all).
            valid: 0 at padding, 1 elsewhere, shape (batch, length, 1).
            memory: Of the tokens before; None in training.
            at: Number of the block.
        """
        h = _normed(x) * valid
        before = memory.recent[at] if memory and memory.length else h.new_zeros(h.shape[0], NEIGHBOURS - 1, h.shape[2])
        longer = torch.cat((before, h), dim=1)
        if memory is not None:
            _put(memory.recent, at, longer[:, -(NEIGHBOURS - 1) :])
        length = h.shape[1]
        h = h + sum(self.mix[step] * longer[:, step : step + length] for step in range(NEIGHBOURS))
        x = x + self._attended(h, turns, hidden, memory, at)
        out: Tensor = x + self.narrow(F.relu(self.widen(_normed(x))).square())
        return out

    def _attended(self, h: Tensor, turns: tuple[Tensor, Tensor], hidden: Tensor, memory: Memory | None, at: int) -> Tensor:
        batch, length, width = h.shape
        query, key, value = self.attend_in(h).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        query, key = _turned(_normed(query), turns), _turned(_normed(key), turns)
        if memory is not None:
            if memory.length:
                key, value = torch.cat((memory.keys[at], key), dim=2), torch.cat((memory.values[at], value), dim=2)
            _put(memory.keys, at, key)
            _put(memory.values, at, value)
        seen = torch.softmax(query @ key.transpose(2, 3) * (query.shape[-1] ** -0.5 * SHARPNESS) + hidden, dim=-1)
        out: Tensor = self.attend_out((seen @ value).transpose(1, 2).reshape(batch, length, width))
        return out


class Copying(nn.Module):
    """The last attention: what it sees is passed on as the token that stands there, so that a word is repeated easily."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.look = nn.Linear(shape.width, 2 * shape.width, bias=False)
        self.strength = nn.Parameter(torch.full((shape.heads,), 0.5))

    def forward(
        self, x: Tensor, said: Tensor, turns: tuple[Tensor, Tensor], hidden: Tensor, memory: Memory | None, at: int
    ) -> Tensor:
        """Return what is copied to each token, shape (batch, length, width).

        Args:
            x: Output of the blocks, normed, shape (batch, length, width).
            said: Embeddings of the tokens themselves, same shape.
            turns, hidden, memory, at: As for a block.
        """
        batch, length, _ = x.shape
        query, key = self.look(x).view(batch, length, 2, self.heads, -1).permute(2, 0, 3, 1, 4)
        query, key = _turned(_normed(query), turns), _turned(_normed(key), turns)
        if memory is not None:
            if memory.length:
                key, said = torch.cat((memory.keys[at], key), dim=2), torch.cat((memory.values[at], said), dim=1)
            _put(memory.keys, at, key)
            _put(memory.values, at, said)
        seen = torch.softmax(query @ key.transpose(2, 3) * (query.shape[-1] ** -0.5 * SHARPNESS) + hidden, dim=-1)
        return (seen * self.strength[:, None, None]).sum(dim=1) @ said


class Network(nn.Module):
    """The whole network: tokens in, a score of every token as the next one out."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.tokens, shape.width)
        self.cell_embedding = nn.Embedding(shape.cells + 2, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.blocks))
        self.copying = Copying(shape)

    def start(self, seed: int) -> None:
        """Give every weight its first value, which depends on the seed alone."""
        draws = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for name, weight in self.named_parameters():
                if name.endswith("strength"):
                    continue
                if name.endswith(("narrow.weight", "attend_out.weight", "mix")):
                    weight.zero_()
                else:
                    spread = 0.02 if "embedding" in name else weight.shape[1] ** -0.5
                    weight.copy_(torch.randn(weight.shape, generator=draws) * spread)

    def forward(self, tokens: Tensor, cells: Tensor, memory: Memory | None = None) -> Tensor:
        """Return what the network makes of each token, shape (batch, length, width); `scores` turns it into scores.

        Args:
            tokens: Shape (batch, length).
            cells: 0 for a token of text, 1 for the one before the first cell, 2 for that of the first cell, and so on.
            memory: Of the tokens before these; it is written on. None in training.
        """
        length, done = tokens.shape[1], memory.length if memory else 0
        places = torch.arange(done, done + length, device=tokens.device)
        everything = torch.arange(done + length, device=tokens.device)
        hidden = (everything[None] > places[:, None])[None, None] * MASKED
        valid = torch.ones(1, 1, 1, device=tokens.device)
        if memory is not None:
            hidden = hidden + (everything[None] < memory.skipped[:, None])[:, None, None] * MASKED
            valid = (places[None] >= memory.skipped[:, None])[..., None].to(self.embedding.weight.dtype)
        x = _normed(self.embedding(tokens) + self.cell_embedding(cells))
        turns = _turns(places, self.shape.width // self.shape.heads)
        for number, block in enumerate(self.blocks):
            x = block(x, turns, hidden, valid, memory, number)
        x = _normed(x)
        copied: Tensor = self.copying(x, _normed(self.embedding(tokens)), turns, hidden, memory, len(self.blocks))
        if memory is not None:
            memory.length += length
        return x + copied

    def scores(self, x: Tensor) -> Tensor:
        """Return the score of every token as the next one, shape (..., tokens), from the output of `forward`."""
        return F.linear(x, self.embedding.weight)


def _normed(x: Tensor) -> Tensor:
    return F.rms_norm(x, (x.shape[-1],))


def _turns(places: Tensor, width: int) -> tuple[Tensor, Tensor]:
    speeds = ROTATION_BASE ** (-torch.arange(0, width, 2, device=places.device) / width)
    angles = places[:, None] * speeds
    return angles.cos(), angles.sin()


def _turned(x: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    cosines, sines = (turn.to(x.dtype) for turn in turns)
    left, right = x.chunk(2, dim=-1)
    return torch.cat((left * cosines - right * sines, left * sines + right * cosines), dim=-1)


def _put(parts: list[Tensor], at: int, part: Tensor) -> None:
    if at == len(parts):
        parts.append(part)
    else:
        parts[at] = part
