"""What JavaScript adds to the Data Browser: keys, zoom that narrows the period, versions in a dialog."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import PageOf, drag_over_chart
from tests.metering.pages.world import World, store_day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = date(2026, 6, 2)


@pytest.fixture
def page(page_of: PageOf, world: World) -> Page:
    """A day of values, open."""
    for number in (1, 2):
        store_day(world.consumption, date(2026, 6, number), 10, message="load profile")
    return page_of(world.anna, f"/values/?series={world.consumption.pk}&period=day&date={DAY}")


def test_keys_change_the_period(page: Page) -> None:
    for key, title in (("ArrowLeft", "Monday 1 June 2026"), ("ArrowRight", "Tuesday 2 June 2026"), ("m", "June 2026")):
        with page.expect_navigation():  # until loaded, so that the next key is listened to
            page.keyboard.press(key)
        expect(page.locator(".period h2")).to_have_text(title)
    page.go_back()
    expect(page.locator(".period h2")).to_have_text("Tuesday 2 June 2026")


def test_keys_typed_into_a_field_are_text(page: Page) -> None:
    page.get_by_text("Add a series", exact=True).click()
    page.locator("#find").press_sequentially("dwmy")
    expect(page.locator("#find")).to_have_value("dwmy")
    expect(page.locator(".period h2")).to_have_text("Tuesday 2 June 2026")


@pytest.mark.parametrize("period", ["day", "month", "year"])
def test_every_value_stands_under_its_heading(page: Page, world: World, period: str) -> None:
    page.goto(f"/values/?series={world.consumption.pk}&period={period}&date={DAY}")
    heads, cells = (
        page.locator("table.values thead th").all(),
        page.locator("table.values tbody tr").first.locator("> *"),
    )
    assert len(heads) == cells.count()
    for head, cell in zip(heads, cells.all(), strict=True):
        above, below = head.bounding_box(), cell.bounding_box()
        assert above is not None and below is not None and above["x"] == below["x"]


def test_a_value_opens_its_versions_in_a_dialog(page: Page) -> None:
    page.locator("table.values td a").nth(5).click()
    expect(page.locator("#versions")).to_be_visible()
    expect(page.locator("#versions")).to_contain_text("load profile")
    page.keyboard.press("Escape")
    expect(page.locator("#versions")).to_be_hidden()
    page.locator("table.values td a").nth(6).press("Enter")
    expect(page.locator("#versions")).to_contain_text("01:30 – 01:45")


def test_dragging_over_the_chart_narrows_chart_table_and_url(page: Page) -> None:
    drag_over_chart(page, 0.25, 0.5)
    page.wait_for_url(re.compile(r"from=2026-06-02T0[56]"))
    expect(page.locator(".period h2")).to_contain_text("2 June 2026, 0")
    assert page.locator('table.values th[scope="row"]').count() < 10
