"""UniSandbox's own benchmark files as items: `math_1.jsonl` and its like, one picture a question.

Format: github.com/PKU-YuanGroup/UniSandBox, `benchmark/`, `batch_inference.py`. A row holds an ID, `Question` and `Answer`
("2 cups."), or `Question_A` or `Question_B` and `Answer` ("Chairs"). Where two rows give one ID and side, the later counts, as
there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.items import Item, ItemSet, items_sha256
from unisandbox.evaluation.numerals import numbers_of
from unisandbox.evaluation.released import nouns_of
from unisandbox.evaluation.selection import evenly
from unisandbox.schemas.jsonl import read_json_lines

ID_KEYS: Final = ("id", "question_id")
SIDES: Final = ("", "_a", "_b")
MATH, MAPPING = "math", "mapping"
SPLIT: Final = "upstream"
LEVEL: Final = re.compile(r"[1-9]")
WORDS: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
PAIRS: Final = frozenset({"glasses", "headphones", "pants", "scissors", "shorts", "sunglasses"})  # no singular means the same
IRREGULAR: Final = {"cookies": "cookie", "knives": "knife", "movies": "movie", "scarves": "scarf"}
SHOWN: Final = 60  # characters of a value in a message


class _Question(NamedTuple):
    """A question of a file: its name, its row's name, its text, and what its gold says: how many of what."""

    name: str
    group: str
    text: str
    gold: str
    noun: str
    number: int | None


def upstream_items(path: Path, release: Path, limit: int | None = None) -> ItemSet:
    """Return the questions of a file as items, in whole rows and in file order; ids are `<file>/<ID>` with `_A` or `_B`.

    Args:
        path: A JSONL file of math or mapping.
        release: Its vocabulary says which word is the plural of which, and gives the other choices of a judge's questions.
        limit: How many at most.

    Raises:
        DataError: The file is malformed, or a row is none of the two kinds: all of them.
    """
    singulars = {noun.plural: name for name, noun in nouns_of(release).items()}
    found: dict[str, _Question] = {}
    wrong: list[Violation] = []
    for number, row in read_json_lines(path):
        for one in _questions(path, number, row, singulars):
            if isinstance(one, Violation):
                wrong.append(one)
            else:
                found[one.name] = one
    if wrong:
        raise DataError(wrong)
    items = evenly(_items(path, list(found.values())), limit)
    if not items:
        raise DataError(Violation(str(path), "no item left", "one row or more", "choose a larger limit"))
    return ItemSet(items, (path.name,), items_sha256(items))


def _questions(path: Path, number: int, row: Mapping[str, Any], singulars: Mapping[str, str]) -> Iterator[_Question | Violation]:
    where, fix = f"{path}: line {number}", "mend the row"
    fields = {key.strip().lower(): value for key, value in row.items()}
    name = next((str(fields[key]) for key in ID_KEYS if fields.get(key) not in (None, "")), None)
    sides = [side for side in SIDES if f"question{side}" in fields]
    if name is None or not sides:
        yield Violation(where, f"the keys {', '.join(sorted(row))[:SHOWN]}", "id, Question or Question_A/_B, and Answer", fix)
        return
    for side in sides:
        text, gold = fields[f"question{side}"], fields.get(f"answer{side}", fields.get("answer"))
        if not (isinstance(text, str) and text.strip() and isinstance(gold, str) and gold.strip()):
            yield Violation(f"{where}: question{side}", "no text for question or answer", "two texts", fix)
            continue
        group = f"{path.stem}/{name}"
        noun, count = _gold(gold, singulars)
        if noun and (side or count is not None):
            yield _Question(f"{group}{side.upper()}", group, text, gold.strip(), noun, None if side else count)
        else:
            fix = "score math and mapping files; those of knowledge describe persons in words of their own"
            yield Violation(f"{where}: answer", repr(gold)[:SHOWN], "how many of what, such as '2 cups.'", fix)


def _gold(text: str, singulars: Mapping[str, str]) -> tuple[str, int | None]:
    """Return the noun of a gold in the singular, and its number where it has one.

    >>> _gold("2 tennis balls.", {"tennis balls": "tennis ball"}), _gold("Guinea pigs", {}), _gold("N/A", {})
    (('tennis ball', 2), ('guinea pig', None), ('n a', None))
    """
    words = [word.lower() for word in WORDS.findall(text)]
    number = next(iter(numbers_of(words[:1])), None)
    noun = " ".join(words[1:] if number else words)
    count = int(number[0]) if number and number[0].isdecimal() else None
    if noun in singulars.values() or noun in PAIRS or count == 1:
        return noun, count
    return singulars.get(noun) or _singular(noun), count


def _singular(noun: str) -> str:
    """Return the singular of a regular English noun; one that ends otherwise is taken for a singular.

    >>> [_singular(noun) for noun in ("boxes", "candies", "glass", "cups", "cookies")]
    ['box', 'candy', 'glass', 'cup', 'cookie']
    """
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    if noun.endswith("ies") and len(noun) > 4:
        return f"{noun[:-3]}y"
    if noun.endswith(("ches", "shes", "sses", "xes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("as", "is", "ss", "us")) else noun


def _items(path: Path, found: list[_Question]) -> Iterator[Item]:
    level = LEVEL.search(path.stem)
    golds = Counter((one.noun, one.number) for one in found)
    choices = tuple(sorted({_said(one) for one in found}))
    for place, one in enumerate(found):
        yield Item(
            id=one.name,
            family=MATH if one.number is not None else MAPPING,
            level=int(level[0]) if level else 1,
            split=SPLIT,
            group=one.group,
            cluster=one.group,
            draw=one.text,
            literal=f"Draw {one.gold.rstrip('.')}.",
            ask=one.text,
            answer=_said(one),
            choices=choices,
            chance=golds.most_common(1)[0][1] / len(found),  # always the most frequent gold
            target={"kind": "objects", "objects": [{"name": one.noun, "count": one.number, "attributes": []}]},
            factors={},
            config=path.stem,
            file=path,
            row=place,
        )


def _said(one: _Question) -> str:
    return one.noun if one.number is None else f"{one.number} {one.noun}"
