"""Filling in a schedule: only the fields of the rhythm are shown, and the coming week is drawn meanwhile."""

import pytest
from playwright.sync_api import expect

from headend.models import Schedule
from tests.browsing import PageOf
from tests.scene import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_week_follows_what_is_filled_in(page_of: PageOf, scene: Scene) -> None:
    page = page_of(scene.mikko, "/schedules/new/")
    page.get_by_label("Name").fill("Weekend")
    page.get_by_label("Rhythm").select_option("weekly")
    expect(page.get_by_label("Day of the month")).to_be_hidden()
    page.get_by_label("Sat", exact=True).check()
    page.get_by_label("Give up after").fill("60")
    page.get_by_label("At", exact=True).fill("05:45")
    page.get_by_label("Blackouts").fill("daily 22:00-04:00")
    page.get_by_label("Blackouts").press("Tab")
    week = page.locator("#week")
    expect(week).to_contain_text("Sat at 05:45")
    expect(week.locator("rect.dark")).not_to_have_count(0)
    expect(week.locator("rect.run")).not_to_have_count(0)
    expect(week.get_by_role("row")).to_have_count(8)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Weekend")
    assert Schedule.objects.get(name="Weekend").weekdays == [5]
