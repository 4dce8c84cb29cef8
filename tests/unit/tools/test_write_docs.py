from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Tool = Callable[[str], ModuleType]

OLD = "# Title\n<!-- generated: figure -->\nold\n<!-- end -->\nkept\n"
NEW = "# Title\n<!-- generated: figure -->\nnew | 1\n<!-- end -->\nkept\n"


@pytest.fixture
def writer(tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = tool("write_docs")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "DOCUMENTS", ("A.md",))
    monkeypatch.setattr(module, "PARTS", {"figure": lambda: "new | 1"})
    return module


def test_only_the_generated_part_is_rewritten(writer: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "A.md").write_text(OLD)
    assert writer.main(is_check=False) == 0
    assert (tmp_path / "A.md").read_text() == NEW


def test_a_check_of_an_old_document_fails_names_it_and_changes_nothing(
    writer: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "A.md").write_text(OLD)
    assert writer.main(is_check=True) == 1
    assert capsys.readouterr().err == "out of date: A.md; run make format\n"
    assert (tmp_path / "A.md").read_text() == OLD


def test_a_check_of_a_current_document_passes(writer: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "A.md").write_text(NEW)
    assert writer.main(is_check=True) == 0


def test_a_part_that_nobody_writes_is_an_error(writer: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "A.md").write_text(OLD.replace("figure", "nobody"))
    with pytest.raises(KeyError, match="nobody"):
        writer.main(is_check=True)


def test_a_bar_in_a_cell_does_not_end_it(writer: ModuleType) -> None:
    assert writer.markdown_table(("a", "n"), [("x|y", "1")], right=1) == "| a | n |\n| --- | ---: |\n| x\\|y | 1 |"


def test_every_part_has_a_place_and_every_place_a_part(tool: Tool) -> None:
    module = tool("write_docs")
    texts = [(module.ROOT / name).read_text(encoding="utf-8") for name in module.DOCUMENTS]
    placed = [found["name"] for text in texts for found in module.PART.finditer(text)]
    assert sorted(placed) == sorted(module.PARTS)
