"""Pictures from the images route of an OpenAI-compatible service."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from unisandbox.evaluation.chat import seed_of_service
from unisandbox.evaluation.endpoint import Endpoint
from unisandbox.evaluation.protocol import Fault
from unisandbox.evaluation.service_faults import DECLINING, ServiceError, shortened
from unisandbox.evaluation.service_routes import IMAGES_ROUTE
from unisandbox.evaluation.terms import Terms

OPTIONAL: Final = ("seed", "size", "n", "response_format")
DATA_URL: Final = "data:"


class PictureRoute:
    """Draws by the images route.

    Args:
        endpoint: The service.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint, self._terms = endpoint, Terms(endpoint, OPTIONAL)

    def picture(self, prompt: str, seed: int, size_px: int | None) -> bytes:
        """Return one picture as the service gives it, an encoded file.

        Seed and size are sent first, and left out once the service has said that it takes none.

        Raises:
            ServiceError: `refused`, `bad_picture`, or what the way to the service fails with.
        """
        size = {} if size_px is None else {"size": f"{size_px}x{size_px}"}
        body = {
            "model": self._endpoint.address.name,
            "prompt": prompt,
            "n": 1,
            "seed": seed_of_service(seed),
            "response_format": "b64_json",
            **size,
        }
        return self._content(self._terms.post(IMAGES_ROUTE, body, "bad_picture"))

    def _content(self, found: Mapping[str, Any]) -> bytes:
        listed = found.get("data")
        first = listed[0] if isinstance(listed, list) and listed else None
        if not isinstance(first, Mapping):
            raise _without_picture(found)
        if isinstance(encoded := first.get("b64_json"), str) and encoded:
            return _decoded(encoded)
        url = first.get("url")
        if not isinstance(url, str) or not url:
            raise _without_picture(first)
        return _decoded(url.partition(",")[2]) if url.startswith(DATA_URL) else self._endpoint.fetch(url)


def _without_picture(found: Mapping[str, Any]) -> ServiceError:
    words = str(dict(found))
    kind = "refused" if DECLINING.search(words) else "bad_picture"
    return ServiceError(Fault(kind, f"a reply without a picture: {shortened(words)}"))


def _decoded(text: str) -> bytes:
    try:
        picture = base64.b64decode(text.partition(",")[2] if text.startswith(DATA_URL) else text, validate=True)
    except (binascii.Error, ValueError):
        raise ServiceError(Fault("bad_picture", f"what should be a picture in base64 is none: {shortened(text)!r:.80}")) from None
    if not picture:
        raise ServiceError(Fault("bad_picture", "an empty picture"))
    return picture
