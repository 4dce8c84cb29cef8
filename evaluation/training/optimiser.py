"""How weights are moved: Muon for the hidden matrices, AdamW for all others, with one schedule for both.

Muon after Keller Jordan, https://kellerjordan.github.io/posts/muon/ (its coefficients, five iterations). The one in torch works
in bfloat16, ten times slower than 32 bits on processors without such arithmetic, so this one keeps the weights' own type.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import torch
from torch import Tensor

from unisandbox.evaluation.models.tiny.network import Network
from unisandbox.evaluation.training.mixture import Mixture

COEFFICIENTS: Final = (3.4445, -4.7750, 2.0315)
ITERATIONS: Final = 5
MOMENTUM: Final = 0.95
BETAS: Final = (0.9, 0.95)


class Muon(torch.optim.Optimizer):
    """Moves matrices by the nearest orthogonal matrix of their momentum, so that every direction is learnt at one speed."""

    def __init__(self, weights: Iterable[Tensor], lr: float, momentum: float = MOMENTUM) -> None:
        super().__init__(weights, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # noqa: ARG002 - nothing here needs the loss again
        """Move every matrix once."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                momentum = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
                momentum.lerp_(weight.grad, 1 - group["momentum"])
                ahead = weight.grad.lerp(momentum, group["momentum"])
                scale = max(1.0, weight.shape[0] / weight.shape[1]) ** 0.5
                weight.add_(orthogonal(ahead), alpha=-group["lr"] * scale)


def orthogonal(matrix: Tensor) -> Tensor:
    """Return a matrix with the singular vectors of another and singular values near 1, shape (rows, columns) as given."""
    first, second, third = COEFFICIENTS
    turned = matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
    x: Tensor = turned / (turned.norm() + 1e-7)
    for _ in range(ITERATIONS):
        square = x @ x.T
        x = first * x + (second * square + third * square @ square) @ x
    return x.T if matrix.shape[0] > matrix.shape[1] else x


class Optimiser:
    """Both optimisers of a training, and their schedule."""

    def __init__(self, network: Network, mixture: Mixture) -> None:
        matrices = [weight for name, weight in network.named_parameters() if name.endswith(".weight") and "embedding" not in name]
        others = [weight for name, weight in network.named_parameters() if not name.endswith(".weight") or "embedding" in name]
        self._matrices = Muon(matrices, mixture.matrix_rate)
        self._others = torch.optim.AdamW(others, mixture.other_rate, BETAS, weight_decay=0.0)
        self._mixture = mixture

    def step(self, number: int) -> None:
        """Move all weights by what the last loss says, at the rate of step `number`, from 0."""
        share = rate_share(self._mixture, number)
        for optimiser, rate in ((self._matrices, self._mixture.matrix_rate), (self._others, self._mixture.other_rate)):
            for group in optimiser.param_groups:
                group["lr"] = rate * share
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)

    def state_dict(self) -> dict[str, Any]:
        """Return all that a training needs to go on."""
        return {"matrices": self._matrices.state_dict(), "others": self._others.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` returned."""
        self._matrices.load_state_dict(state["matrices"])
        self._others.load_state_dict(state["others"])


def rate_share(mixture: Mixture, step: int) -> float:
    """Return the share of the full learning rate in a step, from 0: it rises in a line, then falls in a line.

    >>> from unisandbox.evaluation.training.mixture import Arm
    >>> mixture = Mixture(arms=(Arm(view="caption", share=1),), steps=100, warm_up_steps=10, last_rate_share=0.1)
    >>> [round(rate_share(mixture, step), 2) for step in (0, 9, 10, 55, 99)]
    [0.1, 1.0, 1.0, 0.55, 0.11]
    """
    rising = (step + 1) / mixture.warm_up_steps
    done = max(0, step - mixture.warm_up_steps) / max(1, mixture.steps - mixture.warm_up_steps)
    return min(1.0, rising) * (1 - (1 - mixture.last_rate_share) * min(1.0, done))
