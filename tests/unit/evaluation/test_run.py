"""A run: everything asked once, nothing lost, nothing counted wrong, whatever stops it and whoever goes on with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from unisandbox.errors import DataError, InputError
from unisandbox.evaluation.arms import Way
from unisandbox.evaluation.items import scored_items
from unisandbox.evaluation.merge import merged
from unisandbox.evaluation.models.scripted import Truth
from unisandbox.evaluation.outcomes import GENERATION_ERROR, JUDGE_ERROR, Sample, error_rates
from unisandbox.evaluation.plan import Plan, Selection
from unisandbox.evaluation.progress import Progress
from unisandbox.evaluation.protocol import ARMS, ASK, DRAWN_ARMS, LITERAL, NORMAL, THINK
from unisandbox.evaluation.run import judge_again, reported, score
from unisandbox.evaluation.run_folder import read_record, read_rows

OWN = '''
"""A model that writes down what it is asked, and misbehaves as its argument says."""

from pathlib import Path

from unisandbox.evaluation.models.scripted import Scripted, Truth
from unisandbox.evaluation.protocol import Answer, Capabilities, Drawing


class Own(Scripted):
    def __init__(self, log: str, how: str = "", batch: str = "1") -> None:
        super().__init__(Truth(think=0.5, batch=int(batch)))
        self.log, self.how, self.calls = Path(log), how, 0

    def identity(self) -> dict[str, object]:
        return {"own": 1}

    def draw(self, requests):
        return self.made(super().draw(requests), requests, Drawing)

    def answer(self, requests):
        return self.made(super().answer(requests), requests, Answer)

    def made(self, results, requests, kind):
        with self.log.open("a") as log:
            log.writelines(f"{one.item} {getattr(one, 'arm', 'ask')} {one.sample}\\n" for one in requests)
        self.calls += 1
        if self.how == "raises" and any(one.item.endswith("3") for one in requests):
            raise RuntimeError("out of luck\\nand more")
        if self.how == "exits":
            raise SystemExit(1)
        if self.how == "few":
            return results[1:]
        if self.how == "none":
            return None
        if self.how == "types":
            return ["a text" for _ in results]
        if self.how == "pictures" and kind is Drawing:
            return [Drawing(b"no picture") for _ in results]
        if self.how == "nothing" and kind is Drawing:
            return [Drawing(None) for _ in results]
        if self.how == "half words":
            return [Answer("\\ud800") if kind is Answer else Drawing(one.picture, "\\udfff") for one in results]
        return results


class Odd(Own):
    def identity(self):
        return {"weights": Path("here"), "sizes": {1, 2}}


class Silent(Own):
    capabilities = Capabilities(draws=False, answers=False)


class Talker(Own):
    capabilities = Capabilities(draws=False, answers=True)
'''


def quiet(_: Progress) -> None:
    """Tell nobody."""


def truth_file(tmp_path: Path, **settings: Any) -> str:
    path = tmp_path / "truth.toml"
    path.write_text("\n".join(f"{name} = {json.dumps(value)}" for name, value in settings.items()), encoding="utf-8")
    return f"scripted:{path}"


@pytest.fixture
def plan(scored_release: Path, tmp_path: Path) -> Plan:
    """A run of all items in all arms."""
    model = truth_file(tmp_path, think=0.6, transfer=0.55)
    return Plan(data=scored_release, out=tmp_path / "run", model=model, judge="scripted:exact", canary=False)


@pytest.fixture
def own(plan: Plan, tmp_path: Path) -> Callable[..., Plan]:
    """A function that returns a run of the model above, which writes what it is asked to `asked.txt`."""
    path = tmp_path / "own.py"
    path.write_text(OWN, encoding="utf-8")

    def made(name: str = "Own", **arguments: str) -> Plan:
        return replace(plan, model=f"{path}:{name}", model_arguments={"log": str(tmp_path / "asked.txt"), **arguments})

    return made


def asked(tmp_path: Path) -> list[str]:
    path = tmp_path / "asked.txt"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def results(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a run folder holds, but for how long it took."""
    rows = read_rows(folder)
    assert all(rows)
    generations, verdicts = ({key: {**row, "seconds": 0} for key, row in part.items()} for part in rows)
    return generations, verdicts


def timeless(samples: tuple[Sample, ...]) -> list[Sample]:
    return [replace(sample, seconds_model=0, seconds_judge=0) for sample in samples]


