"""Where a service is and under which key: `openai:http://localhost:8000/v1#name`, and OPENAI_API_KEY."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from unisandbox.errors import InputError, Violation

KEY_VARIABLE: Final = "OPENAI_API_KEY"
NO_KEY: Final = "EMPTY"  # what servers that ask for none take, as vLLM's documentation writes it


@dataclass(frozen=True, slots=True)
class Address:
    """An OpenAI-compatible service and a model of it: `url` without a slash at its end, and the model's name."""

    url: str
    name: str

    @property
    def host(self) -> str:
        """The name or number of the machine."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_loopback(self) -> bool:
        """Whether the service is on this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def parse_address(text: str, option: str, scheme: str = "openai") -> Address:
    """Return the address that stands after the scheme of a URI.

    Args:
        text: `URL#name`.
        option: Which option it was given to, for messages.
        scheme: What stood before the colon, for messages.

    Raises:
        InputError: No URL of http or https, no name, or a URL with a password or a query in it.

    >>> parse_address("http://localhost:8000/v1/#qwen", "--judge").url
    'http://localhost:8000/v1'
    """
    url, _, name = text.partition("#")
    form = f"{scheme}:http://HOST:PORT/v1#NAME"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise InputError(Violation(option, "a URL that is none", form, "mend the URL")) from None
    if parts.username or parts.password or parts.query:
        found, fix = "a URL with a password or a query", f"take it out and set {KEY_VARIABLE}"
        raise InputError(Violation(option, found, form, fix))
    if not (usable and name):
        found = f"{scheme}:{text}"
        raise InputError(Violation(option, repr(found), form, "name the model after #" if usable else "write the whole URL"))
    return Address(_plain(parts), name)


def key_for(address: Address) -> str:
    """Return the key for a service from OPENAI_API_KEY, or `EMPTY` for one on this machine.

    Raises:
        InputError: No key for a service elsewhere, or one that no header can hold; the message does not show it.
    """
    key = os.environ.get(KEY_VARIABLE, "").strip() or (NO_KEY if address.is_loopback else "")
    if not key:
        allowed = f"the key of {address.host}, or {NO_KEY} where it asks for none"
        raise InputError(Violation(KEY_VARIABLE, "nothing", allowed, "set it in the environment"))
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise InputError(Violation(KEY_VARIABLE, "a key with blanks or letters beyond ASCII", "a key", "set it again"))
    return key


def _plain(parts: SplitResult) -> str:
    return parts._replace(fragment="").geturl().rstrip("/")
