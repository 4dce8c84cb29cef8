"""Writes generators/lists/refused_names.txt: every coined name that a list of real words or names holds.

Drawing a name then takes no look at the lists, and does not depend on which versions of them are installed. Run it again when
wordfreq, Faker or the vocabulary grows; `--check` says whether that is due (exit 1) and writes nothing.
"""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

from unisandbox.generators.name_lists import listed_names
from unisandbox.generators.names import refused_names

FILE = Path(__file__).resolve().parents[1] / "generators" / "lists" / "refused_names.txt"


def main() -> int:
    """Return the exit code: 0, or 1 if `--check` finds names that the file lacks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file lacks a name")
    check = parser.parse_args().check
    names = listed_names()
    known = refused_names()
    missing = sorted(set(names) - known)
    print(f"{len(names)} coined names are real words or names; {len(missing)} of them are not in {FILE.name}")
    if check:
        return 1 if missing else 0
    head = f"# by tools/refuse_names.py from wordfreq {version('wordfreq')}, Faker {version('faker')} and objects.csv"
    kept = sorted(known.union(names))  # a name once refused stays so: it may have been drawn around in a published release
    FILE.write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