def test_every_item_arm_and_sample_gets_the_outcome_that_is_true(plan: Plan) -> None:
    truth = Truth(think=0.6, transfer=0.55)
    ran = score(replace(plan, way=Way(samples=2)), quiet)
    assert len(ran.joined.samples) == 44 * 4 * 2
    assert ran.joined.unfinished == 0
    for sample in ran.joined.samples:
        assert sample.correct == truth.is_right(sample.item, sample.arm, sample.sample)
    assert {sample.arm for sample in ran.joined.samples} == set(ARMS)
    assert error_rates(ran.joined.samples) == dict.fromkeys(ARMS, 0.0)


def test_samples_come_in_the_order_of_work_with_the_arms_of_an_item_together(plan: Plan) -> None:
    ran = score(plan, quiet)
    items = scored_items(plan.data).items
    assert [(sample.item.id, sample.arm) for sample in ran.joined.samples] == [(item.id, arm) for item in items for arm in ARMS]


def test_a_model_is_asked_in_that_order_too_so_that_a_beginning_is_paired(own: Callable[..., Plan], tmp_path: Path) -> None:
    score(own(), quiet)
    assert [line.split()[0] for line in asked(tmp_path)[::4]] == [item.id for item in scored_items(own().data).items]


def test_a_finished_run_asks_nobody_again(own: Callable[..., Plan], tmp_path: Path) -> None:
    first = score(own(), quiet)
    count = len(asked(tmp_path))
    files = {path: path.read_bytes() for path in (tmp_path / "run").glob("*.jsonl")}
    again = score(own(), quiet)
    assert count == len(asked(tmp_path)) == 44 * 4
    assert files == {path: path.read_bytes() for path in (tmp_path / "run").glob("*.jsonl")}
    assert len(files) == 2
    assert again.joined == first.joined


@pytest.mark.parametrize("batch", ["3", "64"])
def test_the_batch_changes_no_result(own: Callable[..., Plan], tmp_path: Path, batch: str) -> None:
    score(replace(own(), out=tmp_path / "one"), quiet)
    one, several = tmp_path / "one", tmp_path / "several"
    path = tmp_path / "own.py"
    score(replace(own(batch=batch), out=several), quiet)
    pictures = [
        sorted((row["item"], row["arm"], str(row["picture"])) for row in results(folder)[0].values()) for folder in (one, several)
    ]
    assert pictures[0] == pictures[1]
    assert path.exists()


def test_a_limit_that_is_raised_goes_on_with_the_run(own: Callable[..., Plan], tmp_path: Path) -> None:
    score(replace(own(), selection=Selection(limit=16)), quiet)
    score(own(), quiet)
    assert max(Counter(asked(tmp_path)).values()) == 1
    assert len(asked(tmp_path)) == 44 * 4


def test_two_models_in_one_folder_share_no_line(own: Callable[..., Plan], plan: Plan) -> None:
    score(plan, quiet)
    before = set(read_rows(plan.out)[0])
    ran = score(own(), quiet)
    assert len(read_rows(plan.out)[0]) == 2 * len(before)
    assert ran.record.model.identity["class"] == "Own"


def test_generating_first_and_judging_later_is_the_same(plan: Plan, tmp_path: Path) -> None:
    at_once = score(plan, quiet)
    later = replace(plan, out=tmp_path / "later")
    made = score(replace(later, judge=None), quiet)
    assert (made.record.judge, made.joined.unfinished) == (None, 44 * 3)
    assert {sample.arm for sample in made.joined.samples} == {ASK}
    ran = judge_again(later, quiet)
    assert timeless(ran.joined.samples) == timeless(at_once.joined.samples)
    assert results(tmp_path / "later") == results(plan.out)


def test_a_second_judge_reads_the_same_pictures(plan: Plan, tmp_path: Path) -> None:
    first = score(plan, quiet)
    errs = tmp_path / "errs.toml"
    errs.write_text("sensitivity = 0.5", encoding="utf-8")
    second = judge_again(replace(plan, judge=f"scripted:{errs}"), quiet)
    assert [sample.picture for sample in second.joined.samples] == [sample.picture for sample in first.joined.samples]
    assert second.record.judge != first.record.judge
    rights = [sum(bool(sample.correct) for sample in ran.joined.samples if sample.arm in DRAWN_ARMS) for ran in (first, second)]
    assert rights[1] < rights[0]
    assert judge_again(plan, quiet).joined == first.joined


def test_a_report_says_what_the_run_said(plan: Plan) -> None:
    ran = score(plan, quiet)
    again = reported(plan.out)
    assert (again.record, again.joined) == (ran.record, ran.joined)


def test_a_report_finds_a_release_that_was_moved_and_refuses_another(plan: Plan, release: Any) -> None:
    ran = score(plan, quiet)
    record = plan.out / "run.json"
    record.write_text(record.read_text(encoding="utf-8").replace(str(plan.data), "/nowhere"), encoding="utf-8")
    with pytest.raises(DataError, match="/nowhere"):
        reported(plan.out)
    assert reported(plan.out, plan.data).joined == ran.joined
    with pytest.raises(DataError, match="name the release of the run with --data"):
        reported(plan.out, release()[0])


