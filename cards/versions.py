"""The versions of a dataset: whether a new one is numbered rightly, and the list of all of them that every release carries.

Major: scores are not comparable. Minor: more items, the old ones among them. Patch: the card only. As in Semantic Versioning
(https://semver.org, 2.0.0), a version 0.y.z promises nothing: there, what would be major raises the second number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from unisandbox.cards.changes import Change, Kind, bump
from unisandbox.cards.metadata import row_names
from unisandbox.cards.place import numbers_of
from unisandbox.errors import DataError, Violation
from unisandbox.schemas.manifest import Manifest
from unisandbox.schemas.validate import check_rows

__all__ = ["VERSIONS", "Change", "Version", "bump", "check_newer", "check_version", "history", "read_versions", "versions_text"]

VERSIONS: Final = "versions.json"
FORMAT: Final = 1
FIRST: Final[Kind] = "first"
SAYS: Final = {"major": "scores are not comparable", "minor": "there are more items", "patch": "the rows are the same"}
MOST_REASONS: Final = 5  # in a message; versions.json has them all


@dataclass(frozen=True, slots=True)
class Version:
    """A published version: what it holds, and what it is to the version before it.

    Attributes:
        editions: How many editions the line is cut into; None where the manifest does not hold its release file.
        digest: Content digest of all rows.
        rows: Rows of all configs.
        items: Rows of the configs that hold items.
        change: `first`, or `major`, `minor`, `patch` by what changed, whatever number rose for it.
        reasons: What changed, in sentences for people.
    """

    version: str
    line: str
    edition: int
    editions: int | None
    digest: str
    fingerprint: str
    rows: int
    items: int
    change: str
    reasons: tuple[str, ...] = ()


def check_version(old: Manifest, new: Manifest) -> Violation | None:
    """Return what is wrong with the number of a new release after an old one, or None.

    A number that rises too little hides a change, one that rises too much claims one; 1.0.0 may follow any 0.y.z. Numbers may
    be skipped. Raises `DataError` for a version that is no X.Y.Z.
    """
    was, now = numbers_of(old.version), numbers_of(new.version)
    change = bump(old, new)
    if now <= was:
        return _wrong(old, new, change, f"a version above {old.version}")
    if now == (1, 0, 0) and was[0] == 0:
        return None
    if _risen(was, now) == _needed(was, change.kind):
        return None
    return _wrong(old, new, change, f"a {_needed(was, change.kind)} version")


def check_newer(version: str, published: Iterable[str]) -> Violation | None:
    """Return what is wrong with a version beside those that are published, or None: it must be above all of them."""
    above = [one for one in published if numbers_of(one) >= numbers_of(version)]
    if not above:
        return None
    highest = max(above, key=numbers_of)
    return Violation("version", version, f"a version above {highest}, which is published", "raise the version of the release")


def _risen(was: tuple[int, int, int], now: tuple[int, int, int]) -> Kind:
    if now[0] != was[0]:
        return "major"
    return "minor" if now[1] != was[1] else "patch"


def _needed(was: tuple[int, int, int], kind: Kind) -> Kind:
    return "minor" if was[0] == 0 and kind == "major" else kind


def _wrong(old: Manifest, new: Manifest, change: Change, allowed: str) -> Violation:
    major, minor, patch = numbers_of(old.version)
    following = {"major": f"{major + 1}.0.0", "minor": f"{major}.{minor + 1}.0", "patch": f"{major}.{minor}.{patch + 1}"}
    reasons = [*change.reasons[:MOST_REASONS]]
    if len(change.reasons) > MOST_REASONS:
        reasons.append(f"and {len(change.reasons) - MOST_REASONS} more")
    why = f"since {old.version} {SAYS[change.kind]} ({'; '.join(reasons)})"
    fix = f"call it {following[_needed((major, minor, patch), change.kind)]}"
    return Violation("version", new.version, f"{allowed}, as {why}", fix)


def history(previous: Sequence[Version], old: Manifest | None, new: Manifest) -> tuple[Version, ...]:
    """Return all versions up to a new one, oldest first.

    Args:
        previous: The versions that the last published one lists; those not below the new one are left out, so that a version
            that is published already gets the list that it has.
        old: Manifest of the last version below the new one; None where there is none.
        new: Manifest of the new version.
    """
    below = sorted((one for one in previous if _number(one) < numbers_of(new.version)), key=_number)
    if old is None:
        return (*below, _version(new, Change(FIRST, ())))
    if numbers_of(old.version) >= numbers_of(new.version):
        raise ValueError(f"version {old.version} does not stand before {new.version}")
    if not below:
        below = [_version(old, Change(FIRST, ()))]  # published before there were lists
    listed, published = (f"{one.version} with digest {one.digest}" for one in (below[-1], old))
    if listed != published:
        fix = "the tag holds what was published: somebody wrote its list by hand"
        raise DataError(Violation(f"{VERSIONS} of v{old.version}", listed, published, fix))
    return (*below, _version(new, bump(old, new)))


def _number(one: Version) -> tuple[int, int, int]:
    return numbers_of(one.version)


def _version(manifest: Manifest, change: Change) -> Version:
    names = row_names(manifest)
    holding_items = {config for config, rows in names.items() if rows in ("item", "pictured_item")}
    editions = manifest.release.get("editions") if manifest.release is not None else None
    return Version(
        version=manifest.version,
        line=manifest.line,
        edition=manifest.edition,
        editions=editions,
        digest=manifest.digest,
        fingerprint=manifest.fingerprint,
        rows=sum(shard.rows for shard in manifest.shards),
        items=sum(shard.rows for shard in manifest.shards if shard.config in holding_items),
        change=change.kind,
        reasons=change.reasons,
    )


def versions_text(versions: Sequence[Version]) -> str:
    """Return the text of versions.json; raises `DataError` for a list that could not be read back."""
    document = {"format": FORMAT, "versions": [{**asdict(one), "reasons": list(one.reasons)} for one in versions]}
    _check(document, VERSIONS)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read_versions(text: str | bytes, *, where: str = VERSIONS) -> tuple[Version, ...]:
    """Return the versions that a versions.json lists, oldest first; raises `DataError` where it is malformed."""
    try:
        document: Any = json.loads(text)
    except ValueError as error:  # of JSON and of UTF-8
        fix = "take the file that was published"
        raise DataError(Violation(where, f"no JSON: {error}", "the list of versions", fix)) from None
    _check(document, where)
    return tuple(Version(**{**one, "reasons": tuple(one["reasons"])}) for one in document["versions"])


def _check(document: Any, where: str) -> None:
    if wrong := check_rows([document], "versions", where=lambda *_: where):
        raise DataError(wrong)
    numbers = [numbers_of(one["version"]) for one in document["versions"]]
    if numbers != sorted(set(numbers)):
        found = ", ".join(one["version"] for one in document["versions"])
        raise DataError(Violation(f"{where}: versions", found, "each version once, oldest first", "put them in order"))
