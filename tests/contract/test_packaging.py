"""pyproject.toml names every package and data file: what is missing there works in a checkout and is absent from the wheel."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import unisandbox

ROOT = Path(__file__).resolve().parents[2]
NOT_SHIPPED = ("schemas/examples",)  # the tests read these from the checkout


def settings() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def folders_of(setuptools: dict[str, Any], root: Path) -> dict[str, Path]:
    return {package: root / folder for package, folder in setuptools["package-dir"].items()}


def packages_on_disk(setuptools: dict[str, Any], root: Path) -> set[str]:
    """Return the import name of every folder that holds a Python file."""
    found = set()
    for package, folder in folders_of(setuptools, root).items():
        for path in folder.rglob("*.py"):
            found.add(".".join([package, *path.parent.relative_to(folder).parts]))
    return found


def data_on_disk(setuptools: dict[str, Any], root: Path) -> set[Path]:
    """Return every file of the packages that is not Python."""
    paths = [path for folder in folders_of(setuptools, root).values() for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in paths if path.suffix not in (".py", ".pyc")]
    return {path for path in kept if not path.relative_to(root).as_posix().startswith(NOT_SHIPPED)}


def data_by_glob(setuptools: dict[str, Any], root: Path) -> dict[str, set[Path]]:
    """Return the files that each `package: glob` of package-data finds."""
    folders = folders_of(setuptools, root)
    return {
        f"{package}: {glob}": set(folders[package].glob(glob))
        for package, globs in setuptools["package-data"].items()
        for glob in globs
    }


def test_every_package_folder_is_named_in_pyproject() -> None:
    setuptools = settings()["tool"]["setuptools"]
    assert packages_on_disk(setuptools, ROOT) == set(setuptools["packages"])


def test_every_package_has_an_init_file() -> None:
    setuptools = settings()["tool"]["setuptools"]
    folders = folders_of(setuptools, ROOT)
    for name in setuptools["packages"]:
        parent = max((package for package in folders if f"{name}.".startswith(f"{package}.")), key=len)
        assert (folders[parent].joinpath(*name.removeprefix(parent).strip(".").split(".")) / "__init__.py").is_file(), name


def test_every_data_file_is_matched_by_a_glob() -> None:
    setuptools = settings()["tool"]["setuptools"]
    matched = set().union(*data_by_glob(setuptools, ROOT).values())
    assert data_on_disk(setuptools, ROOT) - matched == set()


def test_every_glob_matches_a_data_file() -> None:
    found = data_by_glob(settings()["tool"]["setuptools"], ROOT)
    assert [glob for glob, paths in found.items() if not paths] == []


def test_a_forgotten_package_or_data_file_would_be_seen(tmp_path: Path) -> None:
    setuptools = {"package-dir": {"front": "src", "front.room": "room"}, "package-data": {"front.room": ["*.toml"]}}
    for name in ("src/__init__.py", "room/__init__.py", "room/inner/x.py", "room/a.toml", "room/lists/b.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert packages_on_disk(setuptools, tmp_path) == {"front", "front.room", "front.room.inner"}
    matched = set().union(*data_by_glob(setuptools, tmp_path).values())
    assert data_on_disk(setuptools, tmp_path) - matched == {tmp_path / "room" / "lists" / "b.csv"}


def test_the_version_is_the_same_wherever_it_is_written() -> None:
    changelog = re.search(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    citation = re.search(r"^version: \"?([^\"\n]+)\"?$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    assert changelog
    assert citation
    written = {"pyproject": settings()["project"]["version"], "changelog": changelog[1], "citation": citation[1]}
    assert set(written.values()) == {unisandbox.__version__}, written


def test_constraints_pin_every_dependency_of_core_and_extras() -> None:
    project = settings()["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    asked = [*project["dependencies"], *(line for line in extras if not line.startswith("unisandbox["))]
    names = {re.split(r"[<>=!~\[ ]", line)[0].lower().replace("_", "-") for line in asked}
    pinned = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
    assert names - pinned == set()
