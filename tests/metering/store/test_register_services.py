"""What is recorded of registers: in the admin, beside writers, where months are archived, and in the trail."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from access.models import AuditRecord
from metering.models import BoundaryStand, Multiplier, Series
from metering.services.boundaries import ExchangedRegister, record_boundary, record_exchange, remove_boundary
from metering.services.factors import set_multiplier
from metering.services.series import SeriesSpec, ensure_series, set_register_digits
from metering.store import Origin, read, write
from metering.store.archive.leaving import archive_month
from protocols.dlms.obis import Obis
from tests.beside import PATIENCE_S, Stop, beside, until_it_waits
from tests.factories import make_administrator

from .archive_world import empty_store
from .conftest import SeriesMaker
from .meters import Consumption, consumption
from .samples import block, instant


@pytest.fixture
def office(db: None, client: Client) -> Client:
    client.force_login(make_administrator())
    return client


def _page(office: Client, name: str, data: dict[str, object], *, pk: int | None = None) -> list[str]:
    """Post a form of the admin; what it says afterwards."""
    page = reverse(f"admin:metering_{name}", args=[] if pk is None else [pk])
    answer = office.post(page, data, follow=True)
    assert answer.status_code == 200
    assert not answer.context.get("errors"), answer.context["errors"]
    return [str(message) for message in answer.context["messages"]]


def _known(used: Consumption) -> list[int]:
    return list(used.values().values())


def test_multiplier_in_the_admin(office: Client, make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    write(block(used.meter.id, [1, 2, 4]), origin=Origin())
    fields = {"metering_point": used.meter.series.metering_point_id, "source": used.meter.serial}
    since = {"valid_from_0": "2020-01-01", "valid_from_1": "00:00:00"}
    said = _page(office, "multiplier_add", {**fields, **since, "numerator": 20, "denominator": 1})
    assert "Consumption derived again: 0 values new, 2 changed, 0 refused." in said
    multiplier = Multiplier.objects.get()
    _page(office, "multiplier_change", {"numerator": 30, "denominator": 1, "reason": "wrong plate"}, pk=multiplier.pk)
    assert _known(used) == [30, 60]
    _page(office, "multiplier_delete", {"post": "yes"}, pk=multiplier.pk)
    assert (_known(used), Multiplier.objects.count()) == ([1, 2], 0)
    trail = AuditRecord.objects.filter(verb__in=["set", "removed"]).order_by("id")
    assert list(trail.values_list("verb", flat=True)) == ["set", "set", "removed"]


def test_boundary_stands_in_the_admin(office: Client, make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    write(block(used.meter.id, [1, 2, 4, 7]), origin=Origin())
    series = used.meter.series
    at = {"at_0": "2026-03-10", "at_1": "00:30:00", "side": "final", "value": "4"}
    identity = {"metering_point": series.metering_point_id, "measured_property": series.measured_property_id}
    _page(office, "boundarystand_add", {**identity, **at, "source": used.meter.serial})
    boundary = BoundaryStand.objects.get()
    assert (boundary.at, _known(used)) == (instant(0, 0, 30), [1, 2])
    _page(office, "boundarystand_delete", {"post": "yes"}, pk=boundary.pk)
    assert _known(used) == [1, 2, 3]


def test_digits_in_the_admin(office: Client, make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    write(block(used.meter.id, [998, 4]), origin=Origin())
    said = _page(office, "series_change", {"register_digits": 3}, pk=used.meter.id)
    assert "Consumption derived again: 0 values new, 1 changed, 0 refused." in said
    assert _known(used) == [6]
    assert AuditRecord.objects.get(verb="set").summary == "Digits of 1 registers: 3"


@pytest.mark.django_db
def test_an_exchange_names_a_register_once(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    series = used.meter.series
    twice = [ExchangedRegister(series.measured_property)] * 2
    with pytest.raises(ValidationError, match="named twice"):
        record_exchange(
            metering_point=series.metering_point, at=instant(), old=series.source, new="new", registers=twice
        )
    assert BoundaryStand.objects.count() == 0


@pytest.mark.django_db
def test_every_record_of_a_boundary_is_in_the_trail(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    series = used.meter.series
    boundary = BoundaryStand(
        metering_point=series.metering_point, measured_property=series.measured_property, source=series.source,
        at=instant(), side="initial",
    )  # fmt: skip
    record_boundary(boundary=boundary)
    remove_boundary(boundary=BoundaryStand.objects.get())
    assert list(AuditRecord.objects.order_by("id").values_list("verb", flat=True)) == ["recorded", "removed"]


@pytest.mark.django_db(transaction=True)
def test_a_series_made_meanwhile_takes_the_new_multiplier(make_series: SeriesMaker) -> None:
    """It is there before the multiplier is, and its values are stored before anybody else can see the multiplier."""
    empty_store()
    point, made, set_before = make_series.point, Stop(), Stop()
    profile = (Series.Kind.STAND, Series.Periodicity.INTERVAL, 900)
    spec = SeriesSpec(point.pk, Obis.parse("1-0:1.8.0"), "Wh", *profile, "S1")
    multiplier = Multiplier(metering_point=point, source="S1", valid_from=instant(-9), numerator=20)

    def write_slowly() -> Series:
        with transaction.atomic():
            stand = ensure_series([spec], {})[spec]
            made.wait()
            write(block(stand.pk, [1, 2]), origin=Origin())
            return stand

    def set_slowly() -> None:
        with transaction.atomic():
            set_multiplier(multiplier=multiplier)
            set_before.wait()

    with beside(write_slowly) as writing:
        made.until_reached()
        with beside(set_slowly) as setting:
            until_it_waits(setting)
            made.let_go()
            stand = writing.result(PATIENCE_S)
            set_before.let_go()
            setting.result(PATIENCE_S)
    assert stand.feeds_id is not None
    assert read([stand.feeds_id], instant(0), instant(0, 0, 15)).values.tolist() == [[20]]
    empty_store()


@pytest.mark.django_db(transaction=True)
def test_archived_months_are_named_and_the_rest_is_derived(
    make_series: SeriesMaker,
    settings: LazySettings,
    tmp_path: Path,
) -> None:
    settings.FILES = tmp_path
    empty_store()
    used = consumption(make_series)
    may = (dt.date(2021, 5, 3) - dt.date(2026, 3, 10)).days
    for day in (may, 0):
        write(block(used.meter.id, np.arange(96), day=day), origin=Origin())
    archive_month("interval", dt.date(2021, 5, 1))
    counts = set_register_digits(series=[used.meter.series], digits=5)
    assert (counts.changed, counts.refused) == (0, 96)
    counts = used.meter.multiplied(instant(may - 30), 10)
    assert (counts.changed, counts.refused) == (95, 96)
    assert [(each.series_id, each.reason) for each in counts.refusals] == [
        (used.meter.id, "the month is archived: run manage.py store unarchive 2021-05")
    ]
    assert read([used.id], instant(may), instant(may + 1)).values[0, 0] == 1
    assert set(_known(used)) == {10}
    empty_store()
