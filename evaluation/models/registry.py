"""Opens a model by its URI: `baseline:oracle`, `scripted:truth.toml`, `my_file.py:MyModel` and what else `SCHEMES` lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Final, NamedTuple

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.protocol import Model

Opening = Callable[[str, Mapping[str, str]], Model]

FILE: Final = re.compile(r"(?P<path>.+\.py):(?P<name>[A-Za-z_]\w*)")
FILE_FORM: Final = "FILE.py:CLASS"


class Scheme(NamedTuple):
    """How models of one scheme are opened.

    Attributes:
        place: Module and function; it takes what follows the colon, and the model's own arguments.
        form: How the URI is written.
    """

    place: str
    form: str


SCHEMES: Final = {
    "baseline": Scheme("unisandbox.evaluation.models.baselines:open_baseline", "baseline:oracle|literal|blind|noise"),
    "folder": Scheme("unisandbox.evaluation.models.folder:open_folder", "folder:PATH"),
    "diffusers": Scheme("unisandbox.evaluation.models.diffusers_pipeline:open_pipeline", "diffusers:PATH_OR_ID"),
    "exec": Scheme("unisandbox.evaluation.models.worker:open_worker", "exec:COMMAND"),
    "hf": Scheme("unisandbox.evaluation.models.hf:open_hf", "hf:PATH_OR_ID"),
    "openai": Scheme("unisandbox.evaluation.models.openai_endpoint:open_openai", "openai:URL#NAME"),
    "scripted": Scheme("unisandbox.evaluation.models.scripted:open_scripted", "scripted:FILE.toml"),
    "tiny": Scheme("unisandbox.evaluation.models.tiny.model:open_tiny", "tiny:FOLDER"),
}


def open_model(uri: str, arguments: Mapping[str, str] | None = None) -> Model:
    """Return the model that a URI names.

    Args:
        uri: In one of the forms of `SCHEMES`, or `FILE.py:CLASS`.
        arguments: The model's own, by name, as text.

    Raises:
        InputError: No such scheme, or what the scheme's own opening refuses.
    """
    scheme, _, rest = uri.partition(":")
    if scheme in SCHEMES and rest:
        module, _, function = SCHEMES[scheme].place.partition(":")
        opening: Opening = getattr(import_module(module), function)
        return opening(rest, arguments or {})
    if FILE.fullmatch(uri):
        from unisandbox.evaluation.models.python_file import open_file

        return open_file(uri, arguments or {})
    forms = ", ".join([*(known.form for known in SCHEMES.values()), FILE_FORM])
    raise InputError(Violation("--model", repr(uri), forms, "name a model in one of these forms"))


def arguments_of(texts: Sequence[str], option: str = "--model-arg") -> dict[str, str]:
    """Return arguments given as `key=value`; raises `InputError` for one without `=` or a key given twice.

    >>> arguments_of(["steps=20", "prompt=a=b"])
    {'steps': '20', 'prompt': 'a=b'}
    """
    found: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not (equals and key) or key in found:
            raise InputError(Violation(option, repr(text), "key=value, each key once", "write for example steps=20"))
        found[key] = value
    return found


def refuse_arguments(uri: str, arguments: Mapping[str, str], known: Sequence[str] = ()) -> None:
    """Raise `InputError` where a model is given an argument that it does not know."""
    allowed, fix = ", ".join(known) or "none", "leave it out"
    if wrong := [Violation(f"{uri}: --model-arg", key, allowed, fix) for key in arguments if key not in known]:
        raise InputError(wrong)
