"""A service that is shown pictures: what both judges over HTTP share, from the address to one reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unisandbox.evaluation import chat
from unisandbox.evaluation.address import parse_address
from unisandbox.evaluation.endpoint import Endpoint
from unisandbox.evaluation.judges.service_offers import Offers, offers_of
from unisandbox.evaluation.models.registry import refuse_arguments
from unisandbox.evaluation.patience import Clock, Patience
from unisandbox.evaluation.service_routes import CHAT_ROUTE, served
from unisandbox.evaluation.settings import settings_of
from unisandbox.evaluation.terms import Terms


@dataclass(frozen=True, slots=True)
class Settings:
    """A judge's own arguments.

    Attributes:
        timeout_s: How long one attempt may take.
        max_tokens: Most tokens of a reply to a closed question; a model that thinks first needs many more.
        caption_tokens: Most tokens of a caption.
        service: What stands for the address in the identity: the same model at another address then goes on with a run.
    """

    timeout_s: float = 120.0
    max_tokens: int = 48
    caption_tokens: int = 128
    service: str = ""


class SeeingService:
    """A model behind a service that sees; threads may share one.

    Args:
        endpoint: The service.
        settings: How it is asked.
        root: Which weights it says that it serves.
    """

    def __init__(self, endpoint: Endpoint, settings: Settings, root: str | None) -> None:
        self.settings, self._endpoint, self._root = settings, endpoint, root
        self._terms = Terms(endpoint, chat.OPTIONAL)
        self.offers: Offers = offers_of(self._terms, endpoint.address.name, settings.max_tokens)

    def identity(self) -> Mapping[str, Any]:
        """Return where and what it is; never the key, and nothing that only says how fast."""
        address = self._endpoint.address
        named = {"service": self.settings.service or address.url, "name": address.name, "root": self._root}
        return {**named, "temperature": 0, "refused": list(self.offers.refused)}

    def reply(self, content: Any, max_tokens: int, extra: Mapping[str, Any] | None = None) -> chat.Reply:
        """Return the reply to a message: a text, or a picture with a text; raises `ServiceError`."""
        body = {
            "model": self._endpoint.address.name,
            "messages": [{"role": "user", "content": content}],
            "max_tokens": max_tokens,
            "temperature": 0,
            **(extra or {}),
        }
        return chat.reply_of(self._terms.post(CHAT_ROUTE, body))

    def close(self) -> None:
        """Close the connections."""
        self._endpoint.close()


def open_service(
    rest: str, scheme: str, arguments: Mapping[str, str], patience: Patience | None = None, clock: Clock | None = None
) -> SeeingService:
    """Return the service at `URL#name`.

    Args:
        rest: What stands after the scheme.
        scheme: For messages.
        arguments: As text, those of `Settings`.
        patience, clock: Of the endpoint.

    Raises:
        InputError: The address, key or arguments are wrong, the service cannot be used, or its model takes no pictures.
    """
    uri = f"{scheme}:{rest}"
    refuse_arguments(uri, arguments, list(Settings.__dataclass_fields__))
    settings = settings_of(f"{uri}: --judge-arg", arguments, Settings())
    endpoint = Endpoint(parse_address(rest, "--judge", scheme), settings.timeout_s, patience, clock)
    try:
        return SeeingService(endpoint, settings, served(endpoint))
    except BaseException:
        endpoint.close()
        raise
