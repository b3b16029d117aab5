"""What arrives damaged is found, estimated and explained by the workers alone, until the true values come."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from access.models import User, Utility
from aim.demo.files import plants
from aim.demo.large import make_large_customers
from events.services.examine import examine
from headend.services.gaps import find_gaps
from headend.wake import BULK
from headend.worker import work_off as read_gaps
from integration.imports.running import work
from integration.imports.states import State
from integration.models import FileImport
from integration.services.files import keep
from integration.services.uploads import Order, begin_import
from metering.display import method_words
from metering.models import MeteringPoint, Series
from metering.quality import SCALED, Quality, QualityClass, method_of, quality_class
from metering.store import Matrix
from metering.store import read as stored
from rig.simulator_process import Simulator
from tests.end_to_end.reading import read
from validation import queue
from validation.models import Finding
from validation.services.arrivals import work_off

GAP, OUTAGE = timedelta(hours=6), timedelta(minutes=95)


def test_a_gap_and_an_outage_of_meters_are_filled_until_the_rows_come(demo: Simulator) -> None:
    gapped, dark = demo.serials[:2]
    gap, outage = _at(demo, 5, 12), _at(demo, 3, 7) + timedelta(minutes=5)
    demo.fault(gapped, "gap", start=gap.isoformat(), end=(gap + GAP).isoformat())
    demo.fault(dark, "power_failure", start=outage.isoformat(), end=(outage + OUTAGE).isoformat())
    read("profile")
    _validate()
    assert _words(dark, outage) == {"Estimated: interpolated, scaled to the register"}
    read("events")
    examine()
    _validate()

    assert _missing() == {gapped: "estimated", dark: "estimated"}
    filled = _of(gapped, gap - timedelta(minutes=15), gap + GAP)
    assert set(quality_class(filled.quality[0]).tolist()) == {QualityClass.ESTIMATED}
    assert (filled.quality & SCALED).all()
    assert _words(dark, outage) == {"Estimated: zero in an outage, scaled to the register"}

    demo.clear_faults()
    find_gaps()
    read_gaps(BULK)
    _validate()
    late = _of(gapped, gap - timedelta(minutes=15), gap + GAP)
    assert set(quality_class(late.quality[0]).tolist()) == {QualityClass.MEASURED}
    assert late.values.sum() == filled.values.sum()


@pytest.fixture
def imported(database: str, demo: Simulator, tmp_path: Path, settings: Settings) -> Callable[..., FileImport]:
    """Gives the demo utility a file of its large customers; workers import it and validate what it brought."""
    settings.FILES = tmp_path
    utility, user = Utility.objects.get(), User.objects.get(username="mikko")
    today = timezone.now().astimezone(utility.zone).date()
    gsrns = [point.gsrn for point in make_large_customers(utility, today)]

    def give(pieces: Callable[..., Iterator[bytes]]) -> FileImport:
        order = Order("large.csv", format="table", layout=plants.mapping(utility.zone), confirm_at_once=True)
        octets = b"".join(pieces(gsrns, utility.zone, today))
        row = begin_import(utility=utility, file=keep([octets]), order=order, user=user)
        work(row.pk)
        _validate()
        row.refresh_from_db()
        return row

    return give


def test_damaged_values_of_a_file_are_found_and_explained(imported: Callable[..., FileImport]) -> None:
    assert imported(plants.file).state == State.DONE
    found = {
        (_name(each), each.rule_name, each.state)
        for each in Finding.objects.exclude(series__metering_point__contracts=None)
    }
    assert {
        ("Konepaja Rautakoura Oy", "Missing", "estimated"),
        ("Konepaja Rautakoura Oy", "Differs from check meter", "open"),
        ("Saha Tukkipoika Oy", "Spike", "estimated"),
        ("Saha Tukkipoika Oy", "Code of an error", "open"),
        ("Kasvihuone Tomaattila Oy", "Negative", "open"),
        ("Kylmävarasto Jääpuikko Oy", "Flat for half a day", "noted"),
    } <= found
    spike = Finding.objects.get(rule_name="Spike", state="estimated")
    assert spike.value is not None and spike.limit is not None and spike.value > spike.limit
    assert _highest(spike) < spike.value
    code = Finding.objects.get(rule_name="Code of an error")
    assert (code.value, code.count) == (2**32 - 1, 4)
    assert _highest(code) < 2**32 - 1


def test_a_day_that_comes_late_takes_the_place_of_its_estimates(imported: Callable[..., FileImport]) -> None:
    imported(plants.file)
    late = Finding.objects.filter(series__metering_point__contracts__customer__name="Kasvihuone Tomaattila Oy")
    finding = late.get(rule_name="Missing", count=96)
    assert {method_of(code) for code in _day(finding).quality[0].tolist()} - {None}
    imported(plants.late_file)
    assert set(_day(finding).quality[0].tolist()) <= {Quality.MEASURED, Quality.VERIFIED}
    finding.refresh_from_db()
    assert finding.state != Finding.State.OPEN


def _validate() -> None:
    """As if the time had passed that a day which still arrives is left in peace."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE validation_due SET due_at = now()")
    work_off()
    assert queue.waiting()[0] == 0


def _missing() -> dict[str, str]:
    """By serial number the state of what was found missing on days the meter has values before and after."""
    rows = Finding.objects.filter(rule_name="Missing", count__lt=96).order_by("pk")
    return {_serial(each): each.state for each in rows if each.day < timezone.now().date() - timedelta(days=1)}


def _serial(finding: Finding) -> str:
    return str(finding.series.metering_point.installations.get().device.serial_number)


def _name(finding: Finding) -> str:
    return str(finding.series.metering_point.contracts.earliest("pk").customer.name)


def _words(serial: str, outage: datetime) -> set[str]:
    """How the values of the hour inside the outage were found."""
    off = _of(serial, outage + timedelta(minutes=10), outage + timedelta(minutes=70))
    return {method_words(code) for code in off.quality[0].tolist()}


def _of(serial: str, start: datetime, end: datetime) -> Matrix:
    point = MeteringPoint.objects.get(installations__device__serial_number=serial)
    series = Series.objects.get(metering_point=point, measured_property__obis="1-0:1.29.0", interval_s=900)
    return stored([series.pk], start, end)


def _day(finding: Finding) -> Matrix:
    zone = finding.series.metering_point.utility.zone
    start = datetime(finding.day.year, finding.day.month, finding.day.day, tzinfo=zone)
    return stored([finding.series_id], start, start + timedelta(days=1))


def _highest(finding: Finding) -> int:
    return int(_day(finding).values.max())


def _at(simulator: Simulator, days_ago: int, hour: int) -> datetime:
    return (simulator.now - timedelta(days=days_ago)).replace(hour=hour, minute=0, second=0)
