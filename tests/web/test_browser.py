"""The list and the chart in a real browser: what JavaScript adds, and that the security policy holds."""

import re

import pytest
from playwright.sync_api import Page, expect

from access.models import User
from tests.browsing import PageOf, drag_over_chart
from tests.web.conftest import MakeUser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(page_of: PageOf, make_user: MakeUser) -> Page:
    """A page signed in as an administrator."""
    return page_of(make_user("boss", is_staff=True, is_superuser=True, first_name="Bea", last_name="Boss"))


def test_filter_sort_page_and_back_keep_one_state(page: Page) -> None:
    User.objects.bulk_create(User(username=f"user-{i:02}") for i in range(60))
    page.goto("/users/")
    page.fill("#id_q", "user-")
    expect(page.locator("#live")).to_have_text("1–25 of 60 users")
    page.click("thead a:has-text('User name')")
    expect(page.locator("tbody tr").first).to_contain_text("user-59")
    page.click("a[rel=next]")
    expect(page.locator("tbody tr").first).to_contain_text("user-34")
    assert "q=user-" in page.url and "sort=-username" in page.url
    page.go_back()
    expect(page.locator("tbody tr").first).to_contain_text("user-59")
    page.reload()
    expect(page.locator("tbody tr").first).to_contain_text("user-59")
    assert page.input_value("#id_q") == "user-"


def test_selection_by_keyboard_leads_to_the_confirmation(page: Page) -> None:
    User.objects.bulk_create(User(username=f"user-{i:02}") for i in range(3))
    page.goto("/users/?q=user-")
    expect(page.locator("[data-bulk]")).to_be_hidden()
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("[data-picked]")).to_have_text("2 selected")
    page.click("button[value=deactivate]")
    expect(page.locator("h1")).to_have_text("Deactivate: 2 users?")


def test_shortcuts_and_theme(page: Page) -> None:
    page.goto("/users/")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.click("summary[aria-label^='Menu of']")
    with page.expect_response("**/preferences/"):
        page.click("button[value=dark]")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_navigation_opens_on_a_phone_without_sideways_scrolling(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/users/", "/styleguide/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.locator("#navigation")).to_be_hidden()
    page.click("[popovertarget=navigation]")
    expect(page.locator("#navigation")).to_be_visible()


def test_chart_tells_zooms_and_speaks(page: Page) -> None:
    page.goto("/styleguide/chart/?days=7")
    expect(page.locator(".u-over")).to_be_visible()
    expect(page.locator("[data-summary]")).to_contain_text("639 of 672 values")
    expect(page.locator(".legend")).to_contain_text("Estimated")
    page.evaluate("document.addEventListener('chart:period', (e) => { window.period = e.detail; })")
    page.focus(".plot")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-reading]")).to_have_text(re.compile(r"Sat, 14 Nov 2026 00:15–00:30 EET: .*Wh"))
    page.keyboard.press("+")
    period = page.evaluate("window.period")
    assert period["from"] % 900 == 0 and period["to"] - period["from"] < 7 * 86400
    page.keyboard.press("Escape")
    assert page.evaluate("window.period.to - window.period.from") == 7 * 86400


def test_chart_zooms_by_dragging(page: Page) -> None:
    page.goto("/styleguide/chart/?days=7")
    expect(page.locator(".u-over")).to_be_visible()
    page.evaluate("document.addEventListener('chart:period', (e) => { window.period = e.detail; })")
    drag_over_chart(page, 0.25, 0.75)
    period = page.evaluate("window.period")
    assert abs(period["to"] - period["from"] - 3.5 * 86400) < 3600


def test_chart_that_cannot_be_loaded_says_so_and_tries_again(page: Page) -> None:
    page.route("**/chart.json*", lambda route: route.fulfill(status=200, body="not JSON"), times=1)
    page.goto("/styleguide/chart/?days=1")
    expect(page.locator("[data-empty=failed]")).to_contain_text("the answer is not chart data")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".u-over")).to_be_visible()


def test_a_reason_without_blanks_stays_within_a_phone(page: Page) -> None:
    throwing = "throw new Error('w'.repeat(80))"
    page.route("**/uPlot.esm.js*", lambda route: route.fulfill(content_type="text/javascript", body=throwing))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/styleguide/chart/?days=1")
    expect(page.locator("[data-empty=failed]")).to_contain_text("w" * 80)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
