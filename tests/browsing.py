"""The system's Chromium for tests, and pages whose errors fail the test that opened them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, Request, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--lang=en-GB", "--disable-background-networking"]
TIMEOUT_MS = 10_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium. Playwright keeps an event loop in this thread, so the ORM is told that this is meant."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    assert program is not None, "no Chromium here; script/test installs it or says how"
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def watched_page(browser: Browser, url: str, client: Client | None = None) -> Iterator[Page]:
    """A page of the site at `url`, signed in as `client` is; AssertionError when the browser reported an error."""
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    for cookie in client.cookies.values() if client else ():
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
    context.set_default_timeout(TIMEOUT_MS)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    under_way: set[Request] = set()
    page.on("request", lambda request: under_way.add(request))
    page.on("requestfinished", lambda request: under_way.discard(request))
    page.on("requestfailed", lambda request: under_way.discard(request))
    yield page
    _settle(page, under_way)
    context.close()
    assert errors == []


def _settle(page: Page, under_way: set[Request]) -> None:
    """Wait for the answers: a request that still reads the database would lock the next test's clearing of it."""
    for _ in range(TIMEOUT_MS // 20):
        if not under_way:
            return
        page.wait_for_timeout(20)
