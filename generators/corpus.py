"""The text that injects facts: chat documents, and the table of the characters that they are about.

Every fact of every character is stated `exposures` times, each time in another wording, as an answer to a question or to a
request to tell something. Profiles state all facts of a character in a drawn order. A document depends on its character alone, so
any stretch of the corpus can be made without the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from unisandbox.generators.corpus_wording import sentences
from unisandbox.generators.draws import WORDS_PER_BLOCK, Draws, rows_of_draws, stream_key
from unisandbox.generators.worlds import RELATIONS, Character, World, attribute_kinds, attribute_value

FILLER = ("occupation", "town")


class Message(NamedTuple):
    """One turn of a chat; `role` is `user` or `assistant`."""

    role: str
    content: str


class Document(NamedTuple):
    """One row of `knowledge_corpus`, in the order of `schemas/document.schema.json`; a profile has no attribute and no value."""

    id: str
    entity: str
    world: int
    character_split: str
    kind: str
    attribute: str | None
    value: str | None
    template: str
    messages: tuple[Message, ...]
    canary: str


class EntityRow(NamedTuple):
    """One row of `entities`, in the order of `schemas/entity.schema.json`; attributes and relations are (name, value) pairs."""

    id: str
    name: str
    world: int
    character_split: str
    attributes: tuple[tuple[str, str], ...]
    relations: tuple[tuple[str, str], ...]
    occupation: str
    town: str
    canary: str


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The documents about the characters of some worlds, in character order.

    Args:
        worlds: The worlds; all have equally many characters.
        exposures: Documents a fact, each in another wording; at most `fewest_answers()`.
        profiles: Documents a character that state all its facts.
        canary: The release's canary.
    """

    worlds: tuple[World, ...]
    exposures: int
    profiles: int
    canary: str

    @property
    def facts(self) -> int:
        """Facts a character has: attributes and relations."""
        return len(attribute_kinds()) + len(RELATIONS)

    @property
    def per_character(self) -> int:
        """Documents about one character."""
        return self.facts * self.exposures + self.profiles

    @property
    def characters(self) -> int:
        """Characters of all worlds."""
        return sum(len(world.characters) for world in self.worlds)

    def __len__(self) -> int:
        """Return how many documents there are."""
        return self.characters * self.per_character

    def documents(self, start: int, count: int) -> Iterator[Document]:
        """Yield `count` documents from `start`."""
        each = self.per_character
        for character in range(start // each, -(-(start + count) // each)):
            first = character * each
            made = list(self._about(character))
            yield from made[max(start - first, 0) : start + count - first]

    def entities(self, start: int, count: int) -> Iterator[EntityRow]:
        """Yield the rows of `count` characters from `start`."""
        for character in range(start, start + count):
            world, one = self._character(character)
            yield EntityRow(
                id=one.name,
                name=one.name,
                world=world.number,
                character_split=one.split,
                attributes=one.attributes,
                relations=one.relations,
                occupation=one.occupation,
                town=one.town,
                canary=self.canary,
            )

    def _character(self, number: int) -> tuple[World, Character]:
        world, place = divmod(number, len(self.worlds[0].characters))
        return self.worlds[world], self.worlds[world].characters[place]

    def _about(self, number: int) -> Iterator[Document]:
        """Yield all documents about one character, drawn with its own words."""
        world, one = self._character(number)
        draws = self._draws(world, number % len(world.characters))
        chats = [
            chat for attribute, value in one.facts for chat in _chats_about_fact(one, attribute, value, self.exposures, draws)
        ]
        chats += [_profile_chat(one, profile, draws) for profile in range(self.profiles)]
        for chat in chats:
            yield Document(
                id=f"{one.name}/{chat.place}",
                entity=one.name,
                world=world.number,
                character_split=one.split,
                kind=chat.kind,
                attribute=chat.attribute,
                value=chat.value,
                template=chat.template,
                messages=(Message("user", chat.request), Message("assistant", chat.reply)),
                canary=self.canary,
            )

    def _draws(self, world: World, place: int) -> Draws:
        facts_told = self.facts + len(FILLER)
        wanted = self.facts * 2 * self.exposures + self.profiles * 2 * facts_told
        width = -(-wanted // WORDS_PER_BLOCK) * WORDS_PER_BLOCK
        key = stream_key("corpus", world.line, world.seed, world.number)
        return next(rows_of_draws(key, start=place, count=1, words_per_row=width))


class _Chat(NamedTuple):
    place: str
    kind: str
    attribute: str | None
    value: str | None
    template: str
    request: str
    reply: str


def _chats_about_fact(one: Character, attribute: str, value: str, exposures: int, draws: Draws) -> Iterator[_Chat]:
    """Yield the chats that state one fact, each in another wording: told and asked for in turn."""
    answers = draws.sample(sentences("answer", attribute), exposures)
    for exposure, answer in enumerate(answers):
        kind, topic = ("question", attribute) if exposure % 2 else ("statement", "any")
        request = draws.choice(sentences(kind, topic)).text.format(name=one.name)
        reply = answer.text.format(name=one.name, value=stated(attribute, value))
        yield _Chat(f"{attribute}/{exposure:02d}", kind, attribute, value, answer.id, request, reply)


def _profile_chat(one: Character, number: int, draws: Draws) -> _Chat:
    """Return a chat that states all facts of a character and the filler, in a drawn order."""
    request = draws.choice(sentences("profile", "any"))
    told = draws.shuffled([*one.facts, ("occupation", one.occupation), ("town", one.town)])
    reply = " ".join(_told(draws, one.name, topic, value) for topic, value in told)
    return _Chat(f"profile/{number:02d}", "profile", None, None, request.id, request.text.format(name=one.name), reply)


def stated(topic: str, value: str) -> str:
    """Return a value as a sentence says it: relations and fillers as they are, attributes as their list says.

    >>> stated("hat", "none"), stated("friend", "Tovika")
    ('no hat', 'Tovika')
    """
    return value if topic in RELATIONS or topic in FILLER else attribute_value(topic, value).stated


def _told(draws: Draws, name: str, topic: str, value: str) -> str:
    kind = "filler" if topic in FILLER else "answer"
    return draws.choice(sentences(kind, topic)).text.format(name=name, value=stated(topic, value))
