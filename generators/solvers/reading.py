"""Why a solver gives no answer: plain exceptions between the solvers and the audit.

They never reach a user: the audit turns each into a finding, a build turns each into a violation. The one idea: not read,
read but without an answer, and nothing asked are three different things.
"""

from __future__ import annotations


class UnreadableError(Exception):
    """The words cannot be read for sure; its text says which and why. Nothing is known about the gold."""


class UnsolvableError(Exception):
    """The words were read, and no single answer follows from them; its text says why."""


class NoTargetError(Exception):
    """The rules were read, and no sentence asks for anything."""
