"""Reads what a chat route answers: text, why it ended, how sure each token was."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from unisandbox.evaluation.protocol import Fault
from unisandbox.evaluation.service_faults import ServiceError, shortened

OPTIONAL: Final = ("seed", "temperature", "max_tokens", "logprobs", "top_logprobs")
LENGTH: Final = "length"
SEED_BITS: Final = 31  # what every server takes; some read a seed into 32 bits with a sign


class Token(NamedTuple):
    """A token that was said, its logarithmic probability, and those that could have been said instead of it."""

    text: str
    logprob: float
    others: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a chat route answered.

    Attributes:
        text: The answer; empty where there is none.
        reasoning: What was thought before, where the server keeps it apart.
        truncated: Whether it ran into the limit of tokens.
        tokens: How many were said, as the server counts them; None where it does not.
        logprobs: Of the tokens of `text`; empty where the server gives none.
    """

    text: str
    reasoning: str = ""
    truncated: bool = False
    tokens: int | None = None
    logprobs: tuple[Token, ...] = ()


def seed_of_service(seed: int) -> int:
    """Return a seed that servers take: the lowest bits of ours.

    >>> seed_of_service((1 << 62) + 5)
    5
    """
    return seed & ((1 << SEED_BITS) - 1)


def with_picture(png: bytes, words: str) -> list[dict[str, Any]]:
    """Return the content of a message: the picture first, so that a server reads it once for all questions about it."""
    url = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    return [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": words}]


def reply_of(found: Mapping[str, Any]) -> Reply:
    """Return the first choice of a chat route's answer.

    Raises:
        ServiceError: `refused` where the model or a filter declined, `bad_reply` where it is no such answer.
    """
    choices = found.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, Mapping) else None
    if not isinstance(choice, Mapping) or not isinstance(message, Mapping):
        raise ServiceError(Fault("bad_reply", f"an answer of a chat route without a message: {shortened(str(dict(found)))}"))
    ended, declined = choice.get("finish_reason"), message.get("refusal")
    if ended == "content_filter" or (isinstance(declined, str) and declined):
        raise ServiceError(Fault("refused", shortened(str(declined or "stopped by the service's content filter"))))
    usage = found.get("usage")
    tokens = usage.get("completion_tokens") if isinstance(usage, Mapping) else None
    return Reply(
        _text(message.get("content")),
        _text(message.get("reasoning_content") or message.get("reasoning")),
        ended == LENGTH,
        tokens if isinstance(tokens, int) and not isinstance(tokens, bool) and tokens >= 0 else None,
        _tokens(choice.get("logprobs")),
    )


def _text(content: Any) -> str:
    """Return the text of a message, which some servers give in parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(part["text"] for part in parts if isinstance(part, Mapping) and isinstance(part.get("text"), str))


def _tokens(found: Any) -> tuple[Token, ...]:
    """Return the tokens of `logprobs`, or none of them where one is not as it should be."""
    listed = found.get("content") if isinstance(found, Mapping) else None
    if not isinstance(listed, list):
        return ()
    try:
        return tuple(_token(one) for one in listed)
    except (KeyError, TypeError, ValueError):
        return ()


def _token(one: Mapping[str, Any]) -> Token:
    others: Sequence[Mapping[str, Any]] = one.get("top_logprobs") or ()
    return Token(str(one["token"]), float(one["logprob"]), tuple((str(each["token"]), float(each["logprob"])) for each in others))
