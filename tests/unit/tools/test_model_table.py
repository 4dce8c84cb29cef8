"""The tables of models and judges: nothing that can be plugged in is missing, and nothing is named that cannot."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from unisandbox.cli import app

Tool = Callable[[str], ModuleType]


@pytest.fixture
def table(tool: Tool) -> ModuleType:
    return tool("model_table")


@pytest.fixture
def entries(table: ModuleType) -> dict[str, Any]:
    return tomllib.loads(Path(table.SOURCE).read_text(encoding="utf-8"))


def test_every_scheme_architecture_and_worker_has_a_row(table: ModuleType) -> None:
    models, judges = table.model_rows(), table.judge_rows()
    assert {len(row) for row in models + judges} == {len(table.HEAD)}
    assert {"`hf:PATH_OR_ID`", "`exec:COMMAND`", "`FILE.py:CLASS`"} <= {row[1] for row in models}
    assert [row[0] for row in models if "workers/" in row[0]] == [
        "BAGEL ([bagel.py](../evaluation/models/workers/bagel.py))",
        "BLIP3-o ([blip3o.py](../evaluation/models/workers/blip3o.py))",
    ]


@pytest.mark.parametrize("name", ["Emu3", "BAGEL", "baselines"])
def test_one_that_is_left_out_is_named(name: str, table: ModuleType, entries: dict[str, Any]) -> None:
    missing = {"Emu3": "Emu3ForConditionalGeneration", "BAGEL": "bagel.py", "baselines": "baseline"}[name]
    with pytest.raises(ValueError, match=rf"without an entry: \['{missing}'\]"):
        table.model_rows([entry for entry in entries["model"] if entry["name"] != name])


def test_one_that_there_is_not_is_named(table: ModuleType, entries: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"unknown: \['oracle'\]"):
        table.judge_rows([*entries["judge"], {**entries["judge"][0], "scheme": "oracle"}])


def test_every_command_has_options_that_there_are_and_a_uri_of_its_scheme(entries: dict[str, Any]) -> None:
    known = {name for parameter in dict(typer.main.get_command(app).commands)["score"].params for name in parameter.opts}
    assert entries["model"]
    assert entries["judge"]
    for kind in ("model", "judge"):
        for entry in entries[kind]:
            words = shlex.split(entry["command"])
            assert words[:2] == ["unisandbox", "score"]
            assert {word for word in words if word.startswith("--") and " " not in word} <= known
            uri = words[words.index(f"--{kind}") + 1]
            assert uri.split(":")[0] == entry["scheme"] or entry["scheme"] == "FILE.py:CLASS", uri
