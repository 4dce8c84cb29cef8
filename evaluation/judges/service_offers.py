"""Finds out once how a judge's service can be asked: whether it sees, gives probabilities, and can be held to choices."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation import chat
from unisandbox.evaluation.service_faults import ServiceError
from unisandbox.evaluation.service_routes import CHAT_ROUTE, unusable, where
from unisandbox.evaluation.terms import Terms

MOST_OTHERS: Final = (20, 5)  # tokens beside the one that was said; some servers give fewer
NONE: Final = "none"
SMALL_PX: Final = 64
LOOK: Final = "Say hello."
UNLIKELY: Final = ("quartz lantern", "velvet anchor")  # what nobody says unless held to it
REFUSED: Final = (400, 404, 413, 415, 422, 500, 501)


@dataclass(frozen=True, slots=True)
class Offers:
    """What a service offers.

    Attributes:
        structured: `structured_outputs` or `guided_choice` (vLLM's, of now and before), `json_schema` (OpenAI's), or `none`.
        others: How many tokens beside the one that was said it tells the probability of; 0 for none at all.
        refused: Optional parameters that it does not take.
    """

    structured: str
    others: int
    refused: tuple[str, ...]


def constraint(structured: str, choices: Sequence[str]) -> Mapping[str, Any]:
    """Return the part of a request's body that holds a service to the choices.

    >>> constraint("guided_choice", ["a"]), constraint("none", ["a"])
    ({'guided_choice': ['a']}, {})
    """
    if structured == "json_schema":
        answer = {"type": "string", "enum": list(choices)}
        shape = {"type": "object", "properties": {"answer": answer}, "required": ["answer"], "additionalProperties": False}
        return {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": shape}}}
    ways: dict[str, Mapping[str, Any]] = {
        "structured_outputs": {"structured_outputs": {"choice": list(choices)}},
        "guided_choice": {"guided_choice": list(choices)},
    }
    return ways.get(structured, {})


def offers_of(terms: Terms, name: str, max_tokens: int) -> Offers:
    """Return what a service offers: it is shown a small picture, and held to words that nobody says by himself.

    Args:
        terms: The way to the service.
        name: The model's.
        max_tokens: As questions are asked later.

    Raises:
        InputError: The service cannot be used, or its model takes no pictures.
    """
    body = {
        "model": name,
        "messages": [{"role": "user", "content": chat.with_picture(_small_picture(), LOOK)}],
        "max_tokens": max_tokens,
        "temperature": 0,
    }
    _first_look(terms, body)
    others = next((count for count in MOST_OTHERS if _gives_probabilities(terms, body, count)), 0)
    kinds = ("structured_outputs", "guided_choice", "json_schema")
    structured = next((kind for kind in kinds if _is_held(terms, body, kind)), NONE)
    return Offers(structured, others, tuple(name for name in terms.refused if not name.endswith("logprobs")))


def _first_look(terms: Terms, body: Mapping[str, Any]) -> None:
    try:
        terms.post(CHAT_ROUTE, body)
    except ServiceError as error:
        if error.status not in (400, 415, 422):
            raise unusable(terms.endpoint, error) from None
        found, fix = error.fault.message, "name a model that sees pictures"
        raise InputError(Violation(where(terms.endpoint), found, "a model that takes a picture and a question", fix)) from None


def _gives_probabilities(terms: Terms, body: Mapping[str, Any], count: int) -> bool:
    tokens = _tried(terms, {**body, "logprobs": True, "top_logprobs": count}).logprobs
    return any(token.others for token in tokens)


def _is_held(terms: Terms, body: Mapping[str, Any], kind: str) -> bool:
    """Return whether a constraint makes the model say what it would not."""
    said = _tried(terms, {**body, **constraint(kind, UNLIKELY)}).text.strip()
    if kind != "json_schema":
        return said in UNLIKELY
    try:
        found = json.loads(said)
    except ValueError:
        return False
    return isinstance(found, dict) and found.get("answer") in UNLIKELY


def _tried(terms: Terms, body: Mapping[str, Any]) -> chat.Reply:
    """Return the reply to a body that a service may refuse; nothing where it does. Only an outage ends the command."""
    try:
        return chat.reply_of(terms.endpoint.post(CHAT_ROUTE, terms.fitted(body)))
    except ServiceError as error:
        if error.status in REFUSED or (error.status is None and error.fault.kind in ("bad_reply", "refused")):
            return chat.Reply("")
        raise unusable(terms.endpoint, error) from None


def _small_picture() -> bytes:
    from PIL import Image

    sink = io.BytesIO()
    Image.new("RGB", (SMALL_PX, SMALL_PX), (200, 60, 40)).save(sink, "PNG")
    return sink.getvalue()
