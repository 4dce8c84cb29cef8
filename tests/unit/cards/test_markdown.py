"""What stands in a prompt is shown as it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from unisandbox.cards.markdown import plain, table

SIGNS = st.text(st.sampled_from("ab 1$&*_`<>[]()|~#\\^%+£-!'\"é"), min_size=1, max_size=30)


@given(SIGNS)
def test_a_text_renders_as_itself_in_a_cell(text: str) -> None:
    shown = " ".join(text.split())
    rendered = MarkdownIt().enable(["table", "strikethrough"]).parse(table(("head", "x"), [(f"x{plain(shown)}x", "")]))
    cells = [token for token in rendered if token.type == "inline"]
    assert len(cells) == 4
    assert [child.type for child in cells[2].children or ()] in (["text"], ["text", "text_special"]) or all(
        child.type in ("text", "text_special") for child in cells[2].children or ()
    )
    assert "".join(child.content for child in cells[2].children or ()) == f"x{shown}x"


def test_a_table_sets_numbers_flush_right() -> None:
    assert table(("a", "b"), [("x", "1")], numbers=[1]).splitlines() == ["| a | b |", "|---|---:|", "| x | 1 |"]
