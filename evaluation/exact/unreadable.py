"""The error of pictures that hold something the exact readers do not know."""

from __future__ import annotations

from unisandbox.errors import InputError, Violation


class UnreadableError(InputError):
    """A picture is not one of ours, or holds something that cannot be named: there is no guess."""


def unreadable(where: str, found: str, allowed: str) -> UnreadableError:
    """Return the error of a place in a picture."""
    return UnreadableError(Violation(where, found, allowed, "read pictures that this package rendered, with the same sprites"))
