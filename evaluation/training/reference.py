"""Makes the reference model: from a release and a mixture to a folder of weights."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import torch

from unisandbox.evaluation.models.tiny.network import Network, Shape
from unisandbox.evaluation.models.tiny.weights import Trained, read_trained, weights_sha256, write_trained
from unisandbox.evaluation.released import released
from unisandbox.evaluation.training.examples import Sources
from unisandbox.evaluation.training.keeping import KEPT
from unisandbox.evaluation.training.learning import CHECKPOINT, Desk, Learner, Tell
from unisandbox.evaluation.training.mixture import Mixture
from unisandbox.evaluation.training.rows import layout_of, tokenizer_of
from unisandbox.schemas.files import file_sha256

WIDTH, BLOCKS, HEADS = 128, 6, 4
STAGE: Final = "base"


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What a training of the reference model is asked to do.

    Attributes:
        release: The release folder to learn from.
        out: The folder of weights to be made.
        mixture: What to learn, how long and how fast.
        seed: Of the first weights, the order, and what is drawn beyond the rows.
        device: `cpu` or `cuda`.
        width, blocks, heads: Of a new network.
        start: A folder of weights to go on from; None begins a new network.
        kept: A folder of pictures that a judge accepted, for arms with the view `kept`.
        threads: Of the processor.
    """

    release: Path
    out: Path
    mixture: Mixture
    seed: int = 0
    device: str = "cpu"
    width: int = WIDTH
    blocks: int = BLOCKS
    heads: int = HEADS
    start: Path | None = None
    kept: Path | None = None
    threads: int = 1

    def made(self) -> dict[str, Any]:
        """Return all that the weights depend on, as plain JSON values."""
        about = released(self.release)
        said = {
            "release": {"name": about.name, "version": about.version, "digest": about.digest},
            "mixture": {**asdict(self.mixture), "arms": [asdict(arm) for arm in self.mixture.arms]},
            "seed": self.seed,
            "device": self.device,
            "torch": version("torch"),
            "unisandbox": version("unisandbox"),
            "start": dict(weights_sha256(self.start)) if self.start else None,
            "kept": file_sha256(self.kept / KEPT) if self.kept and (self.kept / KEPT).is_file() else None,
        }
        plain: dict[str, Any] = _plain(said)
        return plain


def train(training: Training, tell: Tell) -> Trained:
    """Return the trained model, which then also stands in `training.out`. The same training that was stopped goes on.

    Raises:
        DataError: The release lacks rows that the mixture asks for, or they are held out; or `out` holds another training.
    """
    torch.set_num_threads(training.threads)
    fresh = begun(training)
    examples = Sources(training.release, fresh.tokenizer, fresh.layout, training.seed, training.kept).of(training.mixture)
    desk = Desk(training.out, STAGE, dict(fresh.made))
    Learner(fresh.network, fresh.tokenizer, examples, training.mixture, training.seed, desk).run(tell)
    write_trained(fresh, training.out)
    (training.out / CHECKPOINT).unlink(missing_ok=True)
    return fresh


def begun(training: Training) -> Trained:
    """Return the model before its first step: new, or the one to go on from."""
    made = training.made()
    if training.start is not None:
        earlier = read_trained(training.start, training.device)
        return Trained(earlier.network, earlier.tokenizer, earlier.layout, made)
    layout = layout_of(training.release)
    tokenizer = tokenizer_of(training.release, layout)
    network = Network(Shape(len(tokenizer), layout.cells, training.width, training.blocks, training.heads))
    network.start(training.seed)
    return Trained(network.to(training.device), tokenizer, layout, made)


def _plain(value: Any) -> Any:
    """Return a value with lists for tuples, as JSON has it."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
