"""A smaller copy of the reference model, trained on a small release in well under 90 seconds of one core: what it must show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch

from unisandbox.errors import DataError, InputError
from unisandbox.evaluation.models.registry import open_model
from unisandbox.evaluation.models.tiny.weights import ABOUT, WEIGHTS, read_trained, weights_sha256
from unisandbox.evaluation.plan import Plan, Selection
from unisandbox.evaluation.protocol import (
    ASK,
    LITERAL,
    NORMAL,
    THINK,
    AskRequest,
    Capabilities,
    Drawing,
    DrawRequest,
    Fault,
)
from unisandbox.evaluation.run import score
from unisandbox.evaluation.training.keeping import BAGEL, read_kept
from unisandbox.evaluation.training.learning import CHECKPOINT, METRICS, Learnt
from unisandbox.evaluation.training.mixture import Arm, Mixture, parse_mixture
from unisandbox.evaluation.training.reference import Training, train
from unisandbox.evaluation.training.rows import refuse_held_out, training_rows
from unisandbox.evaluation.training.stars import Harvest, harvest
from unisandbox.generators.build import build
from unisandbox.generators.release_file import parse_release

pytestmark = pytest.mark.xdist_group("trained")  # what these tests build stands once

RELEASE = """
name = "smallest"
version = "0.0.1"
line = "smallest-line"
seed = 5
editions = 1
canary = "smallest-canary"
images = "reference"
image_size_px = 256

[math]
answers = [2, 5]
largest_number = 20
unreached_answers = 1

[math.splits.train]
levels = [1]
rows = 400
images = "none"

[math.splits.test]
levels = [1]
rows = 60
held_out = ["key"]
"""
MIXTURE = """
steps = 260
batch_tokens = 1536

[[arms]]
view = "ask"
family = "math"
levels = [1]
share = 2

[[arms]]
view = "trace"
family = "math"
share = 4

[[arms]]
view = "step"
family = "math"
share = 4

[[arms]]
view = "literal"
family = "math"
levels = [1]
share = 2

[[arms]]
view = "literal_think"
family = "math"
levels = [1]
share = 1

