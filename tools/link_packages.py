"""Link tree for the type checkers: build/types/unisandbox/ as an installed wheel would look.

mypy reads folders and runs no import hooks, so it cannot see that `unisandbox.generators` lies in `generators/`. Sub-packages are
linked as folders, so new modules appear at once; what the front holds is linked one by one.
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def link_packages(root: Path) -> Path:
    """Return the link tree of the project at `root`, written anew from `package-dir` of its pyproject.toml."""
    with (root / "pyproject.toml").open("rb") as file:
        folders: dict[str, str] = tomllib.load(file)["tool"]["setuptools"]["package-dir"]
    tree = root / "build" / "types"
    shutil.rmtree(tree, ignore_errors=True)
    for package in sorted(folders):
        place, source = tree.joinpath(*package.split(".")), root / folders[package]
        if "." in package:
            place.symlink_to(source, target_is_directory=True)
        else:
            place.mkdir(parents=True)
            for path in sorted(source.iterdir()):
                if path.is_file() or (path / "__init__.py").exists():
                    (place / path.name).symlink_to(path, target_is_directory=path.is_dir())
    return tree


if __name__ == "__main__":
    link_packages(ROOT)
