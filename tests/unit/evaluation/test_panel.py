from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import made_runs
import pytest

from unisandbox.errors import InputError
from unisandbox.evaluation.agreement import krippendorff_alpha
from unisandbox.evaluation.arms import Way
from unisandbox.evaluation.judges.panel import Member, Panel, open_panel
from unisandbox.evaluation.judges.panel_agreement import members_said, panel_agreement
from unisandbox.evaluation.plan import Plan
from unisandbox.evaluation.protocol import LITERAL, Fault, JudgeRequest, Question, Reading
from unisandbox.evaluation.questions import COUNTS, SEVERAL, SOMETHING_ELSE
from unisandbox.evaluation.results import results_of
from unisandbox.evaluation.run import score

ASKED = (Question("object", ("apple", "pear", SOMETHING_ELSE, SEVERAL)), Question("count", COUNTS))
REQUEST = JudgeRequest(b"a picture", "objects", ASKED)
TIMEOUT = Fault("timeout", "no answer in 60 s | gave up")


class Says:
    """A judge that says the same of every picture, or raises."""

    blind = True

    def __init__(self, said: Reading | Fault | Exception, batch: int = 4) -> None:
        self.said, self.batch, self.closed = said, batch, False

    def identity(self) -> Mapping[str, Any]:
        return {"kind": "says", "batch": self.batch}

    def read(self, requests: Sequence[JudgeRequest]) -> Sequence[Reading | Fault]:
        if isinstance(self.said, Exception):
            raise self.said
        return [self.said] * len(requests)

    def close(self) -> None:
        self.closed = True


def saw(name: str, count: str) -> Reading:
    return Reading({"object": name, "count": count}, words=(f"{count} of {name}: sure",))


def panel(*said: Reading | Fault | Exception) -> Panel:
    return Panel([Member(f"{place} says", Says(one)) for place, one in enumerate(said, start=1)])


def read(*said: Reading | Fault | Exception) -> Reading | Fault:
    (found,) = panel(*said).read([REQUEST])
    return found


def test_each_question_is_answered_by_more_than_half() -> None:
    found = read(saw("apple", "3"), saw("apple", "4"), saw("pear", "4"))
    assert isinstance(found, Reading)
    assert found.answers == {"object": "apple", "count": "4"}
    assert "2 says said: 4 of apple: sure" in found.words
    assert members_said(found.words) == {
        "1 says": {"object": "apple", "count": "3"},
        "2 says": {"object": "apple", "count": "4"},
        "3 says": {"object": "pear", "count": "4"},
    }


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ((saw("apple", "3"), saw("pear", "3")), "no majority on object:"),
        ((saw("apple", "3"), saw("pear", "4")), "no majority on object, count:"),
        ((saw("apple", "3"), saw("pear", "3"), saw(SEVERAL, "3")), "no majority on object:"),
        ((saw("apple", "3"), TIMEOUT), "no majority on object, count:"),
        ((saw("apple", "3"), saw("apple", "3"), TIMEOUT, RuntimeError("out")), "no majority on object, count:"),
    ],
)
def test_without_a_majority_nobody_can_tell_and_what_each_said_is_kept(said: tuple[Any, ...], named: str) -> None:
    found = read(*said)
    assert isinstance(found, Fault)
    assert found.kind == "bad_reply"
    assert found.message.startswith(named)
    answers = [dict(one.answers) if isinstance(one, Reading) else None for one in said]
    assert list(members_said((), found.message).values()) == answers


def test_two_of_three_suffice_where_the_third_fails() -> None:
    for failed in (TIMEOUT, RuntimeError("out of memory")):
        found = read(saw("apple", "3"), failed, saw("apple", "3"))
        assert isinstance(found, Reading)
        assert found.answers == {"object": "apple", "count": "3"}
        assert members_said(found.words)["2 says"] is None


def test_a_panel_of_which_all_fail_fails_as_the_first_does() -> None:
    found = read(TIMEOUT, Fault("unavailable", "503"))
    assert isinstance(found, Fault)
    assert found.kind == "timeout"
    assert members_said((), found.message) == {"1 says": None, "2 says": None}


def test_members_agree_whichever_words_they_have_for_what_is_none_of_the_choices() -> None:
    found = read(saw("giraffe", "23"), saw(SOMETHING_ELSE, "more than 20"))
    assert isinstance(found, Reading)
    assert found.answers == {"object": SOMETHING_ELSE, "count": "more than 20"}


