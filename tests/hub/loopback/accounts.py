"""Who asks: the Hub's accounts, the role of each token, and what a role may do."""

from __future__ import annotations

from dataclasses import dataclass

OWNER = "keeper"
ORGANISATIONS = ("demo", "lab", "org", "unisandbox")
LETTERS = 34  # after "hf_", as in a user access token of the Hub


@dataclass(frozen=True)
class Account:
    """Someone who sent a valid token: the user, the namespaces that are theirs, and the token's role."""

    user: str
    role: str
    organisations: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether the token may change a repository of its namespaces."""
        return self.role in ("write", "fineGrained")

    @property
    def creates(self) -> bool:
        """Whether the token may make repositories; one that is scoped to a repository may not."""
        return self.role == "write"

    def owns(self, namespace: str) -> bool:
        """Return whether the namespace is the user's own or one of their organisations."""
        return namespace in (self.user, *self.organisations)


ACCOUNTS = {
    "write": Account(OWNER, "write", ORGANISATIONS),
    "fineGrained": Account(OWNER, "fineGrained", ORGANISATIONS),
    "read": Account(OWNER, "read", ORGANISATIONS),
    "none": Account("stranger", "write"),
}


def token(kind: str) -> str:
    """Return the token of a kind: write, fineGrained (writes, but makes no repository), read, or none (a stranger's).

    >>> token("write"), len(token("write"))
    ('hf_LoopbackHubWriteTokenTokenTokenToke', 37)
    """
    if kind not in ACCOUNTS:
        raise ValueError(f"no token of kind {kind!r}; there are {', '.join(ACCOUNTS)}")
    name = kind[0].upper() + kind[1:]
    return "hf_" + ("LoopbackHub" + name + "Token" * LETTERS)[:LETTERS]


BY_TOKEN = {token(kind): account for kind, account in ACCOUNTS.items()}
