"""A model behind an OpenAI-compatible service: pictures by its images route, answers and thoughts by its chat route."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeVar

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation import chat
from unisandbox.evaluation.address import parse_address
from unisandbox.evaluation.endpoint import Endpoint
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.models.base import BaseModel
from unisandbox.evaluation.models.openai_pictures import PictureRoute
from unisandbox.evaluation.models.registry import refuse_arguments
from unisandbox.evaluation.models.two_pass import think, two_pass
from unisandbox.evaluation.patience import Clock, Patience
from unisandbox.evaluation.protocol import (
    ASK,
    DRAWN_ARMS,
    THINK,
    Answer,
    AskRequest,
    Capabilities,
    Drawing,
    DrawRequest,
    Fault,
)
from unisandbox.evaluation.service_faults import ServiceError
from unisandbox.evaluation.service_routes import CHAT_ROUTE, Routes, routes_of, served
from unisandbox.evaluation.settings import settings_of
from unisandbox.evaluation.terms import Terms

BATCHES_AHEAD: Final = 2  # so that no thread waits for the slowest request of its round
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Settings:
    """The model's own arguments.

    Attributes:
        concurrency: How many requests are under way at once.
        timeout_s: How long one attempt may take.
        max_tokens: Most tokens of an answer.
        thought_tokens: Most tokens of a thought.
        temperature: Of answers and thoughts.
        service: What stands for the address in the identity: the same model at another address then goes on with a run.
        draws, answers: `no` for a route that the service has but the model cannot use.
    """

    concurrency: int = 8
    timeout_s: float = 300.0
    max_tokens: int = 1024
    thought_tokens: int = 2048
    temperature: float = 0.0
    service: str = ""
    draws: str = "yes"
    answers: str = "yes"


class OpenAIModel(BaseModel):
    """What a service draws and answers.

    Args:
        endpoint: The service.
        settings: How it is asked.
        routes: Which routes it has.
        root: Which weights it says that it serves.
    """

    def __init__(self, endpoint: Endpoint, settings: Settings, routes: Routes, root: str | None) -> None:
        self._endpoint, self._settings, self._routes, self._root = endpoint, settings, routes, root
        self._pictures, self._chat = PictureRoute(endpoint), Terms(endpoint, chat.OPTIONAL)

    @property
    def capabilities(self) -> Capabilities:
        """What its routes allow; it thinks in two passes where it has both."""
        pictures, answers = self._routes
        both = not pictures and not answers
        lacks = {arm: pictures for arm in DRAWN_ARMS if pictures} | ({ASK: answers} if answers else {})
        if answers and not pictures:
            lacks[THINK] = f"nothing to think with: {answers}"
        return Capabilities(
            draws=not pictures,
            answers=not answers,
            thinks="two_pass" if both else "none",
            understanding="none" if answers else "same_weights",
            batch=self._settings.concurrency * BATCHES_AHEAD,
            lacks=lacks,
        )

    def identity(self) -> Mapping[str, Any]:
        """Return where and what it is and how it is asked; never the key, and nothing that only says how fast."""
        address, settings = self._endpoint.address, self._settings
        said = {"max_tokens": settings.max_tokens, "temperature": settings.temperature}
        thinking = {"tokens": settings.thought_tokens, "prompts": digest(asdict(two_pass()))}
        named = {"kind": "openai", "service": settings.service or address.url, "name": address.name, "root": self._root}
        return {**named, "answers": said, "two_pass": thinking}

    def draw(self, requests: Sequence[DrawRequest]) -> Sequence[Drawing | Fault]:
        """Return a picture or a fault for each request, in order, several at once."""
        return self._at_once(self.draw_one, requests)

    def answer(self, requests: Sequence[AskRequest]) -> Sequence[Answer | Fault]:
        """Return an answer or a fault for each request, in order, several at once."""
        return self._at_once(self.answer_one, requests)

    def draw_one(self, request: DrawRequest) -> Drawing | Fault:
        """Return one picture, with the thought before it where the arm asks for one."""
        try:
            if request.arm != THINK:
                return Drawing(self._pictures.picture(request.prompt, request.seed, request.size_px))
            thought = think(request.prompt, lambda system, prompt: self._thought(system, prompt, request.seed))
            picture = self._pictures.picture(thought.prompt, request.seed, request.size_px)
            return Drawing(picture, thought.text, thought.tokens, thought.truncated)
        except ServiceError as error:
            return error.fault

    def answer_one(self, request: AskRequest) -> Answer | Fault:
        """Return the words of one answer; one that is empty is a fault."""
        try:
            reply = self._said([{"role": "user", "content": request.prompt}], self._settings.max_tokens, request.seed)
        except ServiceError as error:
            return error.fault
        if not reply.text.strip():
            return Fault(
                "bad_reply", "an empty answer" + (", after all its tokens went into a thought" if reply.truncated else "")
            )
        return Answer(reply.text, reply.truncated)

    def close(self) -> None:
        """Close the connections."""
        self._endpoint.close()

    def _thought(self, system: str, prompt: str, seed: int) -> chat.Reply:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        return self._said(messages, self._settings.thought_tokens, seed)

    def _said(self, messages: Sequence[Mapping[str, Any]], tokens: int, seed: int) -> chat.Reply:
        body = {
            "model": self._endpoint.address.name,
            "messages": list(messages),
            "max_tokens": tokens,
            "temperature": self._settings.temperature,
            "seed": chat.seed_of_service(seed),
        }
        return chat.reply_of(self._chat.post(CHAT_ROUTE, body))

    def _at_once(self, one: Callable[[Any], Result], requests: Sequence[Any]) -> list[Result]:
        with ThreadPoolExecutor(min(self._settings.concurrency, max(len(requests), 1)), "openai") as pool:
            return list(pool.map(one, requests))


def open_openai(
    rest: str, arguments: Mapping[str, str], patience: Patience | None = None, clock: Clock | None = None
) -> OpenAIModel:
    """Return the model of a service: `URL#name`, with the arguments of `Settings`.

    Raises:
        InputError: The address, key or arguments are wrong, or the service cannot be used.
    """
    uri = f"openai:{rest}"
    refuse_arguments(uri, arguments, list(Settings.__dataclass_fields__))
    settings = settings_of(f"{uri}: --model-arg", arguments, Settings())
    endpoint = Endpoint(parse_address(rest, "--model"), settings.timeout_s, patience, clock)
    try:
        root = served(endpoint)
        return OpenAIModel(endpoint, settings, _switched(uri, settings, routes_of(endpoint)), root)
    except BaseException:
        endpoint.close()
        raise


def _switched(uri: str, settings: Settings, routes: Routes) -> Routes:
    """Return the routes without those that the user has switched off."""
    wrong = [name for name in ("draws", "answers") if getattr(settings, name) not in ("yes", "no")]
    if wrong:
        raise InputError(Violation(f"{uri}: {name}", getattr(settings, name), "yes or no", "say which") for name in wrong)
    pictures = routes.pictures or ("" if settings.draws == "yes" else "pictures were switched off with draws=no")
    answers = routes.chat or ("" if settings.answers == "yes" else "answers were switched off with answers=no")
    if pictures and answers:
        raise InputError(Violation(uri, f"{pictures}; {answers}", "a model that draws or answers", "leave one of them on"))
    return Routes(pictures, answers)
