"""What JavaScript adds to the edit mode: pasting, keys, marks, running sum, undoing, a warning; and doing without."""

from datetime import date

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from metering import store
from metering.models import Series
from tests import factories as make
from tests.browsing import PageOf
from tests.metering.pages.world import World, store_day, store_register, utc

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASTE = """(input, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
FIRST_OF_UTC_DAY = 12
"""Place of 00:00 UTC among the inputs of the local day, which begins at 21:00 UTC."""


@pytest.fixture
def edited(world: World) -> World:
    """A local day of 10 Wh a quarter hour; the registers say 1 kWh."""
    for number in (1, 2):
        store_day(world.consumption, date(2026, 6, number), 10)
    daily = make.make_series(world.north, "1-0:1.8.0", kind=Series.Kind.STAND, periodicity=Series.Periodicity.DAILY)
    store_register(daily, [utc(2026, 6, 1, 21), utc(2026, 6, 2, 21)], [5000, 6000])
    return world


@pytest.fixture
def page(page_of: PageOf, edited: World) -> Page:
    return page_of(edited.anna, f"/values/?series={edited.consumption.pk}&period=day&date=2026-06-02&edit=1")


def field(page: Page, place: int) -> Locator:
    return page.locator("input[data-stored]").nth(place)


def paste(page: Page, place: int, text: str) -> None:
    field(page, place).focus()
    field(page, place).evaluate(PASTE, text)


def values(page: Page, *places: int) -> list[str]:
    return [field(page, place).input_value() for place in places]


def stored(world: World) -> list[int]:
    values: list[int] = store.read([world.consumption.pk], utc(2026, 6, 2), utc(2026, 6, 2, 1)).values[0].tolist()
    return values


def test_a_pasted_column_fills_downwards_and_is_saved(page: Page, edited: World) -> None:
    paste(page, FIRST_OF_UTC_DAY, "0.001\r\n0.002\r\n\r\n0.004\r\n")
    assert values(page, *range(FIRST_OF_UTC_DAY, FIRST_OF_UTC_DAY + 5)) == ["0.001", "0.002", "", "0.004", "0.010"]
    expect(field(page, FIRST_OF_UTC_DAY + 3)).to_be_focused()
    expect(page.locator("tr.changed")).to_have_count(4)
    expect(page.locator("[data-changed]")).to_have_text("4 changed, not saved")
    page.get_by_label("Reason").fill("read by hand")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Values saved: 4 changed.")).to_be_visible()
    expect(page.locator(".period h2")).to_have_text("Tuesday 2 June 2026")
    assert stored(edited) == [1, 2, store.NO_VALUE, 4]


def test_the_running_sum_is_told_with_its_difference_to_store_and_registers(page: Page) -> None:
    sums = page.locator(".sums")
    expect(sums).to_contain_text("0.960")
    expect(page.locator("[data-registers]")).to_have_text("−0.040")
    field(page, 0).fill("1234.51")
    expect(page.locator("[data-sum]")).to_have_text("1\u202f235.460")
    expect(page.locator("[data-off]")).to_have_text("+1\u202f234.500")
    expect(page.locator("[data-registers]")).to_have_text("+1\u202f234.460")
    field(page, 0).fill("0.010")
    expect(page.locator("[data-sum]")).to_be_hidden()


def test_enter_and_arrows_go_through_the_column_and_escape_takes_back(page: Page) -> None:
    field(page, 3).focus()
    for key, place in (("Enter", 4), ("ArrowDown", 5), ("ArrowUp", 4), ("Shift+Enter", 3)):
        page.keyboard.press(key)
        expect(field(page, place)).to_be_focused()
    page.keyboard.type("0.5")  # the field was selected, so this replaces what stood there
    assert values(page, 3) == ["0.5"]
    page.keyboard.press("Escape")
    assert values(page, 3) == ["0.010"]
    expect(page.locator("tr.changed")).to_have_count(0)
    assert "edit=1" in page.url


def test_the_last_and_the_first_field_are_the_end(page: Page) -> None:
    for place, key in ((95, "Enter"), (0, "ArrowUp")):
        field(page, place).focus()
        page.keyboard.press(key)
        expect(field(page, place)).to_be_focused()


def test_undo_takes_back_step_by_step(page: Page) -> None:
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_hidden()
    field(page, 0).press_sequentially("7")
    paste(page, 4, "0.1\n0.2")
    undo.click()
    assert values(page, 4, 5) == ["0.010", "0.010"]
    field(page, 4).press("Control+z")
    assert values(page, 0) == ["0.010"]
    expect(undo).to_be_hidden()
    expect(page.locator("tr.changed")).to_have_count(0)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1,5", "the decimal sign is “.”"),
        ("1 500", "not grouped"),
        ("0.0001", "more than 3 digits"),
        ("9" * 17, "too large"),
        ("x", "not a number"),
    ],
)
def test_what_is_no_value_is_said_at_once_in_its_row(page: Page, typed: str, words: str) -> None:
    field(page, 0).fill(typed)
    row = page.locator("tr.changed")
    expect(row).to_contain_text(words)
    expect(field(page, 0)).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[data-changed]")).to_have_text("1 changed, 1 of them not accepted")
    field(page, 0).fill("0.5")
    expect(row).not_to_contain_text(words)
    assert field(page, 0).get_attribute("aria-invalid") is None


def test_several_columns_are_refused_and_rows_too_many_are_told(page: Page) -> None:
    paste(page, 0, "03:00\t0.5\n03:15\t0.6")
    expect(page.locator("[data-said]")).to_contain_text("copy one column of numbers")
    assert values(page, 0, 1) == ["0.010", "0.010"]
    paste(page, 94, "1\n2\n3")
    assert values(page, 94, 95) == ["1", "2"]
    expect(page.locator("[data-said]")).to_contain_text("1 of 3 pasted values have no row")


def test_a_comma_is_the_sign_where_the_page_says_so(page: Page, edited: World) -> None:
    with page.expect_navigation():  # until loaded, so that pasting is listened to
        page.get_by_role("link", name="use a comma").click()
    paste(page, FIRST_OF_UTC_DAY, "0,003\n0,005")
    expect(page.locator("[data-off]")).to_have_text("−0.012")
    page.get_by_label("Reason").fill("read by hand")
    page.get_by_label("Reason").press("Enter")
    expect(page.get_by_text("Values saved: 2 changed.")).to_be_visible()
    assert stored(edited)[:2] == [3, 5]


def test_leaving_with_unsaved_values_is_asked_about(page: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="Data Browser")).to_be_visible()
    assert asked == []
    page.go_back()
    field(page, 0).fill("0.5")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="Edit values")).to_be_visible()
    assert asked == ["beforeunload"] and values(page, 0) == ["0.5"]


def test_everything_can_be_done_with_the_keyboard(page: Page, edited: World) -> None:
    page.goto(f"/values/?series={edited.consumption.pk}&period=day&date=2026-06-02")
    page.locator("body").press("e")
    expect(page.get_by_role("heading", name="Edit values")).to_be_visible()
    field(page, FIRST_OF_UTC_DAY).focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("0.009")
    page.keyboard.press("Enter")
    page.get_by_label("Reason").focus()
    page.keyboard.type("phoned")
    for name in ("Undo", "Cancel", "Save"):
        page.keyboard.press("Tab")
        expect(page.get_by_text(name, exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 changed")).to_be_visible()
    assert stored(edited)[0] == 9


def test_the_form_works_without_scripts(page_of: PageOf, edited: World) -> None:
    path = f"/values/?series={edited.consumption.pk}&period=day&date=2026-06-02"
    page = page_of(edited.anna, path, scripts=False)
    page.get_by_role("link", name="Edit", exact=True).click()
    field(page, FIRST_OF_UTC_DAY).fill("0.008")
    page.get_by_label("Reason").fill("read by hand")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Values saved: 1 changed.")).to_be_visible()
    assert stored(edited)[0] == 8
