from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

Tool = Callable[[str], ModuleType]


def project(root: Path) -> None:
    folders = '"front" = "src/front"\n"front.room" = "room"\n'
    (root / "pyproject.toml").write_text(f"[tool.setuptools.package-dir]\n{folders}")
    for name in ("src/front/__init__.py", "src/front/py.typed", "room/__init__.py", "room/inner/x.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"# {name}\n")


def test_the_tree_looks_like_an_installed_package(tool: Tool, tmp_path: Path) -> None:
    project(tmp_path)
    tree = tool("link_packages").link_packages(tmp_path)
    assert (tree / "front" / "__init__.py").read_text() == "# src/front/__init__.py\n"
    assert (tree / "front" / "py.typed").is_file()
    assert (tree / "front" / "room" / "inner" / "x.py").read_text() == "# room/inner/x.py\n"


def test_a_new_module_of_a_room_appears_at_once(tool: Tool, tmp_path: Path) -> None:
    project(tmp_path)
    tree = tool("link_packages").link_packages(tmp_path)
    (tmp_path / "room" / "late.py").touch()
    assert (tree / "front" / "room" / "late.py").is_file()


def test_a_second_run_forgets_what_is_gone_and_keeps_the_sources(tool: Tool, tmp_path: Path) -> None:
    project(tmp_path)
    link_packages = tool("link_packages").link_packages
    link_packages(tmp_path)
    (tmp_path / "src" / "front" / "py.typed").unlink()
    tree = link_packages(tmp_path)
    assert sorted(path.name for path in (tree / "front").iterdir()) == ["__init__.py", "room"]
    assert (tmp_path / "room" / "inner" / "x.py").is_file()
