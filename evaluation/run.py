"""One run from a release to verdicts: what is left to do is worked out from the ledgers, done, and put on record."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from unisandbox.errors import DataError, InputError, Violation
from unisandbox.evaluation.arms import Unit, Way, absent_arms, units
from unisandbox.evaluation.collection import collection_paused
from unisandbox.evaluation.engines.base import Engine
from unisandbox.evaluation.engines.registry import open_engine
from unisandbox.evaluation.finished import is_finished
from unisandbox.evaluation.identity import canonical, digest
from unisandbox.evaluation.items import Item, ItemSet
from unisandbox.evaluation.judging import Asking, Task
from unisandbox.evaluation.outcomes import Joined, Joiner
from unisandbox.evaluation.plan import Plan, Selection
from unisandbox.evaluation.progress import Progress
from unisandbox.evaluation.protocol import ASK, Model, Question
from unisandbox.evaluation.questions import questions
from unisandbox.evaluation.released import Words, released
from unisandbox.evaluation.run_folder import RECORD, Party, Record, RunFiles, read_record, read_rows, write_record, writing
from unisandbox.evaluation.stages import Drawer, Reader, Stages, Work
from unisandbox.evaluation.stopping import blocks, half_widths, is_narrow, stopping_record
from unisandbox.evaluation.trials import Trials

VERSIONED: Final = ("unisandbox", "numpy", "pillow")

Tell = Callable[[Progress], None]


class Ran:
    """A run as it stands.

    Args:
        record: Of the run.
        join: Returns its samples; called once they are asked for, which the figures of a finished run do without.
    """

    def __init__(self, record: Record, join: Callable[[], Joined]) -> None:
        self.record, self._join = record, join

    @cached_property
    def joined(self) -> Joined:
        """Its samples, and how many are not finished."""
        return self._join()


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked of whom: the items of this part in the order of work, how, and the digest of the model's identity."""

    items: tuple[Item, ...]
    way: Way
    model: str

    def units(self, items: Sequence[Item] | None = None) -> list[Unit]:
        """Return everything that is asked about some of the items, or about all."""
        return list(units(self.items if items is None else items, self.way, self.model))


def score(plan: Plan, tell: Tell) -> Ran:
    """Generate what is missing and judge what is unjudged, both at once, and return the run as it then stands.

    Without a judge in the plan pictures are made and kept. `tell` is called ten times a second with how far the run is.

    Raises:
        InputError: The release, model or judge cannot be had as asked for, or another process writes to the folder.
        InterruptedRunError: Ctrl-C; what was finished is kept.
        CanaryError: The judge misreads pictures of known truth.
    """
    with ExitStack() as stack:
        files = stack.enter_context(writing(plan.out)) if plan.out.exists() else None
        chosen, words = plan.selection.items(plan.data), Words(plan.data)
        items = plan.selection.part(chosen.items)
        engine = stack.enter_context(closing(open_engine(plan.engine, plan.engine_arguments)))
        opened = engine.model(plan, items)
        model = stack.enter_context(closing(opened.model))
        record = _record(plan, chosen, model)
        reader, judge = stack.enter_context(_reader(plan, words, engine))
        files = files or stack.enter_context(writing(plan.out))  # a folder is made once nothing is wrong with what was asked for
        drawer = Drawer(model, record.model.sha256, opened.workers)
        worker = Worker(plan, files, drawer, reader, tell, words)
        return worker.work(Job(items, record.way, record.model.sha256), replace(record, judge=judge))


def judge_again(plan: Plan, tell: Tell) -> Ran:
    """Judge the pictures of a run folder with the judge of the plan, whoever made them; raises as `score`."""
    with writing(plan.out) as files:
        record = read_record(plan.out)
        job = Job(_items(record, plan.data), record.way, record.model.sha256)
        words = Words(plan.data)
        with closing(open_engine(plan.engine, plan.engine_arguments)) as engine, _reader(plan, words, engine) as (reader, judge):
            return Worker(plan, files, None, reader, tell, words).work(job, replace(record, judge=judge))


