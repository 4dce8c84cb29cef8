"""Draws pictures token by token with a language model of transformers: guided, seeded one by one, in any batch.

The library's own loops do not run in every version from 5.13 to 5.23, and sample a batch from one stream of random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from unisandbox.evaluation.models.hf_noise import Noise

ROUND: Final = 64  # positions; caches of few lengths, so that a compiled step is compiled for few


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen.

    Attributes:
        guidance: Of classifier-free guidance; at 1 there is none, and the work is halved.
        temperature: Scores are divided by it; at 0 the likeliest token is taken, and seeds have no say.
        top_k: How many of the likeliest tokens are left to choose from; all where 0.
    """

    guidance: float
    temperature: float
    top_k: int = 0


@dataclass(frozen=True, slots=True)
class Language:
    """The parts of a model that speak in pictures.

    Attributes:
        core: The decoder, without a head: embeddings in, hidden states out.
        embed: Returns the embeddings of text tokens: rows x tokens in, rows x tokens x width out.
        embed_codes: Returns the embeddings of picture tokens, likewise.
        score: Returns the scores of all picture tokens: rows x width in, rows x codes out.
        codes: How many picture tokens there are.
        pad: The text token that fills rows up on the left, where nothing looks.
        positions: How many tokens a sequence may have.
    """

    core: Any
    embed: Callable[[Tensor], Tensor]
    embed_codes: Callable[[Tensor], Tensor]
    score: Callable[[Tensor], Tensor]
    codes: int
    pad: int
    positions: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How many tokens a picture has, and what is said between its lines.

    Attributes:
        tokens: Of a picture.
        line: Tokens of a line, where lines are ended; 0 where they are not.
        end_of_line: The text token that ends one.
    """

    tokens: int
    line: int = 0
    end_of_line: int = 0

    @property
    def steps(self) -> int:
        """How many tokens are said after the prompt; the ends of lines too."""
        return self.tokens + (self.tokens // self.line if self.line else 0)


class TokenDrawer:
    """Draws with a language.

    Args:
        language: Of the model.
        sampling: How its tokens are chosen.
        device: Where it is.
        compiled: Whether torch compiles the step of one token.
    """

    def __init__(self, language: Language, sampling: Sampling, device: torch.device, *, compiled: bool) -> None:
        self._language, self._sampling, self._device, self._compiled = language, sampling, device, compiled
        self._step = None if compiled else language.core
        self._cache: tuple[tuple[int, int], Any] | None = None

    @torch.no_grad()
    def draw(
        self, asked: Sequence[list[int]], unasked: Sequence[list[int]], seeds: Sequence[int], layout: Layout
    ) -> tuple[Tensor, Tensor]:
        """Return the tokens of each picture, pictures x tokens, and for each whether its scores were numbers throughout.

        Args:
            asked: The tokens of each prompt.
            unasked: Those of the same picture without what is asked for: what guidance leads away from.
            seeds: Of each picture.
            layout: Of all.

        Raises:
            ValueError: A prompt is too long for the model.
        """
        count = len(asked)
        more = _rounded(count) - count if self._compiled else 0
        asked, unasked = [*asked, *[asked[-1]] * more], [*unasked, *[unasked[-1]] * more]
        rows = [*asked, *unasked] if self._sampling.guidance != 1 else [*asked]
        walk = self._begun(rows, layout)
        found = torch.zeros(len(asked), layout.tokens, dtype=torch.long, device=self._device)
        sound = torch.ones(len(asked), dtype=torch.bool, device=self._device)
        copies = len(rows) // len(asked)
        with Noise([*seeds, *[seeds[-1]] * more], self._language.codes, layout.tokens, self._device) as noise:
            for place in range(layout.tokens):
                scores = self._guided(self._language.score(walk.hidden).float())
                sound &= scores.isfinite().all(-1)
                found[:, place] = self._chosen(scores, noise)
                if place < layout.tokens - 1:
                    walk.say(self._language.embed_codes(found[:, place : place + 1].repeat(copies, 1)))
                    if layout.line and (place + 1) % layout.line == 0:
                        walk.say(self._language.embed(torch.full((len(rows), 1), layout.end_of_line, device=self._device)))
        return found[:count], sound[:count]

    def _guided(self, scores: Tensor) -> Tensor:
        if self._sampling.guidance == 1:
            return scores
        asked, unasked = scores.chunk(2)
        return unasked + (asked - unasked) * self._sampling.guidance

    def _chosen(self, scores: Tensor, noise: Noise) -> Tensor:
        sampling = self._sampling
        if 0 < sampling.top_k < scores.shape[-1]:
            scores = scores.masked_fill(scores < scores.topk(sampling.top_k).values[:, -1:], -torch.inf)
        return (scores / sampling.temperature + noise.step() if sampling.temperature else scores).argmax(-1)

    def _begun(self, rows: Sequence[list[int]], layout: Layout) -> _Walk:
        longest = max(len(row) for row in rows)
        if longest + layout.steps > self._language.positions:
            found = f"a prompt of {longest} tokens and a picture of {layout.steps}"
            raise ValueError(f"{found}: the model has room for {self._language.positions}; ask for a smaller picture")
        ids = [[self._language.pad] * (longest - len(row)) + row for row in rows]
        seen = [[False] * (longest - len(row)) + [True] * len(row) for row in rows]
        length = -(-(longest + layout.steps) // ROUND) * ROUND
        cache = self._empty_cache(len(rows), length)
        return _Walk(
            self._language.core,
            self._stepping(),
            cache,
            self._language.embed(torch.tensor(ids, device=self._device)),
            torch.tensor(seen, device=self._device),
            length,
        )

    def _stepping(self) -> Any:
        """Return what takes one token further; compiled when it is first needed, since the compiler is slow to load."""
        if self._step is None:
            mode = "reduce-overhead" if self._device.type == "cuda" else "default"
            self._step = torch.compile(self._language.core, dynamic=False, mode=mode)
        return self._step

    def _empty_cache(self, rows: int, length: int) -> Any:
        """Return a cache of fixed size; for a compiled step, which knows its address, the last one again where it fits."""
        from transformers import StaticCache

        if self._cache and self._cache[0] == (rows, length):
            self._cache[1].reset()
            return self._cache[1]
        self._cache = None  # its memory goes before the next one's is taken
        cache = StaticCache(config=self._language.core.config, max_cache_len=length)
        if self._compiled:
            self._cache = (rows, length), cache
        return cache


class _Walk:
    """Some sequences on their way: what was said is in the cache, and from `hidden`, rows x width, the next token follows.

    Masks are made here in the form that transformers passes on as it is; its own would ask the device for a number at every step.
    """

    def __init__(self, core: Any, step: Any, cache: Any, embeddings: Tensor, seen: Tensor, length: int) -> None:
        self._step, self._cache = step, cache
        self._place = seen.shape[1]
        self._seen = torch.zeros(len(seen), 1, 1, length, dtype=torch.bool, device=seen.device)
        self._seen[:, 0, 0, : self._place] = seen
        self._position = (seen.cumsum(-1) - 1).clamp(min=0)
        ahead = torch.ones(self._place, length, dtype=torch.bool, device=seen.device).tril()
        itself = torch.eye(self._place, length, dtype=torch.bool, device=seen.device)  # what fills up must look somewhere
        self.hidden = self._said(core, embeddings, (self._seen & ahead) | itself)

    def say(self, embedding: Tensor) -> None:
        """Add one token to each sequence: rows x 1 x width."""
        self._seen[..., self._place] = True
        self._place += 1
        self._position = self._position[:, -1:] + 1
        self.hidden = self._said(self._step, embedding, self._seen)

    def _said(self, model: Any, embeddings: Tensor, mask: Tensor) -> Tensor:
        said = model(
            inputs_embeds=embeddings,
            attention_mask=mask,
            position_ids=self._position,
            past_key_values=self._cache,
            use_cache=True,
        )
        hidden: Tensor = said.last_hidden_state[:, -1]
        return hidden


def _rounded(count: int) -> int:
    """Return the next power of two, so that few sizes of batches are compiled."""
    return 1 << (count - 1).bit_length()
