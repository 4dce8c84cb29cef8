"""What is loaded from the Hub is the version that was asked for, or an error that says what to do: never what a cache holds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from click.testing import Result
from huggingface_hub import HfApi
from loopback import LoopbackHub
from loopback.asking import CARD, NAME, commit
from typer.testing import CliRunner

from unisandbox.cards.copies import fetch_into
from unisandbox.cards.download import folder_of, reading_access
from unisandbox.cards.load import fetch, load
from unisandbox.cards.place import Place
from unisandbox.cli import app
from unisandbox.errors import DataError, HubError, InputError
from unisandbox.generators.build import build
from unisandbox.generators.release_file import parse_release
from unisandbox.schemas.paths import check_path

OLD, NEW = Place(NAME, "0.1.0"), Place(NAME, "0.2.0")
TEST, TRAIN = "data/math/test-00000-of-00001.parquet", "data/math/train-00000-of-00001.parquet"
BROKEN_TOKEN = "hf_" + "Revoked" * 5
RELEASE = """
name = "small"
version = "{version}"
line = "small-{version}"
seed = 3
editions = 2
canary = "small-canary"

[math.splits.train]
levels = [1, 2]
rows = {rows}
[math.splits.test]
levels = [1, 2]
rows = 20
held_out = ["key"]
[mapping.splits.test]
levels = [2]
rows = 10
held_out = ["key"]
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two releases whose rows differ, by version."""
    made = {}
    for place, rows in ((OLD, 60), (NEW, 70)):
        made[place.version] = tmp_path_factory.mktemp("releases") / place.version
        release = parse_release(RELEASE.format(version=place.version, rows=rows), where=str(place))
        assert build(release, made[place.version], workers=1).manifest is not None
        (made[place.version] / "README.md").write_bytes(CARD + f"Of {place}.\n".encode())
    return made


def published(api: HfApi, folder: Path, tag: str) -> str:
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    made = commit(api, files)
    api.create_tag(NAME, tag=tag, revision=made, repo_type="dataset")
    return made


@pytest.fixture
def both(hub: LoopbackHub, api: HfApi, folders: dict[str, Path]) -> dict[str, str]:
    """The commits of both versions, published one after the other to a private repository, by version."""
    return {place.version: published(api, folders[place.version], place.tag) for place in (OLD, NEW)}


@pytest.fixture(autouse=True)
def cache(hub: LoopbackHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the client, and the surroundings of somebody who may read."""
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", hub.token("read"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def ids(place: Place, cache: Path) -> list[str]:
    loaded = load(str(place), "math", cache_dir=cache)
    assert {str(rows.info.version) for rows in loaded.values()} == {place.version}
    return [*loaded["train"]["draw"], *loaded["test"]["draw"]]


def own_ids(folders: dict[str, Path], place: Place, tmp_path: Path) -> list[str]:
    loaded = load(folders[place.version], "math", cache_dir=tmp_path / "own")
    return [*loaded["train"]["draw"], *loaded["test"]["draw"]]


def refused(kind: type[InputError], place: Place | str, cache: Path, config: str = "math") -> str:
    """Return the text of a refusal: lines of four parts, and no token in them or in what the error drags along."""
    with pytest.raises(kind) as error:
        load(str(place), config, cache_dir=cache)
    text = str(error.value)
    assert all(": found " in line and "; allowed: " in line and line.count("; ") >= 2 for line in text.splitlines())
    assert "hf_" not in text
    assert error.value.__cause__ is error.value.__context__ is None
    return text


def go_offline(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)


