"""The page that changes a stretch: dragged over the chart, drawn before it is saved, and all of it without scripts."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from metering import store
from tests.browsing import PageOf, drag_over_chart
from tests.metering.pages.world import World, store_day, utc

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def gap(world: World) -> World:
    """A local day of 10 Wh a quarter hour, an hour of it missing."""
    store_day(world.consumption, date(2026, 6, 1), 10)
    store_day(world.consumption, date(2026, 6, 2), [*[10] * 40, *[None] * 4, *[30] * 52])
    return world


@pytest.fixture
def address(gap: World) -> str:
    return f"/values/change/?series={gap.consumption.pk}&period=day&date=2026-06-02"


@pytest.fixture
def page(page_of: PageOf, gap: World, address: str) -> Page:
    opened = page_of(gap.anna, address)
    opened.locator(".u-over").wait_for()
    return opened


def stored(world: World) -> list[int]:
    values: list[int] = store.read([world.consumption.pk], utc(2026, 6, 2, 10), utc(2026, 6, 2, 11)).values[0].tolist()
    return values


def test_dragging_over_the_chart_chooses_the_stretch_and_keeps_the_method(page: Page) -> None:
    with page.expect_navigation():  # until loaded: the chart of the page before can be dragged over too
        page.get_by_role("link", name="Delete").click()
    drag_over_chart(page, 0.25, 0.5)
    page.wait_for_url(re.compile(r"from=2026-06-02T0[23].*"))
    expect(page.get_by_role("link", name="Delete")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("button", name=re.compile("Delete 2[3-5] values"))).to_be_visible()
    expect(page.get_by_label("From", exact=True)).to_have_value(re.compile(r"^2026-06-02T0[56]:"))


def test_a_gap_is_filled_after_a_look_at_the_preview(page: Page, gap: World) -> None:
    page.get_by_role("link", name="Interpolate").click()
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    expect(page.locator("[data-summary]")).to_contain_text("After the change: 96 of 96 values")
    page.get_by_label("Reason").fill("the meter was exchanged")
    page.get_by_role("button", name="Interpolate 4 values").click()
    expect(page.get_by_text("Values saved: 4 new.")).to_be_visible()
    expect(page.locator(".period h2")).to_have_text("Tuesday 2 June 2026")
    expect(page.get_by_text("No gaps")).to_be_visible()
    assert stored(gap) == [14, 18, 22, 26]


def test_it_works_without_scripts(page_of: PageOf, gap: World, address: str) -> None:
    page = page_of(gap.anna, address, scripts=False)
    page.get_by_label("From", exact=True).fill("2026-06-02T13:00")
    page.get_by_label("To, excluded").fill("2026-06-02T14:00")
    page.get_by_role("button", name="Choose this stretch").click()
    page.get_by_role("link", name="Set", exact=True).click()
    page.get_by_label("Value", exact=True).fill("0.05")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("4 values of 4 would change; nothing is saved yet")).to_be_visible()
    page.get_by_label("Reason").fill("agreed with the customer")
    page.get_by_role("button", name="Set 4 values").click()
    expect(page.get_by_text("Values saved: 4 new.")).to_be_visible()
    assert stored(gap) == [50] * 4
