"""Writes the generated parts of the documents, or with --check says which of them are out of date.

A generated part stands between `<!-- generated: name -->` and `<!-- end -->`. What it says comes from the library, the command
line and the schemas, so it cannot disagree with them; nobody edits it by hand.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer
from model_table import HEAD, judge_rows, model_rows
from typer.testing import CliRunner

from unisandbox.cli import app
from unisandbox.commands.base import DEFAULT_RELEASE
from unisandbox.generators.catalogue import sample_items, target_text
from unisandbox.generators.checks.catalogue import all_rules
from unisandbox.generators.plan import plan
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.release_file import read_release
from unisandbox.schemas.declarations import ROW_NAMES, Field, declaration, file_name, row_field

ROOT = Path(__file__).resolve().parents[1]
FOREIGN_FILE = "docs/examples/foreign.jsonl"
SHOWN_LEVEL = 2
SHOWN_COLUMNS = ("draw", "literal", "ask", "answer", "trace", "key")
PART = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
MARKUP = re.compile(r"([\\`*_<\[])")  # what Markdown would take for its own in a prompt

Row = Sequence[str]


def markdown_table(head: Row, rows: Sequence[Row], *, right: int = -1) -> str:
    """Return a Markdown table; `right` is the number of the column that is set flush right."""
    rule = ["---:" if number == right else "---" for number in range(len(head))]
    lines = [head, rule, *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def configs() -> str:
    """Return the table of configs, splits and rows of the default release."""
    sizes: dict[tuple[str, str], int] = {}
    for shard in plan(read_release(DEFAULT_RELEASE)):
        sizes[shard.config, shard.split] = sizes.get((shard.config, shard.split), 0) + shard.rows
    rows = [(f"`{config}`", f"`{split}`", f"{count:,}") for (config, split), count in sizes.items()]
    return markdown_table(("config", "split", "rows"), rows, right=2)


def output(*arguments: str) -> str:
    """Return what a call of the command line prints on standard output; exit code 1 means findings, and is no failure."""
    result = CliRunner().invoke(app, list(arguments), env={"NO_COLOR": "1", "TERM": "dumb"})
    if result.exit_code not in (0, 1):
        sys.exit(f"unisandbox {' '.join(arguments)} ended with {result.exit_code}\n{result.output}")
    return "\n".join(line.rstrip() for line in result.stdout.strip("\n").splitlines())


def items() -> str:
    """Return one item of each family: the views and what proves them."""
    return "\n\n".join(_item(family) for family in FAMILIES)


def _item(family: str) -> str:
    (item,) = sample_items(DEFAULT_RELEASE, family, SHOWN_LEVEL, None, 0, 1)
    texts = {**{column: getattr(item, column) for column in SHOWN_COLUMNS}, "target": target_text(item)}
    rows = [(f"`{column}`", MARKUP.sub(r"\\\1", " ".join(text.split()))) for column, text in texts.items()]
    return f"`unisandbox show {family} --level {SHOWN_LEVEL}`\n\n{markdown_table(('column', item.id), rows)}"


def audit() -> str:
    """Return a file in the form of the seed paper, and what the audit says of it."""
    lines = (ROOT / FOREIGN_FILE).read_text(encoding="utf-8").strip()
    said = output("audit", FOREIGN_FILE)
    return f"```json\n{lines}\n```\n\n```text\n$ unisandbox audit {FOREIGN_FILE}\n{said}\n```"


def commands() -> str:
    """Return a section for every command: what it does, an example, its arguments and options."""
    known: dict[str, Any] = vars(typer.main.get_command(app))["commands"]
    return "\n\n".join(f"## {name}\n\n{_command(command)}" for name, command in known.items())


def _command(command: Any) -> str:
    text, _, example = command.help.partition("Example: ")
    rows = [
        (f"`{', '.join([*parameter.opts, *parameter.secondary_opts])}`", _default(parameter), parameter.help.replace("<", "\\<"))
        for parameter in command.params
    ]
    table = markdown_table(("argument or option", "default", "what it says"), rows)
    return f"{text.strip()}\n\n```sh\n{example.strip()}\n```\n\n{table}"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "must be given"
    return "" if parameter.default is None or parameter.default is False else f"`{parameter.default}`"


def schemas() -> str:
    """Return a section for every kind of row, with a table of its columns and of what stands inside them."""
    return "\n\n".join(_schema(name) for name in ROW_NAMES if name != "item")


def _schema(name: str) -> str:
    rows = [(f"`{column}`", f"`{kind}`", text) for column, kind, text in _columns(row_field(name), "")]
    title = file_name(name).partition(".")[0]  # an item's columns are those of a pictured one without the last two
    return f"## {title}\n\n{declaration(name)['description']}\n\n{markdown_table(('column', 'type', 'what it is'), rows)}"


def _columns(field: Field, inside: str) -> Iterator[tuple[str, str, str]]:
    for name, member in field.members:
        lists, value = "", member
        while value.element is not None:
            lists, value = f"{lists}list of ", value.element
        kind = lists + (value.stored_as or "struct") + (" or null" if member.nullable else "")
        yield inside + name, kind, member.description
        yield from _columns(value, f"{inside}{name}.")


def rules() -> str:
    """Return the table of all rules of an audit."""
    rows = [(f"`{rule.name}`", rule.severity, rule.says, rule.source) for rule in all_rules()]
    return markdown_table(("rule", "severity", "what it says", "source"), rows)


def models() -> str:
    """Return the table of all models that can be plugged in."""
    return markdown_table(HEAD, model_rows())


def judges() -> str:
    """Return the table of all judges that can be plugged in."""
    return markdown_table(("judge", *HEAD[1:]), judge_rows())


PARTS: dict[str, Callable[[], str]] = {
    "configs": configs,
    "items": items,
    "audit": audit,
    "commands": commands,
    "schemas": schemas,
    "rules": rules,
    "models": models,
    "judges": judges,
}
DOCUMENTS = ("README.md", "docs/audit.md", "docs/cli.md", "docs/models.md", "docs/schema.md")


def rewritten(text: str) -> str:
    """Return a document with its generated parts made anew."""
    return PART.sub(lambda found: f"{found[1]}{PARTS[found['name']]()}\n{found[3]}", text)


def main(*, is_check: bool) -> int:
    """Write the documents, or only compare them; return the exit status: 1 where a document is out of date."""
    stale = []
    for name in DOCUMENTS:
        text = (ROOT / name).read_text(encoding="utf-8")
        wanted = rewritten(text)
        if wanted != text and is_check:
            stale.append(name)
        elif wanted != text:
            (ROOT / name).write_text(wanted, encoding="utf-8")
    if stale:
        print(f"out of date: {', '.join(stale)}; run make format", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(is_check="--check" in sys.argv[1:]))
