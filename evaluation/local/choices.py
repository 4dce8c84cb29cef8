"""How probable each choice of a closed question is to a language model in this process: from its tokens, without sampling."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import torch

RULE: Final = 1  # of what a choice's probability is; one more whenever a number may come out differently
FOLLOWED_FROM: Final = 1e-6  # a spelling whose first token is less probable counts as 0
ROWS: Final = 64  # continuations in one pass: each holds a copy of the keys and values of what stands before it

WORD: Final = re.compile("[A-Za-z0-9]")  # a blank before a word is another sign in a token: Ġ or ▁

Tokens = tuple[int, ...]
Spelled = Sequence[Sequence[Tokens]]  # the spellings of each choice, as tokens


class ChoiceLogs(NamedTuple):
    """The logarithm of the probability of each choice: that the reply begins with it and that the word ends there."""

    logs: tuple[float, ...]

    @property
    def masses(self) -> tuple[float, ...]:
        """The probabilities as they are."""
        return tuple(math.exp(one) for one in self.logs)

    @property
    def on_choices(self) -> float:
        """How much lies on the choices at all; a small part says that the model would rather have said something else."""
        return min(sum(self.masses), 1.0)

    @property
    def shares(self) -> tuple[float, ...]:
        """The probabilities given that it is one of the choices: the softmax of the logarithms.

        >>> ChoiceLogs((math.log(0.3), math.log(0.1))).shares
        (0.75, 0.25)
        """
        most = max(self.logs)
        if most == -math.inf:
            return tuple(1 / len(self.logs) for _ in self.logs)
        parts = [math.exp(one - most) for one in self.logs]
        return tuple(round(part / sum(parts), 12) for part in parts)


@dataclass(frozen=True, slots=True)
class Prefix:
    """What stands before the choices, for several questions at once, the shorter ones padded on the left.

    Attributes:
        inputs: What the model takes: `input_ids` and `attention_mask` of rows x tokens, and the pictures in its own form.
        positions: Of the tokens, rows x tokens, or 3 x rows x tokens where a model counts in three directions.
    """

    inputs: Mapping[str, torch.Tensor]
    positions: torch.Tensor


class _Row(NamedTuple):
    """A continuation to be looked at: of which question, and its tokens."""

    question: int
    tokens: Tokens


def words_going_on(tokenizer: Any, size: int) -> list[bool]:
    """Return for each token whether a word that it follows goes on in it: it begins with a letter or digit, without a blank.

    So `1` is not the beginning of `12`, and `apple` not that of `apples`.

    Args:
        tokenizer: Of transformers.
        size: How many tokens the model knows; those beyond the tokenizer's are padding of the weights.
    """
    texts = tokenizer.convert_ids_to_tokens(list(range(min(size, len(tokenizer)))))
    special = {*tokenizer.all_special_ids}
    goes_on = [
        number not in special and bool(text) and text[0].isascii() and text[0].isalnum() for number, text in enumerate(texts)
    ]
    return goes_on + [False] * (size - len(goes_on))


def spellings_as_tokens(tokenizer: Any, tail: str, spellings: Sequence[str]) -> list[Tokens]:
    """Return the tokens of spellings as they follow the end of a prompt, with and without a blank before them.

    A spelling whose first letters would melt into one token with the prompt cannot follow it, and is left out.

    Args:
        tokenizer: Of transformers.
        tail: How every prompt ends, e.g. the line that opens the reply.
        spellings: Ways to write one choice.
    """
    before = _ids(tokenizer, tail)
    blanks = ("",) if tail[-1:].isspace() else ("", " ")
    found: dict[Tokens, None] = {}
    for text in (f"{blank}{spelling}" for spelling in spellings for blank in blanks):
        both = _ids(tokenizer, tail + text)
        if both[: len(before)] == before and len(both) > len(before):
            found[tuple(both[len(before) :])] = None
    return list(found)


class ChoiceScorer:
    """Scores choices by the log-probability of their tokens, as `multiple_choice` of lm-evaluation-harness does.

    What stands before the choices is worked out once a question, and every choice goes on from there.

    The probability of a choice is the sum over its spellings of: the product of the probabilities of its tokens, times that the
    word ends there, less what goes on to a longer choice. So the choices exclude one another, and what is missing to 1 is what
    the model would rather have said. lm-evaluation-harness divides by the length of a choice instead, which is no probability.

    Args:
        model: A model of transformers that speaks.
        goes_on: What `words_going_on` returned.
        rows: Continuations in one pass at most.
    """

    def __init__(self, model: Any, goes_on: Sequence[bool], rows: int = ROWS) -> None:
        import torch

        self._model, self._rows = model, rows
        self._on, self._goes_on = goes_on, torch.tensor(goes_on, device=model.device)

    def score(self, prefix: Prefix, questions: Sequence[Spelled]) -> list[ChoiceLogs]:
        """Return the logarithms of each question's choices, in order."""
        import torch

        with torch.no_grad():
            said = self._model(**prefix.inputs, position_ids=prefix.positions, use_cache=True, logits_to_keep=1)
            first = said.logits[:, -1].float().log_softmax(-1)
            owners = [_owners(choices) for choices in questions]
            rows = _probable([_Row(number, tokens) for number, known in enumerate(owners) for tokens in known], first)
            raw, ended = dict[_Row, float](), dict[_Row, float]()
            for start in range(0, len(rows), self._rows):
                some = rows[start : start + self._rows]
                for row, log, end in zip(some, *self._followed(prefix, said.past_key_values, first, some), strict=True):
                    raw[row], ended[row] = log, end
        return [_logs(number, known, len(questions[number]), raw, ended, self._on) for number, known in enumerate(owners)]

    def _followed(self, prefix: Prefix, cache: Any, first: torch.Tensor, rows: Sequence[_Row]) -> tuple[list[float], list[float]]:
        """Return of each continuation the logarithm of its probability, and the probability that a word ends after it."""
        import torch

        questions = torch.tensor([row.question for row in rows], device=first.device)
        lengths = torch.tensor([len(row.tokens) for row in rows], device=first.device)
        longest = int(lengths.max())
        tokens = torch.tensor(
            [[*row.tokens, *[row.tokens[-1]] * (longest - len(row.tokens))] for row in rows], device=first.device
        )
        steps = torch.arange(longest, device=first.device)
        there = steps < lengths[:, None]
        mask = torch.cat([prefix.inputs["attention_mask"][questions], there.to(prefix.inputs["attention_mask"])], 1)
        positions = _last(prefix.positions)[questions][:, None] + 1 + steps
        if prefix.positions.ndim == 3:
            positions = positions.expand(3, -1, -1)
        said = self._model(
            input_ids=tokens,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=_rows_of(cache, questions),
            use_cache=True,
        )
        logs = said.logits.float().log_softmax(-1)
        begun = first[questions, tokens[:, 0]]
        after = logs[:, :-1].gather(-1, tokens[:, 1:, None]).squeeze(-1)
        whole = begun + (after * there[:, 1:]).sum(-1)
        last = logs[torch.arange(len(rows), device=first.device), lengths - 1]
        going_on = last.exp()[:, self._goes_on].sum(-1)
        return whole.tolist(), (1 - going_on).clamp(min=0).tolist()


