"""What travels between the scorer, a model and a judge: requests, pictures, answers, readings, and what went wrong with one.

A model is one method and `identity()`; a judge likewise. Neither ever raises for a single item: what fails is a `Fault` in the
place of that item, so that one bad picture costs one picture. Nothing here knows torch, HTTP or files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

ASK: Final = "ask"
LITERAL: Final = "literal"
NORMAL: Final = "draw/normal"
THINK: Final = "draw/think"
ARMS: Final = (ASK, LITERAL, NORMAL, THINK)  # in the order of tables; all but `ask` are drawn
DRAWN_ARMS: Final = (LITERAL, NORMAL, THINK)

MATCH: Final = "match"  # of a judge that is not blind: `yes` or `no`, and the one answer that counts

FAULT_KINDS: Final = (
    "refused",  # the model or its service declined: a filter, a policy
    "missing",  # no picture for the item in a folder of pictures
    "timeout",
    "out_of_memory",
    "crashed",  # the model, its process or its server broke down
    "bad_picture",  # what came back is no picture that can be judged; the message says how
    "bad_reply",  # a reply that is no answer to the question: prose, another language, nothing, half a JSON
    "unsupported",  # what no judge of this kind can tell, as a detector a hair style
    "unavailable",  # the service could not be reached, or kept answering 429 or 5xx
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong with one request: a kind of `FAULT_KINDS`, and one line for people that names the place."""

    kind: str
    message: str

    def __post_init__(self) -> None:
        if self.kind not in FAULT_KINDS:
            raise ValueError(f"fault of kind {self.kind!r}; there are {', '.join(FAULT_KINDS)}")


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """One picture to be made.

    Attributes:
        item: Id of the item.
        arm: One of `DRAWN_ARMS`; with `draw/think` the model reasons before it draws.
        prompt: The text to draw: the item's `literal` or `draw` view.
        sample: Which of several pictures of one item and arm, from 0.
        seed: Of this picture alone, 63 bits: the same alone, in a batch, after a resume and on any shard.
        size_px: Wanted side of the picture; None leaves it to the model.
    """

    item: str
    arm: str
    prompt: str
    sample: int
    seed: int
    size_px: int | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as the model gave it: an encoded file, unchecked; with the thought that came before it, if any.

    `truncated` says that the thought ran into its limit of tokens.
    """

    picture: bytes
    thought: str | None = None
    thought_tokens: int | None = None
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class AskRequest:
    """One question to be answered in text: the item's `ask` view. The choices are not shown to the model."""

    item: str
    prompt: str
    sample: int
    seed: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The words that a model answered, as they came."""

    text: str
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model can do. An arm that it lacks is reported as absent with the reason, never as 0.

    Attributes:
        draws: It makes pictures.
        answers: It answers questions in text.
        thinks: `native` (it reasons before it draws by itself), `two_pass` (its text side reasons first, and the conclusion is
            added to the prompt) or `none`.
        understanding: Whose answers they are: `same_weights`, `sibling_checkpoint`, `text_encoder` or `none`.
        batch: How many requests it takes at once at most.
        lacks: Arms that it cannot do for another reason, each with that reason, e.g. `literal` of a folder without such pictures.
    """

    draws: bool
    answers: bool
    thinks: Literal["native", "two_pass", "none"] = "none"
    understanding: Literal["same_weights", "sibling_checkpoint", "text_encoder", "none"] = "none"
    batch: int = 1
    lacks: Mapping[str, str] = field(default_factory=dict)


class Model(Protocol):
    """What the scorer asks for pictures and answers."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    def identity(self) -> Mapping[str, Any]:
        """Return all that its answers depend on, as plain JSON values: name, weights, revision, settings, versions."""
        ...

    def draw(self, requests: Sequence[DrawRequest]) -> Sequence[Drawing | Fault]:
        """Return a picture or a fault for each request, in order; needed where `capabilities.draws`."""
        ...

    def answer(self, requests: Sequence[AskRequest]) -> Sequence[Answer | Fault]:
        """Return an answer or a fault for each request, in order; needed where `capabilities.answers`."""
        ...

    def close(self) -> None:
        """Give back what it holds: memory, processes, connections."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """A closed question about a picture: `name` is what is asked for (`object`, `count`, or an attribute such as `hair_style`).

    `choices` are all answers that are allowed, in an order that does not depend on which is right; the right one is among them.
    """

    name: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JudgeRequest:
    """A picture and what is asked about it. A judge sees no target.

    Attributes:
        picture: A PNG in RGB that the intake has checked and re-encoded.
        kind: `objects` or `portrait`: which kind of picture was asked for.
        questions: In the order in which they are asked.
        prompt, gold: Filled only for a judge that says `blind = False` (upstream's protocol compares with the gold); else None.
    """

    picture: bytes
    kind: str
    questions: tuple[Question, ...]
    prompt: str | None = None
    gold: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a judge saw.

    Attributes:
        answers: Question name -> one of its choices, or another value in the same form (`count` beyond the choices, an `object`
            that is none of them).
        probabilities: Question name -> choice -> probability, where the judge can tell; empty otherwise.
        words: What the judge literally said, for people.
    """

    answers: Mapping[str, str]
    probabilities: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    words: tuple[str, ...] = ()


class Judge(Protocol):
    """What says what a picture shows."""

    @property
    def blind(self) -> bool:
        """Whether it works without prompt and gold; all of ours do, but for upstream's protocol."""
        ...

    @property
    def batch(self) -> int:
        """How many pictures it takes at once at most."""
        ...

    def identity(self) -> Mapping[str, Any]:
        """Return all that its readings depend on, as plain JSON values: name, weights, prompt digest, parser, settings."""
        ...

    def read(self, requests: Sequence[JudgeRequest]) -> Sequence[Reading | Fault]:
        """Return what each picture shows, or a fault, in order."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...
