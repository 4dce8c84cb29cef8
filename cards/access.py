"""The way to the Hub: where a token may be sent, where it comes from, and how it stays out of everything that is printed.

A token is taken from the environment or from the client's own store, never from an argument or a file of ours. `HF_ENDPOINT`
decides where the client sends it, so any other place than the Hub and this machine has to be allowed by name.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Final, NoReturn
from urllib.parse import SplitResult, urlsplit

from unisandbox.cards.place import HUB
from unisandbox.errors import HubError, Violation

ENDPOINT: Final = "HF_ENDPOINT"
REMOVED: Final = "<token>"
GIVE_A_TOKEN: Final = "set HF_TOKEN to one of https://huggingface.co/settings/tokens, or store it with `hf auth login`"

_TOKENS: Final = r"(?:hf|api_org)_[A-Za-z0-9]{30,}|hf_(?:oauth|jwt)_[A-Za-z0-9._-]{30,}"  # as the Hub makes them
TOKENS_BEGIN: Final = (b"hf_", b"api_org_")
TOKEN_LIKE: Final = re.compile(_TOKENS.encode())
_SECRETS: Final = (  # what a message may hold besides: headers, names and passwords in addresses, signatures of upload addresses
    (re.compile(_TOKENS), REMOVED),
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s'\"]+"), rf"\1 {REMOVED}"),
    (re.compile(r"(https?://)[^/\s'\"@]*@"), rf"\1{REMOVED}@"),
    (re.compile(r"(https?://[^\s'\"?]+)\?[^\s'\"]*"), r"\1"),
)
_TOKEN_FORM: Final = re.compile(r"[!-~]{8,}")  # what a header can carry


@dataclass(frozen=True, slots=True)
class Access:
    """An endpoint that may be used, and the token for it; it is not shown, logged or pickled."""

    endpoint: str
    token: str | None = field(repr=False)

    def scrubbed(self, text: str) -> str:
        """Return a text without this token and without anything that reads like one."""
        return scrubbed(text.replace(self.token, REMOVED) if self.token else text)

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """What must not stand in any file."""
        return (self.token.encode(),) if self.token else ()

    def __reduce__(self) -> NoReturn:
        raise TypeError("an access holds a token and is not written anywhere")


def scrubbed(text: str) -> str:
    """Return a text without tokens, and its addresses without passwords and queries, which may hold signatures.

    >>> scrubbed("500 for https://hub/x?signature=abc, token hf_" + "A" * 34)
    '500 for https://hub/x token <token>'
    """
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def open_access(*, allowed: str | None = None, needs_token: bool = True) -> Access:
    """Return the endpoint and the token to use.

    Args:
        allowed: An endpoint other than the Hub that may get the token.
        needs_token: Whether it is an error to have none.

    Raises:
        HubError: An endpoint that is not allowed; no token where one is needed; one that cannot be a token.
    """
    endpoint = checked_endpoint(allowed)  # first: the client's own search for a token may already ask the endpoint
    token = _token()
    if token is None and needs_token:
        raise HubError(Violation("token", "none", "a token with write access", GIVE_A_TOKEN))
    if token is not None and not _TOKEN_FORM.fullmatch(token):
        found = "blanks, signs beyond ASCII, or fewer than 8 signs"
        raise HubError(Violation("token", found, "a token as the Hub shows it", GIVE_A_TOKEN))
    return Access(endpoint, token)


def checked_endpoint(allowed: str | None = None) -> str:
    """Return the endpoint of the environment, without a slash at its end; the Hub where none is set.

    Raises:
        HubError: It is neither the Hub nor this machine nor the allowed one, or it is no plain address.
    """
    text = os.environ.get(ENDPOINT) or HUB
    if allowed is not None and not os.environ.get(ENDPOINT):
        raise HubError(Violation("--allow-endpoint", scrubbed(allowed), f"the value of {ENDPOINT}", f"set {ENDPOINT} to it too"))
    address = _address(text)
    if address is None:
        raise HubError(Violation(ENDPOINT, repr(scrubbed(text)), "https://host, without user or query", f"unset {ENDPOINT}"))
    endpoint = text.rstrip("/")
    if endpoint == HUB or _is_loopback(address) or (allowed is not None and endpoint == allowed.rstrip("/")):
        return endpoint
    fix = f"unset {ENDPOINT}, or say --allow-endpoint {endpoint} if your token may go there"
    raise HubError(Violation(ENDPOINT, endpoint, f"{HUB}, or an address of this machine", fix))


def _address(text: str) -> SplitResult | None:
    """Return a plain http(s) address in parts; None for one with a user, a query, or a port that is none."""
    try:
        parts = urlsplit(text)
        plain = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    strange = parts.username is not None or parts.password is not None or parts.query or parts.fragment or "\\" in text
    return parts if plain and not strange and text.isascii() and text.isprintable() and " " not in text else None


def _is_loopback(address: SplitResult) -> bool:
    host = address.hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _token() -> str | None:
    """Return the token of the environment or of the client's store; its search may fail in ways of its own."""
    from huggingface_hub import get_token

    wrong = ""
    try:
        return get_token()
    except Exception as error:  # noqa: BLE001 - OIDC and OAuth raise what they meet on the way
        wrong = scrubbed(f"{type(error).__name__}: {error}").partition("\n")[0]
    raise HubError(Violation("token", wrong, "a token with write access", GIVE_A_TOKEN))  # outside, so that no cause goes along


def plain_of(value: Any) -> str:
    """Return one line of a text for a message: scrubbed, without breaks."""
    return " ".join(scrubbed(str(value)).split())
