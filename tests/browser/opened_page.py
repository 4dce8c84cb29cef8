"""A page that a test has opened from disk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Opened:
    """A page that was opened from disk, and what it said and asked for."""

    def __init__(self, page: Page) -> None:
        self.page, self.said, self.asked = page, list[str](), list[str]()
        self.failed = list[tuple[str, str | None]]()
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("requestfailed", lambda request: self.failed.append((request.url, request.failure)))
        page.on("request", lambda request: self.asked.append(request.url))

    @property
    def shown(self) -> list[str]:
        """The ids of the cards that are in the page."""
        return self.page.locator(".card h3").all_inner_texts()

    @property
    def found(self) -> str:
        """How many items fit, as the page says it."""
        return self.page.locator("#found").inner_text()

    def wait_until_found(self, start: str) -> None:
        """Wait until the page says what it found in words that begin so."""
        self.page.locator("#found", has_text=re.compile(f"^{re.escape(start)}")).wait_for()

    def choose(self, name: str, value: str) -> None:
        """Choose a value of a filter by its label or by its own text."""
        self.page.locator(f"#filters select[name='{name}']").select_option(value)
