"""A headless Chromium for the tests of pages; they skip, and say why, where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from opened_page import Opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
NEEDED = "UNISANDBOX_NEEDS_CHROMIUM"  # set where tests of pages must not be passed over


def found_chromium() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium of the machine: playwright drives it and brings none along."""
    path = found_chromium()
    if path is None:
        told = f"no {', '.join(NAMES)} on this machine; install Debian's chromium"
        pytest.fail(told) if NEEDED in os.environ else pytest.skip(told)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Opened]]:
    """A function that opens a file in a fresh window."""
    contexts = []

    def open_file(path: Path, *, width: int = 1280, scheme: str = "light", fragment: str = "") -> Opened:
        options: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
        contexts.append(browser.new_context(**options))
        page = Opened(contexts[-1].new_page())
        page.page.goto(f"{path.as_uri()}{fragment}")
        return page

    yield open_file
    for context in contexts:
        context.close()
