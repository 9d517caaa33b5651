"""Debian's Chromium, and pages of results opened in it, which must make no request and log no error."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

PATIENCE = 10_000  # ms
WIDE = {"width": 1440, "height": 900}


@contextmanager
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    assert program, "Chromium is missing: install it, as ./inv test does by apt."
    with sync_playwright() as driver:
        # As root, Chromium runs without its sandbox only. It opens files of these tests alone.
        launched = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield launched
        launched.close()


@contextmanager
def opened(browser: Browser, file: Path, fragment: str = "", media: str = "screen", **settings: Any) -> Iterator[Page]:
    """A page that is ready to be used. Fails if it has made a request or logged an error until it is closed."""
    wrong: list[str] = []
    context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **settings})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    url = file.as_uri()
    page.on("console", lambda message: wrong.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on(
        "request",
        lambda request: wrong.append(f"request: {request.url}") if request.url.partition("#")[0] != url else None,
    )
    page.emulate_media(media=media)  # type: ignore[arg-type]
    page.goto(url + fragment)
    page.wait_for_selector("#measurements-table", state="attached")
    # Plots are drawn when their places have a size.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    yield page
    context.close()
    assert wrong == []


def benchmarks(page: Page, table: str = "measurements") -> list[str]:
    """The names in a table, in the order shown."""
    return page.locator(f"#{table}-table tbody th").all_inner_texts()
