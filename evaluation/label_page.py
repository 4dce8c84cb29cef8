"""The page on which people label pictures: one HTML file beside the pictures, which asks nothing of any server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from unisandbox.evaluation.labels import CANNOT_TELL, COLUMNS, PASSES
from unisandbox.schemas.files import replacing

TEMPLATE: Final = "label.html.jinja"
PAGE: Final = "index.html"
ASKED: Final = {
    "object": "Which object does the picture show?",
    "count": "How many of them are there, in all? Type the number.",
}


def label_page(sample: Mapping[str, Any]) -> str:
    """Return the page of a sample; it says nothing of what a picture should show, nor of what a judge read.

    Args:
        sample: What `write_sample` returned.
    """
    pictures = [{key: one[key] for key in ("name", "file", "questions")} for one in sample["pictures"]]
    told = {
        "sample": sample["sha256"][:16],
        "pictures": pictures,
        "asked": {**{name: _asked(name) for name in _names(sample)}, **ASKED},
        "unknown": CANNOT_TELL,
        "columns": list(COLUMNS),
        "passes": PASSES,
    }
    environment = Environment(undefined=StrictUndefined, autoescape=True)
    source = (files("unisandbox.evaluation.report") / TEMPLATE).read_text(encoding="utf-8")
    return environment.from_string(source).render(data=_inside_script(told), count=len(pictures), passes=PASSES)


def write_label_page(sample: Mapping[str, Any], out: Path) -> Path:
    """Write the page beside its pictures and return its path."""
    with replacing(out / PAGE) as sink:
        sink.write(label_page(sample).encode())
    return out / PAGE


def _names(sample: Mapping[str, Any]) -> list[str]:
    return sorted({question["name"] for one in sample["pictures"] for question in one["questions"]})


def _asked(name: str) -> str:
    """Return the words of a question about an attribute.

    >>> _asked("hair_style")
    'Which hair style does the person have?'
    """
    return f"Which {name.replace('_', ' ')} does the person have?"


def _inside_script(value: Any) -> str:
    """Return a value as JSON that no HTML parser takes for markup."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
