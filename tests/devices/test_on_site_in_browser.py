"""An exchange on the phone of an installer, without JavaScript and with it."""

import pytest
from playwright.sync_api import expect

from devices.models import Installation
from tests import factories as make
from tests.browsing import PageOf
from tests.scene import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = 390


@pytest.mark.parametrize("scripts", [True, False])
def test_a_meter_is_exchanged_on_a_phone(page_of: PageOf, scene: Scene, scripts: bool) -> None:
    new = make.make_device(scene.utility, scene.near.segment)
    page = page_of(scene.pekka, scripts=scripts)
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.goto(f"/devices/{scene.near.pk}/")
    page.get_by_role("link", name="Exchange").click()
    page.get_by_label("New meter").fill(new.serial_number)
    page.get_by_label("Final stand 1-0:1.8.0").fill("1234.567")
    page.get_by_role("button", name="See what happens").click()
    expect(page.get_by_text(f"{scene.near} becomes removed, {new} installed.")).to_be_visible()
    expect(page.get_by_label("Final stand 1-0:1.8.0")).to_have_value("1234.567")
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    page.get_by_role("button", name="Exchange").click()
    expect(page.get_by_text(f"{new} hangs at {scene.near_point}.")).to_be_visible()
    assert Installation.objects.get(period__upper_inf=True, metering_point=scene.near_point).device == new
