"""What a card says of an audit is what the audit beside the data says of these rows."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from unisandbox.cards.companions import companions
from unisandbox.cards.proofs import Proofs, proofs
from unisandbox.errors import DataError
from unisandbox.schemas.manifest import Manifest

Own = tuple[Path, Manifest]
pytestmark = pytest.mark.xdist_group("own_release")  # built once


def told(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "audit.json").read_text())
    return document


def found(folder: Path, manifest: Manifest) -> Proofs:
    made = proofs(folder, manifest)
    assert made is not None
    return made


def rewritten(folder: Path, document: dict[str, Any]) -> None:
    (folder / "audit.json").write_text(json.dumps(document))


def test_the_figures_are_those_of_the_audit(audited: Own) -> None:
    folder, manifest = audited
    made, results = found(folder, manifest), told(folder)["results"]
    assert made.results == len(results) > 100
    assert made.verdicts == {verdict: sum(one["verdict"] == verdict for one in results) for verdict in ("pass", "fail", "note")}
    assert (made.solved.found, made.solved.n) == (0, 40 + 33 + 20 + 10 + 80 + 42)
    keys = [one for one in results if one["rule"] == "held-out-key"]
    assert ("held-out-key", 0, sum(one["n"] for one in keys)) in [(one.name, one.found, one.n) for one in made.held_out]
    assert [rule.name for rule in made.rules] == list(dict.fromkeys(one["rule"] for one in results))
    assert sum(rule.cases for rule in made.rules) == sum(one["n"] for one in results)


def test_the_guesser_that_is_shown_came_nearest_to_its_limit(audited: Own) -> None:
    folder, manifest = audited
    judged = [one for one in told(folder)["results"] if one["allowed"].startswith("at most")]
    made = found(folder, manifest)
    assert made.guesses == len(judged) > 20
    assert [one.scope.partition("/")[0] for one in made.guessers] == list(
        dict.fromkeys(one["scope"].partition("/")[0] for one in judged)
    )
    for one in made.guessers:
        share = (float(one.figure.split()[0]) - one.chance) / (one.limit - one.chance)
        for other in judged:
            words = other["allowed"].replace(",", "").split()
            chance, limit = float(words[2]), float(words[5])
            if other["scope"].startswith(one.scope.partition("/")[0]) and limit > chance:
                assert (other["value"] - chance) / (limit - chance) <= share + 0.02  # figures are told to three digits


def test_what_failed_stands_in_the_card(audited: Own) -> None:
    folder, manifest = audited
    document = told(folder)
    document["results"][0] |= {"verdict": "fail", "figure": "3 of 40", "value": 3.0}
    document["verdicts"] |= {"fail": 1, "pass": document["verdicts"]["pass"] - 1}
    rewritten(folder, document)
    assert [one["figure"] for one in found(folder, manifest).failed] == ["3 of 40"]
    card = companions(folder, manifest)["README.md"].decode()
    assert "**What failed:**" in card
    assert f"| `solved-again` | {document['results'][0]['scope'].replace('_', chr(92) + '_')} | 3 of 40 | 0 |" in card
    assert "3 of 225 items have an answer other than" in card


def test_without_an_audit_the_card_says_so_and_how_to_run_it(own: Own) -> None:
    folder, manifest = own
    assert proofs(folder, manifest) is None
    card = companions(folder, manifest, repo="org/name")["README.md"].decode()
    assert "The audit has not been run on these rows" in card
    assert "unisandbox audit FOLDER\nunisandbox card FOLDER --repo org/name\n" in card
    assert "audit.json" not in card


def test_an_audit_of_other_rows_is_none(audited: Own) -> None:
    folder, manifest = audited
    other = replace(manifest, shards=(replace(manifest.shards[0], content_sha256="0" * 64), *manifest.shards[1:]))
    assert proofs(folder, other) is None
    assert "The audit has not been run" in companions(folder, other)["README.md"].decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", r"audit\.json: found no JSON"),
        ('{"format": 1}', r"audit\.json: release: found nothing"),
    ],
)
def test_a_file_that_is_no_audit_is_an_error(audited: Own, text: str, said: str) -> None:
    folder, manifest = audited
    (folder / "audit.json").write_text(text)
    with pytest.raises(DataError, match=said):
        proofs(folder, manifest)


def test_an_audit_that_solved_nothing_again_is_an_error(audited: Own) -> None:
    folder, manifest = audited
    document = told(folder)
    document["results"] = [one for one in document["results"] if one["rule"] != "solved-again"]
    rewritten(folder, document)
    with pytest.raises(DataError, match="found none of solved-again"):
        proofs(folder, manifest)