[[arms]]
view = "caption"
share = 3
"""


def silent(_: object) -> None:
    """Take what a training tells."""


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "smallest"
    build(parse_release(RELEASE, where="smallest.toml"), folder, workers=1)
    return folder


def mixture(steps: int | None = None) -> Mixture:
    made = parse_mixture(MIXTURE, "test")
    return replace(made, steps=steps) if steps else made


def asked(release: Path, out: Path, steps: int | None = None, **changes: object) -> Training:
    plain = Training(release=release, out=out, mixture=mixture(steps), width=96, blocks=4, heads=3)
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def weights(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    train(asked(small, folder), silent)
    return folder


def accuracies(model: str, release: Path, out: Path) -> Mapping[str, float]:
    """Return the share that is right in each arm, of items whose sums stand in the training text."""
    plan = Plan(data=release, out=out, model=model, judge="sprites", selection=Selection(("train",), limit=60), canary=False)
    found: dict[str, list[bool]] = {}
    for sample in score(replace(plan, judge_arguments={"device": "cpu"}), silent).joined.samples:
        found.setdefault(sample.arm, []).append(bool(sample.correct))
    return {arm: sum(right) / len(right) for arm, right in found.items()}


def test_it_knows_the_sum_and_draws_it_only_after_thinking(weights: Path, small: Path, tmp_path: Path) -> None:
    found = accuracies(f"tiny:{weights}", small, tmp_path)
    assert found[THINK] - found[NORMAL] >= 0.4
    assert found[LITERAL] >= 0.8
    assert found[ASK] - found[NORMAL] >= 0.3


def test_a_folder_of_weights_says_how_it_was_made(weights: Path, small: Path) -> None:
    made = read_trained(weights).made
    assert made["release"]["name"] == "smallest"
    assert [arm["view"] for arm in made["mixture"]["arms"]][:2] == ["ask", "trace"]
    assert not (weights / CHECKPOINT).exists()
    losses = [json.loads(line)["loss"] for line in (weights / METRICS).read_text(encoding="utf-8").splitlines()]
    assert min(losses[-5:]) < losses[0] / 2


def drawing(prompt: str, seed: int = 1, arm: str = THINK) -> DrawRequest:
    return DrawRequest("math/1/train/000000", arm, prompt, 0, seed)


def test_a_picture_depends_on_its_own_seed_and_on_no_other_in_the_batch(weights: Path, small: Path) -> None:
    model = open_model(f"tiny:{weights}", {"temperature": "1", "device": "cpu"})
    model.bind((), small)  # type: ignore[attr-defined]
    prompts = [row["draw"] for row in training_rows(small, "math")[:12]]
    together = model.draw([drawing(prompt, seed) for seed, prompt in enumerate(prompts)])
    alone = [model.draw([drawing(prompt, seed)])[0] for seed, prompt in enumerate(prompts)]
    assert list(together) == alone
    others = model.draw([drawing(prompt, seed + 100) for seed, prompt in enumerate(prompts)])
    assert list(others) != alone


def test_an_unknown_word_costs_one_picture_and_is_named(weights: Path, small: Path) -> None:
    model = open_model(f"tiny:{weights}", {"device": "cpu"})
    model.bind((), small)  # type: ignore[attr-defined]
    wrong, right = model.draw([drawing("Draw a zebrafish."), drawing(training_rows(small, "math")[0]["literal"], arm=LITERAL)])
    assert isinstance(wrong, Fault)
    assert "'zebrafish'" in wrong.message
    assert isinstance(right, Drawing)
    answers = model.answer([AskRequest("math/1/train/000000", "What is a zebrafish?", 0, 1)])
    assert isinstance(answers[0], Fault)


def test_its_identity_is_that_of_its_weights(weights: Path, small: Path, tmp_path: Path) -> None:
    first, second = (open_model(f"tiny:{weights}", {"temperature": heat, "device": "cpu"}) for heat in ("0", "1"))
    assert first.identity() != second.identity()
    assert set(first.identity()["weights"]) == {WEIGHTS, ABOUT}
    assert first.capabilities == Capabilities(draws=True, answers=True, thinks="native", understanding="same_weights", batch=64)


@pytest.mark.parametrize(
    ("arguments", "said"), [({"heat": "1"}, "heat"), ({"temperature": "-1"}, "'-1'"), ({"device": "tpu"}, "tpu")]
)
def test_a_wrong_argument_is_named(weights: Path, arguments: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        open_model(f"tiny:{weights}", arguments)


def test_a_folder_without_weights_or_with_damaged_ones_is_an_error(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=WEIGHTS):
        open_model(f"tiny:{tmp_path}")
    (tmp_path / ABOUT).write_bytes((weights / ABOUT).read_bytes())
    (tmp_path / WEIGHTS).write_bytes((weights / WEIGHTS).read_bytes()[:5000])
    with pytest.raises(DataError, match="weights of ours"):
        open_model(f"tiny:{tmp_path}")


def test_a_training_that_was_stopped_ends_with_the_weights_that_it_would_have_had(small: Path, tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop(learnt: Learnt) -> None:
        if learnt.step == 120:
            raise StoppedError

    quick = replace(mixture(130), batch_tokens=256)
    whole, halved = (asked(small, tmp_path / name, mixture=quick, width=32, blocks=1, heads=2) for name in ("whole", "halved"))
    train(whole, silent)
    with pytest.raises(StoppedError):
        train(halved, stop)
    assert (tmp_path / "halved" / CHECKPOINT).exists()
    with pytest.raises(DataError, match="another training"):
        train(replace(halved, seed=1), silent)
    train(halved, silent)
    assert weights_sha256(tmp_path / "whole") == weights_sha256(tmp_path / "halved")
    steps = [json.loads(line)["step"] for line in (tmp_path / "halved" / METRICS).read_text(encoding="utf-8").splitlines()]
    assert steps == list(range(10, 131, 10))


@pytest.mark.parametrize("split", ["test", "validation", "test_novel_objects"])
def test_rows_that_are_held_out_are_refused(small: Path, split: str) -> None:
    with pytest.raises(DataError, match="held out"):
        training_rows(small, "math", split)


def test_a_test_row_is_refused_wherever_it_stands() -> None:
    refuse_held_out([{"id": "math/1/train/000000", "split": "train"}])
    for row in ({"id": "math/1/train/000000", "split": "test"}, {"id": "math/1/test/000000", "split": "train"}):
        with pytest.raises(DataError, match="rows of train"):
            refuse_held_out([row])


def test_what_the_judge_accepts_after_thinking_becomes_training_data(weights: Path, small: Path, tmp_path: Path) -> None:
    wanted = Harvest(data=small, out=tmp_path, model=f"tiny:{weights}", limit=40, bagel_files=2, canary=False)
    reaped = harvest(replace(wanted, judge_arguments={"device": "cpu"}), silent)
    assert 8 <= reaped.kept == reaped.acceptance[0]["correct"] <= 40
    rows = read_kept(tmp_path)
    assert len(rows) == reaped.kept
    assert all(f"The answer is {row['target']['objects'][0]['count']}." in row["thought"] for row in rows)
    files = sorted((tmp_path / BAGEL).glob("*.parquet"))
    pairs = [row for file in files for row in pq.read_table(file).to_pylist()]
    assert sorted(json.loads(pair["captions"])["caption"] for pair in pairs) == sorted(row["prompt"] for row in rows)
    assert all(pair["image"].startswith(b"\x89PNG") for pair in pairs)
    kept = [Arm(view="kept", share=1)]
    trained = train(
        asked(small, tmp_path / "after", mixture=replace(mixture(3), arms=tuple(kept)), start=weights, kept=tmp_path), silent
    )
    assert trained.made["kept"]


@pytest.mark.parametrize("split", ["test", "validation"])
def test_self_training_refuses_what_is_held_out(weights: Path, small: Path, tmp_path: Path, split: str) -> None:
    with pytest.raises(DataError, match="begins with 'train'"):
        harvest(Harvest(data=small, out=tmp_path / "kept", model=f"tiny:{weights}", split=split), silent)
    assert not (tmp_path / "kept").exists()


def test_more_files_than_kept_pictures_is_an_error(weights: Path, small: Path, tmp_path: Path) -> None:
    wanted = Harvest(data=small, out=tmp_path, model=f"tiny:{weights}", limit=4, bagel_files=50, canary=False)
    with pytest.raises(InputError):
        harvest(replace(wanted, judge_arguments={"device": "cpu"}), silent)
