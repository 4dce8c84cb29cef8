"""`build --edition`: a slice of the space that no other edition uses, in a folder of its own; the audit proves it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from unisandbox.cli import app
from unisandbox.schemas.manifest import read_manifest
from unisandbox.schemas.parquet import read_rows

pytestmark = pytest.mark.xdist_group("editions")  # what these tests build stands once

ENVIRONMENT = {"NO_COLOR": "1", "TERM": "dumb"}
AGAINST = ("edition-instance", "edition-question", "edition-key", "edition-entity")


def run(*arguments: object) -> Result:
    """Return what `unisandbox …` does in this process."""
    return CliRunner().invoke(app, list(map(str, arguments)), env=ENVIRONMENT)


@pytest.fixture(scope="module")
def place(small_text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which two editions of the small release of all families were built; tests read it only."""
    place = tmp_path_factory.mktemp("editions")
    (place / "small.toml").write_text(small_text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        for options in ([], ["--edition", 1, "--version", "0.1.0"]):
            done = run("build", "small.toml", *options, "--workers", 1)
            assert (done.exit_code, done.exception) == (0, None), done.output
    return place


def test_editions_stand_in_folders_of_their_own(place: Path) -> None:
    assert sorted(path.name for path in (place / "build").iterdir()) == ["small-0.0.1", "small-0.1.0-edition-1"]
    one, other = (read_manifest(path) for path in sorted((place / "build").iterdir()))
    assert [(made.edition, made.version, made.line) for made in (one, other)] == [
        (0, "0.0.1", "small-line"),
        (1, "0.1.0", "small-line"),
    ]
    assert one.release is not None
    assert other.release == {**one.release, "edition": 1, "version": "0.1.0"}
    assert one.digest != other.digest


@pytest.mark.parametrize("turned", [False, True])
def test_the_audit_proves_that_they_share_nothing_worlds_and_all(turned: bool, place: Path) -> None:
    one, other = sorted((place / "build").iterdir(), reverse=turned)
    done = run("audit", one, "--against", other, "--only", ",".join(AGAINST), "--workers", 1, "--json")
    told = json.loads(done.stdout)["results"]
    assert done.exit_code == 0
    assert {result["rule"] for result in told} == set(AGAINST)
    assert {result["verdict"] for result in told} == {"pass"}
    assert {result["scope"].split(" ")[0] for result in told} == {"math", "mapping", "knowledge", "entities"}


@pytest.mark.parametrize("third", [0, 1])
def test_a_model_of_two_editions_can_be_compared(third: int, place: Path) -> None:
    """Ids recur from edition to edition, and a model that is always right has equal samples of both; neither is a mistake."""
    for turn, folder in enumerate(sorted((place / "build").iterdir())):
        shard = next(one for one in read_manifest(folder).shards if (one.config, one.split) == ("math", "test"))
        samples = [
            {name: row[name] for name in ("id", "family", "level", "split", "group", "cluster")}
            | {"model": "guess", "arm": "draw", "correct": third == 0 or number % 3 == turn}
            for number, row in enumerate(read_rows(folder / shard.path, "item"))
        ]
        (place / f"{folder.name}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in samples), encoding="utf-8")
    public, fresh = sorted(place.glob("*.jsonl"))
    done = run("contamination", public, fresh)
    assert (done.exit_code, done.exception) == (0, None), done.output
    assert "math, draw: " in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--edition", 2], "--edition: found 2; allowed: 0 to 1, as small.toml has 2 editions; name one of them"),
        (["--edition", -1], "--edition: found -1; allowed: 0 to 1"),
        (["--version", "1.0"], "--version: found '1.0'; allowed: three numbers such as 0.1.0; mend the version"),
        (["--edition", 9, "--version", "v1.0.0"], "--edition: found 9; allowed: 0 to 1"),
        (["--edition", 9, "--version", "v1.0.0"], "--version: found 'v1.0.0'"),
        (["--edition", "two"], "Invalid value for '--edition'"),
    ],
)
def test_an_edition_that_is_none_is_refused(
    options: list[object], said: str, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    done = run("build", "small.toml", *options, "--out", tmp_path / "out")
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_of_another_edition_is_left_alone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    before = (place / "build" / "small-0.0.1" / "manifest.json").read_bytes()
    done = run("build", "small.toml", "--edition", 1, "--out", "build/small-0.0.1", "--workers", 1)
    assert (done.exit_code, "found a build with fingerprint" in done.stderr) == (2, True)
    assert (place / "build" / "small-0.0.1" / "manifest.json").read_bytes() == before