def _ids(tokenizer: Any, text: str) -> list[int]:
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def _owners(choices: Spelled) -> dict[Tokens, int]:
    """Return the choice that each spelling stands for; one that two choices share stands for the one that it names first."""
    owners: dict[Tokens, int] = {}
    for place in range(max((len(spellings) for spellings in choices), default=0)):
        for number, spellings in enumerate(choices):
            if place < len(spellings):
                owners.setdefault(spellings[place], number)
    return owners


def _probable(rows: Sequence[_Row], first: torch.Tensor) -> list[_Row]:
    """Return the continuations whose first token is probable enough, the short ones first, so that few are padded."""
    shares = first[[row.question for row in rows], [row.tokens[0] for row in rows]].exp().tolist()
    probable = [row for row, share in zip(rows, shares, strict=True) if share >= FOLLOWED_FROM]
    return sorted(probable, key=lambda row: len(row.tokens))


def _last(positions: torch.Tensor) -> torch.Tensor:
    """Return the last position of each row; in three directions the largest, which the next word counts on from."""
    return positions.amax((0, 2)) if positions.ndim == 3 else positions.amax(1)


def _rows_of(cache: Any, rows: torch.Tensor) -> Any:
    """Return the keys and values of some rows, as a cache of their own."""
    chosen = copy.copy(cache)
    chosen.layers = [copy.copy(layer) for layer in cache.layers]
    chosen.batch_select_indices(rows)
    return chosen


def _logs(
    question: int,
    owners: Mapping[Tokens, int],
    choices: int,
    raw: Mapping[_Row, float],
    ended: Mapping[_Row, float],
    goes_on: Sequence[bool],
) -> ChoiceLogs:
    """Return the logarithms of the choices of one question from those of its spellings."""
    logs = [-math.inf] * choices
    for tokens, choice in owners.items():
        row = _Row(question, tokens)
        if row not in raw:
            continue
        longer = [_Row(question, one) for one in _next_longer(tokens, owners) if not goes_on[one[len(tokens)]]]
        left = ended[row] - sum(math.exp(raw[one] - raw[row]) for one in longer)
        if left > 0:
            logs[choice] = _added(logs[choice], raw[row] + math.log(left))
    return ChoiceLogs(tuple(logs))


def _next_longer(tokens: Tokens, known: Iterable[Tokens]) -> Iterator[Tokens]:
    """Yield the spellings that begin with one and go on, each but those that begin with another of them."""
    longer = sorted((one for one in known if len(one) > len(tokens) and one[: len(tokens)] == tokens), key=len)
    kept: list[Tokens] = []
    for one in longer:
        if not any(one[: len(other)] == other for other in kept):
            kept.append(one)
            yield one


def _added(log: float, other: float) -> float:
    """Return the logarithm of the sum of two probabilities."""
    high, low = max(log, other), min(log, other)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))
