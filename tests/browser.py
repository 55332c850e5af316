"""A real Chromium for tests: Debian's, headless, that fetches nothing of its own.

Playwright's own download is not used. Where Chromium is missing, a test is
skipped with that reason; where `CI` is set, it fails instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Where another machine of the lab would find the kiosk.
    "--host-resolver-rules=MAP kiosk.local 127.0.0.1",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium, closed at the end."""
    if not CHROMIUM.exists():
        missing = f"{CHROMIUM} is missing: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def page(browser: Browser, width: int, height: int) -> Iterator[tuple[Page, list[str]]]:
    """A page of that size, and the complaints of its console: errors and refused content."""
    size = ViewportSize(width=width, height=height)
    context = browser.new_context(viewport=size, locale="fr-FR", has_touch=True)
    context.set_default_timeout(10_000)
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda m: complaints.append(m.text) if m.type in _BAD else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield opened, complaints
    finally:
        context.close()


_BAD = ("error", "warning")
