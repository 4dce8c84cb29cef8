"""`mapping`: follow chains of rules from a symbol to an object and draw it; the level is the number of hops.

A rule set holds k chains of equal length over disjoint symbols. It is a point: an unordered choice of first symbols, an ordered
choice of objects and of further symbols, as many as 2**62 points can hold; symbols beyond that are drawn. Every chain is queried
once: the queries of one rule set are a group, made of the same words, so the gold object stands first, second, … equally often.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from unisandbox.errors import Violation
from unisandbox.generators.draws import Draws, stream_key
from unisandbox.generators.families.base import Factors, Item, Part, Point, Target, TargetObject
from unisandbox.generators.holdout import divided_nouns, namable, share_faults
from unisandbox.generators.rule_sets import Chain, RuleSets
from unisandbox.generators.spaces import Bijection, Bins, edition_slice
from unisandbox.generators.templates import Template, Wording, wording
from unisandbox.generators.vocabulary import (
    LATEST_VOCABULARY,
    Noun,
    Symbol,
    category,
    category_of,
    counted,
    symbols,
    with_article,
)

MOST_CHAINS = 4
WORDS_PER_RULE = 5  # its place, its verb, two symbol forms, a symbol that is drawn


class Chosen(NamedTuple):
    """What a point of `mapping` stands for: a rule set by its rank, the chain that is queried, the draw template."""

    rank: int
    chain: int
    template: Template


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """Options of `mapping`.

    Args:
        chains: Chains of a rule set, 2 to 4; each is queried once.
        validation_share: Share of the rule sets kept for validation, 0 to 0.45.
        test_share: Share kept for tests, 0 to 0.45.
        novel_objects_share: Share of each category of objects that training never names, 0 to 0.45.
    """

    chains: int = 2
    validation_share: float = 0.1
    test_share: float = 0.1
    novel_objects_share: float = 0.15

    @property
    def levels(self) -> range:
        """Numbers of hops that can be made."""
        return range(1, 7)

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes that a split can hold out."""
        return ("key", "object", "template", "depth")

    @property
    def group_size(self) -> int:
        """Items that are made of the same random words: one a chain."""
        return self.chains

    def faults(self) -> list[Violation]:
        """Return what is wrong with the options."""
        found = share_faults(self)
        if not 2 <= self.chains <= MOST_CHAINS:
            found.append(Violation("chains", str(self.chains), f"2 to {MOST_CHAINS}", "mend the number"))
        return found

    def words_per_row(self, level: int) -> int:
        """Return the random words of a rule set: some a rule, one a query and two for wording, in blocks of four."""
        return -(-(WORDS_PER_RULE * self.chains * level + self.chains + 2) // 4) * 4

    def space(self, part: Part) -> MappingSpace:
        """Return the items that a part of a release can hold."""
        return _space(self, part)

    def pictured(self, part: Part) -> tuple[Noun, ...]:
        """Return the objects that pictures of a part may show."""
        return namable(part, self.novel_objects_share)

    def known_looks(self, part: Part, item: Item) -> dict[str, str]:  # noqa: ARG002 - pictures show objects alone
        """Return nothing: pictures show no persons."""
        return {}

    def bin_of(self, line: str, seed: int, chains: list[Chain], vocabulary: int = LATEST_VOCABULARY) -> str:
        """Return the bin that a rule set over seen objects belongs to, from its chains alone."""
        sets = RuleSets(len(chains), len(chains[0].symbols), divided_nouns(line, self.novel_objects_share, vocabulary)[0])
        rank = sets.rank(sorted(chains, key=lambda chain: symbols().index(chain.symbols[0])))
        bins = Bins.of(len(sets), self.validation_share, self.test_share)
        return bins.name_of(_bijection(sets, line, seed, novel=False).inverse(rank))

    def dealt(self, item: Item) -> dict[str, str]:
        """Return the draw template of an item, which all items of its rule set share."""
        return {"template": item.factors.templates[0]}

    def row(self, draws: Draws, point: Point) -> Item:
        """Return the item at a point of a `MappingSpace`; the draws are those of its rule set."""
        space, index, chosen = point
        part, template = space.part, chosen.template
        told = _told(space, chosen.rank, draws.words)
        chain = told.chains[chosen.chain]
        query, answer = told.queries[chosen.chain], chain.noun.name
        return Item(
            part.item_id(index),
            "mapping",
            part.level,
            part.split,
            group=f"mapping/{part.level}/{part.split}/g{index // self.chains:06d}",
            cluster=f"mapping/{template.id}",
            draw=template.text.format(rules=told.rules, query=query, category=told.category),
            literal=told.literal.text.format(a_noun=with_article(chain.noun)),
            ask=told.ask.text.format(rules=told.rules, query=query, category=told.category),
            answer=answer,
            choices=told.choices,
            chance=1 / self.chains,
            trace=f"{told.followed[chosen.chain]} The answer is {answer}. The picture shows {counted(chain.noun, 1)}.",
            target=Target("objects", (TargetObject(answer, 1),)),
            factors=Factors(
                index,
                part.level,
                objects=told.objects,
                symbols=tuple([symbol.text for symbol in chain.symbols]),
                links=told.links,
                templates=(template.id, told.literal.id, told.ask.id),
            ),
            key=f"{chain.symbols[0].text}? {told.program}",
            canary=part.canary,
        )


class Told(NamedTuple):
    """A rule set in words: what its items share. `queries` and `followed` (the rules in working order) have one text a chain."""

    chains: list[Chain]
    rules: str
    queries: list[str]
    followed: list[str]
    links: tuple[str, ...]
    objects: tuple[str, ...]
    choices: tuple[str, ...]
    category: str
    program: str
    literal: Template
    ask: Template


@dataclass(frozen=True, eq=False)
class MappingSpace:
    """The items of one part: rule sets at the positions of the part's bin and edition, each queried once a chain."""

    part: Part
    sets: RuleSets
    positions: range
    bijection: Bijection
    texts: Wording

    @property
    def templates(self) -> tuple[Template, ...]:
        """The draw templates of the part."""
        return self.texts.draw_templates("template" in self.part.held_out)

    def __len__(self) -> int:
        """Return the items of this edition."""
        return len(self.positions) * self.sets.chains

    def points(self, start: int, count: int) -> list[Point]:
        """Return the points of `count` indexes from `start`."""
        chains, templates = self.sets.chains, self.templates
        first = start // chains
        groups = np.arange(first, -(-(start + count) // chains))
        ranks = self.bijection.many(groups + self.positions.start).tolist()
        found = []
        for index in range(start, start + count):
            group, chain = divmod(index, chains)
            found.append(Point(self, index, Chosen(ranks[group - first], chain, templates[group % len(templates)])))
        return found


@lru_cache(maxsize=4)  # the items of a rule set follow one another
def _told(space: MappingSpace, rank: int, words: tuple[int, ...]) -> Told:
    """Return a rule set in the words that the draws choose."""
    draws, texts, held_out = Draws(words), space.texts, "template" in space.part.held_out
    chains = space.sets.nth(rank, draws)
    rules = [_rules(chain, texts, draws) for chain in chains]
    queries = [_form(chain.symbols[0], texts, draws) for chain in chains]
    links = [_links(chain) for chain in chains]
    order = draws.shuffled([(c, hop) for c in range(len(chains)) for hop in range(space.sets.hops)])
    objects = tuple([chain.noun.name for chain in chains])
    return Told(
        chains,
        " ".join([f"Rule {number}: {rules[c][hop]}" for number, (c, hop) in enumerate(order, start=1)]),
        queries,
        [" ".join(of_chain) for of_chain in rules],
        tuple([links[c][hop] for c, hop in order]),
        objects,
        tuple(sorted(objects)),
        category(category_of([chain.noun for chain in chains])).singular,
        " & ".join([_path(chain) for chain in chains]),
        draws.choice(texts.literal_templates(held_out)),
        draws.choice(texts.ask_templates(held_out)),
    )


@lru_cache(maxsize=256)
def _rule_sets(options: Mapping, part: Part) -> RuleSets:
    seen, novel = divided_nouns(part.line, options.novel_objects_share, part.vocabulary)
    return RuleSets(options.chains, part.level, novel if "object" in part.held_out else seen)


@lru_cache(maxsize=256)
def _space(options: Mapping, part: Part) -> MappingSpace:
    sets = _rule_sets(options, part)
    keys = Bins.of(len(sets), options.validation_share, options.test_share).range_of(part.key_bin)
    keys = _own_share(keys, part)
    mine = edition_slice(len(keys), part.edition, part.editions)
    bijection = _bijection(sets, part.line, part.seed, novel="object" in part.held_out)
    return MappingSpace(part, sets, range(keys.start + mine.start, keys.start + mine.stop), bijection, wording("mapping"))


def _own_share(keys: range, part: Part) -> range:
    """Return the half of the test keys for this wording, so that tests of seen and of novel templates share no rule set."""
    if part.key_bin != "test":
        return keys
    middle = keys.start + len(keys) // 2
    return range(middle, keys.stop) if "template" in part.held_out else range(keys.start, middle)


def _bijection(sets: RuleSets, line: str, seed: int, *, novel: bool) -> Bijection:
    name = "novel" if novel else "seen"
    return Bijection(len(sets), stream_key("key bins", line, seed, "mapping", sets.hops, sets.chains, name))


def _path(chain: Chain) -> str:
    return " > ".join([*(symbol.text for symbol in chain.symbols), chain.noun.name])


def _links(chain: Chain) -> list[str]:
    names = [*(symbol.text for symbol in chain.symbols), chain.noun.name]
    return [f"{left} > {right}" for left, right in itertools.pairwise(names)]


def _rules(chain: Chain, texts: Wording, draws: Draws) -> list[str]:
    """Return the rules of a chain in words, from its first symbol on."""
    rules = []
    for left, right in itertools.pairwise(chain.symbols):
        verb = draws.choice(texts.phrases["rule_to_symbol"])
        rules.append(_sentence(verb.format(left=_form(left, texts, draws), right=_form(right, texts, draws))))
    verb = draws.choice(texts.phrases["rule_to_object"])
    rules.append(_sentence(verb.format(left=_form(chain.symbols[-1], texts, draws), right=with_article(chain.noun))))
    return rules


def _form(symbol: Symbol, texts: Wording, draws: Draws) -> str:
    """Return a symbol as a rule or a query names it."""
    return draws.choice(texts.phrases[f"symbol.{symbol.kind}"]).format(symbol=symbol.text)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
