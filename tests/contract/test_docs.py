"""Every command that the documents show exists, with the options that they show."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from unisandbox.cli import app

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
CODE = re.compile(r"^```[^\n]*\n(?P<block>.*?)^```|`(?P<inline>[^`\n]+)`", re.MULTILINE | re.DOTALL)
END = re.compile(r"\s(?:#|\||&&|>|;).*")  # what follows a command on its line


def shown(text: str, program: str) -> Iterator[list[str]]:
    """Yield the words after `program` of every line of code that calls it, alone or after a prompt, a path or `&&`."""
    for code in CODE.finditer(text):
        for line in (code["block"] or code["inline"]).splitlines():
            for call in line.split("&&"):
                found = re.match(rf"\s*(?:\$ )?(?:\S*/)?{program} (?P<rest>.*)", call)
                if found:
                    yield shlex.split(END.sub("", found["rest"]))


def commands() -> dict[str, Any]:
    return dict(typer.main.get_command(app).commands)


def unknown_words(call: list[str]) -> list[str]:
    """Return what a call of `unisandbox` names that does not exist: the command, or options of it."""
    if call[0].startswith("-"):
        return [] if call[0] in ("--help", "--version") else call[:1]
    if call[0] not in commands():
        return call[:1]
    parameters = commands()[call[0]].params
    known = {name for parameter in parameters for name in [*parameter.opts, *parameter.secondary_opts]} | {"--help"}
    options = [word.partition("=")[0] for word in call[1:] if word.startswith("-") and not word[1:].isdigit()]
    return [option for option in options if option not in known]


def unknown_targets(call: list[str]) -> list[str]:
    """Return the targets of a call of `make` that the Makefile does not have, and variables that it does not read."""
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    variables = set(re.findall(r"^([A-Z]+) \?=", makefile, re.MULTILINE))
    return [word for word in call if (word.partition("=")[0] not in variables if "=" in word else word not in targets)]


def test_the_documents_show_commands() -> None:
    text = "".join(path.read_text() for path in DOCUMENTS)
    assert len(list(shown(text, "unisandbox"))) >= 6
    assert len(list(shown(text, "make"))) >= 4


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_of_a_document_exists(path: Path) -> None:
    text = path.read_text()
    assert [call for call in shown(text, "unisandbox") if unknown_words(call)] == []
    assert [call for call in shown(text, "make") if unknown_targets(call)] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_local_link_of_a_document_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_a_command_that_does_not_exist_would_be_seen() -> None:
    text = "`unisandbox bild 0.1.0`\n```sh\n$ .venv/bin/unisandbox show math --depth 3 # no\nmake tests && make test LEVEL=3\n```"
    assert [unknown_words(call) for call in shown(text, "unisandbox")] == [["bild"], ["--depth"]]
    assert [unknown_targets(call) for call in shown(text, "make")] == [["tests"], ["LEVEL=3"]]