def test_what_members_said_is_what_agreement_is_computed_from() -> None:
    found = [
        read(saw("apple", "3"), saw("apple", "3")),
        read(saw("apple", "3"), saw("pear", "3")),
        read(saw("pear", "1"), TIMEOUT),
    ]
    said = [members_said(one.words) if isinstance(one, Reading) else members_said((), one.message) for one in found]
    ratings = [[answers["object"] if answers else None for answers in one.values()] for one in said]
    assert ratings == [["apple", "apple"], ["apple", "pear"], ["pear", None]]
    assert krippendorff_alpha(ratings).value == pytest.approx(0.0)


def test_it_takes_as_many_as_every_member_takes_and_closes_all() -> None:
    members = [Member("1 says", Says(TIMEOUT, 32)), Member("2 says", Says(TIMEOUT, 1))]
    whole = Panel(members)
    assert whole.batch == 1
    assert [one["batch"] for one in whole.identity()["members"]] == [32, 1]
    whole.close()
    assert all(member.judge.closed for member in members if isinstance(member.judge, Says))


def test_a_uri_opens_its_members(scored_release: Path, tmp_path: Path) -> None:
    errs = tmp_path / "errs.toml"
    errs.write_text("sensitivity = 0.9\n")
    whole = open_panel(f"scripted:exact,scripted:{errs},sprites", scored_release, {"3.device": "cpu"})
    kinds = [one["kind"] for one in whole.identity()["members"]]
    assert kinds == ["scripted", "scripted", "sprites"]
    whole.close()


@pytest.mark.parametrize(
    ("rest", "arguments", "said"),
    [
        ("", {}, "panel:JUDGE,JUDGE"),
        ("scripted:exact", {}, "panel:JUDGE,JUDGE"),
        ("scripted:exact,nobody:x", {}, "nobody:x"),
        ("scripted:exact,scripted:exact", {"device": "cpu"}, "the place of the member"),
        ("scripted:exact,scripted:exact", {"3.device": "cpu"}, "the place of the member"),
    ],
)
def test_what_is_no_panel_is_refused(rest: str, arguments: dict[str, str], said: str, scored_release: Path) -> None:
    with pytest.raises(InputError, match=said):
        open_panel(rest, scored_release, arguments)


def test_a_judge_that_is_told_what_is_right_cannot_sit_on_it() -> None:
    told = Says(saw("apple", "3"))
    told.blind = False
    with pytest.raises(InputError, match="2 captions, which compares by itself"):
        Panel([Member("1 says", Says(TIMEOUT)), Member("2 captions", told)])


def test_a_run_tells_how_far_the_members_of_its_panel_agree(scored_release: Path, tmp_path: Path) -> None:
    errs, truth = tmp_path / "errs.toml", tmp_path / "truth.toml"
    errs.write_text("sensitivity = 0.6\nfault_rate = 0.2\n")
    truth.write_text("literal = 1.0\n")
    panel_of_three = f"panel:scripted:exact,scripted:exact,scripted:{errs}"
    asked_of = {"data": scored_release, "out": tmp_path / "run", "model": f"scripted:{truth}", "judge": panel_of_three}
    ran = score(Plan(**asked_of, way=Way((LITERAL,)), canary=False), lambda _: None)
    found = results_of(ran.record, ran.joined.samples)["judge_quality"]["agreement"]
    asked = {name for sample in ran.joined.samples for name in sample.read}
    assert set(found) == asked
    same = {pair["between"]: pair["same"] for pair in found["object"]["pairs"]}
    assert same["1 scripted and 2 scripted"] == 1.0
    assert same["1 scripted and 3 scripted"] < 1.0
    assert found["object"]["alpha"] < 1.0
    answered = {pair["between"]: pair["pictures"] for pair in found["object"]["pairs"]}
    assert answered["2 scripted and 3 scripted"] < answered["1 scripted and 2 scripted"]


def test_a_question_that_no_two_members_answered_says_why_it_has_no_figure() -> None:
    said = read(saw("apple", "3"), TIMEOUT)
    assert isinstance(said, Fault)
    assert panel_agreement([made_runs.sample(made_runs.item(1), LITERAL, fault=said, words=())])["object"] == {
        "alpha": None,
        "pictures": 0,
        "reason": "no picture was answered by two members",
    }
