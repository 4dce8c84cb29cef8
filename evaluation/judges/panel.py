"""Several judges as one: for each question the answer of more than half of them; what every one of them said is kept in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.calls import results_of
from unisandbox.evaluation.identity import canonical
from unisandbox.evaluation.judges.registry import open_judge
from unisandbox.evaluation.protocol import Fault, Judge, JudgeRequest, Question, Reading
from unisandbox.evaluation.questions import COUNT, OBJECT, SOMETHING_ELSE, count_answer

PANEL: Final = "panel"
NO_MAJORITY: Final = "no majority"
BETWEEN: Final = " | "


class Member(NamedTuple):
    """A judge and what it is called: its place and its URI's scheme, e.g. `2 openai`."""

    name: str
    judge: Judge


class Panel:
    """Asks every member every question.

    An answer needs more than half of all members, those that failed included. Where a question has none, nobody can tell what the
    picture shows, and no member is more right than another: a fault `bad_reply` that begins with `no majority`, and no wrong
    picture. Its message holds what every member said, as the words of a reading do; `panel_agreement.members_said` reads both.

    Args:
        members: Two or more.

    Raises:
        InputError: A member is not blind.
    """

    blind = True

    def __init__(self, members: Sequence[Member]) -> None:
        if told := [member.name for member in members if not member.judge.blind]:
            found, fix = f"{', '.join(told)}, which compares by itself", "run it alone"
            raise InputError(Violation("--judge panel", found, "judges that are blind to what was asked for", fix))
        self._members = tuple(members)

    @property
    def batch(self) -> int:
        """How many pictures it takes at once at most."""
        return min(member.judge.batch for member in self._members)

    def identity(self) -> Mapping[str, Any]:
        """Return the identities of all members, in order, and the rule."""
        return {"kind": PANEL, "rule": "more than half", "members": [dict(one.judge.identity()) for one in self._members]}

    def read(self, requests: Sequence[JudgeRequest]) -> Sequence[Reading | Fault]:
        """Return what most members see in each picture, or a fault, in order."""
        said = [results_of(member.judge.read, requests, Reading) for member in self._members]
        return [self._joined(request, readings) for request, readings in zip(requests, zip(*said, strict=True), strict=True)]

    def close(self) -> None:
        """Close every member."""
        with ExitStack() as closed:
            for member in self._members:
                closed.enter_context(closing(member.judge))

    def _joined(self, request: JudgeRequest, readings: Sequence[Reading | Fault]) -> Reading | Fault:
        pairs = zip(self._members, readings, strict=True)
        lines = [_line(member.name, reading, request.questions) for member, reading in pairs]
        if all(isinstance(reading, Fault) for reading in readings):
            return Fault(readings[0].kind, BETWEEN.join(lines))  # type: ignore[union-attr]
        answers, open_ = dict[str, str](), list[str]()
        for question in request.questions:
            votes = Counter(_vote(reading, question) for reading in readings if isinstance(reading, Reading))
            answer, number = votes.most_common(1)[0]
            if 2 * number > len(readings):
                answers[question.name] = answer
            else:
                open_.append(question.name)
        if open_:
            return Fault("bad_reply", f"{NO_MAJORITY} on {', '.join(open_)}: {BETWEEN.join(lines)}")
        words = (f"{member.name} said: {said}" for member, said in _words(self._members, readings))
        return Reading(answers, words=(*lines, *words))


def open_panel(rest: str, release: Path, arguments: Mapping[str, str]) -> Panel:
    """Return the panel of the judges that a URI names, e.g. `panel:sprites,openai:http://localhost:8000/v1#name`.

    Args:
        rest: The URIs of two judges or more, between commas.
        release: As for `open_judge`.
        arguments: The members' own, each with the member's place before it: `2.max_tokens=8`.

    Raises:
        InputError: One judge alone, one that is not blind, an argument of no member, or as the members' own opening.
    """
    uris = [uri.strip() for uri in rest.split(",") if uri.strip()]
    if len(uris) < 2:
        fix = "name two judges or more, or the one without panel:"
        raise InputError(Violation("--judge", f"panel:{rest}", "panel:JUDGE,JUDGE", fix))
    places = {str(place): uri for place, uri in enumerate(uris, start=1)}
    if unknown := sorted(name for name in arguments if name.partition(".")[0] not in places):
        allowed = f"1. to {len(uris)}. before the name, the place of the member"
        raise InputError(Violation("--judge-arg", name, allowed, "say whose argument it is") for name in unknown)
    with ExitStack() as opened:
        members = []
        for place, uri in places.items():
            own = {name.partition(".")[2]: value for name, value in arguments.items() if name.startswith(f"{place}.")}
            judge = opened.enter_context(closing(open_judge(uri, release, own).judge))
            members.append(Member(f"{place} {uri.partition(':')[0]}", judge))
        panel = Panel(members)
        opened.pop_all()  # they are the panel's to close from here on
    return panel


def _line(name: str, reading: Reading | Fault, questions: Sequence[Question]) -> str:
    if isinstance(reading, Fault):
        return f"{name}: {reading.kind} ({reading.message})".replace(BETWEEN, " / ")
    return f"{name}: {canonical({question.name: _vote(reading, question) for question in questions})}"


def _vote(reading: Reading, question: Question) -> str:
    """Return an answer as one of the choices, so that members agree whichever words they have for what is none of them."""
    answer = reading.answers.get(question.name, "")
    if question.name == COUNT and answer.isdecimal():
        return count_answer(int(answer))
    return SOMETHING_ELSE if question.name == OBJECT and answer not in question.choices else answer


def _words(members: Sequence[Member], readings: Sequence[Reading | Fault]) -> list[tuple[Member, str]]:
    pairs = zip(members, readings, strict=True)
    return [(member, said) for member, reading in pairs if isinstance(reading, Reading) for said in reading.words]
