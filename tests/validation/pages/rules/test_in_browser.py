"""Rules, runs and what-if in a browser: accessible in any state, usable without scripts, wide and narrow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import PageOf
from tests.metering.pages.test_accessible import PROBLEMS
from tests.validation.pages.rules.test_what_if import spoilt, tried
from tests.validation.pages.rules.world import DAY, Rules, add_rule
from validation.models import Assignment, Run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATHS = (
    "/rule-sets/", "{own}", "{own}estimation/", "{own}assigned/", "{own}changes/", "{own}rules/new/",
    "{own}rules/new/?condition=check_function", "{own}steps/1/", "/rule-sets/assignments/",
    "/rule-sets/assignments/new/", "/validation-runs/", "/validation-runs/new/", "/validation-runs/what-if/",
    "{run}", "{examples}", "{point}",
)  # fmt: skip


@pytest.fixture
def addresses(rules: Rules) -> dict[str, str]:
    """Pages with something on each of them."""
    spoilt(rules)
    spoilt(rules, DAY - timedelta(days=1))
    Assignment.objects.create(utility=rules.utility, rule_set=rules.own, customer_type="household")
    add_rule(rules.own, "missing", name="Missing too", action="zero", enabled=False)
    run = tried(rules, against=rules.shipped.pk, first_day=(DAY - timedelta(days=1)).isoformat())
    return {
        "own": rules.path(rules.own), "run": run.get_absolute_url(),
        "examples": f"/validation-runs/{run.pk}/examples/0/{rules.spike.pk}/",
        "point": rules.series.metering_point.get_absolute_url(),
    }  # fmt: skip


def wider(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return width


def test_every_page_is_accessible_and_fits_a_phone(rules: Rules, addresses: dict[str, str], page_of: PageOf) -> None:
    page = page_of(rules.root)
    page.set_viewport_size({"width": 400, "height": 900})
    for path in PATHS:
        page.goto(path.format(**addresses))
        assert page.evaluate(PROBLEMS) == [], path
        assert wider(page) <= 0, path


def test_an_example_is_drawn_as_stored_and_as_it_would_be(
    rules: Rules, addresses: dict[str, str], page_of: PageOf
) -> None:
    page = page_of(rules.root, addresses["examples"])
    expect(page.locator(".legend")).to_contain_text("As stored")
    expect(page.locator(".legend")).to_contain_text("As it would be")
    expect(page.locator("[data-summary]")).to_contain_text("2 missing")
    page.get_by_role("link", name=rules.series.metering_point.gsrn).nth(1).click()
    expect(page.get_by_role("heading", name=DAY.isoformat())).to_be_visible()


def test_a_rule_is_written_and_moved_without_scripts(rules: Rules, page_of: PageOf) -> None:
    page = page_of(rules.root, rules.path(rules.own), scripts=False)
    page.get_by_role("link", name="Add a rule").click()
    page.get_by_role("link", name="Higher than", exact=True).click()
    expect(page.get_by_label("Value", exact=True)).to_be_hidden()
    page.get_by_label("Limit").fill("12.5 kWh")
    page.get_by_label("Fixed value:").check()
    page.get_by_label("Value", exact=True).fill("1 kWh")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Move Higher than up").click()
    page.get_by_role("button", name="Switch off Higher than").click()
    shown = page.locator(".rules > li").nth(1)
    expect(shown).to_contain_text("higher than 12.5 kWh")
    expect(shown).to_contain_text("fixed value 1 kWh")
    expect(shown).to_contain_text("Off")


def test_a_run_that_ends_shows_its_result_by_itself(rules: Rules, page_of: PageOf) -> None:
    run = Run.objects.create(utility=rules.utility, first_day=DAY, last_day=DAY, total=2, scope={})
    page = page_of(rules.anna, run.get_absolute_url())
    expect(page.get_by_role("heading", name="0 % done")).to_be_visible()
    Run.objects.update(state=Run.State.RUNNING, done=1)
    expect(page.get_by_role("heading", name="50 % done")).to_be_visible()
    Run.objects.update(state=Run.State.DONE, done=2, counts={"findings": {"Spike": 3}})
    expect(page.get_by_role("link", name="Spike")).to_be_visible()
