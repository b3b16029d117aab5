"""Changing a whole stretch: the preview of every method, what is saved, and what changed after the reader looked."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.models import AuditRecord
from metering import store
from metering.models import Series
from metering.quality import Quality
from metering.store import NO_VALUE
from tests import factories as make
from tests.metering.pages.world import World, store_day, store_register, utc
from tests.scene import signed_in

FROM, TO = "2026-06-02T00:00:00Z", "2026-06-02T01:00:00Z"
START = utc(2026, 6, 2)
VALUES = [100, None, None, 400]


@pytest.fixture
def stretch(world: World) -> World:
    """An hour of values with a gap of two, on a day of 10 Wh."""
    store_day(world.consumption, date(2026, 6, 2), [*VALUES, *[10] * 92])
    return world


def address(*series: Series, name: str = "change", **query: str) -> str:
    asked = {"series": ",".join(str(each.pk) for each in series), "from": FROM, "to": TO, **query}
    return f"{reverse(f'metering:{name}')}?{urlencode(asked)}"


def text(response: Any) -> str:
    return unescape(response.content.decode())


def hidden(page: str) -> dict[str, str]:
    """What the form of the preview carries along."""
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[-1] for name in ("seen", "proposal")}


def save(client: Client, url: str, reason: str = "read by hand") -> Any:
    return client.post(url, hidden(text(client.get(url))) | {"reason": reason})


def stored(series: Series, start: datetime = START) -> tuple[list[int], list[int]]:
    matrix = store.read([series.pk], start, start + timedelta(hours=1))
    return matrix.values[0].tolist(), matrix.quality[0].tolist()


@pytest.mark.parametrize(
    ("asked", "values", "codes"),
    [
        ({"do": "interpolate"}, [100, 200, 300, 400], [0, Quality.EDITED, Quality.EDITED, 0]),
        ({"do": "interpolate", "total": "1.101"}, [100, 240, 361, 400], [0, Quality.EDITED, Quality.EDITED, 0]),
        ({"do": "constant", "value": "0.1"}, [100] * 4, [0, *[Quality.EDITED] * 3]),
        ({"do": "scale", "factor": "1.5"}, [150, NO_VALUE, NO_VALUE, 600], [Quality.EDITED, 255, 255, Quality.EDITED]),
        ({"do": "scale", "total": "0.25"}, [50, NO_VALUE, NO_VALUE, 200], [Quality.EDITED, 255, 255, Quality.EDITED]),
        ({"do": "delete"}, [NO_VALUE] * 4, [Quality.DELETED, 255, 255, Quality.DELETED]),
    ],
)
def test_a_method_is_previewed_then_saved_with_a_reason(
    stretch: World, asked: dict[str, str], values: list[int], codes: list[int]
) -> None:
    client, url = signed_in(stretch.anna), address(stretch.consumption, **asked)
    page = text(client.get(url))
    assert "nothing is saved yet" in page and stored(stretch.consumption)[0] == [100, NO_VALUE, NO_VALUE, 400]
    assert save(client, url).status_code == 302
    codes = [Quality.MISSING if code == 255 else code for code in codes]
    assert stored(stretch.consumption) == (values, codes)
    record = AuditRecord.objects.get(verb="values edited")
    assert record.details["method"] == asked["do"] and record.details["reason"] == "read by hand"


def test_the_preview_tells_sums_before_and_after_and_against_the_registers(stretch: World) -> None:
    daily = make.make_series(stretch.north, "1-0:1.8.0", kind=Series.Kind.STAND, periodicity=Series.Periodicity.DAILY)
    store_register(daily, [utc(2026, 6, 2), utc(2026, 6, 2, 1)], [5000, 6100])
    page = text(signed_in(stretch.anna).get(address(stretch.consumption, do="interpolate", total="1.1")))
    for row in ("0.500", "1.100", "+0.600", "−0.600", "0.000", "The registers say 1.100 kWh"):
        assert row in page
    assert "2 values of 4 would change" in page


def test_the_chart_has_the_values_after_the_change_and_the_stretch_told_apart(stretch: World) -> None:
    url = address(stretch.consumption, name="change-chart", do="interpolate")
    document = signed_in(stretch.anna).get(url).json()
    before, after = document["series"]
    assert (before["label"], after["label"]) == ("Stored", "After the change")
    assert before["values"][12:16] == VALUES and after["values"][12:16] == [100, 200, 300, 400]
    assert document["marked"] == [int(utc(2026, 6, 2, hour).timestamp()) for hour in (0, 1)]


def test_copying_from_a_day_of_another_length_says_its_rules(world: World) -> None:
    autumn = date(2026, 10, 25)
    store_day(world.consumption, autumn, [1, 2, 3, 4, 5, 6, 7, 8, *[9] * 88])
    store_day(world.consumption, date(2026, 10, 24), 7)
    store_day(world.consumption, date(2026, 10, 27), 3)
    local = {"from": "2026-10-25", "to": "2026-10-25", "do": "copy"}
    client = signed_in(world.anna)
    page = text(client.get(address(world.consumption, **local, day="2026-10-27")))
    assert "a working day is copied to a Sunday" in page
    assert "The hour that comes twice takes the one hour of the other day twice." in page
    url = address(world.consumption, **local, day="2026-10-27")
    assert save(client, url).status_code == 302
    assert stored(world.consumption, utc(2026, 10, 25))[0] == [3] * 4
    assert stored(world.consumption, utc(2026, 10, 25, 1))[0] == [3] * 4


def test_accepting_takes_suspect_values_as_they_are(world: World) -> None:
    store_day(world.consumption, date(2026, 6, 2), [5, 6, 7, 8], quality=Quality.SUSPECT)
    client, url = signed_in(world.anna), address(world.consumption, do="accept")
    assert save(client, url).status_code == 302
    assert stored(world.consumption) == ([5, 6, 7, 8], [Quality.ACCEPTED] * 4)
    assert "Nothing would change" in text(client.get(url))


def test_a_day_is_put_back_to_a_state_its_versions_show(stretch: World) -> None:
    client = signed_in(stretch.anna)
    before = timezone.now()
    assert save(client, address(stretch.consumption, do="delete"), "a mistake").status_code == 302
    versions = text(client.get(reverse("metering:value", args=[stretch.consumption.pk, FROM])))
    found = re.search(r'href="([^"]*do=restore[^"]*)"', versions)
    assert found is not None and "Put this day back" in versions
    answer = save(client, found.group(1), "undone")
    assert answer.status_code == 302
    assert stored(stretch.consumption) == ([100, NO_VALUE, NO_VALUE, 400], [0, Quality.MISSING, Quality.MISSING, 0])
    newest, deleted, measured = store.history(stretch.consumption.pk, utc(2026, 6, 2))
    assert (newest.value, deleted.value, measured.value) == (100, None, 100)
    assert (newest.origin.message, newest.origin.user_id) == ("undone", stretch.anna.pk)
    assert measured.since < before.astimezone(UTC) < deleted.since


def test_values_that_changed_after_the_preview_are_shown_and_nothing_is_saved(stretch: World) -> None:
    client, url = signed_in(stretch.anna), address(stretch.consumption, do="interpolate")
    carried = hidden(text(client.get(url)))
    make.make_values(stretch.consumption, utc(2026, 6, 2), [700])
    answer = client.post(url, carried | {"reason": "phoned"})
    page = text(answer)
    assert answer.status_code == 409 and "Values changed after you looked" in page and 'value="phoned"' in page
    assert "0.600" in page and stored(stretch.consumption)[0][1] == NO_VALUE
    assert client.post(url, hidden(page) | {"reason": "phoned"}).status_code == 302
    assert stored(stretch.consumption)[0] == [700, 600, 500, 400]


def test_a_neighbour_that_changed_after_the_preview_is_noticed_too(stretch: World) -> None:
    inner = {"from": "2026-06-02T00:15:00Z", "to": "2026-06-02T00:45:00Z", "do": "interpolate"}
    client, url = signed_in(stretch.anna), address(stretch.consumption, **inner)
    carried = hidden(text(client.get(url)))
    make.make_values(stretch.consumption, utc(2026, 6, 2), [700])
    assert client.post(url, carried | {"reason": "phoned"}).status_code == 409
    assert stored(stretch.consumption)[0][1] == NO_VALUE


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"do": "constant", "value": "0.0001"}, "multiples of 0.001"),
        ({"do": "constant", "value": "1,5"}, "the decimal sign is a point"),
        ({"do": "scale"}, "Every value in proportion"),
        ({"do": "scale", "factor": "2", "total": "5"}, "either a factor or a total"),
        ({"do": "scale", "factor": "9999999"}, "A factor is at most"),
        ({"do": "scale", "factor": "0.001", "total": ""}, "nothing is saved yet"),
        ({"do": "interpolate", "total": "0.1"}, "already add up to more"),
        ({"do": "copy", "day": "2026-05-01"}, "no values to copy from"),
        ({"do": "copy", "day": "1815-06-18"}, "between 1990 and 2099"),
        ({"do": "restore", "as_of": "yesterday"}, "Write a date and time as"),
    ],
)
def test_what_a_method_cannot_do_is_said(stretch: World, asked: dict[str, str], words: str) -> None:
    assert words in text(signed_in(stretch.anna).get(address(stretch.consumption, **asked)))


def test_without_a_reason_or_with_a_forged_form_nothing_is_saved(stretch: World) -> None:
    client, url = signed_in(stretch.anna), address(stretch.consumption, do="delete")
    assert save(client, url, "  ").status_code == 400
    assert client.post(url, {"seen": "forged", "proposal": "x", "reason": "x"}).status_code == 400
    assert stored(stretch.consumption)[0][0] == 100


def test_stands_and_too_long_stretches_are_refused(stretch: World) -> None:
    stand = make.make_series(stretch.north, "1-0:1.8.0", kind=Series.Kind.STAND)
    client = signed_in(stretch.anna)
    assert "as the meter showed them" in text(client.get(address(stand, do="delete")))
    long = address(stretch.consumption, **{"from": "2024-06-01", "to": "2026-06-01", "do": "delete"})
    assert "at most 36000 can be changed at a time" in text(client.get(long))
    assert client.post(long, {"seen": "", "reason": "x"}).status_code == 400


@pytest.mark.parametrize("name", ["change", "change-chart"])
def test_who_may_change(stretch: World, name: str) -> None:
    url = address(stretch.consumption, name=name, do="delete")
    assert signed_in(stretch.anna).get(url).status_code == 200
    assert signed_in(stretch.pekka).get(url).status_code == 403
    assert signed_in(stretch.stranger).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    both = address(stretch.consumption, stretch.foreign, name=name)
    assert signed_in(stretch.anna).get(both).status_code == 404
