"""A model whose accuracies are set beforehand, so that a report can be tested against the truth; also the fast model of CI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.models.base import BaseModel
from unisandbox.evaluation.models.registry import refuse_arguments
from unisandbox.evaluation.pictures import Pictures
from unisandbox.evaluation.planted import lasting, read_settings, refuse_rates, share
from unisandbox.evaluation.protocol import (
    ASK,
    LITERAL,
    NORMAL,
    THINK,
    Answer,
    AskRequest,
    Capabilities,
    Drawing,
    DrawRequest,
    Fault,
)
from unisandbox.evaluation.spelled import spelled_picture

PICTURES: Final = ("spelled", "release")
THOUGHT: Final = "First I read what is asked, then I work it out, and then I draw it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a scripted model does, over all items.

    Attributes:
        ask, literal, normal, think: Accuracy of each arm; `think` None for a model that does not think.
        transfer: Share of right pictures (`normal`) where both `ask` and `literal` are right; None where it makes no difference.
        think_transfer: The same of `think`.
        cluster_spread: How far the accuracies of clusters lie apart: from 0 (equal) to 1 (as far as their mean allows).
        error_rate, refusal_rate, truncation_rate: Shares of requests that crash, that are refused, and of thoughts cut short.
        pictures: `spelled` for the scripted judge, or `release`: the item's reference picture, or one of its foils.
        batch: How many requests it takes at once.
        delay_s: How long a request takes at least.
        seed: Another one gives other items that are right.
    """

    ask: float = 0.9
    literal: float = 0.95
    normal: float = 0.5
    think: float | None = None
    transfer: float | None = None
    think_transfer: float | None = None
    cluster_spread: float = 0.0
    error_rate: float = 0.0
    refusal_rate: float = 0.0
    truncation_rate: float = 0.0
    pictures: str = "spelled"
    batch: int = 1
    delay_s: float = 0.0
    seed: str = "0"

    def __post_init__(self) -> None:
        values = asdict(self)
        refuse_rates("scripted", {name: values[name] for name in values if name not in ("pictures", "batch", "delay_s", "seed")})
        if self.pictures not in PICTURES:
            raise InputError(Violation("scripted: pictures", repr(self.pictures), ", ".join(PICTURES), "name one of these"))
        for arm in (NORMAL, THINK):
            self.rates(arm)

    def rates(self, arm: str) -> tuple[float, float]:
        """Return how often a picture of `normal` or `think` is right where ask and literal both are, and where not.

        Raises:
            InputError: No second rate gives the accuracy of the arm.
        """
        accuracy, transfer = (self.normal, self.transfer) if arm == NORMAL else (self.think, self.think_transfer)
        both = self.ask * self.literal
        if accuracy is None or transfer is None or both == 1:
            return accuracy or 0.0, accuracy or 0.0
        otherwise = (accuracy - transfer * both) / (1 - both)
        if not -1e-9 <= otherwise <= 1 + 1e-9:
            allowed = f"{max((accuracy - 1 + both) / both, 0):.3f} to {min(accuracy / both, 1):.3f}, with the other accuracies"
            raise InputError(Violation(f"scripted: transfer of {arm}", f"{transfer}", allowed, "change one of them"))
        return transfer, min(max(otherwise, 0.0), 1.0)

    def is_right(self, item: Item, arm: str, sample: int) -> bool:
        """Return whether the model is right about an item; what is drawn depends on whether it knows and can draw."""
        if arm in (ASK, LITERAL):
            rate = self.ask if arm == ASK else self.literal
        else:
            both = self.is_right(item, ASK, sample) and self.is_right(item, LITERAL, sample)
            rate = self.rates(arm)[0 if both else 1]
        shift = self.cluster_spread * min(rate, 1 - rate) * (2 * share(self.seed, "cluster", arm, item.cluster) - 1)
        return share(self.seed, "right", arm, item.id, sample) < rate + shift


class Scripted(BaseModel):
    """A model that is right where the truth says so."""

    def __init__(self, truth: Truth) -> None:
        self._truth, self._pictures = truth, Pictures()
        self._items: Mapping[str, Item] = {}

    @property
    def capabilities(self) -> Capabilities:
        """It draws and answers; it thinks if the truth has an accuracy for that."""
        thinks = "none" if self._truth.think is None else "native"
        return Capabilities(True, True, thinks, "same_weights", self._truth.batch)  # type: ignore[arg-type]

    def identity(self) -> Mapping[str, Any]:
        """Return the truth without what a service's state of health decides: after an outage the same model goes on."""
        passing = ("error_rate", "refusal_rate", "delay_s", "batch")
        return {"kind": "scripted", **{name: value for name, value in asdict(self._truth).items() if name not in passing}}

    def bind(self, items: Sequence[Item], release: Path) -> None:  # noqa: ARG002 - pictures are found through the items
        """Take the items, with what is right of each."""
        self._items = {item.id: item for item in items}

    def draw_one(self, request: DrawRequest) -> Drawing | Fault:
        """Return a picture of the target, or of a foil."""
        with lasting(self._truth.delay_s):
            return self._drawn(request)

    def _drawn(self, request: DrawRequest) -> Drawing | Fault:
        item = self._items[request.item]
        fault = self._outage(request.item, request.arm, request.sample)
        if fault:
            return fault
        picture = self._picture(item, request)
        if request.arm != THINK:
            return Drawing(picture)
        truncated = share(self._truth.seed, "truncated", item.id, request.sample) < self._truth.truncation_rate
        return Drawing(picture, THOUGHT, len(THOUGHT.split()), truncated)

    def answer_one(self, request: AskRequest) -> Answer | Fault:
        """Return the right choice or another one, in a sentence."""
        with lasting(self._truth.delay_s):
            return self._answered(request)

    def _answered(self, request: AskRequest) -> Answer | Fault:
        item = self._items[request.item]
        fault = self._outage(request.item, ASK, request.sample)
        if fault:
            return fault
        right = self._truth.is_right(item, ASK, request.sample)
        wrong = [choice for choice in item.choices if choice != item.answer]
        said = item.answer if right else wrong[int(share(self._truth.seed, "wrong", item.id, request.sample) * len(wrong))]
        return Answer(f"The answer is {said}.")

    def _picture(self, item: Item, request: DrawRequest) -> bytes:
        right = self._truth.is_right(item, request.arm, request.sample)
        foil = int(share(self._truth.seed, "foil", item.id, request.arm, request.sample) * len(item.foils))
        if self._truth.pictures == "release":
            picture = self._pictures.reference(item) if right else self._pictures.foil(item, foil)
            if picture is None:
                raise ValueError(f"{item.id} has no {'reference picture' if right else 'foil'} to draw")
            return picture
        shows = item.target if right else item.foils[foil]["target"] if item.foils else None
        made_for = [item.id, request.arm, request.sample]  # so that no two requests share a picture, and with it a verdict
        return spelled_picture(
            {"kind": item.target["kind"], "shows": shows, "wanted": item.target, "for": made_for}, request.size_px
        )

    def _outage(self, item: str, arm: str, sample: int) -> Fault | None:
        drawn = share(self._truth.seed, "outage", item, arm, sample)
        if drawn < self._truth.error_rate:
            return Fault("crashed", "a planted error")
        return Fault("refused", "a planted refusal") if drawn < self._truth.error_rate + self._truth.refusal_rate else None


def open_scripted(path: str, arguments: Mapping[str, str]) -> Scripted:
    """Return the model that a TOML file of `Truth` describes; raises `InputError` where it does not."""
    refuse_arguments(f"scripted:{path}", arguments)
    return Scripted(read_settings(Path(path), Truth))
