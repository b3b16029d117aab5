"""What every resource of the API promises, as data: the tests of `test_resources` run over this list."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model

from tests.api.scene import START, Home


def _iso(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Resource:
    """`row` picks the resource's row of a home. `filters`: parameter → a value that fits this row and no other home's.

    `queries` is the number of SQL queries of a list of whatever length, authentication included.
    """

    path: str
    row: Callable[[Home], Model]
    queries: int
    filters: dict[str, Callable[[Home], Any]] = field(default_factory=dict)
    by_segment: bool = True

    def __str__(self) -> str:
        return self.path


RESOURCES = [
    Resource(
        "metering-points", lambda home: home.metering_point, 4,
        {
            "gsrn": lambda home: home.metering_point.gsrn,
            "segment": lambda home: home.segment.code,
            "transformer_area": lambda home: home.area.code,
            "city": lambda home: home.metering_point.city.upper(),
            "customer_number": lambda home: home.customer.number,
            "search": lambda home: home.metering_point.gsrn[:17],
        },
    ),
    Resource(
        "transformer-areas", lambda home: home.area, 4,
        {"code": lambda home: home.area.code}, by_segment=False,
    ),
    Resource(
        "customers", lambda home: home.customer, 7,
        {
            "number": lambda home: home.customer.number,
            "name": lambda home: home.customer.name.lower(),
            "metering_point": lambda home: home.metering_point.pk,
        },
    ),
    Resource(
        "series", lambda home: home.series, 4,
        {"metering_point": lambda home: home.metering_point.pk, "gsrn": lambda home: home.metering_point.gsrn},
    ),
    Resource(
        "devices", lambda home: home.device, 4,
        {
            "serial_number": lambda home: home.device.serial_number,
            "segment": lambda home: home.segment.code,
            "metering_point": lambda home: home.metering_point.pk,
            "search": lambda home: home.device.serial_number.lower(),
        },
    ),
    Resource(
        "installations", lambda home: home.installation, 4,
        {
            "device": lambda home: home.device.pk,
            "serial_number": lambda home: home.device.serial_number,
            "metering_point": lambda home: home.metering_point.pk,
            "gsrn": lambda home: home.metering_point.gsrn,
        },
    ),
    Resource(
        "events", lambda home: home.event, 4,
        {"device": lambda home: home.device.pk, "metering_point": lambda home: home.metering_point.pk},
    ),
    Resource(
        "outages", lambda home: home.outage, 4,
        {
            "device": lambda home: home.device.pk,
            "metering_point": lambda home: home.metering_point.pk,
            "area_outage": lambda home: home.area_outage.pk,
        },
    ),
    Resource(
        "area-outages", lambda home: home.area_outage, 4, {"area": lambda home: home.area.code}, by_segment=False,
    ),
    Resource(
        "listed-meters", lambda home: home.listed, 4,
        {"device": lambda home: home.device.pk, "concentrator": lambda home: home.device.serial_number},
    ),
    Resource("jobs", lambda home: home.job, 7),
    Resource("groups", lambda home: home.group, 4, {"name": lambda home: home.group.name}, by_segment=False),
]  # fmt: skip

SHARED_FILTERS = [
    (
        "metering-points",
        {"state": "connected", "energy_type": "electricity", "utility": "energia"},
        {"state": "closed"},
    ),
    ("metering-points", {"search": "koivu"}, {"search": "mänty"}),
    ("series", {"kind": "consumption", "obis": "1-0:21.29.0", "unit": "Wh"}, {"periodicity": "monthly"}),
    ("devices", {"state": "installed", "model": "aim-sm3"}, {"state": "scrapped"}),
    ("devices", {"silent_since": _iso(START)}, {"usn": "none"}),
    ("installations", {"at": _iso(START)}, {"at": "2025-12-31T23:59:59Z"}),
    ("events", {"category": "power", "severity": "warning", "kind": "power_down"}, {"severity": "critical"}),
    ("events", {"start": _iso(START), "end": _iso(START + timedelta(seconds=1))}, {"end": _iso(START)}),
    ("events", {"open_alarms": "true"}, {"open_alarms": "true", "severity": "critical"}),
    ("outages", {"lasting": "true", "start": _iso(START)}, {"end": _iso(START)}),
    ("area-outages", {"lasting": "true", "planned": "false"}, {"lasting": "false"}),
    ("area-outages", {"start": _iso(START)}, {"end": _iso(START)}),
    ("listed-meters", {"state": "lost"}, {"state": "new"}),
    ("jobs", {"state": "running", "kind": "read_now"}, {"state": "done"}),
    ("groups", {"kind": "static", "utility": "energia"}, {"kind": "dynamic"}),
    ("jobs", {"created_since": "2026-01-01T00:00:00+02:00"}, {"action": "unknown"}),
]
