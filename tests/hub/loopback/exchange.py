"""What goes over the wire: the call that a route gets, the answer that it gives, the refusal that it raises."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loopback.accounts import Account
from loopback.repositories import Commit, Repo


@dataclass(frozen=True)
class Answer:
    """Status, body and headers of a response; a HEAD sends the headers alone."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer whose body is the value as JSON."""
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json; charset=utf-8", **(headers or {})})


class RefusedError(Exception):
    """The Hub says no: a status, a message, and the code by which the client tells the kinds of 4xx apart."""

    def __init__(self, status: int, message: str, code: str | None = None, commit: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.commit = status, message, code, commit

    def answer(self) -> Answer:
        """Return the refusal as the Hub sends it: the message in the body and in a header, the code in a header."""
        named = {"X-Error-Message": self.message, "X-Error-Code": self.code, "X-Repo-Commit": self.commit}
        return as_json({"error": self.message}, self.status, {name: text for name, text in named.items() if text})


@dataclass(frozen=True)
class Call:
    """A request that found its route.

    `parts` are what the route's pattern caught, unquoted; `path` is quoted as it came; names of headers are in lower case;
    `account` is None for the anonymous. What is below `account` is the Hub's own: its address, its repositories, its settings.
    """

    method: str
    path: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    account: Account | None
    url: str
    repos: dict[str, Repo]
    page_entries: int
    lfs_chunk_bytes: int | None

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object; 400 for anything else."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as error:
            raise RefusedError(400, f"the body is no JSON: {error}") from None
        if not isinstance(value, dict):
            raise RefusedError(400, "the body is no JSON object")
        return value

    def repo(self, name: str) -> Repo:
        """Return a repository that the caller may see.

        A private one is not there for others: 401 for the anonymous, 404 for an account (the Hub's own two answers, one code).
        """
        found = self.repos.get(name)
        if found and (not found.private or (self.account and self.account.owns(name.partition("/")[0]))):
            return found
        if self.account is None:
            raise RefusedError(401, "Invalid username or password.", "RepoNotFound")
        raise RefusedError(404, "Repository not found", "RepoNotFound")

    def writable(self, name: str) -> Repo:
        """Return a repository that the caller may change: 401 for the anonymous, 403 for another's or with a read token."""
        repo = self.repo(name)
        if self.account is None:
            raise RefusedError(401, "Invalid username or password.")
        if not self.account.owns(name.partition("/")[0]):
            raise RefusedError(403, "Authorization error.")
        if not self.account.writes:
            raise RefusedError(403, "Forbidden: you must use a write token to upload to a repository.")
        return repo


def at(repo: Repo, revision: str) -> Commit:
    """Return the commit that the revision names, or refuse with the code RevisionNotFound."""
    found = repo.find(revision)
    if found is None:
        raise RefusedError(404, f"Invalid rev id: {revision}", "RevisionNotFound")
    return found
