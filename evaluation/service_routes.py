"""Finds out once which routes a service has, without having it draw or say anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.endpoint import Endpoint
from unisandbox.evaluation.service_faults import ServiceError

CHAT_ROUTE: Final = "/chat/completions"
IMAGES_ROUTE: Final = "/images/generations"
NO_ACCESS: Final = (401, 403)
NO_ROUTE: Final = (404, 405, 501)
MOST_NAMED: Final = 12
LOOKS: Final = 4  # at a route, some seconds in all: what is found out here must not depend on a short outage
COMPLAINS: Final = (400, 409, 411, 413, 415, 422, 500)  # a route that is there says what is missing; some servers break over it


class Routes(NamedTuple):
    """Why each route cannot be used; empty where it can."""

    pictures: str
    chat: str


def routes_of(endpoint: Endpoint) -> Routes:
    """Return which routes a service has for its model.

    A route that is there complains about a request that holds nothing but the model's name; one that is not answers 404.

    Raises:
        InputError: The service cannot be used, or it has neither route.
    """
    found = Routes(_why_not(endpoint, IMAGES_ROUTE), _why_not(endpoint, CHAT_ROUTE))
    if found.pictures and found.chat:
        said = f"{found.pictures}; {found.chat}"
        fix = "check the address: most end with /v1; and the name"
        raise InputError(Violation(where(endpoint), said, "a service with one of these routes", fix))
    return found


def served(endpoint: Endpoint) -> str | None:
    """Return which weights a service says that the model's name stands for, as vLLM does; None where it does not say.

    Raises:
        InputError: The service lists its models and the name is none of them, or it cannot be used at all.
    """
    name, models = endpoint.address.name, _listed(endpoint)
    ours = [one for one in models if one.get("id") == name]
    if models and not ours:
        allowed = ", ".join(sorted(str(one.get("id")) for one in models)[:MOST_NAMED])
        raise InputError(Violation(where(endpoint), f"no model {name!r}", allowed, "name a model that it serves"))
    root = ours[0].get("root") if ours else None
    return root if isinstance(root, str) else None


def where(endpoint: Endpoint) -> str:
    """Return how messages name a service."""
    return f"openai:{endpoint.address.url}#{endpoint.address.name}"


def unusable(endpoint: Endpoint, error: ServiceError) -> InputError:
    """Return the error that ends a command, of a service that cannot be used."""
    fix = "set OPENAI_API_KEY to its key" if error.status in NO_ACCESS else "start the service, or check the address"
    return InputError(Violation(where(endpoint), error.fault.message, "a service that answers", fix))


def _listed(endpoint: Endpoint) -> list[Mapping[str, Any]]:
    """Return the models that a service lists; none where it has no list."""
    try:
        data = endpoint.get("/models", attempts=LOOKS).get("data")
    except ServiceError as error:
        if error.status is None and error.fault.kind == "bad_reply":
            return []
        if error.status is None or error.status in NO_ACCESS or error.fault.kind != "unavailable" or error.status >= 502:
            raise unusable(endpoint, error) from None
        return []
    return [one for one in data if isinstance(one, Mapping)] if isinstance(data, list) else []


def _why_not(endpoint: Endpoint, route: str) -> str:
    try:
        endpoint.post(route, {"model": endpoint.address.name}, attempts=LOOKS)
    except ServiceError as error:
        if error.status in NO_ROUTE:
            return f"the service has no {route} for this model ({error.fault.message})"
        if (error.status is None and error.fault.kind == "bad_reply") or error.status in COMPLAINS:
            return ""
        raise unusable(endpoint, error) from None
    return ""
