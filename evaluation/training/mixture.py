"""The mixture that a model is trained on, read from a TOML file: which views of which rows it may see, and how often."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import InputError, Violation

TRAIN: Final = "train"  # what the name of every split that may be trained on begins with
VIEWS: Final = ("ask", "trace", "step", "document", "literal", "literal_think", "caption", "draw", "kept")
OF_ITEMS: Final = ("ask", "trace", "step", "literal", "literal_think", "draw")
CHARACTERS: Final = ("train", "heldout")
DRAWN_FAMILY: Final = "knowledge"
PACKAGED: Final = ("base", "injection", "stars")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One kind of example.

    Attributes:
        view: `ask` (question, answer), `trace` (prompt, reasoning, no picture), `step` (noise, one calculation of a
            trace), `literal` (literal prompt, picture),
            `literal_think` (the same with the caption first), `caption` (noise, caption, picture; objects of the vocabulary),
            `document` (a turn of the knowledge corpus), `draw` (prompt, picture: for some attributes of characters only), or
            `kept` (prompt, picture: what the model itself drew after thinking and a judge accepted).
        share: How many of the examples, beside those of the other arms.
        family, split, levels: Of the rows; all levels where it is empty. Captions and documents have none; kept pictures are of
            all families where it is empty.
        attributes: Of `draw`: the attributes that may be drawn; of `document`: the only ones told, all where it is empty.
        characters: Of `document`: whose facts, `train` or `heldout`.
    """

    view: str
    share: float
    family: str = ""
    split: str = TRAIN
    levels: tuple[int, ...] = ()
    attributes: tuple[str, ...] = ()
    characters: str = "train"

    @property
    def name(self) -> str:
        """How the arm is called in the metrics."""
        what = self.family or {"document": self.characters, "kept": "all"}.get(self.view, "vocabulary")
        return f"{what}/{self.view}" + "".join(f"/{level}" for level in self.levels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Arms, and how long and how fast to learn from them.

    Attributes:
        arms: At least one.
        steps: How many steps of the optimiser.
        batch_tokens: Tokens of a step, padding included, at most.
        matrix_rate, other_rate: Learning rates of the hidden matrices (Muon) and of all other weights (AdamW).
        warm_up_steps: Over which the rates rise; after them they fall to `last_rate_share` of themselves.
    """

    arms: tuple[Arm, ...]
    steps: int = 1000
    batch_tokens: int = 4096
    matrix_rate: float = 0.02
    other_rate: float = 0.004
    warm_up_steps: int = 20
    last_rate_share: float = 0.05


def read_mixture(name: str) -> Mixture:
    """Return a mixture by the name of a packaged one (`PACKAGED`) or the path of a TOML file.

    Raises:
        InputError: No such file, not TOML, or anything in it that a mixture does not have or may not show.
    """
    if name in PACKAGED:
        return parse_mixture(files("unisandbox.evaluation.training").joinpath(f"{name}.toml").read_text(encoding="utf-8"), name)
    path = Path(name)
    if not path.is_file():
        allowed, fix = f"{', '.join(PACKAGED)} or a TOML file", "name one of these, or write a file"
        raise InputError(Violation("--mixture", f"no file {name}", allowed, fix))
    return parse_mixture(path.read_text(encoding="utf-8"), name)


def parse_mixture(text: str, where: str) -> Mixture:
    """Return the mixture that a TOML text says; raises as `read_mixture`."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(Violation(where, str(error), "TOML", "mend the line")) from None
    arms = said.pop("arms", [])
    wrong = list(_wrong_keys(where, said, Mixture, {"arms"}))
    if not isinstance(arms, list) or not arms or not all(isinstance(arm, dict) for arm in arms):
        wrong.append(Violation(f"{where}: arms", "no list of tables", "[[arms]] at least once", "add one"))
        arms = []
    for number, arm in enumerate(arms, start=1):
        wrong += _wrong_keys(f"{where}: arm {number}", arm, Arm, set())
    if not wrong:
        made = [_arm(arm) for arm in arms]
        wrong = [violation for number, arm in enumerate(made, start=1) for violation in _refused(f"{where}: arm {number}", arm)]
    if wrong:
        raise InputError(wrong)
    return Mixture(arms=tuple(made), **said)


def _arm(said: Mapping[str, Any]) -> Arm:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()}
    return Arm(**values)


def _wrong_keys(where: str, said: Mapping[str, Any], kind: type, hidden: set[str]) -> Iterator[Violation]:
    known = {one.name: str(one.type) for one in fields(kind) if one.name not in hidden}
    for key, value in said.items():
        if key not in known:
            yield Violation(f"{where}: {key}", "an unknown key", ", ".join(known), "leave it out or mend its name")
        elif not _fits(value, known[key]):
            yield Violation(f"{where}: {key}", repr(value), known[key], "mend the value")
    for key in ("view", "share") if kind is Arm else ():
        if key not in said:
            yield Violation(f"{where}: {key}", "nothing", known[key], "say it")


def _fits(value: Any, kind: str) -> bool:
    if kind.startswith("tuple"):
        inside = int if "int" in kind else str
        return isinstance(value, list) and all(isinstance(one, inside) and not isinstance(one, bool) for one in value)
    if kind == "str":
        return isinstance(value, str)
    is_number = isinstance(value, int | float if kind == "float" else int) and not isinstance(value, bool)
    return is_number and value > 0


def _refused(where: str, arm: Arm) -> Iterator[Violation]:
    """Yield why an arm may not be trained on: above all no test rows, and no picture of what is to be inferred."""
    if arm.view not in VIEWS:
        yield Violation(f"{where}: view", repr(arm.view), ", ".join(VIEWS), "name one of these")
    if not arm.split.startswith(TRAIN):
        fix = "train on a training split, and keep the others for scoring"
        yield Violation(f"{where}: split", repr(arm.split), f"a split whose name begins with {TRAIN!r}", fix)
    if arm.view in OF_ITEMS and not arm.family:
        yield Violation(f"{where}: family", "nothing", "a family of the release", "name it")
    if arm.view == "draw" and (arm.family != DRAWN_FAMILY or not arm.attributes):
        found = f"draw of {arm.family or 'nothing'} with attributes {', '.join(arm.attributes) or 'none'}"
        allowed = f"draw of {DRAWN_FAMILY} with attributes: a prompt that is to be reasoned about never meets its picture"
        yield Violation(f"{where}: view", found, allowed, "take `trace` and `literal`, or name attributes")
    if arm.characters not in CHARACTERS:
        yield Violation(f"{where}: characters", repr(arm.characters), ", ".join(CHARACTERS), "name one of these")
