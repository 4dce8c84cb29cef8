"""Who may import whom: errors <- schemas <- {generators, cards, evaluation} <- cli, and where torch and randomness may stand."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ALL = {"front", "errors", "schemas", "generators", "cards", "evaluation", "cli"}
MAY_IMPORT = {  # a room may always import itself; `front` is `import unisandbox`: the version, and `load` on demand
    "front": {"cards"},
    "errors": set(),
    "schemas": {"front", "errors"},
    "generators": {"front", "errors", "schemas"},
    "cards": {"front", "errors", "schemas"},
    "evaluation": {"front", "errors", "schemas"},
    "cli": ALL,
}
SOLVERS_MAY_IMPORT = {"solvers", "vocabulary"}  # of generators: an answer is proved twice, by programs that share no thought
SCORERS = {"torch", "transformers", "diffusers", "openai", "safetensors"}  # heavy, and only evaluation runs models
RANDOM = {"random", "secrets", "uuid"}
SECOND_NAMES = {"generators", "schemas", "cards", "evaluation", "src"}  # these import a second copy of our own modules


@cache
def sources() -> dict[str, Path]:
    """Return module name -> file, e.g. `generators.families.base`; the front's files stand without a prefix."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        folders = tomllib.load(file)["tool"]["setuptools"]["package-dir"]
    found = {}
    for package, folder in folders.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = [*package.split(".")[1:], *path.relative_to(ROOT / folder).with_suffix("").parts]
            found[".".join(parts).removesuffix("__init__").removesuffix(".")] = path
    return found


def room_of(module: str) -> str:
    first = module.split(".")[0]
    return {"": "front", "__main__": "cli", "terminal": "cli", "commands": "cli"}.get(first, first)


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted name of every import, also those inside functions; `from a import b` yields `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ("." * node.level + f"{node.module or ''}.{name.name}" for name in node.names)


def target_module(imported: str, modules: set[str]) -> str:
    """Return the module of ours that `unisandbox.a.b` names: `a.b` if that is a module, else `a`."""
    inside = imported.removeprefix("unisandbox").strip(".")
    return inside if inside in modules else inside.rpartition(".")[0]


def broken_rules(module: str, code: str | bytes, modules: set[str]) -> list[str]:
    tree = ast.parse(code)
    found = [rule for name in imports(tree) for rule in broken_by_import(module, name, modules)]
    if module.startswith("generators") and module != "generators.draws":
        found += broken_by_randomness(tree)
    return found


def broken_by_import(module: str, name: str, modules: set[str]) -> list[str]:
    top, here = name.split(".")[0], room_of(module)
    if name.startswith("."):
        return [f"relative import {name}"]
    if top in SECOND_NAMES or top in RANDOM:
        return [f"import of {top}"]
    if top in SCORERS and here != "evaluation":
        return [f"import of {top} outside evaluation"]
    if top != "unisandbox":
        return []
    target = target_module(name, modules)
    there = room_of(target)
    found = [] if there == here or there in MAY_IMPORT[here] else [f"{here} imports {there}"]
    shelf = target.removeprefix("generators").strip(".").split(".")[0]
    if module.startswith("generators.solvers") and there == "generators" and shelf not in SOLVERS_MAY_IMPORT:
        found.append(f"a solver imports {target}")
    if module.startswith("generators.families") and shelf == "solvers":
        found.append(f"a family imports {target}")
    return found


def broken_by_randomness(tree: ast.AST) -> list[str]:
    found = ["numpy.random outside draws.py" for name in imports(tree) if name.startswith("numpy.random")]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "random" and getattr(node.value, "id", "") in ("np", "numpy"):
            found.append("numpy.random outside draws.py")
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "hash":
            found.append("hash() differs from process to process")
    return found


@pytest.mark.parametrize("module", sorted(sources()))
def test_a_module_imports_only_what_its_room_may(module: str) -> None:
    found = sources()
    assert broken_rules(module, found[module].read_bytes(), set(found)) == []


def test_a_family_reaches_no_solver_and_a_solver_no_family_by_way_of_others() -> None:
    graph = import_graph(sources())
    starts = [module for module in graph if module.startswith(("generators.families.", "generators.solvers."))]
    assert len(starts) >= 4
    for module in starts:
        other = "generators.families." if ".solvers." in module else "generators.solvers."
        assert [name for name in reachable(module, graph) if name.startswith(other)] == [], module


def import_graph(found: dict[str, Path]) -> dict[str, set[str]]:
    """Return module -> modules of ours that it imports."""
    names = {module: list(imports(ast.parse(path.read_bytes()))) for module, path in found.items()}
    return {
        module: {target_module(name, set(found)) for name in imported if name.startswith("unisandbox.")}
        for module, imported in names.items()
    }


def reachable(start: str, graph: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += graph.get(module, set())
    return reached


def test_draws_uses_only_philox_of_numpy_random() -> None:
    tree = ast.parse(sources()["generators.draws"].read_bytes())
    used = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "np.random"]
    assert set(used) == {"Philox"}


@pytest.mark.parametrize(
    ("module", "code", "rule"),
    [
        ("errors", "from unisandbox.schemas.arrow import x", "errors imports schemas"),
        ("schemas.arrow", "from unisandbox.generators.draws import x", "schemas imports generators"),
        ("schemas.arrow", "import unisandbox.cli", "schemas imports cli"),
        ("generators.build", "from unisandbox.cards import render", "generators imports cards"),
        ("generators.build", "def f():\n    from unisandbox.evaluation.items import x", "generators imports evaluation"),
        ("cards.render", "import unisandbox.generators.draws", "cards imports generators"),
        ("evaluation.items", "from unisandbox.cards.render import x", "evaluation imports cards"),
        ("evaluation.items", "from unisandbox import generators", "evaluation imports generators"),
        ("", "from unisandbox.errors import InputError", "front imports errors"),
        ("generators.build", "import torch.nn", "import of torch outside evaluation"),
        ("cli", "from transformers import x", "import of transformers outside evaluation"),
        ("generators.solvers.math", "from unisandbox.generators.families.math import x", "a solver imports"),
        ("generators.solvers.math", "from unisandbox.generators import names", "a solver imports"),
        ("generators.families.math", "from unisandbox.generators.solvers.math import x", "a family imports"),
        ("generators.solvers.math", "from unisandbox.generators.templates import wording", "a solver imports"),
        ("cards.render", "from ..schemas import arrow", "relative import"),
        ("cards.render", "from schemas import arrow", "import of schemas"),
        ("generators.build", "import random", "import of random"),
        ("generators.build", "from numpy.random import default_rng", "numpy.random outside"),
        ("generators.build", "import numpy as np\nnp.random.default_rng()", "numpy.random outside"),
        ("generators.build", "hash('a')", "hash()"),
    ],
)
def test_each_rule_can_be_broken(module: str, code: str, rule: str) -> None:
    assert any(
        rule in found for found in broken_rules(module, code, set(sources()) | {"cli", "generators.names", "schemas.arrow"})
    )


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("cli", "from unisandbox.generators.draws import Draws\nfrom unisandbox.errors import InputError"),
        ("generators.build", "from unisandbox import __version__\nfrom unisandbox.schemas.arrow import x"),
        ("evaluation.items", "import torch"),
        ("generators.solvers.math", "from unisandbox.generators.solvers.reading import x"),
        ("generators.proof", "from unisandbox.generators.solvers import math"),
        ("generators.draws", "import numpy as np\nnp.random.Philox(1)"),
    ],
)
def test_what_is_allowed_breaks_no_rule(module: str, code: str) -> None:
    assert broken_rules(module, code, set(sources())) == []
