"""Installations out of files of devices: stands, multipliers, local times, and taking them back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.utils import timezone

from devices.models import Contact, Device, Installation
from integration.models import ImportRow
from metering.models import BoundaryStand, MeasuredProperty, Multiplier, Series
from tests import factories as make
from tests.integration.imports.masterdata import Registry, changes, fresh, outcomes, problems, queries_of_storing

pytestmark = pytest.mark.usefixtures("models")
INSTALLING = "Serial number;Model;Metering point;Installed;Initial stand (kWh);CT;VT"


def test_devices_are_installed_with_their_stand_and_multiplier(registry: Registry) -> None:
    point = make.make_metering_point(registry.utility)
    line = f"LGZ1;aim-sm3;{point.gsrn};1.6.2026 09:30;1234,5;200/5;20000/100"
    row = registry.check("devices", INSTALLING, line)
    assert changes(row, 2)[1:] == [
        ["Metering point", "", f"{point.gsrn} from 2026-06-01 09:30"],
        ["Initial stand", "", "1234.5 kWh (1-0:1.8.0)"],
        ["Multiplier", "", "8000"],
    ]
    assert not Installation.objects.exists()
    assert registry.store("devices", INSTALLING, line).stored["new"] == 1
    at = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)
    installation = Installation.objects.select_related("device").get()
    assert (installation.metering_point, installation.period.lower) == (point, at)
    assert installation.device.state == Device.State.INSTALLED
    assert Series.objects.filter(metering_point=point, source="LGZ1", kind="stand").exists()
    stand, multiplier = BoundaryStand.objects.get(), Multiplier.objects.get()
    assert (stand.value, stand.side, stand.at, stand.source) == (Decimal(1234500), "initial", at, "LGZ1")
    assert (multiplier.numerator, multiplier.denominator, multiplier.valid_from) == (8000, 1, at)
    assert LogEntry.objects.get_for_object(installation).count() == 1
    again = registry.store("devices", INSTALLING, line)
    assert again.stored == {"new": 0, "changed": 0, "unchanged": 1, "refused": 0}


def test_a_stand_and_a_multiplier_are_corrected_where_they_are(registry: Registry) -> None:
    point = make.make_metering_point(registry.utility)
    registry.store("devices", INSTALLING, f"LGZ1;aim-sm3;{point.gsrn};2026-06-01;10;200/5;")
    row = registry.store("devices", INSTALLING, f"LGZ1;;{point.gsrn};2026-06-01;20;300/5;")
    assert changes(row, 2) == [
        ["Initial stand", "10 kWh (1-0:1.8.0)", "20 kWh (1-0:1.8.0)"], ["Multiplier", "40", "60"],
    ]  # fmt: skip
    assert (BoundaryStand.objects.get().value, Multiplier.objects.get().numerator) == (Decimal(20_000), 60)
    assert registry.undo(row).taken_back["changed"] == 1
    assert (BoundaryStand.objects.get().value, Multiplier.objects.get().numerator) == (Decimal(10_000), 40)


def test_conflicting_installations_are_named(registry: Registry) -> None:
    first, second, third = (make.make_metering_point(registry.utility) for _ in range(3))
    hanging = make.make_device(registry.utility, serial_number="LGZ1")
    make.make_installation(hanging, first, datetime(2026, 1, 1, tzinfo=UTC))
    row = registry.check(
        "devices", "Serial number;Model;Metering point;Installed",
        f"LGZ1;;{second.gsrn};2026-06-01", f"LGZ2;aim-sm3;{first.gsrn};2026-06-01",
        f"LGZ3;aim-sm3;{third.gsrn};", "LGZ4;aim-sm3;;2026-06-01", "LGZ5;aim-sm3;77;2026-06-01",
    )  # fmt: skip
    assert [reason for _, _, reason in problems(row)] == [
        f"the device hangs at {first.gsrn} since 2026-01-01 02:00: remove it there first",
        "device LGZ1 hangs there since 2026-01-01 02:00: remove it first",
        "since when it hangs there is not said",
        "at which metering point it hangs is not said",
        "no metering point open to you has this number",
    ]
    other = registry.check("devices", "Serial number;Metering point;Installed", f"LGZ1;{first.gsrn};2026-02-01")
    assert "the device hangs at" in problems(other)[0][2]
    two = registry.check(
        "devices", "Serial number;Model;Metering point;Installed",
        f"LGZ8;aim-sm3;{third.gsrn};2026-06-01", f"LGZ9;aim-sm3;{third.gsrn};2026-06-01",
    )  # fmt: skip
    assert outcomes(two) == ["refused", "refused"]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-29 02:30", datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        ("2026-03-29 03:30", "does not come on that day in Europe/Helsinki"),
        ("2026-03-29 04:00", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("2026-10-25 03:30", "comes twice on that day in Europe/Helsinki"),
        ("2026-10-25T03:30:00+02:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("25.10.2026", datetime(2026, 10, 24, 21, tzinfo=UTC)),
        ("2026-06-01T00:00:00Z", datetime(2026, 6, 1, tzinfo=UTC)),
        ("06/01/2026", "it is no day or time"),
        ("1899-12-31", "outside the years 2000 to 2099"),
    ],
)
def test_local_times_of_installations_on_days_the_clock_changes(
    registry: Registry, at: str, expected: datetime | str
) -> None:
    point = make.make_metering_point(registry.utility)
    row = registry.store(
        "devices", "Serial number;Model;Metering point;Installed", f"LGZ1;aim-sm3;{point.gsrn};{at}", "LGZ2;aim-sm3;;"
    )  # fmt: skip
    if isinstance(expected, str):
        assert expected in problems(row)[0][2]
    else:
        assert Installation.objects.get().period.lower == expected


@pytest.mark.parametrize(
    ("head", "cells", "reason"),
    [
        ("Initial stand", "ten", "it is no number"),
        ("Initial stand", "-5", "no register shows less than zero"),
        ("Initial stand", "1" * 20, "no number of at most 15 digits"),
        ("Initial stand", "NaN", "no number"),
        ("Initial stand (m3)", "5", "no register 1-0:1.8.0 with the unit m3 is known"),
        ("Initial stand;Register", "5;1-0:99.8.0", "no register 1-0:99.8.0 is known"),
        ("Initial stand;Register", "5;one", "is no OBIS code"),
        ("Multiplier", "0", "the ratio must lie between"),
        ("Multiplier", "1/0", "no number or ratio"),
        ("Multiplier", "20000000", "the ratio must lie between"),
        ("Multiplier;CT", "40;100/5", "and is said once"),
    ],
)
def test_stands_and_multipliers_that_cannot_be_are_refused(
    registry: Registry, head: str, cells: str, reason: str
) -> None:
    point = make.make_metering_point(registry.utility)
    start = f"LGZ1;aim-sm3;{point.gsrn};2026-06-01"
    row = registry.check("devices", f"Serial number;Model;Metering point;Installed;{head}", f"{start};{cells}")
    assert reason in problems(row)[0][2]
    nowhere = registry.check("devices", "Serial number;Model;Initial stand", "LGZ1;aim-sm3;5")
    assert "say the metering point" in problems(nowhere)[0][2]


def test_undoing_takes_down_what_nobody_has_reached(registry: Registry) -> None:
    points = [make.make_metering_point(registry.utility) for _ in range(2)]
    there = make.make_device(registry.utility, serial_number="LGZ1")
    lines = (f"LGZ1;;{points[0].gsrn};2026-06-01;5;;", f"LGZ2;aim-sm3;{points[1].gsrn};2026-06-01;6;2/1;")
    row = registry.store("devices", INSTALLING, *lines)
    row = registry.undo(row)
    assert row.taken_back == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}, fresh(row).cause
    there.refresh_from_db()
    assert there.state == Device.State.INVENTORY
    assert list(Device.objects.all()) == [there]
    assert not Installation.objects.exists()
    assert not BoundaryStand.objects.exists() and not Multiplier.objects.exists()


def test_undoing_leaves_a_device_that_has_answered_as_it_hangs(registry: Registry) -> None:
    point = make.make_metering_point(registry.utility)
    row = registry.store("devices", INSTALLING, f"LGZ1;aim-sm3;{point.gsrn};2026-06-01;5;;")
    Contact.objects.update(last_attempt_at=timezone.now(), last_contact_at=timezone.now())
    row = registry.undo(row)
    assert row.taken_back["new"] == 0
    assert ImportRow.objects.get(file_import=row).kept.endswith("the device was reached there since")
    assert BoundaryStand.objects.exists() and Installation.objects.exists() and Device.objects.exists()


def _queries(registry: Registry, first: int, number: int) -> int:
    points = [make.make_metering_point(registry.utility) for _ in range(number)]
    lines = (
        f"N{first + index};aim-sm3;{point.gsrn};2026-06-0{index % 9 + 1};{index};{index % 7 + 2}/1;"
        for index, point in enumerate(points)
    )
    return queries_of_storing(registry, "devices", INSTALLING, *lines)


def test_the_number_of_queries_does_not_grow_with_the_page(registry: Registry) -> None:
    _queries(registry, 1000, 2)
    assert _queries(registry, 2000, 60) == _queries(registry, 3000, 3)


def test_the_register_of_a_stand_is_the_first_the_model_delivers(registry: Registry) -> None:
    assert MeasuredProperty.objects.filter(obis="1-0:2.8.0").exists()
    point = make.make_metering_point(registry.utility)
    head = "Serial number;Model;Metering point;Installed;Initial stand (MWh);Register"
    registry.store("devices", head, f"LGZ1;aim-sm3;{point.gsrn};2026-06-01;1,5;1-0:2.8.0")
    stand = BoundaryStand.objects.select_related("measured_property").get()
    assert (stand.measured_property.obis, stand.value) == ("1-0:2.8.0", Decimal(1_500_000))
