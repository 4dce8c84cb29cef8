"""The command line explains itself, ends with the exit codes it promises, and the package is light to import."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from unisandbox.cli import app

PROMISED = {"families", "show", "preview", "build", "validate", "audit"}
HEAVY = ("numpy", "pyarrow", "datasets", "faker", "wordfreq", "jinja2", "jsonschema", "pandas", "rich", "typer", "yaml")


def commands() -> dict[str, Any]:
    return dict(typer.main.get_command(app).commands)


def help_of(*command: str) -> str:
    """Return what `--help` of a command prints, without colour or boxes."""
    result = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
    assert result.exit_code == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", result.output)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "unisandbox", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_the_promised_commands_exist() -> None:
    assert set(commands()) >= PROMISED


@pytest.mark.parametrize("name", sorted(commands()))
def test_help_shows_an_example(name: str) -> None:
    assert f"Example: unisandbox {name}" in help_of(name)


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_option_says_what_it_does(name: str) -> None:
    options = [parameter for parameter in commands()[name].params if parameter.opts[0].startswith("--")]
    assert [option.opts for option in options if not option.help] == []


@pytest.mark.parametrize(
    "arguments",
    [("bild",), ("show",), ("show", "no-such-family"), ("show", "math", "--level", "99"), ("audit", "no-such-file.jsonl")],
    ids=" ".join,
)
def test_a_wrong_call_ends_with_2_and_no_traceback(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr + done.stdout


def test_a_right_call_ends_with_0_and_says_nothing_on_stderr() -> None:
    done = run("families")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(family in done.stdout for family in ("math", "mapping", "knowledge"))


def test_import_of_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, unisandbox, unisandbox.errors; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    code = "import sys, unisandbox.cli; print(*[n for n in ('pyarrow', 'datasets', 'faker', 'wordfreq') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
