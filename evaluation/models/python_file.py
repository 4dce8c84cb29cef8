"""A model of one's own in a file: `my_file.py:MyModel`, with `--model-arg key=value` as arguments of the class."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from unisandbox.errors import InputError, UnisandboxError, Violation
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.protocol import Answer, AskRequest, Capabilities, Drawing, DrawRequest, Fault, Model
from unisandbox.schemas.files import file_sha256

NEEDED: Final = ("capabilities", "identity", "draw", "answer", "close")
FIX: Final = "derive the class from unisandbox.evaluation.models.base.BaseModel, which has all of them"


class FileModel:
    """A model from a file. To what it says of itself, its identity adds the sha256 of the file and the arguments.

    What it raises for a request becomes a fault of that request elsewhere; what it raises before the first one is said here.
    """

    def __init__(self, uri: str, inner: Model, origin: Mapping[str, Any]) -> None:
        self._uri, self._inner, self._origin = uri, inner, origin

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        with _said_in_a_line(self._uri):
            return self._inner.capabilities

    def identity(self) -> Mapping[str, Any]:
        """Return what it says of itself, and which file and arguments it was made from."""
        with _said_in_a_line(self._uri):
            return {**self._origin, "says": dict(self._inner.identity())}

    def bind(self, items: Sequence[Item], release: Path) -> None:
        """Pass on what will be asked, where the model wants to know."""
        bind = getattr(self._inner, "bind", None)
        if bind is not None:
            with _said_in_a_line(self._uri):
                bind(items, release)

    def draw(self, requests: Sequence[DrawRequest]) -> Sequence[Drawing | Fault]:
        """Return a picture or a fault for each request, in order."""
        return self._inner.draw(requests)

    def answer(self, requests: Sequence[AskRequest]) -> Sequence[Answer | Fault]:
        """Return an answer or a fault for each request, in order."""
        return self._inner.answer(requests)

    def close(self) -> None:
        """Give back what it holds; by then its work is done, and how it ends is its own affair."""
        with suppress(Exception):
            self._inner.close()


def open_file(uri: str, arguments: Mapping[str, str]) -> FileModel:
    """Return the model that `path.py:Class` names, made with these arguments as text.

    Raises:
        InputError: No such file or class, the file fails when it is run, or the class is no model.
    """
    text, _, name = uri.rpartition(":")
    path = Path(text)
    kind = getattr(_module(uri, path), name, None)
    if not inspect.isclass(kind):
        raise InputError(Violation(f"--model {uri}", f"no class {name}", "a class of that file", "check the name"))
    made = _made(uri, kind, arguments)
    if missing := [
        Violation(f"--model {uri}", f"no {part}", ", ".join(NEEDED), FIX) for part in NEEDED if not hasattr(made, part)
    ]:
        raise InputError(missing)
    origin = {"kind": "file", "class": name, "file": path.name, "file_sha256": file_sha256(path), "arguments": dict(arguments)}
    return FileModel(uri, made, origin)


def _module(uri: str, path: Path) -> ModuleType:
    if not path.is_file():
        raise InputError(Violation(f"--model {uri}", f"no file {path}", "a Python file", "check the path"))
    name = f"_model_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError(Violation(f"--model {uri}", f"{path}, which cannot be imported", "a Python file", "check the path"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickle look a class's module up there
    with _said_in_a_line(uri):
        spec.loader.exec_module(module)
    return module


def _made(uri: str, kind: type, arguments: Mapping[str, str]) -> Any:
    try:
        inspect.signature(kind).bind(**arguments)
    except TypeError as error:
        allowed = f"the arguments of {kind.__name__}{inspect.signature(kind)}"
        fix = "give each as --model-arg key=value"
        raise InputError(Violation(f"--model {uri}", str(error), allowed, fix)) from None
    with _said_in_a_line(uri):
        return kind(**arguments)


@contextmanager
def _said_in_a_line(uri: str) -> Iterator[None]:
    """Let whatever the user's own code raises end the call as wrong input does, in one line."""
    try:
        yield
    except UnisandboxError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - code of others may raise anything
        raise _failed(uri, error) from None


def _failed(uri: str, error: BaseException) -> InputError:
    """Return an error that names the last line of the user's own code, since there is no traceback to look at."""
    said = str(error).strip().splitlines()
    where, trace = "", error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        where = f" at {Path(code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    found = f"{type(error).__name__}{': ' + said[0] if said else ''}{where}"
    return InputError(Violation(f"--model {uri}", found, "a file that runs", "mend it, and try it with python alone"))