def fail(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.fault(0, "before", 500, times=None)


def hang_up(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.fault(0, "kill")


def revoke(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", BROKEN_TOKEN)


def point_elsewhere(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # discard: nobody listens


SILENT = {
    "offline": (go_offline, "HF_HUB_OFFLINE is set"),
    "500": (fail, "500 Internal Server Error"),
    "hung up": (hang_up, "no answer"),
    "revoked": (revoke, "401 Unauthorized: Invalid credentials"),
    "elsewhere": (point_elsewhere, "no answer"),
}
Silence = Callable[[LoopbackHub, pytest.MonkeyPatch], None]


def test_each_tag_gives_its_own_rows_and_an_old_one_keeps_them(
    both: dict[str, str], folders: dict[str, Path], cache: Path, tmp_path: Path
) -> None:
    old, new = (own_ids(folders, place, tmp_path) for place in (OLD, NEW))
    assert not {*old} & {*new} or old != new
    for place, rows in ((NEW, new), (OLD, old), (NEW, new)):
        assert ids(place, cache) == rows
    assert ids(OLD, tmp_path / "another cache") == old


def test_only_the_wanted_config_is_fetched(hub: LoopbackHub, both: dict[str, str], cache: Path) -> None:
    assert load(str(OLD), "mapping", "test", cache_dir=cache).num_rows == 10
    folder = fetch(OLD, configs=["mapping"], cache_dir=cache)
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "data", "manifest.json"]
    assert [path.name for path in (folder / "data").iterdir()] == ["mapping"]
    assert not any("/math/" in request.path for request in hub.requests if request.method == "GET" and "resolve" in request.path)


@pytest.mark.parametrize(("silence", "why"), SILENT.values(), ids=list(SILENT))
def test_another_version_in_the_cache_is_never_taken_for_the_one_that_is_asked(
    both: dict[str, str], hub: LoopbackHub, cache: Path, monkeypatch: pytest.MonkeyPatch, silence: Silence, why: str
) -> None:
    ids(NEW, cache)
    silence(hub, monkeypatch)
    text = refused(HubError, OLD, cache)
    assert text.startswith(f"{OLD}: found ")
    assert why in text
    assert "and v0.2.0 alone in the cache; allowed: an answer of the Hub, or all files of v0.1.0 in the cache; " in text


@pytest.mark.parametrize(("silence", "why"), SILENT.values(), ids=list(SILENT))
def test_the_right_version_in_the_cache_is_proved_and_needs_no_hub(
    both: dict[str, str], hub: LoopbackHub, cache: Path, monkeypatch: pytest.MonkeyPatch, silence: Silence, why: str
) -> None:
    rows = {place: ids(place, cache) for place in (OLD, NEW)}
    silence(hub, monkeypatch)
    assert {place: ids(place, cache) for place in (OLD, NEW)} == rows


@pytest.mark.parametrize(("silence", "why"), SILENT.values(), ids=list(SILENT))
def test_an_empty_cache_and_no_hub_is_one_clear_line(
    both: dict[str, str], hub: LoopbackHub, cache: Path, monkeypatch: pytest.MonkeyPatch, silence: Silence, why: str
) -> None:
    silence(hub, monkeypatch)
    text = refused(HubError, OLD, cache)
    assert f"{why}" in text
    assert "and nothing of it in the cache; allowed: " in text
    assert "\n" not in text


def test_a_partly_filled_snapshot_is_refused(
    both: dict[str, str], hub: LoopbackHub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(str(OLD), "mapping", "test", cache_dir=cache)
    go_offline(hub, monkeypatch)
    assert "and a part of it in the cache; allowed: " in refused(HubError, OLD, cache)


def test_a_partly_filled_snapshot_that_the_client_takes_for_whole_is_refused(
    both: dict[str, str], hub: LoopbackHub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(str(OLD), "mapping", "test", cache_dir=cache)
    go_offline(hub, monkeypatch)
    shutil.rmtree(folder_of(NAME, cache) / "trees")  # without the listing a client returns what there is
    monkeypatch.setattr(huggingface_hub._tree_cache, "_IN_MEMORY_TREE_CACHE", {})
    text = refused(DataError, OLD, cache)
    assert [line.partition(": found ")[0] for line in text.splitlines()] == [f"{OLD}: {TEST}", f"{OLD}: {TRAIN}"]
    assert text.splitlines()[0].startswith(f"{OLD}: {TEST}: found no file; allowed: a file of ")
    assert text.endswith(f"remove {folder_of(NAME, cache)} and load it again")


@pytest.mark.parametrize("name", [TEST, "manifest.json", "README.md"])
@pytest.mark.parametrize(
    "change", [lambda content: content[:-2], lambda content: content.replace(b"a", b"b", 1)], ids=["cut", "edited"]
)
def test_a_file_that_was_changed_in_the_cache_is_refused_and_the_advice_helps(
    both: dict[str, str], cache: Path, name: str, change: Callable[[bytes], bytes]
) -> None:
    rows = ids(OLD, cache)
    held = (fetch(OLD, configs=["math"], cache_dir=cache) / name).resolve()
    content = held.read_bytes()
    held.write_bytes(change(content))
    assert held.read_bytes() != content
    text = refused(DataError, OLD, cache)
    assert name in text.splitlines()[0]
    advised = text.splitlines()[0].rpartition("; remove ")[2]
    assert advised == f"{folder_of(NAME, cache)} and load it again"
    shutil.rmtree(folder_of(NAME, cache))
    assert ids(OLD, cache) == rows


def test_a_cache_that_holds_another_version_under_this_name_is_refused(
    both: dict[str, str], cache: Path, monkeypatch: pytest.MonkeyPatch, hub: LoopbackHub
) -> None:
    ids(OLD, cache)
    ids(NEW, cache)
    (folder_of(NAME, cache) / "refs" / "v0.1.0").write_text(both["0.2.0"])
    go_offline(hub, monkeypatch)
    text = refused(DataError, OLD, cache)
    assert text.startswith(f"{OLD}: manifest.json: found version 0.2.0; allowed: version 0.1.0; remove ")


def test_a_tag_on_another_release_is_refused(api: HfApi, both: dict[str, str], cache: Path) -> None:
    api.create_tag(NAME, tag="v0.3.0", revision=both["0.2.0"], repo_type="dataset")
    text = refused(DataError, Place(NAME, "0.3.0"), cache)
    assert "found version 0.2.0; allowed: version 0.3.0" in text
    assert text.endswith("if it stays so, the tag stands on another release: tell its owner")


def test_a_tag_without_a_manifest_is_refused(api: HfApi, cache: Path) -> None:
    made = commit(api, {"README.md": CARD, "data/train.parquet": b"rows"})
    api.create_tag(NAME, tag="v0.1.0", revision=made, repo_type="dataset")
    assert refused(DataError, OLD, cache).startswith(f"{OLD}: found no manifest.json; allowed: a release that was published")


def test_a_tag_that_moves_meanwhile_mixes_no_versions(
    hub: LoopbackHub, both: dict[str, str], folders: dict[str, Path], cache: Path, tmp_path: Path
) -> None:
    def move() -> None:
        hub.repo(NAME).tags[OLD.tag] = both["0.2.0"]

    hub.fault(0, "call", only="manifest.json", call=move)
    assert ids(OLD, cache) == own_ids(folders, OLD, tmp_path)
    assert hub.repo(NAME).tags[OLD.tag] == both["0.2.0"]


def test_an_unknown_version_is_refused_with_those_that_there_are(both: dict[str, str], cache: Path) -> None:
    text = refused(HubError, Place(NAME, "9.9.9"), cache)
    assert text == "org/name@v9.9.9: found no tag v9.9.9; allowed: v0.1.0, v0.2.0; name one of these"


def test_a_name_without_a_version_is_refused_with_those_that_there_are(api: HfApi, both: dict[str, str], cache: Path) -> None:
    api.create_tag(NAME, tag="v0.10.0", revision=both["0.2.0"], repo_type="dataset")
    api.create_tag(NAME, tag="draft", revision=both["0.2.0"], repo_type="dataset")
    text = refused(DataError, NAME, cache)
    wanted = "allowed: org/name@v0.1.0, org/name@v0.2.0, org/name@v0.10.0; name a version: what stands there today"
    assert text.startswith(f"release: found 'org/name'; {wanted}")
    assert "allowed: org/name@vX.Y.Z" in refused(DataError, "org/nothing", cache)


@pytest.mark.parametrize("kind", [None, "none"], ids=["no token", "a stranger's"])
def test_a_private_dataset_is_refused_to_who_may_not_see_it(
    both: dict[str, str], hub: LoopbackHub, cache: Path, monkeypatch: pytest.MonkeyPatch, kind: str | None
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    if kind:
        monkeypatch.setenv("HF_TOKEN", hub.token(kind))
    text = refused(HubError, OLD, cache)
    assert text.startswith(
        f"{OLD}: found no such dataset, or one that you may not see; allowed: a dataset of the Hub; check the name"
    )
    assert ("set HF_TOKEN" in text) == (kind is None)
    assert text.replace(NAME, "org/nothing") == refused(HubError, "org/nothing@v0.1.0", cache)


def test_a_token_that_may_not_read_is_refused_as_one_that_may_not_see(
    both: dict[str, str], hub: LoopbackHub, cache: Path
) -> None:
    hub.fault(0, "before", 403, times=None)
    text = refused(HubError, OLD, cache)
    assert text.startswith(f"{OLD}: found no such dataset, or one that you may not see; ")
    assert text.endswith("ask the owner of a private one for access")


def test_a_config_that_is_not_there_is_refused_before_any_data_is_fetched(
    hub: LoopbackHub, both: dict[str, str], cache: Path
) -> None:
    text = refused(DataError, OLD, cache, config="maths")
    assert text == f"{OLD}: config: found 'maths'; allowed: math, mapping; name one of these"
    assert not any(".parquet" in request.path for request in hub.requests if "resolve" in request.path)


@pytest.mark.parametrize(
    ("endpoint", "gets_a_token"),
    [("", True), ("https://huggingface.co/", True), ("http://localhost:1234", True), ("https://mirror.example", False)],
)
def test_a_mirror_is_read_without_the_token(
    hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch, endpoint: str, gets_a_token: bool
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert reading_access().token == (hub.token("read") if gets_a_token else None)
    assert reading_access().endpoint == (endpoint.rstrip("/") or "https://huggingface.co")


def listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_copy_of_a_published_version_is_a_whole_release(
    both: dict[str, str], folders: dict[str, Path], cache: Path, tmp_path: Path
) -> None:
    out = fetch_into(tmp_path / "copy", OLD, cache_dir=cache)
    assert listing(out) == listing(folders["0.1.0"])
    assert all((out / name).read_bytes() == (folders["0.1.0"] / name).read_bytes() for name in (TEST, "manifest.json"))
    assert not any(path.is_symlink() for path in out.rglob("*"))
    assert check_path(out, lambda *_: None).violations == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "copy"]


def test_a_copy_of_one_config_holds_that_config_although_the_cache_has_more(
    both: dict[str, str], cache: Path, tmp_path: Path
) -> None:
    fetch(OLD, cache_dir=cache)
    (tmp_path / "copy").mkdir()
    out = fetch_into(tmp_path / "copy", OLD, configs=["mapping"], cache_dir=cache)
    assert listing(out / "data") == ["mapping", "mapping/test-00000-of-00001.parquet"]
    assert load(out, "mapping", "test", cache_dir=cache).num_rows == 10


def test_a_copy_never_touches_what_is_there(both: dict[str, str], cache: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    for out in (tmp_path / "mine", tmp_path / "mine" / "notes.txt"):
        with pytest.raises(DataError, match="allowed: a new or an empty folder; name another one"):
            fetch_into(out, OLD, cache_dir=cache)
    assert listing(tmp_path / "mine") == ["notes.txt"]
    assert not cache.exists()  # nothing is fetched for it


def told(*arguments: str) -> Result:
    result = CliRunner().invoke(app, [*arguments])
    assert "Traceback" not in result.output
    assert "hf_" not in result.output
    return result


def test_the_command_fetch_prints_the_folder_or_copies_to_it(both: dict[str, str], cache: Path, tmp_path: Path) -> None:
    shown = told("fetch", str(OLD))
    assert (shown.exit_code, shown.stdout) == (0, f"{fetch(OLD)}\n")
    out = tmp_path / "copy"
    assert told("fetch", str(OLD), "--out", str(out), "--config", "math").stdout == f"{out}\n"
    document = json.loads(told("fetch", str(NEW), "--json", "--config", "mapping").stdout)
    assert {key: document[key] for key in ("place", "configs", "files", "rows")} == {
        "place": str(NEW),
        "configs": ["mapping"],
        "files": 1,
        "rows": 10,
    }
    again = told("fetch", str(OLD), "--out", str(out))
    assert again.exit_code == 2
    assert "name another one" in again.stderr
    for place in ("org/name", "org/name@v9.9.9"):
        unknown = told("fetch", place)
        assert unknown.exit_code == 2
        assert "v0.1.0, " in unknown.stderr


def test_the_commands_validate_and_audit_take_a_place_and_leave_the_cache_alone(both: dict[str, str], cache: Path) -> None:
    before = listing(fetch(OLD))
    validated = told("validate", str(OLD))
    assert (validated.exit_code, validated.stdout) == (0, f"{OLD}: 4 files, 170 rows, 0 violations\n")
    audited = told("audit", str(OLD), "--json", "--workers", "1", "--fail-on", "proof")
    document: dict[str, Any] = json.loads(audited.stdout)
    assert document["release"]["version"] == "0.1.0"
    assert document["results"]
    compared = told("audit", str(OLD), "--against", str(NEW), "--json", "--workers", "1", "--fail-on", "proof")
    assert compared.exit_code in (0, 1)
    assert json.loads(compared.stdout)["results"]
    assert listing(fetch(OLD)) == before
    assert "audit.json" not in before


@pytest.mark.parametrize("call", [("validate",), ("audit",), ("audit", ".", "--against")], ids=" ".join)
def test_the_commands_refuse_a_place_that_is_not_there_in_one_line(
    both: dict[str, str], cache: Path, call: tuple[str, ...]
) -> None:
    for place, said in (("org/name@v9.9.9", "v0.1.0, v0.2.0"), ("org/name@0.1.0", "org/name@vX.Y.Z")):
        shown = told(*call, place)
        assert shown.exit_code == 2
        assert said in shown.stderr
        assert shown.stderr.count("\n") == 1
