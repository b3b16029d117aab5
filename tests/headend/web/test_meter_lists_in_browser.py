"""What an operator sees of the lists of concentrators, and how a meter is put on file as it is listed."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from devices.models import Device
from headend.meter_lists import compare
from headend.models import FollowPolicy
from headend.plan import Listed
from tests.browsing import PageOf
from tests.factories import make_device, make_device_model
from tests.scene import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 6, 1, 2, tzinfo=UTC)


@pytest.fixture
def way(scene: Scene) -> Device:
    """OAC1 with a registered, a lost, an unknown meter and one that is on file behind OAC2."""
    utility = scene.near.utility
    FollowPolicy.objects.create(utility=utility, follow=False)
    model = make_device_model("aim-dc1")
    fields: dict[str, Any] = {"model": model, "state": "in_operation", "segment": scene.near.segment}
    first = make_device(utility, serial_number="OAC00000001", host="127.0.0.2", **fields)
    second = make_device(utility, serial_number="OAC00000002", host="127.0.0.3", **fields)
    for serial, behind, address in (("OAM1", first, "01"), ("OAM2", first, "02"), ("OAM4", second, "04")):
        place: dict[str, Any] = {"concentrator": behind, "gateway_address": address, "host": ""}
        make_device(utility, serial_number=serial, state="in_operation", segment=scene.near.segment, **place)
    compare(concentrator=first, meters=[Listed("01", "OAM1"), Listed("03", "OAM3"), Listed("0A", "OAM4")], at=AT)
    return first


@pytest.fixture
def page(page_of: PageOf, scene: Scene) -> Page:
    return page_of(scene.mikko)


def _keep(page: Page, name: str) -> None:
    """A picture for people, where a folder for such is named."""
    if folder := os.environ.get("OPENAIM_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_from_the_differences_to_a_meter_on_file(page: Page, way: Device) -> None:
    page.goto("/concentrators/")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    _keep(page, "differences")
    page.get_by_role("link", name="OAC00000001").first.click()
    expect(page.get_by_role("heading", name="Meters of OAC00000001")).to_be_visible()
    expect(rows).to_have_count(4)
    _keep(page, "concentrator")
    page.get_by_role("row", name="OAM4").get_by_role("checkbox").check()
    page.get_by_role("button", name="Put on file as listed").click()
    _keep(page, "confirm")
    page.get_by_role("button", name="Put on file as listed").click()
    expect(page.get_by_text("1 meter is on file where listed.")).to_be_visible()
    page.get_by_role("link", name="OAM4").click()
    expect(page.locator("main")).to_contain_text("0A through OAC00000001")
    _keep(page, "meter")


def test_the_page_of_a_concentrator_fits_a_phone(page: Page, way: Device) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(way.get_absolute_url())
    expect(page.get_by_role("heading", name="Meters it lists")).to_be_visible()
    _keep(page, "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
