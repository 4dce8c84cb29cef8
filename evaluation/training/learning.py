"""The loop in which a network learns: batches in, smaller losses out, with checkpoints from which it goes on exactly."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name it has everywhere

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.models.tiny.network import Network
from unisandbox.evaluation.models.tiny.tokens import END, IMAGE, PAD, Tokenizer
from unisandbox.evaluation.training.examples import Examples
from unisandbox.evaluation.training.feed import Batch, Feed, Place
from unisandbox.evaluation.training.mixture import Mixture
from unisandbox.evaluation.training.optimiser import Optimiser
from unisandbox.schemas.files import replacing

LOGGED_EVERY: Final = 10  # steps
KEPT_EVERY: Final = 100
LONGEST_GRADIENT: Final = 1.0
CHECKPOINT, METRICS = "checkpoint.pt", "metrics.jsonl"


class Learnt(NamedTuple):
    """How far a training is."""

    step: int
    of: int
    loss: float
    tokens: int


Tell = Callable[[Learnt], None]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a training keeps its checkpoint and metrics, and what it is: another training does not go on from it.

    Attributes:
        folder: Of the model that is made.
        stage: Of several trainings in one folder, this one's name.
        made: All that the training depends on, as plain JSON values.
    """

    folder: Path
    stage: str
    made: dict[str, Any]


class Learner:
    """Trains one network on some examples.

    Args:
        network: On the device that it shall learn on; its weights are moved.
        tokenizer: Of the network.
        examples: What to learn from.
        mixture: How long and how fast.
        seed: Of the order of the examples.
        desk: Where to keep what; None keeps nothing.
    """

    def __init__(
        self, network: Network, tokenizer: Tokenizer, examples: Examples, mixture: Mixture, seed: int, desk: Desk | None = None
    ) -> None:
        special = tokenizer.special
        self._network, self._mixture, self._desk = network, mixture, desk
        self._end, self._image = special[END], special[IMAGE]
        self._optimiser = Optimiser(network, mixture)
        self._feed = Feed(examples, mixture.batch_tokens, seed, pad=special[PAD], image=special[IMAGE])
        self._device = network.embedding.weight.device
        self._step, self._tokens, self._place = 0, 0, Place(0, 0)

    def run(self, tell: Tell) -> Learnt:
        """Learn until the last step; `tell` is called after some of them. A training that was stopped goes on where it was."""
        self._resume()
        self._network.train()
        said = Learnt(self._step, self._mixture.steps, float("nan"), self._tokens)
        for batch, place in self._feed.batches(self._place):
            if self._step >= self._mixture.steps:
                break
            start = time.process_time()
            loss = self._learn(batch)
            self._step, self._tokens, self._place = self._step + 1, self._tokens + int(batch.scored.size), place
            if self._step % LOGGED_EVERY == 0 or self._step == self._mixture.steps:
                said = Learnt(self._step, self._mixture.steps, loss.item(), self._tokens)
                self._log(said, time.process_time() - start)
                tell(said)
            if self._step % KEPT_EVERY == 0:
                self._keep()
        self._network.eval()
        return said

    def _learn(self, batch: Batch) -> Tensor:
        tokens, cells = (torch.from_numpy(part).to(self._device) for part in (batch.tokens, batch.cells))
        scored = torch.from_numpy(batch.scored[:, 1:]).to(self._device)
        wanted = tokens[:, 1:][scored]
        wanted = torch.where(wanted == self._image, self._end, wanted)  # a thought ends, and then a picture is begun for it
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._device.type == "cuda"):
            scores = self._network.scores(self._network(tokens[:, :-1], cells[:, :-1])[scored])
        loss = F.cross_entropy(scores.float(), wanted)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), LONGEST_GRADIENT)
        self._optimiser.step(self._step)
        return loss.detach()

    def _log(self, said: Learnt, seconds: float) -> None:
        if self._desk:
            row = {"stage": self._desk.stage, "step": said.step, "tokens": said.tokens, "loss": round(said.loss, 5)}
            with open(self._desk.folder / METRICS, "a", encoding="utf-8") as sink:
                sink.write(json.dumps({**row, "step_cpu_s": round(seconds, 4)}) + "\n")

    def _keep(self) -> None:
        if self._desk is None:
            return
        state = {
            "stage": self._desk.stage,
            "made": json.dumps(self._desk.made, sort_keys=True),
            "step": self._step,
            "tokens": self._tokens,
            "place": list(self._place),
            "network": self._network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
        }
        packed = BytesIO()
        torch.save(state, packed)
        with replacing(self._desk.folder / CHECKPOINT) as sink:
            sink.write(packed.getvalue())

    def _resume(self) -> None:
        """Go on from the checkpoint of this very training, if there is one."""
        if self._desk is None:
            return
        self._desk.folder.mkdir(parents=True, exist_ok=True)
        state = read_checkpoint(self._desk.folder)
        if state is not None and state["stage"] == self._desk.stage:
            if state["made"] != json.dumps(self._desk.made, sort_keys=True):
                fix = "name another folder with --out, or remove this one"
                raise DataError(Violation(str(self._desk.folder / CHECKPOINT), "another training", "this one, begun before", fix))
            self._network.load_state_dict(state["network"])
            self._optimiser.load_state_dict(state["optimiser"])
            self._step, self._tokens, self._place = state["step"], state["tokens"], Place(*state["place"])
        self._forget_after(self._step)

    def _forget_after(self, step: int) -> None:
        """Remove the metrics of this stage that lie after the checkpoint: they are measured again."""
        assert self._desk is not None
        path = self._desk.folder / METRICS
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        rows = [json.loads(line) for line in lines]
        kept = [line for line, row in zip(lines, rows, strict=True) if row["stage"] != self._desk.stage or row["step"] <= step]
        with replacing(path) as sink:
            sink.write("".join(f"{line}\n" for line in kept).encode())


def read_checkpoint(folder: Path) -> dict[str, Any] | None:
    """Return the checkpoint of a folder, None where there is none; raises `DataError` where it cannot be read."""
    path = folder / CHECKPOINT
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, weights_only=True)
    except Exception as error:  # noqa: BLE001 - torch.load raises errors of many kinds for a file that is no checkpoint
        found, fix = f"{type(error).__name__}: {str(error)[:80]}", "remove it; the training then begins anew"
        raise DataError(Violation(str(path), found, "a checkpoint of ours", fix)) from None
    return state
