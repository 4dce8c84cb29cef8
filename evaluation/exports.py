"""The scores of a run for other tools: the Hub's `.eval_results` and the JSON of lm-evaluation-harness.

A task is a family, a split and an arm. Only the arm `ask` is a task that a release's `eval.yaml` declares, since no framework of
the Hub's list judges pictures; the other arms have tasks of their own beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import yaml

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.protocol import ARMS, ASK

Block = Mapping[str, Any]
DIGITS: Final = 6


class Task(NamedTuple):
    """The accuracy of one arm on one split of one family."""

    name: str
    family: str
    split: str
    arm: str
    block: Block


def tasks(results: Block) -> list[Task]:
    """Return the tasks of a run that have a score, in the order of families, splits and arms.

    Raises:
        DataError: No arm has a verdict.
    """
    found = list(_tasks(results))
    if not found:
        fix = "judge the run first, or see in results.json why there is none"
        raise DataError(Violation("results", "no arm with a verdict", "one or more", fix))
    return found


def eval_results(results: Block, dataset: str, *, revision: str | None = None, source_url: str | None = None) -> str:
    """Return the text of a file for `.eval_results/` of a model's repository.

    The form is that of https://huggingface.co/docs/hub/eval-results.

    Args:
        results: Of a run.
        dataset: The repository of the release, org/name.
        revision: The commit of the release's tag; None leaves it out.
        source_url: Where the report can be read.
    """
    from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

    entries = [
        EvalResultEntry(
            dataset_id=dataset,
            task_id=task.name,
            value=round(task.block["accuracy"]["value"], DIGITS),
            dataset_revision=revision,
            source_url=source_url,
            notes=_notes(task, results),
        )
        for task in tasks(results)
    ]
    return yaml.safe_dump(eval_result_entries_to_yaml(entries), sort_keys=False, allow_unicode=True, width=120)


def lm_eval(results: Block) -> dict[str, Any]:
    """Return what lm-evaluation-harness writes after a run, as far as a run of ours has it.

    The keys are those of `EvaluationTracker` (https://github.com/EleutherAI/lm-evaluation-harness, docs/interface.md).
    """
    run, found = results["run"], tasks(results)
    release = run["release"]

    def each(value_of: Callable[[Task], Any]) -> dict[str, Any]:
        return {task.name: value_of(task) for task in found}

    return {
        "results": each(_metrics),
        "configs": each(lambda task: _config(task, release["name"])),
        "versions": each(lambda _: release["version"]),
        "n-shot": each(lambda _: 0),
        "higher_is_better": each(lambda _: {"acc": True}),
        "n-samples": each(lambda task: {"original": task.block["n_items"], "effective": task.block["accuracy"]["judged"]}),
        "config": {
            "model": run["model"]["uri"],
            "model_args": run["command"],
            "seed": run["asked"]["salt"],
            "judge": _judge(run),
        },
        "model_name": run["model"]["uri"],
        "model_sha": run["model"]["sha256"],
        "task_hashes": each(lambda _: run["items"]["sha256"]),
    }


def _tasks(results: Block) -> Iterator[Task]:
    for part in results["parts"]:
        for arm in ARMS if part["by"] == "split" else ():
            block = part["arms"][arm]
            if block and block["accuracy"]:
                family, split = part["family"], part["value"]
                name = f"{family}_{split}" if arm == ASK else f"{family}_{split}_{arm.replace('/', '_')}"
                yield Task(name, family, split, arm, block)


def _config(task: Task, release: str) -> dict[str, Any]:
    return {"task": task.name, "dataset_path": release, "dataset_name": task.family, "test_split": task.split}


def _metrics(task: Task) -> dict[str, Any]:
    figure = task.block["accuracy"]
    error = "N/A" if figure["standard_error"] is None else figure["standard_error"]
    interval = {"acc_low,none": None, "acc_high,none": None}
    if figure["interval"]:
        interval = dict(zip(interval, figure["interval"], strict=True))
    return {"alias": task.name, "acc,none": figure["value"], "acc_stderr,none": error, **interval}


def _notes(task: Task, results: Block) -> str:
    figure, run = task.block["accuracy"], results["run"]
    interval = "no interval" if figure["interval"] is None else "95% interval {:.4f} to {:.4f}".format(*figure["interval"])
    counted = f"n {figure['judged']} of {figure['items']} items, {figure['clusters']} clusters"
    release = f"{run['release']['name']} {run['release']['version']}, digest {run['release']['digest'][:12]}"
    return f"{task.arm}, judged by {task.block['judged_by']}; {interval}; {counted}; {release}"


def _judge(run: Block) -> str | None:
    return run["judge"]["uri"] if run["judge"] else None
