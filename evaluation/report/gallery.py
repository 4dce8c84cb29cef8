"""The samples of a run as the gallery of the page reads them: JSON with every text once, that no text can break out of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from markupsafe import Markup

from unisandbox.evaluation.outcomes import OUTCOMES
from unisandbox.evaluation.protocol import ARMS
from unisandbox.evaluation.report.shown import ARM_CLASS, ARM_NAMES, OUTCOME_NAMES
from unisandbox.evaluation.sample_rows import whole

Row = Mapping[str, Any]
LONGEST_TEXT: Final = 4000  # characters of a thought, an answer or a judge's words; samples.jsonl has all of it
ESCAPED: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def gallery_data(rows: Iterable[Row]) -> Markup:
    """Return the data of the gallery as JSON that may stand inside a `script` element, whatever models and judges wrote.

    Args:
        rows: Of samples.jsonl, in its order.
    """
    found = _Data()
    for row in rows:
        found.add(row)
    return script_json(found.document())


def script_json(value: Any) -> Markup:
    r"""Return a value as JSON without any character that could end a `script` element or a line of it.

    >>> print(script_json("</script>"))
    "\u003c/script\u003e"
    """
    text = whole(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    for character, escape in ESCAPED.items():
        text = text.replace(character, escape)
    return Markup(text)


class _Data:
    """Collects items, samples and texts; a sample is a list, in the order in which `page.js` takes it apart."""

    def __init__(self) -> None:
        self._texts: dict[str, int] = {}
        self._items: dict[str, int] = {}
        self._facts: list[list[Any]] = []
        self._samples: list[list[Any]] = []

    def add(self, row: Row) -> None:
        fault, read = row["fault"], row["reading"]
        self._samples.append(
            [
                self._item(row),
                ARMS.index(row["arm"]),
                row["sample"],
                OUTCOMES.index(row["outcome"]),
                self._text(row["prompt"]),
                self._picture(row["picture"]),
                self._text(row["thought"]),
                row["thought_tokens"],
                int(row["truncated"]),
                self._text(row["reply"]),
                self._text(", ".join(f"{name}: {value}" for name, value in read.items())),
                self._text("\n".join(row["words"])),
                None if row["probability"] is None else round(row["probability"], 4),
                self._text(fault["kind"] if fault else None),
                self._text(fault["message"] if fault else None),
                str(row["seed"]),
            ]
        )

    def document(self) -> dict[str, Any]:
        arms = [{"id": arm, "name": ARM_NAMES[arm], "css": ARM_CLASS[arm]} for arm in ARMS]
        outcomes = [{"id": one, "name": OUTCOME_NAMES[one]} for one in OUTCOMES]
        return {"arms": arms, "outcomes": outcomes, "items": self._facts, "samples": self._samples, "texts": list(self._texts)}

    def _item(self, row: Row) -> int:
        place = self._items.setdefault(row["id"], len(self._items))
        if place == len(self._facts):
            words = (row["family"], str(row["level"]), row["split"], row["literal"], row["answer"], row["reference"])
            self._facts.append([row["id"], *map(self._text, words)])
        return place

    def _text(self, text: str | None) -> int | None:
        """Return the place of a text; a long one is cut, and says so."""
        if not text:
            return None
        if len(text) > LONGEST_TEXT:
            text = f"{text[:LONGEST_TEXT]}… ({len(text) - LONGEST_TEXT:,} more characters in samples.jsonl)"
        return self._texts.setdefault(text, len(self._texts))

    def _picture(self, path: str | None) -> str | None:
        """Return what the path of a picture is made of: its sha256."""
        return path.rpartition("/")[2].removesuffix(".png") if path else None
