"""The system's Chromium for tests, and pages whose errors fail the test that opened them."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from access.models import User
from tests.scene import signed_in

PageOf = Callable[..., Page]

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--lang=en-GB", "--disable-background-networking"]
TIMEOUT_MS = 30_000
"""Ends a test that waits for what never comes; a machine with other work needs less."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium. Playwright keeps an event loop in this thread, so the ORM is told that this is meant."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    assert program is not None, "no Chromium here; script/test installs it or says how"
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=TIMEOUT_MS)
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of a module."""
    with chromium() as running:
        yield running


@pytest.fixture
def page_of(browser: Browser, live_server: Any) -> Iterator[PageOf]:
    """`page_of(user, path)`: a page of the site, signed in as the user; with `scripts=False` without JavaScript."""
    with ExitStack() as pages:

        def open_page(user: User, path: str | None = None, *, scripts: bool = True) -> Page:
            page = pages.enter_context(watched_page(browser, live_server.url, user, scripts=scripts))
            if path is not None:
                page.goto(path)
            return page

        yield open_page


@contextmanager
def watched_page(browser: Browser, url: str, user: User | None = None, *, scripts: bool = True) -> Iterator[Page]:
    """A page of the site at `url`, signed in as `user`; AssertionError when the browser reported an error."""
    context = browser.new_context(
        base_url=url, viewport={"width": 1280, "height": 900}, locale="en-GB", java_script_enabled=scripts
    )
    for cookie in signed_in(user).cookies.values() if user else ():
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


def drag_over_chart(page: Page, begin: float, end: float) -> None:
    """Drag over the chart from one part of its width to another."""
    plot = page.locator(".u-over")
    plot.wait_for()
    box = plot.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * begin, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, middle, steps=8)
    page.mouse.up()
