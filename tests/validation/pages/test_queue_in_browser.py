"""The queue by keyboard, the chart, and that nothing is wider than a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import PageOf
from tests.metering.pages.test_accessible import PROBLEMS
from tests.validation.findings import DAY, Queue, make_finding
from validation.models import Finding

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(page_of: PageOf, queue: Queue) -> Page:
    """The first of three exceptions."""
    make_finding(queue.series, day=DAY + timedelta(days=1), rule=queue.rule)
    return page_of(queue.anna, f"/exceptions/{queue.spike.pk}/")


def test_the_queue_is_worked_off_by_keyboard(page: Page, queue: Queue) -> None:
    heading = page.locator("h1")
    expect(heading).to_have_text("Spike: 13.200 kWh, limit 4.100 kWh")
    with page.expect_navigation():
        page.keyboard.press("n")
    expect(heading).to_have_text("Missing: no value (4 intervals)")
    with page.expect_navigation():
        page.keyboard.press("k")
    expect(heading).to_contain_text("Spike")
    page.keyboard.press("a")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type("Sauna evening")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Accepted: 1 value changed.")
    expect(heading).to_contain_text("Missing")
    with page.expect_navigation():
        page.keyboard.press("u")
    expect(page.locator(".region tbody tr")).to_have_count(2)
    assert Finding.objects.get(pk=queue.spike.pk).reason == "Sauna evening"


def test_the_keys_of_the_page_are_listed(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_contain_text("Next exception")
    page.keyboard.press("n")
    expect(page.locator("#shortcuts")).to_be_visible()


def test_the_chart_is_drawn_with_its_limit(page: Page) -> None:
    expect(page.locator("figure.chart .legend")).to_contain_text("Limit (kWh)")
    expect(page.locator("figure.chart .legend")).to_contain_text("Failed the rule")


@pytest.mark.parametrize("path", ["/exceptions/", "/exceptions/groups/", "/exceptions/rules/", ""])
def test_nothing_is_wider_than_a_phone(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    if path:
        page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


@pytest.mark.parametrize("path", ["/exceptions/?owner=nobody", "/exceptions/groups/", "/exceptions/rules/", ""])
def test_everything_has_a_name(page: Page, path: str) -> None:
    if path:
        page.goto(path)
    assert page.evaluate(PROBLEMS) == []


def test_it_works_without_javascript(page_of: PageOf, queue: Queue) -> None:
    page = page_of(queue.anna, f"/exceptions/{queue.gap.pk}/", scripts=False)
    page.locator("#reason").fill("Known")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("#messages")).to_contain_text("Accepted")
    assert Finding.objects.get(pk=queue.gap.pk).state == "accepted"
