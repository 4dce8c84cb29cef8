"""What the exact judge answers to questions about a picture that it has looked at, or why it says nothing."""

from __future__ import annotations

from typing import Final

from unisandbox.evaluation.exact.looked import Looked, Scene
from unisandbox.evaluation.protocol import Fault, JudgeRequest, Reading
from unisandbox.evaluation.questions import COUNT, OBJECT, SEVERAL, SOMETHING_ELSE, UNREADABLE, count_answer

PERSON: Final = "person"
SURE_PX: Final = (
    256  # from this side on all rendered scenes are read; in a smaller one a refused object may be the reader's failure
)
ADVICE: Final = "no drawing of this release, so a judge of another kind has to read it"


def reading_of(looked: Looked, request: JudgeRequest) -> Reading | Fault:
    """Return the answers to the questions of a request; a fault where the picture is none that this judge can read."""
    if doubt := _doubt(looked):
        return Fault("bad_picture", f"{doubt}: {ADVICE}")
    answers = _of_person(looked) if looked.person else _of_scene(looked.scene)
    unknown = [one.name for one in request.questions if one.name not in answers and request.kind == "objects"]
    if unknown:
        return Fault("bad_reply", f"this judge cannot tell {', '.join(unknown)}")
    return Reading({one.name: answers.get(one.name, UNREADABLE) for one in request.questions}, words=(_words(looked),))


def _doubt(looked: Looked) -> str:
    """Return why nothing can be said of a picture; empty where something can."""
    scene = looked.scene
    if looked.person or not scene.doubt:
        return ""
    partly = scene.seen and scene.unnamed and not scene.ambiguous and looked.side_px >= SURE_PX
    return "" if partly else scene.doubt


def _of_scene(scene: Scene) -> dict[str, str]:
    number = sum(one.count for one in scene.seen) + scene.unnamed
    kinds = len(scene.seen) + bool(scene.unnamed)
    name = SEVERAL if kinds > 1 else scene.seen[0].name if scene.seen else SOMETHING_ELSE
    return {OBJECT: name, COUNT: count_answer(number)}


def _of_person(looked: Looked) -> dict[str, str]:
    return {**looked.person, OBJECT: PERSON, COUNT: count_answer(1)}


def _words(looked: Looked) -> str:
    if looked.person:
        return "a person: " + ", ".join(f"{name} {value}" for name, value in looked.person.items())
    things = [f"{one.count} x {one.name}" for one in looked.scene.seen]
    if looked.scene.unnamed:
        things.append(f"{looked.scene.unnamed} x without a name ({looked.scene.doubt})")
    return ", ".join(things) or "a plain background, and nothing on it"
