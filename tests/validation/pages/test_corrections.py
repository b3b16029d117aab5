"""The list of corrections: what was delivered, what is there now, and whose it is to see."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from metering.models import Series
from tests.queries import count_queries
from tests.scene import signed_in, text
from tests.validation.findings import Queue
from validation.models import Correction, Delivery

DAY = date(2026, 10, 25)


def make_correction(series: Series, day: date = DAY, **fields: object) -> Correction:
    delivery = Delivery.objects.create(
        series=series, first_day=day, last_day=day, delivered_at=timezone.now(), receiver="HUB", reference="october.csv"
    )
    given = {"before": 9_600, "after": 13_200, "values": 4, "cause": "Late data arrived"} | fields
    return Correction.objects.create(series=series, day=day, delivery=delivery, **given)


@pytest.fixture
def correction(queue: Queue) -> Correction:
    return make_correction(queue.series)


def test_a_correction_in_the_unit_with_a_link_to_its_day(queue: Queue, correction: Correction) -> None:
    page = text(signed_in(queue.anna).get("/corrections/"))
    for words in ("9.600 kWh", "13.200 kWh", "+3.600 kWh", "To be delivered", "Late data arrived", "HUB"):
        assert words in page
    client = signed_in(queue.anna)
    link = f"/values/?series={queue.series.pk}&amp;period=day&amp;date={DAY}"
    assert link in client.get("/corrections/").content.decode()
    assert client.get(link.replace("&amp;", "&")).status_code == 200


def test_only_what_is_to_be_delivered_unless_asked(queue: Queue, correction: Correction) -> None:
    make_correction(queue.series, date(2026, 10, 24), state=Correction.State.DELIVERED, cause="Settled long ago")
    client = signed_in(queue.anna)
    assert "Settled long ago" not in text(client.get("/corrections/"))
    assert "Settled long ago" in text(client.get("/corrections/?state=all"))
    assert "Late data arrived" not in text(client.get("/corrections/?state=delivered"))
    assert "Late data arrived" in text(client.get("/corrections/?day_after=2026-10-25&day_before=2026-10-25"))
    assert "Late data arrived" not in text(client.get("/corrections/?receiver=others"))


def test_a_day_without_any_value_is_told_from_zero(queue: Queue) -> None:
    make_correction(queue.series, before=None, after=0)
    page = text(signed_in(queue.anna).get("/corrections/"))
    assert "no value" in page and "0.000 kWh" in page


def test_nobody_sees_those_of_others(queue: Queue, correction: Correction) -> None:
    assert "Nothing to correct" in text(signed_in(queue.world.stranger).get("/corrections/"))
    make_correction(queue.world.foreign, cause="In another segment")
    assert "In another segment" not in text(signed_in(queue.world.pekka).get("/corrections/"))


def test_ten_corrections_take_no_more_queries_than_one(queue: Queue, correction: Correction) -> None:
    client = signed_in(queue.anna)
    client.get("/corrections/")
    with count_queries() as one:
        client.get("/corrections/")
    for number in range(1, 10):
        make_correction(queue.series, date(2026, 10, number))
    with count_queries() as ten:
        client.get("/corrections/")
    assert ten.number == one.number
