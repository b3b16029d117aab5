"""What JavaScript adds to imports: pages that follow the work, first values that follow the form."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from integration.imports import run_check
from metering.services.properties import register_properties
from tests.browsing import PageOf
from tests.integration.imports.conftest import Office
from tests.integration.imports.test_readings import quarters

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(page_of: PageOf, office: Office) -> Page:
    register_properties()
    return page_of(office.user)


def test_the_page_follows_the_work(page: Page, office: Office) -> None:
    row = office.begin("rubbish\n", *quarters(office.point.gsrn, 1500, 250))
    page.goto(row.get_absolute_url())
    expect(page.get_by_role("heading", name="0 % done")).to_be_visible()
    run_check(row.pk)
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    expect(page.get_by_text("not nine cells")).to_be_visible()
    page.get_by_role("button", name="Store").click()
    expect(page.get_by_text("is being stored")).to_be_visible()


def test_first_values_follow_the_form_and_what_means_nothing_is_hidden(page: Page, office: Office) -> None:
    rows = "\n".join(f"{office.point.gsrn};28.03.2026 {hour:02}:00;{hour},250" for hour in range(24))
    page.goto("/imports/new/")
    content = f"Point;Time;Energy (kWh)\n{rows}".encode()
    page.set_input_files("input[type=file]", {"name": "march.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("#first-values")).to_contain_text("1.250 kWh")
    page.get_by_label("Multiplied by").fill("2")
    page.get_by_label("Multiplied by").press("Tab")
    expect(page.locator("#first-values")).to_contain_text("2.500 kWh")
    expect(page.get_by_label("Value", exact=True)).to_be_visible()
    page.get_by_label("One day of a series").check()
    expect(page.get_by_label("Value", exact=True)).to_be_hidden()
    expect(page.get_by_label("Columns of values")).to_be_visible()
    page.get_by_label("One value").check()
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", name="0 % done")).to_be_visible()
