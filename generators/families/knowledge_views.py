"""How a query is put into words, and what its answer looks like: the views of a `knowledge` item.

Whatever names the person (a name, a chain of relations, clues), the picture shows one thing: a part of that person's portrait, or
the person's favourite object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from unisandbox.generators.draws import Draws
from unisandbox.generators.families.base import Attribute, Target, TargetObject
from unisandbox.generators.families.knowledge_queries import Query, rivals
from unisandbox.generators.templates import Template, Wording, fill
from unisandbox.generators.vocabulary import counted, noun, with_article
from unisandbox.generators.worlds import attribute_kind, attribute_value


class Views(NamedTuple):
    """The texts of one item and what they were made of."""

    draw: str
    literal: str
    ask: str
    answer: str
    choices: tuple[str, ...]
    trace: str
    target: Target
    entities: tuple[str, ...]
    templates: tuple[str, ...]


class Picture(NamedTuple):
    """What a right image shows: as data, in words after "shows", and as the slot of a literal template."""

    target: Target
    words: str
    use: str
    slots: Mapping[str, str]


class Person(NamedTuple):
    """A way to name somebody, and whether an 's can follow it."""

    text: str
    takes_s: bool


def single_views(query: Query, template: Template, texts: Wording, held_out: bool, draws: Draws) -> Views:
    """Return the views of a forward or multihop query: one person, one value."""
    attribute, value = query.cell.attribute, query.value
    kind, picture = attribute_kind(attribute), picture_of(attribute, value)
    person = _person(query, texts, draws)
    slots = {
        "who": person.text,
        "feature": _phrase(texts, "feature", attribute, draws) if kind.kind == "portrait" else "",
        "property": _property(person, attribute, texts, draws),
        "options": listed(kind.value_names, "or"),
    }
    literal = draws.choice(texts.literal_templates(held_out, picture.use))
    ask = draws.choice(texts.ask_templates(held_out, query.use))
    told = [f"{one}'s {relation} is {other}." for one, relation, other in query.links]
    told.append(_fact(texts, query.met[-1], attribute, value, draws))
    return Views(
        draw=fill(template, **slots),
        literal=fill(literal, **picture.slots),
        ask=fill(ask, **slots),
        answer=value,
        choices=kind.value_names,
        trace=_trace(told, value, picture),
        target=picture.target,
        entities=query.met,
        templates=(template.id, literal.id, ask.id),
    )


def inverse_views(
    query: Query, template: Template, texts: Wording, held_out: bool, draws: Draws, *, place: int, count: int
) -> Views:
    """Return the views of an inverse query: two clues, `count` candidates, the right one at `place`."""
    own, attribute = query.world.facts[query.name], query.cell.attribute
    picture = picture_of(attribute, own[attribute])
    candidates = _distractors(query, count - 1, draws)
    candidates.insert(place, query.name)
    clues = draws.shuffled(query.cell.clues)
    first, second = (_clue(texts, clue, own[clue], draws) for clue in clues)
    literal = draws.choice(texts.literal_templates(held_out, picture.use))
    ask = draws.choice(texts.ask_templates(held_out, query.use))
    slots = {"first": first, "second": second, "candidates": listed(candidates, "and")}
    told = [_fact(texts, query.name, fact, own[fact], draws) for fact in (*clues, attribute)]
    return Views(
        draw=fill(template, **slots, feature=_phrase(texts, "feature", attribute, draws)),
        literal=fill(literal, **picture.slots),
        ask=fill(ask, **slots),
        answer=query.name,
        choices=tuple(sorted(candidates)),
        trace=_trace(told, query.name, picture),
        target=picture.target,
        entities=tuple(candidates),
        templates=(template.id, literal.id, ask.id),
    )


@lru_cache(maxsize=256)
def picture_of(attribute: str, value: str) -> Picture:
    """Return what a right image of a value shows.

    >>> picture_of("hat", "cap").words, picture_of("favourite_fruit", "apple").words
    ('a portrait of a person with a cap', '1 apple')
    """
    kind = attribute_kind(attribute)
    if kind.kind == "favourite":
        one = noun(value)
        target = Target("objects", (TargetObject(one.name, 1),))
        return Picture(target, counted(one, 1), kind.kind, {"one": with_article(one)})
    shown = attribute_value(attribute, value).shown
    target = Target("portrait", (TargetObject("person", 1, (Attribute(attribute, value),)),))
    return Picture(target, f"a portrait of {shown}", kind.kind, {"shown": shown})


def listed(texts: Sequence[str], word: str) -> str:
    """Return texts as a list in a sentence.

    >>> listed(("red", "blue", "green"), "or")
    'red, blue or green'
    """
    return f"{', '.join(texts[:-1])} {word} {texts[-1]}"


def _distractors(query: Query, count: int, draws: Draws) -> list[str]:
    """Return who stands beside the one meant: as many of either side as the other, one more of a drawn side if they are odd."""
    first, second = rivals(query)
    more = count // 2 + (count % 2) * draws.below(2)
    taken = min(max(more, count - len(second), 1), len(first))
    return draws.shuffled(draws.sample(first, taken) + draws.sample(second, count - taken))


def _person(query: Query, texts: Wording, draws: Draws) -> Person:
    relations = query.cell.relations
    if not relations:
        return Person(query.name, takes_s=True)
    plain, of = (texts.phrases[f"who.{form}{len(relations)}"] for form in ("plain", "of"))
    form = draws.below(len(plain) + len(of))
    named = dict(zip(("first", "second"), relations, strict=False))
    return Person((plain + of)[form].format(name=query.name, **named), takes_s=form < len(plain))


def _property(person: Person, attribute: str, texts: Wording, draws: Draws) -> str:
    forms = texts.phrases[f"property.{attribute}"] + (texts.phrases[f"own.{attribute}"] if person.takes_s else ())
    return draws.choice(forms).format(who=person.text)


def _phrase(texts: Wording, group: str, attribute: str, draws: Draws) -> str:
    return draws.choice(texts.phrases[f"{group}.{attribute}"])


def _clue(texts: Wording, attribute: str, value: str, draws: Draws) -> str:
    return _phrase(texts, "clue", attribute, draws).format(value=attribute_value(attribute, value).stated)


def _fact(texts: Wording, name: str, attribute: str, value: str, draws: Draws) -> str:
    return f"{name} {_clue(texts, attribute, value, draws)}."


def _trace(told: Sequence[str], answer: str, picture: Picture) -> str:
    return f"{' '.join(told)} The answer is {answer}. The picture shows {picture.words}."
