"""The tables of a card as Markdown, from what was counted and proved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from unisandbox.cards.examples import Example
from unisandbox.cards.figures import Split
from unisandbox.cards.markdown import cell, plain, table
from unisandbox.cards.proofs import Count, Guesser, Result, Ruling
from unisandbox.cards.versions import Version
from unisandbox.schemas.seals import Seal, SealedSplit

PICTURE_PX = 170  # four stand side by side on a page of the Hub
NOTHING = "–"
SHOWN = {"none": NOTHING, "reference": "target", "reference+foils": "target,&nbsp;foils"}
CHANGES = {"first": NOTHING, "major": "no", "minor": "on the items that both have", "patch": "yes"}


def percent(share: float) -> str:
    """Return a share as a card writes it.

    >>> percent(1 / 6), percent(0.5)
    ('16.7%', '50%')
    """
    return f"{share:.1%}".replace(".0%", "%")


def code(text: str) -> str:
    """Return a name as code."""
    return f"`{text}`"


def pictures_table(example: Example) -> str:
    """Return the pictures of an item side by side, each under what it is and over what it shows."""
    shown = [plain(picture.shows) for picture in example.pictures]
    images = [f'<img src="{picture.path}" width="{PICTURE_PX}" alt="{picture.shows}">' for picture in example.pictures]
    return table([plain(picture.change) for picture in example.pictures], [images, shown], centred=True)


def splits_table(splits: Sequence[Split], *, pictured: bool, promised: bool) -> str:
    """Return the splits of a family: what each holds out and shows, where that is told; items and guess rates by level."""
    levels = sorted({level for split in splits for level in split.levels})
    told = [*(["holds out"] if promised else ()), *(["pictures"] if pictured else ())]
    head = ["split", *told, *(f"level&nbsp;{level}" for level in levels), "items"]
    rows = []
    for split in splits:
        about = [*([_codes(split.held_out)] if promised else ()), *([SHOWN[split.pictures]] if pictured else ())]
        cells = [f"{split.levels[level].rows:,}" if level in split.levels else "" for level in levels]
        rows.append([code(split.name), *about, *cells, f"{split.rows:,}"])
    blank = [""] * len(told)
    rows += [[name, *blank, *(rates.get(level, "") for level in levels), ""] for name, rates in _guess_rates(splits).items()]
    return table(head, rows, numbers=range(1 + len(told), len(head)))


def _guess_rates(splits: Sequence[Split]) -> dict[str, dict[int, str]]:
    """Return the guess rates by level: in one line where all splits have the same, else in one for each split."""
    by_split = {split.name: {number: percent(level.guess_rate) for number, level in split.levels.items()} for split in splits}
    together: dict[int, set[str]] = {}
    for rates in by_split.values():
        for level, rate in rates.items():
            together.setdefault(level, set()).add(rate)
    if all(len(rates) == 1 for rates in together.values()):
        return {"*guess rate*": {level: rate for level, (rate,) in together.items()}}
    return {f"*guess rate of* {code(name)}": rates for name, rates in by_split.items()}


def _codes(names: Sequence[str]) -> str:
    return ", ".join(map(code, names)) or NOTHING


def others_table(rows: Mapping[tuple[str, str], int], configs: Mapping[str, Mapping[str, str]]) -> str:
    """Return the configs that hold no items, with what they hold."""
    lines = [(code(config), code(split), f"{count:,}", cell(configs[config]["holds"])) for (config, split), count in rows.items()]
    return table(("config", "split", "rows", "what it holds"), lines, numbers={2})


def counts_table(counts: Sequence[Count]) -> str:
    """Return a line for each rule that counts what must not be there."""
    lines = [(cell(one.says), f"{one.found:,}", f"{one.n:,}") for one in counts]
    return table(("rule", "found", "compared"), lines, numbers={1, 2})


def guessers_table(guessers: Sequence[Guesser]) -> str:
    """Return the blind guesser of each family that came nearest to its limit."""
    lines = [
        (code(one.rule), plain(one.scope), f"{one.n:,}", _unbroken(one.figure), f"{one.chance:.3f}", f"{one.limit:.3f}")
        for one in guessers
    ]
    return table(("guesser", "tried on", "items", "scored", "guess rate", "limit"), lines, numbers=range(2, 6))


def _unbroken(text: str) -> str:
    return plain(text).replace(" ", "&nbsp;")


def rules_table(rules: Sequence[Ruling]) -> str:
    """Return a line for each rule of an audit."""
    lines = [(code(one.name), cell(one.says), f"{one.cases:,}", one.verdicts, plain(one.highest)) for one in rules]
    return table(("rule", "what it says", "cases", "results", "highest figure"), lines, numbers={2})


def failures_table(failed: Sequence[Result]) -> str:
    """Return a line for each result that failed."""
    lines = [(code(one["rule"]), plain(one["scope"]), plain(one["figure"]), plain(one["allowed"])) for one in failed]
    return table(("rule", "where", "found", "allowed"), lines)


def columns_table(columns: Sequence[tuple[str, str, str]]) -> str:
    """Return the columns of a kind of row."""
    return table(("column", "type", "what it is"), [(code(name), code(kind), cell(text)) for name, kind, text in columns])


def versions_table(versions: Sequence[Version]) -> str:
    """Return a line for each version, the newest first: edition, size, whether scores compare with the one before, and why."""
    lines = [
        (code(one.version), _edition(one), f"{one.items:,}", CHANGES[one.change], "; ".join(map(plain, one.reasons)) or NOTHING)
        for one in reversed(versions)
    ]
    return table(("version", "line, edition", "items", "comparable with the one before", "what changed"), lines, numbers={2})


def _edition(version: Version) -> str:
    of = f" (of 0 to {version.editions - 1})" if version.editions is not None else ""
    return f"{plain(version.line)}, {version.edition}{of}"


def seals_list(seals: Sequence[Seal]) -> str:
    """Return the sealed splits as a list: the rows of each, the commitment of its seal, and the root over its rows."""
    return "\n".join(_sealed(seal, split) for seal in seals for split in seal.splits)


def _sealed(seal: Seal, split: SealedSplit) -> str:
    known = "revealed" if seal.salt is not None else "not yet revealed"
    head = f"- {code(f'{split.config}/{split.split}')}, {split.rows:,} rows, {known}"
    return f"{head}\n  - commitment {code(seal.commitment)}\n  - root {code(split.root)}"


def sheets_line(sheets: Sequence[str]) -> str:
    """Return links to the contact sheets of a folder.

    >>> sheets_line(["contact-sheet-math.png", "contact-sheet.png"])
    '[math](contact-sheet-math.png), [all together](contact-sheet.png)'
    """
    names = [sheet.removeprefix("contact-sheet").removesuffix(".png").strip("-") or "all together" for sheet in sheets]
    return ", ".join(f"[{plain(name)}]({sheet})" for name, sheet in zip(names, sheets, strict=True))
