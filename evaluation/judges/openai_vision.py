"""A judge behind an OpenAI-compatible service, such as vLLM: closed questions, and the probability of each choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from unisandbox.evaluation import chat
from unisandbox.evaluation.answers import Lexicon
from unisandbox.evaluation.judges.choice_probabilities import Masses, masses_of
from unisandbox.evaluation.judges.closed_replies import PARSER, choice_of
from unisandbox.evaluation.judges.prompts import AGAIN, FIRST, prompts_digest, question_text
from unisandbox.evaluation.judges.seeing_service import SeeingService, open_service
from unisandbox.evaluation.judges.service_offers import constraint
from unisandbox.evaluation.patience import Clock, Patience
from unisandbox.evaluation.protocol import Fault, JudgeRequest, Question, Reading
from unisandbox.evaluation.released import lexicon_of
from unisandbox.evaluation.service_faults import ServiceError, shortened

SHOWN_FROM: Final = 0.005  # a probability that several choices share is worth a word from here on


class Read(NamedTuple):
    """The answer to one question: a choice, the probabilities, and what was literally said."""

    answer: str
    told: Mapping[str, float]
    words: tuple[str, ...]


class OpenAIVision:
    """Asks one closed question at a time, blind to the target, the picture first.

    Probabilities are those of the choices as they are: they sum to how much of the judge's belief lies on the choices that its
    tokens tell apart, and a small sum says that it wanted to say something else.

    Args:
        service: The model that sees.
        lexicon: Of the release: reads what is not said letter for letter.
    """

    blind = True
    batch = 1  # the threads of the run ask at the same time, and a server makes batches of that

    def __init__(self, service: SeeingService, lexicon: Lexicon) -> None:
        self._service, self._lexicon = service, lexicon

    def identity(self) -> Mapping[str, Any]:
        """Return what its readings depend on: service, model, prompts, parser, and how it is held to the choices."""
        offers, settings = self._service.offers, self._service.settings
        asking = {"prompts": prompts_digest("closed", "attributes"), "parser": PARSER, "max_tokens": settings.max_tokens}
        return {
            "kind": "openai",
            **self._service.identity(),
            **asking,
            "structured": offers.structured,
            "logprobs": offers.others,
        }

    def read(self, requests: Sequence[JudgeRequest]) -> Sequence[Reading | Fault]:
        """Return what each picture shows, or a fault, in order."""
        return [self._read(request) for request in requests]

    def close(self) -> None:
        """Close the connections."""
        self._service.close()

    def _read(self, request: JudgeRequest) -> Reading | Fault:
        found = dict[str, Read]()
        for question in request.questions:
            try:
                found[question.name] = self._asked(request.picture, question)
            except ServiceError as error:
                return Fault(error.fault.kind, f"{question.name}: {error.fault.message}")
        answers = {name: one.answer for name, one in found.items()}
        probabilities = {name: one.told for name, one in found.items() if one.told}
        return Reading(answers, probabilities, tuple(f"{name}: {words}" for name, one in found.items() for words in one.words))

    def _asked(self, picture: bytes, question: Question) -> Read:
        """Return the answer to a question, which is asked in other words where the first reply names no choice."""
        words = list[str]()
        for wording in (FIRST, AGAIN):
            reply = self._reply(picture, question, wording)
            words.append(reply.text.strip())
            answer = choice_of(reply.text, question.choices, self._lexicon, truncated=reply.truncated)
            if answer is not None:
                masses = masses_of(reply.logprobs, question.choices)
                return Read(answer, masses.told, (*words, *_remarks(masses)))
        said = " / ".join(repr(shortened(one)) for one in words)
        raise ServiceError(Fault("bad_reply", f"names none of the choices, asked twice: {said}"))

    def _reply(self, picture: bytes, question: Question, wording: str) -> chat.Reply:
        offers = self._service.offers
        probabilities = {"logprobs": True, "top_logprobs": offers.others} if offers.others else {}
        extra = {**probabilities, **constraint(offers.structured, question.choices)}
        content = chat.with_picture(picture, question_text(question, wording))
        return self._service.reply(content, self._service.settings.max_tokens, extra)


def _remarks(masses: Masses) -> tuple[str, ...]:
    if masses.shared < SHOWN_FROM:
        return ()
    return (f"[{masses.on_choices:.3f} on the choices, {masses.shared:.3f} of it on several whose tokens begin alike]",)


def open_vision(
    rest: str, release: Path, arguments: Mapping[str, str], patience: Patience | None = None, clock: Clock | None = None
) -> OpenAIVision:
    """Return the judge of a service, `URL#name`, for pictures of a release; raises `InputError` as `open_service`."""
    lexicon = lexicon_of(release)
    return OpenAIVision(open_service(rest, "openai", arguments, patience, clock), lexicon)
