"""What an operator sees while nothing is clicked: alarms and outages appear by themselves."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.browsing import PageOf
from tests.events.signals import come, told
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
