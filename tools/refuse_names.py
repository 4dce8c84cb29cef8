"""Writes generators/lists/refused_names.txt and near_names.txt: coined names that are real words or names, or one edit from one.

The second holds long names only: releases that ask for two edits have no others. Drawing a name then takes no look at the lists,
and does not depend on which versions of them are installed. Run it again when wordfreq, Faker or the vocabulary grows; `--check`
says whether that is due (exit 1) and writes nothing.
"""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

from unisandbox.generators.name_lists import listed_names, near_listed_names
from unisandbox.generators.names import near_names, refused_names

FOLDER = Path(__file__).resolve().parents[1] / "generators" / "lists"


def main() -> int:
    """Return the exit code: 0, or 1 if `--check` finds names that a file lacks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file lacks a name")
    check = parser.parse_args().check
    listed, near = listed_names(), near_listed_names()
    missing = _told("are real words or names", listed, refused_names(), "refused_names.txt")
    missing += _told("are long and one edit from one", near, near_names(), "near_names.txt")
    if check:
        return 1 if missing else 0
    _write("refused_names.txt", refused_names().union(listed))
    _write("near_names.txt", near_names().union(near))
    return 0


def _told(what: str, names: list[str], known: frozenset[str], file: str) -> int:
    """Print how many names there are, and return how many of them the file lacks."""
    missing = len(set(names) - known)
    print(f"{len(names)} coined names {what}; {missing} of them are not in {file}")
    return missing


def _write(file: str, names: frozenset[str]) -> None:
    """Write a list, sorted. It keeps the names it had: they may have been drawn around in a published release."""
    head = f"# by tools/refuse_names.py from wordfreq {version('wordfreq')}, Faker {version('faker')} and objects.csv"
    (FOLDER / file).write_text("\n".join([head, *sorted(names)]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
