"""Every control has a name, every reference leads somewhere, headings descend: on the pages of values, in any state."""

from datetime import date

import pytest
from playwright.sync_api import Page

from metering.models import Series
from metering.services.comments import add_comment
from tests import factories as make
from tests.browsing import PageOf
from tests.metering.pages.world import World, store_day, store_register, utc

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = "period=day&date=2026-06-02"
PROBLEMS = """() => {
  const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const say = (words, element) => found.push(`${words}: ${element.outerHTML.slice(0, 120)}`);
  const named = (element) => (element.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean)
    .map((id) => document.getElementById(id)?.textContent.trim()).join("");
  const name = (element) => element.getAttribute("aria-label") || named(element) || element.title;
  const ids = all("[id]").map((element) => element.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) found.push(`twice on the page: #${id}`);
  for (const field of all("input:not([type=hidden]), select, textarea"))
    if (!field.labels.length && !name(field)) say("a field without a name", field);
  for (const control of all("a[href], button, summary"))
    if (!control.textContent.trim() && !name(control)) say("a control without a name", control);
  for (const attribute of ["aria-describedby", "aria-labelledby", "aria-controls", "for"])
    for (const element of all(`[${attribute}]`))
      for (const id of element.getAttribute(attribute).split(" ").filter(Boolean))
        if (!document.getElementById(id)) say(`${attribute} leads nowhere`, element);
  for (const link of all('a[href^="#"]'))
    if (link.hash.length > 1 && !document.getElementById(link.hash.slice(1))) say("a link leads nowhere", link);
  for (const head of all("th")) if (!head.scope) say("a heading of nothing", head);
  const levels = all("main h1, main h2, main h3").map((heading) => Number(heading.tagName[1]));
  if (levels[0] !== 1 || levels.filter((level) => level === 1).length !== 1) found.push(`headings ${levels}`);
  levels.forEach((level, at) => { if (at && level > levels[at - 1] + 1) found.push(`headings ${levels}`); });
  return found;
}"""


@pytest.fixture
def page(page_of: PageOf, world: World) -> Page:
    """Two days with a gap, stands at both ends of one, a former version and a comment."""
    store_day(world.consumption, date(2026, 6, 1), 10)
    store_day(world.consumption, date(2026, 6, 2), [*[10] * 40, *[None] * 4, *[30] * 52])
    store_day(world.consumption, date(2026, 6, 2), [11])
    store_day(world.foreign, date(2026, 6, 2), 10)
    daily = make.make_series(world.north, "1-0:1.8.0", kind=Series.Kind.STAND, periodicity=Series.Periodicity.DAILY)
    store_register(daily, [utc(2026, 6, 1, 21), utc(2026, 6, 2, 21)], [5000, 6000])
    add_comment(world.consumption, utc(2026, 6, 2, 5), utc(2026, 6, 2, 6), "Meter exchanged", world.anna)
    return page_of(world.anna)


@pytest.mark.parametrize(
    "path",
    [
        f"/values/?series={{own}}&{DAY}",
        f"/values/?series={{own}},{{other}}&{DAY}&against={{other}}",
        "/values/?series={own}&period=month&date=2026-06-02&sums=week&compare=before",
        f"/values/?series={{own}}&{DAY}&edit=1",
        "/values/?series={own},{other}&period=week&date=2026-06-02&edit=1",
        "/values/?series={own}&period=month&date=2026-06-02&edit=1",
        f"/values/change/?series={{own}}&{DAY}",
        f"/values/change/?series={{own}}&{DAY}&do=interpolate&total=1",
        f"/values/change/?series={{own}}&{DAY}&do=scale&factor=x",
        "/values/{own}/2026-06-02T00:00:00Z/",
    ],
)
def test_nothing_on_the_page_lacks_a_name_or_leads_nowhere(page: Page, world: World, path: str) -> None:
    page.goto(path.format(own=world.consumption.pk, other=world.foreign.pk))
    assert page.evaluate(PROBLEMS) == []


def test_nothing_is_lost_on_a_narrow_screen(page: Page, world: World) -> None:
    """320 px are a screen of 1280 at 400 %: only tables and charts may be scrolled sideways (WCAG 1.4.10)."""
    page.set_viewport_size({"width": 320, "height": 640})
    for path in (
        f"/values/?series={world.consumption.pk}&{DAY}",
        f"/values/change/?series={world.consumption.pk}&{DAY}",
    ):
        for mode in ("", "&edit=1&do=interpolate"):
            page.goto(path + mode)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
