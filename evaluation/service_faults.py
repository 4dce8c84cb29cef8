"""What it means when a service gives no usable reply."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from unisandbox.evaluation.patience import is_passing
from unisandbox.evaluation.protocol import Fault

LONGEST_WORDS: Final = 240  # characters of what a server said
DECLINING: Final = re.compile(
    r"content[_ ]?(?:policy|filter|management)|moderation|safety[_ ](?:system|filter|checker|violation)|policy[_ ]violation"
    r"|responsible_?ai|prohibited content|nsfw",
    re.IGNORECASE,
)
DECLINED: Final = (400, 403, 422, 451)
NO_MEMORY: Final = re.compile(r"out of memory|OutOfMemory|CUDA_ERROR_OUT_OF_MEMORY", re.IGNORECASE)
NOT_FOR_US: Final = (401, 403, 404, 405)
EMPTY_PURSE: Final = "insufficient_quota"  # a 429 that no waiting helps
HIDDEN: Final = "[key]"
LOOKS_LIKE_KEY: Final = re.compile(r"\bsk-[\w*.-]{6,}")


class ServiceError(Exception):
    """A request without a usable reply.

    Attributes:
        fault: What becomes of it.
        status: Of the HTTP response; None where there was none, or where it was 200.
        words: What the server said about it, without the key.
        parameter: The parameter that the server says it is about.
    """

    def __init__(self, fault: Fault, status: int | None = None, words: str = "", parameter: str | None = None) -> None:
        super().__init__(fault.message)
        self.fault, self.status, self.words, self.parameter = fault, status, words, parameter


def error_of_status(status: int, text: str, bad: str) -> ServiceError:
    """Return the error of a response that says that it is one.

    Args:
        status: Of the response.
        text: Its body, without the key.
        bad: The kind of fault where the request itself is refused: `bad_reply` or `bad_picture`.
    """
    words, parameter, code = _said(text)
    kind = _kind(status, f"{code} {words}", bad)
    return ServiceError(
        Fault(kind, f"HTTP {status}: {shortened(words) or 'without a word'}"), status, f"{code} {words}", parameter
    )


def is_worth_trying_again(error: ServiceError) -> bool:
    """Return whether the same request may succeed later."""
    return error.status is not None and is_passing(error.status) and EMPTY_PURSE not in error.words


def shortened(words: str) -> str:
    """Return words in one line of bounded length.

    >>> shortened("a\\n b"), len(shortened("x" * 1000))
    ('a b', 241)
    """
    line = " ".join(words[: 4 * LONGEST_WORDS].split())
    return line if len(line) <= LONGEST_WORDS else f"{line[:LONGEST_WORDS]}…"


def without_key(text: str, key: str) -> str:
    """Return a text without the key, which some servers repeat in what they say.

    >>> without_key("wrong key: secret-1234", "secret-1234"), without_key("EMPTY", "EMPTY")
    ('wrong key: [key]', 'EMPTY')
    """
    hidden = text.replace(key, HIDDEN) if key != "EMPTY" else text
    return LOOKS_LIKE_KEY.sub(HIDDEN, hidden)


def _kind(status: int, words: str, bad: str) -> str:
    if status in DECLINED and DECLINING.search(words):
        return "refused"
    if NO_MEMORY.search(words):
        return "out_of_memory"
    return "unavailable" if is_passing(status) or status in NOT_FOR_US or status < 400 else bad


def _said(text: str) -> tuple[str, str | None, str]:
    """Return what a body says, the parameter that it names, and its codes: OpenAI's form, FastAPI's, or any text."""
    try:
        found = json.loads(text)
    except ValueError:
        return text, None, ""
    inner: Any = found.get("error", found) if isinstance(found, Mapping) else found
    if not isinstance(inner, Mapping):
        return inner if isinstance(inner, str) else text, None, ""
    words = inner.get("message") or inner.get("detail") or inner
    parameter = inner.get("param")
    codes = " ".join(str(inner[name]) for name in ("code", "type") if inner.get(name))
    said = words if isinstance(words, str) else json.dumps(words, ensure_ascii=False)
    return said, parameter if isinstance(parameter, str) else None, codes
