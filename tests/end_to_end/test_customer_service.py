"""What customer service does with a customer on the phone, in a real browser against the running product."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from access.models import User
from devices.models import Device
from metering.models import Contract
from rig.processes import Processes
from rig.simulator_process import Simulator, free_ports
from tests.browsing import watched_page
from tests.end_to_end.reading import order

pytestmark = pytest.mark.browser

NEW_VALUES_MS = 2_000


@pytest.fixture
def site(demo: Simulator, environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The web process and both workers over a fleet that has been read; gives the address."""
    (port,) = free_ports(1)
    processes = Processes({**environment, "PORT": str(port)}, tmp_path / "processes.log")
    for name in ("web", "worker-ondemand", "worker"):
        processes.start(name)
    job = order("profile")
    url = f"http://127.0.0.1:{port}"
    processes.until(lambda: _answers(f"{url}/readyz"), seconds=30, what="the site answers")
    processes.until(lambda: not job.items.open().exists(), seconds=30, what="the fleet is read")
    yield url
    processes.end()


@pytest.fixture
def page(browser: Browser, site: str, settings: Any) -> Iterator[Page]:
    """Signed in through the form; the site hashes passwords as in production, unlike the tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    anna = User.objects.get(username="anna")
    anna.set_password("anna-openaim")
    anna.save()
    with watched_page(browser, site) as opened:
        opened.goto("/")
        opened.get_by_label("Username").fill("anna")
        opened.get_by_label("Password").fill("anna-openaim")
        opened.get_by_label("Password").press("Enter")
        expect(opened.get_by_role("heading", name="Completeness by day")).to_be_visible()
        opened.wait_for_load_state("networkidle")  # from then on the keys are listened to
        yield opened


def test_from_the_name_of_a_customer_to_a_value_read_now(page: Page, demo: Simulator) -> None:
    contract = Contract.objects.select_related("customer", "metering_point").filter(kind="supply").first()
    assert contract is not None
    page.keyboard.press("/")
    page.keyboard.type(contract.customer.name)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=contract.customer.name).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(contract.metering_point.gsrn)

    page.get_by_role("link", name="Values", exact=True).last.click()
    page.get_by_role("link", name="Month", exact=True).click()
    expect(page.locator(".uplot canvas")).to_be_visible()
    page.get_by_role("link", name="Day", exact=True).click()
    expect(page.locator(".uplot canvas")).to_be_visible()

    page.get_by_role("link", name="Overview", exact=True).click()
    page.get_by_role("button", name="Read now").click()
    expect(page.get_by_text("Active power import")).to_be_visible(timeout=NEW_VALUES_MS)
    device = Device.objects.get(installations__metering_point=contract.metering_point)
    assert device.job_items.filter(job__kind="read_now", state="ok", job__created_by__username="anna").count() == 1


def test_a_meter_that_does_not_answer_says_why_and_what_to_do(page: Page, demo: Simulator) -> None:
    serial = demo.serials[3]
    demo.fault(serial, "silent")
    device = Device.objects.get(serial_number=serial)
    page.goto(f"/devices/{device.pk}/")
    page.get_by_role("button", name="Read now").click()
    expect(page.get_by_text(re.compile("refuses connections")).first).to_be_visible()
    expect(page.get_by_text(re.compile("Check power")).first).to_be_visible()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