def test_shards_merged_are_one_run(plan: Plan, tmp_path: Path) -> None:
    whole = score(plan, quiet)
    parts = [tmp_path / f"part-{number}" for number in (1, 2, 3)]
    for number, part in enumerate(parts, start=1):
        ran = score(replace(plan, out=part, selection=Selection(shard=(number, 3))), quiet)
        assert 0 < len(ran.joined.samples) < 44 * 4
    merged(parts, tmp_path / "merged")
    assert timeless(reported(tmp_path / "merged").joined.samples) == timeless(whole.joined.samples)
    assert results(tmp_path / "merged") == results(plan.out)
    images = [sorted(path.name for path in (folder / "images").rglob("*.png")) for folder in (tmp_path / "merged", plan.out)]
    assert images[0] == images[1]
    assert score(replace(plan, out=tmp_path / "merged"), quiet).joined.unfinished == 0


def test_shards_of_other_runs_are_not_merged(plan: Plan, own: Callable[..., Plan], tmp_path: Path) -> None:
    others = {
        "items": replace(plan, selection=Selection(limit=16)),
        "model": own(),
        "judge": replace(plan, judge=None),
        "arms, samples, salt and size": replace(plan, way=Way(salt="1")),
    }
    score(plan, quiet)
    for what, other in others.items():
        folder = tmp_path / f"other-{what[:5]}"
        score(replace(other, out=folder), quiet)
        with pytest.raises(DataError, match=f"{folder}: {what}: found"):
            merged([plan.out, folder], tmp_path / "merged")
    with pytest.raises(DataError, match="found a run; allowed: a new folder"):
        merged([plan.out], plan.out)
    assert not (tmp_path / "merged").exists()


def test_errors_are_done_again_and_nothing_else(plan: Plan, tmp_path: Path) -> None:
    errs = tmp_path / "errs.toml"
    errs.write_text("fault_rate = 0.2", encoding="utf-8")
    truth_file(tmp_path, think=0.6, error_rate=0.2, refusal_rate=0.1)
    broken = replace(plan, judge=f"scripted:{errs}")
    first = score(broken, quiet)
    counts = Counter(sample.outcome for sample in first.joined.samples)
    assert counts[GENERATION_ERROR] > 20
    assert counts[JUDGE_ERROR] > 10
    assert any(sample.is_refused for sample in first.joined.samples)
    before = [path.read_bytes() for path in (plan.out / "generations.jsonl", plan.out / "verdicts.jsonl")]
    assert score(broken, quiet).joined == first.joined, "without the option an error stands"

    truth_file(tmp_path, think=0.6)
    errs.write_text("fault_rate = 0.0", encoding="utf-8")
    second = score(replace(broken, retry_errors=True), quiet)
    assert Counter(sample.outcome for sample in second.joined.samples).keys() == {"correct", "wrong"}
    after = [path.read_bytes() for path in (plan.out / "generations.jsonl", plan.out / "verdicts.jsonl")]
    added = [new[len(old) :].splitlines() for old, new in zip(before, after, strict=True)]
    assert all(new.startswith(old) for old, new in zip(before, after, strict=True))
    failed = {(sample.item.id, sample.arm) for sample in first.joined.samples if sample.outcome == GENERATION_ERROR}
    assert {(row["item"], row["arm"]) for row in map(json.loads, added[0])} == failed
    unread = sum(sample.outcome == JUDGE_ERROR for sample in first.joined.samples)
    assert len(added[1]) == unread + sum(arm in DRAWN_ARMS for _, arm in failed)


@pytest.mark.parametrize(
    ("how", "kind", "message"),
    [
        ("exits", "crashed", "SystemExit: 1"),
        ("few", "crashed", "0 results for one request"),
        ("none", "crashed", "TypeError: 'NoneType' object is not iterable"),
        ("types", "crashed", "a result of type str; Drawing or Fault was expected"),
        ("pictures", "bad_picture", ""),
        ("nothing", "bad_picture", ""),
    ],
)
def test_whatever_a_model_gives_each_request_has_its_own_fault(
    own: Callable[..., Plan], how: str, kind: str, message: str
) -> None:
    ran = score(own(how=how, batch="4"), quiet)
    drawn = [sample for sample in ran.joined.samples if sample.arm in DRAWN_ARMS]
    assert len(drawn) == 44 * 3
    assert {(sample.outcome, sample.fault.kind if sample.fault else "") for sample in drawn} == {(GENERATION_ERROR, kind)}
    assert all(sample.fault and message in sample.fault.message for sample in drawn)
    assert ran.joined.unfinished == 0