def reported(folder: Path, data: Path | None = None) -> Ran:
    """Return a run as its folder says that it stands, without writing anything.

    Args:
        folder: The run folder.
        data: The release folder, where it no longer is where the run read it.

    Raises:
        DataError: No run there, or the release is gone or another one.
    """
    record = read_record(folder)
    source = data or Path(record.data)
    job = Job(_items(record, source), record.way, record.model.sha256)
    asking, words = None, Words(source)
    if record.judge:
        asking = Asking(questions_of(words), record.judge.sha256, blind=record.judge.facts["blind"])
    joiner = Joiner(*read_rows(folder), asking, words)
    stopped = record.stopping["items"] if record.stopping else None
    return Ran(record, lambda: joiner.all_of(job.units(job.items[:stopped])))


class Worker:
    """Does what is left of a job.

    Args:
        plan: What was asked for.
        files: Of the run folder.
        drawer, reader: The model and the judge, where there is work for them.
        tell: Is told how far the run is.
        words: Of the release.
    """

    def __init__(
        self, plan: Plan, files: RunFiles, drawer: Drawer | None, reader: Reader | None, tell: Tell, words: Words
    ) -> None:
        self._plan, self._files, self._drawer, self._reader, self._tell = plan, files, drawer, reader, tell
        earlier = read_record(plan.out) if (plan.out / RECORD).exists() else None
        self._trials = _trials(plan, reader, words, earlier)
        self._joiner = Joiner(files.generations.rows, files.verdicts.rows, reader.asking if reader else None, words)

    def work(self, job: Job, record: Record) -> Ran:
        """Return the run once the job is done, or once its intervals are narrow enough."""
        if self._plan.retry_errors:
            self._files.forget_faults()
        record = replace(record, canary=self._trials.said if self._trials else {})
        if not self._plan.retry_errors and is_finished(self._plan.out, record):
            return Ran(record, lambda: self._joiner.all_of(job.units()))
        write_record(self._plan.out, record)  # before the first result, so that what is done by then can be reported
        progress, wanted, done = Progress(len(job.items) * len(job.way.arms) * job.way.samples), self._plan.until_half_width, 0
        everything: list[Unit] = []
        for looks, block in enumerate(blocks(job.items, until_half_width=wanted), start=1):
            with collection_paused():
                todo = job.units(block)
            self._do(todo, progress)
            everything, done = everything + todo, done + len(block)
            if wanted is not None:
                widths = half_widths(self._joiner.all_of(everything).samples)
                record = replace(record, stopping=stopping_record(widths, wanted, done, looks))
                if is_narrow(widths, wanted):
                    break
        second = self._trials.after() if self._trials else None
        write_record(self._plan.out, replace(record, canary=self._trials.said if self._trials else {}))
        if self._trials:
            self._trials.refuse(second)
        return Ran(read_record(self._plan.out), partial(self._joiner.all_of, everything))

    def _do(self, todo: Sequence[Unit], progress: Progress) -> None:
        with collection_paused():
            work = self._left(todo)
        progress.before += len(todo) - len(work.to_generate) - len(work.to_judge)
        if not (work.to_generate or work.to_judge):
            return
        if self._trials and self._drawn(work):
            self._trials.before()

        def finished(unit: Unit) -> None:
            sample = self._joiner.sample(unit)
            progress.add(sample.outcome if sample else None)

        def look(stopping: bool) -> None:
            progress.stopping = stopping
            self._tell(progress)

        Stages(self._files, self._drawer, self._reader, finished=finished, look=look).run(work)

    @staticmethod
    def _drawn(work: Work) -> bool:
        """Return whether there will be something to judge."""
        return bool(work.to_judge) or any(unit.arm != ASK for unit in work.to_generate)

    def _left(self, todo: Sequence[Unit]) -> Work:
        """Return what is not in the ledgers; a picture that is gone is made again."""
        generations, verdicts, known = self._files.generations.rows, self._files.verdicts.rows, self._files.images.known()
        to_generate, to_judge = list[Unit](), list[Task]()
        for unit in todo:
            row = generations.get(unit.key)
            picture = row["picture"] if row else None
            if row is None or (picture and picture not in known):
                to_generate.append(unit)
            elif picture and self._reader:
                task = self._reader.asking.task(unit, picture)
                to_judge += [task] if task.key not in verdicts else []
        return Work(to_generate if self._drawer else (), to_judge)


