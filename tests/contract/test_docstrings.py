"""Every example in a docstring is run under the module's real name, and every public thing has a docstring."""

from __future__ import annotations

import ast
import doctest
import importlib
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FEWEST_EXAMPLES = 10


def modules() -> dict[str, Path]:
    """Return import name -> file of every module of the package."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        folders = tomllib.load(file)["tool"]["setuptools"]["package-dir"]
    found = {}
    for package, folder in folders.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join([package, *path.relative_to(ROOT / folder).with_suffix("").parts])
            found[name.removesuffix(".__init__")] = path
    return found


def run_examples(name: str) -> doctest.TestResults:
    """Return how many examples of a module were tried and failed; what failed is printed."""
    module = importlib.import_module(name)
    return doctest.testmod(module, name=name, optionflags=doctest.ELLIPSIS)


def without_docstring(tree: ast.AST) -> Iterator[str]:
    """Yield the public modules, classes and functions that say nothing of themselves; nested functions are private.

    An overload has the docstring of the function that it is a form of.
    """
    if isinstance(tree, ast.Module) and not ast.get_docstring(tree):
        yield "module"
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            if not ast.get_docstring(node) and "overload" not in map(ast.unparse, node.decorator_list):
                yield node.name
            if isinstance(node, ast.ClassDef):
                yield from without_docstring(node)


@pytest.mark.parametrize("name", sorted(modules()))
def test_the_examples_of_a_module_hold(name: str) -> None:
    assert run_examples(name).failed == 0


def test_there_are_examples_to_run() -> None:
    tried = sum(path.read_bytes().count(b">>> ") for path in modules().values())
    assert tried > FEWEST_EXAMPLES


def test_examples_are_found_under_the_real_name() -> None:
    assert run_examples("unisandbox.generators.draws").attempted >= 2


@pytest.mark.parametrize("name", sorted(modules()))
def test_every_public_thing_says_what_it_is(name: str) -> None:
    assert list(without_docstring(ast.parse(modules()[name].read_bytes()))) == []


def test_a_missing_docstring_would_be_seen() -> None:
    code = "class Open:\n    'said'\n    def f(self): ...\n    def _g(self): ...\ndef h(): ..."
    assert list(without_docstring(ast.parse(code))) == ["module", "f", "h"]