def test_one_request_that_raises_costs_no_other(own: Callable[..., Plan]) -> None:
    ran = score(own(how="raises", batch="8"), quiet)
    failed = {sample.item.id for sample in ran.joined.samples if sample.outcome == GENERATION_ERROR}
    assert failed == {item.id for item in scored_items(own().data).items if item.id.endswith("3")}
    assert {sample.fault.message for sample in ran.joined.samples if sample.fault} == {"RuntimeError: out of luck"}


def test_words_that_are_no_text_stop_nothing(own: Callable[..., Plan]) -> None:
    ran = score(own(how="half words"), quiet)
    assert {sample.outcome for sample in ran.joined.samples if sample.arm == ASK} == {JUDGE_ERROR}
    assert {sample.thought for sample in ran.joined.samples if sample.arm in DRAWN_ARMS} == {"\ufffd"}
    again = reported(own().out)
    assert (again.record, again.joined) == (ran.record, ran.joined)


def test_an_arm_that_the_model_lacks_is_absent_with_a_reason(plan: Plan, own: Callable[..., Plan], tmp_path: Path) -> None:
    truth_file(tmp_path, ask=0.5)
    ran = score(plan, quiet)
    assert ran.record.absent == {THINK: "the model does not think before it draws"}
    assert ran.record.way.arms == (ASK, LITERAL, NORMAL)
    talker = score(replace(own("Talker"), out=tmp_path / "talker"), quiet)
    assert {sample.arm for sample in talker.joined.samples} == {ASK}
    with pytest.raises(InputError, match=r"literal: the model makes no pictures.*choose other --arms"):
        score(replace(own("Silent"), out=tmp_path / "silent"), quiet)


def test_an_identity_that_json_cannot_say_is_refused(own: Callable[..., Plan]) -> None:
    with pytest.raises(InputError, match=r"identity\(\): found a value of type .*; allowed: text, numbers"):
        score(own("Odd"), quiet)
    assert not own().out.exists()


def test_a_picture_that_is_gone_is_made_again_and_a_changed_one_is_refused(own: Callable[..., Plan], tmp_path: Path) -> None:
    first = score(own(), quiet)
    gone, *_ = sorted((own().out / "images").rglob("*.png"))
    gone.unlink()
    assert timeless(score(own(), quiet).joined.samples) == timeless(first.joined.samples)
    assert gone.exists()
    assert len(asked(tmp_path)) == 44 * 4 + 1
    (own().out / "verdicts.jsonl").unlink()
    gone.write_bytes(gone.read_bytes()[:-1] + b"?")
    with pytest.raises(DataError, match=rf"{gone.name}: found another content"):
        score(own(), quiet)


def test_a_failure_of_the_disk_ends_the_run_with_its_place(plan: Plan) -> None:
    plan.out.mkdir()
    (plan.out / "images").write_text("no folder", encoding="utf-8")
    with pytest.raises(OSError, match="images"):
        score(plan, quiet)


def test_a_run_says_what_it_asked_of_whom(plan: Plan) -> None:
    ran = score(plan, quiet)
    record = read_record(plan.out)
    assert record == ran.record
    assert record.items["count"] == 44
    assert record.items["sha256"] == scored_items(plan.data).sha256
    assert record.release["digest"]
    assert record.model.uri == plan.model
    assert record.model.facts["thinks"] == "native"
    assert record.judge is not None
    assert record.judge.facts == {"blind": True}
    assert record.versions.keys() >= {"python", "unisandbox"}


@pytest.mark.parametrize("content", ["", "{}", '{"format": 99}', "[1]", '{"format": 1, "model": {}, "judge": null, "way": {}}'])
def test_a_record_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"run\.json: found .*; allowed: a record of format 1"):
        reported(tmp_path)


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"run\.json: found no file; allowed: the record of a run"):
        reported(tmp_path)


def test_progress_counts_every_result_once(plan: Plan) -> None:
    seen: list[tuple[int, int]] = []
    score(plan, lambda progress: seen.append((progress.done, progress.total)))
    assert seen[-1] == (44 * 4, 44 * 4)
    assert seen == sorted(seen)
    resumed: list[Progress] = []
    score(plan, resumed.append)
    assert resumed == [], "nothing is left to wait for"


def test_equal_pictures_are_judged_once(plan: Plan) -> None:
    ran = score(replace(plan, model="baseline:oracle"), quiet)
    assert len([sample for sample in ran.joined.samples if sample.picture]) == 44 * 2
    pairs = {(sample.picture, sample.item.id) for sample in ran.joined.samples if sample.picture}
    assert len(read_rows(plan.out)[1]) <= len(pairs)
