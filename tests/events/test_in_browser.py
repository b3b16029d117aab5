"""What an operator sees while nothing is clicked: alarms and outages appear by themselves."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from metering.intervals import local_day
from tests import factories as make
from tests.browsing import PageOf
from tests.events.signals import come, told
from tests.events.test_voltage import make_voltage
from tests.scene import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(page_of: PageOf, scene: Scene) -> Page:
    """The open alarms."""
    return page_of(scene.mikko, "/alarms/")


def test_a_new_alarm_is_on_the_screen_within_three_seconds(page: Page, scene: Scene) -> None:
    expect(page.locator("#alarm-news")).to_be_attached()
    make.make_event(scene.near, scene.near_point, "terminal_cover_removed")
    expect(page.locator("#alarm-news")).to_contain_text("Terminal cover removed", timeout=3_000)
    expect(page.locator("nav .badge")).to_contain_text("1", timeout=6_000)


def test_an_outage_of_an_area_is_on_the_screen_as_one(page: Page, scene: Scene) -> None:
    area, now, entries = make.make_transformer_area(scene.utility, "T5"), timezone.now(), []
    for _ in range(6):
        point = make.make_metering_point(scene.utility, transformer_area=area)
        entries.append(told((make.make_device(scene.utility), point), "last_gasp", now))
    come(*entries)
    expect(page.locator("#lasting")).to_contain_text("T5 Area T5", timeout=3_000)
    page.locator("#lasting").get_by_role("link", name="T5 Area T5").click()
    expect(page.locator("svg.bars")).to_be_visible()
    page.goto("/alarms/")
    expect(page.locator(".region")).to_contain_text("No open alarms")


def test_the_voltage_of_an_area_against_its_band(page: Page, scene: Scene) -> None:
    area = scene.near_point.transformer_area
    assert area is not None
    now = timezone.localtime(timezone.now(), scene.utility.zone)
    today = local_day(now.date(), scene.utility.zone)[0]
    for number in range(3):
        point = scene.near_point if number == 0 else make.make_metering_point(scene.utility, transformer_area=area)
        spread = [2300 + 120 * (slot % 3) * (2 - number) for slot in range(96)]
        make.make_values(make_voltage(point), today - timedelta(days=1), spread * 2)
    page.goto(f"/areas/{area.pk}/voltage/?period=week&date={now.date() - timedelta(days=1)}")
    rows = page.locator(".voltages tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text(scene.near_point.gsrn)
    drawn = rows.first.locator("svg.range rect[data-tone]").bounding_box()
    band = rows.first.locator("svg.range .band").bounding_box()
    assert drawn and band and drawn["x"] + drawn["width"] > band["x"] + band["width"] and drawn["x"] > band["x"]
    assert band["width"] > 50
    page.get_by_role("link", name="Day", exact=True).click()
    expect(page.locator(".period [aria-current]")).to_have_text("Day")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