def questions_of(words: Words) -> Callable[[Item], tuple[Question, ...]]:
    """Return what is asked about a picture of an item, from the objects and characters of a release."""

    @cache
    def known() -> tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]:
        return tuple(words.plurals), words.values

    return lambda item: questions(item, *known())


def _trials(plan: Plan, reader: Reader | None, words: Words, earlier: Record | None) -> Trials | None:
    """Return the canary of a plan; None where it has none, or no judge."""
    if reader is None or plan.judge is None or not plan.canary:
        return None
    same = earlier is not None and earlier.judge is not None and earlier.judge.sha256 == reader.sha256
    said = earlier.canary if earlier is not None and same else {}
    return Trials(reader.judge, plan.judge, plan.data, questions_of(words), said)


@contextmanager
def _reader(plan: Plan, words: Words, engine: Engine) -> Iterator[tuple[Reader | None, Party | None]]:
    """Yield the judge of a plan at work, and what is put on record of it; nothing where the plan has none."""
    if plan.judge is None:
        yield None, None
        return
    opened = engine.judge(plan, plan.judge)
    with closing(opened.judge) as judge:
        party = _party(f"--judge {plan.judge}", plan.judge, judge.identity(), {"blind": judge.blind})
        asking = Asking(questions_of(words), party.sha256, blind=judge.blind)
        yield Reader(judge, party.sha256, asking, plan.judge_workers or opened.workers), party


def _record(plan: Plan, chosen: ItemSet, model: Model) -> Record:
    """Return the record of a run before its first result; raises `InputError` where the model can do no arm that is wanted."""
    absent = absent_arms(model.capabilities, plan.way.arms)
    arms = tuple(arm for arm in plan.way.arms if arm not in absent)
    if not arms:
        found = "; ".join(f"{arm}: {why}" for arm, why in absent.items())
        raise InputError(Violation(f"--model {plan.model}", found, "an arm that the model can do", "choose other --arms"))
    return Record(
        data=str(plan.data),
        release=asdict(released(plan.data)),
        selection=asdict(plan.selection),
        items={"count": len(chosen.items), "sha256": chosen.sha256, "sources": list(chosen.sources)},
        model=_party(f"--model {plan.model}", plan.model, model.identity(), _facts(model)),
        way=replace(plan.way, arms=arms),
        absent=absent,
        settings=plan.settings,
        versions={"python": platform.python_version(), **{name: version(name) for name in VERSIONED}},
    )


def _party(where: str, uri: str, identity: Mapping[str, object], facts: Mapping[str, object]) -> Party:
    """Return what is put on record of a model or judge; raises `InputError` where JSON cannot say its identity."""
    try:
        plain = json.loads(canonical(identity))
    except (TypeError, ValueError) as error:
        allowed, fix = "text, numbers, true, false, null, lists and mappings", "return plain values from identity()"
        raise InputError(Violation(f"{where}: identity()", str(error), allowed, fix)) from None
    return Party(uri=uri, identity=plain, sha256=digest(plain), facts=facts)


def _facts(model: Model) -> dict[str, object]:
    """Return what a model says of itself besides its identity."""
    return {**asdict(model.capabilities), **getattr(model, "facts", dict)()}


def _items(record: Record, data: Path) -> tuple[Item, ...]:
    """Return the items of a run from its release, or refuse another release."""
    selection = Selection.from_json(record.selection)
    chosen = selection.items(data)
    if chosen.sha256 != record.items["sha256"]:
        fix = "name the release of the run with --data"
        found, allowed = f"items {chosen.sha256[:12]}", f"{record.items['sha256'][:12]}, which the run asked"
        raise DataError(Violation(str(data), found, allowed, fix))
    return selection.part(chosen.items)
