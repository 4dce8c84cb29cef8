"""Tries the judge of a run before its first picture and after its last, and keeps what came of it for the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from unisandbox.evaluation.canary import Known, Tried, changed, known_pictures, refuse_failed, tried
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.protocol import Judge, Question


class Trials:
    """The canary of one run. A run that has nothing to judge tries nobody.

    Args:
        judge: The judge, and the URI that messages name it by.
        uri: See above.
        release: The release whose pictures of known truth are taken.
        questions: What is asked about an item.
        earlier: What the record says of earlier parts of this run with this judge.
    """

    def __init__(
        self,
        judge: Judge,
        uri: str,
        release: Path,
        questions: Callable[[Item], tuple[Question, ...]],
        earlier: Mapping[str, Any],
    ) -> None:
        self._judge, self._uri, self._release, self._questions = judge, uri, release, questions
        self._pictures: tuple[Known, ...] = ()
        self._first: Tried | None = None
        self.said: dict[str, Any] = dict(earlier)

    def before(self) -> None:
        """Try the judge, once however often this is called; raises `CanaryError` where it fails."""
        if self._first is None:
            self._pictures = known_pictures(self._release)
            self._first = tried(self._judge, self._pictures, self._questions)
            refuse_failed(self._first, self._uri, "before")
            self.said = {"before": self._first.as_json()}

    def after(self) -> Tried | None:
        """Try the judge again if it was tried before, and return how it did."""
        if self._first is None:
            return None
        second = tried(self._judge, self._pictures, self._questions)
        self.said |= {"after": second.as_json(), "changed": changed(self._first, second)}
        return second

    def refuse(self, second: Tried | None) -> None:
        """Raise `CanaryError` where the judge no longer reads what it should."""
        if second is not None:
            refuse_failed(second, self._uri, "after")
