"""How far the members of a panel agree, from what the verdicts of a run keep of each of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unisandbox.evaluation.agreement import krippendorff_alpha, pairwise_agreement
from unisandbox.evaluation.judges.panel import BETWEEN, NO_MAJORITY
from unisandbox.evaluation.outcomes import Sample
from unisandbox.evaluation.scores import NothingJudgedError


def members_said(words: Sequence[str], fault: str | None = None) -> dict[str, Mapping[str, str] | None]:
    """Return what each member of a panel answered, by its name, from the words of a reading or the message of a fault.

    None stands for a member that failed. This is what agreement is computed from when a report is made.

    >>> members_said(['1 sprites: {"count":"3"}', "2 openai: timeout (no answer in 60 s)", "1 sprites said: 3 x apple"])
    {'1 sprites': {'count': '3'}, '2 openai': None}
    """
    lines = words or (fault or "").removeprefix(NO_MAJORITY).split(BETWEEN)
    found: dict[str, Mapping[str, str] | None] = {}
    for line in lines:
        name, _, rest = line.partition(": ")
        if name.startswith(" on "):  # the questions that a fault names first
            name, _, rest = rest.partition(": ")
        if not name.endswith(" said") and rest:
            found[name] = json.loads(rest) if rest.startswith("{") else None
    return found


def panel_agreement(samples: Iterable[Sample]) -> dict[str, Any]:
    """Return how far the members of a panel agree on each question about the pictures judged: alpha, and each pair's share.

    A picture that several items share counts once for each item. A question that no two members answered says why it has no
    figure.

    Args:
        samples: Of a run that a panel judged; those without a picture are not looked at.
    """
    said = {(one.item.id, one.picture): _said_of(one) for one in samples if one.picture and (one.words or one.fault)}
    questions = dict.fromkeys(name for each in said.values() for answers in each.values() if answers for name in answers)
    return {question: _agreement(question, list(said.values())) for question in questions}


def _said_of(sample: Sample) -> Mapping[str, Mapping[str, str] | None]:
    return members_said(sample.words, sample.fault.message if sample.fault else None)


def _agreement(question: str, said: Sequence[Mapping[str, Mapping[str, str] | None]]) -> dict[str, Any]:
    asked = [each for each in said if any(answers and question in answers for answers in each.values())]
    names = list(asked[0])
    ratings = [[(each[name] or {}).get(question) for name in names] for each in asked]
    try:
        found = krippendorff_alpha(ratings)
    except NothingJudgedError:
        return {"alpha": None, "pictures": 0, "reason": "no picture was answered by two members"}
    pairs = [
        {"between": f"{names[one]} and {names[other]}", "same": share.value, "pictures": share.items}
        for (one, other), share in pairwise_agreement(ratings).items()
    ]
    return {"alpha": found.value, "pictures": found.units, **({"reason": found.reason} if found.reason else {}), "pairs": pairs}
