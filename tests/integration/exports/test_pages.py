"""The pages of exports: asking, watching, taking the file home, and who may not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access.models import AuditRecord, User
from access.roles import CUSTOMER_SERVICE, METERING_OPERATOR
from integration.exports.running import run_export
from integration.exports.states import State
from integration.models import ExternalId, FileExport, StoredFile
from integration.services.exports import cancel_export
from integration.services.files import drop_old_files
from metering.models import Series
from tests import factories as make
from tests.integration.exports.conftest import House
from tests.queries import count_queries
from tests.scene import signed_in, text

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 28, 22, tzinfo=UTC)
"""Midnight in Helsinki before the day of 23 hours."""


@pytest.fixture
def series(house: House) -> list[Series]:
    """Two consumptions of one metering point, a stand of another one, two days of each."""
    first, second = make.make_metering_point(house.utility), make.make_metering_point(house.utility)
    rows = [make.make_series(first), make.make_series(first, "1-0:2.29.0")]
    for row in rows:
        make.make_values(row, DAY, list(range(188)))
    stand = make.make_series(second, "1-0:1.8.0", kind="stand", periodicity="daily", interval_s=0, source="LGZ1")
    make.make_register_values(stand, {DAY: 5, DAY + timedelta(days=1): 9})
    return [*rows, stand]


@pytest.fixture
def operator(house: House) -> Client:
    return signed_in(house.user)


def form(**changes: object) -> dict[str, object]:
    """What the form sends when nothing was changed but the days."""
    chosen = {
        "format": "csv", "first": "2026-03-29", "last": "2026-03-29", "layout": "long", "unit": "kWh", "times": "local",
        "decimal": "point", "receiver": "", "purpose": "own", "days": "all",
    }  # fmt: skip
    return chosen | changes


def newest() -> FileExport:
    return FileExport.objects.latest("pk")


def test_from_the_data_browser_to_the_file(house: House, series: list[Series], operator: Client) -> None:
    browser = operator.get(f"/values/?series={series[0].pk},{series[1].pk}&period=day&date=2026-03-29")
    url = f"/exports/new/?series={series[0].pk},{series[1].pk}&first=2026-03-29&last=2026-03-29"
    assert f'href="{url.replace("&", "&amp;")}"' in text(browser)
    asked = text(operator.get(url))
    assert "2 series" in asked
    assert 'value="2026-03-29"' in asked
    answer = operator.post(url, form(), follow=True)
    assert answer.redirect_chain == [(newest().get_absolute_url(), 302)]
    assert "A worker takes it up in a moment." in text(answer)
    run_export(newest().pk)
    page = text(operator.get(newest().get_absolute_url()))
    assert "184 values" in page
    file = operator.get(f"/exports/{newest().pk}/download/")
    assert file.headers["Content-Disposition"] == f'attachment; filename="{newest().name}"'
    lines = file.getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 2 * 92
    assert lines[1].split(",")[5:] == ["2026-03-29T00:00:00+02:00", "0.000", "kWh", "measured"]
    assert "2026-03-29T23:45:00+03:00" in lines[92]
    assert AuditRecord.objects.filter(verb="downloaded", username=house.user.username).count() == 1


def test_from_the_list_of_metering_points_with_quantities_to_choose(
    house: House, series: list[Series], operator: Client
) -> None:
    asked = operator.get("/metering-points/?action=export&all=1")
    assert "You choose quantities, period and format on the next page." in text(asked)
    answer = operator.post("/metering-points/?action=export&all=1", {"count": "2"})
    assert answer.headers["Location"] == "/exports/new/?all=1&of=points"
    page = text(operator.get(answer.headers["Location"]))
    assert "2 metering points" in page
    assert "1 series" in page
    key = f"{series[2].measured_property_id}-stand-daily-0"
    operator.post(answer.headers["Location"], form(quantities=[key]))
    assert list(newest().series.values_list("series", flat=True)) == [series[2].pk]
    assert "This field is required" in text(operator.post(answer.headers["Location"], form()))


def test_what_the_format_cannot_say_is_told_before_it_is_written(
    house: House, series: list[Series], operator: Client
) -> None:
    ExternalId.objects.create(
        utility=house.utility, scheme="nmi", value="6102000001", metering_point=series[0].metering_point
    )
    url = "/exports/new/?series=" + ",".join(str(row.pk) for row in series)
    page = text(operator.post(url, form(format="nem12")))
    assert f"metering point {series[2].metering_point.gsrn} has no NMI" in page
    assert not FileExport.objects.exists()
    operator.post(url, form(format="nem12", anyway="1"))
    run_export(newest().pk)
    assert (newest().series_refused, newest().values) == (1, 2 * 160)  # two whole market days, 40 hours of them stored
    page = text(operator.get(newest().get_absolute_url() + "?which=left-out"))
    assert "1 series is not in the file." in page
    assert f"metering point {series[2].metering_point.gsrn} has no NMI" in page
    only = f"/exports/new/?series={series[2].pk}"
    assert "can hold none of the series" in text(operator.post(only, form(format="nem12")))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first": "2026-04-01"}, "The last day must not be before the first."),
        ({"first": "1999-01-01"}, "Choose a day between 2000 and 2099."),
        ({"last": "2089-01-01"}, "A file may hold 3,700 days at most."),
        ({"last": "tomorrow"}, "Enter a valid date."),
        ({"format": "runes"}, "Select a valid choice."),
    ],
)
def test_what_was_typed_wrong_is_said_beside_it(
    series: list[Series], operator: Client, changes: dict[str, object], words: str
) -> None:
    answer = operator.post(f"/exports/new/?series={series[0].pk}", form(**changes))
    assert (answer.status_code, FileExport.objects.count()) == (400, 0)
    assert words in text(answer)


def test_the_head_asks_for_itself_until_the_work_has_ended(
    house: House, series: list[Series], operator: Client
) -> None:
    row = house.ask("csv", [series[0].pk])
    asks = f'hx-get="/exports/{row.pk}/head/'
    assert asks in text(operator.get(f"/exports/{row.pk}/"))
    same = operator.get(f"/exports/{row.pk}/head/?seen=waiting", headers={"HX-Request": "true"})
    assert asks in text(same)
    run_export(row.pk)
    changed = operator.get(f"/exports/{row.pk}/head/?seen=waiting", headers={"HX-Request": "true"})
    assert (changed.status_code, changed.headers["HX-Refresh"]) == (204, "true")
    assert asks not in text(operator.get(f"/exports/{row.pk}/"))
    assert operator.get(f"/exports/{row.pk}/head/").headers["Location"] == f"/exports/{row.pk}/"


def test_cancelled_and_failed_exports_say_so(house: House, series: list[Series], operator: Client) -> None:
    row = house.ask("csv", [series[0].pk])
    assert "is cancelled" in text(operator.post(f"/exports/{row.pk}/cancel/", follow=True))
    assert "cannot be done" in text(operator.post(f"/exports/{row.pk}/cancel/", follow=True))
    FileExport.objects.filter(pk=row.pk).update(state=State.FAILED, cause="The disk is full.")
    page = text(operator.get(f"/exports/{row.pk}/"))
    assert "The disk is full." in page
    assert "Try again" in page
    assert "is being written" in text(operator.post(f"/exports/{row.pk}/retry/", follow=True))


def test_a_file_that_is_no_longer_kept(
    house: House, series: list[Series], operator: Client, settings: Settings
) -> None:
    row, _ = house.export("csv", [series[0].pk])
    StoredFile.objects.update(kept_at=timezone.now() - timedelta(days=settings.FILE_DAYS + 1))
    drop_old_files()
    assert "no longer kept" in text(operator.get(f"/exports/{row.pk}/"))
    assert "no longer kept" in text(operator.get(f"/exports/{row.pk}/download/", follow=True))


def people(house: House, series: list[Series]) -> dict[str, User]:
    """Who sees how much: the whole utility, one segment of it, another utility, everything but files."""
    segment = make.make_segment(house.utility)
    series[0].metering_point.segment = segment
    series[0].metering_point.save()
    return {
        "colleague": make.make_user(METERING_OPERATOR, utilities=[house.utility]),
        "north": make.make_user(METERING_OPERATOR, segments=[segment]),
        "stranger": make.make_user(METERING_OPERATOR, utilities=[make.make_utility("other")]),
        "service": make.make_user(CUSTOMER_SERVICE, utilities=[house.utility]),
    }


def test_who_may_see_and_take_a_file_home(house: House, series: list[Series]) -> None:
    reach = people(house, series)
    row, _ = house.export("csv")
    expected = {"colleague": (200, 200), "north": (404, 404), "stranger": (404, 404), "service": (403, 403)}
    for name, user in reach.items():
        client = signed_in(user)
        page, file = client.get(f"/exports/{row.pk}/"), client.get(f"/exports/{row.pk}/download/")
        assert (page.status_code, file.status_code) == expected[name], name
    assert Client().get(f"/exports/{row.pk}/").status_code == 302


def test_a_person_of_a_segment_exports_what_lies_in_it_and_nothing_else(house: House, series: list[Series]) -> None:
    north = people(house, series)["north"]
    client = signed_in(north)
    everything = ",".join(str(row.pk) for row in series)
    client.post(f"/exports/new/?series={everything}", form())
    assert list(newest().series.values_list("series", flat=True)) == [series[0].pk, series[1].pk]
    run_export(newest().pk)
    assert client.get(f"/exports/{newest().pk}/download/").status_code == 200
    assert client.get(f"/exports/new/?series={series[2].pk}").status_code == 404
    north.user_permissions.clear()
    series[0].metering_point.segment = None
    series[0].metering_point.save()
    assert client.get(f"/exports/{newest().pk}/download/").status_code == 403
    assert "not open to you" in text(client.get(f"/exports/{newest().pk}/"))


def test_empty_states_differ(house: House, series: list[Series], operator: Client) -> None:
    assert "No file was asked for yet" in text(operator.get("/exports/"))
    row = house.ask("csv", [series[0].pk])
    assert row.name in text(operator.get("/exports/"))
    assert "Nothing matches these filters" in text(operator.get("/exports/?q=nothing-like-it"))
    assert row.name in text(operator.get("/exports/?kind=csv"))
    assert row.name not in text(operator.get("/exports/?kind=nem12"))
    cancel_export(row=row, user=house.user)
    assert "Cancelled" in text(operator.get("/exports/?state=cancelled"))
    empty, _ = house.export(
        "csv", [series[0].pk], start=datetime(2025, 1, 1, tzinfo=UTC), end=datetime(2025, 1, 2, tzinfo=UTC)
    )
    assert "the file is empty" in text(operator.get(f"/exports/{empty.pk}/"))


def test_a_list_of_many_exports_costs_what_a_list_of_one_costs(
    house: House, series: list[Series], operator: Client
) -> None:
    house.ask("csv", [series[0].pk])
    one = cost(operator, "/exports/")
    for _ in range(5):
        house.ask("csv", [series[0].pk])
    assert cost(operator, "/exports/") == one
    small, large = house.ask("csv", [series[0].pk]), house.ask("csv", [each.pk for each in series])
    assert cost(operator, f"/exports/{small.pk}/") == cost(operator, f"/exports/{large.pk}/")


def cost(client: Client, url: str) -> int:
    """Queries of a page."""
    with count_queries() as counted:
        assert client.get(url).status_code == 200
    return counted.number
