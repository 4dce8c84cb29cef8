"""Rule sets by number: which symbols lead to which objects, before any wording."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from unisandbox.generators.draws import Draws
from unisandbox.generators.spaces import (
    LARGEST_SPACE,
    nth_combination,
    nth_permutation,
    rank_of_combination,
    rank_of_permutation,
)
from unisandbox.generators.vocabulary import Noun, Symbol, symbols


class Chain(NamedTuple):
    """One way from a first symbol over `symbols` to an object."""

    symbols: tuple[Symbol, ...]
    noun: Noun


@dataclass(frozen=True)
class RuleSets:
    """All rule sets of a level over some nouns, numbered; `ranked` further symbols are part of the number."""

    chains: int
    hops: int
    nouns: tuple[Noun, ...]

    @cached_property
    def ranked(self) -> int:
        """How many symbols beyond the first ones fit into a space of 2**62."""
        wanted = self.chains * (self.hops - 1)
        return max(r for r in range(wanted + 1) if math.prod(self._radices(r)) <= LARGEST_SPACE)

    def _radices(self, ranked: int) -> tuple[int, int, int]:
        pool, k = len(symbols()), self.chains
        return math.comb(pool, k), math.perm(len(self.nouns), k), math.perm(pool - k, ranked)

    def __len__(self) -> int:
        """Return the number of rule sets."""
        return math.prod(self._radices(self.ranked))

    def nth(self, rank: int, draws: Draws) -> list[Chain]:
        """Return the chains at a rank, by first symbol; symbols beyond the ranked ones come from the draws."""
        _, objects, further = self._radices(self.ranked)
        rank, last = divmod(rank, further)
        first_rank, noun_rank = divmod(rank, objects)
        pool = symbols()
        first = nth_combination(len(pool), self.chains, first_rank)
        rest = [symbol for number, symbol in enumerate(pool) if number not in first]
        taken = nth_permutation(len(rest), self.ranked, last)
        further_symbols = [rest[number] for number in taken]
        missing = self.chains * (self.hops - 1) - self.ranked
        if missing:
            further_symbols += draws.sample([symbol for symbol in rest if symbol not in further_symbols], missing)
        chosen = nth_permutation(len(self.nouns), self.chains, noun_rank)
        return [Chain((pool[first[c]], *further_symbols[c :: self.chains]), self.nouns[chosen[c]]) for c in range(self.chains)]

    def rank(self, chains: list[Chain]) -> int:
        """Return the rank of chains given by first symbol; undoes `nth`."""
        _, objects, further = self._radices(self.ranked)
        pool = symbols()
        first = [pool.index(chain.symbols[0]) for chain in chains]
        rest = [symbol for number, symbol in enumerate(pool) if number not in first]
        told = [chain.symbols[hop] for hop in range(1, self.hops) for chain in chains][: self.ranked]
        last = rank_of_permutation(len(rest), [rest.index(symbol) for symbol in told])
        noun_rank = rank_of_permutation(len(self.nouns), [self.nouns.index(chain.noun) for chain in chains])
        return (rank_of_combination(len(pool), first) * objects + noun_rank) * further + last
