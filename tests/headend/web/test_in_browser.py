"""What a person sees who clicks "Read now": the steps, and the values as soon as they are there."""

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from devices.models import Device
from headend.models import Job, JobItem
from tests.browsing import PageOf
from tests.scene import RESULT, Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(page_of: PageOf, scene: Scene) -> Page:
    return page_of(scene.mikko)


def _work(item: JobItem, **fields: Any) -> None:
    """What a worker writes about the item."""
    JobItem.objects.filter(pk=item.pk).update(**fields)


def test_reading_now_shows_steps_and_then_the_values(page: Page, scene: Scene) -> None:
    page.goto(scene.near_point.get_absolute_url())
    reading = page.locator(".reading")
    reading.get_by_role("button", name="Read now").click()
    expect(reading).to_contain_text("Waiting")
    item = JobItem.objects.get(device=scene.near, job__kind="read_now")
    _work(item, state="running", attempts=1, step="registers")
    expect(reading.locator('[data-state="current"]')).to_contain_text("Read the registers")
    _work(item, state="ok", step="", finished_at=timezone.now(), result=RESULT)
    expect(reading).to_contain_text("230.1")
    expect(page.locator("#live")).to_have_text(f"Reading {scene.near.serial_number}: OK, 3 registers")
    expect(reading.get_by_role("button", name="Read again")).to_be_visible()
    expect(page).to_have_url(re.compile(re.escape(scene.near_point.get_absolute_url())))


def test_what_the_page_says_of_the_meter_follows_a_reading(page: Page, scene: Scene) -> None:
    page.goto(scene.near.get_absolute_url())
    page.get_by_role("button", name="Read now").click()
    expect(page.locator(".reading")).to_contain_text("Waiting")
    item = JobItem.objects.get(device=scene.near, job__kind="read_now")
    Device.objects.filter(pk=scene.near.pk).update(firmware="9.9-new")
    _work(item, state="ok", step="", finished_at=timezone.now(), result=RESULT)
    expect(page.locator("#strip")).to_contain_text("9.9-new")
    expect(page.get_by_role("button", name="Read again")).to_be_visible()


def test_a_job_page_follows_its_devices(page: Page, scene: Scene) -> None:
    Job.objects.filter(pk=scene.job.pk).update(state="running", finished_at=None)
    scene.job.items.filter(device=scene.silent).update(state="running", last_cause="")
    page.goto(f"{scene.job.get_absolute_url()}?sort=-serial")
    expect(page.locator("#job-head")).to_contain_text("50 % done")
    _work(scene.bad, state="failed", last_cause="wrong_key")
    Job.objects.filter(pk=scene.job.pk).update(state="done", finished_at=timezone.now())
    expect(page.locator("#job-head")).to_contain_text("100 % done")
    expect(page.locator("#list-items")).to_contain_text("The encryption key is wrong")
    expect(page.locator("#list-items th[aria-sort]")).to_have_attribute("aria-sort", "descending")


def test_the_bar_tells_of_running_jobs(page: Page, scene: Scene) -> None:
    Job.objects.filter(pk=scene.job.pk).update(state="running", finished_at=None)
    page.goto(reverse("devices:devices"))
    page.get_by_role("link", name="1 job running").click()
    expect(page.get_by_role("link", name="Load profile")).to_be_visible()
