"""eval.yaml: the tests of a release as the Hub's leaderboards and Inspect name them.

The Hub takes the name of one framework from a list (huggingface.js, packages/tasks/src/eval.ts). None of them judges pictures
against a target, so this declares what one of them can run as it stands: the view `ask`, a question with a text answer, by
`inspect-ai` (https://inspect.aisi.org.uk). `exact` compares whole answers, case and punctuation apart; by `match`, which looks
at the end of a text, "12" would be right where "2" is. A score on `ask` is the control of one on `draw` and no substitute for it.
"""

from __future__ import annotations

from typing import Any, Final

import yaml

from unisandbox.cards.metadata import item_configs, splits_by_config
from unisandbox.schemas.manifest import Manifest

EVAL_FILE: Final = "eval.yaml"
FRAMEWORK: Final = "inspect-ai"
NO_TEST: Final = ("train", "validation")
DESCRIPTION: Final = (
    "The view `ask` of every test: the question whose answer a picture must show, answered in words. "
    "It is the control that says what a model knows; whether it draws what it knows, the view `draw` tells, which no framework "
    "of this list scores. Tests of `knowledge` ask for facts that stand in `knowledge_corpus` alone."
)


def eval_text(manifest: Manifest) -> str | None:
    """Return the text of eval.yaml, one task a config and test split; None for a release without tests."""
    tasks = [_task(config, split) for config, split in test_splits(manifest)]
    if not tasks:
        return None
    told = {"name": f"{manifest.name}: ask", "description": DESCRIPTION, "evaluation_framework": FRAMEWORK}
    return yaml.safe_dump(told | {"tasks": tasks}, sort_keys=False, allow_unicode=True, width=120)


def test_splits(manifest: Manifest) -> list[tuple[str, str]]:
    """Return config and split of every test of a release: of its splits of items, all but train and validation."""
    by_config = splits_by_config(manifest.shards)
    return [(config, split) for config in item_configs(manifest) for split in by_config[config] if split not in NO_TEST]


def _task(config: str, split: str) -> dict[str, Any]:
    return {
        "id": f"{config}_{split}",
        "config": config,
        "split": split,
        "field_spec": {"input": "ask", "target": "answer"},
        "solvers": [{"name": "generate"}],
        "scorers": [{"name": "exact"}],
    }
