"""What opens the model and the judge of a plan, and says how many threads may ask each; the default opens them here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from unisandbox.evaluation.items import Item
from unisandbox.evaluation.judges.registry import Opened, open_judge
from unisandbox.evaluation.models.registry import open_model
from unisandbox.evaluation.plan import Plan
from unisandbox.evaluation.protocol import Model


class OpenedModel(NamedTuple):
    """A model that knows its items, and how many threads may ask it at once."""

    model: Model
    workers: int


class Engine(Protocol):
    """Decides where models and judges run. It never writes to a run folder, so it never decides what is done."""

    def model(self, plan: Plan, items: Sequence[Item]) -> OpenedModel:
        """Return the model of a plan, told which items it will be asked about; raises `InputError` where it cannot be had."""
        ...

    def judge(self, plan: Plan, uri: str) -> Opened:
        """Return the judge of a plan; raises `InputError` where it cannot be had."""
        ...

    def close(self) -> None:
        """Give back what it holds; the models and judges that it opened are closed before."""
        ...


class LocalEngine:
    """Opens model and judge in this process: one thread asks the model, and as many the judge as suit it."""

    def model(self, plan: Plan, items: Sequence[Item]) -> OpenedModel:
        """Return the model of a plan, told which items it will be asked about; raises `InputError` where it cannot be had."""
        model = open_model(plan.model, plan.model_arguments)
        bind = getattr(model, "bind", None)
        if bind is not None:
            bind(items, plan.data)
        return OpenedModel(model, 1)

    def judge(self, plan: Plan, uri: str) -> Opened:
        """Return the judge of a plan; raises `InputError` where it cannot be had."""
        return open_judge(uri, plan.data, plan.judge_arguments)

    def close(self) -> None:
        """Hold nothing, and so give nothing back."""
